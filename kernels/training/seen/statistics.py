"""What each layer of a network holds and does on one batch: weights, activations and gradients."""

import copy
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import torch
from torch import Tensor, nn

from kernels.errors import DataError
from kernels.networks.layers import ACTIVATIONS
from kernels.simulation import Array, to_host

BINS = 60
FLAT = 0.05  # of its largest slope: where a tanh or a sigmoid has less, it is saturated
_FINEST = 1e-12  # of the numbers themselves: a range that is narrower has no 60 bins of float64

_NAMES = {kind: name for name, kind in ACTIVATIONS.items() if kind is not nn.Identity}
_PASSED = (nn.Dropout, nn.Identity)


@dataclass(frozen=True, slots=True, eq=False)
class Distribution:
    """How the numbers of an array lie.

    `edges`, (61,), and `counts`, (60,) int64, are a histogram of all that are finite, from the
    smallest to the largest, or between ends that were given; read-only. Each bin has its lower edge
    in it, the last one both. Where all are one number, the bins reach half of it to both sides, or
    0.5 around 0. `mean`, `std` (the root of the mean squared deviation) and `zeros`, the share that
    is exactly 0, are of all the numbers; NaN where one of them is none.
    """

    edges: Array
    counts: Array
    mean: float
    std: float
    zeros: float

    def __post_init__(self) -> None:
        self.edges.flags.writeable = False
        self.counts.flags.writeable = False


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LayerDistributions:
    """How all that a layer with weights holds and gives lies on a batch.

    `name` is that of the module, such as ``linear1``. `weights` are without the biases,
    `activations` what comes out behind the activation function, if one follows, and `gradients`
    the slope of the loss with respect to the weights.
    """

    name: str
    weights: Distribution
    activations: Distribution
    gradients: Distribution


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerStatistics:
    """What a layer with weights holds and does on a batch, in numbers that are soon found.

    name, shape
        Of the module, such as ``linear1``, and of its weights. Biases are left out everywhere.
    activation
        The activation function behind it, such as "relu"; "" where there is none.
    samples
        How many there were in the batch.
    dead
        The share of its units (of a convolution: channels) that give 0 for every sample, and
        everywhere in the picture: no gradient comes to them. NaN where no ReLU follows.
    saturated
        The share of all outputs where the slope of the activation function is below 5% of its
        largest, which is 1 of tanh and 1/4 of the sigmoid. NaN where neither follows.
    gradient_norm, weight_norm
        The Euclidean lengths of all gradients and of all weights.
    """

    name: str
    shape: tuple[int, ...]
    activation: str
    samples: int
    dead: float
    saturated: float
    gradient_norm: float
    weight_norm: float


@dataclass(slots=True)
class _Seen:
    """A layer on the way through the network, with what it gives."""

    name: str
    weight: nn.Parameter
    outputs: Tensor
    activation: str = ""


LossOf: TypeAlias = Callable[[Tensor, Tensor], Tensor]


def layer_statistics(
    model: nn.Sequential, loss_of: LossOf, inputs: Tensor, targets: Tensor
) -> tuple[LayerStatistics, ...]:
    """What each layer of `model` that has weights holds and does on one batch, first to last.

    `inputs`, (N, *shape), go through the network, and the slopes are those of
    ``loss_of(outputs, targets)``. Batch normalisation works in the mode in which it is, training
    or evaluation; dropout lets all pass. All is computed on a copy: gradients, running statistics
    and generators of random numbers stay as they are. Raises `DataError` if the batch is empty.
    """
    return tuple(
        LayerStatistics(
            name=seen.name,
            shape=tuple(seen.weight.shape),
            activation=seen.activation,
            samples=len(inputs),
            dead=_dead(seen.activation, seen.outputs),
            saturated=_saturated(seen.activation, seen.outputs),
            gradient_norm=_norm(gradient),
            weight_norm=_norm(seen.weight),
        )
        for seen, gradient in _pass(model, loss_of, inputs, targets)
    )


def layer_distributions(
    model: nn.Sequential, loss_of: LossOf, inputs: Tensor, targets: Tensor
) -> tuple[LayerDistributions, ...]:
    """How all of that lies, layer by layer: as `layer_statistics`, but it takes longer."""
    return tuple(
        LayerDistributions(
            name=seen.name,
            weights=distribution(to_host(seen.weight)),
            activations=distribution(to_host(seen.outputs)),
            gradients=distribution(to_host(gradient)),
        )
        for seen, gradient in _pass(model, loss_of, inputs, targets)
    )


def distribution(values: Array, ends: tuple[float, float] | None = None) -> Distribution:
    """How `values`, of any shape and at least one, lie; `ends` are those of the bins, if given."""
    values = values.astype(np.float64, copy=False).ravel()
    finite = values[np.isfinite(values)]
    counts, edges = np.histogram(finite, BINS, ends or ends_of(finite))
    if len(finite) < len(values):
        return Distribution(edges, counts, math.nan, math.nan, math.nan)
    zeros = float(1 - np.count_nonzero(values) / len(values))
    return Distribution(edges, counts, float(values.mean()), float(values.std()), zeros)


def ends_of(*parts: Array) -> tuple[float, float]:
    """Between which numbers a histogram of all finite ones of `parts` lies, with room for one."""
    kept = [finite for part in parts if (finite := part[np.isfinite(part)]).size]
    low = min((float(part.min()) for part in kept), default=0.0)
    high = max((float(part.max()) for part in kept), default=0.0)
    if high - low <= _FINEST * max(abs(low), abs(high)):
        around = max(abs(low), abs(high)) / 2 or 0.5
        return low - around, high + around
    return low, high


def _pass(
    model: nn.Sequential, loss_of: LossOf, inputs: Tensor, targets: Tensor
) -> list[tuple[_Seen, Tensor]]:
    """The layers of a copy of `model` that have weights, and the slope of the loss in these."""
    if not len(inputs):
        raise DataError("There are 0 samples in the batch; give one at least.")
    copied = copy.deepcopy(model)
    for module in copied.modules():
        if isinstance(module, nn.Dropout):
            module.eval()
    with torch.enable_grad():
        seen, outputs = _walk(copied, inputs)
        if not seen:
            return []
        gradients = torch.autograd.grad(loss_of(outputs, targets), [s.weight for s in seen])
    return list(zip(seen, gradients, strict=True))


def _walk(model: nn.Sequential, inputs: Tensor) -> tuple[list[_Seen], Tensor]:
    """The layers with weights, each with the activation right behind it, and the last outputs."""
    seen: list[_Seen] = []
    is_open = False  # whether an activation function would belong to the last layer
    values = inputs
    for name, module in model.named_children():
        values = module(values)
        weight = getattr(module, "weight", None)
        if isinstance(weight, nn.Parameter):
            seen.append(_Seen(name, weight, values))
            is_open = True
        elif type(module) in _NAMES and is_open:
            seen[-1].outputs, seen[-1].activation = values, _NAMES[type(module)]
            is_open = False
        elif not isinstance(module, _PASSED):
            is_open = False
    return seen, values


def _dead(activation: str, outputs: Tensor) -> float:
    """The share of the units, along axis 1, that are 0 all over the batch; NaN without a ReLU."""
    if activation != "relu":
        return math.nan
    others = [axis for axis in range(outputs.ndim) if axis != 1]
    return _share((outputs == 0).all(dim=others))


def _saturated(activation: str, outputs: Tensor) -> float:
    """The share of `outputs` where the activation is flat; NaN where it never is so on both sides.

    The slope of tanh is 1 - y², that of the sigmoid y (1 - y), at the output y.
    """
    match activation:
        case "tanh":
            relative = 1 - outputs.square()
        case "sigmoid":
            relative = 4 * outputs * (1 - outputs)
        case _:
            return math.nan
    return _share(relative < FLAT)


def _share(is_so: Tensor) -> float:
    return int(is_so.sum()) / is_so.numel()


def _norm(values: Tensor) -> float:
    return float(torch.linalg.vector_norm(values.detach().cpu(), dtype=torch.float64))
