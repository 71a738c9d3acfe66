"""Fitting a logistic curve, in NumPy: slopes against the logit, separation, and minima.

What is known of an objective is worked out here, on the host and in float64, before any descent.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from kernels.objectives.base import Minimum
from kernels.simulation import Array

LossName = Literal["mse", "cross-entropy"]

FARTHEST = 1e6  # a minimum at steeper curves, with x standardised, is not looked for


def sigmoid(logits: Array) -> Array:
    """The logistic function of `logits`, of any shape, small values to full relative precision."""
    probabilities: Array = np.exp(-np.logaddexp(0.0, -np.asarray(logits, dtype=np.float64)))
    return probabilities


def gradient_against_logit(loss: LossName, target: float | Array, logits: Array) -> Array:
    """The derivative of one sample's loss by its logit z, for `target` y and `logits` of any shape.

    Squared error: 2 (p - y) p (1 - p), which vanishes where the model is surely wrong.
    Cross-entropy: p - y, which there is largest (Bishop 2006, Pattern Recognition and Machine
    Learning, eq. 4.91).
    """
    z = np.asarray(logits, dtype=np.float64)
    right, wrong = sigmoid(z), sigmoid(-z)  # p and 1 - p
    error = (1 - np.asarray(target)) * right - np.asarray(target) * wrong
    slope: Array = error if loss == "cross-entropy" else 2 * error * right * wrong
    return slope


def _curvature_against_logit(loss: LossName, target: Array, logits: Array) -> Array:
    right, wrong = sigmoid(logits), sigmoid(-logits)
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
        measure = "Cross-entropy" if loss == "cross-entropy" else "Squared error"
        bound = f"{self.infimum[loss]:.4g}"
        return (
            f"{measure}: these data separate{but}, so {none}; "
            f"steeper curves bring it ever nearer to {bound}, which no curve reaches."
        )


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


def minima_of(x: Array, y: Array) -> dict[LossName, tuple[Minimum, ...]]:
    """The minimum of each loss for classes that overlap, in float64; none where none is found.

    `x`, (N,), are the features, not all the same, and `y`, (N,), the classes, 0 or 1.
    """
    unit, middle = float(x.std()), float(x.mean())
    standard = (x - middle) / unit
    found: dict[LossName, tuple[Minimum, ...]] = {"cross-entropy": (), "mse": ()}
    start = np.zeros(2)
    for loss in found:  # the squared error from the minimum of the cross-entropy on
        point = _newton(loss, standard, y, start)
        if point is not None:
            w, b = float(point[0] / unit), float(point[1] - point[0] * middle / unit)
            value = _mean_loss(loss, standard, y, point)
            kind: Literal["global", "local"] = "global" if loss == "cross-entropy" else "local"
            found[loss], start = (Minimum((w, b), value, kind),), point
    return found


def _mean_loss(loss: LossName, x: Array, y: Array, point: Array) -> float:
    margins = (2 * y - 1) * (point[0] * x + point[1])
    if loss == "cross-entropy":
        return float(np.logaddexp(0.0, -margins).mean())
    return float((sigmoid(-margins) ** 2).mean())


def _derivatives(loss: LossName, x: Array, y: Array, point: Array) -> tuple[Array, Array]:
    """The gradient, (2,), and the Hessian, (2, 2), of the mean loss at `point`."""
    logits = point[0] * x + point[1]
    design = np.stack([x, np.ones_like(x)])  # (2, N)
    slopes = gradient_against_logit(loss, y, logits)
    curvatures = _curvature_against_logit(loss, y, logits)
    return design @ slopes / len(x), (design * curvatures) @ design.T / len(x)


def _newton(loss: LossName, x: Array, y: Array, start: Array) -> Array | None:
    """The minimum downhill of `start` by Newton's method, damped until the loss falls, or None.

    Levenberg 1944. A loss that flattens out for ever is told from one with a minimum by its
    steps: near a minimum they shrink to nothing.
    """
    point, damping = start, 1e-3
    here = _mean_loss(loss, x, y, point)
    for _ in range(200):
        slope, curvature = _derivatives(loss, x, y, point)
        least, greatest = np.linalg.eigvalsh(curvature)
        if greatest <= 0 or np.abs(point).max() > FARTHEST:
            return None
        ridge = max(damping, 1e-13) * greatest - min(least, 0.0)
        step = np.linalg.solve(curvature + ridge * np.eye(2), slope)
        there = _mean_loss(loss, x, y, point - step)
        if there <= here:
            point, here, damping = point - step, there, damping * 0.01
        else:
            damping *= 10.0
        if np.abs(step).max() <= 1e-15 * (1 + np.abs(point).max()):
            break
    # Rounding in the loss ends the descent about here; the undamped step tells how near it came.
    slope, curvature = _derivatives(loss, x, y, point)
    if np.linalg.eigvalsh(curvature)[0] <= 0:
        return None
    step = np.linalg.solve(curvature, slope)
    return point - step if np.abs(step).max() <= 1e-6 * (1 + np.abs(point).max()) else None
