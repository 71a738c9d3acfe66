"""A race: optimizers of torch.optim descend one objective from one start, side by side.

Each racer is a leaf tensor of its own with an optimizer and a backward pass of its own, so that
nobody's path depends, in any bit, on who else runs, and is what a plain loop with torch.optim
gives. The leaves are rows of one tensor, so that recording and the stop rules cost one operation
for all. All racers get the same mini-batches and the same gradient noise, which is added before
clipping, as real noise would be.
"""

import math
from collections.abc import Sequence
from functools import cached_property
from typing import ClassVar, Literal

import numpy as np
import torch
from torch import Tensor

from kernels.arrivals import REACH, Arrivals, Noted
from kernels.descent import Descent
from kernels.device import make_generator
from kernels.endings import Course, left, reached, rested, together, unfinished
from kernels.errors import ParameterError
from kernels.ground import ground_at
from kernels.history import Thinned
from kernels.objectives import Objective, make_objective
from kernels.optimizers import OptimizerParameters, SGDParameters, clip_gradient_
from kernels.parameters import Parameters
from kernels.race_frame import RaceFrame, Status
from kernels.schedules import ConstantSchedule
from kernels.simulation import Array, Finish, Scalar, Simulation, State, Trace, to_host
from kernels.updates import Moment, work_through

CURVATURE = "curvature"


class RaceParameters(Parameters):
    """All optimizers from one start, to the minimum or the horizon."""

    kind: Literal["race"] = "race"


class Race(Simulation[Descent, RaceFrame]):
    """The optimizers of `parameters` on its objective, step by step, until all have ended.

    Raises `ParameterError` if the start lies out of reach.
    """

    dtype: ClassVar[torch.dtype] = torch.float64
    prefers: ClassVar[Literal["cpu", "accelerator"]] = "cpu"
    observe_every: ClassVar[int] = 25

    def __init__(self, parameters: Descent, device: torch.device) -> None:
        super().__init__(parameters, device)
        self.objective = make_objective(parameters.objective, device, self.dtype)
        start = torch.tensor(_start_of(parameters, self.objective), device=device, dtype=self.dtype)
        racers = len(parameters.optimizers)
        self.positions = start.repeat(racers, 1)  # (R, d)
        self.previous = self.positions.clone()  # (R, d), before the last step
        self.gradients = torch.zeros_like(self.positions)  # (R, d), as the optimizers get them
        self._leaves = [row.detach().requires_grad_() for row in self.positions]  # (d,) each
        for leaf, gradient in zip(self._leaves, self.gradients, strict=True):
            leaf.grad = gradient
        self._optimizers = [
            spec.build([leaf])
            for spec, leaf in zip(parameters.optimizers, self._leaves, strict=True)
        ]
        self._arrivals = Arrivals(
            self.objective,
            racers,
            parameters.tolerance,
            parameters.gradient_tolerance,
            device,
            self.dtype,
        )
        shape = self.positions.shape
        self._history = Thinned(shape, shape[:1], device=device, dtype=self.dtype)
        self._generator = make_generator(device, parameters.seed)
        self._endings: list[Finish | None] = [None] * racers

    @property
    def length(self) -> int:
        return self.parameters.steps

    def step(self, n: int = 1) -> None:
        for _ in range(min(n, self.length - self.step_count)):
            self._step()

    def _step(self) -> None:
        step = self.step_count
        batch = self.objective.batch(step)
        losses = self._backward(batch)  # (R,)
        with torch.no_grad():
            if batch is not None:
                losses = self.objective.loss(self.positions)
            self._history.record(step, self.positions, losses)
            self._arrivals.look(
                step, self.positions, losses, self.gradients if batch is None else None
            )
            self._disturb()
            self.previous.copy_(self.positions)
            self._update(step)
            self._arrivals.hold(self.positions, self.previous)
        self.step_count += 1

    def _backward(self, batch: Tensor | None) -> Tensor:
        """The gradient of each racer into its row of `gradients`; the losses on `batch`, (R,)."""
        self.gradients.zero_()
        losses = []
        for leaf in self._leaves:
            loss = self.objective.loss(leaf, batch)
            if loss.requires_grad:  # a constant has no slope
                loss.backward()  # type: ignore[no-untyped-call]
            losses.append(loss.detach())
        return torch.stack(losses)

    def _disturb(self) -> None:
        """Add the noise of this step to all gradients, then clip those that are to be clipped."""
        if self.parameters.noise:
            self.gradients.add_(self._noise(self._generator), alpha=self.parameters.noise)
        for spec, gradient in zip(self.parameters.optimizers, self.gradients, strict=True):
            if spec.clip_norm or spec.clip_value:
                clip_gradient_(gradient, spec.clip_norm, spec.clip_value)

    def _noise(self, generator: torch.Generator | None) -> Tensor:
        width = self.objective.dimension
        return torch.randn(width, generator=generator, device=self.device, dtype=self.dtype)

    def _update(self, step: int) -> None:
        for spec, optimizer in zip(self.parameters.optimizers, self._optimizers, strict=True):
            if not isinstance(spec.schedule, ConstantSchedule):
                optimizer.param_groups[0]["lr"] = spec.rate(step)
            optimizer.step()

    def observe(self) -> None:
        losses, noted = self._look(self._arrivals)
        for i in range(len(self._endings)):
            self._endings[i] = self._ending(i, noted, to_host(losses))
        told = tuple(ending for ending in self._endings if ending is not None)
        if len(told) == len(self._endings):
            self.finished = together(told)

    def _look(self, arrivals: Arrivals) -> tuple[Tensor, Noted]:
        """The losses where the racers stand, (R,), and what `arrivals` notes with this point."""
        with torch.no_grad():
            losses = self.objective.loss(self.positions)
        batched = self.objective.batch(self.step_count) is not None
        gradients = None if batched else self.objective.gradient(self.positions)
        arrivals.look(self.step_count, self.positions, losses, gradients)
        return losses, arrivals.noted()

    def _ending(self, i: int, noted: Noted, losses: Array) -> Finish | None:
        """How racer `i` ended; None while it is under way. What was told of an arrival stays."""
        old = self._endings[i]
        limits = self.parameters
        if noted.left_at[i] >= 0:
            if old is not None and old.reason in ("diverged", "unbounded below"):
                return old
            course = self._course(i, int(noted.left_at[i]), losses)
            return left(self.objective, course, self._curvature_where_last_seen(i))
        if noted.reached_at[i] >= 0:
            if old is not None and old.reason == "converged":
                return old
            course = self._course(i, int(noted.reached_at[i]), losses)
            return reached(self.objective, course, limits.tolerance)
        is_over = self.step_count >= self.length
        if noted.resting_since[i] < 0 and not is_over:
            return None
        ground = ground_at(self.objective, self.positions[i], limits.gradient_tolerance)
        if noted.resting_since[i] >= 0:
            course = self._course(i, int(noted.resting_since[i]), losses)
            return rested(self.objective, course, ground, limits.gradient_tolerance)
        return unfinished(self.objective, self._course(i, self.step_count, losses), ground)

    def _course(self, i: int, step: int, losses: Array) -> Course:
        spec = self.parameters.optimizers[i]
        curve = self._history.kept(1)[i]  # (T,)
        return Course(
            label=self.names[i],
            optimizer=spec,
            step=step,
            rate=spec.rate(max(0, step - 1)),
            point=tuple(to_host(self.positions[i]).tolist()),
            loss=float(losses[i]),
            first_loss=float(to_host(curve[0])),
            half_way_loss=float(to_host(curve[len(curve) // 2])),
            noisy=bool(self.parameters.noise) or self.objective.steps_per_epoch > 1,
        )

    def _curvature_where_last_seen(self, i: int) -> float:
        """The largest eigenvalue at the last recorded point of racer `i` in the domain, or at its start."""
        path = to_host(self._history.kept(0)[i])  # (T, d)
        low, high = np.array(self.objective.domain).T
        inside = np.flatnonzero(((path >= low) & (path <= high)).all(axis=1))
        point = self._history.kept(0)[i, int(inside[-1]) if len(inside) else 0]
        return float(_eigenvalues(self.objective, point.unsqueeze(0))[0, -1])

    def adjust(self, parameters: Descent) -> None:
        super().adjust(parameters)
        for spec, optimizer in zip(parameters.optimizers, self._optimizers, strict=True):
            spec.update(optimizer, spec.rate(self.step_count))
        if self.finished is not None or self.step_count >= self.length:
            self.finished = None
            self.observe()

    def frame(self, watch: frozenset[str] = frozenset()) -> RaceFrame:
        losses, noted = self._look(self._arrivals.copy())
        gradients = self.objective.gradient(self.positions)  # (R, d)
        loss, slopes = to_host(losses), to_host(gradients)
        rates = np.array([spec.rate(self.step_count) for spec in self.parameters.optimizers])
        is_plain = np.array([isinstance(s, SGDParameters) for s in self.parameters.optimizers])
        promised = loss - rates * (slopes**2).sum(axis=-1)
        eigenvalues = self._eigenvalues(watch)
        batch = self.objective.batch(max(0, self.step_count - 1))
        return RaceFrame(
            step=self.step_count,
            names=self.names,
            axes=self.objective.axes,
            steps=np.array([*self._history.steps, self.step_count]),
            paths=to_host(self._history.with_last(0, self.positions)),
            losses=to_host(self._history.with_last(1, losses)),
            positions=to_host(self.positions),
            loss=loss,
            gradients=slopes,
            learning_rates=rates,
            last_steps=to_host(self.positions - self.previous),
            predicted=self._predicted(),
            promised=np.where(is_plain, promised, math.nan),
            batch=np.empty(0, dtype=np.int64) if batch is None else to_host(batch),
            epoch=self.step_count / self.objective.steps_per_epoch,
            velocities=self._moments("first_moment"),
            second_moments=self._moments("second_moment"),
            eigenvalues=eigenvalues,
            limits=_limits(self.parameters.optimizers, eigenvalues),
            status=tuple(self._status(i, noted) for i in range(len(loss))),
            sentences=tuple(self._sentence(i, noted, loss) for i in range(len(loss))),
            converged_at=noted.converged_at,
        )

    @cached_property
    def _constant_eigenvalues(self) -> Array:
        """Those of a quadratic, (R, d): the same at every point."""
        return _eigenvalues(self.objective, self.positions)

    def _eigenvalues(self, watch: frozenset[str]) -> Array:
        if self.objective.is_quadratic:
            return self._constant_eigenvalues
        if CURVATURE in watch:
            return _eigenvalues(self.objective, self.positions)
        return np.full(self.positions.shape, math.nan)

    def _predicted(self) -> Array:
        """What the slope before the last step promised for its end, (R,); NaN before the first."""
        if not self.step_count:
            return np.full(len(self._leaves), math.nan)
        with torch.no_grad():
            before = self.objective.loss(self.previous)
        slope = self.objective.gradient(self.previous)
        return to_host(before + (slope * (self.positions - self.previous)).sum(-1))

    @property
    def names(self) -> tuple[str, ...]:
        """The label of each racer, with a number behind it where two have the same."""
        labels = [spec.label for spec in self.parameters.optimizers]
        return tuple(
            f"{label} ({labels[:i].count(label) + 1})" if labels.count(label) > 1 else label
            for i, label in enumerate(labels)
        )
