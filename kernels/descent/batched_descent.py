"""Many starts that descend at once, each by itself, in one batch with torch.optim's own arithmetic.

It is the engine of `kernels.descent.basins` and `kernels.descent.tuning`. Only optimizers that
update each coordinate on its own may be batched so: what couples coordinates would couple the
starts.
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from kernels.descent.base import Descent
from kernels.errors import ParameterError
from kernels.optimizers.catalogue import OptimizerParameters, clip_gradient_

FUSED = (torch.optim.SGD, torch.optim.Adam, torch.optim.AdamW)  # one pass over memory per step


def require_elementwise(row: OptimizerParameters, path: str) -> None:
    """Raise `ParameterError` if the optimizer `row` cannot descend from many starts at once."""
    if not row.elementwise:
        raise ParameterError(
            f"{row.title} couples the coordinates that it updates, so many starts cannot descend "
            "together; every optimizer that updates each coordinate on its own can, such as SGD, "
            "Momentum or Adam. Choose another one.",
            path,
        )


class BatchedDescent:
    """Descents by the optimizer `row` from `points`, (C, S, d): S starts at C learning rates each.

    `points` are moved in place; `steps` counts how often. Nothing is read back from the device.
    In memory `points` may be (C, S, d) or (C, d, S), which is faster where S is large.
    """

    def __init__(self, row: OptimizerParameters, points: Tensor) -> None:
        self.steps = 0
        self.points = points
        self._place = 2 if points.is_contiguous() else 1  # of the coordinates, in memory
        self._tensors = list(self._as_stored(points).unbind(0))  # views, (S, d) or (d, S) each
        self._optimizer = row.build(self._tensors)
        (group,) = self._optimizer.param_groups
        if isinstance(self._optimizer, FUSED) and points.device.type in ("cpu", "cuda"):
            group["fused"] = True
        self._optimizer.param_groups[:] = [{**group, "params": [t]} for t in self._tensors]

    def step(self, row: OptimizerParameters, rates: Sequence[float], gradient: Tensor) -> None:
        """One step with the learning rates `rates`, (C,), which the schedule of `row` still scales.

        `gradient`, (C, S, d), is that at `points`; it is clipped in place.
        """
        factor = row.schedule.factor(self.steps)
        row.update(self._optimizer, row.learning_rate * factor)
        clip_gradient_(gradient, row.clip_norm, row.clip_value)
        groups = self._optimizer.param_groups
        slopes = self._as_stored(gradient).contiguous().unbind(0)  # a fused step asks for no less
        for group, tensor, rate, slope in zip(groups, self._tensors, rates, slopes, strict=True):
            group["lr"] = rate * factor
            tensor.grad = slope
        self._optimizer.step()
        for tensor in self._tensors:
            tensor.grad = None  # else it would hold the memory of the old gradient
        self.steps += 1

    def pull(self, row: OptimizerParameters) -> Tensor | float:
        """What the weight decay of `row` adds to the slope for each unit of `points`, (C, S, d)."""
        kept = [self._optimizer.state.get(tensor, {}) for tensor in self._tensors]
        pulls = [row.pull(memory, self.steps) for memory in kept]
        if not isinstance(pulls[0], Tensor):
            return pulls[0]
        return torch.stack(pulls).movedim(self._place, 2)  # type: ignore[arg-type]

    def _as_stored(self, values: Tensor) -> Tensor:
        """`values`, (C, S, d), with the axes in the order of the points in memory."""
        return values.movedim(2, self._place)


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
