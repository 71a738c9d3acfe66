"""Learning-rate schedules: pure functions of the step number.

A schedule gives the factor by which the learning rate is multiplied at a step, counted from 0. It
holds nothing and remembers nothing, so that any step may be asked for in any order.
"""

import math
from typing import Annotated, Literal

from pydantic import Field

from kernels.parameters import Parameters, setting


class ConstantSchedule(Parameters):
    """The learning rate as it is."""

    kind: Literal["constant"] = "constant"

    def factor(self, step: int) -> float:
        """1 at every step."""
        return 1.0


class StepSchedule(Parameters):
    """The learning rate times gamma after every `step_size` steps (torch's StepLR)."""

    kind: Literal["step"] = "step"
    step_size: int = setting(
        100, ge=1, le=1_000_000, slider=(1, 1000), unit="steps", help="Steps between two drops."
    )
    gamma: float = setting(
        0.5, gt=0, le=1, help="What the learning rate is multiplied by at a drop."
    )

    def factor(self, step: int) -> float:
        """The power of gamma for the drops so far."""
        return self.gamma ** (step // self.step_size)


class ExponentialSchedule(Parameters):
    """The learning rate times gamma after every step (torch's ExponentialLR)."""

    kind: Literal["exponential"] = "exponential"
    gamma: float = setting(
        0.99,
        gt=0,
        le=1,
        slider=(0.9, 1.0),
        help="What the learning rate is multiplied by after every step.",
    )

    def factor(self, step: int) -> float:
        """The power of gamma for `step`."""
        return self.gamma**step


class CosineSchedule(Parameters):
    """Half a cosine from 1 down to `end_factor` over `total_steps`, then level.

    Loshchilov and Hutter, SGDR (2017), equation 5. Until its end it is torch's CosineAnnealingLR,
    which then rises again.
    """

    kind: Literal["cosine"] = "cosine"
    total_steps: int = setting(
        500,
        ge=1,
        le=1_000_000,
        slider=(1, 2000),
        unit="steps",
        help="Steps until its lowest point.",
    )
    end_factor: float = setting(
        0.0, ge=0, le=1, help="The share of the learning rate that is left at the end."
    )

    def factor(self, step: int) -> float:
        """Between 1 at step 0 and `end_factor` from `total_steps` on."""
        share = min(step, self.total_steps) / self.total_steps
        return self.end_factor + (1.0 - self.end_factor) * 0.5 * (1.0 + math.cos(math.pi * share))


class WarmupSchedule(Parameters):
    """A straight line from `start_factor` up to 1, then level (torch's LinearLR)."""

    kind: Literal["linear-warmup"] = "linear-warmup"
    start_factor: float = setting(
        0.1, gt=0, le=1, help="The share of the learning rate with which it begins."
    )
    total_iters: int = setting(
        20,
        ge=1,
        le=1_000_000,
        slider=(1, 500),
        unit="steps",
        help="Steps until the full learning rate.",
    )

    def factor(self, step: int) -> float:
        """Between `start_factor` at step 0 and 1 from `total_iters` on."""
        share = min(step, self.total_iters) / self.total_iters
        return self.start_factor + (1.0 - self.start_factor) * share


class OneCycleSchedule(Parameters):
    """Up to 1, then down to nearly nothing, in half cosines (torch's OneCycleLR).

    Smith and Topin, Super-Convergence (2018). The momentum is left alone.
    """

    kind: Literal["one-cycle"] = "one-cycle"
    total_steps: int = setting(
        500, ge=2, le=1_000_000, slider=(2, 2000), unit="steps", help="Steps of the whole cycle."
    )
    pct_start: float = setting(
        0.3, gt=0, lt=1, help="The share of the cycle during which the learning rate rises."
    )
    div_factor: float = setting(
        25.0,
        ge=1,
        le=1e6,
        scale="log",
        help="How much smaller than its peak the learning rate begins.",
    )
    final_div_factor: float = setting(
        1e4, ge=1, le=1e9, scale="log", help="How much smaller than its beginning it ends."
    )

    def factor(self, step: int) -> float:
        """1/`div_factor` at step 0, 1 at the peak, nearly 0 from the last step on."""
        first = 1.0 / self.div_factor
        last = first / self.final_div_factor
        end = self.total_steps - 1
        peak = self.pct_start * self.total_steps - 1.0
        step = min(step, end)
        if step <= peak:
            return _half_cosine(first, 1.0, step / peak if peak > 0 else 1.0)
        return _half_cosine(1.0, last, (step - peak) / (end - peak))


def _half_cosine(start: float, end: float, share: float) -> float:
    return end + (start - end) * 0.5 * (1.0 + math.cos(math.pi * share))


ScheduleParameters = Annotated[
    ConstantSchedule
    | StepSchedule
    | ExponentialSchedule
    | CosineSchedule
    | WarmupSchedule
    | OneCycleSchedule,
    Field(discriminator="kind"),
]

SCHEDULE_LABELS = {
    "constant": "Constant",
    "step": "Step",
    "exponential": "Exponential",
    "cosine": "Cosine",
    "linear-warmup": "Linear warm-up",
    "one-cycle": "One cycle",
}
