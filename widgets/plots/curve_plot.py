"""Curves over a common axis: a loss against the step, a function with its tangent."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from time import perf_counter

import numpy as np
from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from widgets.numbers import format_number, with_minus
from widgets.plots.kept_shapes import KeptShapes
from widgets.plots.legend import Entry, Legend
from widgets.plots.plane import Floats, Plane
from widgets.plots.plot import Plot
from widgets.plots.ranges import HeldRange, Range, data_range, widen
from widgets.plots.shapes import Curve, Points, Rule, Segments, named, rect_of, write
from widgets.plots.strokes import draw_polyline
from widgets.plots.symbols import draw_symbols
from widgets.redraw_pace import RedrawPace, is_on_screen
from widgets.style import Style

_NEAR = 40.0  # pixels at factor 1 within which the cursor reads a curve off


class CurvePlot(Plot):
    """Curves, points, lines and rules on one pair of axes, with a legend and a read-out.

    It is given whole arrays, some 2,000 points a curve, and redraws; on a screen curves and points
    are drawn bit by bit between the frames and kept as pixels. The axes follow the data in round
    steps and hold still in between, unless `setRange` fixes them. It reports the gestures of
    `Plot`.
    """

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        self._wanted: tuple[Curve, ...] = ()  # those that were set last
        self._curves: tuple[Curve, ...] = ()  # those that are shown
        self._wantedPoints: tuple[Points, ...] = ()
        self._points: tuple[Points, ...] = ()
        self._segments: tuple[Segments, ...] = ()
        self._rules: tuple[Rule, ...] = ()
        self._heading = ""
        self._legend = Legend()
        self._showLegend = True
        self._floor = 0.0  # of a logarithmic y
        self._held = {"x": HeldRange(), "y": HeldRange()}
        self._fixed: dict[str, Range | None] = {"x": None, "y": None}
        self._kept, self._keptPoints = KeptShapes(), KeptShapes()
        self._isCaughtUp = False  # and not painted since
        super().__init__(style, parent)
        self._pace = RedrawPace(self, self._catchUp)

    def setCurves(self, curves: Sequence[Curve]) -> None:
        """Draw these curves instead of those before."""
        self._wanted = tuple(curves)
        self._dataChanged()

    def setPoints(self, points: Sequence[Points]) -> None:
        """Draw these groups of points instead of those before."""
        self._wantedPoints = tuple(points)
        self._dataChanged()

    def setSegments(self, segments: Sequence[Segments]) -> None:
        """Draw these lines and arrows instead of those before. They do not move the axes."""
        self._segments = tuple(segments)
        self._dataChanged()

    def setRules(self, rules: Sequence[Rule]) -> None:
        """Draw these lines right across instead of those before. They do not move the axes."""
        self._rules = tuple(rules)
        self._dataChanged()

    def setLegend(self, visible: bool) -> None:
        self._showLegend = visible
        self._dataChanged()

    def setLogY(self, log: bool, floor: float = 0.0) -> None:
        """Make y logarithmic; what is not positive is left out.

        The axis never begins below `floor`: curves that fall further leave the picture.
        """
        self._floor = floor
        if log != self._axes["left"].isLog():
            self.setLog(x=self._axes["bottom"].isLog(), y=log)
            self._held["y"].reset()
            self._follow()

    def setRange(self, x: Range | None = None, y: Range | None = None) -> None:
        """Hold these ranges, in the coordinates of the data; with None an axis follows its data."""
        self._fixed = {"x": x, "y": y}
        self._dataChanged()

    def setTitle(self, title: str) -> None:
        """Name what is shown."""
        self._heading = title
        self._dataChanged()

    def _dataChanged(self) -> None:
        """Draw all that was set, together with its axes and title: on a screen when it is due."""
        if is_on_screen(self):
            self._pace.news()
        else:
            self._pace.drawWhole()

    def _catchUp(self, fine: bool) -> Iterator[None]:
        """Draw what was set last."""
        curves, points = self._wanted, self._wantedPoints
        if is_on_screen(self):
            yield from self._keep(curves, points)
        self._curves, self._points = curves, points
        super().setTitle(self._heading)
        entries = [Entry(c.name, c.color, c.dash, c.width, c.symbol) for c in self._curves]
        entries += [Entry(p.name, p.color, symbol=p.symbol, line=False) for p in self._points]
        self._legend.setEntries(entries)
        self._follow()
        self._isCaughtUp = True
        self._redraw()

    def _keep(self, curves: tuple[Curve, ...], points: tuple[Points, ...]) -> Iterator[None]:
        """Draw them one by one for the axes that they will have as those of the plot."""
        plane, ratio = self.plane(), self.devicePixelRatioF()
        shapes: tuple[Curve | Points, ...] = (*curves, *points)
        x, y = self._endsOf("x", shapes) or plane.x, self._endsOf("y", shapes) or plane.y
        plane = replace(plane, x=x, y=y)
        yield from self._kept.keep(curves, plane, self._style, ratio)
        yield from self._keptPoints.keep(points, plane, self._style, ratio)

    def _follow(self) -> None:
        x, y = self._box.viewRange()
        for name, shown, show in (("x", x, self._box.setXRange), ("y", y, self._box.setYRange)):
            ends = self._endsOf(name, (*self._curves, *self._points))
            if ends is not None and list(ends) != shown:
                show(*ends, padding=0)
        self._letterbox()

    def _endsOf(self, name: str, shapes: Sequence[Curve | Points]) -> Range | None:
        """Where axis `name` begins and ends to show `shapes`, log10 if it is log."""
        axis = {"x": "bottom", "y": "left"}[name]
        fixed, log = self._fixed[name], self._axes[axis].isLog()
        if fixed is not None:
            return self._onAxis(axis, fixed)
        arrays = {id(a): a for s in shapes for a in (getattr(s, name),)}
        found = (data_range(np.asarray(a), log=log) for a in arrays.values())
        ranges = [ends for ends in found if ends]
        if not ranges:
            return None
        ends = min(r[0] for r in ranges), max(r[1] for r in ranges)
        if name == "y" and log and self._floor:
            ends = max(ends[0], self._floor), max(ends[1], 10 * self._floor)
        return self._held_range(name, ends, log)

    def _held_range(self, name: str, ends: Range, log: bool) -> Range:
        low, high = np.log10(ends) if log else ends
        if not high > low:  # a run that begins is followed by what comes, not by what came before
            low, high = (low, low + 1.0) if name == "x" else widen(low, high)
        low, high = self._held[name].fit(float(low), float(high))
        if log:
            low, high = math.floor(low), max(math.ceil(high), math.floor(low) + 1)
        return low, high

    # drawing
    def _drawAbove(self, painter: QPainter) -> None:
        begun, plane = perf_counter(), self.plane()
        for rule in self._rules:
            rule.paint(painter, plane, self._style)
        self._kept.paint(painter, self._curves, plane, self._style)
        for segments in self._segments:
            segments.paint(painter, plane, self._style)
        self._keptPoints.paint(painter, self._points, plane, self._style)
        if self._showLegend:
            self._legend.paint(painter, rect_of(plane), self._style, self._sample(plane))
        if self._isCaughtUp:  # what else is painted, such as the cursor, must not put off the next
            self._isCaughtUp = False
            self._pace.drew(perf_counter() - begun)

    def _sample(self, plane: Plane) -> Floats:
        """Some hundred pixels of each curve and group of points, for the legend to keep off."""
        drawn: tuple[Curve | Points, ...] = (*self._curves, *self._points)
        every = [max(1, len(shape.x) // 100) for shape in drawn]
        pixels = [plane.toPixels(s.x[::n], s.y[::n]) for s, n in zip(drawn, every, strict=True)]
        return np.concatenate(pixels) if pixels else np.empty((0, 2))

    def _drawCursor(self, painter: QPainter) -> None:
        found = self._nearest()
        if found is None or self._cursor is None:
            return
        curve, i, pixel = found
        style, rect = self._style, rect_of(self.plane())
        upright = np.array([[pixel[0], rect.top()], [pixel[0], rect.bottom()]])
        draw_polyline(painter, upright, style.color("muted"), style.px(1), (3, 3), rect)
        ring = style.color("base"), named(style, curve.color)
        draw_symbols(painter, pixel[None], "o", style.px(9), *ring, style.px(2))
        text = f"{format_number(float(curve.y[i]))} at {format_number(float(curve.x[i]))}"
        if curve.name:
            text = f"{with_minus(curve.name)}: {text}"
        self._writeBeside(painter, pixel, text)

    def _writeBeside(self, painter: QPainter, pixel: Floats, text: str) -> None:
        style, rect = self._style, rect_of(self.plane())
        font = style.font("small")
        painter.setFont(font)
        metrics = painter.fontMetrics()
        x = min(
            pixel[0] + style.px(9), rect.right() - metrics.horizontalAdvance(text) - style.px(4)
        )
        y = pixel[1] - style.px(9)
        if y - metrics.height() < rect.top():
            y = pixel[1] + style.px(9) + metrics.height()
        at = QPointF(max(x, rect.left() + 2), y)
        write(painter, at, text, style, style.color("text"), solid=True)

    def _nearest(self) -> tuple[Curve, int, Floats] | None:
        """The curve, the index and the pixel of the point that the cursor reads off."""
        if self._cursor is None:
            return None
        x, y = self._cursor.x(), self._cursor.y()
        best: tuple[Curve, int, Floats] | None = None
        reach = self._style.px(_NEAR)
        plane = self.plane()
        for curve in self._curves:
            pixels = plane.toPixels(curve.x, curve.y)
            distance = np.hypot(pixels[:, 0] - x, pixels[:, 1] - y)
            distance[np.isnan(distance)] = np.inf
            i = int(np.argmin(distance)) if len(distance) else -1
            if i >= 0 and distance[i] < reach:
                reach = float(distance[i])
                best = curve, i, pixels[i]
        return best
