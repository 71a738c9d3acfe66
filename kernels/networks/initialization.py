"""The weights that a network begins with, drawn from one generator alone."""

import math
from typing import Literal

import torch
from torch import Tensor, nn

Initialization = Literal["default", "xavier", "he", "zeros", "too-large"]

INITIALIZATION_LABELS: dict[str, str] = {
    "default": "PyTorch's own",
    "xavier": "Xavier (Glorot and Bengio 2010)",
    "he": "He (He et al. 2015)",
    "zeros": "Zeros",
    "too-large": "Too large (ten times He)",
}

TOO_LARGE = 10.0


def initialize_(
    module: nn.Module, scheme: Initialization, generator: torch.Generator | None
) -> None:
    """Give every linear layer, convolution and batch normalisation in `module` its first values.

    With n numbers coming into a unit and m units fed by each input (for a convolution: channels
    times the kernel's pixels), weights are drawn, with mean 0,

    - "default": uniform within ±1/√n, biases too, as torch.nn has it, in the order of torch.nn;
    - "xavier": uniform within ±√(6/(n + m)) (Glorot and Bengio 2010, equation 16);
    - "he": normal with variance 2/n (He et al. 2015, equation 10);
    - "too-large": normal with a standard deviation ten times that of "he";
    - "zeros": not at all.

    Biases are 0 but for "default". Batch normalisation scales by 1, shifts by 0, and its running
    statistics begin at mean 0 and variance 1. `generator` is on the device of `module`; None draws
    from torch's own, for the device ``meta`` that has none.
    """
    for part in module.modules():
        if isinstance(part, nn.Linear | nn.Conv2d):
            _fill_(part.weight, scheme, generator)
            if part.bias is not None:
                if scheme == "default":
                    _uniform_(part.bias, _fans(part.weight)[0] ** -0.5, generator)
                else:
                    nn.init.zeros_(part.bias)
        elif isinstance(part, nn.BatchNorm1d | nn.BatchNorm2d):
            part.reset_parameters()  # constants alone


def _fill_(weight: Tensor, scheme: Initialization, generator: torch.Generator | None) -> None:
    fan_in, fan_out = _fans(weight)
    match scheme:
        case "default":
            _uniform_(weight, fan_in**-0.5, generator)
        case "xavier":
            _uniform_(weight, math.sqrt(6.0 / (fan_in + fan_out)), generator)
        case "he":
            nn.init.normal_(weight, 0.0, math.sqrt(2.0 / fan_in), generator)
        case "too-large":
            nn.init.normal_(weight, 0.0, TOO_LARGE * math.sqrt(2.0 / fan_in), generator)
        case "zeros":
            nn.init.zeros_(weight)


def _uniform_(tensor: Tensor, bound: float, generator: torch.Generator | None) -> None:
    nn.init.uniform_(tensor, -bound, bound, generator)


def _fans(weight: Tensor) -> tuple[int, int]:
    """How many numbers come into a unit, and how many units each input feeds."""
    pixels = math.prod(weight.shape[2:])
    return weight.shape[1] * pixels, weight.shape[0] * pixels
