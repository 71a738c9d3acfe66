"""The map of hyper-parameters: every pixel is a learning rate and a momentum, all run at once.

The colour of a pixel is the number of steps that gradient descent with momentum needs from one
start; over it lies what `kernels.descent.momentum_theory` says. Theory calls fastest what is
fastest far out in a run; from one start and to one tolerance another pixel may need fewer steps,
and the frame tells both.
"""

import math
from dataclasses import replace
from typing import ClassVar, Literal, Self

import numpy as np
import torch
from pydantic import model_validator

from kernels.descent.base import Descent
from kernels.descent.hyperparameter_map_frame import (
    DIVERGED,
    NOT_REACHED,
    HyperparameterMapFrame,
    compared,
)
from kernels.descent.many_starts import left_out, mark_last_
from kernels.descent.momentum_theory import MomentumTheory, theory_at_minimum
from kernels.errors import ParameterError
from kernels.objectives.base import read_only
from kernels.objectives.catalogue import Objective, make_objective
from kernels.parameters import Parameters, setting
from kernels.simulation import Array, Finish, Scalar, Simulation, to_host

BLOWN_UP = 1e3  # a gap this many times that of the start has diverged
RATES_BELOW = 1e-2  # the least learning rate drawn, as a share of the largest, where none is given


class HyperparameterMapParameters(Parameters):
    """Every pixel is a learning rate and a momentum of torch.optim.SGD; full data, no noise."""

    kind: Literal["map"] = "map"
    resolution: int = setting(
        128, ge=8, le=512, help="How many learning rates, and how many momenta, are tried."
    )
    steps: int = setting(
        400,
        ge=1,
        le=20_000,
        slider=(10, 2000),
        scale="log",
        unit="steps",
        help="How long each pixel may descend.",
    )
    tolerance: float = setting(
        1e-3,
        gt=0,
        le=1e6,
        slider=(1e-8, 1.0),
        scale="log",
        help="A pixel has arrived once its loss stays less than this above the lowest there is.",
    )
    nesterov: bool = setting(False, help="Take the slope where the momentum is about to carry.")
    logarithmic: bool = setting(
        True, label="Log learning rates", help="Space the learning rates evenly on a log scale."
    )
    rate_from: float | None = setting(
        None,
        gt=0,
        le=1000,
        scale="log",
        slider=(1e-4, 10.0),
        label="Learning rate from",
        help="The least learning rate; empty for a hundredth of the largest.",
    )
    rate_to: float | None = setting(
        None,
        gt=0,
        le=1000,
        scale="log",
        slider=(1e-4, 10.0),
        label="Learning rate to",
        help="The largest learning rate; empty for the limit that momentum 1 would have.",
    )
    momentum_to: float = setting(
        0.99, gt=0, lt=1, label="Momentum to", help="The largest momentum; the least is 0."
    )

    @model_validator(mode="after")
    def _rates_rise(self) -> Self:
        if self.rate_from and self.rate_to and self.rate_to <= self.rate_from:
            raise ParameterError(
                f"The learning rates end at {self.rate_to:g} and start at {self.rate_from:g}; they "
                "must rise. Give a larger last learning rate.",
                "rate_to",
            )
        return self


class HyperparameterMap(Simulation[Descent, HyperparameterMapFrame]):
    """SGD with momentum from one start, at every pair of a learning rate and a momentum at once.

    The arithmetic is that of torch.optim.SGD, with a learning rate and a momentum for each pixel.
    """

    dtype: ClassVar[torch.dtype] = torch.float64
    prefers: ClassVar[Literal["cpu", "accelerator"]] = "cpu"
    shared: ClassVar[frozenset[str]] = frozenset(
        {"objective", "_theory", "_rates", "_momenta", "_minus_rate", "_momentum", "_start_gap"}
    )

    def __init__(self, parameters: Descent, device: torch.device) -> None:
        super().__init__(parameters, device)
        self.objective = objective = make_objective(parameters.objective, device, self.dtype)
        self._infimum = _floor(objective)
        self._start = start = parameters.start or objective.start
        self._theory = theory_at_minimum(objective, start, self._experiment.nesterov, device)
        self._rates, self._momenta = _axes(self._experiment, self._theory)  # (W,), (H,)
        momenta, rates = np.meshgrid(self._momenta, self._rates, indexing="ij")  # (H, W)
        self._minus_rate = torch.as_tensor(-rates.reshape(-1, 1), device=device)  # (N, 1)
        self._momentum = torch.as_tensor(momenta.reshape(-1, 1), device=device)  # (N, 1)
        origin = torch.tensor(start, dtype=self.dtype, device=device)  # (d,)
        self._points = origin.expand(rates.size, -1).clone()  # (N, d)
        self._velocity = torch.zeros_like(self._points)  # (N, d)
        self._last_above = torch.full(
            (rates.size,), -1, dtype=torch.int16, device=device
        )  # (N,) the last step after which the loss was not yet within the tolerance
        self._look()
        self._start_gap = self._gap.clone()  # (N,)

    @property
    def _experiment(self) -> HyperparameterMapParameters:
        experiment = self.parameters.experiment
        assert isinstance(experiment, HyperparameterMapParameters)
        return experiment

    @property
    def length(self) -> int:
        return self._experiment.steps

    def step(self, n: int = 1) -> None:
        for _ in range(min(n, self.length - self.step_count)):
            self._velocity.mul_(self._momentum).add_(self._gradient)
            direction = self._velocity
            if self._experiment.nesterov:
                direction = torch.addcmul(self._gradient, self._momentum, self._velocity)
            self._points.addcmul_(self._minus_rate, direction)
            self.step_count += 1
            self._look()

    def _look(self) -> None:
        """The slope and the loss at the present points, and which pixels have not arrived."""
        self._gradient = self.objective.gradient(self._points)  # (N, d)
        self._gap = self.objective.loss(self._points) - self._infimum  # (N,)
        within = self._gap < self._experiment.tolerance  # False for NaN
        mark_last_(self._last_above, within, self.step_count)

    def observe(self) -> None:
        if self.step_count == self.length:
            self.finished = Finish(reason="complete", sentence=self.frame().sentence)

    def frame(self, watch: frozenset[str] = frozenset()) -> HyperparameterMapFrame:
        within = self._last_above < self.step_count
        blown_up = ~within & ~(self._gap <= BLOWN_UP * self._start_gap)
        codes = torch.where(
            within, self._last_above + 1, torch.where(blown_up, DIVERGED, NOT_REACHED)
        )
        steps = to_host(codes).reshape(len(self._momenta), len(self._rates))
        best = _fewest(steps)
        plain = _fewest(steps[:1])
        theory = self._theory
        rate, momentum = theory.best if theory else (math.nan, math.nan)
        plain_rate = theory.plain_rate if theory else math.nan
        frame = HyperparameterMapFrame(
            step=self.step_count,
            title=self.objective.title,
            start=np.array(self._start),
            horizon=self.length,
            legend=self._legend(),
            logarithmic=self._experiment.logarithmic,
            tolerance=self._experiment.tolerance,
            learning_rates=self._rates,
            momenta=self._momenta,
            steps=steps,
            best_rate=float(self._rates[best[1]]) if best else math.nan,
            best_momentum=float(self._momenta[best[0]]) if best else math.nan,
            best_steps=int(steps[best]) if best else NOT_REACHED,
            plain_rate=float(self._rates[plain[1]]) if plain else math.nan,
            plain_steps=int(steps[plain]) if plain else NOT_REACHED,
            limits=theory.limits(self._momenta) if theory else np.empty(0),
            speeds=theory.speeds(self._rates, self._momenta) if theory else np.empty((0, 0)),
            theory_rate=rate,
            theory_momentum=momentum,
            theory_steps=self._steps_at(steps, rate, momentum),
            theory_plain_rate=plain_rate,
            theory_plain_steps=self._steps_at(steps, plain_rate, 0.0),
            theory=theory.validity if theory else "No minimum with curvature is known here.",
            sentence="",
        )
        return replace(frame, sentence=compared(frame))

    def _legend(self) -> str:
        name = "Nesterov's momentum" if self._experiment.nesterov else "momentum"
        told = (
            f"Every pixel is gradient descent with {name}, {self.length} steps at most, until the "
            f"loss stays within {self._experiment.tolerance:g} of the lowest; the list of "
            "optimizers is not used."
        )
        return f"{told} {left_out(self.parameters)}".strip()

    def summary(self) -> dict[str, Scalar]:
        frame = self.frame()
        pairs = {
            "fewest": (frame.best_rate, frame.best_momentum, frame.best_steps),
            "fewest without momentum": (frame.plain_rate, 0.0, frame.plain_steps),
            "theory's fastest": (frame.theory_rate, frame.theory_momentum, frame.theory_steps),
            "theory's plain rate": (frame.theory_plain_rate, 0.0, frame.theory_plain_steps),
        }
        told: dict[str, Scalar] = {}
        for name, (rate, momentum, steps) in pairs.items():
            if math.isfinite(rate):
                told[f"{name}: learning rate"] = rate
                told[f"{name}: momentum"] = momentum
                told[f"{name}: steps"] = steps if steps >= 0 else None
        told["share diverged"] = float((frame.steps == DIVERGED).mean())
        told["share not arrived"] = float((frame.steps == NOT_REACHED).mean())
        return told

    def _steps_at(self, steps: Array, rate: float, momentum: float) -> int:
        """What the pixel at exactly this pair has needed; `NOT_REACHED` if there is none."""
        row, column = np.flatnonzero(self._momenta == momentum), np.flatnonzero(self._rates == rate)
        return int(steps[row[0], column[0]]) if row.size and column.size else NOT_REACHED


def _floor(objective: Objective) -> float:
    """The lowest loss, which the map measures from. Raises `ParameterError` if there is none."""
    if objective.infimum is None or not math.isfinite(objective.infimum):
        why = "has no floor" if objective.infimum is not None else "has a floor that is not known"
        raise ParameterError(
            f"The map counts the steps down to the lowest loss, and this objective {why}. "
            "Choose an objective whose lowest loss is known.",
            "objective",
        )
    return objective.infimum


def _axes(
    experiment: HyperparameterMapParameters, theory: MomentumTheory | None
) -> tuple[Array, Array]:
    """The learning rates, (W,), and the momenta, (H,), with those of `theory` among them."""
    high = experiment.rate_to or (4.0 / theory.largest if theory else 1.0)
    low = experiment.rate_from or RATES_BELOW * high
    if low >= high:
        raise ParameterError(
            f"The learning rates start at {low:g} and end at {high:g}; they must rise. "
            "Give a smaller first or a larger last learning rate.",
            "experiment.rate_from",
        )
    spaced = np.geomspace if experiment.logarithmic else np.linspace
    rates = spaced(low, high, experiment.resolution)
    momenta = np.linspace(0.0, experiment.momentum_to, experiment.resolution)
    if theory:
        rate, momentum = theory.best
        rates = _with_nodes(rates, rate, theory.plain_rate)
        momenta = _with_nodes(momenta, 0.0, momentum)
    return read_only(rates), read_only(momenta)


def _with_nodes(nodes: Array, *values: float) -> Array:
    """`nodes` with the nearest moved onto each of `values` that lies among them, none twice."""
    moved = nodes.copy()
    free = np.ones(len(nodes), dtype=bool)
    for value in values:
        if nodes[0] <= value <= nodes[-1] and value not in moved[~free]:
            nearest = int(np.argmin(np.where(free, np.abs(nodes - value), np.inf)))
            moved[nearest], free[nearest] = value, False
    return np.sort(moved)


def _fewest(steps: Array) -> tuple[int, int] | None:
    """The (row, column) with the fewest steps, the first of equals; None if none has arrived."""
    ranked = np.where(steps >= 0, steps, np.iinfo(steps.dtype).max)
    row, column = np.unravel_index(int(np.argmin(ranked)), steps.shape)
    return (int(row), int(column)) if steps[row, column] >= 0 else None
