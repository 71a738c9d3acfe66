"""Shapes as pixels: drawn one by one between the frames, and shown when all of them are drawn."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain

from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainter, QPixmap

from widgets.pictures import clear_pixels
from widgets.plots.plane import Plane
from widgets.plots.shapes import Points, Shape
from widgets.plots.strokes import is_vector
from widgets.plots.symbols import FEW
from widgets.style import Style

_PIECE = 64  # points that are drawn in a part: one or two milliseconds


@dataclass(frozen=True, slots=True, eq=False)
class _Kept:
    shapes: tuple[Shape, ...]
    plane: Plane
    look: object
    pixels: QPixmap


class KeptShapes:
    """A layer of shapes, drawn as they are where nothing is kept of them."""

    def __init__(self) -> None:
        self._kept: _Kept | None = None

    def has(self, shapes: tuple[Shape, ...], plane: Plane, style: Style, ratio: float) -> bool:
        """Whether pixels are kept of just these for `plane`."""
        kept = self._kept
        if kept is None or kept.shapes is not shapes:
            return False
        return (kept.plane, kept.look) == (plane, _look(style, ratio))

    def keep(
        self, shapes: tuple[Shape, ...], plane: Plane, style: Style, ratio: float
    ) -> Iterator[None]:
        """Draw `shapes` for `plane` and keep them instead of those before, at the end."""
        pixels = clear_pixels(plane.left + plane.width, plane.top + plane.height, ratio)
        for piece in chain.from_iterable(map(_pieces, shapes)):
            yield
            with QPainter(pixels) as painter:
                piece.paint(painter, plane, style)
        self._kept = _Kept(shapes, plane, _look(style, ratio), pixels)

    def paint(
        self, painter: QPainter, shapes: tuple[Shape, ...], plane: Plane, style: Style
    ) -> None:
        ratio = painter.device().devicePixelRatioF()
        if self._kept and self.has(shapes, plane, style, ratio) and not is_vector(painter):
            painter.drawPixmap(QPointF(0, 0), self._kept.pixels)
            return
        for shape in shapes:
            shape.paint(painter, plane, style)


def _pieces(shape: Shape) -> Iterator[Shape]:
    """`shape`, or where it is points that are drawn one by one, some of them at a time."""
    if not isinstance(shape, Points) or len(shape.x) > FEW:
        yield shape
        return
    for first in range(0, len(shape.x), _PIECE):
        some = slice(first, first + _PIECE)
        yield replace(shape, x=shape.x[some], y=shape.y[some])


def _look(style: Style, ratio: float) -> object:
    return style.theme(), style.factor(), ratio
