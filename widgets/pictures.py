"""Arrays of colours as Qt pictures, and back."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage, QPixmap


def to_qimage(rgb: NDArray[np.uint8]) -> QImage:
    """`rgb` (H, W, 3), uint8, first row on top, as a picture with a memory of its own."""
    height, width, _ = rgb.shape
    data = np.ascontiguousarray(rgb)
    return QImage(data.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()


def clear_pixels(width: float, height: float, ratio: float) -> QPixmap:
    """Transparent pixels for so much room, `ratio` of them for each pixel of a widget a side."""
    pixels = QPixmap(max(1, round(width * ratio)), max(1, round(height * ratio)))
    pixels.setDevicePixelRatio(ratio)
    pixels.fill(Qt.GlobalColor.transparent)
    return pixels


def color_table(table: NDArray[np.uint8], places: NDArray[np.floating]) -> NDArray[np.uint8]:
    """The colours (..., 3) of `places` (...), 0 to 1, in a `table` (n, 3); NaN as the first."""
    known = np.nan_to_num(places, nan=0.0)
    index = np.rint(np.clip(known, 0, 1) * (len(table) - 1)).astype(np.intp)
    colors: NDArray[np.uint8] = table[index]
    return colors


def rgb_of(color: QColor) -> NDArray[np.uint8]:
    """A colour as (3,), uint8."""
    return np.array([color.red(), color.green(), color.blue()], dtype=np.uint8)


def wash(rgb: NDArray[np.uint8], ground: QColor, by: float) -> NDArray[np.uint8]:
    """`rgb` (..., 3) mixed with a share `by` of `ground`, to set off what is drawn on it."""
    mixed = rgb * (1 - by) + rgb_of(ground) * by
    return np.rint(mixed).astype(np.uint8)
