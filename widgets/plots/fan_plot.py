"""Many curves over one axis, and where each of them ends."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QPainter, QPolygonF
from PySide6.QtWidgets import QWidget

from widgets.plots.curve_plot import CurvePlot
from widgets.plots.plane import Plane
from widgets.plots.ranges import Range
from widgets.plots.shapes import Curve, Floats, Points, named, rect_of
from widgets.plots.strokes import clip_segments, draw_segments, to_segments
from widgets.style import Style

_TOGETHER = 10  # curves that are drawn at once, in a millisecond or two
_BEYOND = 0.05  # of the number of ends, left and right of them, for the ring around one
_NEAR = 30.0  # pixels at factor 1 within which a click chooses a curve


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Band(Curve):
    """The room between y above and `low` below, each (N,), in a colour that may be translucent."""

    low: Floats

    def paint(self, painter: QPainter, plane: Plane, style: Style) -> None:
        above, below = plane.toPixels(self.x, self.y), plane.toPixels(self.x, self.low)
        bottom = plane.top + plane.height
        below[np.isnan(below[:, 1]) & ~np.isnan(above[:, 1]), 1] = bottom  # no logarithm
        below[:, 0] = above[:, 0]
        is_drawn = np.isfinite(above).all(axis=1)
        outline = np.concatenate([above[is_drawn], below[is_drawn][::-1]])
        outline[:, 1] = np.clip(outline[:, 1], plane.top - 10, bottom + 10)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(named(style, self.color))
        painter.drawPolygon(QPolygonF([QPointF(x, y) for x, y in outline.tolist()]))
        painter.setBrush(Qt.BrushStyle.NoBrush)


@dataclass(frozen=True, slots=True, eq=False)
class _Some(Curve):
    """Some of the curves of a bundle, one after the other with a gap between them.

    They are drawn as they are: what makes one long line look well costs three times as much.
    """

    def paint(self, painter: QPainter, plane: Plane, style: Style) -> None:
        segments = clip_segments(to_segments(plane.toPixels(self.x, self.y)), rect_of(plane))
        draw_segments(painter, segments, named(style, self.color), style.px(self.width))


class FanPlot(CurvePlot):
    """A bundle of curves, thin and pale, and over it those that say something about all.

    On a screen the bundle is drawn in parts between the frames and kept as pixels.

    Signals
    -------
    chosen(index)
        A click was at this curve of the bundle.
    heightsShown(low, high)
        The y axis shows this range now.
    """

    chosen = Signal(int)
    heightsShown = Signal(float, float)

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(style, parent)
        self._fan: tuple[Floats, Floats] = np.empty(0), np.empty((0, 0))
        self._names: Sequence[str] = ()
        self._bundle: tuple[Curve, ...] = ()
        self.clicked.connect(self._choose)
        self._box.sigYRangeChanged.connect(self._tellHeights)

    def setFan(
        self, x: Floats, y: Floats, color: str, names: Sequence[str], over: Sequence[Curve]
    ) -> None:
        """Draw `y`, (M, T), over `x`, (T,), in `color`, and `over` it these curves.

        `names`, M of them, are what the curves are called under the cursor.
        """
        is_drawn = x is self._fan[0] and y is self._fan[1] and self._bundle
        if not is_drawn or self._bundle[0].color != color:
            self._fan, self._bundle = (x, y), tuple(_bundle(x, y, color))
        self._names = names
        self.setCurves((*self._bundle, *over))

    def _nearest(self) -> tuple[Curve, int, NDArray[np.float64]] | None:
        """As of any curve; of the bundle it is the one that a click would choose."""
        found = super()._nearest()
        if found is None or found[0].name or self._cursor is None:
            return found
        plane, (steps, values) = self.plane(), self._fan
        member = self._memberAt(*plane.fromPixels(self._cursor.x(), self._cursor.y()))
        if member < 0:
            return None
        pixels = plane.toPixels(steps, values[member])
        place = int(np.argmin(np.abs(pixels[:, 0] - self._cursor.x())))
        curve = replace(found[0], name=self._names[member], x=steps, y=values[member])
        return curve, place, pixels[place]

    def _choose(self, x: float, y: float) -> None:
        member = self._memberAt(x, y)
        if member >= 0:
            self.chosen.emit(member)

    def _memberAt(self, x: float, y: float) -> int:
        """The curve of the bundle that is nearest above or below a place; -1 far from all."""
        plane, (steps, values) = self.plane(), self._fan
        if len(steps) < 2 or not steps[0] <= x <= steps[-1]:
            return -1
        ((at_x, at_y),) = plane.toPixels(x, y)
        right = int(np.clip(np.searchsorted(steps, x), 1, len(steps) - 1))
        around = slice(right - 1, right + 1)
        pixels = plane.toPixels(steps[around], values[:, around])  # (M, 2, 2)
        before, after = pixels[:, 0], pixels[:, 1]  # (M, 2) each
        share = (at_x - before[:, 0]) / (after[:, 0] - before[:, 0])
        distance = np.abs(before[:, 1] + share * (after[:, 1] - before[:, 1]) - at_y)
        nearest = _smallest(distance)
        return nearest if nearest >= 0 and distance[nearest] < self._style.px(_NEAR) else -1

    def _tellHeights(self, box: object, ends: Sequence[float]) -> None:
        low, high = ends
        is_log = self._axes["left"].isLog()
        self.heightsShown.emit(*((10.0**low, 10.0**high) if is_log else (low, high)))


class EndsPlot(CurvePlot):
    """The heights at which curves end, in an order, beside the plot of these and on its y axis.

    Signals
    -------
    chosen(place)
        A click was nearest to the end at this place, from 0, or a drag has come to it.
    """

    chosen = Signal(int)

    def __init__(self, style: Style, fan: FanPlot, parent: QWidget | None = None) -> None:
        super().__init__(style, parent)
        self._ends: Floats = np.empty(0)
        self._heights: Range | None = None
        self._last = -1
        fan.heightsShown.connect(self._follow_fan)
        self.clicked.connect(self._choose)
        self.dragged.connect(self._choose)
        self.released.connect(self._forget)

    def setEnds(self, ends: Floats, groups: Sequence[Points]) -> None:
        """Let a person choose among `ends`, (M,), at x = 1 to M, which `groups` draw."""
        self._ends = ends
        self._wantedPoints = tuple(groups)
        self._hold()

    def _follow_fan(self, low: float, high: float) -> None:
        self._heights = low, high
        self._hold()

    def _hold(self) -> None:
        beyond = max(1.0, _BEYOND * len(self._ends))
        self.setRange((1.0 - beyond, len(self._ends) + beyond), self._heights)

    def _choose(self, x: float, y: float) -> None:
        plane = self.plane()
        pixels = plane.toPixels(np.arange(1.0, len(self._ends) + 1), self._ends)
        nearest = _smallest(np.hypot(*(pixels - plane.toPixels(x, y)).T))
        if nearest >= 0 and nearest != self._last:
            self._last = nearest
            self.chosen.emit(nearest)

    def _forget(self) -> None:
        self._last = -1


def _bundle(x: Floats, y: Floats, color: str) -> Iterator[Curve]:
    """`y`, (M, T), as curves with gaps, a few of them in each."""
    gap = np.full((len(y), 1), np.nan)
    heights, line = np.hstack([y, gap]), np.append(x.astype(float), np.nan)
    lines = np.tile(line, _TOGETHER)  # one array for all, so that its ends are looked for once
    for first in range(0, len(y), _TOGETHER):
        rows = heights[first : first + _TOGETHER]
        across = lines if len(rows) == _TOGETHER else lines[: rows.size]
        yield _Some("", across, rows.ravel(), color, width=1.0)


def _smallest(distance: Floats) -> int:
    """The place of the smallest number; -1 where there is none."""
    return int(np.nanargmin(distance)) if np.isfinite(distance).any() else -1
