"""Many descents in one batch against torch.optim on one tensor, to the last bit."""

import pytest
import torch
from torch import Tensor

from kernels.optimizers.batched_descent import FUSED, BatchedDescent
from kernels.optimizers.catalogue import (
    AdagradParameters,
    AdamParameters,
    AdamWParameters,
    MomentumParameters,
    OptimizerParameters,
    RMSpropParameters,
    SGDParameters,
)

RATES = (0.002, 0.003)
# As many as fill the processor's vectors: fused steps round what is left over otherwise.
STARTS = 6 * torch.rand(1024, 2, generator=torch.Generator().manual_seed(0)).double() - 3  # (S, 2)


def himmelblau(points: Tensor) -> Tensor:
    x, y = points.unbind(-1)
    return (x * x + y - 11) ** 2 + (x + y * y - 7) ** 2


def alone(row: OptimizerParameters, rate: float, steps: int) -> Tensor:
    """Where `STARTS` are after the bare loop in torch, (S, 2)."""
    points = STARTS.clone().requires_grad_()
    changed = row.model_copy(update={"learning_rate": rate})
    optimizer = changed.build([points], fused=row.optimizer in FUSED)  # else it rounds otherwise
    for _ in range(steps):
        optimizer.zero_grad()
        himmelblau(points).sum().backward()
        optimizer.step()
    return points.detach()


@pytest.mark.parametrize("rows_first", [True, False], ids=["(C, S, d)", "(C, d, S)"])
@pytest.mark.parametrize("slopes_alike", [True, False], ids=["slopes alike", "slopes otherwise"])
@pytest.mark.parametrize(
    "row",
    [
        SGDParameters(),
        MomentumParameters(weight_decay=0.1),
        AdagradParameters(),
        RMSpropParameters(),
        AdamParameters(),
        AdamWParameters(weight_decay=0.1),
    ],
    ids=lambda row: row.label,
)
def test_however_it_lies_in_memory_it_goes_as_one_tensor_goes(
    row: OptimizerParameters, rows_first: bool, slopes_alike: bool
) -> None:
    points = torch.stack([STARTS] * len(RATES))  # (C, S, 2)
    if not rows_first:
        points = points.movedim(-1, 1).contiguous().movedim(1, -1)
    descent = BatchedDescent(row, points)
    for _ in range(20):
        leaf = points.detach().requires_grad_()
        (slope,) = torch.autograd.grad(himmelblau(leaf).sum(), leaf)
        if slopes_alike != (slope.is_contiguous() == rows_first):
            slope = slope.movedim(-1, 1).contiguous().movedim(1, -1)
        descent.step(row, RATES, slope)
    for rate, of_rate in zip(RATES, points, strict=True):
        assert torch.equal(of_rate, alone(row, rate, 20))
