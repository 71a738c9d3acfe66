"""The parameters of basins of attraction."""

from typing import Literal, Self

import numpy as np
from pydantic import model_validator

from kernels.descent.base import MOST_OPTIMIZERS
from kernels.errors import ParameterError
from kernels.parameters import Parameters, setting


class BasinsParameters(Parameters):
    """Every point of a grid over the domain is a start; full data, no noise."""

    kind: Literal["basins"] = "basins"
    optimizer: int = setting(
        0,
        ge=0,
        le=MOST_OPTIMIZERS - 1,
        slider=(0, 7),
        label="Optimizer row",
        help="Which optimizer of the list descends, from 0.",
    )
    resolution: int = setting(
        256, ge=8, le=1024, slider=(64, 512), help="How many starts there are along each axis."
    )
    steps: int = setting(
        200,
        ge=1,
        le=20_000,
        slider=(10, 2000),
        scale="log",
        unit="steps",
        help="How long each start may descend.",
    )
    tolerance: float = setting(
        0.01,
        gt=0,
        le=10,
        slider=(1e-6, 1.0),
        scale="log",
        help="A start has come to rest once the gradient, with the weight decay of the optimizer, "
        "stays shorter than this, or than a twentieth of a decay that fades, as that of AdamW.",
    )
    radius: float = setting(
        0.01,
        ge=0.005,
        le=0.1,
        scale="log",
        unit="of the width",
        help="How near to a minimum an end point must lie to belong to it.",
    )
    dtype: Literal["float64", "float32"] = setting(
        "float64",
        label="Precision",
        help="The numbers it computes with; 32 bits are faster on a GPU.",
    )
    sweep: int = setting(
        0,
        ge=0,
        le=200,
        unit="learning rates",
        help="How many learning rates are tried in turn; 0 keeps to that of the optimizer.",
    )
    sweep_from: float = setting(
        0.01, gt=0, le=1000, scale="log", slider=(1e-4, 10.0), help="The first learning rate."
    )
    sweep_to: float = setting(
        0.03, gt=0, le=1000, scale="log", slider=(1e-4, 10.0), help="The last learning rate."
    )

    def idle(self) -> frozenset[str]:
        return frozenset() if self.sweep else frozenset({"sweep_from", "sweep_to"})

    @model_validator(mode="after")
    def _sweep_rises(self) -> Self:
        if self.sweep and self.sweep_to <= self.sweep_from:
            raise ParameterError(
                f"The sweep ends at {self.sweep_to:g} and starts at {self.sweep_from:g}; it must "
                "rise. Give a larger last learning rate.",
                "sweep_to",
            )
        return self

    @property
    def rates(self) -> tuple[float, ...]:
        """The learning rates of the sweep, evenly spaced on a log scale; empty without one."""
        if not self.sweep:
            return ()
        return tuple(float(r) for r in np.geomspace(self.sweep_from, self.sweep_to, self.sweep))
