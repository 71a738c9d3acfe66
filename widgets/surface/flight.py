"""A path over or under a surface, at heights of its own."""

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


def drops(flight: Flight, mesh: SurfaceMesh) -> list[Floats]:
    """Lines (2, 3) from points of a flight to the surface, not too close, the last point's too."""
    found: list[Floats] = []
    placed = flown(flight, mesh)
    known = placed[np.isfinite(placed).all(axis=1)]
    feet = known.copy()
    feet[:, 2] = mesh.heightAt(known[:, 0], known[:, 1])
    at: Floats | None = None
    for top, foot in reversed(list(zip(known, feet, strict=True))):
        is_apart = at is None or float(np.linalg.norm(top - at)) >= _APART
        if is_apart and np.isfinite(foot[2]):
            found.append(np.stack([top, foot]))
            at = top
        if len(found) == _MOST_DROPS:
            break
    return found
