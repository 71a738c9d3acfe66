"""Who of a race has ended, and how: from what was noted of each racer to its ending and status."""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from torch import Tensor

from kernels.descent.arrivals import Noted, settling
from kernels.descent.base import Descent
from kernels.descent.endings import (
    Course,
    height,
    is_attained,
    left,
    no_start,
    reached,
    rested,
    steps,
    unfinished,
)
from kernels.descent.race_frame import Status
from kernels.objectives.catalogue import Minimum, Objective
from kernels.objectives.ground import GroundKind, ground_at
from kernels.simulation import Array, Finish, to_host

GONE = ("diverged", "unbounded below")


@dataclass(frozen=True, slots=True)
class Verdict:
    """How one racer ended, and on what it then stood: "infimum" where no point is a minimum."""

    finish: Finish
    ground: GroundKind | Literal["infimum", ""] = ""


Verdicts = tuple[Verdict | None, ...]


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


def judge(standing: Standing, told: Verdicts) -> Verdicts:
    """How each has ended, None for those under way; what still holds of what was `told` stays."""
    return tuple(_judged(standing, i, verdict) for i, verdict in enumerate(told))


def reopened(told: Verdicts) -> Verdicts:
    """The verdicts without those that the horizon made, which has moved."""
    return tuple(None if v is not None and v.finish.reason == "stop rule" else v for v in told)


def statuses(noted: Noted, told: Verdicts) -> tuple[Status, ...]:
    """The status of each in a word; who left shows at once, also before it is judged."""
    return tuple(_status(noted, i, verdict) for i, verdict in enumerate(told))


def converged_at(noted: Noted, told: Verdicts) -> Array:
    """The step at which each converged, (R,); -1 if it has not."""
    return np.array(
        [
            int(v.finish.numbers["step"]) if v is not None and status == "converged" else -1
            for v, status in zip(told, statuses(noted, told), strict=True)
        ]
    )


def sentences(standing: Standing, told: Verdicts) -> tuple[str, ...]:
    """What there is to say of each: its ending, or how far it is."""
    return tuple(_sentence(standing, i, verdict) for i, verdict in enumerate(told))


def _judged(standing: Standing, i: int, told: Verdict | None) -> Verdict | None:
    noted, objective = standing.noted, standing.objective
    if noted.left_at[i] >= 0:
        if told is not None and told.finish.reason in GONE:
            return told
        course = _course(standing, i, int(noted.left_at[i]))
        return Verdict(left(objective, course, _curvature_where_last_seen(standing, i)))
    is_over = standing.step >= standing.parameters.horizon(objective)
    if not (is_over or noted.settled(i)):
        return None
    if told is not None and _still_holds(noted, i, told):
        return told
    return _arrived(standing, i)


def _arrived(standing: Standing, i: int) -> Verdict:
    """What is told of one that has stayed somewhere, or whose time is up."""
    noted, objective, parameters = standing.noted, standing.objective, standing.parameters
    within, resting = int(noted.within_since[i]), int(noted.resting_since[i])
    goal = _goal(objective, int(noted.goals[i]))
    if within >= 0 and goal is not None:
        course = _course(standing, i, within)
        return Verdict(reached(objective, course, goal, parameters.tolerance), "minimum")
    if within >= 0 and not is_attained(objective):  # steeper logistic curves for ever
        course = _course(standing, i, within)
        return Verdict(reached(objective, course, None, parameters.tolerance), "infimum")
    ground = ground_at(objective, standing.positions[i], parameters.gradient_tolerance)
    if resting >= 0 and (within < 0 or ground.kind == "plateau"):
        course = _course(standing, i, resting)
        return Verdict(
            rested(objective, course, ground, parameters.gradient_tolerance), ground.kind
        )
    if within >= 0:  # the floor of a trough: all along it the loss is the lowest
        course = _course(standing, i, within)
        return Verdict(reached(objective, course, None, parameters.tolerance), "minimum")
    return Verdict(unfinished(objective, _course(standing, i, standing.step), ground), ground.kind)


def _goal(objective: Objective, index: int) -> Minimum | None:
    """The known minimum of this index; None for that of the infimum."""
    return objective.minima[index] if 0 <= index < len(objective.minima) else None


def _still_holds(noted: Noted, i: int, told: Verdict) -> bool:
    """Whether who was told to have converged has stayed there since."""
    since = told.finish.numbers["step"]
    return told.finish.reason == "converged" and since in (
        noted.within_since[i],
        noted.resting_since[i],
    )


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
        rate=spec.effective_rate(max(0, step - 1)),
        point=tuple(here.tolist()),
        loss=loss,
        first_loss=float(standing.curves[i, 0]) if count else loss,
        stride=float(np.linalg.norm(here - to_host(standing.previous[i]))),
        drift=drift,
        disturbance=disturbance(standing.objective, standing.parameters),
    )


def disturbance(objective: Objective, parameters: Descent) -> str:
    """What makes the gradients of a race uncertain, in words; "" for nothing."""
    if objective.steps_per_epoch > 1:
        added = " and of the gradient" if parameters.noise else ""
        return f"the noise of mini-batches{added}"
    return "gradient noise" if parameters.noise else ""


def _curvature_where_last_seen(standing: Standing, i: int) -> float:
    """The largest eigenvalue where racer `i` was last recorded in the domain, or at its start."""
    path = standing.paths[i]  # (T, d)
    low, high = np.array(standing.objective.domain).T
    inside = np.flatnonzero(((to_host(path) >= low) & (to_host(path) <= high)).all(axis=1))
    point = path[int(inside[-1]) if len(inside) else 0]
    return float(np.linalg.eigvalsh(to_host(standing.objective.hessian(point)))[-1])


def _status(noted: Noted, i: int, told: Verdict | None) -> Status:
    if told is not None and told.finish.reason in GONE:
        return "unbounded below" if told.finish.reason == "unbounded below" else "diverged"
    if noted.left_at[i] >= 0:
        return "diverged"
    if told is None:
        return "running"
    if told.finish.reason == "stop rule":
        return "stopped"
    return "converged" if _still_holds(noted, i, told) else "running"


def _sentence(standing: Standing, i: int, told: Verdict | None) -> str:
    noted, objective, name = standing.noted, standing.objective, standing.names[i]
    if told is not None and (told.finish.reason != "converged" or _still_holds(noted, i, told)):
        return told.finish.sentence
    if (at := int(noted.left_at[i])) >= 0:
        if not at:
            return no_start(objective, name, tuple(noted.exits[i].tolist()))
        return f"{name} left after {steps(at)}."
    loss = float(standing.losses[i])
    if (since := int(noted.within_since[i])) >= 0:
        goal = _goal(objective, int(noted.goals[i]))
        level = objective.infimum if goal is None else goal.value
        return (
            f"{name} has been within {standing.parameters.tolerance:g} of {level:.4g} since step "
            f"{since}; it counts as arrived once it has stayed {math.ceil(settling(since))} steps."
        )
    above = height(objective, loss)
    return f"{name} is {above}." if above else f"{name} stands at a loss of {loss:.4g}."
