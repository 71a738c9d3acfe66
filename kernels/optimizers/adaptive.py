"""The optimizers that divide by the size of past gradients: Adagrad, RMSprop, Adam and kin."""

import math
from collections.abc import Mapping
from typing import Any, ClassVar, Literal

import torch
from torch import Tensor

from kernels.optimizers.base import OptimizerParameters, complete_state, short
from kernels.parameters import setting

SMALL_EPSILON = 1e-8


def _learning_rate(default: float) -> Any:
    return setting(
        default,
        gt=0,
        le=1000,
        scale="log",
        slider=(1e-4, 10.0),
        help="About how far a step goes, whatever the size of the gradient.",
    )


def _epsilon(default: float) -> Any:
    return setting(
        default,
        gt=0,
        le=1,
        scale="log",
        slider=(1e-12, 0.1),
        label="ε",
        help="Keeps the division from blowing up where past gradients are tiny.",
    )


class AdaptiveParameters(OptimizerParameters):
    """What divides each step by the size of past gradients."""

    no_limit: ClassVar[str] = (
        "it divides each step by the size of past gradients, so it has no such limit; at a fixed "
        "learning rate it orbits the minimum at about the size of its steps"
    )


class AdagradParameters(AdaptiveParameters):
    """Divides by the root of the sum of all squared gradients (Duchi, Hazan and Singer 2011)."""

    title: ClassVar[str] = "Adagrad"
    optimizer: ClassVar[type[torch.optim.Optimizer]] = torch.optim.Adagrad
    second_moment: ClassVar[str] = "sum"
    no_limit: ClassVar[str] = (
        "it divides each step by the root of the sum of all squared gradients, so its steps shrink "
        "by themselves and it has no such limit"
    )

    kind: Literal["adagrad"] = "adagrad"
    learning_rate: float = _learning_rate(0.01)
    lr_decay: float = setting(
        0.0, ge=0, le=1, slider=(0.0, 0.1), help="How fast the learning rate itself shrinks."
    )
    initial_accumulator_value: float = setting(
        0.0, ge=0, le=1000, slider=(0.0, 10.0), help="The sum of squares it starts from; read once."
    )
    eps: float = _epsilon(1e-10)

    def hyperparameters(self) -> dict[str, Any]:
        return {
            "lr_decay": self.lr_decay,
            "initial_accumulator_value": self.initial_accumulator_value,
            "eps": self.eps,
            "weight_decay": self.weight_decay,
        }


class RMSpropParameters(AdaptiveParameters):
    """Divides by the root of a running mean of squared gradients (Hinton, lecture 6e, 2012)."""

    title: ClassVar[str] = "RMSprop"
    optimizer: ClassVar[type[torch.optim.Optimizer]] = torch.optim.RMSprop
    first_moment: ClassVar[str] = "momentum_buffer"
    second_moment: ClassVar[str] = "square_avg"

    kind: Literal["rmsprop"] = "rmsprop"
    learning_rate: float = _learning_rate(0.01)
    alpha: float = setting(
        0.99,
        ge=0,
        lt=1,
        label="ρ",
        help="How slowly past squares are forgotten; torch calls it alpha.",
    )
    momentum: float = setting(0.0, ge=0, lt=1, help="The share β of its velocity that it keeps.")
    centered: bool = setting(False, help="Divide by the spread about the mean gradient instead.")
    eps: float = _epsilon(SMALL_EPSILON)

    def marks(self) -> list[str]:
        return [f"β {short(self.momentum)}"] if self.momentum else []

    def hyperparameters(self) -> dict[str, Any]:
        return {
            "alpha": self.alpha,
            "momentum": self.momentum,
            "centered": self.centered,
            "eps": self.eps,
            "weight_decay": self.weight_decay,
        }

    def update(self, optimizer: torch.optim.Optimizer, learning_rate: float) -> None:
        super().update(optimizer, learning_rate)
        if self.momentum:
            complete_state(optimizer, "momentum_buffer")
        if self.centered:
            complete_state(optimizer, "grad_avg")


class MomentsParameters(AdaptiveParameters):
    """What keeps running means of the gradients and of their squares, as Adam does."""

    first_moment: ClassVar[str] = "exp_avg"
    second_moment: ClassVar[str] = "exp_avg_sq"

    beta1: float = setting(
        0.9, ge=0, lt=1, label="β1", help="How slowly past gradients are forgotten."
    )
    beta2: float = setting(
        0.999, ge=0, lt=1, label="β2", help="How slowly their squares are forgotten."
    )
    eps: float = _epsilon(SMALL_EPSILON)

    def marks(self) -> list[str]:
        fields = type(self).model_fields
        betas = ((self.beta1, "beta1", "β1"), (self.beta2, "beta2", "β2"))
        return [f"{sign} {b:.3g}" for b, name, sign in betas if b != fields[name].default]

    def hyperparameters(self) -> dict[str, Any]:
        return {
            "betas": (self.beta1, self.beta2),
            "eps": self.eps,
            "weight_decay": self.weight_decay,
        }

    def pull(self, memory: Mapping[str, Tensor], step: int) -> Tensor | float:
        """A decay apart from the gradient counts as much as what the gradient is divided by."""
        if not (self.weight_decay and self.decays_apart and memory):
            return 0.0 if self.decays_apart else self.weight_decay
        squares = memory.get("max_exp_avg_sq", memory[self.second_moment])
        root = (squares / (1 - self.beta2**step)).sqrt_()
        return root.add_(self.eps).mul_(self.weight_decay)


class AdamParameters(MomentsParameters):
    """Adaptive moments: running means of gradients and their squares (Kingma and Ba 2015)."""

    title: ClassVar[str] = "Adam"
    optimizer: ClassVar[type[torch.optim.Optimizer]] = torch.optim.Adam

    kind: Literal["adam"] = "adam"
    learning_rate: float = _learning_rate(1e-3)
    amsgrad: bool = setting(
        False, label="AMSGrad", help="Divide by the largest mean of squares so far."
    )

    def hyperparameters(self) -> dict[str, Any]:
        return super().hyperparameters() | {"amsgrad": self.amsgrad}

    def update(self, optimizer: torch.optim.Optimizer, learning_rate: float) -> None:
        super().update(optimizer, learning_rate)
        if self.amsgrad:
            complete_state(optimizer, "max_exp_avg_sq")


class AdamWParameters(AdamParameters):
    """Adam with the weight decay applied to the point itself (Loshchilov and Hutter 2019)."""

    title: ClassVar[str] = "AdamW"
    optimizer: ClassVar[type[torch.optim.Optimizer]] = torch.optim.AdamW

    decays_apart: ClassVar[bool] = True

    kind: Literal["adamw"] = "adamw"  # type: ignore[assignment]
    weight_decay: float = setting(
        0.01,
        ge=0,
        le=100,
        slider=(0.0, 1.0),
        label="Weight decay α",
        help="Pulls every coordinate towards zero, apart from the gradient; 0 switches it off.",
    )


class AdamaxParameters(MomentsParameters):
    """Adam with the largest past gradient for the mean of squares (Kingma and Ba 2015, 7.1)."""

    title: ClassVar[str] = "Adamax"
    optimizer: ClassVar[type[torch.optim.Optimizer]] = torch.optim.Adamax
    second_moment: ClassVar[str] = ""

    kind: Literal["adamax"] = "adamax"
    learning_rate: float = _learning_rate(2e-3)


class NAdamParameters(MomentsParameters):
    """Adam with Nesterov's momentum (Dozat 2016)."""

    title: ClassVar[str] = "NAdam"
    optimizer: ClassVar[type[torch.optim.Optimizer]] = torch.optim.NAdam

    kind: Literal["nadam"] = "nadam"
    learning_rate: float = _learning_rate(2e-3)
    momentum_decay: float = setting(
        4e-3, ge=0, le=1, slider=(0.0, 0.1), help="How the share of momentum grows with the steps."
    )
    decoupled_weight_decay: bool = setting(
        False, help="Apply the weight decay to the point itself, as AdamW does."
    )

    @property
    def decays_apart(self) -> bool:  # type: ignore[override]
        return self.decoupled_weight_decay

    def hyperparameters(self) -> dict[str, Any]:
        return super().hyperparameters() | {
            "momentum_decay": self.momentum_decay,
            "decoupled_weight_decay": self.decoupled_weight_decay,
        }


class RAdamParameters(MomentsParameters):
    """Adam that divides only once it has seen enough gradients (Liu et al. 2020)."""

    title: ClassVar[str] = "RAdam"
    optimizer: ClassVar[type[torch.optim.Optimizer]] = torch.optim.RAdam

    kind: Literal["radam"] = "radam"
    learning_rate: float = _learning_rate(1e-3)
    decoupled_weight_decay: bool = setting(
        False, help="Apply the weight decay to the point itself, as AdamW does."
    )

    @property
    def decays_apart(self) -> bool:  # type: ignore[override]
        return self.decoupled_weight_decay

    def pull(self, memory: Mapping[str, Tensor], step: int) -> Tensor | float:
        pull = super().pull(memory, step)
        if not isinstance(pull, Tensor):
            return pull
        trust = self.rectification(step)
        return pull / trust if trust else self.weight_decay

    def rectification(self, step: int) -> float:
        """How far it trusts the mean of squares at `step`, up to 1; 0 where it does not divide."""
        longest = 2 / (1 - self.beta2) - 1
        length = longest - 2 * step * self.beta2**step / (1 - self.beta2**step)
        if length <= 5:
            return 0.0
        share = (length - 4) * (length - 2) * longest / ((longest - 4) * (longest - 2) * length)
        return math.sqrt(share)

    def hyperparameters(self) -> dict[str, Any]:
        return super().hyperparameters() | {"decoupled_weight_decay": self.decoupled_weight_decay}


class AdadeltaParameters(AdaptiveParameters):
    """Scales steps by the size of past steps over that of past gradients (Zeiler 2012)."""

    title: ClassVar[str] = "Adadelta"
    optimizer: ClassVar[type[torch.optim.Optimizer]] = torch.optim.Adadelta
    second_moment: ClassVar[str] = "square_avg"

    kind: Literal["adadelta"] = "adadelta"
    learning_rate: float = _learning_rate(1.0)
    rho: float = setting(0.9, ge=0, lt=1, help="How slowly past squares are forgotten.")
    eps: float = _epsilon(1e-6)

    def hyperparameters(self) -> dict[str, Any]:
        return {"rho": self.rho, "eps": self.eps, "weight_decay": self.weight_decay}


class AdafactorParameters(AdaptiveParameters):
    """Scales steps by the size of the point itself (Shazeer and Stern 2018).

    So few coordinates are not factored: torch keeps the mean of squares of each.
    """

    title: ClassVar[str] = "Adafactor"
    optimizer: ClassVar[type[torch.optim.Optimizer]] = torch.optim.Adafactor
    elementwise: ClassVar[bool] = False
    waits: ClassVar[bool] = True
    second_moment: ClassVar[str] = "variance"
    decays_apart: ClassVar[bool] = True

    kind: Literal["adafactor"] = "adafactor"
    learning_rate: float = _learning_rate(0.01)
    beta2_decay: float = setting(
        -0.8, ge=-2, le=0, help="The power with which past squares gain weight."
    )
    d: float = setting(1.0, ge=1, le=1000, scale="log", help="Where the update is clipped.")
    eps2: float = setting(
        1e-3, gt=0, le=1, scale="log", label="ε2", help="The smallest size a point counts as."
    )

    def hyperparameters(self) -> dict[str, Any]:
        return {
            "beta2_decay": self.beta2_decay,
            "d": self.d,
            "eps": (None, self.eps2),
            "weight_decay": self.weight_decay,
        }
