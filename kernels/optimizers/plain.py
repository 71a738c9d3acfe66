"""The optimizers that follow the gradient itself, or its sign: SGD, momentum, Nesterov and kin."""

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

import torch
from torch import Tensor

from kernels.optimizers.base import OptimizerParameters, short
from kernels.optimizers.schedules import ConstantSchedule
from kernels.parameters import setting


class SGDParameters(OptimizerParameters):
    """Plain gradient descent: a step against the gradient (torch.optim.SGD)."""

    title: ClassVar[str] = "SGD"
    optimizer: ClassVar[type[torch.optim.Optimizer]] = torch.optim.SGD

    kind: Literal["sgd"] = "sgd"

    def limit(self, eigenvalue: float) -> float | None:
        """2/λ, the weight decay added to λ (Goodfellow et al., Deep Learning, 2016, 4.3)."""
        curvature = eigenvalue + self.weight_decay
        return 2.0 / curvature if curvature > 0 else None

    def limit_rule(self) -> str:
        return f"2/{_curvature_symbol(self)}"


class MomentumParameters(OptimizerParameters):
    """Gradient descent with momentum (torch.optim.SGD with momentum; Polyak 1964)."""

    title: ClassVar[str] = "Momentum"
    optimizer: ClassVar[type[torch.optim.Optimizer]] = torch.optim.SGD
    first_moment: ClassVar[str] = "momentum_buffer"

    kind: Literal["momentum"] = "momentum"
    momentum: float = setting(0.9, ge=0, lt=1, help="The share β of its velocity that it keeps.")
    dampening: float = setting(
        0.0, ge=0, lt=1, help="The share of the gradient kept out of the velocity."
    )

    def marks(self) -> list[str]:
        return [f"β {short(self.momentum)}"]

    def hyperparameters(self) -> dict[str, Any]:
        return {
            "momentum": self.momentum,
            "dampening": self.dampening if self.momentum else 0.0,
            "weight_decay": self.weight_decay,
        }

    def limit(self, eigenvalue: float) -> float | None:
        """2(1+β)/λ, with weight decay and dampening (Goh, Why Momentum Really Works, 2017)."""
        curvature = eigenvalue + self.weight_decay
        kept = 1.0 - self.dampening if self.momentum else 1.0
        return 2.0 * (1.0 + self.momentum) / (kept * curvature) if curvature > 0 else None

    def limit_rule(self) -> str:
        symbol = _curvature_symbol(self)
        return f"2(1+β)/((1-dampening){symbol})" if self.dampening else f"2(1+β)/{symbol}"


class NesterovParameters(OptimizerParameters):
    """Gradient descent with Nesterov's momentum, as torch has it (Sutskever et al. 2013)."""

    title: ClassVar[str] = "Nesterov"
    optimizer: ClassVar[type[torch.optim.Optimizer]] = torch.optim.SGD
    first_moment: ClassVar[str] = "momentum_buffer"

    kind: Literal["nesterov"] = "nesterov"
    momentum: float = setting(0.9, gt=0, lt=1, help="The share β of its velocity that it keeps.")

    def marks(self) -> list[str]:
        return [f"β {short(self.momentum)}"]

    def hyperparameters(self) -> dict[str, Any]:
        return {"momentum": self.momentum, "nesterov": True, "weight_decay": self.weight_decay}

    def limit(self, eigenvalue: float) -> float | None:
        """2(1+β)/((1+2β)λ), the weight decay added to λ: there a root of its recurrence is -1."""
        curvature = eigenvalue + self.weight_decay
        if curvature <= 0:
            return None
        return 2.0 * (1.0 + self.momentum) / ((1.0 + 2.0 * self.momentum) * curvature)

    def limit_rule(self) -> str:
        return f"2(1+β)/((1+2β){_curvature_symbol(self)})"


class ASGDParameters(OptimizerParameters):
    """Averaged gradient descent with a fading rate (Polyak and Juditsky 1992).

    What is shown is the point itself, as torch steps it; the average that torch keeps beside it is
    not.
    """

    title: ClassVar[str] = "ASGD"
    optimizer: ClassVar[type[torch.optim.Optimizer]] = torch.optim.ASGD
    waits: ClassVar[bool] = True

    kind: Literal["asgd"] = "asgd"
    lambd: float = setting(
        1e-4,
        ge=0,
        le=1,
        slider=(0.0, 0.1),
        label="Decay δ",
        help="Decay of the point and of the rate; torch calls it lambd.",
    )
    alpha: float = setting(
        0.75,
        ge=0,
        le=2,
        label="Power",
        help="The power with which the rate shrinks; torch calls it alpha.",
    )
    t0: float = setting(
        1e6, ge=1, le=1e9, scale="log", unit="steps", help="The step at which averaging starts."
    )

    def hyperparameters(self) -> dict[str, Any]:
        return {
            "lambd": self.lambd,
            "alpha": self.alpha,
            "t0": self.t0,
            "weight_decay": self.weight_decay,
        }

    @property
    def keeps_rate(self) -> bool:
        return False

    def pull(self, memory: Mapping[str, Tensor], step: int) -> Tensor | float:
        return self.weight_decay + self.lambd

    def effective_rate(self, step: int) -> float:
        """Shrunken as torch does it: from the second step on by the rate of the step before."""
        rate = self.rate(max(0, step - 1))
        shrunken: float = rate / (1.0 + self.lambd * rate * step) ** self.alpha
        return shrunken

    def limit(self, eigenvalue: float) -> float | None:
        """2/λ, both decays added to λ, for the rate that it has come down to."""
        curvature = eigenvalue + self.weight_decay + self.lambd
        return 2.0 / curvature if curvature > 0 else None

    def limit_rule(self) -> str:
        return "2/(λ + both decays)" if self.weight_decay else "2/(λ + decay)"


class RpropParameters(OptimizerParameters):
    """Steps by the sign of the gradient alone, each coordinate with a step size of its own.

    Riedmiller and Braun (1993). Here it has neither weight decay nor schedules for it: the learning
    rate is its first step size, and is read once.
    """

    title: ClassVar[str] = "Rprop"
    optimizer: ClassVar[type[torch.optim.Optimizer]] = torch.optim.Rprop
    no_limit: ClassVar[str] = (
        "it sees only the sign of the gradient and sizes its steps itself, so it has no such limit"
    )
    sizes_steps: ClassVar[bool] = True

    kind: Literal["rprop"] = "rprop"
    learning_rate: float = setting(
        0.01,
        gt=0,
        le=1000,
        scale="log",
        slider=(1e-4, 10.0),
        help="Its first step; read once, at the start.",
    )
    eta_minus: float = setting(
        0.5, gt=0, lt=1, help="What a step is multiplied by where the slope changes its sign."
    )
    eta_plus: float = setting(
        1.2, gt=1, le=10, slider=(1.01, 3.0), help="What it is multiplied by where it keeps it."
    )
    step_size_min: float = setting(1e-6, gt=0, le=1, scale="log", help="The smallest step.")
    step_size_max: float = setting(
        50.0, gt=0, le=1e6, scale="log", slider=(0.01, 1000.0), help="The largest step."
    )
    weight_decay: float = setting(0.0, ge=0, le=0, in_form=False, help="Rprop has none.")
    schedule: ConstantSchedule = setting(
        ConstantSchedule(), in_form=False, help="Rprop sizes its steps itself."
    )
    clip_norm: float = setting(
        0.0, ge=0, le=0, in_form=False, help="Only the sign of the gradient counts."
    )
    clip_value: float = setting(
        0.0, ge=0, le=0, in_form=False, help="Only the sign of the gradient counts."
    )

    def hyperparameters(self) -> dict[str, Any]:
        return {
            "etas": (self.eta_minus, self.eta_plus),
            "step_sizes": (self.step_size_min, self.step_size_max),
        }


def _curvature_symbol(optimizer: OptimizerParameters) -> str:
    return "(λ + weight decay)" if optimizer.weight_decay else "λ"
