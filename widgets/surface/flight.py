"""A path over or under a surface, at heights of its own."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from widgets.plots.plane import Floats
from widgets.surface.mesh import SurfaceMesh

_MOST_DROPS = 40
_APART = 0.04  # in the box, whose sides are 2 long, from one drop-line to the next


@dataclass(frozen=True, slots=True, eq=False)
class Flight:
    """A way through `points` (T, 3): places of the plane, and heights as the surface is drawn.

    Drop-lines join it with the surface, so that one sees how far over or under it is. It ends in a
    ball.
    """

    name: str
    points: NDArray[np.floating]
    color: str
    dash: tuple[float, ...] = ()
    width: float = 2.0
    ball: float = 12.0


def flown(flight: Flight, mesh: SurfaceMesh) -> Floats:
    """The points of a flight (T, 3) in the box."""
    x, y, z = np.asarray(flight.points, dtype=np.float64).reshape(-1, 3).T
    placed = mesh.toBox(x, y)
    beside = (np.abs(placed[:, :2]) > 1).any(axis=1)
    placed[:, 2] = np.where(beside, np.nan, mesh.toBoxHeight(z))
    return placed


def drops(placed: Floats, mesh: SurfaceMesh) -> list[Floats]:
    """Lines (2, 3) from `placed` points (T, 3) of a flight, as `flown` gives them, to the surface.

    They are not too close to each other; the last point has one.
    """
    found: list[Floats] = []
    known = placed[np.isfinite(placed).all(axis=1)]
    feet = known.copy()
    feet[:, 2] = mesh.heightAt(known[:, 0], known[:, 1])
    at: list[float] | None = None
    for top, foot in reversed(list(zip(known.tolist(), feet.tolist(), strict=True))):
        is_apart = at is None or math.dist(top, at) >= _APART
        if is_apart and math.isfinite(foot[2]):
            found.append(np.array([top, foot]))
            at = top
        if len(found) == _MOST_DROPS:
            break
    return found
