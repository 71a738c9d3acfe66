"""Whether and how the learning rate falls over a run."""

from kernels.datasets import Batches
from kernels.optimizers.base import OptimizerParameters
from kernels.optimizers.schedules import ConstantSchedule, CosineSchedule
from kernels.training.parameters import Training


def annealed(parameters: Training, batches: Batches, *, is_picture: bool) -> OptimizerParameters:
    """The optimizer of `parameters`, whose rate falls to 0 over all epochs where that is wanted.

    It follows half a cosine (Loshchilov and Hutter, SGDR, 2017, equation 5, without restarts). A
    schedule that was chosen is kept.
    """
    spec, wanted = parameters.optimizer, parameters.annealing
    falls = is_picture if wanted == "auto" else wanted == "cosine"
    if not falls or not isinstance(spec.schedule, ConstantSchedule):
        return spec
    steps = parameters.epochs * batches.per_epoch  # may be more than a person may type
    schedule = CosineSchedule.model_construct(total_steps=steps, end_factor=0.0)
    return spec.model_copy(update={"schedule": schedule})
