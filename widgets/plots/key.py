"""The key of a picture: what each symbol and each line in it means, in a row below it."""

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from widgets.numbers import with_minus
from widgets.plots.legend import Entry
from widgets.plots.shapes import line_pen, named
from widgets.plots.symbols import draw_symbols
from widgets.style import Style

_SAMPLE, _GAP, _APART = 18.0, 5.0, 16.0  # px at factor 1: a sample, before its words, behind them


class Key(QWidget):
    """Entries side by side, in as many rows as they need; hidden where there are none."""

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._style = style
        self._entries: tuple[Entry, ...] = ()
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        style.changed.connect(self._restyle)
        self._restyle()

    def entries(self) -> tuple[Entry, ...]:
        return self._entries

    def setEntries(self, entries: Sequence[Entry]) -> None:
        """Explain `entries`, in this order."""
        printed = tuple(replace(entry, name=with_minus(entry.name)) for entry in entries)
        if printed != self._entries:
            self._entries = printed
            self.setAccessibleName(", ".join(entry.name for entry in printed))
            self._restyle()

    def sizeHint(self) -> QSize:
        return QSize(0, self.heightForWidth(self.width()))

    def rowWidth(self) -> int:
        """How wide it is with all entries in one row."""
        *_, (last, at) = self._places(math.inf)
        words = QFontMetricsF(self._style.font("small")).horizontalAdvance(last.name)
        return math.ceil(at.x() + self._style.px(_SAMPLE + _GAP + 4) + words)

    def heightForWidth(self, width: int) -> int:
        """As high as the rows need."""
        places = self._places(width)
        half = QFontMetricsF(self._style.font("small")).height() * 1.3 / 2
        return round(places[-1][1].y() + half + self._style.px(4)) if places else 0

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, style = QPainter(self), self._style
        painter.fillRect(self.rect(), style.color("base"))
        metrics = QFontMetricsF(style.font("small"))
        down = (metrics.ascent() - metrics.descent()) / 2
        for entry, at in self._places(self.width()):
            self._paintSample(painter, entry, at)
            painter.setFont(style.font("small"))
            painter.setPen(style.color("text"))
            words = QPointF(at.x() + style.px(_SAMPLE + _GAP), at.y() + down)
            room = self.width() - words.x() - style.px(2)
            elide = Qt.TextElideMode.ElideRight
            painter.drawText(words, metrics.elidedText(entry.name, elide, max(room, 0.0)))
        painter.end()

    def _paintSample(self, painter: QPainter, entry: Entry, at: QPointF) -> None:
        style, color = self._style, named(self._style, entry.color)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if entry.line:
            painter.setPen(line_pen(style, entry.color, entry.width, entry.dash))
            painter.drawLine(at, at + QPointF(style.px(_SAMPLE), 0.0))
        if entry.symbol:
            center = np.array([[at.x() + style.px(_SAMPLE) / 2, at.y()]])
            fill, edge = (color, None) if entry.filled else (None, color)
            size = style.px(12 if entry.symbol == "star" else 9)
            draw_symbols(painter, center, entry.symbol, size, fill, edge, style.px(1.6))

    def _places(self, width: float) -> list[tuple[Entry, QPointF]]:
        """Each entry with the left end of the middle of its sample, in rows of `width` pixels."""
        px = self._style.px
        metrics = QFontMetricsF(self._style.font("small"))
        row = metrics.height() * 1.3
        left = px(10)
        x, y = left, row / 2
        placed = []
        for entry in self._entries:
            wide = px(_SAMPLE + _GAP) + metrics.horizontalAdvance(entry.name)
            if x > left and x + wide > width:
                x, y = left, y + row
            placed.append((entry, QPointF(x, y)))
            x += wide + px(_APART)
        return placed

    def _restyle(self) -> None:
        self.setVisible(bool(self._entries))
        self.updateGeometry()
        self.update()


class _Page(QWidget):
    def hasHeightForWidth(self) -> bool:
        """No: the rows of the key take of the height that the picture has."""
        return False


def with_key(widget: QWidget, key: Key) -> QWidget:
    """A page of `widget` with `key` below it."""
    page = _Page()
    column = QVBoxLayout(page)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    column.addWidget(widget, 1)
    column.addWidget(key)
    return page
