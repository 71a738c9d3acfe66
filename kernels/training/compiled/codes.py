"""The numbers by which the compiled step knows activations, losses and updates."""

from typing import Final

LANES: Final = 16  # samples that go through the network side by side
MEMORIES: Final = 3  # numbers that an optimizer keeps of each parameter, at most

ACTIVATION_CODES: Final = {
    "identity": 0,
    "relu": 1,
    "leaky-relu": 2,
    "tanh": 3,
    "sigmoid": 4,
    "elu": 5,
    "silu": 6,
    "softplus": 7,
}
RELU, LEAKY_RELU, TANH, SIGMOID, ELU, SILU, SOFTPLUS = range(1, 8)

LOSS_CODES: Final = {"mse": 0, "huber": 1, "bce": 2, "cross-entropy": 3}
MSE, HUBER, BCE, CROSS_ENTROPY = range(4)

UPDATE_CODES: Final = {"sgd": 0, "momentum": 1, "nesterov": 2, "adam": 3, "adamw": 4}
SGD, MOMENTUM, NESTEROV, ADAM, ADAMW = range(5)

# Where a number stands among the settings of a step.
SETTINGS: Final = (
    "weight_decay",
    "momentum",
    "dampening",
    "beta1",
    "beta2",
    "eps",
    "amsgrad",
    "l1",
    "l2",
    "clip_norm",
    "clip_value",
)
(
    WEIGHT_DECAY,
    BETA,
    DAMPENING,
    BETA1,
    BETA2,
    EPSILON,
    AMSGRAD,
    L1,
    L2,
    CLIP_NORM,
    CLIP_VALUE,
) = range(len(SETTINGS))
