"""A surface from above: colours, contour lines, and what moves over it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QHideEvent, QPainter
from PySide6.QtWidgets import QWidget

from widgets.colors import sequential
from widgets.numbers import format_number
from widgets.pictures import color_table, rgb_of, wash
from widgets.plots.contours import SPACING_WORDS, Spacing, choose_levels, contour_lines, shade
from widgets.plots.image_plot import ImagePlot
from widgets.plots.legend import Entry, Legend
from widgets.plots.plane import Floats, Plane
from widgets.plots.ranges import Range
from widgets.plots.shapes import Arrows, Label, Path, Points, Shape, Squares, rect_of
from widgets.plots.strokes import draw_polyline
from widgets.plots.trails import Trails
from widgets.redraw_pace import RedrawPace, is_on_screen
from widgets.style import Style

# how far the colours of the map give way to the ground, so that paths stand out
_PALER = {"light": 0.3, "dark": 0.2}

Kind = Literal["minimum", "maximum", "saddle", "start", "probe"]
_SYMBOLS: dict[Kind, tuple[str, float, bool]] = {  # symbol, size, filled
    "minimum": ("star", 15, True),
    "maximum": ("t1", 12, True),
    "saddle": ("x", 11, True),
    "start": ("o", 15, False),
    "probe": ("o", 5, True),
}


@dataclass(frozen=True, slots=True, eq=False)
class Markers:
    """Places `points` (N, 2) of one kind, each kind with a symbol of its own."""

    kind: Kind
    points: Floats
    color: str = "text"

    def paint(self, painter: QPainter, plane: Plane, style: Style) -> None:
        symbol, size, filled = _SYMBOLS[self.kind]
        x, y = self.points[:, 0], self.points[:, 1]
        if not filled:
            Points(x, y, "base", symbol, size + 1, None, filled=False).paint(painter, plane, style)
        Points(x, y, self.color, symbol, size, "base", filled=filled).paint(painter, plane, style)


class ContourPlot(ImagePlot):
    """A map of a surface with paths, arrows, squares and markers on it.

    Heights that are not finite are grey. The map is computed when it is set and then only moved
    over. It reports the gestures of `Plot`: a click or a drag may set a start.
    """

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        self._heights: NDArray[np.floating] | None = None
        self._ranges: tuple[Range, Range] = ((0.0, 1.0), (0.0, 1.0))
        self._levels: Floats = np.array([0.0, 1.0])
        self._lines: Floats = np.empty((0, 2))
        self._caption = ""
        self._trails = Trails()
        self._legend = Legend()
        self._showLegend = False
        super().__init__(style, parent)
        for layer in ("squares", "paths", "arrows", "labels"):
            self._layers[layer] = ()
        self._pace = RedrawPace(self, self._keepTrails)
        sequential()  # is read from a file: now, not with the first surface

    def setSurface(
        self,
        heights: NDArray[np.floating],
        x_range: Range,
        y_range: Range,
        levels: NDArray[np.floating] | None = None,
        spacing: Spacing = "areas",
    ) -> None:
        """Show `heights` (H, W): rows along y from low to high, columns along x, ends included.

        `levels` (K,), ascending, are where lines run and numbers stand on the colour bar; by
        default they are chosen by `spacing`, which the colour bar then names: by "areas" ravines
        and bowls alike are read, "even" ones show how steep it is.
        """
        self._heights, self._ranges = heights, (x_range, y_range)
        if levels is None:
            levels = choose_levels(heights, spacing)
            self._caption = SPACING_WORDS[spacing]
        else:
            self._caption = ""
        self._levels = np.asarray(levels, np.float64)
        self._lines = contour_lines(heights, x_range, y_range, self._levels)
        self._color()
        self._bar.show()

    def levels(self) -> Floats:
        """The levels of the lines (K,)."""
        return self._levels

    def setImage(
        self, rgb: NDArray[np.uint8], x_range: Range, y_range: Range, *, smooth: bool = False
    ) -> None:
        """Show a picture (H, W, 3), uint8, such as basins, in place of a surface."""
        self._heights, self._lines = None, np.empty((0, 2))
        super().setImage(rgb, x_range, y_range, smooth=smooth)

    def setPaths(self, paths: Sequence[Path]) -> None:
        self._trails.setPaths(paths)
        self._legend.setEntries([Entry(p.name, p.color, p.dash, p.width) for p in paths])
        self._setLayer("paths", (self._trails,))
        if self._trails.isLong() and is_on_screen(self):
            self._pace.news()

    def setArrows(self, arrows: Sequence[Arrows]) -> None:
        self._setLayer("arrows", arrows)

    def setSquares(self, squares: Sequence[Squares]) -> None:
        self._setLayer("squares", squares)

    def setLabels(self, labels: Sequence[Label]) -> None:
        self._setLayer("labels", labels)

    def setMarkers(self, markers: Sequence[Markers | Shape]) -> None:
        """Show `markers` under everything that moves: to set them costs more than a path."""
        self._setStanding(markers)

    def setLegend(self, visible: bool) -> None:
        """Whether the paths are named in a corner of the map; by default they are not."""
        self._showLegend = visible
        self._redraw()

    def _color(self) -> None:
        if self._heights is None:
            return
        style, places = self._style, shade(self._heights, self._levels)
        table = wash(sequential(), style.color("base"), _PALER[style.theme().name])
        rgb = color_table(table, places)
        rgb[np.isnan(places)] = rgb_of(style.color("line"))
        (x0, x1), (y0, y1) = self._ranges
        rows, columns = self._heights.shape
        dx, dy = (x1 - x0) / max(columns - 1, 1) / 2, (y1 - y0) / max(rows - 1, 1) / 2
        self._put(rgb, (x0 - dx, x1 + dx), (y0 - dy, y1 + dy), smooth=True)
        self.setRange(*self._ranges)
        self._bar.setLevels(table, self._levels.tolist(), self._caption)

    def _drawGround(self, painter: QPainter, plane: Plane) -> None:
        super()._drawGround(painter, plane)
        pixels = plane.toPixels(self._lines[:, 0], self._lines[:, 1])
        ink = QColor(self._style.color("text"))
        ink.setAlphaF(0.45)
        draw_polyline(painter, pixels, ink, self._style.px(0.9), (), rect_of(plane))

    def _drawAbove(self, painter: QPainter) -> None:
        super()._drawAbove(painter)
        if self._showLegend:
            plane, paths = self.plane(), self._trails.paths
            pixels = [plane.toPixels(p.points[:, 0], p.points[:, 1])[-200:] for p in paths]
            data = np.concatenate(pixels) if pixels else np.empty((0, 2))
            self._legend.paint(painter, rect_of(plane), self._style, data)

    def _keepTrails(self, at_rest: bool) -> Iterator[None]:
        """While frames come, long paths are kept as pixels; at rest they are drawn as they are."""
        if at_rest:
            self._trails.forget()
            self._redraw()
        else:
            yield from self._trails.keep(self.plane(), self._style, self.devicePixelRatioF())
            self._pace.settle()

    def hideEvent(self, event: QHideEvent) -> None:
        self._pace.stop()
        self._trails.forget()

    def _readOff(self) -> str:
        if self._heights is None or self._cursor is None:
            return ""
        x, y = self.plane().fromPixels(self._cursor.x(), self._cursor.y())
        (x0, x1), (y0, y1) = self._ranges
        rows, columns = self._heights.shape
        row = round((y - y0) / (y1 - y0) * (rows - 1))
        column = round((x - x0) / (x1 - x0) * (columns - 1))
        if not (0 <= row < rows and 0 <= column < columns):
            return ""
        at = f"({format_number(x, 3)}, {format_number(y, 3)})"
        return f"{format_number(float(self._heights[row, column]))} at {at}"

    def _restyle(self) -> None:
        super()._restyle()
        self._color()
