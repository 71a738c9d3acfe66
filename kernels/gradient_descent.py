"""The gradient-descent panel: its parameters, and the simulation of each experiment."""

from collections.abc import Callable
from typing import Annotated, Any

import torch
from pydantic import Field

from kernels.comparison import LogisticComparison, LogisticComparisonParameters
from kernels.descent import Descent
from kernels.parameters import setting
from kernels.race import Race, RaceParameters
from kernels.simulation import AnySimulation

ExperimentSpec = Annotated[
    RaceParameters | LogisticComparisonParameters,
    Field(discriminator="kind"),
]

EXPERIMENT_LABELS = {
    "race": "Race",
    "comparison": "Squared error and cross-entropy",
    "basins": "Basins of attraction",
    "map": "Map of hyper-parameters",
    "tuning": "Fair tuning",
}

SIMULATIONS: dict[str, Callable[[Any, torch.device], AnySimulation]] = {
    "race": Race,
    "comparison": LogisticComparison,
}


class GradientDescent(Descent):
    """What is descended, by which optimizers, from where, and what is looked at."""

    experiment: ExperimentSpec = setting(
        RaceParameters(), labels=EXPERIMENT_LABELS, help="What is done with the optimizers."
    )


def simulate(parameters: GradientDescent, device: torch.device) -> AnySimulation:
    """The simulation of the experiment that `parameters` choose."""
    return SIMULATIONS[parameters.experiment.kind](parameters, device)
