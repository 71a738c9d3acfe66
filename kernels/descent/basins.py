"""Basins of attraction: every point of a grid is a start, and all descend at once.

The picture grows while it runs: each start takes the label of the minimum at which its descent has
come to rest, and the step from which it rested. A sweep repeats the run at one learning rate after
another and keeps the share of each minimum, so that sharp minima are seen to let go: plain gradient
descent cannot rest where the curvature is above 2 / learning rate.
"""

import math
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, Literal

import numpy as np
import torch
from torch import Tensor

from kernels.descent.attractors import (
    WINDOW,
    Attractors,
    Ending,
    Endings,
    brink,
    eigenvalues,
    kinks,
    rests,
    share_names,
    shares,
)
from kernels.descent.base import Descent
from kernels.descent.basins_frame import BasinsFrame
from kernels.descent.basins_parameters import BasinsParameters
from kernels.descent.many_starts import left_out, mark_last_, require_elementwise
from kernels.errors import ParameterError
from kernels.objectives.base import Objective, read_only
from kernels.objectives.catalogue import make_objective
from kernels.objectives.scenery import Scenery, make_scenery
from kernels.optimizers.batched_descent import BatchedDescent
from kernels.optimizers.catalogue import OptimizerParameters
from kernels.simulation import Array, Finish, Scalar, Simulation, State, to_host

PICTURES = 50  # a run is classified anew this many times; frames between two show the older one
LEFT = f"Those that have left are no number, or beyond {WINDOW:g} times the domain."
DTYPES = {"float64": torch.float64, "float32": torch.float32}


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
    kinks: Array  # (known,)


class Basins(Simulation[Descent, BasinsFrame]):
    """All starts of a grid descend in one batch, once or for each learning rate of a sweep."""

    dtype: ClassVar[torch.dtype] = torch.float64
    prefers: ClassVar[Literal["cpu", "accelerator"]] = "cpu"
    shared: ClassVar[frozenset[str]] = frozenset(
        {
            "objective",
            "_starts",
            "_attractors",
            "_axes",
            "_picture",
            "_gradient",  # a quarter of the memory, and the points tell it
            "_scenery",
            "_lowest",
            "_ground",
        }
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
        # All x, then all y in memory: so they are read without gaps.
        self._starts = torch.stack([columns.flatten(), rows.flatten()]).T  # (N, 2)
        self._attractors = Attractors(
            self.objective,
            tolerance=experiment.tolerance,
            radius=experiment.radius,
            device=device,
            dtype=dtype,
        )
        self._lowest = brink(self.objective, device, dtype)
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
        planned = self._experiment.rates
        rates = planned[: len(self._sweep_shares)]
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
            kinks=picture.kinks,
            shares=picture.shares,
            share_names=names,
            sweep_rates=np.array(rates),
            sweep_shares=np.reshape(self._sweep_shares, (len(rates), len(names))),
            sweep_ends=(planned[0], planned[-1]) if planned else None,
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
        self._gradient = self.objective.gradient(self._descent.points)

    def _begin(self, run: int) -> None:
        self._run = run
        self._descent = BatchedDescent(self._row, self._starts.unsqueeze(0).clone())
        self._last_moving = torch.full_like(
            self._starts[:, 0], -1, dtype=torch.int16
        )  # (N,) the last step after which the gradient was longer than the tolerance
        self._falls = None if self._lowest is None else torch.zeros_like(self._last_moving).bool()
        self._look()

    def _look(self) -> None:
        """The gradient at the present points, and which of them still move."""
        self._gradient = self.objective.gradient(self._descent.points)  # (1, N, 2)
        points, pull = self._descent.points, self._descent.pull(self._row)
        at_rest = rests(self._gradient, points, pull, self._experiment.tolerance)[0]
        mark_last_(self._last_moving, at_rest, self._descent.steps)
        if self._falls is not None and self._lowest is not None:
            losses = self.objective.loss(points[0])
            self._falls = (losses < self._lowest) | (self._falls & losses.isnan())

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
            limits, kinked = self._limits()
            falls = None if self._row.weight_decay else self._falls  # a decay may end the fall
            endings = self._attractors.classify(points, at_rest, falls)
            self._picture = _Picture(
                run=self._run,
                step=steps,
                endings=endings,
                steps=to_host((self._last_moving + 2) * at_rest - 1),
                end_points=to_host(points),
                shares=shares(endings.labels, len(self.objective.minima)),
                limits=limits,
                kinks=kinked,
            )
        return self._picture

    def _limits(self) -> tuple[Array, Array]:
        """The learning rate above which each known minimum lets go, and where there is a kink.

        Both (known,); the first is NaN where there is no rule, or a kink and so no curvature.
        """
        curvatures, kinked = self._ground
        limits = [self._row.limit(float(c)) for c in curvatures]
        values = np.array([math.nan if limit is None else limit for limit in limits])
        return read_only(np.where(kinked, math.nan, values)), kinked

    @cached_property
    def _ground(self) -> tuple[Array, Array]:
        """The largest curvature at each known minimum, and where there is a kink, (known,) both."""
        known = torch.tensor(
            self._attractors.known, dtype=self._starts.dtype, device=self.device
        )  # (known, 2)
        if not len(known):
            return np.empty(0), to_host(torch.empty(0, dtype=torch.bool))
        kinked = kinks(self.objective, known)
        return eigenvalues(to_host(self.objective.hessian(known)))[1], kinked

    def _sentence(self, picture: _Picture) -> str:
        named = zip(picture.shares, share_names(self.objective), strict=True)
        told = [f"{_percent(share)} {name}" for share, name in sorted(named, reverse=True) if share]
        rest = f", and {len(told) - 5} more" if len(told) > 5 else ""
        sentences = [
            f"After {picture.step} steps of {self._row.title} at {self.learning_rate:.4g}, of "
            f"{len(picture.steps):,} starts {', '.join(told[:5])}{rest}.",
            LEFT if (picture.endings.labels == int(Ending.DIVERGED)).any() else "",
            self._on_decay(picture),
            _on_kinks(self._attractors.known[picture.kinks]),
            left_out(self.parameters),
        ]
        return " ".join(sentence for sentence in sentences if sentence)

    def _on_decay(self, picture: _Picture) -> str:
        """How far weight decay pulls those that rest from the minima to which they belong."""
        labels = picture.endings.labels
        if not (self._row.weight_decay and (labels >= 0).any()):
            return ""
        ways = picture.end_points[labels >= 0] - picture.endings.ends[labels[labels >= 0]]
        farthest = float(np.linalg.norm(ways, axis=-1).max())
        return (
            "Weight decay pulls them towards (0, 0): they rest where it balances the slope, "
            f"up to {farthest:.2g} from their minimum."
        )


def _on_kinks(points: Array) -> str:
    """What is to be said of kinks at `points`, (K, 2)."""
    if not len(points):
        return ""
    places = ", ".join(f"({', '.join(f'{c:.4g}' for c in point)})" for point in points)
    return f"At {places} the slope jumps: there is no curvature and no rate that lets it rest."


def _percent(share: float) -> str:
    return f"{share:.1%}" if share >= 5e-4 else "under 0.1%"


def _middles(
    low: float, high: float, count: int, device: torch.device, dtype: torch.dtype
) -> Tensor:
    """The middles of `count` equal pixels between `low` and `high`, (count,)."""
    pixels = torch.arange(count, device=device, dtype=dtype)
    return (pixels + 0.5) * ((high - low) / count) + low
