"""The colours of a confusion matrix: blue for what is right, orange for mistakes."""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor

from widgets.colors import THEMES, ThemeName, contrast, mark
from widgets.numbers import format_share
from widgets.pictures import rgb_of

_LEVELS = 64
_FAINTEST = 0.12  # the share of its colour that a single sample has


@dataclass(frozen=True, slots=True)
class Shade:
    """A colour, and that of the words on it."""

    ground: QColor
    words: QColor


@lru_cache
def shades(theme: ThemeName, category: int) -> tuple[Shade, ...]:
    """From faint to strong, in the colour of a category."""
    of = THEMES[theme]
    base, full = (rgb_of(QColor(c)).astype(float) for c in (of.base, mark(of, category).color))
    made = []
    for share in np.linspace(_FAINTEST, 1.0, _LEVELS):
        ground = QColor(*np.rint(base + share * (full - base)).astype(int).tolist())
        words = max(of.text, of.base, key=lambda color: contrast(color, ground.name()))
        made.append(Shade(ground, QColor(words)))
    return tuple(made)


def shade(theme: ThemeName, category: int, share: float) -> Shade:
    """The colour of a `share` from 0 to 1."""
    return shades(theme, category)[round(min(max(share, 0.0), 1.0) * (_LEVELS - 1))]


def shares_of(counts: NDArray[np.integer]) -> NDArray[np.float64]:
    """Each of `counts`, (C, C), as a share of its row; 0 in an empty one."""
    wholes = np.maximum(counts.sum(axis=1, keepdims=True), 1)
    return np.asarray(counts / wholes, dtype=np.float64)


def top_of(shares: NDArray[np.float64]) -> float:
    """The end of the scale of the mistakes: the largest, rounded up to 1, 2 or 5 times 10^k.

    `shares`, (C, C), are those of the rows; mistakes lie off the diagonal. The end is between 0.001
    and 1, and so seldom moves while a network trains.
    """
    mistakes = shares[~np.eye(len(shares), dtype=bool)]
    largest = max(float(mistakes.max(initial=0.0)), 1e-3)
    power = 10.0 ** math.floor(math.log10(largest) + 1e-9)
    steps = (power * times for times in (1, 2, 5, 10))
    return min(1.0, next(step for step in steps if step >= largest * (1 - 1e-9)))


def percent(part: int, whole: int) -> str:
    """`part` of `whole` in percent; of nothing a dash."""
    return format_share(part / whole if whole else math.nan)
