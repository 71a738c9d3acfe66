"""A matrix as colours: magnitudes, signs or kinds."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PySide6.QtWidgets import QWidget

from widgets.colors import diverging, sequential
from widgets.image_plot import ImagePlot
from widgets.numbers import format_number
from widgets.pictures import color_table, rgb_of
from widgets.ranges import Range, data_range, linear_ticks
from widgets.shapes import Curve, Points, Shape
from widgets.style import Style

Scale = Literal["sequential", "diverging", "categorical"]


class HeatMap(ImagePlot):
    """Cells in colours over a plane whose axes may be logarithmic, with lines and points on top.

    Cells that are NaN are grey. The cursor reads off the cell. It reports the gestures of `Plot`.
    """

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        self._matrix: NDArray[np.floating] | None = None
        self._ranges: tuple[Range, Range] = ((0.0, 1.0), (0.0, 1.0))
        self._scale: Scale = "sequential"
        self._shown: Range | None = None
        self._kinds: tuple[tuple[str, str], ...] = ()
        self._quantity = ""
        super().__init__(style, parent)
        for layer in ("curves", "points"):
            self._layers[layer] = ()

    def setMatrix(
        self,
        values: NDArray[np.floating],
        x_range: Range,
        y_range: Range,
        *,
        scale: Scale = "sequential",
        color_range: Range | None = None,
        quantity: str = "",
    ) -> None:
        """Show `values` (H, W), row 0 at the low y; the ranges are those of the outer edges.

        On a log axis the cells are evenly spaced in the logarithm. `color_range` holds the colours
        still; without it they span the data, on a diverging scale alike on both sides of 0. On a
        categorical scale values are numbers of `setCategories`. `quantity` names the values.
        """
        self._matrix, self._ranges, self._scale = values, (x_range, y_range), scale
        self._shown, self._quantity = color_range, quantity
        self._color()
        self._bar.show()

    def setCategories(self, kinds: Sequence[tuple[str, str]]) -> None:
        """Say what the numbers 0, 1, ... of a categorical matrix mean: (name, colour) each."""
        self._kinds = tuple(kinds)
        self._color()

    def setCurves(self, curves: Sequence[Curve]) -> None:
        """Draw these lines over the map."""
        self._setLayer("curves", curves)

    def setPoints(self, points: Sequence[Points | Shape]) -> None:
        """Draw these points over the map."""
        self._setLayer("points", points)

    def colorRange(self) -> Range:
        """The numbers at the two ends of the colours."""
        if self._shown is not None:
            return self._shown
        found = data_range(self._matrix) if self._matrix is not None else None
        low, high = found or (0.0, 1.0)
        if self._scale == "diverging":
            high = max(abs(low), abs(high)) or 1.0
            low = -high
        return (low, high) if high > low else (low, low + 1.0)

    def _color(self) -> None:
        if self._matrix is None:
            return
        missing = np.isnan(self._matrix)
        if self._scale == "categorical":
            rgb = self._colorKinds(self._matrix)
        else:
            low, high = self.colorRange()
            table = sequential() if self._scale == "sequential" else diverging()
            rgb = color_table(table, (self._matrix - low) / (high - low))
            ticks = linear_ticks(low, high, 6)
            self._bar.setTicks(table, ticks, (low, high))
        rgb[missing] = rgb_of(self._style.color("line"))
        self._put(rgb, *self._ranges, smooth=False)

    def _colorKinds(self, matrix: NDArray[np.floating]) -> NDArray[np.uint8]:
        colors = [rgb_of(self._style.color("muted").fromString(color)) for _, color in self._kinds]
        table = np.array(colors, dtype=np.uint8).reshape(-1, 3)
        self._bar.setNames(table, [name for name, _ in self._kinds])
        if not len(table):
            return np.zeros((*matrix.shape, 3), dtype=np.uint8)
        index = np.nan_to_num(matrix, nan=0).astype(np.intp)
        colored: NDArray[np.uint8] = table[np.clip(index, 0, len(table) - 1)]
        return colored

    def _readOff(self) -> str:
        if self._matrix is None or self._cursor is None:
            return ""
        plane = self.plane()
        across = (self._cursor.x() - plane.left) / plane.width
        up = 1 - (self._cursor.y() - plane.top) / plane.height
        rows, columns = self._matrix.shape
        value = self._matrix[min(int(up * rows), rows - 1), min(int(across * columns), columns - 1)]
        if self._scale == "categorical" and np.isfinite(value) and int(value) < len(self._kinds):
            return self._kinds[int(value)][0]
        x, y = plane.fromPixels(self._cursor.x(), self._cursor.y())
        at = f"({format_number(x, 3)}, {format_number(y, 3)})"
        return f"{self._quantity} {format_number(float(value))} at {at}".strip()

    def _restyle(self) -> None:
        super()._restyle()
        self._color()
