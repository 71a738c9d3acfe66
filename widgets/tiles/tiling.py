"""Where pictures of one size lie in rows, as large as the room allows."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from PySide6.QtCore import QPointF, QRectF

Size: TypeAlias = tuple[float, float]  # width and height


@dataclass(frozen=True, slots=True)
class Tiling:
    """`shown` tiles in `columns`, each so many times (`scale`) as large as its picture.

    `tile` is the size of one, `words` that of the room below it, `cell` that from one tile to the
    next, `top_left` where the first cell begins; all in pixels, of which each is `ratio` pixels of
    the device a side.
    """

    columns: int
    shown: int
    scale: float
    tile: Size
    words: Size
    cell: Size
    top_left: QPointF
    ratio: float

    def rect(self, index: int) -> QRectF:
        """Where the tile `index` lies, on whole pixels of the device."""
        row, column = divmod(index, self.columns)
        free = self.cell[1] - self.tile[1] - self.words[1]
        left = self.top_left.x() + (column + 0.5) * self.cell[0] - self.tile[0] / 2
        top = self.top_left.y() + row * self.cell[1] + free / 2
        left, top = (round(at * self.ratio) / self.ratio for at in (left, top))
        return QRectF(left, top, *self.tile)

    def wordsRect(self, index: int) -> QRectF:
        """Where the words below the tile `index` lie."""
        tile = self.rect(index)
        left = tile.center().x() - self.words[0] / 2
        return QRectF(left, tile.bottom(), *self.words)


def tiling(
    count: int,
    picture: Size,
    words: Size,
    room: Size,
    gap: float,
    least: float,
    footer: float,
    ratio: float = 1.0,
) -> Tiling:
    """The largest tiles with which all of `count` pictures fit, or else as many as do.

    Tiles are a whole number of device pixels, `ratio` to a pixel, for each pixel of a picture, or
    smaller than the picture. Where not all fit at `least` pixels, their longer side, there is a
    `footer` free below. `words` are at least so wide, and so high, and `gap` is between tiles.
    """
    chosen, scales = 0.0, list(_scales(picture, room, ratio))
    columns = rows = 0
    for scale in scales:
        across, down = _capacity(scale, picture, words, room, gap)
        if scale * max(picture) < least and columns:
            break  # rather fewer than so small
        if across * down:
            chosen, columns, rows = scale, across, down
        if across * down >= count:
            break
    shown = min(count, columns * rows)
    high = room[1]
    if shown < count and columns:
        high -= footer
        rows = _capacity(chosen, picture, words, (room[0], high), gap)[1]
        shown = min(count, columns * rows)
    if not shown:
        return Tiling(1, 0, 1.0, picture, words, picture, QPointF(), ratio)
    rows = math.ceil(shown / columns)
    columns = math.ceil(shown / rows) if shown == count else columns
    tile = chosen * picture[0], chosen * picture[1]
    cell = _cell(chosen, picture, words, gap)
    loose = min(room[0] / columns, 1.3 * cell[0]), min(high / rows, 1.2 * cell[1])
    top_left = QPointF((room[0] - columns * loose[0]) / 2, (high - rows * loose[1]) / 2)
    wide = max(tile[0], words[0]), words[1]
    return Tiling(columns, shown, chosen, tile, wide, loose, top_left, ratio)


def _scales(picture: Size, room: Size, ratio: float) -> Iterator[float]:
    """How large tiles may be for their picture, the largest first."""
    largest = math.floor(ratio * min(room[0] / picture[0], room[1] / picture[1]))
    yield from (whole / ratio for whole in range(max(largest, 1), 0, -1))
    yield from (part / 32 / ratio for part in range(31, 0, -1))


def _cell(scale: float, picture: Size, words: Size, gap: float) -> Size:
    wide = max(scale * picture[0], words[0])
    return wide + gap, scale * picture[1] + words[1] + gap


def _capacity(scale: float, picture: Size, words: Size, room: Size, gap: float) -> tuple[int, int]:
    """How many columns and rows of tiles there is room for."""
    wide, high = _cell(scale, picture, words, gap)
    return max(0, int(room[0] / wide)), max(0, int(room[1] / high))
