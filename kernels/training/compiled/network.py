"""Which networks, losses and optimizers the compiled step does, and how it sees a network."""

from collections.abc import Sequence
from importlib.util import find_spec

import numpy as np
import torch
from torch import nn

from kernels.networks.layers import ACTIVATIONS
from kernels.optimizers.base import OptimizerParameters
from kernels.simulation import Array
from kernels.training.compiled.codes import (
    ACTIVATION_CODES,
    LANES,
    LOSS_CODES,
    UPDATE_CODES,
)

MOST_UNITS = 64  # above, the libraries of torch are the faster ones

CODES = {module: ACTIVATION_CODES.get(name) for name, module in ACTIVATIONS.items()}


def applies_to(model: nn.Module, loss: str, optimizer: OptimizerParameters) -> str:
    """Why the compiled step does not do this, as what follows "since"; "" if it does.

    `loss` is the name of a `kernels.training.objective.Criterion`. What is asked for is a network
    of linear layers of at most `MOST_UNITS`, each with at most one activation behind it, on the
    CPU. Reads no values, and does not load numba.
    """
    if find_spec("numba") is None:
        return "numba is not installed"
    if loss not in LOSS_CODES:
        return f"the loss '{loss}' is not among those that are compiled"
    if optimizer.kind not in UPDATE_CODES:  # type: ignore[attr-defined] # every concrete one
        return f"{optimizer.title} is not among the optimizers that are compiled"
    if not isinstance(model, nn.Sequential):
        return "the network is no plain row of layers"
    return _why_not_modules(list(model)) or _why_not_parameters(list(model.parameters()))


def _why_not_modules(modules: Sequence[nn.Module]) -> str:
    """Why not these, in their order."""
    before: nn.Module | None = None
    for module in modules:
        if isinstance(module, nn.Linear):
            if max(module.in_features, module.out_features) > MOST_UNITS:
                return f"{module.in_features} x {module.out_features} weights are no tiny layer"
        elif CODES.get(type(module)) is not None:
            if not isinstance(before, nn.Linear):
                return "an activation does not come straight behind a linear layer"
        elif not isinstance(module, nn.Flatten):
            return f"the network has a layer {type(module).__name__}"
        if type(module) is not nn.Linear and str(module) != str(type(module)()):
            return f"{module} is not as PyTorch has it by default"
        if not isinstance(module, nn.Flatten):
            before = module
    return "" if any(isinstance(m, nn.Linear) for m in modules) else "no layer learns"


def _why_not_parameters(parameters: Sequence[nn.Parameter]) -> str:
    """Why not with these weights and biases."""
    first = parameters[0]
    if first.device.type != "cpu":
        return f"the network is on the device {first.device}"
    if first.dtype not in (torch.float32, torch.float64):
        return f"its numbers are {first.dtype}".replace("torch.", "")
    if any(p.dtype != first.dtype or p.device != first.device for p in parameters):
        return "its numbers are not all of one type on one device"
    if not all(p.requires_grad for p in parameters):
        return "some of its weights are held fast"
    return ""


def layer_table(model: nn.Sequential) -> Array:
    """The linear layers as `kernels.training.compiled.kernel.steps` has them, (layers, 7) int64."""
    rows: list[list[int]] = []
    at = lanes = 0
    for module in model:
        if isinstance(module, nn.Linear):
            inputs, units = module.in_features, module.out_features
            bias = -1 if module.bias is None else at + inputs * units
            rows.append([inputs, units, at, bias, lanes, lanes + inputs * LANES, 0])
            at += (inputs + (bias >= 0)) * units
            lanes += inputs * LANES
        elif (code := CODES.get(type(module))) is not None:
            rows[-1][-1] = code
    return np.array(rows, np.int64)
