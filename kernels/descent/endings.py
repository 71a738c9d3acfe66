"""How a descent ended, told truly: arrived where and by what criterion, or left by which rule.

Pure functions of what is known of one racer; every number in a sentence is in `numbers` too.
"""

import math
from dataclasses import dataclass

import torch

from kernels.descent.attractors import brink
from kernels.objectives.catalogue import Minimum, Objective
from kernels.objectives.ground import Ground
from kernels.optimizers.catalogue import OptimizerParameters
from kernels.optimizers.schedules import ConstantSchedule
from kernels.simulation import Finish

ORBIT = 0.1  # who gets ahead by less than this share of its steps goes round and round
STILL = 1e-9  # steps shorter than this are none

RING_RADIUS = "ring radius"  # the number of an ending that says how wide its ring of probes is


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """What is known of one racer when its ending is told.

    `step` is that of the event (arrived, left) or the last one, `rate` the learning rate in use
    there, `first_loss` the loss at the start; `stride` the length of the last step, and `drift` how
    far it got a step, on average, in the last quarter of the run.
    """

    label: str
    optimizer: OptimizerParameters
    step: int
    rate: float
    point: tuple[float, ...]
    loss: float
    first_loss: float
    stride: float = math.nan
    drift: float = math.nan
    disturbance: str = ""  # what makes its gradients uncertain, such as "gradient noise"


def reached(objective: Objective, course: Course, goal: Minimum | None, tolerance: float) -> Finish:
    """It came within `tolerance` of the loss of `goal`, or of the infimum for None, and stayed."""
    if goal is None:
        bound = objective.infimum or 0.0
        lowest = "the lowest there is" if is_attained(objective) else "which no point reaches"
        where = f"{_number(bound)}, {lowest}"
        numbers = {"infimum": bound}
    else:
        depth = "the lowest there is" if goal.kind == "global" else "a local minimum"
        where = f"{_number(goal.value)}, {depth}, at {place(objective, goal.point)}"
        numbers = {"minimum": goal.value}
    sentence = (
        f"{course.label} converged after {steps(course.step)}: "
        f"its loss has stayed within {_number(tolerance)} of {where}."
    )
    numbers |= {"step": course.step, "tolerance": tolerance}
    return Finish(reason="converged", sentence=sentence, numbers=numbers)


def is_attained(objective: Objective) -> bool:
    """Whether some point has the infimum of `objective`, as a level trough has, for its loss."""
    return objective.is_quadratic or any(m.value == objective.infimum for m in objective.minima)


def height(objective: Objective, loss: float) -> str:
    """How far `loss` lies above the infimum, in words; "" where that is not known or -inf."""
    infimum = objective.infimum
    if infimum is None or not math.isfinite(infimum):
        return ""
    if is_attained(objective):
        return f"{_number(loss - infimum)} above the lowest there is"
    return f"{_number(loss - infimum)} above {_number(infimum)}, which no point reaches"


def rested(objective: Objective, course: Course, ground: Ground, tolerance: float) -> Finish:
    """Its gradient fell below `tolerance`; what lies under it says whether that is a minimum.

    Who creeps along a slope that is all but level, or over a plateau, has not converged: the rule
    has stopped it. A constant is the exception: there all points are minima.
    """
    where, below = place(objective, course.point), f"below {_number(tolerance)}"
    numbers = {"step": course.step, "slope": ground.slope, "loss": course.loss}
    numbers |= {RING_RADIUS: ground.radius}
    if ground.kind in ("slope", "plateau") and course.loss != objective.infimum:
        denial = "no minimum but " if ground.kind == "slope" else ""
        sentence = (
            f"{course.label} was stopped at {where}: its gradient has been {below} since step "
            f"{course.step}, but this is {denial}{ground.phrase}."
        )
        return Finish(reason="stop rule", sentence=sentence, numbers=numbers)
    sentence = (
        f"{course.label} came to rest after {steps(course.step)} at {where}, where the gradient is "
        f"{below}: {ground.phrase}."
    )
    return Finish(reason="converged", sentence=sentence, numbers=numbers)


def left(objective: Objective, course: Course, curvature: float) -> Finish:
    """It left for good; `curvature` is the largest eigenvalue where it was last in the domain."""
    numbers = {"step": course.step, "learning_rate": course.rate, "loss": course.loss}
    if not math.isfinite(course.loss) and not course.step:
        sentence = no_start(objective, course.label, course.point)
        return Finish(reason="diverged", sentence=sentence, numbers=numbers)
    if not math.isfinite(course.loss):
        sentence = (
            f"{course.label} ran to {place(objective, course.point)} in "
            f"{steps(course.step)}, where the loss has no finite value."
        )
        return Finish(reason="diverged", sentence=sentence, numbers=numbers)
    if course.loss < course.first_loss and objective.infimum in (None, -math.inf):
        return _fell(course, objective.infimum is not None, numbers)
    numbers |= {"curvature": curvature}
    limit = course.optimizer.limit(curvature)
    if limit is not None:
        numbers |= {"limit": limit}
    sentence = (
        f"{course.label} left after {steps(course.step)}: {_rule(objective, course, curvature)}"
    )
    return Finish(reason="diverged", sentence=sentence, numbers=numbers)


def unfinished(objective: Objective, course: Course, ground: Ground) -> Finish:
    """It was still under way when the horizon came."""
    if _is_falling(objective, course, ground):
        sentence = (
            f"Unbounded below: this surface has no floor. {course.label} had fallen to "
            f"{_number(course.loss)} after {steps(course.step)}, below every level place of it, "
            "and was still falling."
        )
        numbers = {"step": course.step, "learning_rate": course.rate, "loss": course.loss}
        return Finish(reason="unbounded below", sentence=sentence, numbers=numbers)
    above = height(objective, course.loss)
    if objective.infimum == -math.inf:
        above = "and this surface has no floor"
    sentence = (
        f"{course.label} was stopped after {steps(course.step)} at "
        f"{place(objective, course.point)}, on {ground.phrase}; "
        f"its loss is {_number(course.loss)}{above and ', '}{above}."
    )
    numbers = {"step": course.step, "loss": course.loss, "slope": ground.slope}
    numbers |= {RING_RADIUS: ground.radius}
    if why := _why_not(objective, course, ground):
        sentence = f"{sentence} {why}"
    return Finish(reason="stop rule", sentence=sentence, numbers=numbers)


def together(endings: tuple[Finish, ...]) -> Finish:
    """How a race of several ended: one reason for all where they share it, and every sentence."""
    reasons = {ending.reason for ending in endings}
    reason: str
    if len(reasons) == 1:
        reason = next(iter(reasons))
    elif "stop rule" in reasons:
        reason = "stop rule"
    else:
        reason = "diverged" if "converged" not in reasons else "complete"
    numbers = {
        f"{name}.{i}": value
        for i, ending in enumerate(endings)
        for name, value in ending.numbers.items()
    }
    sentence = " ".join(ending.sentence for ending in endings)
    return Finish(reason=reason, sentence=sentence, numbers=numbers)  # type: ignore[arg-type]


def no_start(objective: Objective, label: str, point: tuple[float, ...]) -> str:
    """What is to be said of who cannot take a step from `point`."""
    return (
        f"{label} cannot start: at {place(objective, point)} the loss has no finite value. "
        "Choose another start, or a function that has one there."
    )


def place(objective: Objective, point: tuple[float, ...]) -> str:
    """A point in words, such as "m = 2, b = 1"."""
    pairs = zip(objective.axes, point, strict=True)
    return ", ".join(f"{axis} = {_number(value)}" for axis, value in pairs)


def steps(count: int) -> str:
    """A count of steps in words."""
    return f"{count} step" if count == 1 else f"{count} steps"


def _fell(course: Course, is_bottomless: bool, numbers: dict[str, float]) -> Finish:
    """It left downhill, on a surface without a floor, or without one that is known."""
    fall = f"{course.label} had fallen to {_number(course.loss)} after {steps(course.step)}"
    if is_bottomless:
        sentence = f"Unbounded below: this surface has no floor. {fall}, and would fall for ever."
        return Finish(reason="unbounded below", sentence=sentence, numbers=numbers)
    sentence = f"{fall} and left, still falling; whether this surface has a floor is not known."
    return Finish(reason="diverged", sentence=sentence, numbers=numbers)


def _rule(objective: Objective, course: Course, curvature: float) -> str:
    """Why it left, by the rule of the optimizer in use at the curvature where it left."""
    optimizer, rate = course.optimizer, _number(course.rate)
    if optimizer.no_limit:
        return f"{optimizer.title} has no limit such as 2/λ ({optimizer.no_limit})."
    there = "" if objective.is_quadratic else " where it was last in the picture"
    limit = optimizer.limit(curvature)
    if limit is None:
        return f"the surface does not curve upwards{there} (λ = {_number(curvature)})."
    against = (
        f"{optimizer.limit_rule()} = {_number(limit)} at the curvature λ = {_number(curvature)}"
    )
    if course.rate > limit:
        return f"learning rate {rate} is above {against}{there}."
    if course.disturbance:
        why = f"the rule holds for full batches without noise, and here is {course.disturbance}"
    elif objective.is_quadratic:
        why = "the rule holds for a learning rate that stays, without clipping"
    else:
        why = "the rule holds near a minimum, and this was farther off"
    return f"although learning rate {rate} is not above {against}{there}; {why}."


def _is_falling(objective: Objective, course: Course, ground: Ground) -> bool:
    """Whether it gets ahead downhill, and nothing lies below it that could stop it.

    Weight decay can: it bends the surface upwards, so of its fall nothing is claimed.
    """
    lowest = brink(objective, torch.device("cpu"), torch.float64)
    return (
        lowest is not None
        and course.loss < float(lowest)
        and ground.kind == "slope"
        and not course.optimizer.weight_decay
        and course.stride > STILL
        and course.drift >= ORBIT * course.stride
    )


def _why_not(objective: Objective, course: Course, ground: Ground) -> str:
    """Why it has not arrived, where that can be told."""
    optimizer = course.optimizer
    if objective.is_quadratic and course.loss > course.first_loss and ground.eigenvalues:
        curvature = ground.eigenvalues[-1]
        limit = optimizer.limit(curvature)
        if limit is not None and course.rate > limit:
            return f"It moves ever farther away: {_rule(objective, course, curvature)}"
    if optimizer.weight_decay and course.stride < STILL and ground.kind == "slope":
        return "It stands still: weight decay holds it off the minimum, towards zero."
    if not course.drift < ORBIT * course.stride:
        return ""
    if course.disturbance:
        return f"It no longer gets ahead: {course.disturbance} keeps it moving."
    if optimizer.no_limit and isinstance(optimizer.schedule, ConstantSchedule):
        return f"It no longer gets ahead: {optimizer.no_limit}."
    if ground.phrase.endswith("does not vanish"):
        return "It no longer gets ahead: at a kink steps do not shrink by themselves."
    return _let_go(objective, course)


def _let_go(objective: Objective, course: Course) -> str:
    """That the minimum nearest to one who bounces about cannot hold it, where that is so."""
    if not objective.minima:
        return ""
    minimum = min(objective.minima, key=lambda m: math.dist(m.point, course.point))
    point = torch.tensor(minimum.point, device=objective.device, dtype=torch.float64)
    curvature = float(torch.linalg.eigvalsh(objective.hessian(point))[-1])
    limit = course.optimizer.limit(curvature)
    if limit is None or course.rate <= limit:
        return ""
    return (
        f"It no longer gets ahead: the nearest minimum, at {place(objective, minimum.point)}, has "
        f"the curvature λ = {_number(curvature)} and cannot hold it, since learning rate "
        f"{_number(course.rate)} is above {course.optimizer.limit_rule()} = {_number(limit)}."
    )


def _number(value: float) -> str:
    """A number with four digits, as it stands in a sentence."""
    text = f"{value:.4g}"
    return "0" if text == "-0" else text
