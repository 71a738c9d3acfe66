"""How the links of a network are drawn: curves, the wider and the more coloured the stronger."""

from typing import NamedTuple

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPainterPath, QPen

from widgets.networks.diagram import Diagram, Link
from widgets.networks.signs import Floats, link_colors
from widgets.networks.values import Values
from widgets.style import Style

_THINNEST, _THICKEST = 0.7, 9.0  # pixels at factor 1 of a link: of weight 0, and never reached
_ROOMY = 3  # links at a tile that may be as wide as that
FLAT = Qt.PenCapStyle.FlatCap


class Stroke(NamedTuple):
    """A link as it is drawn: how wide, in pixels, and in which colour, 0xffRRGGBB."""

    path: QPainterPath
    width: float
    color: int


def link_strokes(diagram: Diagram, values: Values, style: Style) -> list[list[Stroke]]:
    """The links in each gap between two columns, the strongest last, to be drawn on top.

    Their colours are opaque, weak ones near the ground: Qt strokes those four times as fast.
    What they look like is computed for all gaps at once: for each alone it would take longer
    than to stroke them.
    """
    shown = [_shown(column, diagram, values) for column in range(len(diagram.paths))]
    if not shown:
        return []
    weights = np.concatenate([w.ravel() for w in shown])
    shares = values.strength(weights)
    colors = link_colors(style, weights, shares)
    gaps, first = [], 0
    for rows, numbers in zip(diagram.paths, shown, strict=True):
        of_gap = slice(first, first := first + numbers.size)
        order = np.argsort(shares[of_gap])
        widths = _widths(shares[of_gap].reshape(numbers.shape), style).ravel()[order].tolist()
        paths = [path for row in rows for path in row]
        sorted_paths = [paths[place] for place in order.tolist()]
        hues = colors[of_gap][order].tolist()
        gaps.append(list(map(Stroke, sorted_paths, widths, hues)))
    return gaps


def draw_strokes(painter: QPainter, strokes: list[Stroke]) -> None:
    """Draw the links of a gap."""
    pen = QPen(QColor(), 1.0, Qt.PenStyle.SolidLine, FLAT)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(QBrush())
    for path, width, color in strokes:
        pen.setColor(QColor(color))
        pen.setWidthF(width)
        painter.setPen(pen)
        painter.drawPath(path)


def link_width(link: Link, diagram: Diagram, values: Values, style: Style) -> float:
    """How wide a link is drawn, in pixels."""
    shares = values.strength(_shown(link.column, diagram, values))
    return float(_widths(shares, style)[link.target, link.source])


def _widths(shares: Floats, style: Style) -> Floats:
    """How wide links of these strengths are; where many meet at a tile they are thinner."""
    room = min(1.0, max(0.12, _ROOMY / max(*shares.shape, 1)))
    widths: Floats = style.px(_THINNEST) + style.px(_THICKEST) * room * shares
    return widths


def _shown(column: int, diagram: Diagram, values: Values) -> Floats:
    """The weights (T, S) of the links that are drawn after a column; 0 where none are known."""
    rows = diagram.paths[column]
    shape = len(rows), len(rows[0]) if rows else 0
    known = column < len(values.weights)
    return values.weights[column][: shape[0], : shape[1]] if known else np.zeros(shape)
