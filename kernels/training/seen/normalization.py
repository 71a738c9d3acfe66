"""What batch normalisation does with one batch: the values before, normalised, and scaled."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import batch_norm

from kernels.simulation import Array, to_host
from kernels.training.seen.statistics import Distribution, distribution, ends_of

NORMALIZATION = "normalization."  # with layer and channel, such as "normalization.0.3"
ALL = "all"  # channels

_NORMS = (nn.BatchNorm1d, nn.BatchNorm2d)


@dataclass(frozen=True, slots=True, eq=False)
class Normalized:
    """Values of a layer, normalised by one mean and one variance for each of its C channels.

    `mean` and `variance`, (C,), are those of the channels, and `before`, `normalized` and `scaled`
    tell how x, then ``(x - mean) / sqrt(variance + eps)``, then gamma times that plus beta lie.
    Arrays are read-only.
    """

    mean: Array
    variance: Array
    before: Distribution
    normalized: Distribution
    scaled: Distribution


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Normalization:
    """What a layer of batch normalisation does with the batch in use.

    Source: Ioffe and Szegedy, Batch Normalization (2015), algorithms 1 and 2; torch.nn.BatchNorm1d
    and BatchNorm2d. The values that come to it are those that the weights of now make of the batch:
    layers of batch normalisation before it work as in training, and dropout lets all pass. All
    histograms have the same bins.

    name, index, layers
        Of the module, such as ``batch_norm2``; its place among the layers of its kind, from 0; and
        how many of these there are.
    channel, channels
        Whose values are told, from 0, or None for those of all; and how many there are: units, or
        channels of a picture.
    samples, values
        How many samples the batch has, and how many values of a channel: more than one of each
        sample where it is a picture.
    gamma, beta
        What the normalised values are multiplied by, and what is added then, (C,), read-only.
    batch
        By mean and variance (not corrected for the mean) of the batch, as in training.
    running
        By the running mean and variance, as in evaluation: averages over the steps so far in which
        the last one weighs 0.1, of variances that are corrected for the mean.
    alone
        The values of the first sample, by its own mean and variance, as if it were the whole batch.
        A unit has one value then: its variance is 0, and beta comes out.
    """

    name: str
    index: int
    layers: int
    channel: int | None
    channels: int
    samples: int
    values: int
    gamma: Array
    beta: Array
    batch: Normalized
    running: Normalized
    alone: Normalized


def normalization(
    model: nn.Sequential, inputs: Tensor, picked: Tensor, watch: frozenset[str]
) -> Normalization | None:
    """What the watched layer of `model` does with the batch ``inputs[picked]``, (B, *shape).

    "normalization.L.C" of `watch` is layer L of batch normalisation and channel C, from 0, or "all"
    of them; beyond the last the last one is meant. None if it is not watched, or there is no such
    layer. Running statistics and generators of random numbers stay as they are.
    """
    wanted = next((name for name in sorted(watch) if name.startswith(NORMALIZATION)), "")
    names = [name for name, module in model.named_children() if isinstance(module, _NORMS)]
    if not wanted or not names:
        return None
    layer, told = wanted.removeprefix(NORMALIZATION).split(".")
    index = min(int(layer), len(names) - 1)
    module, x = model.get_submodule(names[index]), _values(model, names[index], inputs[picked])
    assert isinstance(module, _NORMS)
    channel = None if told == ALL else min(int(told), module.num_features - 1)
    assert module.running_mean is not None
    assert module.running_var is not None
    statistics = [_moments(x), (module.running_mean, module.running_var), _moments(x[:1])]
    parts = [
        _stages(values, moments, module, channel)
        for values, moments in zip((x, x, x[:1]), statistics, strict=True)
    ]
    ends = ends_of(*(stage for part in parts for stage in part))
    batch, running, alone = (
        _told(moments, part, ends) for moments, part in zip(statistics, parts, strict=True)
    )
    return Normalization(
        name=names[index],
        index=index,
        layers=len(names),
        channel=channel,
        channels=module.num_features,
        samples=len(x),
        values=x[:, 0].numel(),
        gamma=to_host(module.weight),
        beta=to_host(module.bias),
        batch=batch,
        running=running,
        alone=alone,
    )


def _told(
    moments: tuple[Tensor, Tensor], stages: tuple[Array, ...], ends: tuple[float, float]
) -> Normalized:
    before, normalized, scaled = (distribution(stage, ends) for stage in stages)
    mean, variance = map(to_host, moments)
    return Normalized(mean, variance, before, normalized, scaled)


def _values(model: nn.Sequential, name: str, inputs: Tensor) -> Tensor:
    """What comes to the layer called `name` in training, but for dropout."""
    values = inputs
    with torch.no_grad():
        for key, module in model.named_children():
            if key == name:
                break
            if isinstance(module, _NORMS):  # without its running statistics, which stay
                gamma, beta, eps = module.weight, module.bias, module.eps
                values = batch_norm(values, None, None, gamma, beta, training=True, eps=eps)
            elif not isinstance(module, nn.Dropout):
                values = module(values)
    return values


def _moments(x: Tensor) -> tuple[Tensor, Tensor]:
    """Mean and variance, (C,) each, of the channels of `x`, (N, C) or (N, C, H, W)."""
    others = tuple(axis for axis in range(x.ndim) if axis != 1)
    return x.mean(others), x.var(others, correction=0)


def _stages(
    x: Tensor,
    moments: tuple[Tensor, Tensor],
    module: nn.BatchNorm1d | nn.BatchNorm2d,
    channel: int | None,
) -> tuple[Array, Array, Array]:
    """`x`, (N, C, ...), normalised by `moments`, and that scaled: of one channel, or of all."""
    picked = slice(None) if channel is None else slice(channel, channel + 1)
    form = (1, -1) + (1,) * (x.ndim - 2)
    mean, variance, gamma, beta = (
        vector[picked].reshape(form) for vector in (*moments, module.weight, module.bias)
    )
    before = x[:, picked]
    normalized = (before - mean) / (variance + module.eps).sqrt()
    return to_host(before), to_host(normalized), to_host(normalized * gamma + beta)
