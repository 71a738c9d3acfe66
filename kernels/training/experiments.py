"""The simulation of each experiment with a network."""

from kernels.simulation import AnySimulation
from kernels.training.comparison.comparison import Comparison, FastComparison, PictureComparison
from kernels.training.fan.fan import Fan, PictureFan
from kernels.training.finder import LearningRateFinder
from kernels.training.landscape.landscape import LandscapeRun
from kernels.training.parameters import PICTURES, Training
from kernels.training.sampling.sampling import SamplingComparison
from kernels.training.training import FastTrainingRun, PictureTrainingRun, TrainingRun

EXPERIMENTS: dict[str, type[AnySimulation]] = {  # but for those that depend on the data
    "finder": LearningRateFinder,
    "sampling": SamplingComparison,
    "landscape": LandscapeRun,
}


def simulation_class(parameters: Training) -> type[AnySimulation]:
    """What computes the experiment that `parameters` choose."""
    if parameters.experiment.kind in EXPERIMENTS:
        return EXPERIMENTS[parameters.experiment.kind]
    is_picture = parameters.dataset.kind in PICTURES
    is_fast = parameters.engine == "compiled"
    if parameters.experiment.kind == "comparison":
        return PictureComparison if is_picture else FastComparison if is_fast else Comparison
    if parameters.experiment.kind == "fan":
        return PictureFan if is_picture else Fan
    if is_picture:
        return PictureTrainingRun
    return FastTrainingRun if is_fast else TrainingRun
