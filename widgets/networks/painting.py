"""Draws a network: links, tiles, words, and the plate that says a value."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetricsF, QImage, QPainter, QPen, QPixmap

from widgets.networks.diagram import Diagram, Link, Neuron, Words
from widgets.networks.links import FLAT, draw_strokes, link_strokes, link_width
from widgets.networks.signs import sign_colors
from widgets.networks.values import Values
from widgets.style import Style

_MIDDLE = Qt.AlignmentFlag.AlignCenter


@dataclass(slots=True)
class NetworkPainter:
    """Draws with `painter` what a `diagram` has room for, in the colours and sizes of `style`."""

    painter: QPainter
    diagram: Diagram
    style: Style
    _hues: dict[str, QColor] = field(init=False)
    _signs: tuple[QColor, QColor, QColor] = field(init=False)  # of 0, of + and of -

    def __post_init__(self) -> None:
        theme, names = self.style.theme(), ("base", "window", "edge", "text", "muted", "accent")
        self._hues = {name: QColor(getattr(theme, name)) for name in names}
        self._signs = sign_colors(self.style)

    def draw(
        self,
        names: Sequence[Sequence[str]],
        values: Values,
        chosen: Neuron | Link | None,
        hovered: Neuron | Link | None,
        links: QPixmap | None = None,
    ) -> None:
        """Draw all of it; what is chosen or under the cursor is set off.

        The links are drawn here too, unless they are given as pixels.
        """
        self.painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        self.painter.setFont(self.style.font("small"))
        if links is None:
            for strokes in link_strokes(self.diagram, values, self.style):
                draw_strokes(self.painter, strokes)
        else:
            self.painter.drawPixmap(QPointF(0, 0), links)
        for item in {chosen, hovered}:
            if isinstance(item, Link):
                self._drawAloft(item, values)
        for column, tiles in enumerate(self.diagram.tiles):
            image = values.images[column] if column < len(values.images) else None
            items = [Neuron(column, index) for index in range(len(tiles))]
            self.painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            for item, tile in zip(items, tiles, strict=True):
                self._drawFrame(tile, item == chosen, item == hovered)
                is_drawn = self._drawMap(tile, image, item.row, len(names[column]))
                if not is_drawn and 0 < column < len(names) - 1:  # elsewhere it stands beside
                    self._write(tile, names[column][item.row], "muted")
            self.painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            for item in items:
                if (bias := values.of(item)) is not None:
                    self._drawBias(item, bias, values)
            for item, tile in zip(items, tiles, strict=True):
                self._drawNumber(tile, values.word(item))
        self._drawWords(names)

    def _drawAloft(self, link: Link, values: Values) -> None:
        """Draw a link once more, over all others and with an outline."""
        path = self.diagram.paths[link.column][link.target][link.source]
        weight, px = values.of(link), self.style.px
        if weight is None:
            return
        width = max(link_width(link, self.diagram, values, self.style), px(2))
        self.painter.setBrush(QBrush())
        for name, more in (("text", 4), ("base", 2)):
            self.painter.setPen(
                QPen(self._hues[name], width + px(more), Qt.PenStyle.SolidLine, FLAT)
            )
            self.painter.drawPath(path)
        color = self._signs[(weight > 0) - (weight < 0)]
        self.painter.setPen(QPen(color, width, Qt.PenStyle.SolidLine, FLAT))
        self.painter.drawPath(path)

    def _drawMap(self, tile: QRectF, image: QImage | None, index: int, count: int) -> bool:
        """Draw the map of a neuron, if there is one."""
        self.painter.fillRect(tile, self._hues["window"])
        if image is None:
            return False
        high = image.height() // count
        # a piece of its own: SVG knows no parts of pictures, and smoothing no neighbours
        piece = image.copy(0, index * high, image.width(), high)
        self.painter.drawImage(tile, piece)
        return True

    def _drawFrame(self, tile: QRectF, chosen: bool, hovered: bool) -> None:
        """Fill the edge around a tile; rectangles on whole pixels are sharp, and fast."""
        thin = max(1.0, round(self.style.px(1)))
        edges = [(thin, self._hues["text" if hovered else "edge"])]
        if chosen:
            edges = [(4 * thin, self._hues["accent"]), (2 * thin, self._hues["base"])]
        elif hovered:
            edges = [(2 * thin, self._hues["text"])]
        for wide, color in edges:
            self.painter.fillRect(tile.adjusted(-wide, -wide, wide, wide), color)

    def _drawNumber(self, tile: QRectF, word: str) -> None:
        """Write a number on the middle of a tile, on a ground of its own, if there is room."""
        metrics, px = self.diagram.metrics, self.style.px
        wide, high = metrics.horizontalAdvance(word) + px(6), metrics.height()
        if not word or wide > 1.3 * tile.width() or high > tile.height():
            return
        plate = QRectF(0, 0, wide, high)
        plate.moveCenter(tile.center())
        self.painter.setPen(Qt.PenStyle.NoPen)
        self.painter.setBrush(self._hues["base"])
        self.painter.drawRoundedRect(plate, px(3), px(3))
        self.painter.setPen(self._hues["text"])
        self.painter.drawText(plate, _MIDDLE | Qt.TextFlag.TextDontClip, word)

    def _drawBias(self, neuron: Neuron, bias: float, values: Values) -> None:
        """Draw the mark of a bias: the fuller its disc, the larger it is."""
        (middle, radius), painter = self.diagram.mark(neuron), self.painter
        color = self._signs[(bias > 0) - (bias < 0)]
        painter.setPen(QPen(color, self.style.px(1.4)))
        painter.setBrush(self._hues["base"])
        painter.drawEllipse(middle, radius, radius)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        inner = radius * float(values.strength(np.float64(bias))) ** 0.5
        painter.drawEllipse(middle, inner, inner)

    def _drawWords(self, names: Sequence[Sequence[str]]) -> None:
        """Write the captions, what is left out, and the names of the first and the last column."""
        diagram, px = self.diagram, self.style.px
        for words in (*diagram.captions, *diagram.more):
            if words is not None:
                self._writeLines(words, "muted")
        gap, last = px(8), len(diagram.tiles) - 1
        ends = ((0, diagram.left, -gap - diagram.left), (last, diagram.right, gap))
        for column, room, aside in ends if last > 0 else ():
            for name, tile in zip(names[column], diagram.tiles[column], strict=False):
                left = (tile.left() if aside < 0 else tile.right()) + aside
                text = diagram.metrics.elidedText(name, Qt.TextElideMode.ElideRight, room)
                side = Qt.AlignmentFlag.AlignRight if aside < 0 else Qt.AlignmentFlag.AlignLeft
                rect = QRectF(left, tile.top(), room, tile.height())
                self.painter.setPen(self._hues["text"])
                flags = side | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip
                self.painter.drawText(rect, flags, text)

    def _write(self, tile: QRectF, name: str, color: str) -> None:
        """Write a name within a tile."""
        room = tile.width() - self.style.px(4)
        text = self.diagram.metrics.elidedText(name, Qt.TextElideMode.ElideRight, room)
        self.painter.setPen(self._hues[color])
        self.painter.drawText(tile, _MIDDLE | Qt.TextFlag.TextDontClip, text)

    def _writeLines(self, words: Words, color: str) -> None:
        high = words.rect.height() / len(words.lines)
        self.painter.setPen(self._hues[color])
        for index, line in enumerate(words.lines):
            top = words.rect.top() + index * high
            rect = QRectF(words.rect.left(), top, words.rect.width(), high)
            self.painter.drawText(rect, _MIDDLE | Qt.TextFlag.TextDontClip, line)

    def drawPlate(self, at: QPointF, value: str, name: str, bounds: QRectF) -> None:
        """Say a `value`, and below it whose it is, beside the point `at` and within `bounds`."""
        px, fonts = self.style.px, (self.style.font("body", bold=True), self.style.font("small"))
        room = bounds.width() - px(20)
        lines = [
            (QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, room), font, color)
            for text, font, color in zip((value, name), fonts, ("text", "muted"), strict=True)
        ]
        wide = max(QFontMetricsF(font).horizontalAdvance(text) for text, font, _ in lines) + px(16)
        high = sum(QFontMetricsF(font).height() for _, font, _ in lines) + px(8)
        left, top = at.x() + px(14), at.y() - high - px(8)
        if left + wide > bounds.right():
            left = at.x() - wide - px(14)
        if top < bounds.top():
            top = at.y() + px(16)
        left = max(bounds.left(), min(left, bounds.right() - wide))
        top = max(bounds.top(), min(top, bounds.bottom() - high))
        painter, plate = self.painter, QRectF(left, top, wide, high)
        painter.setPen(QPen(self._hues["edge"], px(1)))
        painter.setBrush(self._hues["base"])
        painter.drawRoundedRect(plate, px(6), px(6))
        top += px(4)
        for text, font, color in lines:
            painter.setFont(font)
            painter.setPen(self._hues[color])
            line = QRectF(left, top, wide, QFontMetricsF(font).height())
            painter.drawText(line, _MIDDLE, text)
            top += line.height()
