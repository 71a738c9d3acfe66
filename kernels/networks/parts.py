"""What a layer becomes in PyTorch, told in numbers: nothing is built to know its size."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import torch
from torch import nn

Shape = tuple[int, ...]  # of one sample: (F,) for a row of numbers, (C, H, W) for a picture


@dataclass(frozen=True, slots=True)
class Part:
    """A module of torch.nn: its class by name, what its constructor is given, its parameters.

    `stem` is what it is called in the network, before the number of its layer; `options` are
    keyword arguments, those alone that are not PyTorch's defaults; `parameters` counts what is
    learned.
    """

    stem: str
    module: str
    arguments: tuple[int | float, ...] = ()
    options: Mapping[str, int | bool] = field(default_factory=dict)
    parameters: int = 0

    def __str__(self) -> str:
        """The call that makes it, such as ``Conv2d(1, 6, 5, padding=2)``."""
        given = [*map(repr, self.arguments), *(f"{k}={v!r}" for k, v in self.options.items())]
        return f"{self.module}({', '.join(given)})"

    def build_on_meta(self, dtype: torch.dtype) -> nn.Module:
        """The module itself, on the device ``meta``, where torch draws no first values for it."""
        factory = {"device": "meta", "dtype": dtype} if self.parameters else {}
        made: nn.Module = getattr(nn, self.module)(*self.arguments, **self.options, **factory)
        return made


def linear(inputs: int, units: int, bias: bool, stem: str = "linear") -> Part:
    """A linear layer: a weight for each pair of input and unit, a bias for each unit."""
    options = {} if bias else {"bias": False}
    return Part(stem, "Linear", (inputs, units), options, units * (inputs + bias))


def size_of(shape: Shape) -> str:
    """A shape in words that follow "here come": "6 x 12 x 12", "2 numbers"."""
    if len(shape) == 1:
        return f"{shape[0]:,} number{'s' if shape[0] != 1 else ''}"
    return " x ".join(map(str, shape))


def numbers_in(shape: Shape) -> int:
    """How many numbers one sample of `shape` has."""
    return math.prod(shape)
