"""The contract of what is descended: a loss over one or two coordinates, its slope and curvature.

The concrete objectives are in `surfaces` (test functions), `formulas` (typed ones), `regression`
and `logistic` (from data); `catalogue` gathers them.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from torch import Tensor

from kernels.simulation import Array

PIECE = 1 << 20  # numbers in a tensor where many points meet many samples: 8 MB in float64

Bounds = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Minimum:
    """A known minimum: where it lies, the loss there, and whether nothing lies lower.

    `kind` is "global" only where that is proven; "local" says that nothing nearby lies lower.
    """

    point: tuple[float, ...]
    value: float
    kind: Literal["global", "local"]


class Objective(ABC):
    """What is descended: a function of one or two coordinates, by its formula or from data.

    Attributes
    ----------
    dimension, axes
        How many coordinates there are, 1 or 2, and their names, such as ``("m", "b")``.
    title, formula, source
        What it is called, the loss as TeX, and the paper or book it is from (empty if from none).
    domain
        What is drawn, as (low, high) per axis. The loss is defined beyond it.
    start
        Where a descent starts unless told otherwise; it lies in the domain.
    minima, saddles
        All that are known; empty if none is known. Those of a test function are all in its domain.
    infimum
        The greatest lower bound of the loss: -inf where it is unbounded below, None if not known.
        It may be reached at no point.
    is_quadratic
        The Hessian is the same everywhere, so that limits such as 2 / lambda are exact.
    like_units
        Both coordinates are of one unit, so that what is round may be drawn round.
    notes
        Sentences about this very objective that a person should read.
    samples, data, data_axes
        The number of data points (0 where there are none); the data as drawn, two read-only arrays
        x and y, each (samples,); and how these two are called.
    device
        Where points have to be for the data to meet them; without data any device will do.
    """

    dimension: int = 2
    axes: tuple[str, ...] = ("x", "y")
    title: str
    formula: str
    source: str = ""
    domain: tuple[Bounds, ...]
    start: tuple[float, ...]
    minima: tuple[Minimum, ...] = ()
    saddles: tuple[tuple[float, ...], ...] = ()
    infimum: float | None = None
    is_quadratic: bool = False
    like_units: bool = True
    notes: tuple[str, ...] = ()
    samples: int = 0
    data: tuple[Array, Array] | None = None
    data_axes: tuple[str, str] = ("x", "y")
    device: torch.device = torch.device("cpu")

    @abstractmethod
    def loss(self, points: Tensor, batch: Tensor | None = None) -> Tensor:
        """The loss at `points`, (..., dimension) -> (...), of all samples or a `batch` of indices.

        It can be differentiated twice, in float32 and float64. Without samples, `batch` is ignored.
        """

    def loss_and_gradient(self, points: Tensor) -> tuple[Tensor, Tensor]:
        """The loss of all samples at each of `points`, (..., d) -> (...), and `gradient` there."""
        with torch.no_grad():
            losses = self.loss(points)
        return losses, self.gradient(points)

    def gradient(self, points: Tensor, batch: Tensor | None = None) -> Tensor:
        """The gradient at each of `points`, (..., d) -> (..., d), by automatic differentiation."""

        def of(piece: Tensor) -> Tensor:
            piece = piece.detach().requires_grad_()
            with torch.enable_grad():
                return _slope(self.loss(piece, batch), piece)

        return in_pieces(of, points, self.samples)

    def hessian(self, points: Tensor) -> Tensor:
        """The second derivatives at each of `points`, (..., d) -> (..., d, d), by autograd."""

        def of(piece: Tensor) -> Tensor:
            piece = piece.detach().requires_grad_()
            with torch.enable_grad():
                slope = _slope(self.loss(piece), piece, create_graph=True)  # (..., d)
                rows = [_slope(part, piece, retain_graph=True) for part in slope.unbind(-1)]
            return torch.stack(rows, dim=-2)  # (..., d, d)

        return in_pieces(of, points, self.samples)

    def batch(self, step: int) -> Tensor | None:
        """The samples that step number `step`, from 0, uses, (B,); None if it uses all."""
        return None

    @property
    def steps_per_epoch(self) -> int:
        """How many steps go once through the data."""
        return 1

    def predict(self, point: tuple[float, ...], x: Array) -> Array:
        """What the model with its coordinates at `point` predicts for `x`, of the same shape."""
        raise TypeError(f"{type(self).__name__} has no data and predicts nothing")


class FunctionObjective(Objective):
    """An objective that is a function of its coordinates and of nothing else.

    Its slope is taken coordinate by coordinate. In a tensor of points x and y alternate, and a
    processor that has to skip every second number takes half as long again.
    """

    @abstractmethod
    def value(self, *coordinates: Tensor) -> Tensor:
        """The loss at points given as one tensor for each coordinate, (...) -> (...)."""

    def loss(self, points: Tensor, batch: Tensor | None = None) -> Tensor:
        return self.value(*points.unbind(-1))

    def gradient(self, points: Tensor, batch: Tensor | None = None) -> Tensor:
        return self.loss_and_gradient(points)[1]

    def loss_and_gradient(self, points: Tensor) -> tuple[Tensor, Tensor]:
        coordinates = [coordinate.detach().requires_grad_() for coordinate in points.unbind(-1)]
        with torch.enable_grad():
            values = self.value(*coordinates)
        if not values.requires_grad:
            return values, torch.zeros_like(points)
        slopes = torch.autograd.grad(values.sum(), coordinates, materialize_grads=True)
        gradient = torch.empty_like(points)  # it lies in memory as the points do
        for part, slope in zip(gradient.unbind(-1), slopes, strict=True):
            part.copy_(slope)
        return values.detach(), gradient


def _slope(
    values: Tensor, points: Tensor, *, create_graph: bool = False, retain_graph: bool = False
) -> Tensor:
    """The derivative of each of `values`, (...), by its own of `points`, (..., d)."""
    if not values.requires_grad:
        return torch.zeros_like(points)
    (slope,) = torch.autograd.grad(
        values.sum(),
        points,
        create_graph=create_graph,
        retain_graph=create_graph or retain_graph,
        materialize_grads=True,
    )
    return slope if create_graph else slope.detach()


def in_pieces(function: Callable[[Tensor], Tensor], points: Tensor, samples: int) -> Tensor:
    """`function` of `points`, (..., d), piece by piece if that times `samples` is too much."""
    count = points.numel() // points.shape[-1]
    if count * samples <= PIECE:
        return function(points)
    flat = points.reshape(count, points.shape[-1])  # (P, d)
    result = torch.cat([function(piece) for piece in torch.split(flat, max(1, PIECE // samples))])
    return result.reshape(*points.shape[:-1], *result.shape[1:])


def framed(start: float, minimum: float, least: float) -> Bounds:
    """An interval around `minimum`, at least `least` to each side, with `start` well inside."""
    half = max(1.5 * abs(start - minimum), least)
    return minimum - half, minimum + half


def read_only(values: Array) -> Array:
    """A read-only copy of `values` in float64."""
    array = np.array(values, dtype=np.float64)
    array.flags.writeable = False
    return array
