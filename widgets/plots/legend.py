"""The legend of a plot: which line is whose, in the corner where it hides least."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSizeF
from PySide6.QtGui import QFontMetricsF, QPainter, QPen

from widgets.numbers import with_minus
from widgets.plots.shapes import line_pen, named
from widgets.plots.symbols import draw_symbols
from widgets.style import Style

_CORNERS = ((1, 0), (0, 0), (1, 1), (0, 1))  # right or left, top or bottom; the first is preferred
_MOST = 16  # entries
_SAMPLE, _LONG = 22, 40  # px at factor 1: a piece of line; one with dashes beside its symbol


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a legend."""

    name: str
    color: str
    dash: tuple[float, ...] = ()
    width: float = 2.0
    symbol: str | None = None
    line: bool = True
    filled: bool = True  # the symbol; else it is its edge


class Legend:
    """Draws entries within a rectangle, over a translucent ground.

    It stays in its corner until many more data lie under it there than in another.
    """

    def __init__(self) -> None:
        self._entries: tuple[Entry, ...] = ()
        self._corner = 0

    def setEntries(self, entries: Sequence[Entry]) -> None:
        shown = tuple(replace(e, name=with_minus(e.name)) for e in entries if e.name)
        if len(shown) > _MOST:
            more = Entry(f"and {len(shown) - _MOST} more", "muted", line=False)
            shown = (*shown[:_MOST], more)
        self._entries = shown

    def paint(
        self, painter: QPainter, rect: QRectF, style: Style, data: NDArray[np.floating]
    ) -> None:
        """Draw the legend in a corner of `rect`; `data` (N, 2) are the pixels to leave free."""
        if not self._entries:
            return
        size = self._size(style)
        if size.width() > 0.6 * rect.width() or size.height() > 0.75 * rect.height():
            return  # no room: the names are in the tooltips and tables of the panel
        self._choose(rect, size, style, data)
        frame = self._frame(self._corner, rect, size, style)
        ground = style.color("base")
        ground.setAlphaF(0.86)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.fillRect(frame, ground)
        painter.setPen(QPen(style.color("line"), max(1.0, style.px(0.8))))
        painter.drawRect(frame)
        self._paintEntries(painter, frame, style)

    def _paintEntries(self, painter: QPainter, frame: QRectF, style: Style) -> None:
        font = style.font("small")
        metrics = QFontMetricsF(font)
        line, left = metrics.height() * 1.15, frame.left() + style.px(8)
        reach = style.px(self._sample())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(font)
        for row, entry in enumerate(self._entries):
            color = named(style, entry.color)
            middle = frame.top() + style.px(5) + (row + 0.5) * line
            if entry.line:
                painter.setPen(line_pen(style, entry.color, entry.width, entry.dash))
                painter.drawLine(QPointF(left, middle), QPointF(left + reach, middle))
            if entry.symbol:
                center = np.array([[left + reach / 2, middle]])
                fill, edge = (color, None) if entry.filled else (None, color)
                draw_symbols(painter, center, entry.symbol, style.px(7), fill, edge, style.px(1.6))
            painter.setPen(style.color("text"))
            baseline = middle + (metrics.ascent() - metrics.descent()) / 2
            painter.drawText(QPointF(left + reach + style.px(7), baseline), entry.name)

    def _size(self, style: Style) -> QSizeF:
        metrics = QFontMetricsF(style.font("small"))
        widest = max(metrics.horizontalAdvance(entry.name) for entry in self._entries)
        height = metrics.height() * 1.15 * len(self._entries) + style.px(10)
        return QSizeF(widest + style.px(self._sample() + 7 + 16), height)

    def _sample(self) -> int:
        """How long the pieces of line are: a symbol would hide the dashes of a short one."""
        return _LONG if any(e.line and e.dash and e.symbol for e in self._entries) else _SAMPLE

    def _frame(self, corner: int, rect: QRectF, size: QSizeF, style: Style) -> QRectF:
        gap = style.px(8)
        right, bottom = _CORNERS[corner]
        left = rect.right() - gap - size.width() if right else rect.left() + gap
        top = rect.bottom() - gap - size.height() if bottom else rect.top() + gap
        return QRectF(left, top, size.width(), size.height())

    def _choose(self, rect: QRectF, size: QSizeF, style: Style, data: NDArray[np.floating]) -> None:
        if not len(data):
            return
        hidden = []
        for corner in range(len(_CORNERS)):
            frame = self._frame(corner, rect, size, style)
            under = (data[:, 0] > frame.left()) & (data[:, 0] < frame.right())
            under &= (data[:, 1] > frame.top()) & (data[:, 1] < frame.bottom())
            hidden.append(int(under.sum()))
        best = int(np.argmin(hidden))
        if hidden[self._corner] > 0.02 * len(data) + 2 * hidden[best]:
            self._corner = best
