"""The gradient-descent panel: its parameters, and the simulation of each experiment."""

from typing import Annotated

from pydantic import Field

from kernels.descent.base import Descent
from kernels.descent.basins import Basins
from kernels.descent.basins_parameters import BasinsParameters
from kernels.descent.comparison import LogisticComparison, LogisticComparisonParameters
from kernels.descent.hyperparameter_map import HyperparameterMap, HyperparameterMapParameters
from kernels.descent.race import Race, RaceParameters
from kernels.descent.tuning import Tuning, TuningParameters
from kernels.parameters import setting
from kernels.simulation import AnySimulation

ExperimentSpec = Annotated[
    RaceParameters
    | LogisticComparisonParameters
    | BasinsParameters
    | HyperparameterMapParameters
    | TuningParameters,
    Field(discriminator="kind"),
]

EXPERIMENT_LABELS = {
    "race": "Race",
    "comparison": "Two losses",
    "basins": "Basins of attraction",
    "map": "Map of hyper-parameters",
    "tuning": "Fair tuning",
}

SIMULATIONS: dict[str, type[AnySimulation]] = {
    "race": Race,
    "comparison": LogisticComparison,
    "basins": Basins,
    "map": HyperparameterMap,
    "tuning": Tuning,
}


class GradientDescent(Descent):
    """What is descended, by which optimizers, from where, and what is looked at."""

    experiment: ExperimentSpec = setting(
        RaceParameters(),
        labels=EXPERIMENT_LABELS,
        requires={"comparison": {"objective": "logistic"}},
        help="What is done with the optimizers.",
    )


def simulation_class(parameters: GradientDescent) -> type[AnySimulation]:
    """What computes the experiment that `parameters` choose."""
    return SIMULATIONS[parameters.experiment.kind]
