"""A matrix as colours: magnitudes, signs or kinds."""

import math
from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from widgets.colors import diverging, sequential
from widgets.numbers import format_number
from widgets.pictures import color_table, rgb_of
from widgets.plots.image_plot import ImagePlot
from widgets.plots.legend import Entry, Legend
from widgets.plots.ranges import Range, data_range, linear_ticks, log_ticks
from widgets.plots.shapes import Curve, Points, Shape, named, rect_of
from widgets.style import Style

Scale = Literal["sequential", "diverging", "categorical"]


class HeatMap(ImagePlot):
    """Cells in colours over a plane whose axes may be logarithmic, with lines and points on top.

    Cells that are NaN are grey, or of a kind that `setCategories` gave a colour and a name. Named
    curves and points stand in a legend. The cursor reads off the cell. It reports the gestures of
    `Plot`.
    """

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        self._matrix: NDArray[np.floating] | None = None
        self._ranges: tuple[Range, Range] = ((0.0, 1.0), (0.0, 1.0))
        self._scale: Scale = "sequential"
        self._shown: Range | None = None
        self._kinds: tuple[tuple[str, str], ...] = ()
        self._quantity = ""
        self._log = False
        self._kindOf: NDArray[np.integer] | None = None
        self._legend = Legend()
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
        log: bool = False,
        kinds: NDArray[np.integer] | None = None,
    ) -> None:
        """Show `values` (H, W), row 0 at the low y; the ranges are those of the outer edges.

        On a log axis the cells are evenly spaced in the logarithm. `color_range` holds the colours
        still; without it they span the data, on a diverging scale alike on both sides of 0. On a
        categorical scale values are numbers of `setCategories`. `quantity` names the values. With
        `log` a sequential scale runs with the logarithm of the values, which must be positive.
        `kinds` (H, W) are numbers of `setCategories` for the cells that are NaN, -1 for none.
        """
        self._matrix, self._ranges, self._scale = values, (x_range, y_range), scale
        self._shown, self._quantity = color_range, quantity
        self._log, self._kindOf = log, kinds
        self._color()
        self._bar.show()

    def setCategories(self, kinds: Sequence[tuple[str, str]]) -> None:
        """Say what the numbers 0, 1, ... of a categorical matrix mean: (name, colour) each.

        Of another matrix they tell the cells without a number apart.
        """
        self._kinds = tuple(kinds)
        self._color()

    def setCurves(self, curves: Sequence[Curve]) -> None:
        """Draw these lines over the map."""
        self._setLayer("curves", curves)
        self._nameLayers()

    def setPoints(self, points: Sequence[Points | Shape]) -> None:
        """Draw these points over the map."""
        self._setLayer("points", points)
        self._nameLayers()

    def _nameLayers(self) -> None:
        shapes = (*self._layers["curves"], *self._layers["points"])
        entries = [Entry(s.name, s.color, s.dash, s.width) for s in shapes if isinstance(s, Curve)]
        for shape in shapes:
            if isinstance(shape, Points):
                entries.append(Entry(shape.name, shape.color, symbol=shape.symbol, line=False))
        self._legend.setEntries(entries)

    def _drawAbove(self, painter: QPainter) -> None:
        super()._drawAbove(painter)
        plane = self.plane()
        shapes = (*self._layers["curves"], *self._layers["points"])
        pixels = [plane.toPixels(s.x, s.y) for s in shapes if isinstance(s, Curve | Points)]
        data = np.concatenate(pixels) if pixels else np.empty((0, 2))
        self._legend.paint(painter, rect_of(plane), self._style, data)

    def colorRange(self) -> Range:
        """The numbers at the two ends of the colours."""
        if self._shown is not None:
            return self._shown
        found = data_range(self._matrix) if self._matrix is not None else None
        low, high = found or ((1.0, 10.0) if self._log else (0.0, 1.0))
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
            values, (low, high) = self._matrix, self.colorRange()
            if self._log:
                values, low, high = np.log10(values), math.log10(low), math.log10(high)
            table = sequential() if self._scale == "sequential" else diverging()
            rgb = color_table(table, (values - low) / (high - low))
            ticks = log_ticks(low, high, 9) if self._log else linear_ticks(low, high, 6)
            self._bar.setTicks(table, ticks, (low, high), log=self._log, caption=self._quantity)
        rgb[missing] = rgb_of(self._style.color("line"))
        if self._kindOf is not None and self._scale != "categorical":
            self._colorMissing(rgb, self._kindOf)
        self._put(rgb, *self._ranges, smooth=False)
        self.setRange(*self._ranges)

    def _colorMissing(self, rgb: NDArray[np.uint8], kinds: NDArray[np.integer]) -> None:
        colors = [rgb_of(named(self._style, color)) for _, color in self._kinds]
        for index, color in enumerate(colors):
            rgb[kinds == index] = color
        table = np.array(colors, dtype=np.uint8).reshape(-1, 3)
        self._bar.addNames(table, [name for name, _ in self._kinds])

    def _colorKinds(self, matrix: NDArray[np.floating]) -> NDArray[np.uint8]:
        colors = [rgb_of(named(self._style, color)) for _, color in self._kinds]
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
        row, column = min(int(up * rows), rows - 1), min(int(across * columns), columns - 1)
        value = self._matrix[row, column]
        if self._scale == "categorical" and np.isfinite(value) and int(value) < len(self._kinds):
            return self._kinds[int(value)][0]
        x, y = plane.fromPixels(self._cursor.x(), self._cursor.y())
        at = f"({format_number(x, 3)}, {format_number(y, 3)})"
        kind = int(self._kindOf[row, column]) if self._kindOf is not None else -1
        if 0 <= kind < len(self._kinds):
            return f"{self._kinds[kind][0]} at {at}"
        return f"{self._quantity} {format_number(float(value))} at {at}".strip()

    def _restyle(self) -> None:
        super()._restyle()
        self._color()
