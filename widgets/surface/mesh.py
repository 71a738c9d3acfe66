"""A surface as a mesh in a box of 2 x 2 x 1: vertices, normals, and where a ray meets it."""

import numpy as np
from numpy.typing import NDArray

from widgets.plots.plane import Floats
from widgets.plots.ranges import Range
from widgets.surface.camera import BOX_HEIGHT

_SIGHT_STEPS = 600


class SurfaceMesh:
    """`heights` (H, W) over ranges of x and y, scaled into the box; rows run along y.

    The box reaches from the lowest to the highest, or over `z_range`, in which they then lie. Where
    a height is not finite the surface has a hole.
    """

    def __init__(
        self,
        heights: NDArray[np.floating],
        x_range: Range,
        y_range: Range,
        z_range: Range | None = None,
    ) -> None:
        finite = heights[np.isfinite(heights)]
        self.x_range, self.y_range = x_range, y_range
        ends = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
        self.low, self.high = z_range or ends
        self.z = self.toBoxHeight(np.asarray(heights, dtype=np.float64))  # (H, W), 0 to 1

    def toBoxHeight(self, heights: NDArray[np.floating]) -> Floats:
        span = self.high - self.low
        return np.asarray((heights - self.low) / (span or 1.0) * BOX_HEIGHT)

    def toBox(self, x: NDArray[np.floating], y: NDArray[np.floating]) -> Floats:
        """The points of the surface (N, 3) in the box above (x, y); NaN beside it and in holes."""
        across = _place(x, self.x_range)
        along = _place(y, self.y_range)
        return np.stack([across, along, self.heightAt(across, along)], axis=1)

    def fromBox(self, across: float, along: float) -> tuple[float, float]:
        """The coordinates (x, y) of a place in the box."""
        (x0, x1), (y0, y1) = self.x_range, self.y_range
        return x0 + (across + 1) / 2 * (x1 - x0), y0 + (along + 1) / 2 * (y1 - y0)

    def heightAt(self, across: Floats, along: Floats) -> Floats:
        """The height of the surface (N,) at places of the box, -1 to 1; bilinear as it is drawn."""
        rows, columns = self.z.shape
        with np.errstate(invalid="ignore"):
            column, row = (across + 1) / 2 * (columns - 1), (along + 1) / 2 * (rows - 1)
            outside = ~((column >= 0) & (column <= columns - 1) & (row >= 0) & (row <= rows - 1))
        column, row = np.where(outside, 0, column), np.where(outside, 0, row)
        j = np.minimum(column.astype(np.intp), max(columns - 2, 0))
        i = np.minimum(row.astype(np.intp), max(rows - 2, 0))
        u, v = column - j, row - i
        j1, i1 = np.minimum(j + 1, columns - 1), np.minimum(i + 1, rows - 1)
        with np.errstate(invalid="ignore"):  # beside an infinite height there is none
            low = self.z[i, j] * (1 - u) + self.z[i, j1] * u
            high = self.z[i1, j] * (1 - u) + self.z[i1, j1] * u
            height = low * (1 - v) + high * v
        return np.where(outside | ~np.isfinite(height), np.nan, height)

    def vertices(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Positions and unit normals, (H * W, 3) each; holes are filled with the floor."""
        rows, columns = self.z.shape
        z = np.nan_to_num(self.z, nan=0.0, posinf=0.0, neginf=0.0)
        across, along = np.linspace(-1, 1, columns), np.linspace(-1, 1, rows)
        x, y = np.meshgrid(across, along)
        slope_y, slope_x = np.gradient(z, along, across)
        normals = np.stack([-slope_x, -slope_y, np.ones_like(z)], axis=-1).reshape(-1, 3)
        normals /= np.linalg.norm(normals, axis=1, keepdims=True)
        positions = np.stack([x, y, z], axis=-1).reshape(-1, 3)
        return positions.astype(np.float32), normals.astype(np.float32)

    def faces(self) -> NDArray[np.uint32]:
        """Triangles (M, 3) of vertices that are all known."""
        rows, columns = self.z.shape
        index = np.arange(rows * columns, dtype=np.uint32).reshape(rows, columns)
        a, b = index[:-1, :-1].ravel(), index[:-1, 1:].ravel()
        c, d = index[1:, 1:].ravel(), index[1:, :-1].ravel()
        triangles = np.concatenate([np.stack([a, b, c], 1), np.stack([a, c, d], 1)])
        known = np.isfinite(self.z).ravel()
        kept: NDArray[np.uint32] = triangles[known[triangles].all(axis=1)]
        return kept

    def hit(self, origin: Floats, direction: Floats) -> tuple[float, float] | None:
        """Where (x, y) a line of sight first meets the surface, on either side; None if never."""
        span = _through_box(origin, direction)
        if span is None:
            return None
        t = np.linspace(*span, _SIGHT_STEPS)
        points = origin + t[:, None] * direction
        above = points[:, 2] - self.heightAt(points[:, 0], points[:, 1])
        met = np.flatnonzero((above[1:] * above[:-1] <= 0) & (above[1:] != above[:-1]))
        if not len(met):
            return None
        i = met[0]
        share = above[i] / (above[i] - above[i + 1])
        at = points[i] + share * (points[i + 1] - points[i])
        return self.fromBox(float(at[0]), float(at[1]))


def _place(values: NDArray[np.floating], ends: Range) -> Floats:
    return (np.asarray(values, dtype=np.float64) - ends[0]) / (ends[1] - ends[0]) * 2 - 1


def _through_box(origin: Floats, direction: Floats) -> tuple[float, float] | None:
    """Where along a line it enters and leaves the box, a little enlarged."""
    low = np.array([-1.0, -1.0, -1e-3])
    high = np.array([1.0, 1.0, BOX_HEIGHT + 1e-3])
    with np.errstate(divide="ignore", invalid="ignore"):
        one, other = (low - origin) / direction, (high - origin) / direction
    enter = float(np.nanmax(np.minimum(one, other)))
    leave = float(np.nanmin(np.maximum(one, other)))
    return (enter, leave) if max(enter, 0.0) < leave else None
