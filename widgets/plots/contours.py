"""Contour lines and colours of a surface given on a grid."""

import math
from typing import Literal

import numpy as np
from contourpy import LineType, contour_generator
from numpy.ma import masked_array  # takes 40 ms, which else the first picture would
from numpy.typing import NDArray

from widgets.plots.plane import Floats
from widgets.plots.ranges import Range, linear_ticks

Spacing = Literal["areas", "even"]
SPACING_WORDS: dict[Spacing, str] = {
    "areas": "lines at equal areas",
    "even": "lines at even steps",
}

_COUNT = 14  # of levels, about
_LOW_FIRST = 1.6  # above 1 the low parts, where minima lie, get more than their share of lines


def choose_levels(heights: NDArray[np.floating], spacing: Spacing = "areas") -> Floats:
    """Levels (K,), ascending and round, from about the lowest height to the highest.

    By "areas" they stand at quantiles of the heights, nearer to each other where the surface is
    low: between two lines lies a like share of the plane, so that a narrow ravine reads as well as
    a round bowl. "even" ones rise by one step: lines lie close where it is steep.
    """
    finite = heights[np.isfinite(heights)]
    if not finite.size:
        return np.array([0.0, 1.0])
    if spacing == "even":
        low, high = float(finite.min()), float(finite.max())
        levels = np.array(linear_ticks(low, high, _COUNT))
        if len(levels) >= 2:
            step = levels[1] - levels[0]  # the colours reach over both ends
            below = [levels[0] - step] if low < levels[0] - 1e-9 * step else []
            above = [levels[-1] + step] if high > levels[-1] + 1e-9 * step else []
            return np.array([*below, *levels, *above])
    shares = np.linspace(0, 1, _COUNT) ** _LOW_FIRST
    exact = np.quantile(finite, shares)
    gaps = np.diff(exact, prepend=exact[0] - (exact[1] - exact[0]))
    rounded = [_round_to(level, gap) for level, gap in zip(exact, gaps, strict=True)]
    levels = np.unique(np.array(rounded))
    if len(levels) < 2:
        return np.array([exact[0], exact[0] + max(abs(exact[0]) * 1e-6, 1e-6)])
    return levels


def _round_to(value: float, gap: float) -> float:
    """`value` with so many decimals that neighbours `gap` apart still differ."""
    if gap <= 0:
        return float(value)
    return round(float(value), 1 - math.floor(math.log10(gap)) - 1)


def shade(heights: NDArray[np.floating], levels: Floats) -> Floats:
    """Where `heights`, (...), stand among `levels`, (L,), rising: 0 at the first, 1 at the last.

    (...); NaN where a height is not finite.
    """
    known = np.isfinite(heights)
    placed = np.interp(np.where(known, heights, 0.0), levels, np.linspace(0, 1, len(levels)))
    placed[~known] = np.nan
    return placed


def contour_lines(
    heights: NDArray[np.floating], x_range: Range, y_range: Range, levels: Floats
) -> Floats:
    """The lines on which `heights` (H, W) equal one of `levels`: points (N, 2), NaN between lines.

    Rows run along y, columns along x; the first and last stand at the ends of the ranges. Around
    heights that are not finite there are no lines.
    """
    rows, columns = heights.shape
    known = np.isfinite(heights)
    generator = contour_generator(
        np.linspace(*x_range, columns),
        np.linspace(*y_range, rows),
        masked_array(np.where(known, heights, 0.0), mask=~known),
        line_type=LineType.ChunkCombinedNan,
    )
    found = [chunk for level in levels for chunk in generator.lines(level)[0] if chunk is not None]
    gap = np.full((1, 2), np.nan)
    pieces = [piece for chunk in found for piece in (np.asarray(chunk, dtype=np.float64), gap)]
    return np.concatenate(pieces) if pieces else np.empty((0, 2))
