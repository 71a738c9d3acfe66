"""The plane of a plot: which pixel a pair of numbers falls on, and back."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

_FARTHEST = 1e12


@dataclass(frozen=True, slots=True)
class Plane:
    """An affine map between the coordinates of a plot and pixels.

    `x` and `y` are the ranges on the axes, as log10 where `log_x` or `log_y`; (left, top) and
    (width, height) the rectangle of pixels that they fill. The y of a plot
    counts upwards, that of pixels downwards.
    """

    x: tuple[float, float]
    y: tuple[float, float]
    left: float
    top: float
    width: float
    height: float
    log_x: bool = False
    log_y: bool = False

    def toPixels(self, x: ArrayLike, y: ArrayLike) -> Floats:
        """Pixels (..., 2) of points (...), `x` and `y` broadcast against each other.

        NaN where a coordinate is not finite or has no logarithm, and where one lies beyond 10¹²
        times the range: nothing could be computed with it.
        """
        across = self._fraction(x, self.x, self.log_x)
        up = self._fraction(y, self.y, self.log_y)
        pixels = np.empty((*np.broadcast_shapes(across.shape, up.shape), 2))
        pixels[..., 0] = self.left + across * self.width
        pixels[..., 1] = self.top + (1 - up) * self.height
        return pixels

    def fromPixels(self, px: float, py: float) -> tuple[float, float]:
        """The point of the plot at a pixel."""
        across = (px - self.left) / self.width
        up = 1 - (py - self.top) / self.height
        x = self.x[0] + across * (self.x[1] - self.x[0])
        y = self.y[0] + up * (self.y[1] - self.y[0])
        return 10.0**x if self.log_x else x, 10.0**y if self.log_y else y

    def perUnit(self) -> tuple[float, float]:
        """How many pixels a unit of x and of y take, y counted upwards."""
        return self.width / (self.x[1] - self.x[0]), self.height / (self.y[1] - self.y[0])

    @staticmethod
    def _fraction(values: ArrayLike, ends: tuple[float, float], log: bool) -> Floats:
        array = np.atleast_1d(np.asarray(values, dtype=np.float64))
        with np.errstate(all="ignore"):
            if log:
                array = np.log10(array)
            fraction = (array - ends[0]) / (ends[1] - ends[0])
        fraction[~(np.abs(fraction) < _FARTHEST)] = np.nan
        return fraction
