"""The simulation of each experiment with a network."""

from kernels.simulation import AnySimulation
from kernels.training.finder import LearningRateFinder
from kernels.training.parameters import FinderExperiment, Training
from kernels.training.training import PictureTrainingRun, TrainingRun

PICTURES = frozenset({"mnist", "pictures", "pixels-csv"})  # data sets of pictures


def simulation_class(parameters: Training) -> type[AnySimulation]:
    """What computes the experiment that `parameters` choose."""
    if isinstance(parameters.experiment, FinderExperiment):
        return LearningRateFinder
    return PictureTrainingRun if parameters.dataset.kind in PICTURES else TrainingRun
