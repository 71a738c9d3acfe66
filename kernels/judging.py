"""Who of a race has ended, and how: from what was noted of each racer to its ending and status."""

import math
from dataclasses import dataclass

import numpy as np
from torch import Tensor

from kernels.arrivals import Noted
from kernels.descent import Descent
from kernels.endings import Course, left, reached, rested, steps, unfinished
from kernels.ground import ground_at
from kernels.objectives import Objective
from kernels.race_frame import Status
from kernels.simulation import Array, Finish, to_host

Endings = tuple[Finish | None, ...]

GONE = ("diverged", "unbounded below")


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A race of R after `step` steps, as it is judged.

    `positions` and `slopes`, (R, d), and `losses`, (R,), are the present ones, over all data;
    `previous`, (R, d), the positions a step ago; `paths`, (R, T, d), and `curves`, (R, T), what is
    recorded of the step numbers `recorded`, (T,).
    """

    objective: Objective
    parameters: Descent
    names: tuple[str, ...]
    step: int
    positions: Tensor
    previous: Tensor
    losses: Array
    slopes: Array
    paths: Tensor
    curves: Tensor
    recorded: range
    noted: Noted


def judge(standing: Standing, told: Endings) -> Endings:
    """How each has ended, None for those under way; what was `told` of an end stays told."""
    return tuple(_judged(standing, i, ending) for i, ending in enumerate(told))


def reopened(told: Endings) -> Endings:
    """The endings without those that the horizon made, which has moved."""
    return tuple(None if e is not None and e.reason == "stop rule" else e for e in told)


def statuses(noted: Noted, told: Endings) -> tuple[Status, ...]:
    """The status of each in a word; what happened since it was last judged shows at once."""
    return tuple(_status(noted, i, ending) for i, ending in enumerate(told))


def sentences(standing: Standing, told: Endings) -> tuple[str, ...]:
    """What there is to say of each: its ending, or how far it is."""
    return tuple(_sentence(standing, i, ending) for i, ending in enumerate(told))


def _judged(standing: Standing, i: int, told: Finish | None) -> Finish | None:
    noted, objective, parameters = standing.noted, standing.objective, standing.parameters
    if noted.left_at[i] >= 0:
        if told is not None and told.reason in GONE:
            return told
        course = _course(standing, i, int(noted.left_at[i]))
        return left(objective, course, _curvature_where_last_seen(standing, i))
    if noted.reached_at[i] >= 0:
        if told is not None and told.reason == "converged":
            return told
        return reached(
            objective, _course(standing, i, int(noted.reached_at[i])), parameters.tolerance
        )
    since, is_over = int(noted.resting_since[i]), standing.step >= parameters.steps
    if since < 0 and not is_over:
        return None
    ground = ground_at(objective, standing.positions[i], parameters.gradient_tolerance)
    if since < 0:
        return unfinished(objective, _course(standing, i, standing.step), ground)
    return rested(objective, _course(standing, i, since), ground, parameters.gradient_tolerance)


def _course(standing: Standing, i: int, step: int) -> Course:
    spec = standing.parameters.optimizers[i]
    here, loss = to_host(standing.positions[i]), float(standing.losses[i])
    drift, count = math.nan, len(standing.recorded)
    if count:
        quarter = 3 * count // 4
        way = here - to_host(standing.paths[i, quarter])
        drift = float(np.linalg.norm(way)) / max(1, standing.step - standing.recorded[quarter])
    return Course(
        label=standing.names[i],
        optimizer=spec,
        step=step,
        rate=spec.rate(max(0, step - 1)),
        point=tuple(here.tolist()),
        loss=loss,
        first_loss=float(standing.curves[i, 0]) if count else loss,
        stride=float(np.linalg.norm(here - to_host(standing.previous[i]))),
        drift=drift,
        noisy=bool(standing.parameters.noise) or standing.objective.steps_per_epoch > 1,
    )


def _curvature_where_last_seen(standing: Standing, i: int) -> float:
    """The largest eigenvalue where racer `i` was last recorded in the domain, or at its start."""
    path = standing.paths[i]  # (T, d)
    low, high = np.array(standing.objective.domain).T
    inside = np.flatnonzero(((to_host(path) >= low) & (to_host(path) <= high)).all(axis=1))
    point = path[int(inside[-1]) if len(inside) else 0]
    return float(np.linalg.eigvalsh(to_host(standing.objective.hessian(point)))[-1])


def _status(noted: Noted, i: int, told: Finish | None) -> Status:
    if told is not None and told.reason in GONE:
        return "unbounded below" if told.reason == "unbounded below" else "diverged"
    if noted.left_at[i] >= 0:
        return "diverged"
    if noted.converged_at[i] >= 0:
        return "converged"
    return "running" if told is None else "stopped"


def _sentence(standing: Standing, i: int, told: Finish | None) -> str:
    if told is not None:
        return told.sentence
    name, objective = standing.names[i], standing.objective
    if (at := int(standing.noted.left_at[i])) >= 0:
        return f"{name} left after {steps(at)}."
    if (at := int(standing.noted.converged_at[i])) >= 0:
        return f"{name} converged after {steps(at)}."
    loss = float(standing.losses[i])
    if objective.infimum is None or math.isinf(objective.infimum):
        return f"{name} stands at a loss of {loss:.4g}."
    return f"{name} is {loss - objective.infimum:.4g} above the lowest loss there is."
