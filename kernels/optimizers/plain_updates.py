"""The updates of the optimizers that follow the gradient itself, or its sign, term by term.

A rule takes a `Walk` whose gradient is ready (noise, clipping and coupled weight decay are in it),
writes its own terms in the order in which torch computes them, and gives the step, (d,).
"""

import numpy as np

from kernels.optimizers.catalogue import (
    ASGDParameters,
    MomentumParameters,
    NesterovParameters,
    RpropParameters,
    SGDParameters,
)
from kernels.optimizers.walk import Walk, factor, tex
from kernels.simulation import Array


def sgd(walk: Walk, spec: SGDParameters) -> Array:
    return walk.step_along(r"g_t", walk.gradient)


def momentum(walk: Walk, spec: MomentumParameters) -> Array:
    if not spec.momentum:
        return walk.step_along(r"g_t", walk.gradient)
    return walk.step_along("v_t", _velocity(walk, spec.momentum, spec.dampening))


def nesterov(walk: Walk, spec: NesterovParameters) -> Array:
    beta, velocity = spec.momentum, _velocity(walk, spec.momentum, 0.0)
    walk.says("β", "momentum")
    ahead = walk.write(
        "look ahead",
        "d_t",
        r"g_t + \beta v_t",
        rf"{tex(walk.gradient)} + {tex(beta)} \cdot {tex(velocity)}",
        walk.gradient + beta * velocity,
    )
    return walk.step_along("d_t", ahead)


def _velocity(walk: Walk, beta: float, dampening: float) -> Array:
    if "momentum_buffer" not in walk.memory:
        return walk.write("velocity", "v_t", "g_t", tex(walk.gradient), walk.gradient)
    walk.says("β", "momentum")
    if dampening:
        walk.says("τ", "dampening")
    old = walk.past("momentum_buffer")
    kept = r"(1 - \tau)\, " if dampening else ""
    share = rf"{tex(1 - dampening)} \cdot " if dampening else ""
    return walk.write(
        "velocity",
        "v_t",
        rf"\beta v_{{t-1}} + {kept}g_t",
        rf"{tex(beta)} \cdot {tex(old)} + {share}{tex(walk.gradient)}",
        beta * old + (1 - dampening) * walk.gradient,
    )


def asgd(walk: Walk, spec: ASGDParameters) -> Array:
    # torch keeps the rate in single precision
    rate = float(walk.memory.get("eta", np.float32(walk.rate)))
    walk.says("η", "learning rate as it has shrunk")
    walk.says("δ", "decay of the point")
    return walk.write(
        "step",
        r"\Delta_t",
        r"-\eta_t (g_t + \delta\, \theta_{t-1})",
        rf"-{tex(rate)} \cdot \left({{{tex(walk.gradient)}}} + {tex(spec.lambd)} \cdot "
        rf"{factor(walk.point)}\right)",
        -rate * (walk.gradient + spec.lambd * walk.point),
    )


def rprop(walk: Walk, spec: RpropParameters) -> Array:
    old, size = walk.past("prev"), walk.past("step_size", walk.rate)
    agreement = np.sign(old * walk.gradient)
    growth = np.where(agreement > 0, spec.eta_plus, np.where(agreement < 0, spec.eta_minus, 1.0))
    walk.says("η±", "growth or shrinking of a step size")
    size = walk.write(
        "step sizes",
        "s_t",
        r"s_{t-1} \cdot \eta_\pm",
        rf"{tex(size)} \cdot {tex(growth)}",
        np.clip(size * growth, spec.step_size_min, spec.step_size_max),
    )
    sign = np.where(agreement < 0, 0.0, np.sign(walk.gradient))
    return walk.write(
        "step",
        r"\Delta_t",
        r"-\operatorname{sign}(g_t)\, s_t",
        rf"-{factor(sign)} \cdot {tex(size)}",
        -sign * size,
    )
