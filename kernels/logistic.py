"""A logistic curve p = sigmoid(w x + b) through two classes: squared error and cross-entropy."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from kernels.data_objective import DataObjective, DataParameters, read_columns
from kernels.errors import DataError
from kernels.objective_base import Bounds, Minimum, framed, in_pieces
from kernels.parameters import Parameters, setting
from kernels.simulation import Array

LossName = Literal["mse", "cross-entropy"]

FORMULAS: dict[LossName, str] = {
    "mse": r"L(w, b) = \frac{1}{N} \sum_i (p_i - y_i)^2, \quad p_i = \sigma(w x_i + b)",
    "cross-entropy": r"L(w, b) = -\frac{1}{N} \sum_i \left( y_i \ln p_i + (1 - y_i) \ln (1 - p_i)"
    r" \right), \quad p_i = \sigma(w x_i + b)",
}
LABELS = {"mse": "Mean squared error", "cross-entropy": "Cross-entropy"}


class _Losses(Parameters):
    loss: LossName = setting(
        "cross-entropy", help="What is made small: squared errors, or cross-entropy.", labels=LABELS
    )


class LogisticParameters(DataParameters, _Losses):  # the fields of the later base are shown first
    """A logistic curve on one feature, fitted to two classes."""

    kind: Literal["logistic"] = "logistic"
    data: Literal["overlapping", "separable", "csv"] = setting(
        "overlapping",
        help="Two classes that overlap, two that one threshold separates, or a table of your own.",
        labels={"csv": "CSV file"},
    )
    count: int = setting(
        40,
        help="How many built-in points there are.",
        label="Points",
        ge=4,
        le=100_000,
        slider=(4, 200),
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
        x, y, data_axes, note = _points(parameters)
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
            known = {name: _minima(name, x, y) for name in FORMULAS}
            self.minima = known[self.kind]
            self.infimum = self.minima[0].value if self.kind == "cross-entropy" else None
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
        return _sigmoid(point[0] * x + point[1])


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


def _sigmoid(logits: Array) -> Array:
    probabilities: Array = np.exp(-np.logaddexp(0.0, -np.asarray(logits, dtype=np.float64)))
    return probabilities


def gradient_against_logit(loss: LossName, target: float | Array, logits: Array) -> Array:
    """The derivative of one sample's loss by its logit z, for `target` y and `logits` of any shape.

    Squared error: 2 (p - y) p (1 - p), which vanishes where the model is surely wrong.
    Cross-entropy: p - y, which there is largest (Bishop 2006, Pattern Recognition and Machine
    Learning, eq. 4.91).
    """
    z = np.asarray(logits, dtype=np.float64)
    right, wrong = _sigmoid(z), _sigmoid(-z)  # p and 1 - p
    error = (1 - np.asarray(target)) * right - np.asarray(target) * wrong
    slope: Array = error if loss == "cross-entropy" else 2 * error * right * wrong
    return slope


def _curvature_against_logit(loss: LossName, target: Array, logits: Array) -> Array:
    right, wrong = _sigmoid(logits), _sigmoid(-logits)
    spread: Array = right * wrong
    if loss == "cross-entropy":
        return spread
    curvature: Array = 2 * spread * (spread + (right - target) * (wrong - right))
    return curvature


@dataclass(frozen=True, slots=True)
class Separation:
    """A threshold on x separates the classes, but for those samples that lie on it, if any do.

    `falls` says that the ones lie below it. `infimum` is the greatest lower bound of each loss: no
    curve reaches it, steeper and steeper ones come as near to it as one likes.
    """

    falls: bool
    tied_at: float | None
    infimum: dict[LossName, float]

    def sentence(self, loss: LossName) -> str:
        but = "" if self.tied_at is None else f" but for the points at x = {self.tied_at:g}"
        # Squared error is not convex: it may have minima, but none of them is the lowest point.
        none = "there is no minimum" if loss == "cross-entropy" else "there is no lowest point"
        bound = f"{self.infimum[loss]:.4g}"
        return f"these data separate{but}: {none}; the loss falls towards {bound} for ever"


def separation_of(x: Array, y: Array) -> Separation | None:
    """How a threshold separates the classes of `x`, (N,), by `y`, 0 or 1 each; None if none does.

    Exact: both classes must be there, and x must not be the same everywhere. Samples on the
    threshold itself may be of both classes ("quasi-complete separation").
    """
    zeros, ones = x[y == 0], x[y == 1]
    if zeros.max() <= ones.min():
        falls, edge = False, float(ones.min())
        tied = bool(zeros.max() == edge)
    elif ones.max() <= zeros.min():
        falls, edge = True, float(zeros.min())
        tied = bool(ones.max() == edge)
    else:
        return None
    if not tied:
        return Separation(falls, None, {"mse": 0.0, "cross-entropy": 0.0})
    share = float(y[x == edge].mean())  # the probability that is best at the threshold
    weight = float(np.mean(x == edge))
    entropy = -share * np.log(share) - (1 - share) * np.log1p(-share)
    bounds: dict[LossName, float] = {
        "mse": weight * share * (1 - share),
        "cross-entropy": float(weight * entropy),
    }
    return Separation(falls, edge, bounds)


def _minima(loss: LossName, x: Array, y: Array) -> tuple[Minimum, ...]:
    """The minimum for classes that overlap, in float64; empty if the squared error shows none."""
    unit, middle = float(x.std()), float(x.mean())
    standard = (x - middle) / unit
    point = _newton("cross-entropy", standard, y, np.zeros(2))
    if loss == "mse":
        point = _newton("mse", standard, y, point)
        slope, curvature = _derivatives("mse", standard, y, point)
        if np.abs(slope).max() > 1e-12 or np.linalg.eigvalsh(curvature)[0] <= 0:
            return ()
    w = float(point[0] / unit)
    b = float(point[1] - point[0] * middle / unit)
    value = _mean_loss(loss, standard, y, point)
    return (Minimum((w, b), value, "global" if loss == "cross-entropy" else "local"),)


def _mean_loss(loss: LossName, x: Array, y: Array, point: Array) -> float:
    margins = (2 * y - 1) * (point[0] * x + point[1])
    if loss == "cross-entropy":
        return float(np.logaddexp(0.0, -margins).mean())
    return float((_sigmoid(-margins) ** 2).mean())


def _derivatives(loss: LossName, x: Array, y: Array, point: Array) -> tuple[Array, Array]:
    """The gradient, (2,), and the Hessian, (2, 2), of the mean loss at `point`."""
    logits = point[0] * x + point[1]
    design = np.stack([x, np.ones_like(x)])  # (2, N)
    slopes = gradient_against_logit(loss, y, logits)
    curvatures = _curvature_against_logit(loss, y, logits)
    return design @ slopes / len(x), (design * curvatures) @ design.T / len(x)


def _newton(loss: LossName, x: Array, y: Array, start: Array) -> Array:
    """Downhill from `start` by Newton's method, damped until the loss falls (Levenberg 1944)."""
    point, damping = start, 1e-3
    for _ in range(500):
        slope, curvature = _derivatives(loss, x, y, point)
        if np.abs(slope).max() < 1e-16:
            break
        least = min(0.0, float(np.linalg.eigvalsh(curvature)[0]))
        step = np.linalg.solve(curvature + (damping - least) * np.eye(2), slope)
        if _mean_loss(loss, x, y, point - step) <= _mean_loss(loss, x, y, point):
            point, damping = point - step, damping * 0.1
        else:
            damping *= 10.0
        if damping > 1e6:
            break
    return point


def _points(
    parameters: LogisticParameters,
) -> tuple[Array, Array, tuple[str, str], tuple[str, ...]]:
    """The samples, x and y (0 or 1), each (N,); their names; and what there is to say of them."""
    if parameters.data == "csv":
        table, x_name, y_name = read_columns(parameters, _has_two_values)
        return _classes(table.column(x_name), table.column(y_name), (x_name, y_name), table.name)
    half = parameters.count // 2
    y = np.repeat([0.0, 1.0], [parameters.count - half, half])
    generator = np.random.default_rng(parameters.seed)
    if parameters.data == "separable":
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
    note = () if set(found) == {0, 1} else (f"{found[0]:g} counts as 0 and {found[1]:g} as 1.",)
    return x, (y == found[1]).astype(np.float64), names, note
