"""The weights with which the first layer looks at a picture, as pictures themselves."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from kernels.simulation import Array, to_host

FIRST_LAYER = "first_layer"  # what a viewer watches to get them
MOST_SEEN = 64  # units that somebody looks at


@dataclass(frozen=True, slots=True, eq=False)
class FirstLayer:
    """The weights of the first layer that has one for each pixel that it looks at.

    `name` is that of the module, such as ``linear1``, and `units` how many units, or kernels, it
    has; `is_kernel` tells which. `pictures`, (n, C, H, W) read-only, are the weights of the first
    64 of them at most: those of unit i lie in `pictures[i]` where the pixels lie that they are for.
    """

    name: str
    is_kernel: bool
    units: int
    pictures: Array


def first_layer(model: nn.Sequential, inputs: Tensor, watch: frozenset[str]) -> FirstLayer | None:
    """The weights of the first linear layer or convolution of `model`, if "first_layer" is watched.

    `inputs`, (N, *shape), one at least, tell the shapes. None where that layer gets no picture, and
    no row of the pixels of one.
    """
    if FIRST_LAYER not in watch:
        return None
    values = inputs[:1]
    shape = tuple(values.shape[1:])
    model.eval()
    with torch.no_grad():
        for name, module in model.named_children():
            if isinstance(module, nn.Conv2d):
                kernels = to_host(module.weight[:MOST_SEEN])
                return FirstLayer(name, True, module.out_channels, kernels)
            if isinstance(module, nn.Linear):
                if len(shape) != 3 or math.prod(shape) != module.in_features:
                    return None
                weights = to_host(module.weight[:MOST_SEEN]).reshape(-1, *shape)
                return FirstLayer(name, False, module.out_features, weights)
            values = module(values)
            if values.ndim == 4:
                shape = tuple(values.shape[1:])
    return None
