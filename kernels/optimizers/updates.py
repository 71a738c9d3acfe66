"""One update of one optimizer, worked through with its numbers, from the gradient to the new point.

It is computed here by formulas of its own, on copies; torch's own step must then arrive at the same
point.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from kernels.optimizers import adaptive_updates, plain_updates
from kernels.optimizers.base import NORM_EPSILON
from kernels.optimizers.catalogue import OPTIMIZERS, OptimizerParameters
from kernels.optimizers.walk import Walk, factor, tex
from kernels.simulation import Array, Trace

RULES: dict[str, Callable[[Walk, Any], Array]] = {
    "sgd": plain_updates.sgd,
    "momentum": plain_updates.momentum,
    "nesterov": plain_updates.nesterov,
    "adagrad": adaptive_updates.adagrad,
    "rmsprop": adaptive_updates.rmsprop,
    "adam": adaptive_updates.adam,
    "adamw": adaptive_updates.adam,
    "adadelta": adaptive_updates.adadelta,
    "adamax": adaptive_updates.adamax,
    "nadam": adaptive_updates.nadam,
    "radam": adaptive_updates.radam,
    "asgd": plain_updates.asgd,
    "rprop": plain_updates.rprop,
    "adafactor": adaptive_updates.adafactor,
}

DECOUPLED = ("adamw", "adafactor")  # decay the point itself, apart from the gradient
KIND_OF = {model: kind for kind, model in OPTIMIZERS.items()}


def work_through(
    spec: OptimizerParameters,
    name: str,
    step: int,
    point: Array,
    gradient: Array,
    noise: Array | None,
    memory: Mapping[str, Array],
) -> Trace:
    """The update of `spec`, called `name`, that follows after `step` steps.

    `point` and `gradient` are (d,), the gradient as the batch in use gives it; `noise`, (d,), is
    what is added to it; `memory` is what torch's optimizer remembers, by torch's names.
    """
    kind = KIND_OF[type(spec)]
    walk = Walk(step + 1, spec.rate(step), point, gradient, dict(memory) | {"start": point})
    walk.write("gradient", "g_t", r"\nabla f(\theta_{t-1})", _slope(point), gradient)
    if noise is not None:
        numbers = f"{tex(walk.gradient)} + {factor(noise)}"
        walk.gradient = walk.write(
            "with noise", "g_t", r"g_t + \xi_t", numbers, walk.gradient + noise
        )
    _clip(walk, spec)
    decoupled = kind in DECOUPLED or getattr(spec, "decoupled_weight_decay", False)
    if spec.weight_decay:
        (_decay_point if decoupled else _decay_gradient)(walk, spec.weight_decay)
    change = RULES[kind](walk, spec)
    numbers = f"{tex(walk.point)} + {factor(change)}"
    walk.write("new point", r"\theta_t", r"\theta_{t-1} + \Delta_t", numbers, walk.point + change)
    return Trace(title=f"{name}: step {step + 1}", terms=tuple(walk.terms))


def _slope(point: Array) -> str:
    return rf"\nabla f\left({tex(point)}\right)" if len(point) == 1 else rf"\nabla f {tex(point)}"


def _clip(walk: Walk, spec: OptimizerParameters) -> None:
    if spec.clip_norm:
        norm = float(np.linalg.norm(walk.gradient))
        share = min(1.0, spec.clip_norm / (norm + NORM_EPSILON))
        walk.gradient = walk.write(
            "clipped by norm",
            "g_t",
            r"g_t \cdot \min(1, c / \|g_t\|)",
            rf"{tex(walk.gradient)} \cdot \min(1, {tex(spec.clip_norm)} / {tex(norm)})",
            walk.gradient * share,
        )
    if spec.clip_value:
        walk.gradient = walk.write(
            "clipped by value",
            "g_t",
            r"\max(-c, \min(c, g_t))",
            rf"\max(-{tex(spec.clip_value)}, \min({tex(spec.clip_value)}, {tex(walk.gradient)}))",
            np.clip(walk.gradient, -spec.clip_value, spec.clip_value),
        )


def _decay_gradient(walk: Walk, decay: float) -> None:
    walk.gradient = walk.write(
        "with weight decay",
        "g_t",
        r"g_t + \lambda \theta_{t-1}",
        rf"{tex(walk.gradient)} + {tex(decay)} \cdot {factor(walk.point)}",
        walk.gradient + decay * walk.point,
    )


def _decay_point(walk: Walk, decay: float) -> None:
    walk.point = walk.write(
        "weight decay",
        r"\theta_{t-1}",
        r"(1 - \eta \lambda)\, \theta_{t-1}",
        rf"(1 - {tex(walk.rate)} \cdot {tex(decay)}) \cdot {factor(walk.point)}",
        (1 - walk.rate * decay) * walk.point,
    )
