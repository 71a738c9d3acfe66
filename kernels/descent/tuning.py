"""Fair tuning: every optimizer tries the same learning rates from the same starts, equally long.

A comparison of optimizers is worth what the tuning behind it is worth (Choi et al. 2019, On
Empirical Comparisons of Optimizers for Deep Learning; Schmidt, Schneider and Hennig 2021,
Descending through a Crowded Valley). So each row gets one budget: a grid of learning rates, its
other settings as they are, a fixed set of starts, a horizon and a criterion; the frame's `legend`
names them all.
"""

import math
from typing import ClassVar, Literal, Self

import numpy as np
import torch
from pydantic import model_validator

from kernels.descent.base import Descent
from kernels.descent.many_starts import left_out, mark_last_, require_elementwise
from kernels.descent.race_frame import plain
from kernels.descent.tuning_frame import TuningFrame
from kernels.errors import ParameterError
from kernels.objectives.base import Objective
from kernels.objectives.catalogue import make_objective
from kernels.optimizers.batched_descent import BatchedDescent
from kernels.parameters import Parameters, setting
from kernels.simulation import Array, Finish, Scalar, Simulation, to_host


class TuningParameters(Parameters):
    """The budget that every optimizer of the list gets alike; full data, no noise."""

    kind: Literal["tuning"] = "tuning"
    rates: int = setting(
        25,
        ge=2,
        le=200,
        label="Learning rates",
        help="How many learning rates each optimizer tries.",
    )
    rate_from: float = setting(
        1e-4,
        gt=0,
        le=1000,
        scale="log",
        label="Learning rate from",
        help="The least learning rate; they are evenly spaced on a log scale.",
    )
    rate_to: float = setting(
        10.0,
        gt=0,
        le=1000,
        scale="log",
        label="Learning rate to",
        help="The largest learning rate.",
    )
    starts: int = setting(
        64, ge=1, le=4096, slider=(1, 512), help="From how many points of the domain each descends."
    )
    seed: int = setting(0, ge=0, le=2**32 - 1, help="Where the set of starts is shifted to.")
    steps: int = setting(
        300,
        ge=1,
        le=20_000,
        slider=(10, 2000),
        scale="log",
        unit="steps",
        label="Horizon",
        help="How long each may descend.",
    )
    tolerance: float = setting(
        1e-3,
        gt=0,
        le=1e6,
        slider=(1e-8, 1.0),
        scale="log",
        help="A start has arrived once its loss stays less than this above the lowest there is.",
    )

    @model_validator(mode="after")
    def _rates_rise(self) -> Self:
        if self.rate_to <= self.rate_from:
            raise ParameterError(
                f"The learning rates end at {self.rate_to:g} and start at {self.rate_from:g}; they "
                "must rise. Give a larger last learning rate.",
                "rate_to",
            )
        return self

    @property
    def grid(self) -> tuple[float, ...]:
        """The learning rates, rising."""
        return tuple(float(r) for r in np.geomspace(self.rate_from, self.rate_to, self.rates))


class Tuning(Simulation[Descent, TuningFrame]):
    """All optimizers at all learning rates from all starts; a step is one step of each."""

    dtype: ClassVar[torch.dtype] = torch.float64
    prefers: ClassVar[Literal["cpu", "accelerator"]] = "cpu"
    shared: ClassVar[frozenset[str]] = frozenset({"objective", "_starts", "_start_losses"})

    def __init__(self, parameters: Descent, device: torch.device) -> None:
        super().__init__(parameters, device)
        self.objective = objective = make_objective(parameters.objective, device, self.dtype)
        self._rows = tuple(parameters.optimizers)
        for index, row in enumerate(self._rows):
            require_elementwise(row, f"optimizers.{index}")
        experiment = self._experiment
        starts = spread_points(objective, experiment.starts, experiment.seed)  # (S, d)
        self._starts = torch.as_tensor(starts, device=device)
        if objective.infimum == -math.inf:
            raise ParameterError(
                "This objective falls for ever, so that whoever runs away fastest would win. "
                "Choose an objective that is bounded below.",
                "objective",
            )
        self._floor = objective.infimum
        shape = (len(self._rows), experiment.rates, experiment.starts)
        self._points = self._starts.expand(*shape, -1).clone()  # (R, L, S, d)
        self._descents = [
            BatchedDescent(row, points)
            for row, points in zip(self._rows, self._points, strict=True)
        ]
        self._start_losses = objective.loss(self._starts)  # (S,)
        self._last_above = torch.full(shape, -1, dtype=torch.int16, device=device)  # (R, L, S)
        self._look()

    @property
    def _experiment(self) -> TuningParameters:
        experiment = self.parameters.experiment
        assert isinstance(experiment, TuningParameters)
        return experiment

    @property
    def length(self) -> int:
        return self._experiment.steps

    def step(self, n: int = 1) -> None:
        rates = self._experiment.grid
        for _ in range(min(n, self.length - self.step_count)):
            for descent, row, slope in zip(self._descents, self._rows, self._gradient, strict=True):
                descent.step(row, rates, slope)
            self.step_count += 1
            self._look()

    def _look(self) -> None:
        """The slope at the present points, and which have not arrived."""
        self._gradient = self.objective.gradient(self._points)  # (R, L, S, d)
        if self._floor is not None:
            gap = self.objective.loss(self._points) - self._floor  # (R, L, S)
            mark_last_(self._last_above, gap < self._experiment.tolerance, self.step_count)

    def observe(self) -> None:
        if self.step_count == self.length:
            sentences = self.frame().sentences
            self.finished = Finish(reason="complete", sentence=" ".join(sentences))

    def frame(self, watch: frozenset[str] = frozenset()) -> TuningFrame:
        experiment = self._experiment
        if self._floor is None:
            losses = to_host(self.objective.loss(self._points))
            scores = np.where(np.isfinite(losses), losses, np.inf)  # (R, L, S)
            arrived = np.full(scores.shape[:2], np.nan)
        else:
            last = to_host(self._last_above)
            is_in = last < self.step_count
            scores = np.where(is_in, last + 1.0, float(experiment.steps))
            arrived = is_in.mean(axis=-1)
        # A quartile is the score of one start: to interpolate would mix scores with infinity.
        quartiles = np.quantile(scores, (0.25, 0.5, 0.75), axis=-1, method="inverted_cdf")
        best = best_rates(quartiles[1], arrived, scores.mean(axis=-1))
        if self._floor is not None and self.step_count < experiment.steps:
            quartiles[quartiles > self.step_count] = np.inf  # who has not arrived may take longer
        return TuningFrame(
            step=self.step_count,
            criterion="loss" if self._floor is None else "steps",
            horizon=experiment.steps,
            learning_rates=np.array(experiment.grid),
            scores=quartiles,
            arrived=arrived,
            best=best,
            starts=to_host(self._starts),
            start_loss=float(np.median(to_host(self._start_losses))),
            labels=tuple(", ".join([row.title, *row.marks()]) for row in self._rows),
            sentences=tuple(
                self._sentence(row, best[row], quartiles[:, row], arrived[row])
                for row in range(len(self._rows))
            ),
            legend=self._legend(),
        )

    def summary(self) -> dict[str, Scalar]:
        frame = self.frame()
        score = "median steps" if frame.criterion == "steps" else "median loss"
        told: dict[str, Scalar] = {}
        for i, (label, best) in enumerate(zip(frame.labels, frame.best, strict=True)):
            low, median, high = (plain(v) for v in frame.scores[:, i, best])
            told[f"{label}: best learning rate"] = frame.best_rate(i)
            told |= {f"{label}: {score}": median, f"{label}: lower quartile": low}
            told[f"{label}: upper quartile"] = high
            if frame.criterion == "steps":
                told[f"{label}: share arrived"] = float(frame.arrived[i, best])
        return told

    def _sentence(self, row: int, best: int, quartiles: Array, arrived: Array) -> str:
        """The best learning rate of one optimizer, how good it is, and whether the grid held it."""
        rates = self._experiment.grid
        low, median, high = (float(q) for q in quartiles[:, best])
        step, horizon = self.step_count, self._experiment.steps
        so_far = f"So far, after {step} of {horizon} steps, " if step < horizon else ""
        told = f"{so_far}{self._rows[row].title} does best at learning rate {rates[best]:.3g}: "
        if self._floor is None:
            told += f"median loss {median:.4g}, quartiles {low:.4g} to {high:.4g}."
        elif not arrived.any():
            yet = " yet" if so_far else ""
            return f"{so_far}{self._rows[row].title} has arrived nowhere{yet}, at no learning rate."
        elif median == math.inf:
            quarter = "" if low == math.inf else f" a quarter of the starts within {low:.0f} steps,"
            told += f"{arrived[best]:.0%} arrived,{quarter} half not yet."
        else:
            told += f"{self._steps(median)} in the median, quartiles {self._steps(low)} to "
            told += f"{self._steps(high)}, {arrived[best]:.0%} arrived."
        if best in (0, len(rates) - 1):
            told += " That is the edge of what was tried: a better one may lie beyond."
        return told

    def _steps(self, score: float) -> str:
        """A number of steps; at the horizon it is a lower bound, and before it may be unknown."""
        if score == math.inf:
            return "not yet"
        horizon = self._experiment.steps
        return f"{horizon} steps or more" if score >= horizon else f"{score:.0f} steps"

    def _legend(self) -> str:
        e = self._experiment
        criterion = (
            f"steps until the loss stays within {e.tolerance:g} of the lowest, {self._floor:.4g}"
            if self._floor is not None
            else "loss at the end (no lowest loss is known)"
        )
        told = (
            f"Horizon {e.steps} steps; score: {criterion}; {e.rates} learning rates from "
            f"{e.rate_from:g} to {e.rate_to:g}, {e.starts} starts over the domain (seed {e.seed}); "
            "other settings as set."
        )
        return f"{told} {left_out(self.parameters)}".strip()


def best_rates(medians: Array, arrived: Array, means: Array) -> Array:
    """The index of the best learning rate of each optimizer, all (R, L) -> (R,)."""
    missed = np.nan_to_num(1.0 - arrived)
    return np.array([np.lexsort(keys)[0] for keys in zip(means, missed, medians, strict=True)])


def spread_points(objective: Objective, count: int, seed: int) -> Array:
    """`count` points evenly spread over the domain of `objective`, (count, d), by `seed`.

    The R sequence, shifted at random: point n lies at the fractional part of n (1/g, 1/g^2, ...),
    with g the root of g^(d + 1) = g + 1 (Roberts 2018, The Unreasonable Effectiveness of
    Quasirandom Sequences; the shift is that of Cranley and Patterson 1976).
    """
    dimension = objective.dimension
    root = 2.0
    for _ in range(60):
        root = (1.0 + root) ** (1.0 / (dimension + 1))
    strides = root ** -np.arange(1.0, dimension + 1)
    shift = np.random.default_rng(seed).random(dimension)
    shares = (shift + np.arange(count)[:, None] * strides) % 1.0  # (count, d)
    low, high = np.array(objective.domain).T
    return np.asarray(low + (high - low) * shares)
