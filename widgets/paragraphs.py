"""Paragraphs in the room there is: more are scrolled, or in a picture cut off."""

import math
from collections.abc import Sequence
from functools import lru_cache

from PySide6.QtCore import QEvent, QPointF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent, QTextLayout, QTextOption
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QSizePolicy, QWidget

from widgets.numbers import with_minus
from widgets.redraw_pace import is_on_screen
from widgets.style import Style

_ELLIPSIS = "\u2026"
_MARGIN = 8  # px at factor 1, beside the lines
_PARTED = 0.28  # of a line, between two paragraphs
_SPACED = 1.05  # of a line, from line to line
_ABOVE = 4.8  # px at factor 1, above the first line
_SMALLEST = 0.86  # times the size of the body
_LEAST = 3  # lines that ought to have room
_KNOWN = 256  # paragraphs whose lines are remembered

Lines = list[tuple[str, float]]  # each with its top, in pixels


class Paragraphs(QAbstractScrollArea):
    """Sentences below each other, the first ones first.

    Letters are as large as `setScale` asks where all have room then, else as the body's, else a
    little smaller. What has no room even so is scrolled in the letters of the body, by the wheel or
    by keys, and stands in the tooltip; in a picture the last line that fits ends in "...". Until
    the room changes letters never grow again: those that follow every number flicker. Lines leave
    the bar its room whether it is there or not, so that it moves no word. A screen reader gets all.
    """

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._style = style
        self._texts: tuple[str, ...] = ()
        self._scale = 1.0
        self._refused = 0  # sizes of letters, the largest first, since the room changed
        self._font = style.font("body")
        self._lines: Lines = []  # where nothing is scrolled
        self._figure: QWidget | None = None
        self._figureTop = 0.0  # where nothing is scrolled
        self._bar = self.verticalScrollBar()
        self._bar.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # then arrows and pages scroll
        self._bar.setAccessibleName("Scroll the sentences")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.viewport().setAutoFillBackground(False)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
        style.changed.connect(self._enlarge)

    def texts(self) -> tuple[str, ...]:
        return self._texts

    def setTexts(self, texts: Sequence[str]) -> None:
        printed = tuple(with_minus(text) for text in texts)
        if printed != self._texts:
            self._texts = printed
            self.setAccessibleName("\n".join(printed))
            self._arrange()

    def setScale(self, scale: float) -> None:
        """How many times as large the letters are as the body of the style, where there is room."""
        if scale != self._scale:
            self._scale = scale
            self._enlarge()

    def setFigure(self, figure: QWidget) -> None:
        """Show `figure` above the paragraphs, or below the last one where there is no room."""
        self._figure = figure
        figure.setParent(self.viewport())
        self._enlarge()

    def figureChanged(self) -> None:
        """The figure is of another height now, which is that of its `sizeHint`."""
        self._enlarge()

    def sizeHint(self) -> QSize:
        return QSize(0, 0)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, 0)

    def wantedHeight(self) -> int:
        """The height at which all texts are seen in the letters of the body."""
        return math.ceil(self._laid(1.0)[1])

    def leastHeight(self) -> int:
        """The height of as many lines of the body as ought to have room."""
        return math.ceil(self._style.px(_ABOVE) + _LEAST * _spacing(self._style.font("body")))

    def shown(self) -> Lines:
        """The lines that are seen, all of them whole."""
        line, scrolled = _spacing(self._font), self._bar.value()
        moved = [(text, top - scrolled) for text, top in self._lines]
        return [(text, top) for text, top in moved if top >= 0 and top + line <= self.height()]

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Show):
            self._enlarge()
        return done

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        self._placeFigure()
        self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.setFont(self._font)
        painter.setPen(self._style.color("text"))
        ascent = QFontMetricsF(self._font).ascent()
        for text, top in self.shown():
            painter.drawText(QPointF(self._style.px(_MARGIN), top + ascent), text)
        painter.end()

    def _enlarge(self) -> None:
        """Take the largest letters in which the texts of now have room."""
        self._refused = 0
        self._arrange()

    def _arrange(self) -> None:
        """Lay out the lines and the figure, and let the bar go as far as there is more."""
        isSeen, high = is_on_screen(self), self.height()
        sizes = (self._scale, min(1.0, self._scale), _SMALLEST)
        while self._refused < len(sizes) and self._laid(sizes[self._refused])[1] > high:
            self._refused += 1
        hasRoom = self._refused < len(sizes)
        scale = sizes[self._refused] if hasRoom else 1.0 if isSeen else _SMALLEST
        lines, needed = self._laid(scale)
        figure, self._font = self._figureHeight(), self._style.font(scale=scale)
        isFigureLast = not hasRoom if isSeen else high - figure < self.leastHeight()
        self._figureTop = needed - figure if isFigureLast else 0.0
        above = 0 if isFigureLast else figure
        self._lines = [(text, top + above) for text, top in lines]
        self.setToolTip("\n".join(self._texts) if needed > high else "")
        if not isSeen:
            self._cutOff()
        self._bar.setRange(0, max(0, math.ceil(needed) - high) if isSeen else 0)
        self._bar.setPageStep(high)
        self._bar.setSingleStep(math.ceil(_spacing(self._font)))
        self._placeFigure()
        self.viewport().update()

    def _laid(self, scale: float) -> tuple[Lines, float]:
        """The lines in letters `scale` times as large as the body's, and how high all there is is.

        The tops are those where the figure stands below the lines.
        """
        font, top = self._style.font(scale=scale), self._style.px(_ABOVE)
        line, lines = _spacing(font), Lines()
        for text in self._texts:
            top += _PARTED * line if lines else 0
            for piece in _wrapped(text, self._room(), font):
                lines.append((piece, top))
                top += line
        return lines, top + self._figureHeight()

    def _cutOff(self) -> None:
        """Let the last line that fits end in an ellipsis, if there are more of its paragraph."""
        line = _spacing(self._font)
        count = sum(top + line <= self.height() for _, top in self._lines)
        if 0 < count < len(self._lines):
            text, top = self._lines[count - 1]
            isWhole = self._lines[count][1] > top + 1.01 * line  # the next begins a paragraph
            cut = text.rstrip() + ("" if isWhole else f" {_ELLIPSIS}")
            right, metrics = Qt.TextElideMode.ElideRight, QFontMetricsF(self._font)
            self._lines[count - 1] = metrics.elidedText(cut, right, self._room()), top

    def _placeFigure(self) -> None:
        """Move the figure with the lines, and show it where it is seen whole."""
        if self._figure is not None:
            size, top = self._figureHeight(), round(self._figureTop) - self._bar.value()
            wide = int(self._room() + self._style.px(3))
            self._figure.setGeometry(round(self._style.px(5)), top, wide, size)
            self._figure.setVisible(size > 0 and top >= 0 and top + size <= self.height() + 1)

    def _figureHeight(self) -> int:
        return 0 if self._figure is None else self._figure.sizeHint().height()

    def _room(self) -> float:
        """The width of the lines."""
        margin = self._style.px(_MARGIN)
        bar = self._bar.sizeHint().width() if is_on_screen(self) else 0
        return self.width() - margin - max(margin, bar)


def _spacing(font: QFont) -> float:
    """From line to line, in pixels."""
    return QFontMetricsF(font).height() * _SPACED


@lru_cache(_KNOWN)
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
