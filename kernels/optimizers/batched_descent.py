"""Many points that one optimizer moves at once, each by itself, with torch.optim's own arithmetic.

Only optimizers that update each coordinate on its own may be batched so: what couples coordinates
would couple the points.
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from kernels.optimizers.base import OptimizerParameters, clip_gradient_

FUSED = (torch.optim.SGD, torch.optim.Adam, torch.optim.AdamW)  # one pass over memory per step


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
        is_fused = row.optimizer in FUSED and points.device.type in ("cpu", "cuda")
        self._optimizer = row.build(self._tensors, fused=is_fused)
        (group,) = self._optimizer.param_groups
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
