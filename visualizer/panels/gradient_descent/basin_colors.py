"""The colours of basins: a hue for each end, darker the longer the way; others for no minimum."""

import numpy as np
from numpy.typing import NDArray

from kernels.descent.attractors import Ending
from kernels.descent.basins_frame import BasinsFrame
from kernels.simulation import Array
from widgets.plots.ranges import linear_ticks
from widgets.style import Style

SHADES = 16  # steps of brightness
DARKEST = 0.45
FEW = 8  # as many ends have colours of their own; more are coloured by where they lie

# Colours by place, in YIQ: all of one lightness, the hue by x, the strength of the colour by y.
LIGHTNESS, PALEST, STRONGEST = 0.62, 0.12, 0.28
HUES = 0.7  # of the circle of hues, that the domain takes
TO_RGB = np.array([[1, 0.956, 0.619], [1, -0.272, -0.647], [1, -1.106, 1.703]])

_ENDINGS: dict[Ending, tuple[str, str]] = {  # on light, on dark ground
    Ending.MOVING: ("#b9bcc2", "#5a6069"),
    Ending.NEAR: ("#8d9199", "#7d838d"),
    Ending.SADDLE: ("#f2d6f5", "#e7c3ec"),
    Ending.UNDECIDED: ("#fff1b8", "#e8d98f"),
    Ending.DIVERGED: ("#23252a", "#f2f3f5"),
    Ending.HELD: ("#c9a98a", "#9c7a58"),
    Ending.FALLING: ("#7fd0e6", "#2f8ba6"),
}


def ending_color(ending: Ending, style: Style) -> str:
    """The colour of starts that end at no minimum, #rrggbb."""
    light, dark = _ENDINGS[ending]
    return light if style.theme().name == "light" else dark


def end_colors(ends: Array, domain: tuple[tuple[float, float], ...], style: Style) -> list[str]:
    """A colour for each of `ends`, (K, 2): of the categories if there are few, else by place."""
    if len(ends) <= FEW:
        return [style.mark(index).color for index in range(len(ends))]
    (left, right), (bottom, top) = domain
    u = np.clip((ends[:, 0] - left) / (right - left), 0, 1)  # (K,)
    v = np.clip((ends[:, 1] - bottom) / (top - bottom), 0, 1)
    # Neighbours on a lattice of minima would look alike: every other one has another hue.
    order = np.lexsort((ends[:, 0], ends[:, 1])).argsort()
    angle = 2 * np.pi * (HUES * u + np.where(order % 2 == 0, 0.0, 0.25))
    strength = PALEST + (STRONGEST - PALEST) * v
    yiq = np.stack(
        [np.full(len(ends), LIGHTNESS), strength * np.cos(angle), strength * np.sin(angle)], axis=-1
    )  # (K, 3)
    mixed = np.rint(np.clip(yiq @ TO_RGB.T, 0, 1) * 255).astype(int)
    return ["#{:02x}{:02x}{:02x}".format(*color) for color in mixed]


def basin_picture(frame: BasinsFrame, colors: list[str], style: Style) -> NDArray[np.uint8]:
    """The picture of `frame`, (H, W, 3): the colour of the end, darker the more steps it took."""
    least = int(min(Ending))
    names = [ending_color(Ending(code), style) for code in range(least, 0)] + colors
    base = np.array([_rgb(name) for name in names])  # (codes and ends, 3)
    table = base[:, None, :] * _brightness()[None, :, None]  # (codes and ends, SHADES, 3)
    longest = longest_way(frame)
    of_step = np.sqrt(np.arange(longest + 1) / longest) * (SHADES - 1)
    shade = of_step.astype(np.int16)[np.maximum(frame.steps, 0)]
    shade *= frame.labels >= 0
    index = (frame.labels.astype(np.int32) - least) * SHADES + shade  # (H, W)
    picture: NDArray[np.uint8] = np.rint(table).astype(np.uint8).reshape(-1, 3).take(index, axis=0)
    return picture


def longest_way(frame: BasinsFrame) -> int:
    """The steps of the darkest shade."""
    return max(int(frame.steps.max(initial=1)), 1)


def shade_key(frame: BasinsFrame) -> tuple[NDArray[np.uint8], list[tuple[float, str]]]:
    """What the shades mean: greys from no step up, (SHADES, 3), and numbers of steps by place."""
    longest = longest_way(frame)
    greys = np.rint(255 * _brightness())[:, None].repeat(3, axis=1).astype(np.uint8)
    ticks = [tick for tick in linear_ticks(0, longest, 4) if float(tick).is_integer()]
    return greys, [(float(np.sqrt(tick / longest)), f"{tick:.0f}") for tick in ticks]


def _brightness() -> Array:
    return np.linspace(1.0, DARKEST, SHADES)


def _rgb(color: str) -> tuple[int, ...]:
    return tuple(int(color[i : i + 2], 16) for i in (1, 3, 5))
