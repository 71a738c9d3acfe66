"""The colours of basins: one for each end, darker the longer the way; others for other endings."""

import numpy as np
from numpy.typing import NDArray

from kernels.attractors import Ending
from kernels.basins_frame import BasinsFrame
from kernels.simulation import Array
from widgets.style import Style

SHADES = 16  # steps of brightness
DARKEST = 0.45
FEW = 8  # as many ends have colours of their own; more are coloured by where they lie

# Upper left, upper right, lower left, lower right of the 2-D map of colours; equal in lightness.
CORNERS = np.array([[[214, 96, 77], [255, 190, 90]], [[84, 90, 176], [60, 175, 150]]], dtype=float)

_ENDINGS: dict[Ending, tuple[str, str]] = {  # on light, on dark ground
    Ending.MOVING: ("#b9bcc2", "#5a6069"),
    Ending.NEAR: ("#8d9199", "#7d838d"),
    Ending.SADDLE: ("#f2d6f5", "#e7c3ec"),
    Ending.UNDECIDED: ("#fff1b8", "#e8d98f"),
    Ending.DIVERGED: ("#23252a", "#000000"),
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
    u = np.clip((ends[:, 0] - left) / (right - left), 0, 1)[:, None]
    v = np.clip((ends[:, 1] - bottom) / (top - bottom), 0, 1)[:, None]
    upper = CORNERS[0, 0] * (1 - u) + CORNERS[0, 1] * u
    lower = CORNERS[1, 0] * (1 - u) + CORNERS[1, 1] * u
    mixed = np.rint(upper * v + lower * (1 - v)).astype(int)
    # Neighbours on a lattice of minima would look alike: every other one is darker.
    order = np.lexsort((ends[:, 0], ends[:, 1])).argsort()
    mixed = np.where((order % 2 == 0)[:, None], mixed, (mixed * 0.72).astype(int))
    return ["#{:02x}{:02x}{:02x}".format(*color) for color in mixed]


def basin_picture(frame: BasinsFrame, colors: list[str], style: Style) -> NDArray[np.uint8]:
    """The picture of `frame`, (H, W, 3): the colour of the end, darker the more steps it took."""
    least = int(min(Ending))
    names = [ending_color(Ending(code), style) for code in range(least, 0)] + colors
    base = np.array([_rgb(name) for name in names])  # (codes and ends, 3)
    brightness = np.linspace(1.0, DARKEST, SHADES)
    table = base[:, None, :] * brightness[None, :, None]  # (codes and ends, SHADES, 3)
    longest = max(int(frame.steps.max(initial=1)), 1)
    shade = np.sqrt(np.maximum(frame.steps, 0) / longest) * (SHADES - 1)
    shade = np.where(frame.labels >= 0, shade, 0).astype(np.intp)
    picture: NDArray[np.uint8] = np.rint(table).astype(np.uint8)[frame.labels - least, shade]
    return picture


def _rgb(color: str) -> tuple[int, ...]:
    return tuple(int(color[i : i + 2], 16) for i in (1, 3, 5))
