"""A race: optimizers of torch.optim descend one objective from one start, side by side.

All racers get the same mini-batches and the same gradient noise. Noise is added before clipping, as
the noise of a mini-batch would be.
"""

import math
from functools import cached_property
from typing import ClassVar, Literal

import numpy as np
import torch
from torch import Tensor

from kernels.descent.arrivals import REACH, Arrivals
from kernels.descent.base import Descent
from kernels.descent.curvature import eigenvalues_at, limits_at
from kernels.descent.endings import RING_RADIUS, together
from kernels.descent.judging import (
    Standing,
    Verdicts,
    converged_at,
    disturbance,
    judge,
    reopened,
    sentences,
    statuses,
)
from kernels.descent.race_frame import RaceFrame, blanked, ended, plain
from kernels.descent.racers import Racers
from kernels.device import make_generator
from kernels.errors import ParameterError
from kernels.history import Thinned
from kernels.objectives.catalogue import Objective, make_objective
from kernels.objectives.scenery import Scenery, make_scenery
from kernels.optimizers.catalogue import SGDParameters
from kernels.optimizers.updates import work_through
from kernels.parameters import Parameters
from kernels.simulation import Array, Scalar, Simulation, State, Trace, to_host

CURVATURE = "curvature"  # what a viewer watches to get the eigenvalues where they are not constant
UPDATE = "update."  # with the number of a racer behind it: its next update, worked through
PATHS, LOSSES = 0, 1  # the series of the history


class RaceParameters(Parameters):
    """All optimizers from one start, until all have ended or the horizon comes."""

    kind: Literal["race"] = "race"


class Race(Simulation[Descent, RaceFrame]):
    """The optimizers of the parameters on their objective, step by step.

    Raises `ParameterError` if the start lies out of reach, or the epochs are too many steps.
    """

    dtype: ClassVar[torch.dtype] = torch.float64
    prefers: ClassVar[Literal["cpu", "accelerator"]] = "cpu"
    observe_every: ClassVar[int] = 25
    apart: ClassVar[bool] = True

    def __init__(self, parameters: Descent, device: torch.device) -> None:
        super().__init__(parameters, device)
        self.objective = make_objective(parameters.objective, device, self.dtype)
        self._length = parameters.horizon(self.objective)
        self.start = _start_of(parameters, self.objective)
        start = torch.tensor(self.start, device=device, dtype=self.dtype)
        self._racers = Racers(parameters.optimizers, start)
        shape = self._racers.positions.shape
        self._history = Thinned(shape, shape[:1], device=device, dtype=self.dtype)
        self._arrivals = Arrivals(
            self.objective,
            shape[0],
            parameters.tolerance,
            parameters.gradient_tolerance,
            device,
            self.dtype,
        )
        self._generator = make_generator(device, parameters.seed)
        self._verdicts: Verdicts = (None,) * shape[0]
        self._losses: Tensor | None = None  # (R,) where the racers stand, once looked at

    @property
    def length(self) -> int:
        return self._length

    @property
    def names(self) -> tuple[str, ...]:
        """The label of each racer, with a number behind it where several have the same."""
        return self._racers.names

    def step(self, n: int = 1) -> None:
        for _ in range(min(n, self.length - self.step_count)):
            self._step()

    def _step(self) -> None:
        step, racers = self.step_count, self._racers
        losses = self._look()  # (R,)
        batch = self.objective.batch(step)
        if batch is not None:
            racers.backward(self.objective, batch)
        with torch.no_grad():
            self._history.record(step, racers.positions, losses)
            if self.parameters.noise:
                racers.gradients.add_(self._noise(self._generator))
            racers.update(step)
            self._arrivals.hold(step + 1, racers.positions, racers.previous)
        self.step_count += 1
        self._losses = None

    def _look(self) -> Tensor:
        """The loss of each racer over all data, (R,), noted in the arrivals; once for each step.

        Where there are no batches this is the backward pass of the step to come.
        """
        if self._losses is None:
            slopes = None
            if self._is_whole:
                self._losses = self._racers.backward(self.objective, None)
                slopes = self._racers.gradients
            else:
                with torch.no_grad():
                    self._losses = self.objective.loss(self._racers.positions)
            with torch.no_grad():
                self._arrivals.look(self.step_count, self._racers.positions, self._losses, slopes)
        return self._losses

    @property
    def _is_whole(self) -> bool:
        """Whether the step to come uses all data."""
        return self.objective.batch(self.step_count) is None

    def _noise(self, generator: torch.Generator | None) -> Tensor:
        """The noise of the next step, (d,), one draw for all racers."""
        width = self.objective.dimension
        noise = torch.randn(width, generator=generator, device=self.device, dtype=self.dtype)
        return noise.mul_(self.parameters.noise)

    def observe(self) -> None:
        self._verdicts = judge(self._standing(), self._verdicts)
        told = tuple(verdict.finish for verdict in self._verdicts if verdict is not None)
        if len(told) == len(self._verdicts):
            self.finished = together(told)

    def _standing(self) -> Standing:
        """The race as it stands. Waits."""
        positions, losses = self._racers.positions, self._look()
        slopes = self._racers.gradients if self._is_whole else self.objective.gradient(positions)
        return Standing(
            objective=self.objective,
            parameters=self.parameters,
            names=self.names,
            step=self.step_count,
            positions=positions,
            previous=self._racers.previous,
            losses=to_host(losses),
            slopes=to_host(slopes),
            paths=self._history.kept(PATHS),
            curves=self._history.kept(LOSSES),
            recorded=self._history.steps,
            noted=self._arrivals.noted(),
        )

    def adjust(self, parameters: Descent) -> None:
        self._length = parameters.horizon(self.objective)
        super().adjust(parameters)
        self._racers.adjust(parameters.optimizers, self.step_count)
        if self.finished is not None or self.step_count >= self.length:
            self.finished = None
            self._verdicts = reopened(self._verdicts)
            self.observe()

    def frame(self, watch: frozenset[str] = frozenset()) -> RaceFrame:
        standing = self._standing()
        noted = standing.noted
        positions, specs = self._racers.positions, self.parameters.optimizers
        has_left = noted.left_at >= 0  # (R,)
        loss, slopes = blanked(standing.losses, has_left), blanked(standing.slopes, has_left)
        rates = np.array([spec.effective_rate(self.step_count) for spec in specs])
        is_plain = np.array([isinstance(spec, SGDParameters) for spec in specs])
        eigenvalues = self._eigenvalues(watch)
        steps = np.append(self._history.step_numbers(), self.step_count)
        exit_losses = self._losses_at(noted.exits)
        losses = self._history.with_last(LOSSES, torch.tensor(loss, device=self.device))
        return RaceFrame(
            step=self.step_count,
            scenery=self._scenery,
            names=standing.names,
            axes=self.objective.axes,
            steps=steps,
            paths=to_host(self._history.with_last(PATHS, positions)),
            losses=ended(to_host(losses), steps, noted.left_at, exit_losses),
            positions=to_host(positions),
            loss=loss,
            gradients=slopes,
            learning_rates=rates,
            keeps_rates=all(spec.keeps_rate for spec in specs),
            last_steps=blanked(to_host(positions - self._racers.previous), has_left),
            predicted=blanked(self._predicted(), has_left),
            promised=np.where(is_plain, loss - rates * (slopes**2).sum(axis=-1), math.nan),
            batch=self._batch(),
            epoch=self.step_count / self.objective.steps_per_epoch,
            epochs=self.parameters.epochs(self.objective),
            velocities=blanked(self._racers.moments([s.first_moment for s in specs]), has_left),
            second_moments=blanked(
                self._racers.moments([s.second_moment for s in specs]), has_left
            ),
            eigenvalues=eigenvalues,
            limits=limits_at(specs, eigenvalues),
            disturbance=disturbance(self.objective, self.parameters),
            status=statuses(noted, self._verdicts),
            grounds=tuple(verdict.ground if verdict else "" for verdict in self._verdicts),
            sentences=sentences(standing, self._verdicts),
            converged_at=converged_at(noted, self._verdicts),
            within_since=np.where(has_left, -1, noted.within_since),
            left_at=noted.left_at,
            exits=noted.exits,
            exit_losses=exit_losses,
            rings=np.array(
                [v.finish.numbers.get(RING_RADIUS, 0.0) if v else 0.0 for v in self._verdicts]
            ),
            trace=self._watched_update(watch),
            watched=watch,
        )

    def _losses_at(self, points: Array) -> Array:
        """The loss at each of `points`, (R, d) -> (R,); NaN where there is none."""
        if np.isnan(points).all():
            return np.full(len(points), math.nan)
        with torch.no_grad():
            losses = self.objective.loss(torch.tensor(points, device=self.device, dtype=self.dtype))
        return np.where(np.isfinite(points).all(axis=-1), to_host(losses), math.nan)

    @cached_property
    def _scenery(self) -> Scenery:
        return make_scenery(self.objective, self.device, self.dtype)

    def _watched_update(self, watch: frozenset[str]) -> Trace | None:
        """The update of the racer watched as "update.N"; of the last, if there are fewer."""
        wanted = [int(name.removeprefix(UPDATE)) for name in watch if name.startswith(UPDATE)]
        return self.explain(min(*wanted, len(self._verdicts) - 1)) if wanted else None

    def _predicted(self) -> Array:
        """What the slope before the last step promised for its end, (R,); NaN before the first."""
        if not self.step_count or self.objective.dimension > 1:
            return np.full(len(self._verdicts), math.nan)
        with torch.no_grad():
            before = self.objective.loss(self._racers.previous)
        slope = self.objective.gradient(self._racers.previous)
        return to_host(before + (slope * (self._racers.positions - self._racers.previous)).sum(-1))

    def _batch(self) -> Array:
        """The samples that the last step used, or the first one will, (B,); empty for all."""
        batch = self.objective.batch(max(0, self.step_count - 1))
        return np.empty(0, dtype=np.int64) if batch is None else to_host(batch)

    def _eigenvalues(self, watch: frozenset[str]) -> Array:
        """Those of the Hessian at each racer, (R, d), if constant or watched, else NaN."""
        if self.objective.is_quadratic:
            return self._constant_eigenvalues
        if CURVATURE in watch:
            return eigenvalues_at(self.objective, self._racers.positions)
        return np.full(self._racers.positions.shape, math.nan)

    @cached_property
    def _constant_eigenvalues(self) -> Array:
        return eigenvalues_at(self.objective, self._racers.positions)

    def explain(self, index: int = 0) -> Trace | None:
        generator = self._generator
        if generator is not None:
            generator = generator.clone_state()
        noise = to_host(self._noise(generator)) if self.parameters.noise else None
        position = self._racers.positions[index]
        batch = self.objective.batch(self.step_count)
        return work_through(
            self.parameters.optimizers[index],
            self.names[index],
            self.step_count,
            to_host(position),
            to_host(self.objective.gradient(position, batch)),
            noise,
            self._racers.memory(index),
        )

    def summary(self) -> dict[str, Scalar]:
        frame = self.frame()
        summary: dict[str, Scalar] = {"steps": self.step_count}
        for i, name in enumerate(frame.names):
            summary[f"{name}: status"] = frame.status[i]
            converged_at = int(frame.converged_at[i])
            summary[f"{name}: steps needed"] = converged_at if converged_at >= 0 else None
            summary[f"{name}: loss"] = plain(frame.loss[i])
            for axis, value in zip(frame.axes, frame.positions[i], strict=True):
                summary[f"{name}: {axis}"] = plain(value)
            summary[f"{name}: ending"] = frame.sentences[i]
        return summary

    def state(self) -> State:
        generator = self._generator
        return {
            "step_count": self.step_count,
            "finished": self.finished,
            "parameters": self.parameters,
            "racers": self._racers.state(),
            "history": self._history.state(),
            "arrivals": self._arrivals.state(),
            "verdicts": self._verdicts,
            "generator": None if generator is None else generator.get_state(),
        }

    def restore(self, state: State) -> None:
        self.step_count = state["step_count"]
        self.finished = state["finished"]
        self.parameters = state["parameters"]
        self._length = self.parameters.horizon(self.objective)
        self._racers.adjust(self.parameters.optimizers, self.step_count)
        self._racers.restore(state["racers"])
        self._history.restore(state["history"])
        self._arrivals.restore(state["arrivals"])
        self._losses = None
        self._verdicts = state["verdicts"]
        if self._generator is not None:
            self._generator.set_state(state["generator"])


def _start_of(parameters: Descent, objective: Objective) -> tuple[float, ...]:
    """Where the racers start. Raises `ParameterError` if it counts as out of reach."""
    start = parameters.start or objective.start
    for axis, value, (low, high) in zip(objective.axes, start, objective.domain, strict=True):
        reach = REACH * (high - low) / 2
        if abs(value - (low + high) / 2) > reach:
            raise ParameterError(
                f"start has {axis} = {value:g}; on this objective it must lie within {reach:g} of "
                f"{(low + high) / 2:g}. Choose a start nearer to the picture.",
                "start",
            )
    return start
