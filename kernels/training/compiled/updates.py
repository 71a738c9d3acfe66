"""The updates of the optimizers as machine code; importing this loads numba."""

import math

from kernels.simulation import Array
from kernels.training.compiled.codes import (
    ADAM,
    ADAMW,
    AMSGRAD,
    BETA,
    BETA1,
    BETA2,
    CLIP_NORM,
    CLIP_VALUE,
    DAMPENING,
    EPSILON,
    L1,
    L2,
    NESTEROV,
    SGD,
    WEIGHT_DECAY,
)
from kernels.training.compiled.machine_code import apart

NORM_EPSILON = 1e-6  # as torch.nn.utils.clip_grad_norm_ has it


@apart
def penalize(gradient: Array, parameters: Array, start: int, end: int, settings: Array) -> None:
    """Add to gradient[start:end] the slope of l1 times |w| and of l2 / 2 times w squared."""
    l1 = parameters.dtype.type(settings[L1])
    l2 = parameters.dtype.type(settings[L2])
    zero = parameters.dtype.type(0)
    for j in range(start, end):
        w = parameters[j]
        sign = l1 if w > zero else (-l1 if w < zero else zero)
        gradient[j] += sign + l2 * w


@apart
def clip(gradient: Array, settings: Array) -> None:
    """Clip the gradient of the whole network by its norm, then by value, where these are not 0."""
    most = settings[CLIP_NORM]
    if most:
        total = 0.0
        for g in gradient:
            total += float(g) * float(g)
        share = most / (math.sqrt(total) + NORM_EPSILON)
        if share < 1.0:
            for j in range(len(gradient)):
                gradient[j] *= share
    most = settings[CLIP_VALUE]
    if most:
        for j in range(len(gradient)):
            g = gradient[j]
            gradient[j] = most if g > most else (-most if g < -most else g)


@apart
def update(
    kind: int,
    parameters: Array,
    gradient: Array,
    memory: Array,
    step: int,
    rate: float,
    settings: Array,
) -> None:
    """One step of torch.optim.SGD, Adam or AdamW, the `step`-th, from 1, in torch's order."""
    if kind in (ADAM, ADAMW):
        adam(kind, parameters, gradient, memory, step, rate, settings)
        return
    number = parameters.dtype.type
    decay, eta = number(settings[WEIGHT_DECAY]), number(rate)
    beta, kept = number(settings[BETA]), number(1.0 - settings[DAMPENING])
    velocity = memory[0]
    if kind == SGD or settings[BETA] == 0.0:
        for j in range(len(parameters)):
            parameters[j] -= eta * (gradient[j] + decay * parameters[j])
        return
    if step == 1:  # the first velocity is the gradient, without dampening
        for j in range(len(parameters)):
            velocity[j] = gradient[j] + decay * parameters[j]
    else:
        for j in range(len(parameters)):
            velocity[j] = beta * velocity[j] + kept * (gradient[j] + decay * parameters[j])
    if kind == NESTEROV:
        for j in range(len(parameters)):
            g = gradient[j] + decay * parameters[j]
            parameters[j] -= eta * (g + beta * velocity[j])
    else:
        for j in range(len(parameters)):
            parameters[j] -= eta * velocity[j]


@apart
def adam(
    kind: int,
    parameters: Array,
    gradient: Array,
    memory: Array,
    step: int,
    rate: float,
    settings: Array,
) -> None:
    """Kingma and Ba (2015), algorithm 1; Loshchilov and Hutter (2019) for AdamW."""
    number = parameters.dtype.type
    one = number(1)
    beta2 = number(settings[BETA2])
    kept1, kept2 = number(1.0 - settings[BETA1]), number(1.0 - settings[BETA2])
    length = number(rate / (1.0 - settings[BETA1] ** step))
    root = number(math.sqrt(1.0 - settings[BETA2] ** step))
    eps = number(settings[EPSILON])
    decay = number(settings[WEIGHT_DECAY])
    shrink = one
    if kind == ADAMW:
        shrink = number(1.0 - rate * settings[WEIGHT_DECAY])
        decay = number(0)
    largest = settings[AMSGRAD] != 0.0
    mean, squares, most = memory[0], memory[1], memory[2]
    for j in range(len(parameters)):
        w = parameters[j] * shrink
        g = gradient[j] + decay * w
        m = mean[j] + kept1 * (g - mean[j])
        s = beta2 * squares[j] + kept2 * g * g
        mean[j] = m
        squares[j] = s
        if largest:
            s = max(most[j], s)
            most[j] = s
        parameters[j] = w - length * m / (math.sqrt(s) / root + eps)
