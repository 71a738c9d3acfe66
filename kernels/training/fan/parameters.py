"""The parameters of the fan: one network from many seeds at once."""

from typing import Literal

from kernels.parameters import Parameters, setting


class FanExperiment(Parameters):
    """The same network on the same data from many seeds at once: how far their runs spread.

    A seed is that of the first weights and of the order of the samples; the data stay.
    """

    kind: Literal["fan"] = "fan"
    count: int = setting(
        200,
        ge=2,
        le=1000,
        slider=(2, 500),
        label="Seeds",
        help="How many runs there are: the seed below, and those that follow it.",
    )
    solved_accuracy: float = setting(
        0.95,
        gt=0,
        le=1,
        slider=(0.5, 1.0),
        live=True,
        label="Solved from",
        help="Of classes: the validation accuracy from which a run counts as solved.",
    )
