"""Paragraphs in the room there is: what does not fit is cut off with an ellipsis."""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QTextLayout, QTextOption
from PySide6.QtWidgets import QSizePolicy, QWidget

from widgets.style import Style

_ELLIPSIS = "\u2026"
_PARTED = 0.28  # of a line, between two paragraphs


class Paragraphs(QWidget):
    """Sentences below each other, the first ones first; the last line that fits ends in "...".

    A screen reader gets them all.
    """

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._style = style
        self._texts: tuple[str, ...] = ()
        self._scale = 1.0
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
        style.changed.connect(self.update)

    def texts(self) -> tuple[str, ...]:
        return self._texts

    def setTexts(self, texts: Sequence[str]) -> None:
        if tuple(texts) != self._texts:
            self._texts = tuple(texts)
            self.setAccessibleName("\n".join(texts))
            self.update()

    def setScale(self, scale: float) -> None:
        """How many times as large the letters are as the body of the style."""
        if scale != self._scale:
            self._scale = scale
            self.update()

    def minimumSizeHint(self) -> QSize:
        return QSize(0, 0)

    def shown(self) -> list[tuple[str, float]]:
        """The lines that fit, each with its top, in pixels."""
        font = self._style.font("body")
        font.setPixelSize(round(font.pixelSize() * self._scale))
        metrics = QFontMetricsF(font)
        margin = self._style.px(8)
        width, line = self.width() - 2 * margin, metrics.height() * 1.05
        lines: list[tuple[str, float]] = []
        top = 0.6 * margin
        for i, text in enumerate(self._texts):
            pieces = _wrapped(text, width, self._style, font.pixelSize())
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

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, style = QPainter(self), self._style
        font = style.font("body")
        font.setPixelSize(round(font.pixelSize() * self._scale))
        painter.setFont(font)
        painter.setPen(style.color("text"))
        ascent = QFontMetricsF(font).ascent()
        for text, top in self.shown():
            painter.drawText(QPointF(style.px(8), top + ascent), text)
        painter.end()


def _wrapped(text: str, width: float, style: Style, size: int) -> list[str]:
    """The lines of `text` at `width` pixels."""
    font = style.font("body")
    font.setPixelSize(size)
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
