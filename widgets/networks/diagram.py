"""Where the parts of a drawn network lie, in pixels, and which of them is at a point."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainterPath

from widgets.style import Style

_MARGIN, _TILE, _PITCH = 12, 60, 92  # pixels at factor 1: around all, largest tile, and from tile
_LEAST_PITCH = 25  # to tile, at most and at least
_FILLED = 0.78  # of the pitch is tile
_SPREAD = 0.6  # of the side of a tile is met by links
_SAMPLES = 24  # points on each link by which it is found


class Neuron(NamedTuple):
    """A neuron by its column, 0 the inputs, and its place there."""

    column: int
    row: int


class Link(NamedTuple):
    """A link from `source` in `column` to `target` in the next one, each counted from above."""

    column: int
    target: int
    source: int


@dataclass(frozen=True, slots=True)
class Words:
    """Lines of text, centred in a rectangle."""

    rect: QRectF
    lines: tuple[str, ...]


class Diagram:
    """A network laid out in a rectangle.

    `tiles[c][i]` are the neurons that are shown; `paths[c][t][s]` and `points[c]` (T, S, K, 2) the
    links between two columns; `captions[c]` stands over a column, `more[c]` below it where neurons
    are left out.
    """

    def __init__(
        self,
        names: Sequence[Sequence[str]],
        captions: Sequence[str],
        size: tuple[float, float],
        style: Style,
    ) -> None:
        self.metrics = QFontMetricsF(style.font("small"))
        self._px, self._names, self._size = style.px, names, size
        self._margin = style.px(_MARGIN)
        self.centers, self.pitch, self._widest = self._columns()
        spans = [self._span(column) for column in range(len(names))]
        lines = [self._lines(text, *span) for text, span in zip(captions, spans, strict=True)]
        high = max((len(part) for part in lines), default=0) * self.metrics.height()
        self._top = style.px(8) + high + style.px(8)
        self.captions: list[Words] = []
        self.tiles: list[list[QRectF]] = []
        self.more: list[Words | None] = []
        for column, part in enumerate(lines):
            height = len(part) * self.metrics.height()
            self.captions.append(
                Words(self._centered(column, part, style.px(8) + high - height), part)
            )
            self._stack(column)
        self.paths: list[list[list[QPainterPath]]] = []
        self.points: list[NDArray[np.float64]] = []
        for column in range(len(names) - 1):
            self._join(column)

    # where things lie
    def _columns(self) -> tuple[list[float], float, float]:
        """The middles of the columns, from one to the next, and how wide a tile may be."""
        count, px = len(self._names), self._px
        self.left, self.right = (self._nameRoom(end) for end in (0, -1))
        start = self._margin + self.left
        room = max(self._size[0] - start - self.right - self._margin, 1.0)
        widest = min(px(_TILE), room / max(1.6 * count, 1.0))
        if count < 2:
            return [start + room / 2] * count, room, widest
        pitch = (room - widest) / (count - 1)
        return [start + widest / 2 + pitch * c for c in range(count)], pitch, widest

    def _nameRoom(self, end: int) -> float:
        """The room that the names of the first or last column take beside it."""
        names = self._names[end] if len(self._names) > 1 else ()
        wide = max((self.metrics.horizontalAdvance(name) for name in names), default=0.0)
        return min(wide + self._px(8), 0.16 * self._size[0]) if wide else 0.0

    def _span(self, column: int) -> tuple[float, float]:
        """From where to where words of a column may reach."""
        edge, gap = self._px(4), self._px(3)
        low = edge if column == 0 else self.centers[column] - self.pitch / 2 + gap
        is_last = column == len(self.centers) - 1
        high = self._size[0] - edge if is_last else self.centers[column] + self.pitch / 2 - gap
        return low, high

    def _lines(self, text: str, low: float, high: float) -> tuple[str, ...]:
        """`text` in one line or two, cut where it must be."""
        room = max(high - low, 1.0)
        words = text.split()
        if self.metrics.horizontalAdvance(text) <= room or len(words) < 2:
            lines = [text]
        else:
            cuts = range(1, len(words))
            halves = [[" ".join(words[:k]), " ".join(words[k:])] for k in cuts]
            lines = min(halves, key=lambda half: max(map(self.metrics.horizontalAdvance, half)))
        elide = Qt.TextElideMode.ElideRight
        return tuple(self.metrics.elidedText(line, elide, room) for line in lines)

    def _more(self, column: int, count: int) -> tuple[str, ...]:
        """That so many neurons are left out, in words where there is room for them."""
        text = f"and {count} more"
        lines = self._lines(text, *self._span(column))
        return lines if " ".join(lines) == text else (f"+{count}",)

    def _centered(self, column: int, lines: Sequence[str], top: float) -> QRectF:
        """The room for `lines` about the middle of a column, pushed into its span."""
        low, high = self._span(column)
        wide = max(self.metrics.horizontalAdvance(line) for line in lines) + 1
        left = min(max(self.centers[column] - wide / 2, low), max(high - wide, low))
        return QRectF(left, top, wide, len(lines) * self.metrics.height())

    def _stack(self, column: int) -> None:
        """Put the tiles of a column one below the other, about the middle."""
        count, px = len(self._names[column]), self._px
        room = max(self._size[1] - self._top - self._margin, 1.0)
        shown, words = count, None
        if count * px(_LEAST_PITCH) > room:
            lines = self._more(column, count)
            under = len(lines) * self.metrics.height() + px(2)
            shown = min(count - 1, max(1, int((room - under) / px(_LEAST_PITCH))))
            lines = self._more(column, count - shown)
            top = self._size[1] - self._margin / 2 - len(lines) * self.metrics.height()
            words = Words(self._centered(column, lines, top), lines)
            room = max(top - px(2) - self._top, 1.0)
        pitch = min(room / max(shown, 1), px(_PITCH))
        side = max(float(int(min(pitch * _FILLED, self._widest))), 1.0)
        top = self._top + (room - pitch * shown) / 2 + (pitch - side) / 2
        left = round(self.centers[column] - side / 2)  # whole pixels: sharp edges
        tiles = [QRectF(left, round(top + pitch * i), side, side) for i in range(shown)]
        self.tiles.append(tiles)
        self.more.append(words)

    def _join(self, column: int) -> None:
        """Draw links from the tiles of a column to those of the next."""
        sources, targets = self.tiles[column], self.tiles[column + 1]
        t = np.linspace(0.0, 1.0, _SAMPLES)[:, None]
        share = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3
        points = np.zeros((len(targets), len(sources), _SAMPLES, 2))
        rows = []
        for i, target in enumerate(targets):
            row = []
            for j, source in enumerate(sources):
                start = QPointF(source.right(), _port(source, i, len(targets)))
                end = QPointF(target.left(), _port(target, j, len(sources)))
                middle = (start.x() + end.x()) / 2
                bends = QPointF(middle, start.y()), QPointF(middle, end.y())
                path = QPainterPath(start)
                path.cubicTo(*bends, end)
                row.append(path)
                corners = [np.array([p.x(), p.y()]) for p in (start, *bends, end)]
                points[i, j] = sum(w * p for w, p in zip(share, corners, strict=True))
            rows.append(row)
        self.paths.append(rows)
        self.points.append(points)

    def mark(self, neuron: Neuron) -> tuple[QPointF, float]:
        """The middle and the radius of the mark of a bias."""
        tile = self.tiles[neuron.column][neuron.row]
        radius = min(max(0.11 * tile.width(), self._px(3.2)), self._px(5.5))
        return QPointF(tile.left(), tile.bottom() - radius * 0.4), radius

    def anchor(self, item: Neuron | Link) -> QPointF:
        """Where something is said of `item`: on its link, or beside its tile."""
        if isinstance(item, Link):
            x, y = self.points[item.column][item.target, item.source, _SAMPLES // 2]
            return QPointF(x, y)
        return self.tiles[item.column][item.row].center()

    def shows(self, item: Neuron | Link) -> bool:
        """Whether there is room for `item`."""
        return exists(item, [len(tiles) for tiles in self.tiles])

    # what is where
    def at(self, point: QPointF, within: float) -> Neuron | Link | None:
        """The neuron at `point`, or the nearest link `within` so many pixels."""
        for column, tiles in enumerate(self.tiles):
            for index, tile in enumerate(tiles):
                found = Neuron(column, index)
                middle, radius = self.mark(found)
                reach = QRectF(middle.x() - radius, middle.y() - radius, 2 * radius, 2 * radius)
                if tile.contains(point) or (column > 0 and reach.contains(point)):
                    return found
        return self._linkAt(np.array([point.x(), point.y()]), within)

    def _linkAt(self, point: NDArray[np.float64], within: float) -> Link | None:
        found: list[tuple[float, Link]] = []
        for column, points in enumerate(self.points):
            if not points.size or not self.centers[column] < point[0] < self.centers[column + 1]:
                continue
            start, step = points[..., :-1, :], np.diff(points, axis=-2)
            length = np.maximum((step**2).sum(-1), 1e-9)
            along = np.clip(((point - start) * step).sum(-1) / length, 0, 1)
            near = np.hypot(*np.moveaxis(start + along[..., None] * step - point, -1, 0)).min(-1)
            target, source = divmod(int(near.argmin()), near.shape[1])
            found.append((float(near.min()), Link(column, target, source)))
        distance, link = min(found, default=(np.inf, None))
        return link if distance <= within else None


def exists(item: Neuron | Link, counts: Sequence[int]) -> bool:
    """Whether columns of so many neurons have `item`."""
    if isinstance(item, Link):
        ends = Neuron(item.column, item.source), Neuron(item.column + 1, item.target)
        return all(exists(end, counts) for end in ends)
    return 0 <= item.column < len(counts) and 0 <= item.row < counts[item.column]


def _port(tile: QRectF, index: int, count: int) -> float:
    """How high on the side of a tile the link `index` of `count` meets it."""
    share = (index + 0.5) / count - 0.5
    return tile.center().y() + share * _SPREAD * tile.height()
