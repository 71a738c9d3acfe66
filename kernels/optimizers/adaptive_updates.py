"""The updates of the optimizers that divide by the size of past gradients, term by term.

A rule takes a `Walk` whose gradient is ready (noise, clipping and coupled weight decay are in it),
writes its own terms in the order in which torch computes them, and gives the step, (d,).
"""

import math

import numpy as np

from kernels.optimizers.adaptive import MomentsParameters
from kernels.optimizers.catalogue import (
    AdadeltaParameters,
    AdafactorParameters,
    AdagradParameters,
    AdamaxParameters,
    AdamParameters,
    NAdamParameters,
    RAdamParameters,
    RMSpropParameters,
)
from kernels.optimizers.walk import AGAINST_ZERO, Walk, factor, tex
from kernels.simulation import Array


def adagrad(walk: Walk, spec: AdagradParameters) -> Array:
    old = walk.past("sum", spec.initial_accumulator_value)
    total = walk.write(
        "sum of squares",
        "s_t",
        "s_{t-1} + g_t^2",
        rf"{tex(old)} + {factor(walk.gradient)}^2",
        old + walk.gradient**2,
    )
    if spec.lr_decay:
        rate = walk.rate / (1 + (walk.step - 1) * spec.lr_decay)
        numbers = rf"\frac{{{tex(walk.rate)}}}{{1 + {walk.step - 1} \cdot {tex(spec.lr_decay)}}}"
        walk.says("η", "learning rate")
        walk.says("d", "its decay")
        walk.rate_symbol = r"\eta_t"
        walk.write("rate", r"\eta_t", r"\frac{\eta}{1 + (t - 1) d}", numbers, np.array(rate))
        walk.rate = rate
    return walk.step_divided("g_t", walk.gradient, "s_t", total, spec.eps)


def rmsprop(walk: Walk, spec: RMSpropParameters) -> Array:
    squares = walk.mean("mean square", "s", "square_avg", spec.alpha, r"\rho", "g_t^2")
    symbol = "s_t"
    if spec.centered:
        middle = walk.mean("mean gradient", r"\bar{g}", "grad_avg", spec.alpha, r"\rho", "g_t")
        squares = walk.write(
            "spread",
            "c_t",
            r"s_t - \bar{g}_t^2",
            rf"{tex(squares)} - {factor(middle)}^2",
            squares - middle**2,
        )
        symbol = "c_t"
    if not spec.momentum:
        return walk.step_divided("g_t", walk.gradient, symbol, squares, spec.eps)
    walk.says("ε", AGAINST_ZERO)
    walk.says("β", "momentum")
    old, size = walk.past("momentum_buffer"), np.sqrt(squares) + spec.eps
    velocity = walk.write(
        "velocity",
        "v_t",
        rf"\beta v_{{t-1}} + \frac{{g_t}}{{\sqrt{{{symbol}}} + \epsilon}}",
        rf"{tex(spec.momentum)} \cdot {tex(old)} + \frac{{{tex(walk.gradient)}}}{{{tex(size)}}}",
        spec.momentum * old + walk.gradient / size,
    )
    return walk.step_along("v_t", velocity)


def adam(walk: Walk, spec: AdamParameters) -> Array:
    mean, squares = _moments(walk, spec)
    symbol = "s_t"
    if spec.amsgrad:
        old = walk.past("max_exp_avg_sq")
        squares = walk.write(
            "largest second moment",
            r"\tilde{s}_t",
            r"\max(\tilde{s}_{t-1}, s_t)",
            rf"\max\left({tex(old)}, {tex(squares)}\right)",
            np.maximum(old, squares),
        )
        symbol = r"\tilde{s}_t"
    mean = walk.corrected("first moment", "m", "m_t", mean, spec.beta1, r"\beta_1")
    squares = walk.corrected("second moment", "s", symbol, squares, spec.beta2, r"\beta_2")
    return walk.step_divided(r"\hat{m}_t", mean, r"\hat{s}_t", squares, spec.eps)


def adamax(walk: Walk, spec: AdamaxParameters) -> Array:
    mean = walk.mean("first moment", "m", "exp_avg", spec.beta1, r"\beta_1", "g_t")
    walk.says("β₂", "share kept of the largest gradient")
    walk.says("ε", AGAINST_ZERO)
    walk.says("η", "learning rate")
    old = walk.past("exp_inf")
    size = walk.write(
        "largest gradient",
        "u_t",
        r"\max(\beta_2 u_{t-1}, |g_t| + \epsilon)",
        rf"\max\left({tex(spec.beta2)} \cdot {tex(old)}, {tex(np.abs(walk.gradient))} + "
        rf"{tex(spec.eps)}\right)",
        np.maximum(spec.beta2 * old, np.abs(walk.gradient) + spec.eps),
    )
    mean = walk.corrected("first moment", "m", "m_t", mean, spec.beta1, r"\beta_1")
    return walk.write(
        "step",
        r"\Delta_t",
        r"-\eta \frac{\hat{m}_t}{u_t}",
        rf"-{tex(walk.rate)} \cdot \frac{{{tex(mean)}}}{{{tex(size)}}}",
        -walk.rate * mean / size,
    )


def nadam(walk: Walk, spec: NAdamParameters) -> Array:
    def share(step: int) -> float:
        return spec.beta1 * (1 - 0.5 * math.pow(0.96, step * spec.momentum_decay))

    mean, squares = _moments(walk, spec)
    squares = walk.corrected("second moment", "s", "s_t", squares, spec.beta2, r"\beta_2")
    now, following = share(walk.step), share(walk.step + 1)
    walk.says("μ", "share of momentum, from step to step")
    # torch keeps this product in single precision
    product = float(np.float32(walk.memory.get("mu_product", 1.0)) * np.float32(now))
    ahead = walk.write(
        "look ahead",
        "d_t",
        r"\frac{\mu_{t+1} m_t}{1 - \prod_{i \le t+1} \mu_i}"
        r" + \frac{(1 - \mu_t)\, g_t}{1 - \prod_{i \le t} \mu_i}",
        rf"\frac{{{tex(following)} \cdot {tex(mean)}}}{{1 - {tex(product * following)}}}"
        rf" + \frac{{{tex(1 - now)} \cdot {tex(walk.gradient)}}}{{1 - {tex(product)}}}",
        following * mean / (1 - product * following) + (1 - now) * walk.gradient / (1 - product),
    )
    return walk.step_divided("d_t", ahead, r"\hat{s}_t", squares, spec.eps)


def radam(walk: Walk, spec: RAdamParameters) -> Array:
    t, beta2 = walk.step, spec.beta2
    walk.says("ρ∞", "gradients seen in the end, 2/(1 - β₂) - 1")
    mean, squares = _moments(walk, spec)
    mean = walk.corrected("first moment", "m", "m_t", mean, spec.beta1, r"\beta_1")
    longest = 2 / (1 - beta2) - 1
    length = longest - 2 * t * beta2**t / (1 - beta2**t)
    walk.write(
        "gradients seen",
        r"\rho_t",
        r"\rho_\infty - \frac{2 t \beta_2^t}{1 - \beta_2^t}",
        rf"{tex(longest)} - \frac{{{2 * t} \cdot {tex(beta2**t)}}}{{1 - {tex(beta2**t)}}}",
        np.array(length),
    )
    if length <= 5:
        return walk.step_along(r"\hat{m}_t", mean)
    rectified = (length - 4) * (length - 2) * longest / ((longest - 4) * (longest - 2) * length)
    trust = walk.write(
        "rectification",
        "r_t",
        r"\sqrt{\frac{(\rho_t - 4)(\rho_t - 2) \rho_\infty}"
        r"{(\rho_\infty - 4)(\rho_\infty - 2) \rho_t}}",
        rf"\sqrt{{{tex(rectified)}}}",
        np.sqrt(np.array(rectified)),
    )
    walk.says("η", "learning rate")
    walk.says("ε", AGAINST_ZERO)
    size = (np.sqrt(squares) + spec.eps) / np.sqrt(1 - beta2**t)
    return walk.write(
        "step",
        r"\Delta_t",
        r"-\eta\, r_t \frac{\hat{m}_t}{(\sqrt{s_t} + \epsilon) / \sqrt{1 - \beta_2^t}}",
        rf"-{tex(walk.rate)} \cdot {tex(float(trust))} \cdot \frac{{{tex(mean)}}}{{{tex(size)}}}",
        -walk.rate * trust * mean / size,
    )


def adadelta(walk: Walk, spec: AdadeltaParameters) -> Array:
    squares = walk.mean("mean square", "s", "square_avg", spec.rho, r"\rho", "g_t^2")
    walk.says("ε", AGAINST_ZERO)
    old = walk.past("acc_delta")
    change = walk.write(
        "scaled gradient",
        r"\delta_t",
        r"\frac{\sqrt{u_{t-1} + \epsilon}}{\sqrt{s_t + \epsilon}}\, g_t",
        rf"\frac{{\sqrt{{{tex(old)} + {tex(spec.eps)}}}}}"
        rf"{{\sqrt{{{tex(squares)} + {tex(spec.eps)}}}}} \cdot {tex(walk.gradient)}",
        np.sqrt(old + spec.eps) / np.sqrt(squares + spec.eps) * walk.gradient,
    )
    walk.write(
        "mean square step",
        "u_t",
        r"\rho u_{t-1} + (1 - \rho)\, \delta_t^2",
        rf"{tex(spec.rho)} \cdot {tex(old)} + {tex(1 - spec.rho)} \cdot {factor(change)}^2",
        spec.rho * old + (1 - spec.rho) * change**2,
    )
    return walk.step_along(r"\delta_t", change)


def adafactor(walk: Walk, spec: AdafactorParameters) -> Array:
    start = walk.memory["start"]  # before the weight decay
    size = max(spec.eps2, float(np.sqrt(np.mean(start**2))))
    walk.says("η", "learning rate")
    walk.says("ε₂", "smallest size a point counts as")
    walk.says("d", "where the update is clipped")
    reach = walk.write(
        "reach",
        "a_t",
        r"\max(\epsilon_2, \operatorname{RMS}(\theta_{t-1})) \cdot \min(\eta, 1 / \sqrt{t})",
        rf"{tex(size)} \cdot \min({tex(walk.rate)}, {tex(walk.step**-0.5)})",
        np.array(size * min(walk.rate, walk.step**-0.5)),
    )
    share = 1 - walk.step**spec.beta2_decay
    squares = walk.mean("mean square", "s", "variance", share, r"\beta_t", "g_t^2")
    floor = np.finfo(walk.point.dtype).eps
    scaled = walk.write(
        "scaled gradient",
        "u_t",
        r"\frac{g_t}{\sqrt{s_t}}",
        rf"\frac{{{tex(walk.gradient)}}}{{\sqrt{{{tex(squares)}}}}}",
        walk.gradient / np.sqrt(np.maximum(squares, floor**2)),
    )
    excess = max(1.0, float(np.sqrt(np.mean(scaled**2))) / spec.d)
    return walk.write(
        "step",
        r"\Delta_t",
        r"-\frac{a_t\, u_t}{\max(1, \operatorname{RMS}(u_t) / d)}",
        rf"-\frac{{{tex(float(reach))} \cdot {tex(scaled)}}}{{{tex(excess)}}}",
        -float(reach) / excess * scaled,
    )


def _moments(walk: Walk, spec: MomentsParameters) -> tuple[Array, Array]:
    """The running means of the gradient and of its square."""
    mean = walk.mean("first moment", "m", "exp_avg", spec.beta1, r"\beta_1", "g_t")
    squares = walk.mean("second moment", "s", "exp_avg_sq", spec.beta2, r"\beta_2", "g_t^2")
    return mean, squares
