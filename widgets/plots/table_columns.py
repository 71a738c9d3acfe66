"""How the columns of a table of numbers share the room there is."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import NamedTuple

from PySide6.QtGui import QFontMetricsF

from widgets.plots.table_rows import FULL, Extent
from widgets.style import Style

SMALL = 0.86  # times the size of the letters, where there is little room
SAMPLE = 30  # px at factor 1, for the piece of line before a name
SIDE = 3  # px at factor 1, left and right in a cell
_NARROWED = "Adam 0\u20260.44"  # what is left of a name at least


class _Fit(NamedTuple):
    """How densely a table is written."""

    characters: int  # that a number may have
    apart: int  # px at factor 1 between columns
    letters: float  # times their size
    isBroken: bool  # whether headings wider than their numbers are in two lines


_FITS = (
    _Fit(FULL, 12, 1.0, False),
    _Fit(FULL, 12, 1.0, True),
    _Fit(FULL, 6, 1.0, True),
    _Fit(8, 6, 1.0, True),
    _Fit(7, 6, 1.0, True),
    _Fit(7, 6, SMALL, True),
    _Fit(6, 6, SMALL, True),
)


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns that are seen, from the left: the names, and those of values."""

    widths: tuple[int, ...]  # px
    headings: tuple[str, ...]  # of the columns of values, in one line or two
    characters: tuple[int, ...]  # that each of these has room for
    fit: _Fit
    isCut: bool  # whether names are narrowed, or columns left out

    @classmethod
    def none(cls) -> "Columns":
        """Those of a table that has nothing yet."""
        return cls((), (), (), _FITS[0], False)

    def hold(self, extents: Sequence[Extent]) -> bool:
        """Whether all that is as long as this has the room that it would get."""
        needed = (_needed(extent, self.fit) for extent in extents)
        return all(n <= room for n, room in zip(needed, self.characters, strict=False))


def fit_columns(
    names: Sequence[str],
    headings: Sequence[str],
    extents: Sequence[Extent],
    room: int,
    style: Style,
) -> Columns:
    """Columns for `extents` in `room` pixels, as far apart and in as large letters as they can.

    Where even the densest ones are too wide names are narrowed, and then the last columns are left
    out. Numbers get what room is left over, up to that of the longest ones.
    """
    for fit in _FITS:
        name, broken, least = _least(names, headings, extents, fit, style)
        if name + sum(least) <= room:
            break
    narrowed = min(name, _width("small", _NARROWED, fit, style) + _beside(fit, style, SAMPLE))
    shown = len(least)
    while shown > 1 and narrowed + sum(least[:shown]) > room:
        shown -= 1
    first = max(narrowed, min(name, room - sum(least[:shown])))
    char, beside = _width("mono", "0", fit, style), _beside(fit, style)
    apart = style.px(_FITS[0].apart)
    full = [
        ceil(max(low - beside, char * wanted) + apart)
        for low, (*_, wanted) in zip(least[:shown], extents, strict=False)
    ]
    over, wished = room - first - sum(least[:shown]), sum(full) - sum(least[:shown])
    share = min(1.0, max(0, over) / max(1, wished))
    widths = [int(low + share * (high - low)) for low, high in zip(least, full, strict=False)]
    holds = [int((wide - beside) / char + 1e-6) for wide in widths]
    is_cut = first < name or shown < len(least)
    return Columns((int(first), *widths), tuple(broken[:shown]), tuple(holds), fit, is_cut)


def wanted_width(
    names: Sequence[str], headings: Sequence[str], extents: Sequence[Extent], style: Style
) -> int:
    """How wide a table would like to be, in pixels."""
    full = [(wanted, wanted, wanted) for *_, wanted in extents]
    name, _, columns = _least(names, headings, full, _FITS[0], style)
    return name + sum(columns)


def _least(
    names: Sequence[str],
    headings: Sequence[str],
    extents: Sequence[Extent],
    fit: _Fit,
    style: Style,
) -> tuple[int, list[str], list[int]]:
    """The least room of the names, the headings as they are written, and the columns' least."""
    name = max((_width("small", name, fit, style) for name in names), default=0.0)
    broken, columns = [], []
    for heading, extent in zip(headings, extents, strict=True):
        numbers = _width("mono", "0", fit, style) * _needed(extent, fit)
        is_wide = fit.isBroken and _width("small", heading, fit, style) > numbers
        written = _in_two_lines(heading) if is_wide else heading
        widest = max(_width("small", line, fit, style) for line in written.split("\n"))
        broken.append(written)
        columns.append(ceil(max(numbers, widest) + _beside(fit, style)))
    return ceil(name + _beside(fit, style, SAMPLE)), broken, columns


def _needed(extent: Extent, fit: _Fit) -> int:
    """How many characters a column must have."""
    fewest, most, _ = extent
    return max(fewest, min(fit.characters, most))


def _in_two_lines(heading: str) -> str:
    """`heading`, broken behind the blank or dash that leaves the shorter lines."""
    places = [found.end() for found in re.finditer("[ \u2013-](?=.)", heading)]
    if not places:
        return heading
    place = min(places, key=lambda at: max(at, len(heading) - at))
    return f"{heading[:place].rstrip(' ')}\n{heading[place:]}"


def _beside(fit: _Fit, style: Style, more: float = 0) -> float:
    """The pixels of a column that hold no letters."""
    return style.px(fit.apart + more * fit.letters)


def _width(role: str, text: str, fit: _Fit, style: Style) -> float:
    """How wide `text` is in pixels."""
    font = style.font("mono" if role == "mono" else "small", scale=fit.letters)
    return QFontMetricsF(font).horizontalAdvance(text)
