"""What blue and orange mean in a drawn network: orange is positive, blue negative."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QImage

from widgets.colors import diverging
from widgets.pictures import rgb_of
from widgets.style import Style

Floats = NDArray[np.floating]
_HALF = 127.5
_FAINTEST = 0.35  # the share of its colour that a link of weight 0 has


def sign_colors(style: Style) -> tuple[QColor, QColor, QColor]:
    """The colours of 0 and of what is no number, of positive and, at index -1, of negative ones."""
    return style.color("edge"), QColor(style.mark(1).color), QColor(style.mark(0).color)


def strength(values: Floats | np.float64) -> Floats:
    """How strongly weights are drawn, 0 to 1, half at 1: it rises for ever, and holds still."""
    shares: Floats = np.fmax(1.0 - 1.0 / (1.0 + np.abs(values)), 0.0)  # 0 where NaN
    return shares


def link_colors(style: Style, weights: Floats, shares: Floats) -> NDArray[np.uint32]:
    """The colours of links as 0xffRRGGBB: those of their signs, nearer to the ground where weak."""
    ground = rgb_of(QColor(style.theme().base)).astype(np.float64)
    signs = np.stack([rgb_of(color) for color in sign_colors(style)])
    which = (weights > 0).astype(np.intp) - (weights < 0)
    share = _FAINTEST + (1 - _FAINTEST) * shares[..., None]
    return _packed(np.rint(ground + share * (signs[which] - ground)).astype(np.uint32))


def _packed(rgb: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Colours (..., 3) as Qt's 0xffRRGGBB."""
    packed: NDArray[np.uint32] = rgb @ np.array([1 << 16, 1 << 8, 1], np.uint32)
    return packed | np.uint32(0xFF000000)


@lru_cache(maxsize=1)
def _table() -> NDArray[np.uint32]:
    """The colours of -1 to 1 as Qt's 0xffRRGGBB, and at last a transparent one for no number."""
    rgb = diverging(256).astype(np.uint32)
    table: NDArray[np.uint32] = np.append(_packed(rgb), 0).astype(np.uint32)
    return table


def maps_image(maps: Floats) -> QImage:
    """`maps` (n, H, W), -1 to 1, as one picture, the first on top, row 0 of each at its bottom."""
    count, height, width = maps.shape
    places = maps[:, ::-1].reshape(count * height, width) * _HALF + (_HALF + 0.5)
    missing = np.isnan(places)
    np.clip(places, 0, 255, out=places)
    places[missing] = 256
    colors = np.ascontiguousarray(_table()[places.astype(np.intp)])
    solid, sparse = QImage.Format.Format_RGB32, QImage.Format.Format_ARGB32_Premultiplied
    kind = sparse if missing.any() else solid  # what is solid is drawn faster
    return QImage(colors.data, width, count * height, 4 * width, kind).copy()
