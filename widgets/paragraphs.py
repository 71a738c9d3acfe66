"""Paragraphs in the room there is: what does not fit is cut off with an ellipsis."""

import math
from collections.abc import Sequence

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import (
    QFont,
    QFontMetricsF,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextLayout,
    QTextOption,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from widgets.style import Style

_ELLIPSIS = "\u2026"
_PARTED = 0.28  # of a line, between two paragraphs
_SPACED = 1.05  # of a line, from line to line
_ABOVE = 4.8  # px at factor 1, above the first line
_SMALLEST = 0.86  # times the size of the body, so that the first paragraph is whole
_LEAST = 3  # lines that ought to have room


class Paragraphs(QWidget):
    """Sentences below each other, the first ones first; the last line that fits ends in "...".

    Letters are smaller where the first paragraph would be cut otherwise, and no larger than the
    body's where any would; so they stay until the room changes, since letters that change their
    size with every number flicker. A screen reader gets all paragraphs.
    """

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._style = style
        self._texts: tuple[str, ...] = ()
        self._scale = 1.0
        self._largest = 1.0  # scale at which all texts have had room since the room changed
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
        style.changed.connect(self._enlarge)

    def texts(self) -> tuple[str, ...]:
        return self._texts

    def setTexts(self, texts: Sequence[str]) -> None:
        if tuple(texts) != self._texts:
            self._texts = tuple(texts)
            self.setAccessibleName("\n".join(texts))
            self._shrink()
            self.update()

    def setScale(self, scale: float) -> None:
        """How many times as large the letters are as the body of the style, where there is room."""
        if scale != self._scale:
            self._scale = scale
            self._enlarge()

    def minimumSizeHint(self) -> QSize:
        return QSize(0, 0)

    def shown(self) -> list[tuple[str, float]]:
        """The lines that fit, each with its top, in pixels."""
        font, width = self._fitting(), self._room()
        metrics = QFontMetricsF(font)
        line, top = metrics.height() * _SPACED, self._style.px(_ABOVE)
        lines: list[tuple[str, float]] = []
        for i, text in enumerate(self._texts):
            pieces = _wrapped(text, width, font)
            for j, piece in enumerate(pieces):
                fits_next = top + 2 * line <= self.height()
                if top + line > self.height():
                    return lines
                is_last = i == len(self._texts) - 1 and j == len(pieces) - 1
                if not fits_next and not is_last:
                    cut = piece.rstrip() + ("" if j == len(pieces) - 1 else " " + _ELLIPSIS)
                    lines.append((metrics.elidedText(cut, Qt.TextElideMode.ElideRight, width), top))
                    return lines
                lines.append((piece, top))
                top += line
            top += _PARTED * line
        return lines

    def leastHeight(self) -> int:
        """The height of as many lines of the body as ought to have room."""
        metrics = QFontMetricsF(self._style.font("body"))
        return math.ceil(self._style.px(_ABOVE) + _LEAST * metrics.height() * _SPACED)

    def _room(self) -> float:
        """The width of the lines."""
        return self.width() - 2 * self._style.px(8)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._enlarge()

    def _enlarge(self) -> None:
        """Take the largest letters in which the texts of now have room."""
        self._largest = self._scale
        self._shrink()
        self.update()

    def _shrink(self) -> None:
        """Take letters as large as the body's, if larger ones leave the texts too little room."""
        if self._largest > 1 and self._heightOf(self._texts, self._largest) > self.height():
            self._largest = 1.0

    def _fitting(self) -> QFont:
        """The largest letters in which the first paragraph is whole, or the smallest."""
        for scale in sorted({self._largest, 1.0, _SMALLEST}, reverse=True):
            if self._heightOf(self._texts[:1], scale) <= self.height():
                break
        return self._font(scale)

    def _heightOf(self, texts: Sequence[str], scale: float) -> float:
        """How high `texts` are in letters `scale` times as large as the body's, in pixels."""
        font, width = self._font(scale), self._room()
        lines = sum(len(_wrapped(text, width, font)) for text in texts)
        parted = _PARTED * max(0, len(texts) - 1)
        return self._style.px(_ABOVE) + (lines + parted) * QFontMetricsF(font).height() * _SPACED

    def _font(self, scale: float) -> QFont:
        font = QFont(self._style.font("body"))
        font.setPixelSize(round(font.pixelSize() * scale))
        return font

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, style = QPainter(self), self._style
        font = self._fitting()
        painter.setFont(font)
        painter.setPen(style.color("text"))
        ascent = QFontMetricsF(font).ascent()
        for text, top in self.shown():
            painter.drawText(QPointF(style.px(8), top + ascent), text)
        painter.end()


def _wrapped(text: str, width: float, font: QFont) -> list[str]:
    """The lines of `text` at `width` pixels."""
    layout = QTextLayout(text, font)
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    layout.beginLayout()
    lines = []
    while (line := layout.createLine()).isValid():
        line.setLineWidth(max(width, 1.0))
        lines.append(text[line.textStart() : line.textStart() + line.textLength()])
    layout.endLayout()
    return lines
