"""Axes and grid of a plot, in the style of the program."""

import math
from html import escape
from typing import Any, Literal

import pyqtgraph as pg
from PySide6.QtCore import QLineF
from PySide6.QtGui import QFontMetricsF, QPainter, QPen

from widgets.numbers import format_log_ticks, format_ticks
from widgets.plots.plane import Plane
from widgets.plots.ranges import linear_ticks, log_ticks
from widgets.style import Style

_WIDEST = "\u22120.00"  # the room that an axis keeps for its numbers, so that the plot never moves

_HANGS = 2  # px by which pyqtgraph lets a name hang over the lower edge


class Axis(pg.AxisItem):  # type: ignore[misc]
    """A left or bottom axis with round numbers, or powers of ten, and room that holds still."""

    def __init__(self, style: Style, orientation: Literal["left", "bottom"]) -> None:
        super().__init__(orientation)
        self._style = style
        self._log = self._whole = False
        self._last = math.inf  # of the numbers at it
        self._name = ""
        self._isNamed = True  # there is room for it
        self.enableAutoSIPrefix(False)
        self.restyle()

    def setLog(self, log: bool) -> None:
        if log != self._log:  # else what is drawn of it stays
            self._log = log
            self.picture = None
            self.update()

    def setWhole(self, whole: bool) -> None:
        """Whether it counts something, so that a number stands at whole ones only."""
        self._whole = whole
        self.picture = None
        self.update()

    def setLast(self, last: float) -> None:
        """Let no number stand beyond `last`: there is a little room there, and nothing to read."""
        self._last = last
        self.picture = None
        self.update()

    def isLog(self) -> bool:
        return self._log

    def restyle(self) -> None:
        style = self._style
        font = style.font("small")
        metrics = QFontMetricsF(font)
        self.setStyle(
            tickFont=font,
            tickLength=round(style.px(4)),
            tickTextOffset=round(style.px(4)),
            autoExpandTextSpace=False,
            hideOverlappingLabels=round(style.px(30)),
        )
        self.setPen(QPen(style.color("muted"), max(1.0, style.px(1))))
        self.setTextPen(style.color("muted"))
        self.setName(self._name)
        label = metrics.height() * 1.35 if self._name and self._isNamed else style.px(4)
        if self.orientation == "left":
            self.setWidth(round(metrics.horizontalAdvance(_WIDEST) + style.px(12) + label))
        else:
            self.setHeight(round(metrics.height() + style.px(10) + label))
        self.picture = None

    def name(self) -> str:
        """What is written along the axis."""
        return self._name

    def setName(self, text: str) -> None:
        """Write `text` along the axis; it may be a column of somebody's table, and is no HTML."""
        self._name = text
        font = self._style.font("body")
        size = {"font-size": f"{font.pixelSize()}px", "font-family": font.family()}
        self.setLabel(escape(text), color=self._style.theme().text, **size)
        self.showLabel(bool(text) and self._isNamed)

    def setNamed(self, named: bool) -> None:
        """Whether the name is written, or its room is the plot's."""
        if named != self._isNamed:
            self._isNamed = named
            self.restyle()

    def isNamed(self) -> bool:
        """Whether its name is written."""
        return self._isNamed and bool(self._name)

    def nameWidth(self) -> float:
        """How long the name is when it is written, in pixels."""
        return QFontMetricsF(self._style.font("body")).horizontalAdvance(self._name)

    def ticks(self, low: float, high: float, length: float) -> list[float]:
        """Where numbers stand on an axis from `low` to `high` (log10 if it is log), `length` px."""
        apart = self._style.px(42 if self.orientation == "left" else 70)
        count = max(2, int(length / apart))
        if self._log:
            return log_ticks(low, high, count)
        ticks = linear_ticks(low, min(high, self._last), count)
        return [tick for tick in ticks if tick == round(tick)] if self._whole else ticks

    # what pyqtgraph asks for
    def resizeEvent(self, event: Any = None) -> None:
        super().resizeEvent(event)
        if self.orientation == "bottom":
            self.label.moveBy(0, -_HANGS)

    def tickValues(self, minVal: float, maxVal: float, size: float) -> list[tuple[float, Any]]:
        values = self.ticks(minVal, maxVal, size)
        return [(values[1] - values[0] if len(values) > 1 else 1.0, values)]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        if not self._log:
            return format_ticks(values)
        return format_log_ticks(values)

    def wheelEvent(self, event: Any) -> None:
        event.ignore()


def draw_grid(painter: QPainter, plane: Plane, across: Axis, up: Axis, style: Style) -> None:
    """Faint lines at the numbers of both axes."""
    painter.setPen(QPen(style.color("line"), max(1.0, style.px(0.8))))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    right, bottom = plane.left + plane.width, plane.top + plane.height
    for value in across.ticks(*plane.x, plane.width):
        px = plane.left + (value - plane.x[0]) / (plane.x[1] - plane.x[0]) * plane.width
        painter.drawLine(QLineF(px, plane.top, px, bottom))
    for value in up.ticks(*plane.y, plane.height):
        py = bottom - (value - plane.y[0]) / (plane.y[1] - plane.y[0]) * plane.height
        painter.drawLine(QLineF(plane.left, py, right, py))
