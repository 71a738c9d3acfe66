"""Activations and losses as machine code; importing this loads numba.

All of them work on arrays whose rows are units and whose columns are `LANES` samples, laid flat.
What needs an exponential is worked out in float64 whatever the array holds, since a polynomial
without branches goes through several samples at once, which the function of the C library does not.
"""

import math

import numpy as np

from kernels.simulation import Array
from kernels.training.compiled.codes import (
    BCE,
    CROSS_ENTROPY,
    ELU,
    HUBER,
    LANES,
    LEAKY_RELU,
    MSE,
    RELU,
    SIGMOID,
    SILU,
    SOFTPLUS,
    TANH,
)
from kernels.training.compiled.machine_code import apart, inner

LARGEST = 708.0  # e to this is still a number
LOG2_E = 1.4426950408889634
LN2_HIGH, LN2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10  # as in fdlibm
ROUNDER = 6755399441055744.0  # 1.5 * 2^52: added to a small number it leaves its integer in the end
BIAS = np.int64(1023)  # of the exponent of a float64
SLOPE = 0.01  # of leaky ReLU below 0
THRESHOLD = 20.0  # above it torch takes softplus for the identity


@inner
def expm1_and_power(x: float) -> tuple[float, float]:
    """(p, s) with e^x = s (1 + p), s a power of two and |p| under 0.42; NaN stays NaN.

    Cody and Waite's reduction by two parts of ln 2, then Taylor's polynomial.
    """
    x = LARGEST if x > LARGEST else x
    x = -LARGEST if x < -LARGEST else x
    shifted = x * LOG2_E + ROUNDER
    k = shifted - ROUNDER
    r = (x - k * LN2_HIGH) - k * LN2_LOW
    p = 1.0 / 6227020800.0
    p = p * r + 1.0 / 479001600.0
    p = p * r + 1.0 / 39916800.0
    p = p * r + 1.0 / 3628800.0
    p = p * r + 1.0 / 362880.0
    p = p * r + 1.0 / 40320.0
    p = p * r + 1.0 / 5040.0
    p = p * r + 1.0 / 720.0
    p = p * r + 1.0 / 120.0
    p = p * r + 1.0 / 24.0
    p = p * r + 1.0 / 6.0
    p = p * r + 0.5
    p = p * r * r + r
    bits = np.float64(shifted).view(np.int64)
    return p, np.int64((bits + BIAS) << np.int64(52)).view(np.float64)


@inner
def exp(x: float) -> float:
    p, power = expm1_and_power(x)
    return power * p + power


@inner
def expm1(x: float) -> float:
    p, power = expm1_and_power(x)
    return power * p + (power - 1.0)


@inner
def tanh(x: float) -> float:
    e = expm1(-2.0 * abs(x))
    size = -e / (2.0 + e)
    return -size if x < 0 else size


@inner
def sigmoid(x: float) -> float:
    return 1.0 / (1.0 + exp(-x))


@inner
def log_of_sum(x: float) -> float:
    """log(1 + e^-|x|)."""
    return math.log1p(math.exp(-abs(x)))


@apart
def activate(kind: int, z: Array, a: Array) -> None:
    """Write the activation of `z` into `a`."""
    one = z.dtype.type(1)
    zero = z.dtype.type(0)
    slope = z.dtype.type(SLOPE)
    if kind == RELU:
        for j in range(len(z)):
            a[j] = zero if z[j] < zero else z[j]
    elif kind == LEAKY_RELU:
        for j in range(len(z)):
            a[j] = z[j] * (one if z[j] > zero else slope)
    elif kind == TANH:
        for j in range(len(z)):
            a[j] = tanh(z[j])
    elif kind == SIGMOID:
        for j in range(len(z)):
            a[j] = sigmoid(z[j])
    elif kind == ELU:
        for j in range(len(z)):
            below = expm1(z[j])
            a[j] = z[j] if z[j] > zero else below
    elif kind == SILU:
        for j in range(len(z)):
            a[j] = z[j] * sigmoid(z[j])
    elif kind == SOFTPLUS:
        for j in range(len(z)):
            x = float(z[j])
            a[j] = x if x > THRESHOLD else max(x, 0.0) + log_of_sum(x)
    else:
        for j in range(len(z)):
            a[j] = z[j]


@apart
def times_slope(kind: int, z: Array, a: Array, d: Array) -> None:
    """Multiply `d` by the slope of the activation, of which `z` was put in and `a` came.

    Where there is a corner, at 0, the slope is that of torch: the one from below.
    """
    one = z.dtype.type(1)
    zero = z.dtype.type(0)
    slope = z.dtype.type(SLOPE)
    if kind == RELU:
        for j in range(len(z)):
            d[j] = d[j] if a[j] > zero else zero
    elif kind == LEAKY_RELU:
        for j in range(len(z)):
            d[j] = d[j] * (one if z[j] > zero else slope)
    elif kind == TANH:
        for j in range(len(z)):
            d[j] = d[j] * (one - a[j] * a[j])
    elif kind == SIGMOID:
        for j in range(len(z)):
            d[j] = d[j] * (one - a[j]) * a[j]
    elif kind == ELU:
        for j in range(len(z)):
            d[j] = d[j] * (one if z[j] > zero else a[j] + one)
    elif kind == SILU:
        for j in range(len(z)):
            s = sigmoid(z[j])
            d[j] = d[j] * (s * (1.0 + z[j] * (1.0 - s)))
    elif kind == SOFTPLUS:
        for j in range(len(z)):
            s = sigmoid(z[j])
            d[j] = d[j] * (1.0 if z[j] > THRESHOLD else s)


@apart
def loss_of(
    kind: int, outputs: Array, wanted: Array, rows: Array, d: Array, at: int, scale: float
) -> float:
    """The summed loss of the samples `rows`, at most `LANES`; its slope times `scale` into `d`.

    The outputs begin at outputs[at]. The slope of a lane without a sample is 0.
    """
    count = wanted.shape[1]
    total = 0.0
    for lane in range(LANES):
        if lane >= len(rows):
            for k in range(count):
                d[at + k * LANES + lane] = 0.0
            continue
        row = rows[lane]
        if kind == CROSS_ENTROPY:
            total += cross_entropy(outputs, wanted, row, d, at + lane, scale)
            continue
        for k in range(count):
            j = at + k * LANES + lane
            y = float(wanted[row, k])
            x = float(outputs[j])
            if kind == BCE:
                total += (1.0 - y) * x + max(-x, 0.0) + log_of_sum(x)
                d[j] = scale * (sigmoid(x) - y)
            elif kind == HUBER:
                gap = x - y
                size = abs(gap)
                total += 0.5 * gap * gap if size <= 1.0 else size - 0.5
                d[j] = scale * (gap if size <= 1.0 else math.copysign(1.0, gap))
            elif kind == MSE:
                gap = x - y
                total += gap * gap
                d[j] = scale * 2.0 * gap
    return total


@inner
def cross_entropy(
    outputs: Array, wanted: Array, row: int, d: Array, at: int, scale: float
) -> float:
    """The loss of one sample, whose scores begin at outputs[at], and its slope into `d`."""
    count = wanted.shape[1]
    largest = float(outputs[at])
    for k in range(1, count):
        largest = max(largest, float(outputs[at + k * LANES]))
    total = 0.0
    for k in range(count):
        total += math.exp(outputs[at + k * LANES] - largest)
    whole = largest + math.log(total)
    loss = 0.0
    for k in range(count):
        j = at + k * LANES
        loss += wanted[row, k] * (whole - outputs[j])
        d[j] = scale * (math.exp(outputs[j] - whole) - wanted[row, k])
    return loss
