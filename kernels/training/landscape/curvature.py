"""How sharply the loss of a network is curved while full-batch descent goes on.

Source: Cohen et al., Gradient Descent on Neural Networks Typically Occurs at the Edge of Stability
(ICLR 2021).
"""

import math

import torch
from torch import Tensor, nn

from kernels.history import Thinned
from kernels.landscape.sharpness import largest_curvature
from kernels.landscape.stability import sharpest
from kernels.simulation import Array, to_host
from kernels.training.learner import Learner
from kernels.training.tensors import Tensors


class CurvatureRecord:
    """The largest curvature of a network, every time that it was measured, thinned."""

    def __init__(self, parameter_count: int, device: torch.device, dtype: torch.dtype) -> None:
        self._kept = Thinned((3,), device=device, dtype=dtype)
        self._looks = 0
        self._vector: Tensor = torch.ones(parameter_count, device=device, dtype=dtype)

    def measure(self, learner: Learner, train: Tensors, updates: int) -> None:
        """Note it after so many `updates`, and what is stable then, where both mean something."""
        if uncurved(learner):
            return
        number, self._looks = self._looks, self._looks + 1
        if number % self._kept.stride:
            return
        value, self._vector = largest_curvature(
            learner.objective(train), list(learner.model.parameters()), self._vector
        )
        spec = learner.spec
        most = sharpest(spec, spec.rate(updates))
        told = [float(updates), math.nan if most is None else most]
        known = torch.tensor(told, device=value.device, dtype=value.dtype)
        self._kept.record(number, torch.cat([known, value.unsqueeze(0)]))

    def arrays(self) -> tuple[Array, Array, Array]:
        """Updates, what was stable, and the curvature, (K,) each."""
        steps, stable, curvature = to_host(self._kept.kept(0))
        return steps, stable, curvature


def uncurved(learner: Learner) -> str:
    """Why the curvature is not measured; empty if it is."""
    if learner.batches.per_epoch > 1:
        return "No curvature: that needs all samples in one batch."
    if any(isinstance(m, nn.Dropout | nn.BatchNorm1d | nn.BatchNorm2d) for m in learner.model):
        return "No curvature: dropout or batch normalisation leave no fixed loss."
    return ""
