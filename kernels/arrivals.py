"""Noting on the device, without waiting for it, at which step a racer arrived or left for good."""

import copy
import math
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from kernels.objectives import Objective
from kernels.simulation import Array, State, to_host

REACH = 1000.0  # half-widths of the domain from its middle: whoever is farther off has left


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """What was noted of R racers, read-only arrays (R,) each; -1 stands for never.

    `reached_at` is the first step at which the loss was within the tolerance of a known minimum;
    `resting_since` is the step since which the gradient has been below its tolerance; `left_at` is
    the step that led out of reach, or to where the loss is no number; `converged_at` is
    `reached_at`, or else `resting_since`.
    """

    reached_at: Array
    resting_since: Array
    left_at: Array
    converged_at: Array


class Arrivals:
    """The latches of R racers on one objective; `look` before each update, `hold` after it.

    A racer that leaves is held: at its last point within reach, or where the loss had no value. A
    local minimum counts for points up
    to half way to the nearest other one, the infimum for all.
    """

    def __init__(
        self,
        objective: Objective,
        racers: int,
        tolerance: float,
        gradient_tolerance: float,
        device: torch.device,
        dtype: torch.dtype,
    ) -> None:
        self._gradient_tolerance = gradient_tolerance
        domain = torch.tensor(objective.domain, device=device, dtype=dtype)  # (d, 2)
        self._middle = domain.mean(-1)  # (d,)
        self._reach = REACH * 0.5 * (domain[:, 1] - domain[:, 0])  # (d,)
        goals = _goals(objective)
        self._everywhere = min((v for _, v, r in goals if r == math.inf), default=None)
        if self._everywhere is not None:
            self._everywhere += tolerance
        near = [goal for goal in goals if goal[2] < math.inf]
        self._points = torch.tensor([p for p, _, _ in near], device=device, dtype=dtype)  # (K, d)
        self._ceilings = torch.tensor(
            [v + tolerance for _, v, _ in near], device=device, dtype=dtype
        )  # (K,)
        self._radii = torch.tensor([r for _, _, r in near], device=device, dtype=dtype)  # (K,)
        self._looked = -1  # the last step that was looked at
        self._latches = {
            "reached_at": torch.full((racers,), -1, device=device),
            "moving_at": torch.full((racers,), -1, device=device),  # the last step with a slope
            "left_at": torch.full((racers,), -1, device=device),
            "within": torch.ones(racers, device=device, dtype=torch.bool),
        }

    def look(self, step: int, positions: Tensor, losses: Tensor, gradients: Tensor | None) -> None:
        """Note who stands at a minimum, or on level ground, after `step` steps; twice does no harm.

        `positions` are (R, d), `losses` over all data (R,); `gradients`, (R, d), are those over all
        data, or None where they are not at hand: then nobody is found to rest.
        """
        self._looked = step
        reached_at, moving_at = self._latches["reached_at"], self._latches["moving_at"]
        is_first = self._reached(positions, losses).logical_and_(reached_at < 0)  # (R,)
        reached_at.masked_fill_(is_first, step)
        self._let_go(losses.isfinite(), step)
        if gradients is None:
            moving_at.fill_(step)
            return
        is_level = torch.linalg.vector_norm(gradients, dim=-1) <= self._gradient_tolerance  # (R,)
        moving_at.masked_fill_(is_level.logical_not_(), step)

    def hold(self, step: int, positions: Tensor, previous: Tensor) -> None:
        """After update number `step`, from `previous` to `positions`, (R, d), put back who left."""
        is_near = positions.sub(self._middle).abs_().le(self._reach).all(-1)  # (R,), NaN is not
        self._let_go(is_near, step)
        within = self._latches["within"].unsqueeze(-1)  # (R, 1)
        torch.where(within, positions, previous, out=positions)

    def _let_go(self, stays: Tensor, step: int) -> None:
        """Note `step` of those who do not stay, (R,), and have not left before."""
        within = self._latches["within"]
        self._latches["left_at"].masked_fill_(within > stays, step)
        within.logical_and_(stays)

    def noted(self) -> Noted:
        """What was noted so far, on the host."""
        host = {name: to_host(latch) for name, latch in self._latches.items()}
        rests = host["moving_at"] < self._looked
        resting_since = np.where(rests, host["moving_at"] + 1, -1)
        return Noted(
            reached_at=host["reached_at"],
            resting_since=resting_since,
            left_at=host["left_at"],
            converged_at=np.where(host["reached_at"] >= 0, host["reached_at"], resting_since),
        )

    def copy(self) -> "Arrivals":
        """The same latches in memory of their own, to look with and throw away."""
        twin = copy.copy(self)
        twin._latches = {name: latch.clone() for name, latch in self._latches.items()}
        return twin

    def state(self) -> State:
        """The latches, in memory of their own."""
        return {"looked": self._looked} | {n: latch.clone() for n, latch in self._latches.items()}

    def restore(self, state: State) -> None:
        """Go back to the latches of `state`."""
        self._looked = state["looked"]
        for name, latch in self._latches.items():
            latch.copy_(state[name])

    def _reached(self, positions: Tensor, losses: Tensor) -> Tensor:
        if self._everywhere is not None:
            reached = losses <= self._everywhere  # (R,)
        else:
            reached = torch.zeros_like(losses, dtype=torch.bool)
        if len(self._radii):
            offsets = positions.unsqueeze(1) - self._points  # (R, K, d)
            is_near = torch.linalg.vector_norm(offsets, dim=-1).le_(self._radii)  # (R, K)
            is_low = losses.unsqueeze(-1) <= self._ceilings  # (R, K)
            reached.logical_or_(is_near.mul_(is_low).any(-1))
        return reached


def _goals(objective: Objective) -> list[tuple[tuple[float, ...], float, float]]:
    """The known minima as (point, value, radius within which it counts), the infimum among them."""
    goals = []
    points = [minimum.point for minimum in objective.minima]
    for minimum in objective.minima:
        others = [math.dist(minimum.point, p) for p in points if p != minimum.point]
        is_deepest = minimum.value == objective.infimum
        radius = math.inf if is_deepest or not others else 0.5 * min(others)
        goals.append((minimum.point, minimum.value, radius))
    if objective.infimum is not None and math.isfinite(objective.infimum):
        goals.append((objective.start, objective.infimum, math.inf))
    return goals
