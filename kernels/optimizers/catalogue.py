"""The optimizers there are: those of torch.optim that need no closure and fit two numbers.

A new one is a model of its hyper-parameters in `kernels.optimizers.plain` or
`kernels.optimizers.adaptive`, and one line here.
"""

from typing import Annotated

from pydantic import Field

from kernels.annotations import variants_of
from kernels.optimizers.adaptive import (
    AdadeltaParameters,
    AdafactorParameters,
    AdagradParameters,
    AdamaxParameters,
    AdamParameters,
    AdamWParameters,
    NAdamParameters,
    RAdamParameters,
    RMSpropParameters,
)
from kernels.optimizers.base import OptimizerParameters, clip_gradient_
from kernels.optimizers.plain import (
    ASGDParameters,
    MomentumParameters,
    NesterovParameters,
    RpropParameters,
    SGDParameters,
)

OptimizerSpec = Annotated[
    SGDParameters
    | MomentumParameters
    | NesterovParameters
    | AdagradParameters
    | RMSpropParameters
    | AdamParameters
    | AdamWParameters
    | AdadeltaParameters
    | AdamaxParameters
    | NAdamParameters
    | RAdamParameters
    | ASGDParameters
    | RpropParameters
    | AdafactorParameters,
    Field(discriminator="kind"),
]

OPTIMIZERS: dict[str, type[OptimizerParameters]] = {
    kind: model
    for kind, model in variants_of(OptimizerSpec).items()
    if issubclass(model, OptimizerParameters)
}

OPTIMIZER_LABELS = {kind: model.title for kind, model in OPTIMIZERS.items()}

LEFT_OUT = {
    "LBFGS": "it calls the loss several times a step and needs a closure",
    "SparseAdam": "it takes sparse gradients only",
    "Muon": "it takes matrices only, and a point is no matrix",
}

__all__ = [
    "LEFT_OUT",
    "OPTIMIZERS",
    "OPTIMIZER_LABELS",
    "ASGDParameters",
    "AdadeltaParameters",
    "AdafactorParameters",
    "AdagradParameters",
    "AdamParameters",
    "AdamWParameters",
    "AdamaxParameters",
    "MomentumParameters",
    "NAdamParameters",
    "NesterovParameters",
    "OptimizerParameters",
    "OptimizerSpec",
    "RAdamParameters",
    "RMSpropParameters",
    "RpropParameters",
    "SGDParameters",
    "clip_gradient_",
]
