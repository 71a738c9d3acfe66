"""What basins, tuning and the map share: they descend from many points at once."""

from torch import Tensor

from kernels.descent.base import Descent
from kernels.errors import ParameterError
from kernels.optimizers.catalogue import OptimizerParameters


def require_elementwise(row: OptimizerParameters, path: str) -> None:
    """Raise `ParameterError` if the optimizer `row` cannot descend from many starts at once."""
    if not row.elementwise:
        raise ParameterError(
            f"{row.title} couples the coordinates that it updates, so many starts cannot descend "
            "together; every optimizer that updates each coordinate on its own can, such as SGD, "
            "Momentum or Adam. Choose another one.",
            path,
        )


def left_out(parameters: Descent) -> str:
    """A sentence on what is set and not used where full data and true slopes are; "" for none."""
    batch = getattr(parameters.objective, "batch_size", 0)
    ignored = [
        *(["mini-batches"] if batch else []),
        *(["gradient noise"] if parameters.noise else []),
    ]
    if not ignored:
        return ""
    verb = "are" if batch else "is"
    return f"The {' and '.join(ignored)} set {verb} left out: every step uses the full, true slope."


def mark_last_(last: Tensor, is_over: Tensor, step: int) -> None:
    """Write `step` into `last`, integers, wherever `is_over`, booleans, does not hold; all (N,).

    What holds from `last` + 1 on has held since. Masks are multiplied in: on a CPU that takes a
    tenth of the time of a fill by mask.
    """
    last.mul_(is_over).add_(~is_over, alpha=step)
