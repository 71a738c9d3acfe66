"""A surface that becomes finer bit by bit, so many points at a time."""

from dataclasses import dataclass, field

import torch
from torch import Tensor

from kernels.landscape.plane import Plane

COARSE = (7, 13, 25)  # points a side, before the grid that is wanted
Range = tuple[float, float]


def grids(resolution: int) -> tuple[int, ...]:
    """The grids, in points a side, over which a surface becomes as fine as `resolution`."""
    return (*(side for side in COARSE if side < resolution), resolution)


def steps_of(resolution: int, points: int) -> int:
    """How many times `points` points are to be given until the finest grid is complete."""
    return sum(-(-side * side // points) for side in grids(resolution))


@dataclass(eq=False)
class Refinement:
    """The surface over `plane` within `x_range` and `y_range`, on one grid after the other.

    Attributes
    ----------
    step
        Of which step of the run it is.
    buffers
        The running statistics of that step.
    explained
        The share of the variance of the path until then that lies along the plane, or NaN.
    chance
        The share that pure random walks like it have in the best plane of theirs, or NaN.
    snapshots
        How many points of the path that was.
    surface
        The loss on the finest grid that is complete, (side, side), rows along y from low to high;
        None before the first.
    """

    plane: Plane
    x_range: Range
    y_range: Range
    resolution: int
    step: int
    buffers: dict[str, Tensor] = field(default_factory=dict)
    explained: float = float("nan")
    chance: float = float("nan")
    snapshots: int = 1
    surface: Tensor | None = None
    _grid: int = 0  # its number
    _parts: list[Tensor] = field(default_factory=list)
    _done: int = 0  # points of this grid

    @property
    def is_complete(self) -> bool:
        return self._grid == len(grids(self.resolution))

    def coming(self, points: int) -> Tensor:
        """The coordinates of the next `points` points, or fewer at the end of a grid: (P, 2)."""
        side = grids(self.resolution)[self._grid]
        numbers = range(self._done, min(self._done + points, side * side))
        (x0, x1), (y0, y1) = self.x_range, self.y_range
        across, along = (x1 - x0) / (side - 1), (y1 - y0) / (side - 1)
        found = [(x0 + k % side * across, y0 + k // side * along) for k in numbers]
        origin = self.plane.origin
        return torch.tensor(found, device=origin.device, dtype=origin.dtype)

    def put(self, losses: Tensor) -> None:
        """Take the losses, (P,), at the points that `coming` gave."""
        side = grids(self.resolution)[self._grid]
        self._parts.append(losses)
        self._done += len(losses)
        if self._done == side * side:
            self.surface = torch.cat(self._parts).reshape(side, side)
            self._parts, self._done, self._grid = [], 0, self._grid + 1
