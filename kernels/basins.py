"""Basins of attraction: every point of a grid is a start, and all descend at once.

The picture grows while it runs: each start takes the label of the minimum at which its descent has
come to rest, and the step from which it rested. A sweep repeats the run at one learning rate after
another and keeps the share of each minimum, so that sharp minima are seen to let go: plain gradient
descent cannot rest where the curvature is above 2 / learning rate.
"""

import math
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, Literal, Self

import numpy as np
import torch
from pydantic import model_validator
from torch import Tensor

from kernels.attractors import Attractors, Endings, eigenvalues, share_names, shares
from kernels.basins_frame import BasinsFrame
from kernels.batched_descent import BatchedDescent, mark_last_, require_elementwise
from kernels.descent import Descent
from kernels.errors import ParameterError
from kernels.objective_base import Objective, read_only
from kernels.objectives import make_objective
from kernels.optimizers import OptimizerParameters
from kernels.parameters import Parameters, setting
from kernels.scenery import Scenery, make_scenery
from kernels.simulation import Array, Finish, Scalar, Simulation, State, to_host

PICTURES = 50  # a run is classified anew this many times; frames between two show the older one
DTYPES = {"float64": torch.float64, "float32": torch.float32}


class BasinsParameters(Parameters):
    """Every point of a grid over the domain is a start; full data, no noise."""

    kind: Literal["basins"] = "basins"
    optimizer: int = setting(
        0, ge=0, le=63, label="Optimizer row", help="Which optimizer of the list descends, from 0."
    )
    resolution: int = setting(
        256, ge=8, le=1024, slider=(64, 512), help="How many starts there are along each axis."
    )
    steps: int = setting(
        200,
        ge=1,
        le=20_000,
        slider=(10, 2000),
        scale="log",
        unit="steps",
        help="How long each start may descend.",
    )
    tolerance: float = setting(
        0.01,
        gt=0,
        le=10,
        slider=(1e-6, 1.0),
        scale="log",
        help="A start has come to rest once the gradient stays shorter than this.",
    )
    radius: float = setting(
        0.01,
        ge=0.005,
        le=0.1,
        scale="log",
        unit="of the width",
        help="How near to a minimum an end point must lie to belong to it.",
    )
    dtype: Literal["float64", "float32"] = setting(
        "float64",
        label="Precision",
        help="The numbers it computes with; 32 bits are faster on a GPU.",
    )
    sweep: int = setting(
        0,
        ge=0,
        le=200,
        unit="learning rates",
        help="How many learning rates are tried in turn; 0 keeps to that of the optimizer.",
    )
    sweep_from: float = setting(
        0.01, gt=0, le=1000, scale="log", slider=(1e-4, 10.0), help="The first learning rate."
    )
    sweep_to: float = setting(
        0.03, gt=0, le=1000, scale="log", slider=(1e-4, 10.0), help="The last learning rate."
    )

    @model_validator(mode="after")
    def _sweep_rises(self) -> Self:
        if self.sweep and self.sweep_to <= self.sweep_from:
            raise ParameterError(
                f"The sweep ends at {self.sweep_to:g} and starts at {self.sweep_from:g}; it must "
                "rise. Give a larger last learning rate.",
                "sweep_to",
            )
        return self

    @property
    def rates(self) -> tuple[float, ...]:
        """The learning rates of the sweep, evenly spaced on a log scale; empty without one."""
        return tuple(float(r) for r in np.geomspace(self.sweep_from, self.sweep_to, self.sweep))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Picture:
    """What is known of the starts after `step` steps of run number `run`."""

    run: int
    step: int
    endings: Endings
    steps: Array  # (N,) int16
    end_points: Array  # (N, 2)
    shares: Array  # (S,)
    limits: Array  # (known,)


class Basins(Simulation[Descent, BasinsFrame]):
    """All starts of a grid descend in one batch, once, or once for each learning rate of a sweep.

    A live change of the optimizer goes on from where the starts are.
    """

    dtype: ClassVar[torch.dtype] = torch.float64
    prefers: ClassVar[Literal["cpu", "accelerator"]] = "cpu"
    shared: ClassVar[frozenset[str]] = frozenset(
        {"objective", "_starts", "_attractors", "_axes", "_picture", "_scenery"}
    )

    def __init__(self, parameters: Descent, device: torch.device) -> None:
        super().__init__(parameters, device)
        experiment = self._experiment
        dtype = DTYPES[experiment.dtype]
        self.objective: Objective = make_objective(parameters.objective, device, dtype)
        if self.objective.dimension != 2:
            raise ParameterError(
                "Basins are drawn over two coordinates, and this objective has one. "
                "Choose an objective of two coordinates.",
                "objective",
            )
        require_elementwise(self._row, "experiment.optimizer")
        self._axes = tuple(
            _middles(low, high, experiment.resolution, device, dtype)
            for low, high in self.objective.domain
        )
        rows, columns = torch.meshgrid(self._axes[1], self._axes[0], indexing="ij")  # (H, W)
        self._starts = torch.stack([columns, rows], dim=-1).reshape(-1, 2)  # (N, 2)
        self._attractors = Attractors(
            self.objective,
            tolerance=experiment.tolerance,
            radius=experiment.radius,
            device=device,
            dtype=dtype,
        )
        self._picture: _Picture | None = None
        self._sweep_shares: list[Array] = []
        self._begin(0)

    @property
    def _experiment(self) -> BasinsParameters:
        experiment = self.parameters.experiment
        assert isinstance(experiment, BasinsParameters)
        return experiment

    @property
    def _row(self) -> OptimizerParameters:
        rows = self.parameters.optimizers
        index = self._experiment.optimizer
        if index >= len(rows):
            raise ParameterError(
                f"The optimizer row is {index}; there are {len(rows)} rows, counted from 0. "
                "Choose one of these.",
                "experiment.optimizer",
            )
        return rows[index]

    @property
    def length(self) -> int:
        return self._experiment.steps * max(1, self._experiment.sweep)

    @property
    def learning_rate(self) -> float:
        """The learning rate of the present run, before its schedule."""
        rates = self._experiment.rates
        return rates[self._run] if rates else self._row.learning_rate

    def step(self, n: int = 1) -> None:
        for _ in range(min(n, self.length - self.step_count)):
            if self._descent.steps == self._experiment.steps:
                self._begin(self._run + 1)
            self._descent.step(self._row, [self.learning_rate], self._gradient)
            self._look()
            self.step_count += 1

    def observe(self) -> None:
        if self._descent.steps < self._experiment.steps:
            return
        picture = self._take_picture()
        if self._experiment.sweep and len(self._sweep_shares) == self._run:
            self._sweep_shares.append(picture.shares)
        if self.step_count == self.length:
            self.finished = Finish(reason="complete", sentence=self._sentence(picture))

    def frame(self, watch: frozenset[str] = frozenset()) -> BasinsFrame:
        picture = self._present_picture()
        side = self._experiment.resolution
        rates = self._experiment.rates[: len(self._sweep_shares)]
        names = share_names(self.objective)
        return BasinsFrame(
            step=self.step_count,
            scenery=self._scenery,
            picture_step=picture.step,
            run=self._run,
            learning_rate=self.learning_rate,
            known=len(self.objective.minima),
            limit_rule=self._row.limit_rule(),
            sentence=self._sentence(picture),
            x=to_host(self._axes[0]),
            y=to_host(self._axes[1]),
            labels=picture.endings.labels.reshape(side, side),
            steps=picture.steps.reshape(side, side),
            nearest=picture.endings.nearest.reshape(side, side),
            end_points=picture.end_points.reshape(side, side, 2),
            ends=picture.endings.ends,
            limits=picture.limits,
            shares=picture.shares,
            share_names=names,
            sweep_rates=read_only(np.array(rates)),
            sweep_shares=read_only(np.reshape(self._sweep_shares, (len(rates), len(names)))),
        )

    @cached_property
    def _scenery(self) -> Scenery:
        return make_scenery(self.objective, self.device, self._starts.dtype)

    def summary(self) -> dict[str, Scalar]:
        picture = self._present_picture()
        told = zip(share_names(self.objective), picture.shares, strict=True)
        return {name: float(share) for name, share in told if share > 0}

    def adjust(self, parameters: Descent) -> None:
        super().adjust(parameters)
        self._picture = None

    def restore(self, state: State) -> None:
        super().restore(state)
        self._picture = None

    def _begin(self, run: int) -> None:
        self._run = run
        self._descent = BatchedDescent(self._row, self._starts.unsqueeze(0).clone())
        self._last_moving = torch.full_like(
            self._starts[:, 0], -1, dtype=torch.int16
        )  # (N,) the last step after which the gradient was longer than the tolerance
        self._look()

    def _look(self) -> None:
        """The gradient at the present points, and which of them still move."""
        self._gradient = self.objective.gradient(self._descent.points)  # (1, N, 2)
        x, y = self._gradient[0].unbind(-1)  # (N,) each
        at_rest = torch.addcmul(x * x, y, y) <= self._experiment.tolerance**2  # False for NaN
        mark_last_(self._last_moving, at_rest, self._descent.steps)

    def _present_picture(self) -> _Picture:
        """The last picture, taken anew when a fiftieth of the run has passed, or it is over."""
        steps = self._descent.steps
        every = max(1, self._experiment.steps // PICTURES)
        old = self._picture
        if old is not None and old.run == self._run and old.step <= steps:
            due = steps // every > old.step // every or steps == self._experiment.steps
            if old.step == steps or not due:
                return old
        return self._take_picture()

    def _take_picture(self) -> _Picture:
        steps = self._descent.steps
        if self._picture is None or (self._picture.run, self._picture.step) != (self._run, steps):
            points = self._descent.points[0]  # (N, 2)
            at_rest = self._last_moving < steps
            endings = self._attractors.classify(points, at_rest)
            self._picture = _Picture(
                run=self._run,
                step=steps,
                endings=endings,
                steps=to_host((self._last_moving + 2) * at_rest - 1),
                end_points=to_host(points),
                shares=shares(endings.labels, len(self.objective.minima)),
                limits=self._limits(),
            )
        return self._picture

    def _limits(self) -> Array:
        """The learning rate above which each known minimum lets go, (known,); NaN for no rule."""
        known = torch.tensor(
            self._attractors.known, dtype=self._starts.dtype, device=self.device
        )  # (known, 2)
        if not len(known):
            return read_only(np.empty(0))
        curvatures = eigenvalues(to_host(self.objective.hessian(known)))[1]
        limits = [self._row.limit(float(c)) for c in curvatures]
        return read_only(np.array([math.nan if limit is None else limit for limit in limits]))

    def _sentence(self, picture: _Picture) -> str:
        named = zip(picture.shares, share_names(self.objective), strict=True)
        told = [f"{_percent(share)} {name}" for share, name in sorted(named, reverse=True) if share]
        rest = f", and {len(told) - 5} more" if len(told) > 5 else ""
        return (
            f"After {picture.step} steps of {self._row.title} at {self.learning_rate:.4g}, of "
            f"{len(picture.steps)} starts {', '.join(told[:5])}{rest}."
        )


def _percent(share: float) -> str:
    return f"{share:.1%}" if share >= 5e-4 else "under 0.1%"


def _middles(
    low: float, high: float, count: int, device: torch.device, dtype: torch.dtype
) -> Tensor:
    """The middles of `count` equal pixels between `low` and `high`, (count,)."""
    pixels = torch.arange(count, device=device, dtype=dtype)
    return (pixels + 0.5) * ((high - low) / count) + low
