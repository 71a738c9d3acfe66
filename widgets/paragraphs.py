"""Paragraphs in the room there is: more are scrolled, or in a picture cut off."""

import math
from collections.abc import Sequence

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import (
    QFont,
    QFontMetricsF,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QShowEvent,
    QTextLayout,
    QTextOption,
    QWheelEvent,
)
from PySide6.QtWidgets import QScrollBar, QSizePolicy, QWidget

from widgets.numbers import with_minus
from widgets.redraw_pace import is_on_screen
from widgets.style import Style

_ELLIPSIS = "\u2026"
_PARTED = 0.28  # of a line, between two paragraphs
_SPACED = 1.05  # of a line, from line to line
_ABOVE = 4.8  # px at factor 1, above the first line
_SMALLEST = 0.86  # times the size of the body, so that the first paragraph is whole
_LEAST = 3  # lines that ought to have room


class Paragraphs(QWidget):
    """Sentences below each other, the first ones first.

    Letters are no larger than the body's where any paragraph would be cut otherwise, and a little
    smaller where all have room then, or in a picture; so they stay until the room changes, since
    letters that change their size with every number flicker. What still has no room is scrolled,
    line by line, by the wheel or by keys, and stands in the tooltip; in a picture the last line
    that fits ends in "...". A screen reader gets all paragraphs.
    """

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._style = style
        self._texts: tuple[str, ...] = ()
        self._scale = 1.0
        self._largest = 1.0  # scale at which all texts have had room since the room changed
        self._bar = QScrollBar(Qt.Orientation.Vertical, self)  # counts lines
        self._bar.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # then arrows and pages scroll
        self._bar.setAccessibleName("Scroll the sentences")
        self._bar.hide()
        self._isScrolled = False
        self._bar.valueChanged.connect(self._scroll)
        self._cut: dict[tuple[str, float, int], list[str]] = {}  # by text, width and size: lines
        self._figure: QWidget | None = None
        self._isFigureLast = False  # since the room changed
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
        style.changed.connect(self._enlarge)

    def texts(self) -> tuple[str, ...]:
        return self._texts

    def setTexts(self, texts: Sequence[str]) -> None:
        printed = tuple(with_minus(text) for text in texts)
        if printed != self._texts:
            self._texts = printed
            self._cut = {key: lines for key, lines in self._cut.items() if key[0] in printed}
            self.setAccessibleName("\n".join(printed))
            self._shrink()
            self._arrange()

    def setScale(self, scale: float) -> None:
        """How many times as large the letters are as the body of the style, where there is room."""
        if scale != self._scale:
            self._scale = scale
            self._enlarge()

    def setFigure(self, figure: QWidget) -> None:
        """Show `figure` above the paragraphs, or below the last one where there is no room."""
        self._figure = figure
        figure.setParent(self)
        self._enlarge()

    def figureChanged(self) -> None:
        """The figure is of another height now, which is that of its `sizeHint`."""
        self._enlarge()

    def minimumSizeHint(self) -> QSize:
        return QSize(0, 0)

    def shown(self) -> list[tuple[str, float]]:
        """The lines that are seen, each with its top, in pixels."""
        font = self._fitting()
        metrics = QFontMetricsF(font)
        line, lines = metrics.height() * _SPACED, self._laid(font)
        if self._isScrolled:
            first = min(self._bar.value(), len(lines) - 1)
            above = lines[first][1] - self._style.px(_ABOVE)
            rest = ((text, top - above) for text, top in lines[first:])
            return [(text, top) for text, top in rest if top + line <= self.height()]
        fitting = [(text, top) for text, top in lines if top + line <= self.height()]
        if fitting and len(fitting) < len(lines):
            text, top = fitting[-1]
            ends = lines[len(fitting)][1] > top + 1.01 * line  # the next line begins a paragraph
            cut = text.rstrip() + ("" if ends else " " + _ELLIPSIS)
            elided = metrics.elidedText(cut, Qt.TextElideMode.ElideRight, self._room())
            fitting[-1] = elided, top
        return fitting

    def wantedHeight(self) -> int:
        """The height at which all texts are seen in the letters of the body."""
        return math.ceil(self._needed(1.0))

    def _laid(self, font: QFont) -> list[tuple[str, float]]:
        """All lines, each with its top where nothing is scrolled."""
        line, top = QFontMetricsF(font).height() * _SPACED, self._style.px(_ABOVE)
        top += 0 if self._isFigureLast else self._figureHeight()
        lines = []
        for text in self._texts:
            for piece in self._lines(text, font):
                lines.append((piece, top))
                top += line
            top += _PARTED * line
        return lines

    def _arrange(self) -> None:
        """Show the bar if there is more than fits, and as far as it goes."""
        self._isScrolled = False  # a bar takes room from the words
        high = self.height()
        has_more = self._needed(self._fittingScale()) > high
        if is_on_screen(self):
            self._isFigureLast |= has_more
        else:
            self._isFigureLast = high - self._figureHeight() < self.leastHeight()
        self.setToolTip("\n".join(self._texts) if has_more else "")
        self._isScrolled = has_more and is_on_screen(self)
        if self._isScrolled:
            wide = self._bar.sizeHint().width()
            self._bar.setGeometry(self.width() - wide, 0, wide, high)
            font = self._fitting()
            line = QFontMetricsF(font).height() * _SPACED
            tops = [top for _, top in self._laid(font)]
            room = high - self._style.px(_ABOVE) - self._figureHeight()
            last = sum(tops[-1] + line - top > room for top in tops)
            self._bar.setRange(0, min(last, len(tops) - 1))
            self._bar.setPageStep(max(1, len(tops) - last))
        self._bar.setVisible(self._isScrolled)
        self._scroll()

    def _scroll(self) -> None:
        """Place the figure where the bar has moved it."""
        self.update()
        if self._figure is None:
            return
        font, px = self._fitting(), self._style.px
        line, lines, high = QFontMetricsF(font).height() * _SPACED, self._laid(font), px(_ABOVE)
        top, first = 0.0, self._bar.value() if self._isScrolled else 0
        if self._isFigureLast and lines:
            above = lines[min(first, len(lines) - 1)][1]
            top = lines[-1][1] + line - (above - high if first else 0)
        size = self._figureHeight()
        self._figure.setGeometry(round(px(5)), round(top), int(self._room() + px(3)), size)
        self._figure.setVisible(size > 0 and top >= 0 and top + size <= self.height() + 1)

    def _figureHeight(self) -> int:
        return 0 if self._figure is None else self._figure.sizeHint().height()

    def _needed(self, scale: float) -> float:
        """The height of all there is, in letters `scale` times as large as the body's."""
        return self._heightOf(self._texts, scale) + self._figureHeight()

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self._isScrolled:
            self._bar.event(event)
        else:
            event.ignore()

    def leastHeight(self) -> int:
        """The height of as many lines of the body as ought to have room."""
        metrics = QFontMetricsF(self._style.font("body"))
        return math.ceil(self._style.px(_ABOVE) + _LEAST * metrics.height() * _SPACED)

    def _room(self) -> float:
        """The width of the lines."""
        bar = self._bar.sizeHint().width() if self._isScrolled else 0
        return self.width() - 2 * self._style.px(8) - bar

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._enlarge()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._arrange()

    def _enlarge(self) -> None:
        """Take the largest letters in which the texts of now have room."""
        self._largest, self._isFigureLast = self._scale, False
        self._cut.clear()
        self._shrink()
        self._arrange()

    def _shrink(self) -> None:
        """Take smaller letters, if larger ones leave the texts too little room."""
        self._isScrolled = False
        if self._largest > 1 and self._needed(self._largest) > self.height():
            self._largest = 1.0
        too_high = self._needed(self._largest) > self.height()
        if too_high and (not is_on_screen(self) or self._needed(_SMALLEST) <= self.height()):
            self._largest = _SMALLEST

    def _fittingScale(self) -> float:
        """That of the largest letters in which the first paragraph is whole, or the smallest."""
        for scale in sorted({self._largest, min(1.0, self._largest), _SMALLEST}, reverse=True):
            if self._heightOf(self._texts[:1], scale) <= self.height():
                break
        return scale

    def _fitting(self) -> QFont:
        return self._font(self._fittingScale())

    def _heightOf(self, texts: Sequence[str], scale: float) -> float:
        """How high `texts` are in letters `scale` times as large as the body's, in pixels."""
        font = self._font(scale)
        lines = sum(len(self._lines(text, font)) for text in texts)
        parted = _PARTED * max(0, len(texts) - 1)
        return self._style.px(_ABOVE) + (lines + parted) * QFontMetricsF(font).height() * _SPACED

    def _lines(self, text: str, font: QFont) -> list[str]:
        """The lines of `text` in the room there is, looked up where they are known."""
        key = text, self._room(), font.pixelSize()
        if key not in self._cut:
            self._cut[key] = _wrapped(text, self._room(), font)
        return self._cut[key]

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
