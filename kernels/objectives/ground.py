"""What lies under a point of a loss surface: minimum, saddle, plateau or slope, and why.

Where second derivatives cannot decide (plateaus, the monkey saddle), do not exist (Ackley's tip) or
say what the ground around does not bear out (near x**3 = 0), a ring of probes does.
"""

import math
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np
import torch
from torch import Tensor

from kernels.objectives.catalogue import Objective
from kernels.simulation import Array, to_host

GroundKind = Literal["minimum", "maximum", "saddle", "plateau", "slope", "undefined"]

PROBES = 72  # on the ring: one every 5 degrees
RING = 0.01  # its radius, as a share of the smaller half-width of the domain
FLAT = 1e-7  # eigenvalues smaller than this, beside the largest or 1, count as zero
SEARCHES = 100  # rings tried on the way to the lowest point near by
TIP = 1e-4  # how near to it, beside the ring, its slope is taken
ROUNDING = 1e-12  # differences of the loss smaller than this, beside the loss or 1, count as zero


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What lies under a point: its kind, a phrase for it, and the numbers that decided.

    `eigenvalues` of the Hessian, rising; `slope` the length of the gradient; `ways_down` counts the
    separate directions in which the ring falls, -1 if no ring was needed; `radius` is that of the
    ring, 0 if none.
    """

    kind: GroundKind
    phrase: str
    eigenvalues: tuple[float, ...]
    slope: float
    ways_down: int = -1
    radius: float = 0.0


def ground_at(objective: Objective, point: Tensor, gradient_tolerance: float) -> Ground:
    """What lies under `point`, (d,). Waits for the device."""
    with torch.no_grad():
        loss = float(to_host(objective.loss(point)))
    hessian = to_host(objective.hessian(point))
    slope = float(np.linalg.norm(to_host(objective.gradient(point))))
    if not (math.isfinite(loss) and math.isfinite(slope) and np.isfinite(hessian).all()):
        phrase = "a place where the loss, or its slope, has no finite value"
        return Ground(kind="undefined", phrase=phrase, eigenvalues=(), slope=slope)
    eigenvalues = np.linalg.eigvalsh(hessian)  # (d,)
    ground = partial(Ground, eigenvalues=tuple(map(float, eigenvalues)), slope=slope)
    radius = RING * min(high - low for low, high in objective.domain) / 2
    if slope > gradient_tolerance:
        kind, phrase, ways_down = _on_a_slope(objective, point, radius)
    else:
        rises = rises_around(objective, point, radius)
        kind, phrase, ways_down = _by_ring(rises)
        # Below twice slope / radius a stationary point may lie elsewhere in the ring, or in none:
        level = max(FLAT * max(1.0, float(np.abs(eigenvalues).max())), 2 * slope / radius)
        decided = _by_curvature(eigenvalues, level)
        if decided and _is_borne_out(decided, rises, ways_down):
            return ground(kind=decided, phrase=f"a {decided}")
        phrase = f"{phrase}; second derivatives cannot decide this, a ring of probes does"
    return ground(kind=kind, phrase=phrase, ways_down=ways_down, radius=radius)


def rises_around(objective: Objective, point: Tensor, radius: float) -> Array:
    """By how much the loss lies higher on a ring around `point`, (d,) -> (PROBES,).

    For d = 1 the ring is the two points beside it. What rounding alone could make counts as 0.
    """
    with torch.no_grad():
        around = to_host(objective.loss(ring(point, radius)))
        here = float(to_host(objective.loss(point)))
    rises = around - here
    rises[np.abs(rises) <= ROUNDING * max(1.0, abs(here))] = 0.0
    return np.asarray(rises)


def probes_around(
    objective: Objective, point: tuple[float, ...], radius: float
) -> tuple[Array, Array]:
    """The ring of probes around `point`: the points, (P, d), and how much higher they lie, (P,)."""
    center = torch.tensor(point, dtype=torch.float64, device=objective.device)
    return to_host(ring(center, radius)), rises_around(objective, center, radius)


def lowest_near(objective: Objective, point: Tensor, radius: float) -> Tensor:
    """The lowest point, (d,), that a shrinking ring of probes finds downhill of `point`.

    Compass search (Kolda, Lewis and Torczon, SIAM Review 45(3), 2003): it needs no derivatives.
    """
    with torch.no_grad():
        for _ in range(SEARCHES):
            candidates = torch.cat([point.unsqueeze(0), ring(point, radius)])  # (1 + P, d)
            best = int(to_host(objective.loss(candidates)).argmin())
            point = candidates[best]
            if best == 0:
                radius /= 2
    return point


def ring(point: Tensor, radius: float) -> Tensor:
    """The probes around `point`, (d,) -> (PROBES, d), or (2, d) for d = 1."""
    if len(point) == 1:
        offsets = torch.tensor([[-1.0], [1.0]], device=point.device, dtype=point.dtype)
    else:
        angles = torch.arange(PROBES, device=point.device, dtype=point.dtype)
        angles = angles * (2 * math.pi / PROBES)
        offsets = torch.stack([angles.cos(), angles.sin()], dim=-1)
    return point + radius * offsets


def _on_a_slope(objective: Objective, point: Tensor, radius: float) -> tuple[GroundKind, str, int]:
    """What lies under a point with a slope: that, or a minimum so near that a ring rises."""
    if not (rises_around(objective, point, radius) > 0).all():
        return "slope", "a slope", -1
    lowest = lowest_near(objective, point, radius)
    slopes = torch.linalg.vector_norm(objective.gradient(ring(lowest, TIP * radius)), dim=-1)
    average = float(rises_around(objective, lowest, radius).min()) / radius
    if float(to_host(slopes.min())) > 0.1 * average:
        return "minimum", "a minimum with a kink, where the slope does not vanish", 0
    return "minimum", f"ground within {radius:.2g} of a minimum: a ring of probes rises", 0


def _by_curvature(eigenvalues: Array, level: float) -> GroundKind | None:
    """What the second derivatives say of a point without slope; None if they cannot decide."""
    ups, downs = bool((eigenvalues > level).any()), bool((eigenvalues < -level).any())
    if ups and downs:
        return "saddle"
    if (np.abs(eigenvalues) <= level).any():
        return None
    return "minimum" if ups else "maximum"


def _is_borne_out(kind: GroundKind, rises: Array, ways_down: int) -> bool:
    """Whether a ring does not gainsay what the second derivatives in its middle say.

    A saddle is gainsaid by a ring with other than two ways down, not by one that sees less of it.
    """
    if kind == "minimum":
        return not (rises < 0).any()
    if kind == "maximum":
        return not (rises > 0).any()
    return ways_down == 2 or not ((rises > 0).any() and (rises < 0).any())


def _by_ring(rises: Array) -> tuple[GroundKind, str, int]:
    """What the rises and falls around a point say, and the number of separate ways down."""
    signs = np.sign(rises[np.isfinite(rises)])
    moves = signs[signs != 0]
    if not len(moves):
        return "plateau", "a plateau", 0
    if (moves > 0).all():
        level = len(moves) < len(signs)
        return "minimum", "the floor of a trough" if level else "a minimum", 0
    if (moves < 0).all():
        return "maximum", "the top of a ridge" if len(moves) < len(signs) else "a maximum", 1
    ways_down = int((np.diff(np.append(moves, moves[0])) < 0).sum())
    if ways_down == 1:
        return "slope", "a slope, all but level just here, that falls to one side", 1
    return "saddle", f"a saddle with {ways_down} ways down", ways_down
