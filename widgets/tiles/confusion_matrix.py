"""How often each class is taken for each other."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QPainter
from PySide6.QtWidgets import QWidget

from widgets.style import Style
from widgets.tiles.matrix_colors import percent, shade, shades, shares_of, top_of
from widgets.tiles.matrix_layout import MatrixLayout, lay_out
from widgets.tiles.picking import PickingWidget

_MOST = 26  # classes
_STRIP, _GAP = 48, 6  # pixels at factor 1 in the key: of colours, and between its parts
_RIGHT, _MISTAKES = 0, 1  # categories of colour
_FLAG = Qt.AlignmentFlag
_MIDDLE = _FLAG.AlignCenter | Qt.TextFlag.TextDontClip


class ConfusionMatrix(PickingWidget):
    """Counts of samples, a row for each true class and a column for each predicted one.

    Colours are shares of the row: blue on the diagonal, up to 100%, and orange for mistakes, on a
    scale of their own that ends at the largest, rounded up; a key says so. At the right stands how
    much of each true class is found. A mistake that never happened is left blank, and words that do
    not fit are left out. Cells are counted row by row.

    Signals
    -------
    cellChosen(true, predicted)
        A person picked a cell, with mouse or keys; never emitted by a setter.
    """

    cellChosen = Signal(int, int)

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        self._counts: NDArray[np.integer] = np.zeros((0, 0), np.int64)
        self._shares: NDArray[np.float64] = np.zeros((0, 0))
        self._names: tuple[str, ...] = ()
        self._layout: MatrixLayout | None = None  # of the present size
        super().__init__(style, parent)
        self.setAccessibleName("Confusion matrix")

    def setMatrix(self, counts: NDArray[np.integer], names: Sequence[str]) -> None:
        """Show `counts` (C, C), integers, rows the true class, and the `names` of the C classes.

        There are at most 26; `ValueError` else, and if there are not as many names.
        """
        n = len(names)
        if n > _MOST or counts.shape != (n, n):
            raise ValueError(
                f"counts of shape {counts.shape} with {n} names; they must be as many rows and "
                f"columns as names, at most {_MOST}"
            )
        if tuple(names) != self._names or not np.array_equal(counts, self._counts):
            self._counts, self._names = counts.copy(), tuple(names)
            self._shares = shares_of(self._counts)
            self._changed()

    def sizeHint(self) -> QSize:
        return QSize(round(self._style.px(480)), round(self._style.px(360)))

    def minimumSizeHint(self) -> QSize:
        return QSize(round(self._style.px(180)), round(self._style.px(140)))

    def matrixLayout(self) -> MatrixLayout:
        """Where everything lies, at the present size."""
        if self._layout is None:
            is_right = np.eye(len(self._names), dtype=bool)
            texts = [[str(c) for c in self._counts[k].tolist()] for k in (is_right, ~is_right)]
            key, room = self._keyWidth(), (float(self.width()), float(self.height()))
            self._layout = lay_out(self._names, (texts[0], texts[1]), key, room, self._style)
        return self._layout

    def _relay(self) -> None:
        self._layout = None

    # what it shows
    def _columns(self) -> int:
        return max(1, len(self._names))

    def _count(self) -> int:
        return len(self._names) ** 2

    def _rect(self, index: int) -> QRectF:
        """A cell, on whole pixels, so that all gaps are alike."""
        laid = self.matrixLayout()
        row, column = divmod(index, len(self._names))
        (left, right), (top, bottom) = laid.x[column : column + 2], laid.y[row : row + 2]
        return QRectF(left, top, right - left - laid.gap, bottom - top - laid.gap)

    def _at(self, point: QPointF | None) -> int | None:
        n = len(self._names)
        if point is None or not n or not self.matrixLayout().cells.contains(point):
            return None
        cells = self.matrixLayout().cells
        across = (point.x() - cells.left()) / cells.width()
        down = (point.y() - cells.top()) / cells.height()
        return min(int(down * n), n - 1) * n + min(int(across * n), n - 1)

    def _lines(self, index: int) -> Sequence[str]:
        true, predicted = divmod(index, len(self._names))
        part, whole = int(self._counts[true, predicted]), int(self._counts[true].sum())
        said = f"{self._names[true]} read as {self._names[predicted]}: {part} of {whole}"
        return (said, percent(part, whole)) if whole else (said,)

    def _pick(self, index: int) -> None:
        self.cellChosen.emit(*divmod(index, len(self._names)))

    # drawing
    def _draw(self, painter: QPainter) -> None:
        if not self._names:
            return
        self._drawCells(painter)
        self._drawRowNames(painter)
        self._drawColumnNames(painter)
        self._drawShares(painter)
        self._drawKey(painter)

    def _drawCells(self, painter: QPainter) -> None:
        laid, theme, n = self.matrixLayout(), self._style.theme(), len(self._names)
        top, room, blank = top_of(self._shares), self._style.px(2), self._style.color("window")
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        fonts = laid.mistakes, laid.found
        # digits are of one width
        digit = [QFontMetricsF(font).horizontalAdvance("0") if font else 0.0 for font in fonts]
        for index in range(n * n):
            true, predicted = divmod(index, n)
            count, share = int(self._counts[true, predicted]), float(self._shares[true, predicted])
            rect, is_right = self._rect(index), true == predicted
            if not count and not is_right:
                painter.fillRect(rect, blank)
                continue
            kind, end = (_RIGHT, 1.0) if is_right else (_MISTAKES, top)
            colors = shade(theme.name, kind, share / end)
            painter.fillRect(rect, colors.ground)
            text = str(count)
            font = fonts[is_right]
            if font is not None and len(text) * digit[is_right] <= rect.width() - room:
                painter.setFont(font)
                painter.setPen(colors.words)
                painter.drawText(rect, _MIDDLE, text)

    def _drawRowNames(self, painter: QPainter) -> None:
        laid, n = self.matrixLayout(), len(self._names)
        metrics, high = QFontMetricsF(laid.names), laid.cells.height() / n
        painter.setFont(laid.names)
        painter.setPen(self._style.color("text"))
        for row in range(0, n, laid.down):
            text = metrics.elidedText(
                self._names[row], Qt.TextElideMode.ElideRight, laid.left.width() + 1
            )
            rect = QRectF(laid.left.left(), laid.left.top() + row * high, laid.left.width(), high)
            painter.drawText(
                rect, _FLAG.AlignRight | _FLAG.AlignVCenter | Qt.TextFlag.TextDontClip, text
            )
        self._writeUp(painter, QPointF(laid.left.left(), laid.cells.center().y()), "true")

    def _drawColumnNames(self, painter: QPainter) -> None:
        laid, n = self.matrixLayout(), len(self._names)
        metrics, wide = QFontMetricsF(laid.names), laid.cells.width() / n
        painter.setFont(laid.names)
        painter.setPen(self._style.color("text"))
        for column in range(0, n, laid.across):
            name, x = self._names[column], laid.top.left() + (column + 0.5) * wide
            if not laid.upright:
                rect = QRectF(x - wide / 2, laid.top.top(), wide, laid.top.height())
                painter.drawText(rect, _MIDDLE, name)
                continue
            room = laid.top.height() - self._style.px(4)
            text = metrics.elidedText(name, Qt.TextElideMode.ElideRight, room)
            painter.save()
            painter.translate(x, laid.top.bottom() - self._style.px(3))
            painter.rotate(-90)
            painter.drawText(QPointF(0, (metrics.ascent() - metrics.descent()) / 2), text)
            painter.restore()
        small = self._style.font("small")
        high = QFontMetricsF(small).height()
        painter.setFont(small)
        painter.setPen(self._style.color("muted"))
        over = QRectF(laid.cells.left(), laid.top.top() - high, laid.cells.width(), high)
        painter.drawText(over, _MIDDLE, "predicted")

    def _writeUp(self, painter: QPainter, at: QPointF, text: str) -> None:
        """Write upwards, left of a point and in the middle of it."""
        small = self._style.font("small")
        metrics = QFontMetricsF(small)
        painter.save()
        painter.setFont(small)
        painter.setPen(self._style.color("muted"))
        painter.translate(at.x() - self._style.px(4) - metrics.descent(), at.y())
        painter.rotate(-90)
        painter.drawText(QPointF(-metrics.horizontalAdvance(text) / 2, 0), text)
        painter.restore()

    def _drawShares(self, painter: QPainter) -> None:
        """Write how much of each true class is found."""
        laid, n = self.matrixLayout(), len(self._names)
        if not laid.shares.height():
            return
        font, high = laid.bold, laid.cells.height() / n
        line, side = QFontMetricsF(font).height(), _FLAG.AlignRight | _FLAG.AlignVCenter
        every = max(1, -int(-0.8 * line // high)) if high > 0 else n
        painter.setFont(font)
        painter.setPen(self._style.color("text"))
        for row in range(0, n, every):
            top = laid.shares.top() + row * high
            rect = QRectF(laid.shares.left(), top, laid.shares.width(), high)
            text = percent(int(self._counts[row, row]), int(self._counts[row].sum()))
            painter.drawText(rect, side | Qt.TextFlag.TextDontClip, text)
        small = self._style.font("small")
        painter.setFont(small)
        painter.setPen(self._style.color("muted"))
        bottom = laid.shares.top() - max(0.0, (line - high) / 2)  # the first may reach so high
        line = QFontMetricsF(small).height()
        over = QRectF(laid.shares.left(), bottom - line, laid.shares.width(), line)
        painter.drawText(over, side, "found")

    def _keyTexts(self) -> tuple[str, str]:
        return "right, 0 to 100%", f"mistakes, 0 to {100 * top_of(self._shares):g}%"

    def _keyWidth(self) -> float:
        metrics = QFontMetricsF(self._style.font("small"))
        words = sum(metrics.horizontalAdvance(text) for text in self._keyTexts())
        return words + self._style.px(2 * _STRIP + 5 * _GAP)

    def _drawKey(self, painter: QPainter) -> None:
        """Say below what the colours mean."""
        key, style, font = self.matrixLayout().key, self._style, self._style.font("small")
        if not key.height():
            return
        painter.setFont(font)
        x, strip, gap, bar = key.left(), style.px(_STRIP), style.px(_GAP), key.height() * 0.6
        for kind, text in zip((_RIGHT, _MISTAKES), self._keyTexts(), strict=True):
            colors = shades(style.theme().name, kind)
            for number, each in enumerate(colors):
                left, right = (x + strip * k / len(colors) for k in (number, number + 1))
                rect = QRectF(left, key.center().y() - bar / 2, right - left + 0.5, bar)
                painter.fillRect(rect, each.ground)
            wide = QFontMetricsF(font).horizontalAdvance(text)
            rect = QRectF(x + strip + gap, key.top(), wide, key.height())
            painter.setPen(style.color("muted"))
            painter.drawText(rect, _FLAG.AlignVCenter | Qt.TextFlag.TextDontClip, text)
            x += strip + wide + 4 * gap
