"""Curves as pixels: drawn one by one between the frames, and shown when all of them are drawn."""

from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainter, QPixmap

from widgets.pictures import clear_pixels
from widgets.plots.plane import Plane
from widgets.plots.shapes import Curve
from widgets.plots.strokes import is_vector
from widgets.style import Style


@dataclass(frozen=True, slots=True, eq=False)
class _Kept:
    curves: tuple[Curve, ...]
    plane: Plane
    look: object
    pixels: QPixmap


class KeptCurves:
    """A layer of curves, which are drawn as they are where nothing is kept of them."""

    def __init__(self) -> None:
        self._kept: _Kept | None = None

    def keep(
        self, curves: tuple[Curve, ...], plane: Plane, style: Style, ratio: float
    ) -> Iterator[None]:
        """Draw `curves` for `plane` and keep them instead of those before, at the end."""
        pixels = clear_pixels(plane.left + plane.width, plane.top + plane.height, ratio)
        for curve in curves:
            yield
            with QPainter(pixels) as painter:
                curve.paint(painter, plane, style)
        self._kept = _Kept(curves, plane, _look(style, ratio), pixels)

    def paint(
        self, painter: QPainter, curves: tuple[Curve, ...], plane: Plane, style: Style
    ) -> None:
        kept, look = self._kept, _look(style, painter.device().devicePixelRatioF())
        is_so = kept is not None and (kept.plane, kept.look) == (plane, look)
        if kept is not None and kept.curves is curves and is_so and not is_vector(painter):
            painter.drawPixmap(QPointF(0, 0), kept.pixels)
            return
        for curve in curves:
            curve.paint(painter, plane, style)


def _look(style: Style, ratio: float) -> object:
    return style.theme(), style.factor(), ratio
