"""What can be drawn on a plot, as data: curves, paths, points, arrows, squares, rules.

Each is a frozen record of arrays in the coordinates of the plot and of lengths in pixels at factor
1, and knows how to draw itself on a `Plane`. Colours are #rrggbb or names of the theme.
"""

import math
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetricsF, QPainter, QPainterPath, QPen, QPolygonF

from widgets.plots.plane import Plane
from widgets.plots.strokes import clip_segments, draw_polyline, draw_segments
from widgets.plots.symbols import draw_symbols
from widgets.style import Style

Floats = NDArray[np.floating]


class Shape(Protocol):
    """Anything that draws itself on a plane."""

    def paint(self, painter: QPainter, plane: Plane, style: Style) -> None: ...


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """A line through (x, y), each (N,); broken where a value is not finite.

    `symbol` marks every point, `fill` colours the area down to that y, `area` says how strongly.
    """

    name: str
    x: Floats
    y: Floats
    color: str
    dash: tuple[float, ...] = ()
    width: float = 2.0
    symbol: str | None = None
    fill: float | None = None
    area: float = 0.15

    def paint(self, painter: QPainter, plane: Plane, style: Style) -> None:
        pixels = plane.toPixels(self.x, self.y)
        rect, color = rect_of(plane), named(style, self.color)
        if self.fill is not None:
            self._paintArea(painter, pixels, plane, color, self.fill)
        draw_polyline(painter, pixels, color, style.px(self.width), self.dash, rect)
        if self.symbol is not None:
            draw_symbols(painter, pixels, self.symbol, style.px(3 + 2 * self.width), color)

    def _paintArea(
        self, painter: QPainter, pixels: Floats, plane: Plane, color: QColor, down_to: float
    ) -> None:
        finite = pixels[np.isfinite(pixels).all(axis=1)]
        if len(finite) < 2:
            return
        bottom = plane.toPixels(self.x[:1], down_to)[0, 1]
        floor = bottom if math.isfinite(bottom) else plane.top + plane.height
        reach = np.clip(finite[:, 1], plane.top - 10, plane.top + plane.height + 10)
        points = [QPointF(x, y) for x, y in zip(finite[:, 0], reach, strict=True)]
        ends = [QPointF(finite[-1, 0], floor), QPointF(finite[0, 0], floor)]
        shade = QColor(color)
        shade.setAlphaF(self.area)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(shade)
        painter.drawPolygon(QPolygonF(points + ends))


@dataclass(frozen=True, slots=True, eq=False)
class Path:
    """A way across a plane, `points` (T, 2), with a ball where it ends."""

    name: str
    points: Floats
    color: str
    dash: tuple[float, ...] = ()
    width: float = 2.0
    ball: float = 12.0  # its diameter; 0 for none

    def paint(self, painter: QPainter, plane: Plane, style: Style) -> None:
        if not len(self.points):
            return
        pixels = plane.toPixels(self.points[:, 0], self.points[:, 1])
        self.paintLine(painter, pixels, plane, style)
        self.paintBall(painter, pixels[-1:], style)

    def paintLine(
        self,
        painter: QPainter,
        pixels: NDArray[np.float64],
        plane: Plane,
        style: Style,
        along: float = 0.0,
    ) -> None:
        """Draw the line through `pixels` (N, 2), whose dashes have begun `along` pixels before."""
        rect, color = rect_of(plane), named(style, self.color)
        width, halo = style.px(self.width), (style.color("base"), style.px(0.8))
        faint = None
        if self.dash:  # a faint line holds the dashes of a zigzag together
            faint = QColor(color)
            faint.setAlphaF(0.45)
        draw_polyline(painter, pixels, color, width, self.dash, rect, halo, faint, along)

    def paintBall(self, painter: QPainter, pixel: Floats, style: Style) -> None:
        """Draw the ball at `pixel` (1, 2)."""
        x, y = pixel[0].tolist()
        if self.ball and math.isfinite(x + y):
            radius = style.px(self.ball) / 2
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(style.color("base"), style.px(1.5)))
            painter.setBrush(named(style, self.color))
            painter.drawEllipse(QPointF(x, y), radius, radius)
            painter.setBrush(Qt.BrushStyle.NoBrush)


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """Points (x, y), each (N,), of one kind."""

    x: Floats
    y: Floats
    color: str
    symbol: str = "o"
    size: float = 7.0
    outline: str | None = "base"
    name: str = ""
    filled: bool = True

    def paint(self, painter: QPainter, plane: Plane, style: Style) -> None:
        pixels = plane.toPixels(self.x, self.y)
        rect = rect_of(plane).adjusted(-20, -20, 20, 20)
        inside = (pixels[:, 0] >= rect.left()) & (pixels[:, 0] <= rect.right())
        inside &= (pixels[:, 1] >= rect.top()) & (pixels[:, 1] <= rect.bottom())
        color, size = named(style, self.color), style.px(self.size)
        edge = named(style, self.outline) if self.outline else None
        if self.filled:
            draw_symbols(painter, pixels[inside], self.symbol, size, color, edge, style.px(1.2))
        else:
            draw_symbols(painter, pixels[inside], self.symbol, size, None, color, style.px(2))


@dataclass(frozen=True, slots=True, eq=False)
class Segments:
    """Straight lines from `start` to `end`, each (N, 2)."""

    start: Floats
    end: Floats
    color: str
    width: float = 1.5
    dash: tuple[float, ...] = ()
    head: bool = False  # an arrow head at the end
    name: str = ""

    def paint(self, painter: QPainter, plane: Plane, style: Style) -> None:
        if not len(self.start):
            return
        start = plane.toPixels(self.start[:, 0], self.start[:, 1])
        end = plane.toPixels(self.end[:, 0], self.end[:, 1])
        color, width = named(style, self.color), style.px(self.width)
        if self.head:
            draw_arrows(painter, start, end, color, width, rect_of(plane), None)
            return
        for a, b in zip(start, end, strict=True):
            draw_polyline(painter, np.stack([a, b]), color, width, self.dash, rect_of(plane))


@dataclass(frozen=True, slots=True, eq=False)
class Arrows:
    """Arrows from `origin` along `vector`, each (N, 2); those below a pixel are left out."""

    origin: Floats
    vector: Floats
    color: str
    width: float = 2.0
    name: str = ""

    def paint(self, painter: QPainter, plane: Plane, style: Style) -> None:
        if not len(self.origin):
            return
        with np.errstate(over="ignore", invalid="ignore"):  # what diverged is left out below
            tip = self.origin + self.vector
        start = plane.toPixels(self.origin[:, 0], self.origin[:, 1])
        end = plane.toPixels(tip[:, 0], tip[:, 1])
        color, width = named(style, self.color), style.px(self.width)
        halo = style.color("base"), style.px(0.8)
        draw_arrows(painter, start, end, color, width, rect_of(plane), halo)


@dataclass(frozen=True, slots=True, eq=False)
class Squares:
    """Squares around `center` (N, 2) whose `side` (N,) is in pixels at factor 1.

    With `side` (N, 2) they are rectangles, so wide and so high.
    """

    center: Floats
    side: Floats
    color: str
    width: float = 1.5
    name: str = ""

    def paint(self, painter: QPainter, plane: Plane, style: Style) -> None:
        pixels = plane.toPixels(self.center[:, 0], self.center[:, 1])
        shade = named(style, self.color)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(shade, style.px(self.width)))
        shade.setAlphaF(0.18)
        painter.setBrush(shade)
        given = np.asarray(self.side, dtype=np.float64) * style.factor()
        sides = np.broadcast_to(given.reshape(len(given), -1), (len(given), 2))
        for (x, y), (wide, high) in zip(pixels, sides, strict=True):
            if math.isfinite(x + y + wide + high):
                painter.drawRect(QRectF(x - wide / 2, y - high / 2, wide, high))
        painter.setBrush(QBrush())


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """A line right across the plot, at `value` of the other axis, with a few words."""

    value: float
    orientation: Literal["horizontal", "vertical"] = "horizontal"
    label: str = ""
    color: str = "muted"
    dash: tuple[float, ...] = (4, 3)
    width: float = 1.2

    def paint(self, painter: QPainter, plane: Plane, style: Style) -> None:
        right, bottom = plane.left + plane.width, plane.top + plane.height
        if self.orientation == "horizontal":
            at = plane.toPixels(1.0, self.value)[0, 1]
            ends = np.array([[plane.left, at], [right, at]])
            corner = QPointF(plane.left + style.px(6), at - style.px(4))
        else:
            at = plane.toPixels(self.value, 1.0)[0, 0]
            ends = np.array([[at, bottom], [at, plane.top]])
            letters, gap = QFontMetricsF(style.font("small")), style.px(4)
            wide = letters.horizontalAdvance(self.label)
            is_right = at + gap + wide <= right or at - gap - wide < plane.left
            corner = QPointF(at + gap if is_right else at - gap - wide, bottom - style.px(6))
        if not math.isfinite(at):
            return
        color = named(style, self.color)
        draw_polyline(painter, ends, color, style.px(self.width), self.dash, rect_of(plane))
        if self.label and rect_of(plane).contains(QPointF(*ends.mean(axis=0))):
            write(painter, corner, self.label, style, color)


@dataclass(frozen=True, slots=True, eq=False)
class Label:
    """A few words beside the point (x, y), kept within the plot."""

    x: float
    y: float
    text: str
    color: str = "text"

    def paint(self, painter: QPainter, plane: Plane, style: Style) -> None:
        px, py = plane.toPixels(self.x, self.y)[0]
        rect = rect_of(plane)
        if not (math.isfinite(px + py) and rect.contains(QPointF(px, py))):
            return
        painter.setFont(style.font("small"))
        wide = painter.fontMetrics().horizontalAdvance(self.text)
        gap = style.px(12)
        left = px + gap if px + gap + wide < rect.right() else px - gap - wide
        high = painter.fontMetrics().height()
        top = py - gap if py - gap - high > rect.top() else py + gap + high
        write(painter, QPointF(left, top), self.text, style, named(style, self.color))


def named(style: Style, color: str) -> QColor:
    """`color`, #rrggbb or the name of a colour of the theme."""
    return QColor(getattr(style.theme(), color, color))


def line_pen(style: Style, color: str, width: float, dash: tuple[float, ...]) -> QPen:
    """The pen of a short sample of a line, as legends and tables show it."""
    pen = QPen(named(style, color), style.px(width))
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    if dash:
        pen.setDashPattern(list(dash))
    return pen


def rect_of(plane: Plane) -> QRectF:
    return QRectF(plane.left, plane.top, plane.width, plane.height)


def write(
    painter: QPainter, at: QPointF, text: str, style: Style, color: QColor, *, solid: bool = False
) -> None:
    """Small letters on a plate of the ground's colour, readable over lines.

    It is translucent, or `solid` and with an edge: then it is readable over other letters, too.
    """
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(style.font("small"))
    metrics, edge = painter.fontMetrics(), style.px(2.5)
    plate = QRectF(at.x(), at.y() - metrics.ascent(), 0, metrics.height())
    plate.setWidth(metrics.horizontalAdvance(text))
    ground = named(style, "base")
    ground.setAlphaF(1.0 if solid else 0.72)
    painter.setPen(style.pen("line", 1) if solid else QPen(Qt.PenStyle.NoPen))
    painter.setBrush(ground)
    painter.drawRoundedRect(plate.adjusted(-edge, 0, edge, 0), edge, edge)
    painter.setBrush(QBrush())
    painter.setPen(color)
    painter.drawText(at, text)


def draw_arrows(
    painter: QPainter,
    start: NDArray[np.float64],
    end: NDArray[np.float64],
    color: QColor,
    width: float,
    clip: QRectF,
    halo: tuple[QColor, float] | None,
) -> None:
    """Draw arrows, pixels (N, 2) each, whose heads grow with `width` and shrink on short ones."""
    both = np.concatenate([start, end], axis=1)
    both = both[np.isfinite(both).all(axis=1)]
    step = both[:, 2:] - both[:, :2]
    length = np.hypot(step[:, 0], step[:, 1])
    both, step, length = both[length > 1], step[length > 1], length[length > 1]
    if not len(both):
        return
    unit = step / length[:, None]
    head = np.minimum(5.0 * width, 0.6 * length)[:, None]  # (N, 1)
    neck = both[:, 2:] - 0.8 * head * unit
    shafts = clip_segments(np.concatenate([both[:, :2], neck], axis=1), clip)
    side = np.stack([-unit[:, 1], unit[:, 0]], axis=1) * head * 0.42
    back = both[:, 2:] - head * unit
    heads = QPainterPath()
    frame = clip.adjusted(-50, -50, 50, 50)
    for tip, left, right in zip(both[:, 2:], back + side, back - side, strict=True):
        if frame.contains(QPointF(*tip)):
            heads.addPolygon(QPolygonF([QPointF(*p) for p in (tip, left, right, tip)]))
    if halo is not None:
        draw_segments(painter, shafts, halo[0], width + 2 * halo[1])
        painter.strokePath(heads, QPen(halo[0], 2 * halo[1]))
    draw_segments(painter, shafts, color, width)
    painter.fillPath(heads, color)
