"""Every colour of Layerscope: two themes, categories, magnitudes, signs.

Categories are those of Okabe and Ito (2008), safe for colour-blind eyes, with a dash pattern and a
marker beside each, darkened on light ground where the contrast would fall below 3:1. Magnitudes are
viridis, signs one blue-orange map. A test holds the contrasts.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

ThemeName = Literal["light", "dark"]


@dataclass(frozen=True, slots=True)
class Mark:
    """How one category is drawn: its colour, the dashes of its line, the symbol of its points."""

    color: str  # #rrggbb
    dash: tuple[float, ...]  # in line widths, as Qt takes them; empty for a solid line
    symbol: str  # as pyqtgraph names it


@dataclass(frozen=True, slots=True)
class Theme:
    """The colours of one theme, as #rrggbb."""

    name: ThemeName
    window: str  # behind everything
    base: str  # behind a plot, in an input field
    text: str
    muted: str  # axes, captions
    line: str  # grid, what only divides
    edge: str  # the border of what can be pressed or filled in
    accent: str  # what is chosen, what can be pressed
    on_accent: str  # text and glyphs on the accent
    warning: str
    error: str
    categories: tuple[str, ...]


_DASHES: tuple[tuple[float, ...], ...] = ((), (5, 2), (1.5, 1.5), (6, 2, 1.5, 2), (9, 3), (3, 3))
_SYMBOLS = ("o", "s", "t1", "d", "p", "star", "t", "h")

LIGHT = Theme(
    name="light",
    window="#f4f4f2",
    base="#ffffff",
    text="#1b1d22",
    muted="#5a6069",
    line="#d5d7da",
    edge="#868b92",
    accent="#0b62a8",
    on_accent="#ffffff",
    warning="#9a5b00",
    error="#b3261e",
    categories=(
        "#0072b2",
        "#d55e00",
        "#00855f",
        "#b8578f",
        "#a87400",
        "#2488c0",
        "#4d4d4d",
        "#7a5195",
    ),
)
DARK = Theme(
    name="dark",
    window="#1d1f23",
    base="#15171a",
    text="#eceef1",
    muted="#a3a9b3",
    line="#3a3e45",
    edge="#737a85",
    accent="#6db8f2",
    on_accent="#0d1c28",
    warning="#f0b350",
    error="#ff8a80",
    categories=(
        "#56b4e9",
        "#f08a3c",
        "#1fbf92",
        "#dd96bf",
        "#e6b32e",
        "#5b9bff",
        "#c9c9c9",
        "#b79be0",
    ),
)
THEMES: dict[ThemeName, Theme] = {"light": LIGHT, "dark": DARK}


def mark(theme: Theme, index: int) -> Mark:
    """How the category `index` (0, 1, ...) is drawn.

    Of the first 48 no two lines look alike, of the first 64 no two points; then it begins again.
    """
    turn, color = divmod(index, len(theme.categories))
    return Mark(
        theme.categories[color],
        _DASHES[(color + turn) % len(_DASHES)],
        _SYMBOLS[(color + turn) % len(_SYMBOLS)],
    )


@lru_cache
def sequential() -> NDArray[np.uint8]:
    """A table of colours for magnitudes, viridis, (256, 3), uint8, dark for small."""
    import pyqtgraph as pg

    table: Any = pg.colormap.get("viridis").getLookupTable(0.0, 1.0, 256, alpha=False)
    colors: NDArray[np.uint8] = np.ascontiguousarray(table, dtype=np.uint8)
    return colors


@lru_cache
def diverging(n: int = 256) -> NDArray[np.uint8]:
    """A table of colours for signs, (n, 3), uint8: blue below, near white between, orange above."""
    stops = np.array([[0, 74, 128], [76, 157, 209], [244, 244, 242], [237, 148, 62], [158, 66, 0]])
    at = np.linspace(0, len(stops) - 1, n)
    table = np.stack([np.interp(at, np.arange(len(stops)), stops[:, c]) for c in range(3)], axis=1)
    rounded: NDArray[np.uint8] = np.rint(table).astype(np.uint8)
    return rounded


def contrast(first: str, second: str) -> float:
    """The contrast ratio of two #rrggbb colours, 1 to 21 (WCAG 2.2, relative luminance)."""

    def luminance(color: str) -> float:
        channels = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((luminance(first), luminance(second)))
    return (high + 0.05) / (low + 0.05)
