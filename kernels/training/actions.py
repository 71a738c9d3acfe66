"""What a person does to a network while it trains."""

from typing import Literal

from pydantic import Field

from kernels.parameters import Action


class EditWeight(Action):
    """Write a number over a weight, or over a bias where `source` is None.

    `layer` counts the linear layers, and `target` and `source` the neurons, from 0.
    """

    kind: Literal["edit-weight"] = "edit-weight"
    layer: int = Field(ge=0)
    target: int = Field(ge=0)
    source: int | None = Field(default=None, ge=0)
    value: float
