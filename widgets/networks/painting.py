"""Draws a network: links, tiles, words, and the plate that says a value."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetricsF, QImage, QPainter, QPen

from widgets.networks.diagram import Diagram, Link, Neuron, Words
from widgets.networks.signs import Floats, link_colors, maps_image, sign_colors, strength
from widgets.style import Style

_THINNEST, _THICKEST = 0.7, 9.0  # pixels at factor 1 of a link: of weight 0, and never reached
_ROOMY = 3  # links at a tile that may be as wide as that
_SQUARE = Qt.PenCapStyle.FlatCap
_MIDDLE = Qt.AlignmentFlag.AlignCenter


@dataclass(slots=True)
class Values:
    """What is drawn of a network, column by column; nothing where there are no numbers yet.

    A link is drawn half as strongly as can be where its number is `unit`.
    """

    images: list[QImage | None] = field(default_factory=list)  # the maps of a column, stacked
    weights: list[Floats] = field(default_factory=list)
    biases: list[Floats] = field(default_factory=list)
    told: Sequence[Floats] = ()  # what the maps of a column mean, (n, H, W)
    words: list[Sequence[str]] = field(default_factory=list)  # on the tiles of a column
    unit: float = 1.0

    def setMaps(self, maps: Sequence[Floats | None]) -> None:
        """Have these response maps, one array (n, H, W) or None for each column."""
        self.images = [None if m is None or not m.size else maps_image(m) for m in maps]

    def strength(self, numbers: Floats | np.float64) -> Floats:
        """How strongly links, or biases, of these numbers are drawn, 0 to 1."""
        return strength(numbers / self.unit)

    def word(self, neuron: Neuron) -> str:
        """What is written on a tile; "" for nothing."""
        known = self.words[neuron.column] if neuron.column < len(self.words) else ()
        return known[neuron.row] if neuron.row < len(known) else ""

    def at(self, neuron: Neuron, across: float, up: float) -> float | None:
        """What the map of a neuron says at these shares of it, from 0 to 1; None if nothing."""
        if not (neuron.column < len(self.told) and 0 <= across < 1 and 0 <= up < 1):
            return None
        numbers = self.told[neuron.column][neuron.row]
        said = float(numbers[int(up * numbers.shape[0]), int(across * numbers.shape[1])])
        return said if np.isfinite(said) else None

    def of(self, item: Neuron | Link) -> float | None:
        """The weight of a link, the bias of a neuron; None where it has none."""
        if isinstance(item, Link):
            known = self.weights[item.column : item.column + 1]
            return float(known[0][item.target, item.source]) if known else None
        if not 0 < item.column <= len(self.biases):
            return None
        return float(self.biases[item.column - 1][item.row])


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
    ) -> None:
        """Draw all of it; what is chosen or under the cursor is set off."""
        self.painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        self.painter.setFont(self.style.font("small"))
        self._drawLinks(values)
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

    def _widths(self, shares: Floats) -> Floats:
        """How wide links of these strengths are; where many meet at a tile they are thinner."""
        room = min(1.0, max(0.12, _ROOMY / max(*shares.shape, 1)))
        widths: Floats = self.style.px(_THINNEST) + self.style.px(_THICKEST) * room * shares
        return widths

    def _drawLinks(self, values: Values) -> None:
        """Draw the links, in each gap between two columns the strongest on top.

        Their colours are opaque, weak ones near the ground: Qt strokes those four times as fast.
        What they look like is computed for all gaps at once: for each alone it would take longer
        than to stroke them.
        """
        shown = [self._shown(column, values) for column in range(len(self.diagram.paths))]
        if not shown:
            return
        weights = np.concatenate([w.ravel() for w in shown])
        shares = values.strength(weights)
        colors = link_colors(self.style, weights, shares)
        pen, painter = QPen(QColor(), 1.0, Qt.PenStyle.SolidLine, _SQUARE), self.painter
        painter.setBrush(QBrush())
        first = 0
        for rows, numbers in zip(self.diagram.paths, shown, strict=True):
            of_gap = slice(first, first := first + numbers.size)
            order = np.argsort(shares[of_gap])
            widths = self._widths(shares[of_gap].reshape(numbers.shape)).ravel()[order].tolist()
            paths = [path for row in rows for path in row]
            hues = colors[of_gap][order].tolist()
            for place, width, color in zip(order.tolist(), widths, hues, strict=True):
                pen.setColor(QColor(color))
                pen.setWidthF(width)
                painter.setPen(pen)
                painter.drawPath(paths[place])

    def _shown(self, column: int, values: Values) -> Floats:
        """The weights (T, S) of the links that are drawn after a column; 0 where none are known."""
        rows = self.diagram.paths[column]
        shape = len(rows), len(rows[0]) if rows else 0
        known = column < len(values.weights)
        return values.weights[column][: shape[0], : shape[1]] if known else np.zeros(shape)

    def _drawAloft(self, link: Link, values: Values) -> None:
        """Draw a link once more, over all others and with an outline."""
        path = self.diagram.paths[link.column][link.target][link.source]
        weight, px = values.of(link), self.style.px
        if weight is None:
            return
        shown = self._shown(link.column, values)
        width = max(float(self._widths(values.strength(shown))[link.target, link.source]), px(2))
        self.painter.setBrush(QBrush())
        for name, more in (("text", 4), ("base", 2)):
            self.painter.setPen(
                QPen(self._hues[name], width + px(more), Qt.PenStyle.SolidLine, _SQUARE)
            )
            self.painter.drawPath(path)
        color = self._signs[(weight > 0) - (weight < 0)]
        self.painter.setPen(QPen(color, width, Qt.PenStyle.SolidLine, _SQUARE))
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
