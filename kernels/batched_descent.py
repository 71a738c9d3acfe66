"""Many starts that descend at once, each by itself, as one batch on the device with torch.optim's own arithmetic.

It is the engine of `kernels.basins` and `kernels.tuning`. Only optimizers that update each coordinate
on its own may be batched so: what couples coordinates would couple the starts.
"""

from collections.abc import Sequence
from typing import Any, Protocol

import torch
from torch import Tensor

from kernels.errors import ParameterError
from kernels.objectives import Objective, ObjectiveParameters
from kernels.optimizers import OptimizerParameters, clip_gradient_

FUSED = (torch.optim.SGD, torch.optim.Adam, torch.optim.AdamW)  # one pass over memory per step


class ExperimentParameters(Protocol):
    """What an experiment on a descent reads of the parameters that it is part of."""

    @property
    def objective(self) -> ObjectiveParameters: ...  # what is descended
    @property
    def optimizers(self) -> Sequence[OptimizerParameters]: ...  # the rows of the race
    @property
    def start(self) -> tuple[float, ...] | None: ...  # None: where the objective says
    @property
    def experiment(self) -> Any: ...  # the settings of the experiment itself


def require_elementwise(row: OptimizerParameters, path: str) -> None:
    """Raise `ParameterError` if the optimizer `row` cannot descend from many starts in one tensor."""
    if not row.elementwise:
        raise ParameterError(
            f"{row.title} couples the coordinates that it updates, so many starts cannot descend "
            "together; what can is every optimizer that updates each coordinate on its own, such as "
            "SGD, momentum or Adam. Choose another one.",
            path,
        )


class BatchedDescent:
    """Descents from S starts at each of C learning rates.

    `points` and `gradient`, (C, S, d), are where the descents are after `steps` steps, and the slope
    there. Nothing is read back from the device.
    """

    def __init__(
        self, objective: Objective, row: OptimizerParameters, starts: Tensor, candidates: int = 1
    ) -> None:
        self.steps = 0
        self.points = starts.expand(candidates, *starts.shape).clone()  # (C, S, d)
        self.gradient = objective.gradient(self.points)  # (C, S, d)
        self._tensors = list(self.points.unbind(0))  # views, (S, d) each
        self._optimizer = row.build(self._tensors)
        self._give_each_its_own_group()

    def step(
        self, objective: Objective, row: OptimizerParameters, rates: Sequence[float]
    ) -> Tensor:
        """One step with the learning rates `rates`, (C,), which the schedule of `row` still scales.

        Returns the new `gradient`, (C, S, d).
        """
        row.update(self._optimizer, row.rate(self.steps))
        factor = row.schedule.factor(self.steps)
        for group, rate in zip(self._optimizer.param_groups, rates, strict=True):
            group["lr"] = rate * factor
        clip_gradient_(self.gradient, row.clip_norm, row.clip_value)
        for tensor, gradient in zip(self._tensors, self.gradient.unbind(0), strict=True):
            tensor.grad = gradient
        self._optimizer.step()
        for tensor in self._tensors:
            tensor.grad = None
        self.steps += 1
        self.gradient = objective.gradient(self.points)
        return self.gradient

    def state_dict(self) -> dict[str, Any]:
        """What changes from step to step: two tensors and the state of the optimizer."""
        kept = {"points": self.points, "gradient": self.gradient, "steps": self.steps}
        return kept | {"optimizer": self._optimizer.state_dict()}

    def _give_each_its_own_group(self) -> None:
        """One parameter group per learning rate, fused where torch can: the same numbers in one pass."""
        (group,) = self._optimizer.param_groups
        fused = isinstance(self._optimizer, FUSED) and self.points.device.type in ("cpu", "cuda")
        if fused:
            group["fused"] = True
        self._optimizer.param_groups[:] = [{**group, "params": [t]} for t in self._tensors]
