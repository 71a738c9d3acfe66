"""Small pictures in rows, each with words below it."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter
from PySide6.QtWidgets import QWidget

from widgets.pictures import to_qimage
from widgets.plots.shapes import named
from widgets.plots.title import fitted
from widgets.style import Style
from widgets.tiles.picking import PickingWidget
from widgets.tiles.tiling import Tiling, tiling

_GAP, _EDGE, _MARGIN = 14, 3, 6  # pixels at factor 1
_LEAST = 40  # the longer side of a tile that is worth looking at
_WIDEST = 96  # what words may ask for; longer ones are cut
_LARGE = 168  # the side of the picture under the cursor
_MIDDLE = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip


class TileGrid(PickingWidget):
    """Pictures as tiles in rows, as large as the room allows, with words and a coloured edge.

    A pixel of a picture is a square of whole pixels on the screen. The first ones are shown; what
    does not fit is counted. Under the cursor a tile is shown larger.

    Signals
    -------
    chosen(index)
        A person picked a picture, with mouse or keys; never emitted by a setter.
    """

    chosen = Signal(int)

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        self._image = QImage()  # the pictures, one below the other
        self._words: tuple[tuple[str, ...], ...] = ()
        self._colors: tuple[str, ...] = ()
        self._tiling: Tiling | None = None  # of the present size
        super().__init__(style, parent)
        self.setAccessibleName("Pictures")

    def setTiles(
        self, pictures: NDArray[np.uint8], words: Sequence[str], colors: Sequence[str]
    ) -> None:
        """Show `pictures`, uint8 (n, H, W) grey or (n, H, W, 3), first row on top.

        Below each stand its `words`, a line or two; its edge has one of `colors`, #rrggbb or a name
        of the theme. `ValueError` if there are not as many of each, or they are no such pictures.
        """
        is_picture = pictures.ndim == 3 or (pictures.ndim == 4 and pictures.shape[3] == 3)
        if not is_picture or 0 in pictures.shape[1:] or pictures.dtype != np.uint8:
            raise ValueError(f"{pictures.dtype} {pictures.shape} are no pictures")
        if not len(pictures) == len(words) == len(colors):
            counts = len(pictures), len(words), len(colors)
            raise ValueError(f"{counts} pictures, words and colours: there is one of each a tile")
        rgb = pictures if pictures.ndim == 4 else np.repeat(pictures[..., None], 3, axis=3)
        image = to_qimage(rgb.reshape(-1, *rgb.shape[2:])) if len(rgb) else QImage()
        lines = tuple(tuple(text.split("\n")) for text in words)
        if (image, lines, tuple(colors)) != (self._image, self._words, self._colors):
            self._image, self._words, self._colors = image, lines, tuple(colors)
            self._changed()

    def sizeHint(self) -> QSize:
        return QSize(round(self._style.px(480)), round(self._style.px(320)))

    def minimumSizeHint(self) -> QSize:
        return QSize(round(self._style.px(120)), round(self._style.px(100)))

    def tiling(self) -> Tiling:
        """Where everything lies, at the present size."""
        if self._tiling is None:
            self._tiling = self._lay()
        return self._tiling

    def _lay(self) -> Tiling:
        style, metrics = self._style, QFontMetricsF(self._style.font("small", bold=True))
        widest = max((metrics.horizontalAdvance(t) for w in self._words for t in w), default=0.0)
        lines = max((len(w) for w in self._words if any(w)), default=0)
        words = min(widest + 1, style.px(_WIDEST)), lines * metrics.height()
        below = words[0], words[1] + style.px(_EDGE) if lines else 0.0
        count = len(self._words)
        picture = float(self._image.width() or 1), float(self._image.height() // max(count, 1) or 1)
        margin = 2 * style.px(_MARGIN)
        room = self.width() - margin, self.height() - margin
        gap, least, footer = style.px(_GAP), style.px(_LEAST), metrics.height()
        return tiling(count, picture, below, room, gap, least, footer, self.devicePixelRatioF())

    def _relay(self) -> None:
        self._tiling = None

    # what it shows
    def _columns(self) -> int:
        return self.tiling().columns

    def _count(self) -> int:
        return self.tiling().shown

    def _rect(self, index: int) -> QRectF:
        """A tile with its edge."""
        thick = self._thick()
        return self._picture(index).adjusted(-thick, -thick, thick, thick)

    def _picture(self, index: int) -> QRectF:
        margin, ratio = self._style.px(_MARGIN), self.devicePixelRatioF()
        margin = round(margin * ratio) / ratio
        return self.tiling().rect(index).translated(margin, margin)

    def _thick(self) -> int:
        return max(1, round(self._style.px(_EDGE)))

    def _lines(self, index: int) -> Sequence[str]:
        return self._words[index]

    def _pick(self, index: int) -> None:
        self.chosen.emit(index)

    def _enlarged(self, index: int) -> tuple[QImage, QColor]:
        ratio, large = self.devicePixelRatioF(), self._style.px(_LARGE)
        side = ratio * min(large, 0.6 * self.height(), 0.6 * self.width())
        piece = self._piece(index)
        times = side / max(piece.width(), piece.height())
        enlarged = _scaled(piece, max(1, int(times)) if times >= 1 else times)
        enlarged.setDevicePixelRatio(ratio)
        return enlarged, named(self._style, self._colors[index])

    def _piece(self, index: int) -> QImage:
        high = self._image.height() // len(self._words)
        return self._image.copy(0, index * high, self._image.width(), high)

    def _draw(self, painter: QPainter) -> None:
        laid, style = self.tiling(), self._style
        ratio = self.devicePixelRatioF()
        for index in range(laid.shown):
            painter.fillRect(self._rect(index), named(style, self._colors[index]))
            # enlarged before it is drawn: what reads an SVG would blur it
            painter.drawImage(self._picture(index), _scaled(self._piece(index), laid.scale * ratio))
            self._write(painter, index)
        left_out = len(self._words) - laid.shown
        if left_out:
            painter.setFont(style.font("small"))
            painter.setPen(style.color("muted"))
            line = QRectF(self.rect()).adjusted(0, 0, -style.px(_MARGIN), -style.px(_MARGIN) / 2)
            side = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom
            text = f"and {left_out} more" if laid.shown else f"{left_out} pictures"
            painter.drawText(line, side, text)

    def _write(self, painter: QPainter, index: int) -> None:
        laid, style = self.tiling(), self._style
        margin = style.px(_MARGIN)
        words = laid.wordsRect(index).translated(round(margin), round(margin) + style.px(_EDGE))
        for number, line in enumerate(self._words[index]):
            font, text = fitted(line, style.font("small", bold=number == 0), words.width())
            painter.setFont(font)
            painter.setPen(style.color("muted" if number else "text"))
            high = QFontMetricsF(style.font("small")).height()
            rect = QRectF(words.left(), words.top() + number * high, words.width(), high)
            painter.drawText(rect, _MIDDLE, text)


def _scaled(image: QImage, times: float) -> QImage:
    """`image` enlarged without any smoothing, or shrunk with it."""
    size = QSize(max(1, round(image.width() * times)), max(1, round(image.height() * times)))
    mode = Qt.TransformationMode
    how = mode.FastTransformation if times >= 1 else mode.SmoothTransformation
    return image.scaled(size, Qt.AspectRatioMode.IgnoreAspectRatio, how)
