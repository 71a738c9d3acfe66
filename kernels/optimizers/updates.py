"""One update of one optimizer, worked through with its numbers, from the gradient to the new point.

It is computed here by formulas of its own, on copies; torch's own step must then arrive at the same
point.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
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

BEFORE = "@"  # in the formula of a stage: the symbol of the stage before it
KIND_OF = {model: kind for kind, model in OPTIMIZERS.items()}


@dataclass(frozen=True, slots=True, eq=False)
class Stage:
    """A stage of the gradient on its way to the rule; `word` tells it apart from the others."""

    name: str
    word: str
    formula: str
    numbers: str
    value: Array


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
    _prepare(walk, spec, noise, 0.0 if spec.decays_apart else spec.weight_decay)
    if spec.decays_apart and spec.weight_decay:
        _decay_point(walk, spec.weight_decay)
    change = RULES[kind](walk, spec)
    formula = rf"{walk.point_symbol} + \Delta_t"
    numbers = f"{tex(walk.point)} + {factor(change)}"
    walk.write("new point", r"\theta_t", formula, numbers, walk.point + change)
    return Trace(title=f"{name}: step {step + 1}", terms=tuple(walk.terms), key=walk.key)


def _prepare(walk: Walk, spec: OptimizerParameters, noise: Array | None, decay: float) -> None:
    """Write down the gradient and what becomes of it; only what the rule gets is called g_t."""
    stages = list(_stages(walk, spec, noise, decay))
    symbol = ""
    for stage in stages:
        before = symbol
        symbol = "g_t" if stage is stages[-1] else rf"g_t^{{\text{{{stage.word}}}}}"
        formula = stage.formula.replace(BEFORE, before)
        walk.gradient = walk.write(stage.name, symbol, formula, stage.numbers, stage.value)


def _stages(
    walk: Walk, spec: OptimizerParameters, noise: Array | None, decay: float
) -> Iterator[Stage]:
    """What becomes of the gradient before the rule gets it, in the order in which torch does it."""
    g = walk.gradient
    yield Stage("gradient", "raw", r"\nabla f(\theta_{t-1})", _slope(walk.point), g)
    if noise is not None:
        walk.says("ξ", "noise")
        numbers, g = f"{tex(g)} + {factor(noise)}", g + noise
        yield Stage("with noise", "noisy", rf"{BEFORE} + \xi_t", numbers, g)
    if spec.clip_norm:
        walk.says("c", "largest length")
        norm = float(np.linalg.norm(g))
        numbers = rf"{tex(g)} \cdot \min(1, {tex(spec.clip_norm)} / {tex(norm)})"
        g = g * min(1.0, spec.clip_norm / (norm + NORM_EPSILON))
        formula = rf"{BEFORE} \cdot \min(1, c / \|{BEFORE}\|)"
        yield Stage("clipped by norm", "short", formula, numbers, g)
    if spec.clip_value:
        walk.says("k", "largest coordinate")
        bound = tex(spec.clip_value)
        numbers = rf"\max({{-{bound}}}, \min({bound}, {{{tex(g)}}}))"
        g = np.clip(g, -spec.clip_value, spec.clip_value)
        formula = rf"\max({{-k}}, \min(k, {BEFORE}))"
        yield Stage("clipped by value", "cut", formula, numbers, g)
    if decay:
        walk.says("α", "weight decay")
        numbers = rf"{tex(g)} + {tex(decay)} \cdot {factor(walk.point)}"
        formula = rf"{BEFORE} + \alpha\, \theta_{{t-1}}"
        yield Stage("with weight decay", "decayed", formula, numbers, g + decay * walk.point)


def _decay_point(walk: Walk, decay: float) -> None:
    walk.says("η", "learning rate")
    walk.says("α", "weight decay")
    walk.point_symbol = r"\theta_{t-1}^{\text{decayed}}"
    walk.point = walk.write(
        "weight decay",
        walk.point_symbol,
        r"(1 - \eta \alpha)\, \theta_{t-1}",
        rf"(1 - {tex(walk.rate)} \cdot {tex(decay)}) \cdot {factor(walk.point)}",
        (1 - walk.rate * decay) * walk.point,
    )


def _slope(point: Array) -> str:
    return (
        rf"\nabla f\left({{{tex(point)}}}\right)" if len(point) == 1 else rf"\nabla f {tex(point)}"
    )
