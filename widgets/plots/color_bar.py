"""The bar beside a map that says which colour is which number."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from widgets.numbers import format_compact, format_log_ticks, format_ticks
from widgets.pictures import to_qimage
from widgets.plots.title import fitted
from widgets.style import Style


class ColorBar(QWidget):
    """An upright strip of colours with numbers beside it, or one patch for each of some names."""

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._style = style
        self._colors: NDArray[np.uint8] = np.zeros((2, 3), dtype=np.uint8)
        self._labels: tuple[tuple[float, str], ...] = ()
        self._names: tuple[str, ...] = ()
        self._patches: NDArray[np.uint8] = np.zeros((0, 3), dtype=np.uint8)
        self._caption = ""
        self._margins = (0, 0)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Colour scale")
        style.changed.connect(self._restyle)

    def setLevels(
        self, colors: NDArray[np.uint8], levels: Sequence[float], caption: str = ""
    ) -> None:
        """Show `colors` (n, 3) from low to high, with `levels` evenly spaced along them.

        `caption` is written along the bar.
        """
        places = np.linspace(0, 1, len(levels)).tolist()
        labels = [format_compact(level, 3) for level in levels]
        self._show(colors, tuple(zip(places, labels, strict=True)), (), caption)

    def setTicks(
        self,
        colors: NDArray[np.uint8],
        ticks: Sequence[float],
        ends: tuple[float, float],
        *,
        log: bool = False,
        caption: str = "",
    ) -> None:
        """Show `colors` (n, 3) evenly over the numbers between `ends`, with `ticks` in place.

        With `log`, ticks and ends are log10 of the numbers that are written. `caption` is written
        along the bar.
        """
        places = [(tick - ends[0]) / (ends[1] - ends[0]) for tick in ticks]
        labels = format_log_ticks(ticks) if log else format_ticks(ticks)
        self._show(colors, tuple(zip(places, labels, strict=True)), (), caption)

    def setPlaces(
        self, colors: NDArray[np.uint8], labels: Sequence[tuple[float, str]], caption: str = ""
    ) -> None:
        """Show `colors` (n, 3), with each of `labels` at its place: 0 is below, 1 on top."""
        self._show(colors, tuple(labels), (), caption)

    def setNames(self, colors: NDArray[np.uint8], names: Sequence[str]) -> None:
        """Show one patch a name, in `colors` (n, 3)."""
        self._patches = colors
        self._show(self._colors, (), tuple(names))

    def addNames(self, colors: NDArray[np.uint8], names: Sequence[str]) -> None:
        """Show patches below the strip too, one a name, in `colors` (n, 3)."""
        self._patches = colors
        self._show(self._colors, self._labels, tuple(names), self._caption)

    def setMargins(self, top: float, bottom: float) -> None:
        """Leave so many pixels free, to stand level with the plot beside it."""
        self._margins = (round(top), round(bottom))
        self.update()

    def sizeHint(self) -> QSize:
        words = [text for _, text in self._labels] + list(self._names)
        metrics = QFontMetricsF(self._style.font("small"))
        widest = max((metrics.horizontalAdvance(word) for word in words), default=0.0)
        caption = metrics.height() if self._caption else 0.0
        return QSize(round(widest + caption + self._style.px(30)), 10)

    def _show(
        self,
        colors: NDArray[np.uint8],
        labels: tuple[tuple[float, str], ...],
        names: tuple[str, ...],
        caption: str = "",
    ) -> None:
        changed = (labels, names, caption) != (self._labels, self._names, self._caption)
        self._colors, self._labels, self._names = colors, labels, names
        self._caption = caption
        self._restyle() if changed else self.update()

    def _restyle(self) -> None:
        self.setFixedWidth(self.sizeHint().width())
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._style.color("base"))
        painter.setFont(self._style.font("small"))
        if self._labels or not self._names:
            self._paintStrip(painter)
        self._paintNames(painter)
        painter.end()

    def _paintStrip(self, painter: QPainter) -> None:
        style = self._style
        top, bottom = self._margins
        bottom += round(self._namesHeight())
        strip = QRectF(style.px(2), top, style.px(12), max(1, self.height() - top - bottom))
        painter.drawImage(strip, to_qimage(self._colors[::-1, None, :]))
        painter.setPen(QPen(style.color("muted"), max(1.0, style.px(0.8))))
        painter.drawRect(strip)
        metrics = QFontMetricsF(style.font("small"))
        count = max(1, int(strip.height() / (metrics.height() * 1.05)))
        every = max(1, -(-len(self._labels) // count))
        for place, text in self._labels[::every]:
            y = strip.bottom() - place * strip.height()
            painter.drawLine(QPointF(strip.right(), y), QPointF(strip.right() + style.px(3), y))
            middle = y + (metrics.ascent() - metrics.descent()) / 2
            painter.drawText(QPointF(strip.right() + style.px(6), middle), text)
        if self._caption:
            painter.save()
            painter.translate(self.width() - style.px(3) - metrics.descent(), strip.center().y())
            painter.rotate(-90)
            room = strip.height() + min(top, bottom)  # half of it stands free above and below
            font, caption = fitted(self._caption, style.font("small"), room)
            painter.setFont(font)
            wide = QFontMetricsF(font).horizontalAdvance(caption)
            painter.drawText(QPointF(-wide / 2, 0), caption)
            painter.restore()

    def _namesHeight(self) -> float:
        """The room that names take below a strip."""
        metrics = QFontMetricsF(self._style.font("small"))
        return (len(self._names) + 0.3) * metrics.height() * 1.35 if self._names else 0.0

    def _paintNames(self, painter: QPainter) -> None:
        style = self._style
        metrics = QFontMetricsF(style.font("small"))
        step, side = metrics.height() * 1.35, style.px(12)
        top: float = self._margins[0]
        if self._labels:
            top = self.height() - self._margins[1] - len(self._names) * step
        pairs = zip(self._patches.tolist(), self._names, strict=False)
        for row, (color, name) in enumerate(pairs):
            middle = top + (row + 0.5) * step
            patch = QRectF(style.px(2), middle - side / 2, side, side)
            painter.setPen(QPen(style.color("muted"), max(1.0, style.px(0.8))))
            painter.setBrush(style.color("base").fromRgb(*color))
            painter.drawRect(patch)
            painter.setPen(style.color("text"))
            baseline = middle + (metrics.ascent() - metrics.descent()) / 2
            painter.drawText(QPointF(patch.right() + style.px(6), baseline), name)
        painter.setBrush(Qt.BrushStyle.NoBrush)
