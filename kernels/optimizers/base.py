"""What all optimizers have in common: their parameters, how torch's are built from them, clipping.

An optimizer here is a frozen model of its hyper-parameters; the arithmetic is torch.optim's own,
without foreach, and fused where that is asked for, so that a path is torch's path to the last bit.
"""

import inspect
from collections.abc import Mapping
from typing import Any, ClassVar

import torch
from torch import Tensor

from kernels.optimizers.schedules import SCHEDULE_LABELS, ConstantSchedule, ScheduleParameters
from kernels.parameters import Parameters, setting

SHOWN_LAST = ("weight_decay", "schedule", "clip_norm", "clip_value")
NORM_EPSILON = 1e-6  # as torch.nn.utils.clip_grad_norm_ has it


class OptimizerParameters(Parameters):
    """One optimizer with its settings; a concrete one adds a `kind` and its hyper-parameters.

    Attributes
    ----------
    title
        The name of the method.
    optimizer
        The class of torch.optim that does the arithmetic.
    elementwise
        Whether each coordinate is updated on its own, so that many starts can be one tensor.
    waits
        Whether torch's own step reads a value back from the device.
    first_moment, second_moment
        Where torch's state keeps the running mean of the gradients, or of their squares; "" if it
        keeps none.
    no_limit
        Why there is no learning rate at which it turns unstable; "" where there is one.
    decays_apart
        Whether its weight decay shrinks the point itself, apart from the gradient.
    sizes_steps
        Whether it sizes its steps itself, so that the learning rate is that of the first alone.
    """

    title: ClassVar[str]
    optimizer: ClassVar[type[torch.optim.Optimizer]]
    elementwise: ClassVar[bool] = True
    waits: ClassVar[bool] = False
    first_moment: ClassVar[str] = ""
    second_moment: ClassVar[str] = ""
    no_limit: ClassVar[str] = ""
    decays_apart: ClassVar[bool] = False
    sizes_steps: ClassVar[bool] = False

    learning_rate: float = setting(
        0.01,
        gt=0,
        le=1000,
        scale="log",
        slider=(1e-4, 10.0),
        help="How far a step goes for a given gradient.",
    )
    weight_decay: float = setting(
        0.0,
        ge=0,
        le=100,
        slider=(0.0, 1.0),
        label="Weight decay α",
        help="Pulls every coordinate towards zero; 0 switches it off.",
    )
    schedule: ScheduleParameters = setting(
        ConstantSchedule(),
        labels=SCHEDULE_LABELS,
        help="How the learning rate changes with the steps.",
    )
    clip_norm: float = setting(
        0.0,
        ge=0,
        le=1e6,
        slider=(0.0, 10.0),
        help="Shortens a gradient that is longer than this; 0 switches it off.",
    )
    clip_value: float = setting(
        0.0,
        ge=0,
        le=1e6,
        slider=(0.0, 10.0),
        help="Cuts each coordinate of the gradient to this size; 0 switches it off.",
    )

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        """Put what all have in common after what is a method's own, as a form shows it."""
        for name in SHOWN_LAST:
            if name in cls.model_fields:
                cls.model_fields[name] = cls.model_fields.pop(name)

    @property
    def label(self) -> str:
        """Its name and the settings that tell it apart, such as "Momentum 0.4444, β 0.5556"."""
        parts = [f"{self.title} {short(self.learning_rate)}", *self.marks()]
        if not isinstance(self.schedule, ConstantSchedule):
            parts.append(SCHEDULE_LABELS[self.schedule.kind].lower())
        if self.weight_decay != type(self).model_fields["weight_decay"].default:
            parts.append(f"decay {short(self.weight_decay)}")
        if self.clip_norm or self.clip_value:
            parts.append("clipped")
        return ", ".join(parts)

    def marks(self) -> list[str]:
        """The settings beside the learning rate that belong into the label."""
        return []

    def hyperparameters(self) -> dict[str, Any]:
        """All but the learning rate, by the names of torch's constructor and parameter groups."""
        return {"weight_decay": self.weight_decay}

    @property
    def keeps_rate(self) -> bool:
        """Whether its learning rate is that of the label at every step."""
        return isinstance(self.schedule, ConstantSchedule)

    def rate(self, step: int) -> float:
        """The learning rate of the step from `step` to the next: the schedule is in it."""
        return self.learning_rate * self.schedule.factor(step)

    def effective_rate(self, step: int) -> float:
        """`rate`, but shrunken where the method itself shrinks it with the steps."""
        return self.rate(step)

    def options(self, *, fused: bool = False) -> dict[str, Any]:
        """How torch's constructor is called: the learning rate of the first step and all else.

        Where torch has a `fused` step for the method, it is taken if that is asked for: the same
        arithmetic in one pass over the numbers, and other last bits.
        """
        has_fused = fused and "fused" in inspect.signature(self.optimizer).parameters
        engine = {"fused": True} if has_fused else {"foreach": False}
        return {"lr": self.rate(0), **engine, **self.hyperparameters()}

    def build(self, parameters: list[Tensor], *, fused: bool = False) -> torch.optim.Optimizer:
        """The optimizer of torch for `parameters`, with these `options`."""
        make: Any = self.optimizer
        made: torch.optim.Optimizer = make(parameters, **self.options(fused=fused))
        return made

    def update(self, optimizer: torch.optim.Optimizer, learning_rate: float) -> None:
        """Write the hyper-parameters into a running `optimizer` that `build` has made."""
        for group in optimizer.param_groups:
            group.update(self.hyperparameters(), lr=learning_rate)

    def pull(self, memory: Mapping[str, Tensor], step: int) -> Tensor | float:
        """What its weight decay adds to the slope, for each unit of the point, after `step` steps.

        Where slope and pull cancel it rests. `memory` is what torch keeps of the tensor.
        """
        return self.weight_decay

    def limit(self, eigenvalue: float) -> float | None:
        """The largest learning rate at which it is stable on a quadratic of this curvature.

        None where there is none: the method has no such limit (`no_limit` says why), or the
        curvature, with the weight decay, is not positive.
        """
        return None

    def limit_rule(self) -> str:
        """The limit in symbols, such as ``2/λ``; "" where there is none.

        λ is always the curvature, an eigenvalue of the Hessian, and never the weight decay, which
        formulas call α (Goodfellow, Bengio and Courville, Deep Learning, 2016, 7.1.1).
        """
        return ""


def complete_state(optimizer: torch.optim.Optimizer, name: str) -> None:
    """Give each tensor that `optimizer` has already stepped a zero state `name`, where it lacks it.

    torch makes these when it first sees a tensor; an option switched on later would miss them.
    """
    for tensor, kept in optimizer.state.items():
        if kept and name not in kept:
            kept[name] = torch.zeros_like(tensor, requires_grad=False)


def clip_gradient_(gradient: Tensor, clip_norm: float, clip_value: float) -> Tensor:
    """Clip `gradient`, (..., d), in place, each point by itself: by norm, then by value; 0 is off.

    The same arithmetic as torch.nn.utils.clip_grad_norm_ and clip_grad_value_, over the last
    dimension; nothing is read back from the device.
    """
    if clip_norm:
        norm = torch.linalg.vector_norm(gradient, dim=-1, keepdim=True)  # (..., 1)
        gradient.mul_((clip_norm / (norm + NORM_EPSILON)).clamp_(max=1.0))
    if clip_value:
        gradient.clamp_(min=-clip_value, max=clip_value)
    return gradient


def short(value: float) -> str:
    """`value` in up to four digits, such as 0.4444, 1000 or 1e-6."""
    mantissa, mark, exponent = f"{value:.4g}".partition("e")
    return f"{mantissa}e{int(exponent)}" if mark else mantissa
