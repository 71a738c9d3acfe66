"""The same race on the same data by two measures of error: squared error and cross-entropy.

Squared error goes flat where a logistic curve is surely wrong: its gradient by the logit vanishes
there, while that of cross-entropy is largest.
"""

from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
import torch

from kernels.descent.base import Descent
from kernels.descent.race import Race
from kernels.descent.race_frame import RaceFrame
from kernels.errors import ParameterError
from kernels.objectives.logistic import LogisticParameters, LossName, gradient_against_logit
from kernels.parameters import Parameters
from kernels.simulation import Array, Finish, Frame, Scalar, Simulation, State, Trace

LOSSES: tuple[LossName, LossName] = ("mse", "cross-entropy")
LOGITS = np.linspace(-8.0, 8.0, 321)


class LogisticComparisonParameters(Parameters):
    """The race twice on logistic data: by squared error and by cross-entropy."""

    kind: Literal["comparison"] = "comparison"


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparisonFrame(Frame):
    """Both races after the same number of steps, and the slopes that drive them.

    `mse` and `cross_entropy` are the races. `mse_slopes` and `cross_entropy_slopes`, (L,), are the
    derivatives of one sample's loss by its logit, at `logits`, (L,), for a sample of class 1.
    """

    mse: RaceFrame
    cross_entropy: RaceFrame
    logits: Array
    mse_slopes: Array
    cross_entropy_slopes: Array

    def row(self) -> dict[str, Scalar]:
        """The rows of both races, told apart by ``mse.`` and ``cross-entropy.``."""
        frames = zip(LOSSES, (self.mse, self.cross_entropy), strict=True)
        rows = {f"{loss}.{k}": v for loss, frame in frames for k, v in frame.row().items()}
        return {"step": self.step, **rows}

    def arrays(self) -> dict[str, Array]:
        frames = zip(LOSSES, (self.mse, self.cross_entropy), strict=True)
        inner = {f"{loss}.{k}": v for loss, frame in frames for k, v in frame.arrays().items()}
        slopes = {"mse_slopes": self.mse_slopes, "cross_entropy_slopes": self.cross_entropy_slopes}
        return {"logits": self.logits, **slopes, **inner}


class LogisticComparison(Simulation[Descent, ComparisonFrame]):
    """Two races, one by each loss, that share data, start, noise and steps."""

    dtype: ClassVar[torch.dtype] = Race.dtype
    prefers: ClassVar[Literal["cpu", "accelerator"]] = Race.prefers
    observe_every: ClassVar[int] = Race.observe_every
    apart: ClassVar[bool] = Race.apart

    def __init__(self, parameters: Descent, device: torch.device) -> None:
        super().__init__(parameters, device)
        cross_entropy = Race(_by("cross-entropy", parameters), device)
        self._start = cross_entropy.start  # the objectives have different ones of their own
        mse = Race(_by("mse", parameters, self._start), device)
        self.races = (mse, cross_entropy)

    @property
    def length(self) -> int:
        return self.races[0].length

    def step(self, n: int = 1) -> None:
        for race in self.races:
            race.step(n)
        self.step_count = self.races[0].step_count

    def observe(self) -> None:
        for race in self.races:
            race.observe()
        endings = [race.finished for race in self.races]
        self.finished = _together(*endings)

    def adjust(self, parameters: Descent) -> None:
        super().adjust(parameters)
        for loss, race in zip(LOSSES, self.races, strict=True):
            race.adjust(_by(loss, parameters, self._start))
        self.finished = _together(*(race.finished for race in self.races))

    def frame(self, watch: frozenset[str] = frozenset()) -> ComparisonFrame:
        mse, cross_entropy = (race.frame(watch) for race in self.races)
        mse_slopes, cross_entropy_slopes = (
            gradient_against_logit(loss, 1.0, LOGITS) for loss in LOSSES
        )
        return ComparisonFrame(
            step=self.step_count,
            mse=mse,
            cross_entropy=cross_entropy,
            logits=LOGITS,
            mse_slopes=mse_slopes,
            cross_entropy_slopes=cross_entropy_slopes,
        )

    def explain(self, index: int = 0) -> Trace | None:
        """The next update of racer `index` by squared error, or, counting on, by cross-entropy."""
        which, racer = divmod(index, len(self.parameters.optimizers))
        return self.races[which].explain(racer)

    def summary(self) -> dict[str, Scalar]:
        pairs = zip(LOSSES, self.races, strict=True)
        return {f"{loss}, {k}": v for loss, race in pairs for k, v in race.summary().items()}

    def state(self) -> State:
        return {
            "step_count": self.step_count,
            "finished": self.finished,
            "parameters": self.parameters,
            "races": [race.state() for race in self.races],
        }

    def restore(self, state: State) -> None:
        self.step_count = state["step_count"]
        self.finished = state["finished"]
        self.parameters = state["parameters"]
        for race, kept in zip(self.races, state["races"], strict=True):
            race.restore(kept)


def _by(loss: LossName, parameters: Descent, start: tuple[float, ...] | None = None) -> Descent:
    """`parameters` with the loss of the logistic objective set, and `start` where none is given."""
    objective = parameters.objective
    if not isinstance(objective, LogisticParameters):
        raise ParameterError(
            f"The comparison is of losses of a logistic curve, and the objective is "
            f"'{objective.kind}'. Choose the objective 'logistic', "
            "or another experiment.",
            "objective",
        )
    changed = objective.model_copy(update={"loss": loss})
    return parameters.model_copy(update={"objective": changed, "start": parameters.start or start})


def _together(mse: Finish | None, cross_entropy: Finish | None) -> Finish | None:
    """How both races ended; None while one is under way."""
    if mse is None or cross_entropy is None:
        return None
    reason = mse.reason if mse.reason == cross_entropy.reason else "complete"
    sentence = f"Squared error: {mse.sentence} Cross-entropy: {cross_entropy.sentence}"
    numbers = {f"mse.{k}": v for k, v in mse.numbers.items()}
    numbers |= {f"cross-entropy.{k}": v for k, v in cross_entropy.numbers.items()}
    return Finish(reason=reason, sentence=sentence, numbers=numbers)
