"""The loss at many points of a plane, fast where the network is a row of linear layers.

What the first layer gives is linear in the coordinates of the plane: it is worked out three times,
for the origin and for both directions, and at every point only added up. So are the weights of the
layers behind it, which many points then go through at once.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

import torch
from torch import Tensor, nn
from torch.func import functional_call, vmap

from kernels.landscape.plane import Plane, unflattened
from kernels.networks.layers import ACTIVATIONS

Criterion: TypeAlias = Callable[[Tensor, Tensor], Tensor]  # outputs, targets -> the mean loss

ELEMENTWISE = (*ACTIVATIONS.values(), nn.Dropout)  # which changes nothing in evaluation mode
ROWS = 512  # samples that go through the layers at once
TILE = 2**19  # numbers that a layer makes at once: they stay in the processor's cache
ANSWERS = 2**20  # numbers that are kept until their loss is taken


class PlaneLoss:
    """The loss of the network `model` on `plane`, in evaluation mode.

    Parameters
    ----------
    model
        Only its modules and shapes count; that it is in evaluation mode is seen to.
    criterion
        Gives the mean loss of outputs, (N, K), for `targets`.
    inputs, targets
        N samples, (N, ...) each.
    buffers
        The running statistics of its batch normalisation, which are no part of the plane.
    """

    def __init__(
        self,
        model: nn.Sequential,
        criterion: Criterion,
        inputs: Tensor,
        targets: Tensor,
        plane: Plane,
        buffers: Mapping[str, Tensor] | None = None,
    ) -> None:
        self._targets, self._losses = targets, vmap(criterion, in_dims=(0, None))
        model.eval()
        with torch.no_grad():
            head, body = _parted(model)
            if _is_row(body):
                inputs = nn.Sequential(*head)(inputs) if head else inputs
                self._answers: _Row | _Loop = _Row(model, body, inputs, plane)
            else:
                self._answers = _Loop(model, inputs, plane, buffers or {})

    @torch.no_grad()
    def at(self, coordinates: Tensor) -> Tensor:
        """The loss at `coordinates`, (P, 2) -> (P,), on the device; nothing is waited for."""
        numbers = len(self._targets) * self._answers.outputs
        parts = torch.split(coordinates, max(1, ANSWERS // numbers))
        return torch.cat([self._losses(self._answers(part), self._targets) for part in parts])


class _Row:
    """The outputs of Linear layers with functions of single numbers between them."""

    def __init__(
        self, model: nn.Sequential, body: Sequence[nn.Module], inputs: Tensor, plane: Plane
    ) -> None:
        names = {module: name for name, module in model.named_modules()}
        three = torch.cat([plane.origin.unsqueeze(0), plane.directions])  # (3, D)
        parts = unflattened(three, model)
        self._functions: list[list[nn.Module]] = []  # behind each of the linear layers
        layers: list[tuple[Tensor, Tensor]] = []
        for module in body:
            if isinstance(module, nn.Linear):
                weight = parts[f"{names[module]}.weight"]  # (3, out, in)
                bias = parts.get(f"{names[module]}.bias", weight.new_zeros(weight.shape[:2]))
                layers.append((weight, bias))  # (3, out, in), (3, out)
                self._functions.append([])
            else:
                self._functions[-1].append(module)
        (weight, bias), *self._layers = layers
        self.outputs = layers[-1][0].shape[1]
        self._widest = max(weight.shape[1] for weight, _ in layers)
        self._first = [
            torch.baddbmm(bias.unsqueeze(2), weight, some.T.expand(3, -1, -1))
            for some in torch.split(inputs, ROWS)
        ]  # (3, out, n) each

    def __call__(self, coordinates: Tensor) -> Tensor:
        """The outputs at `coordinates`, (P, 2) -> (P, N, outputs)."""
        shares = torch.cat([torch.ones_like(coordinates[:, :1]), coordinates], dim=1)  # (P, 3)
        rows = self._first[0].shape[2]
        points = max(1, TILE // (rows * self._widest))
        memory = self._first[0].new_empty(points * self._first[0][0].numel())
        return torch.cat([self._tile(some, memory) for some in torch.split(shares, points)])

    def _tile(self, shares: Tensor, memory: Tensor) -> Tensor:
        """The outputs where the origin and the directions have these `shares`, (P, 3)."""
        layers = [(_mixed(shares, w), _mixed(shares, b).unsqueeze(2)) for w, b in self._layers]
        parts = []
        for three in self._first:  # always in the same memory: to get some takes as long
            room = memory if layers else torch.empty_like(memory)
            hidden = room[: len(shares) * three[0].numel()].view(len(shares), -1)
            torch.mm(shares, three.flatten(1), out=hidden)
            parts.append(self._through(hidden.view(len(shares), *three.shape[1:]), layers))
        return torch.cat(parts, dim=2).transpose(1, 2)

    def _through(self, hidden: Tensor, layers: Sequence[tuple[Tensor, Tensor]]) -> Tensor:
        """What `layers` make of what the first gives, (P, out, n) -> (P, outputs, n).

        `hidden` may be overwritten.
        """
        first, *others = self._functions
        for function in first:
            hidden = torch.relu_(hidden) if isinstance(function, nn.ReLU) else function(hidden)
        for (weight, bias), functions in zip(layers, others, strict=True):
            hidden = torch.baddbmm(bias, weight, hidden)
            for function in functions:
                hidden = function(hidden)
        return hidden


class _Loop:
    """The outputs of any network, one point after the other."""

    def __init__(
        self, model: nn.Sequential, inputs: Tensor, plane: Plane, buffers: Mapping[str, Tensor]
    ) -> None:
        self._model, self._plane, self._buffers = model, plane, buffers
        self._inputs = torch.split(inputs, ROWS)
        *_, last = model.parameters()
        self.outputs = len(last)

    def __call__(self, coordinates: Tensor) -> Tensor:
        """The outputs at `coordinates`, (P, 2) -> (P, N, outputs)."""
        self._model.eval()
        return torch.stack([self._at(weights) for weights in self._plane.at(coordinates)])

    def _at(self, weights: Tensor) -> Tensor:
        given = {**unflattened(weights, self._model), **self._buffers}
        return torch.cat([functional_call(self._model, given, (some,)) for some in self._inputs])


def _parted(model: nn.Sequential) -> tuple[list[nn.Module], list[nn.Module]]:
    """The modules before the first that learns, and the others."""
    modules = list(model)
    first = next(i for i, module in enumerate(modules) if list(module.parameters()))
    return modules[:first], modules[first:]


def _is_row(body: Sequence[nn.Module]) -> bool:
    """Whether `body` begins with a Linear, and what is behind it can go through `_Row`."""
    return isinstance(body[0], nn.Linear) and all(
        isinstance(module, (nn.Linear, *ELEMENTWISE)) for module in body
    )


def _mixed(shares: Tensor, three: Tensor) -> Tensor:
    """`three`, (3, ...), times `shares`, (P, 3), added up: (P, ...)."""
    return (shares @ three.flatten(1)).reshape(len(shares), *three.shape[1:])
