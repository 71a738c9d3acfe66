"""The learning-rate finder: the rate rises step by step, and the loss tells which one to take.

Source: Smith, Cyclical Learning Rates for Training Neural Networks (2017), section 3.3. It is a
rule of thumb of one run: the loss is that of the batch, on a network that has hardly learned.
"""

import math
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
import torch

from kernels.samples.catalogue import load_dataset
from kernels.simulation import Array, Finish, Frame, Scalar, Simulation, to_host
from kernels.training.learner import Learner
from kernels.training.parameters import FinderExperiment, Training
from kernels.training.tensors import tensors_of

WIDTH = 0.05  # of all steps, that a mean is taken over
TOO_HIGH = 4.0  # times the lowest mean: then the loss has left, and the rise ends
ERRORS = 5.0  # standard errors of a mean, by which the loss must have fallen
SAFE = 10.0  # how many times lower than the rate of the lowest loss the choice is


@dataclass(frozen=True, slots=True, kw_only=True)
class FinderFrame(Frame):
    """The losses against the learning rate after `step` steps.

    `rates`, (step,), and `losses`, (step,), of the batches; `smoothed`, (step,), the mean over a
    twentieth of all steps around each. `lowest` is the rate at the lowest mean, and `chosen` a
    tenth of it; NaN until the loss has fallen and risen again. `present` is the learning rate that
    the parameters have.
    """

    title: str
    rates: Array
    losses: Array
    smoothed: Array
    lowest: float
    chosen: float
    present: float

    def row(self) -> dict[str, Scalar]:
        row: dict[str, Scalar] = {"step": self.step}
        if self.step:
            values = self.rates[-1], self.losses[-1], self.smoothed[-1]
            for name, value in zip(("learning_rate", "loss", "smoothed"), values, strict=True):
                row[name] = float(value) if math.isfinite(value) else None
        return row


class LearningRateFinder(Simulation[Training, FinderFrame]):
    """Trains the network of the parameters while its learning rate rises exponentially."""

    dtype: ClassVar[torch.dtype] = torch.float32
    prefers: ClassVar[Literal["cpu", "accelerator"]] = "cpu"
    observe_every: ClassVar[int] = 10
    shared: ClassVar[frozenset[str]] = frozenset({"dataset", "_train"})

    def __init__(self, parameters: Training, device: torch.device) -> None:
        super().__init__(parameters, device)
        assert isinstance(parameters.experiment, FinderExperiment)
        self._experiment = parameters.experiment
        self.dataset = load_dataset(parameters.dataset, parameters.dataset_seed)
        self._train = tensors_of(self.dataset.train, device)
        self._learner = Learner(parameters, self.dataset, self._train)
        self._losses = torch.zeros(self.length, device=device, dtype=self.dtype)

    @property
    def length(self) -> int:
        return self._experiment.steps

    def rate(self, step: int) -> float:
        """The learning rate of step number `step`, from 0."""
        low, high = self._experiment.lowest, self._experiment.highest
        return float(low * (high / low) ** (step / (self.length - 1)))

    def step(self, n: int = 1) -> None:
        for _ in range(min(n, self.length - self.step_count)):
            rate = self.rate(self.step_count)
            self._losses[self.step_count] = self._learner.learn(self._train, self.step_count, rate)
            self.step_count += 1

    def observe(self) -> None:
        losses = to_host(self._losses[: self.step_count])
        means = smoothed(losses, self._width)
        has_left = not math.isfinite(means[-1]) or means[-1] > TOO_HIGH * np.nanmin(means)
        if has_left or self.step_count == self.length:
            why = "The loss has left" if has_left else "The highest rate is reached"
            self.finished = Finish(
                reason="complete",
                sentence=f"{why} at a learning rate of {self.rate(self.step_count - 1):.3g}. "
                + self._advice(self._chosen(losses, means)),
                numbers={"chosen": self._chosen(losses, means)},
            )

    def _advice(self, chosen: float) -> str:
        if not math.isfinite(chosen):
            return (
                "It has hardly fallen before, or not risen again: begin at a lower rate, end at a "
                "higher one, or take more steps."
            )
        lowest = f"It was lowest at {SAFE * chosen:.3g}"
        return f"{lowest}; a tenth of that, {chosen:.3g}, is a rate to try."

    @property
    def _width(self) -> int:
        """How many losses a mean is taken over, an odd number."""
        return 2 * round(WIDTH * self.length / 2) + 1

    def _chosen(self, losses: Array, means: Array) -> float:
        """A tenth of the rate at the lowest mean; NaN unless the loss falls to it and then rises.

        It has fallen, and risen, if its mean did by more than chance: by several standard errors,
        which the scatter of the first quarter of the losses gives, and that around the lowest mean.
        """
        width = self._width
        reach, quarter = width // 2, self.length // 4
        whole = means[reach : len(means) - reach]  # the others are means of fewer
        if len(means) < quarter or not np.isfinite(whole).any():
            return math.nan
        at = int(np.nanargmin(whole))
        around = slice(at, at + width)
        at_first, there = (np.std(losses[i] - means[i]) for i in (slice(quarter), around))
        has_fallen = whole[0] - whole[at] > ERRORS * at_first / width**0.5
        has_risen = np.nanmax(whole[at:]) - whole[at] > ERRORS * there / width**0.5
        has_risen |= not np.isfinite(losses[at:]).all()
        return self.rate(at + reach) / SAFE if has_fallen and has_risen else math.nan

    def frame(self, watch: frozenset[str] = frozenset()) -> FinderFrame:
        losses = to_host(self._losses[: self.step_count])
        means = smoothed(losses, self._width)
        chosen = self._chosen(losses, means)
        return FinderFrame(
            step=self.step_count,
            title=self.dataset.title,
            rates=np.array([self.rate(i) for i in range(self.step_count)]),
            losses=losses,
            smoothed=means,
            lowest=SAFE * chosen,
            chosen=chosen,
            present=self.parameters.optimizer.learning_rate,
        )

    def summary(self) -> dict[str, Scalar]:
        chosen = self.frame().chosen
        found = chosen if math.isfinite(chosen) else None
        return {"steps": self.step_count, "learning_rate": found}


def smoothed(losses: Array, width: int) -> Array:
    """The mean of `width` losses around each of `losses`, (T,), and of fewer near the ends."""
    last = len(losses) - 1
    reach = [min(width // 2, i, last - i) for i in range(len(losses))]
    return np.array([losses[i - n : i + n + 1].mean() for i, n in enumerate(reach)])
