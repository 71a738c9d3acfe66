"""Small histograms in rows and columns: a layer in each row, a quantity in each column."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from pyqtgraph.functions import arrayToQPolygonF
from PySide6.QtCore import QEvent, QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from widgets.numbers import MISSING, format_compact, format_number, format_share
from widgets.plots.ranges import HeldRange, Range
from widgets.plots.shapes import write
from widgets.style import Style

Histogram = tuple[NDArray[np.floating], NDArray[np.integer]]  # edges (n + 1,), counts (n,)

_MARGIN, _GAP = 6, 10  # pixels at factor 1: around all, and between columns
_LOWEST, _HIGHEST = 14, 90  # bars, at least and at most
_NARROWEST = 68  # a column
_NAMES = 0.26  # of the width is for names, at most
_FILL = 0.45  # how much of its colour the ground of bars has
_RIGHT = Qt.AlignmentFlag.AlignRight
_LEFT = Qt.AlignmentFlag.AlignLeft
_CENTER = Qt.AlignmentFlag.AlignVCenter


@dataclass(slots=True)
class _Axes:
    """The axes of one histogram: they hold still while its numbers change."""

    x: HeldRange = field(default_factory=HeldRange)
    y: HeldRange = field(default_factory=HeldRange)


class HistogramStack(QWidget):
    """A histogram for each row and column, with the ends of its axis below it.

    A bar is the share of the numbers that lie in its bin; each histogram has axes of its own, from
    0 upwards, which hold still until numbers leave them or fill little of them. A faint line stands
    at 0. What does not fit is counted at the end. The bin under the cursor is read off.
    """

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._style = style
        self._rows: tuple[tuple[str, tuple[Histogram, ...]], ...] = ()
        self._columns: tuple[str, ...] = ()
        self._axes: dict[tuple[str, str], _Axes] = {}
        self._cursor: QPointF | None = None
        self._metrics = QFontMetricsF(style.font("small"))
        self.setMouseTracking(True)
        self.setAccessibleName("Histograms")
        style.changed.connect(self._restyle)

    def setHistograms(
        self, rows: Sequence[tuple[str, Sequence[Histogram]]], columns: Sequence[str]
    ) -> None:
        """Show rows of (name, histograms), one of (edges (n + 1,), counts (n,)) for each column.

        Edges rise. `ValueError` where a row has another number of histograms than there are
        columns, or a histogram another number of edges than of counts and one.
        """
        for name, row in rows:
            if len(row) != len(columns):
                raise ValueError(f"{name} has {len(row)} histograms for {len(columns)} columns")
            for edges, counts in row:
                if len(edges) != len(counts) + 1:
                    raise ValueError(f"{name} has {len(edges)} edges of {len(counts)} bins")
        self._rows = tuple((name, tuple(row)) for name, row in rows)
        self._columns = tuple(columns)
        known, self._axes = self._axes, {}
        for name, row in self._rows:
            for column, histogram in zip(self._columns, row, strict=True):
                axes = self._axes[name, column] = known.get((name, column)) or _Axes()
                _fit(axes, histogram)
        names = ", ".join(name for name, _ in self._rows)
        self.setAccessibleDescription(f"{', '.join(self._columns)} of {names}" if names else "")
        self.update()

    def xRange(self, row: int, column: int) -> Range:
        """The numbers at the ends of the axis of a histogram, by row and column from 0."""
        held = self._axes[self._rows[row][0], self._columns[column]].x
        return held.low, held.high

    def shown(self) -> tuple[int, int]:
        """How many rows and columns there is room for."""
        return self._fitting()

    def leastHeight(self) -> int:
        """The height at which all rows are seen, with bars as low as they get."""
        around = self._metrics.height() + 2 * self._style.px(_MARGIN)
        return math.ceil(len(self._rows) * self._leastPitch() + around)

    def _leastPitch(self) -> float:
        return self._style.px(_LOWEST) + self._metrics.height() + self._style.px(4)

    def sizeHint(self) -> QSize:
        return QSize(round(self._style.px(440)), round(self._style.px(280)))

    def minimumSizeHint(self) -> QSize:
        return QSize(round(self._style.px(180)), round(self._style.px(100)))

    # where things lie
    def _fitting(self) -> tuple[int, int]:
        px, line, least = self._style.px, self._metrics.height(), self._leastPitch()
        room = self.width() - self._nameRoom() - 2 * px(_MARGIN) + px(_GAP)
        columns = min(len(self._columns), max(1, int(room / px(_NARROWEST + _GAP))))
        high = self.height() - line - 2 * px(_MARGIN)
        if columns == len(self._columns) and len(self._rows) * least <= high:
            return len(self._rows), columns
        return min(len(self._rows), max(1, int((high - line) / least))), columns

    def _nameRoom(self) -> float:
        """The width of the names and of the gap behind them."""
        widest = max((self._metrics.horizontalAdvance(name) for name, _ in self._rows), default=0.0)
        return min(widest + self._style.px(_GAP), _NAMES * self.width())

    def barsAt(self, row: int, column: int) -> QRectF:
        """The rectangle of the bars of a histogram; its numbers stand below it."""
        px, line = self._style.px, self._metrics.height()
        rows, columns = self._fitting()
        left = px(_MARGIN) + self._nameRoom()
        wide = (self.width() - left - px(_MARGIN) + px(_GAP)) / max(columns, 1)
        is_all = (rows, columns) == (len(self._rows), len(self._columns))
        high = self.height() - 2 * px(_MARGIN) - line * (1 if is_all else 2)
        pitch = min(high / max(rows, 1), px(_HIGHEST) + line + px(4))
        top = px(_MARGIN) + line + row * pitch + px(3)
        return QRectF(left + column * wide, top, wide - px(_GAP), pitch - line - px(4))

    # drawing
    def paintEvent(self, event: QPaintEvent) -> None:
        style = self._style
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), style.color("base"))
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setFont(style.font("small"))
            if not self._rows:
                return
            rows, columns = self._fitting()
            for column in range(columns):
                self._drawHeading(painter, column)
            for row in range(rows):
                self._drawName(painter, row)
                for column in range(columns):
                    self._drawHistogram(painter, row, column)
            self._drawRest(painter, len(self._rows) - rows, len(self._columns) - columns)
            self._drawReading(painter)

    def _drawHeading(self, painter: QPainter, column: int) -> None:
        bars = self.barsAt(0, column)
        room = QRectF(bars.left(), self._style.px(_MARGIN) / 2, bars.width(), bars.top())
        room.setHeight(self._metrics.height())
        self._write(painter, room, self._columns[column], _LEFT, "text")

    def _drawName(self, painter: QPainter, row: int) -> None:
        bars, left = self.barsAt(row, 0), self._style.px(_MARGIN)
        room = QRectF(left, bars.top(), bars.left() - left - self._style.px(_GAP), bars.height())
        self._write(painter, room, self._rows[row][0], _LEFT, "text")

    def _drawHistogram(self, painter: QPainter, row: int, column: int) -> None:
        style, bars = self._style, self.barsAt(row, column)
        edges, counts = self._rows[row][1][column]
        low, high = self.xRange(row, column)
        if not _is_sound(edges, counts):
            self._write(painter, bars, MISSING, _LEFT, "muted")
            return
        axes = self._axes[self._rows[row][0], self._columns[column]]
        x = bars.left() + (edges - low) / (high - low) * bars.width()
        y = bars.bottom() - counts / counts.sum() / axes.y.high * bars.height()
        if low < 0 < high:
            zero = bars.left() - low / (high - low) * bars.width()
            painter.setPen(QPen(style.color("line"), max(1.0, style.px(1))))
            painter.drawLine(QLineF(zero, bars.top(), zero, bars.bottom()))
        color = QColor(style.mark(column).color)
        ground = QColor(color)
        ground.setAlphaF(_FILL)
        across = np.concatenate([np.repeat(x, 2)[1:-1], x[[-1, 0]]])  # and back below them
        up = np.concatenate([np.repeat(y, 2), [bars.bottom()] * 2])
        painter.setPen(QPen(color, style.px(1)))
        painter.setBrush(ground)
        smooth = QPainter.RenderHint.Antialiasing
        painter.setRenderHint(smooth, False)  # upright edges need none, and it is dear
        painter.drawPolygon(arrayToQPolygonF(across, up))
        painter.setRenderHint(smooth)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(style.color("muted"), max(1.0, style.px(1))))
        painter.drawLine(bars.bottomLeft(), bars.bottomRight())
        below = QRectF(bars.left(), bars.bottom(), bars.width() / 2, self._metrics.height())
        self._write(painter, below, format_compact(low, 4), _LEFT, "muted")
        below.moveLeft(bars.center().x())
        self._write(painter, below, format_compact(high, 4), _RIGHT, "muted")

    def _drawRest(self, painter: QPainter, rows: int, columns: int) -> None:
        """Say how much there is no room for."""
        counted = [
            (count, name if count == 1 else f"{name}s")
            for count, name in ((rows, "row"), (columns, "column"))
            if count
        ]
        if not counted:
            return
        px, line = self._style.px, self._metrics.height()
        top = self.height() - line - px(_MARGIN) / 2
        room = QRectF(px(_MARGIN), top, self.width() - 2 * px(_MARGIN), line)
        text = f"and {', '.join(f'{count} more {name}' for count, name in counted)}"
        if self._metrics.horizontalAdvance(text) > room.width():
            text = ", ".join(f"+{count} {name}" for count, name in counted)
        self._write(painter, room, text, _LEFT, "muted")

    def _drawReading(self, painter: QPainter) -> None:
        text = self._readOff()
        if self._cursor is None or not text:
            return
        px = self._style.px
        wide = painter.fontMetrics().horizontalAdvance(text) + px(6)
        x = min(self._cursor.x() + px(10), self.width() - wide)
        y = max(self._cursor.y() - px(8), painter.fontMetrics().height())
        at, color = QPointF(max(x, px(4)), y), self._style.color("text")
        write(painter, at, text, self._style, color, solid=True)

    def _readOff(self) -> str:
        """What is to be read of the bin under the cursor; "" where there is none."""
        if self._cursor is None or not self._rows:
            return ""
        rows, columns = self._fitting()
        for row in range(rows):
            for column in range(columns):
                bars = self.barsAt(row, column)
                if bars.contains(self._cursor):
                    share = (self._cursor.x() - bars.left()) / bars.width()
                    low, high = self.xRange(row, column)
                    return _bin(*self._rows[row][1][column], low + share * (high - low))
        return ""

    def _write(
        self, painter: QPainter, room: QRectF, text: str, side: Qt.AlignmentFlag, color: str
    ) -> None:
        elide = Qt.TextElideMode.ElideRight
        painter.setPen(self._style.color(color))
        cut = self._metrics.elidedText(text, elide, room.width() + 1)
        painter.drawText(room, side | _CENTER, cut)

    # gestures
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._cursor = event.position()
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._cursor = None
        self.update()

    def _restyle(self) -> None:
        self._metrics = QFontMetricsF(self._style.font("small"))
        self.updateGeometry()
        self.update()


def _is_sound(edges: NDArray[np.floating], counts: NDArray[np.integer]) -> bool:
    """Whether there is something to draw."""
    return bool(len(counts) and counts.sum() > 0 and np.isfinite(edges).all())


def _fit(axes: _Axes, histogram: Histogram) -> None:
    """Let `axes` follow a histogram: across all its bins, and up from 0 to its highest bar."""
    edges, counts = histogram
    if _is_sound(edges, counts):
        axes.x.fit(float(edges[0]), float(edges[-1]))
        axes.y.fit(0.0, float(counts.max() / counts.sum()))


def _bin(edges: NDArray[np.floating], counts: NDArray[np.integer], x: float) -> str:
    """The bin at `x`, with its count and share."""
    if not _is_sound(edges, counts) or not edges[0] <= x <= edges[-1]:
        return ""
    place = min(int(np.searchsorted(edges, x, "right")) - 1, len(counts) - 1)
    ends = " to ".join(format_number(float(edge), 3) for edge in edges[place : place + 2])
    share = format_share(float(counts[place] / counts.sum()))
    return f"{ends}: {counts[place]:,} of {counts.sum():,}, {share}"
