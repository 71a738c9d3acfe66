"""A logistic curve p = sigmoid(w x + b) through two classes: squared error and cross-entropy."""

from collections.abc import Sequence
from typing import Annotated, Literal

import numpy as np
import torch
from pydantic import Field
from torch import Tensor
from torch.nn import functional

from kernels.errors import DataError
from kernels.objectives.base import Bounds, Minimum, framed, in_pieces
from kernels.objectives.data_objective import (
    DataObjective,
    DataParameters,
    TableData,
    data_seed,
    read_columns,
)
from kernels.objectives.logistic_fit import (
    LossName,
    gradient_against_logit,
    minima_of,
    separation_of,
    sigmoid,
)
from kernels.parameters import Parameters, setting
from kernels.simulation import Array

__all__ = [
    "LogisticObjective",
    "LogisticParameters",
    "LossName",
    "gradient_against_logit",
    "separation_of",
]

FORMULAS: dict[LossName, str] = {
    "mse": r"L(w, b) = \frac{1}{N} \sum_i (p_i - y_i)^2, \quad p_i = \sigma(w x_i + b)",
    "cross-entropy": r"L(w, b) = -\frac{1}{N} \sum_i \left( y_i \ln p_i + (1 - y_i) \ln (1 - p_i)"
    r" \right), \quad p_i = \sigma(w x_i + b)",
}
LABELS = {"mse": "Mean squared error", "cross-entropy": "Cross-entropy"}


class _BuiltIn(Parameters):
    count: int = setting(
        40, help="How many points there are.", label="Points", ge=4, le=100_000, slider=(4, 200)
    )
    seed: int = data_seed()


class OverlappingClasses(_BuiltIn):
    """Two classes that overlap."""

    kind: Literal["overlapping"] = "overlapping"


class SeparableClasses(_BuiltIn):
    """Two classes that one threshold separates."""

    kind: Literal["separable"] = "separable"


ClassData = OverlappingClasses | SeparableClasses | TableData


class _Losses(Parameters):
    loss: LossName = setting(
        "cross-entropy", help="What is made small: squared errors, or cross-entropy.", labels=LABELS
    )


class LogisticParameters(DataParameters, _Losses):  # the fields of the later base are shown first
    """A logistic curve on one feature, fitted to two classes."""

    kind: Literal["logistic"] = "logistic"
    data: Annotated[ClassData, Field(discriminator="kind")] = setting(
        OverlappingClasses(),
        help="Two classes that overlap, two that one threshold separates, or a table of your own.",
        labels={"csv": "CSV file"},
    )


class LogisticObjective(DataObjective):
    """The mean loss of a logistic curve over two classes, y = 0 and y = 1.

    Cross-entropy is convex: it has one minimum, unless a threshold separates the classes (Albert &
    Anderson 1984, Biometrika 71(1)). The squared error is not convex: its minimum is the one that
    is found downhill of the cross-entropy's, and is not claimed to be the lowest.
    """

    axes = ("w", "b")
    source = "Cox 1958, Journal of the Royal Statistical Society B 20(2)"

    def __init__(
        self, parameters: LogisticParameters, device: torch.device, dtype: torch.dtype
    ) -> None:
        x, y, data_axes, note = _points(parameters.data)
        super().__init__(parameters, x, y, data_axes, device, dtype)
        x, y = self.data
        self.kind = parameters.loss
        self._signs = 2 * self.y - 1  # (N,)
        self.formula = FORMULAS[self.kind]
        self.title = f"A logistic curve, {LABELS[self.kind].lower()}"
        self.title += ", x standardised" if parameters.standardise else ""
        self.separation = separation_of(x, y)
        known: dict[LossName, tuple[Minimum, ...]] = {}
        if self.separation is None:
            known = minima_of(x, y)
            self.minima = known[self.kind]
            if self.minima and self.kind == "cross-entropy":
                self.infimum = self.minima[0].value
        else:
            self.infimum = self.separation.infimum[self.kind]
            note = (*note, self.separation.sentence(self.kind))
        self.notes = note
        aims = [minimum.point for minima in known.values() for minimum in minima]
        self.start, self.domain = _view(x, y, aims)

    def loss(self, points: Tensor, batch: Tensor | None = None) -> Tensor:
        x = self.x if batch is None else self.x[batch]
        signs = self._signs if batch is None else self._signs[batch]

        def of(piece: Tensor) -> Tensor:
            w, b = piece.unsqueeze(-1).unbind(-2)  # (..., 1) each
            margins = signs * (w * x + b)  # (..., B), the logits, positive where they are right
            if self.kind == "mse":
                return (torch.sigmoid(-margins) ** 2).mean(-1)  # |p - y| without cancellation
            return -functional.logsigmoid(margins).mean(-1)

        return in_pieces(of, points, x.numel())

    def predict(self, point: tuple[float, ...], x: Array) -> Array:
        return sigmoid(point[0] * x + point[1])


def _view(
    x: Array, y: Array, minima: Sequence[tuple[float, ...]]
) -> tuple[tuple[float, float], tuple[Bounds, Bounds]]:
    """A start and a domain, the same for both losses.

    The start is a steep curve the wrong way round, surely wrong about most samples: where squared
    error is flat and cross-entropy steep.
    """
    unit, middle = float(x.std()), float(x.mean())
    falls = x[y == 1].mean() < x[y == 0].mean()
    slope = 4.0 / unit if falls else -4.0 / unit
    start = (slope, 2.0 - slope * middle)
    if not minima:  # steeper for ever: show a part of the way
        minima = [(-2 * slope, 2 * slope * middle)]
    widths = (abs(slope), 4.0 + abs(slope * middle))
    frames = [
        [framed(start[axis], point[axis], widths[axis]) for point in minima] for axis in (0, 1)
    ]
    w, b = ((min(low for low, _ in f), max(high for _, high in f)) for f in frames)
    return start, (w, b)


def _points(
    data: ClassData,
) -> tuple[Array, Array, tuple[str, str], tuple[str, ...]]:
    """The samples, x and y (0 or 1), each (N,); their names; and what there is to say of them."""
    if isinstance(data, TableData):
        table, x_name, y_name = read_columns(data, _has_two_values, "two different numbers")
        return _classes(table.column(x_name), table.column(y_name), (x_name, y_name), table.name)
    half = data.count // 2
    y = np.repeat([0.0, 1.0], [data.count - half, half])
    generator = np.random.default_rng(data.seed)
    if isinstance(data, SeparableClasses):
        return np.where(y == 1, 1, -1) * generator.uniform(0.5, 3.0, len(y)), y, ("x", "y"), ()
    x = np.zeros(len(y))
    while not np.ptp(x) or separation_of(x, y) is not None:  # few points may separate by chance
        x = np.where(y == 1, 1, -1) + generator.normal(0.0, 1.5, len(y))
    return x, y, ("x", "y"), ()


def _has_two_values(values: Array) -> bool:
    return len(np.unique(values)) == 2


def _classes(
    x: Array, y: Array, names: tuple[str, str], table: str
) -> tuple[Array, Array, tuple[str, str], tuple[str, ...]]:
    found = np.unique(y)
    if len(found) != 2:
        raise DataError(
            f"'{names[1]}' of {table} has {len(found)} different values; it needs two, "
            "one for each class, such as 0 and 1. Choose another column."
        )
    note = (
        () if set(found) == {0, 1} else (f"Here {found[0]:g} counts as 0 and {found[1]:g} as 1.",)
    )
    return x, (y == found[1]).astype(np.float64), names, note
