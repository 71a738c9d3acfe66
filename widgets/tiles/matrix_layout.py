"""Where the parts of a confusion matrix lie: cells, names, words, shares."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QFont, QFontMetricsF

from widgets.style import Style

_PAD = 6  # pixels at factor 1, around all and between its parts
_WIDER = 1.7  # how many times as wide as high a cell may be
_NAMES = 0.24  # the share of the width, and of the height, that names may take
_SIZES = (18, 16, 15, 14, 13, 12, 11, 10, 9)  # pixels at factor 1 of the letters of counts
_LARGEST_NAME = 15
_AIR = 6  # pixels at factor 1 beside the widest count
_ROOMY = 220  # the least height, in pixels at factor 1, at which there is a key below


@dataclass(frozen=True, slots=True)
class MatrixLayout:
    """Rectangles in pixels, and the fonts of counts and of names; None where no digit fits.

    `found` is for counts on the diagonal, `mistakes` for the others, `bold` for the shares.

    Names of columns are `upright` where they are too wide for their cells. Of the names only every
    `across`-th column and every `down`-th row has one. `shares` and `key` are empty without room.
    """

    cells: QRectF
    x: tuple[int, ...]  # where columns begin, and the last one ends
    y: tuple[int, ...]  # rows likewise
    gap: int  # what of each cell is left free
    left: QRectF  # the names of the rows
    top: QRectF  # those of the columns
    shares: QRectF
    key: QRectF
    found: QFont | None
    mistakes: QFont | None
    names: QFont
    bold: QFont
    upright: bool
    across: int
    down: int


def lay_out(
    names: Sequence[str],
    counts: tuple[Sequence[str], Sequence[str]],
    key: float,
    room: tuple[float, float],
    style: Style,
) -> MatrixLayout:
    """A layout of so many classes in a `room`, width and height.

    `counts` are the texts on the diagonal and elsewhere, `key` is how wide the key is.
    """
    px, small = style.px, QFontMetricsF(style.font("small"))
    n, pad, line = max(1, len(names)), px(_PAD), small.height()
    word = line + px(2)  # "true" at the left, "predicted" on top
    shares = QFontMetricsF(style.font("small", bold=True)).horizontalAdvance("99.9%") + pad
    shares = shares if room[0] > 4 * shares else 0.0
    has_key = room[1] > px(_ROOMY) and room[0] - 2 * pad >= key
    below = line + pad if has_key else 0.0
    wide = room[0] - 2 * pad - word - shares
    high = room[1] - 2 * pad - word - below
    font, size = _sized(style, _LARGEST_NAME), _LARGEST_NAME
    for size in (s for s in _SIZES if s <= _LARGEST_NAME):
        font = _sized(style, size)
        if QFontMetricsF(font).height() <= 0.85 * high / (n + 1):
            break
    metrics = QFontMetricsF(font)
    longest = max((metrics.horizontalAdvance(name) for name in names), default=0.0)
    beside = min(longest, _NAMES * wide) + pad
    upright = longest > (wide - beside) / n - px(4)
    is_letter = longest <= 1.5 * metrics.height()
    upright = upright and not is_letter
    above = min(longest, _NAMES * high) + pad if upright else metrics.height()
    cell_high = max(0.0, (high - above) / n)
    cell_wide = max(0.0, min((wide - beside) / n, _WIDER * cell_high))
    cell_high = min(cell_high, _WIDER * cell_wide)
    block = word + beside + n * cell_wide + shares, word + above + n * cell_high + below
    at = QPointF((room[0] - block[0]) / 2 + word + beside, (room[1] - block[1]) / 2 + word + above)
    cells = QRectF(at.x(), at.y(), n * cell_wide, n * cell_high)
    step = metrics.height() if upright else longest + px(2)
    left = max(pad, min(cells.center().x() - key / 2, room[0] - pad - key))
    return MatrixLayout(
        cells=cells,
        x=tuple(round(cells.left() + cell_wide * k) for k in range(n + 1)),
        y=tuple(round(cells.top() + cell_high * k) for k in range(n + 1)),
        gap=1 if cell_high > px(5) else 0,
        left=QRectF(at.x() - beside, at.y(), beside - pad, cells.height()),
        top=QRectF(at.x(), at.y() - above, cells.width(), above),
        shares=QRectF(cells.right(), at.y(), shares, cells.height() if shares else 0),
        key=QRectF(left, cells.bottom() + pad, key, line if has_key else 0),
        found=_count_font(counts[0], (cell_wide, cell_high), style),
        mistakes=_count_font(counts[1], (cell_wide, cell_high), style),
        names=font,
        bold=_sized(style, min(size, 12), bold=True),
        upright=upright,
        across=_every(step, cell_wide),
        down=_every(0.8 * metrics.height(), cell_high),
    )


def _sized(style: Style, size: float, *, bold: bool = False) -> QFont:
    font = style.font("body", bold=bold)
    font.setPixelSize(max(1, round(style.px(size))))
    return font


def _count_font(counts: Sequence[str], cell: tuple[float, float], style: Style) -> QFont | None:
    """The largest letters in which every count fits its cell, or else the smallest.

    None where not even one digit fits.
    """
    font, longest = None, max(counts, key=len, default="")  # digits are of one width
    for size in _SIZES:
        font = _sized(style, size, bold=True)
        metrics = QFontMetricsF(font)
        if (
            metrics.horizontalAdvance(longest) <= cell[0] - style.px(_AIR)
            and metrics.capHeight() <= 0.55 * cell[1]
        ):
            return font
    is_high = font is not None and QFontMetricsF(font).capHeight() <= 0.8 * cell[1]
    return font if is_high else None


def _every(text: float, cell: float) -> int:
    """How many cells a name takes."""
    return max(1, -int(-text // cell)) if cell > 0 else 1
