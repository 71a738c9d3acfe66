"""Noting on the device, without waiting for it, since when a racer has arrived, rested or left.

A racer has arrived at the step since which it has stayed: one that flies through a minimum passes
the tolerance and goes on. At a local minimum, whose level is passed elsewhere too, it must also lie
as near as the second derivatives there let a point of such a loss lie.
"""

import math
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from kernels.objectives.catalogue import Objective
from kernels.simulation import Array, State, to_host

REACH = 1000.0  # half-widths of the domain from its middle: whoever is farther off has left
STRIDE = 1e-6  # half-widths of the domain: whoever steps farther does not rest
SLACK = 4.0  # by how much the quadratic model of a local minimum may exceed the tolerance
# The latches that hold a number for each racer; `moving_at` is the last step with a slope, or from
# which one moved.
NUMBERS = ("goals", "within_since", "moving_at", "left_at")
SETTLE = 25  # steps that one must stay at least before its arrival counts
SHARE = 0.25  # of the steps that it took to get there: so long, too


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """What was noted of R racers after `looked` steps, read-only arrays (R,) each; -1 is never.

    `within_since` is the step since which the loss has stayed within the tolerance of one known
    minimum, `goals` the index of that minimum, or their number where it is an infimum that none of
    them has. `resting_since` is the step since which the gradient has been below its tolerance and
    no step has been taken worth the name. `left_at` is the step that led out of reach, or to where
    the loss is no number; `exits`, (R, d), is where it led, NaN for those who stay.
    """

    looked: int
    goals: Array
    within_since: Array
    resting_since: Array
    left_at: Array
    exits: Array

    def settled(self, i: int) -> bool:
        """Whether racer `i` has stayed so long that it counts as arrived, or at rest."""
        stays = (int(since[i]) for since in (self.within_since, self.resting_since))
        return any(since >= 0 and self.looked - since >= settling(since) for since in stays)


def settling(since: int) -> float:
    """How many steps one who came at step `since` must stay before that counts."""
    return max(SETTLE, SHARE * since)


class Arrivals:
    """The latches of R racers on one objective; `look` before each update, `hold` after it.

    A racer that leaves is held: at its last point within reach, or where the loss had no value.
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
        self._stride = STRIDE * 0.5 * min(high - low for low, high in objective.domain)
        self._goals = _Goals(objective, tolerance, device, dtype)
        self._looked = -1  # the last step that was looked at
        exits = torch.full((racers, objective.dimension), math.nan, device=device, dtype=dtype)
        self._set_latches(
            torch.full((len(NUMBERS), racers), -1, device=device),
            torch.ones(racers, device=device, dtype=torch.bool),
            exits,
        )

    def _set_latches(self, numbers: Tensor, within: Tensor, exits: Tensor) -> None:
        self._numbers = numbers  # (4, R)
        self._latches = {
            **dict(zip(NUMBERS, numbers, strict=True)),
            "within": within,
            "exits": exits,
        }

    def look(self, step: int, positions: Tensor, losses: Tensor, gradients: Tensor | None) -> None:
        """Note who stands at a minimum, or on level ground, after `step` steps; twice does no harm.

        `positions` are (R, d), `losses` over all data (R,); `gradients`, (R, d), are those over all
        data, or None where they are not at hand: then nobody is found to rest.
        """
        self._looked = step
        goals, moving_at = self._latches["goals"], self._latches["moving_at"]
        present = self._goals.reached(positions, losses)  # (R,)
        self._latches["within_since"].masked_fill_(present != goals, step)
        goals.copy_(present)
        self._let_go(losses.isfinite(), step, positions)
        if gradients is None:
            moving_at.fill_(step)
            return
        is_level = torch.linalg.vector_norm(gradients, dim=-1) <= self._gradient_tolerance  # (R,)
        moving_at.masked_fill_(is_level.logical_not_(), step)

    def hold(self, step: int, positions: Tensor, previous: Tensor) -> None:
        """After update number `step`, from `previous` to `positions`, (R, d), put back who left."""
        strides = torch.linalg.vector_norm(positions - previous, dim=-1)  # (R,)
        self._latches["moving_at"].masked_fill_(strides > self._stride, step - 1)
        is_near = positions.sub(self._middle).abs_().le(self._reach).all(-1)  # (R,), NaN is not
        self._let_go(is_near, step, positions)
        within = self._latches["within"].unsqueeze(-1)  # (R, 1)
        torch.where(within, positions, previous, out=positions)

    def _let_go(self, stays: Tensor, step: int, positions: Tensor) -> None:
        """Note `step` and place of those who do not stay, (R,), and have not left before."""
        within, exits = self._latches["within"], self._latches["exits"]
        leaves = within > stays  # (R,)
        self._latches["left_at"].masked_fill_(leaves, step)
        torch.where(leaves.unsqueeze(-1), positions, exits, out=exits)
        within.logical_and_(stays)

    def noted(self) -> Noted:
        """What was noted so far, on the host."""
        host = dict(zip(NUMBERS, to_host(self._numbers), strict=True))
        # A step must have been taken since, and have led nowhere:
        rests = host["moving_at"] + 1 < self._looked
        return Noted(
            looked=self._looked,
            goals=host["goals"],
            within_since=np.where(host["goals"] >= 0, host["within_since"], -1),
            resting_since=np.where(rests, host["moving_at"] + 1, -1),
            left_at=host["left_at"],
            exits=to_host(self._latches["exits"]),
        )

    def state(self) -> State:
        """The latches, in memory of their own."""
        return {"looked": self._looked} | {n: latch.clone() for n, latch in self._latches.items()}

    def restore(self, state: State) -> None:
        """Go back to the latches of `state`."""
        self._looked = state["looked"]
        for name, latch in self._latches.items():
            latch.copy_(state[name])


class _Goals:
    """The K known minima of an objective, and its infimum where it is finite and none has it."""

    def __init__(
        self, objective: Objective, tolerance: float, device: torch.device, dtype: torch.dtype
    ) -> None:
        minima, infimum = objective.minima, objective.infimum
        self._tolerance = tolerance
        self._count = len(minima)
        is_missing = infimum is not None and all(m.value != infimum for m in minima)
        self._floor = infimum if is_missing and math.isfinite(infimum or 0.0) else None
        if not minima:
            return
        points = torch.tensor([m.point for m in minima], device=device, dtype=dtype)  # (K, d)
        values = torch.tensor([m.value for m in minima], device=device, dtype=dtype)  # (K,)
        self._points, self._values = points.unsqueeze(1), values.unsqueeze(1)  # (K, 1, d), (K, 1)
        self._hessians = None
        if any(m.value != infimum for m in minima):
            self._hessians = objective.hessian(points)  # (K, d, d)
            most = [math.inf if m.value == infimum else SLACK * tolerance for m in minima]
            self._most = torch.tensor(most, device=device, dtype=dtype).unsqueeze(1)  # (K, 1)

    def reached(self, positions: Tensor, losses: Tensor) -> Tensor:
        """The index of the nearest goal that each of `positions`, (R, d), has reached, or -1."""
        if self._count:
            goals = self._nearest(positions, losses)  # (R,)
        else:
            goals = torch.full(losses.shape, -1, device=losses.device)
        if self._floor is not None:
            is_low = (losses <= self._floor + self._tolerance).logical_and_(goals < 0)
            goals.masked_fill_(is_low, self._count)
        return goals

    def _nearest(self, positions: Tensor, losses: Tensor) -> Tensor:
        offsets = positions - self._points  # (K, R, d)
        is_there = (losses - self._values).abs_() <= self._tolerance  # (K, R)
        if self._hessians is not None:
            rises: Tensor = (
                torch.bmm(offsets, self._hessians).mul_(offsets).sum(-1).mul_(0.5)
            )  # (K, R)
            is_there.logical_and_(rises <= self._most)
        distances = torch.linalg.vector_norm(offsets, dim=-1)  # (K, R)
        least, goals = torch.min(distances.masked_fill_(is_there.logical_not_(), math.inf), dim=0)
        return goals.masked_fill_(least.isinf(), -1)
