"""Symbols at points: circles fast and in any number, the others as small paths."""

from functools import cache

import numpy as np
from numpy.typing import NDArray
from pyqtgraph.graphicsItems.ScatterPlotItem import Symbols
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPainterPath, QPen, QPixmap, QTransform

from widgets.plots.strokes import is_vector

FEW = 300  # up to so many are drawn one by one; more are stamped


def draw_symbols(
    painter: QPainter,
    pixels: NDArray[np.floating],
    symbol: str,
    size: float,
    fill: QColor | None,
    edge: QColor | None = None,
    edge_width: float = 1.0,
) -> None:
    """Draw a symbol, `size` pixels across, at each of `pixels` (N, 2) that is finite.

    `symbol` is a name of pyqtgraph's (o, s, t1, d, p, h, star, x, +). Without `fill` only its edge.
    """
    finite = pixels[np.isfinite(pixels).all(axis=1)]
    if not len(finite):
        return
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    pen = QPen(edge, edge_width) if edge is not None else QPen(Qt.PenStyle.NoPen)
    pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
    brush = QBrush(fill) if fill is not None else QBrush()
    if len(finite) > FEW and not is_vector(painter):
        _stamp(painter, finite, symbol_path(symbol, size), pen, brush)
        return
    painter.setPen(pen)
    painter.setBrush(brush)
    if symbol == "o":
        for x, y in finite.tolist():
            painter.drawEllipse(QPointF(x, y), size / 2, size / 2)
    else:
        path = symbol_path(symbol, size)
        for x, y in finite.tolist():
            painter.drawPath(path.translated(x, y))
    painter.setBrush(QBrush())


@cache
def symbol_path(symbol: str, size: float) -> QPainterPath:
    """The outline of a symbol around the origin, `size` pixels across."""
    path: QPainterPath = QTransform.fromScale(size, size).map(Symbols[symbol])
    return path


def _stamp(
    painter: QPainter, pixels: NDArray[np.floating], path: QPainterPath, pen: QPen, brush: QBrush
) -> None:
    room = path.boundingRect().adjusted(*(np.array([-1, -1, 1, 1]) * (pen.widthF() + 1)).tolist())
    stamp = QPixmap(room.size().toSize())
    stamp.fill(Qt.GlobalColor.transparent)
    with_stamp = QPainter(stamp)
    with_stamp.setRenderHint(QPainter.RenderHint.Antialiasing)
    with_stamp.translate(stamp.width() / 2, stamp.height() / 2)
    with_stamp.setPen(pen)
    with_stamp.setBrush(brush)
    with_stamp.drawPath(path)
    with_stamp.end()
    dx, dy = stamp.width() / 2, stamp.height() / 2
    for x, y in pixels.tolist():
        painter.drawPixmap(QPointF(x - dx, y - dy), stamp)
