"""Many training steps in one call, as machine code; importing this loads numba.

Samples go through the network `LANES` at a time. What belongs to a unit stands for all of these
side by side, so that every product is one of a weight with several samples.
"""

import numpy as np

from kernels.simulation import Array
from kernels.training.compiled.codes import CROSS_ENTROPY, L1, L2, LANES
from kernels.training.compiled.functions import activate, loss_of, times_slope
from kernels.training.compiled.lanes import correlate, weigh
from kernels.training.compiled.machine_code import inner, outer
from kernels.training.compiled.updates import clip, penalize, update


@inner
def forward(w: Array, x: Array, z: Array, plan: Array) -> None:
    """The sums of one layer, z = W x + b; `plan` is its row of `layers`."""
    inputs, units, weight, bias, x_at, z_at = plan[0], plan[1], plan[2], plan[3], plan[4], plan[5]
    for o in range(units):
        b = w[bias + o] if bias >= 0 else w.dtype.type(0)
        weigh(b, w, weight + o * inputs, 1, inputs, x, x_at, z, z_at + o * LANES)


@inner
def backward(w: Array, x: Array, d: Array, gradient: Array, plan: Array) -> None:
    """Add what one layer's parameters do to `gradient`, and write what its inputs do into `d`.

    Of the first layer, whose inputs are the data, the latter is not needed.
    """
    inputs, units, weight, bias, x_at, z_at = plan[0], plan[1], plan[2], plan[3], plan[4], plan[5]
    for o in range(units):
        at = z_at + o * LANES
        correlate(d, at, x, x_at, inputs, gradient, weight + o * inputs)
        if bias >= 0:
            for lane in range(LANES):
                gradient[bias + o] += d[at + lane]
    if x_at > 0:
        for i in range(inputs):
            weigh(w.dtype.type(0), w, weight + i, inputs, units, d, z_at, d, x_at + i * LANES)


@outer
def steps(
    layers: Array,
    loss: int,
    method: int,
    settings: Array,
    parameters: Array,
    gradient: Array,
    memory: Array,
    inputs: Array,
    wanted: Array,
    order: Array,
    starts: Array,
    rates: Array,
    taken: int,
) -> Array:
    """Take len(rates) steps in place, after `taken` steps; gives the loss of each, (n,).

    `layers` has a row for each linear layer: inputs, units, where its weight and its bias (or -1)
    begin in `parameters`, where the lanes of its inputs and of its outputs begin, its activation.
    """
    depth, features = len(layers), inputs.shape[1]
    size = layers[depth - 1, 5] + layers[depth - 1, 1] * LANES
    z = np.zeros(size, parameters.dtype)
    a = np.zeros(size, parameters.dtype)
    d = np.zeros(size, parameters.dtype)
    losses = np.empty(len(rates), parameters.dtype)
    for n in range(len(rates)):
        first, last = starts[n], starts[n + 1]
        count = (last - first) * (1 if loss == CROSS_ENTROPY else wanted.shape[1])
        gradient[:] = 0
        summed = 0.0
        for begin in range(first, last, LANES):
            rows = order[begin : min(begin + LANES, last)]
            for lane in range(LANES):
                row = rows[lane if lane < len(rows) else 0]
                for i in range(features):
                    a[i * LANES + lane] = inputs[row, i]
            for k in range(depth):
                forward(parameters, a, z, layers[k])
                end = layers[k, 5] + layers[k, 1] * LANES
                activate(layers[k, 6], z[layers[k, 5] : end], a[layers[k, 5] : end])
            summed += loss_of(loss, a, wanted, rows, d, layers[depth - 1, 5], 1.0 / count)
            for k in range(depth - 1, -1, -1):
                end = layers[k, 5] + layers[k, 1] * LANES
                at = layers[k, 5]
                times_slope(layers[k, 6], z[at:end], a[at:end], d[at:end])
                backward(parameters, a, d, gradient, layers[k])
        losses[n] = summed / count
        if settings[L1] or settings[L2]:
            for k in range(depth):
                at = layers[k, 2]
                penalize(gradient, parameters, at, at + layers[k, 0] * layers[k, 1], settings)
        clip(gradient, settings)
        update(method, parameters, gradient, memory, taken + n + 1, rates[n], settings)
    return losses
