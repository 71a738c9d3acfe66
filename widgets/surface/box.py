"""The box around a surface: its floor and far walls with a grid, and the numbers at its edges."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter

from widgets.numbers import format_ticks
from widgets.plots.plane import Floats
from widgets.plots.ranges import linear_ticks
from widgets.style import Style
from widgets.surface.camera import BOX_HEIGHT, Camera
from widgets.surface.mesh import SurfaceMesh

Project = Callable[[Floats], Floats]

_AROUND = 0.15  # of a line, above digits and below them
FLOOR = 0.06  # a height of the box up to which a number would run into those of its floor


@dataclass(frozen=True, slots=True)
class Ticks:
    """Where numbers stand along an edge of the box, and what they say."""

    places: tuple[float, ...]
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Box:
    """The ticks of the three axes and their names."""

    x: Ticks
    y: Ticks
    z: Ticks
    names: tuple[str, str, str] = ("", "", "")


def box_of(mesh: SurfaceMesh, names: tuple[str, str, str], z_ticks: Ticks | None = None) -> Box:
    """The box of a mesh; `z_ticks` if its heights are not to be read as they are drawn."""
    (x0, x1), (y0, y1) = mesh.x_range, mesh.y_range
    x, y = linear_ticks(x0, x1, 5), linear_ticks(y0, y1, 5)
    z = linear_ticks(mesh.low, mesh.high, 4)
    heights = Ticks(tuple(mesh.toBoxHeight(np.array(z)).tolist()), tuple(format_ticks(z)))
    return Box(
        Ticks(tuple((v - x0) / (x1 - x0) * 2 - 1 for v in x), tuple(format_ticks(x))),
        Ticks(tuple((v - y0) / (y1 - y0) * 2 - 1 for v in y), tuple(format_ticks(y))),
        _above_floor(z_ticks or heights),
        names,
    )


def _above_floor(ticks: Ticks) -> Ticks:
    """`ticks` without the numbers that would run into those of the floor."""
    texts = [t if at > FLOOR else "" for at, t in zip(ticks.places, ticks.texts, strict=True)]
    return Ticks(ticks.places, tuple(texts))


def grid(box: Box, camera: Camera) -> list[Floats]:
    """Lines (2, 3) on the floor and on the two walls behind the surface, at the ticks."""
    far_x, far_y = _far_corner(camera)
    lines = []
    for x in box.x.places:
        lines += [_line((x, -1, 0), (x, 1, 0)), _line((x, far_y, 0), (x, far_y, BOX_HEIGHT))]
    for y in box.y.places:
        lines += [_line((-1, y, 0), (1, y, 0)), _line((far_x, y, 0), (far_x, y, BOX_HEIGHT))]
    for z in box.z.places:
        lines += [_line((-1, far_y, z), (1, far_y, z)), _line((far_x, -1, z), (far_x, 1, z))]
    return lines


def edges(camera: Camera) -> list[Floats]:
    """The outlines (2, 3) of the floor and of the two walls behind the surface."""
    far_x, far_y = _far_corner(camera)
    top = BOX_HEIGHT
    lines = [_line((x, -1, 0), (x, 1, 0)) for x in (-1, 1)]
    lines += [_line((-1, y, 0), (1, y, 0)) for y in (-1, 1)]
    for x, y in ((far_x, far_y), (-far_x, far_y), (far_x, -far_y)):
        lines.append(_line((x, y, 0), (x, y, top)))
    lines += [_line((-1, far_y, top), (1, far_y, top)), _line((far_x, -1, top), (far_x, 1, top))]
    return lines


def _line(start: tuple[float, ...], end: tuple[float, ...]) -> Floats:
    return np.array([start, end], dtype=np.float64)


def draw_numbers(
    painter: QPainter, box: Box, camera: Camera, width: float, height: float, style: Style
) -> None:
    """Write the ticks and names of the axes along the edges nearest to the eye."""
    far_x, far_y = _far_corner(camera)

    def project(points: Floats) -> Floats:
        return camera.project(points, width, height)

    def along_x(places: Floats, out: float) -> Floats:
        return np.stack([places, np.full_like(places, -far_y * out), 0 * places], axis=1)

    def along_y(places: Floats, out: float) -> Floats:
        return np.stack([np.full_like(places, -far_x * out), places, 0 * places], axis=1)

    # the upright edge that is leftmost in the picture
    sides = np.array([[-far_x, far_y, 0.0], [far_x, -far_y, 0.0]])
    side = sides[np.argmin(project(sides)[:, 0])]

    def upright(places: Floats, out: float) -> Floats:
        return np.stack(
            [np.full_like(places, side[0] * out), 0 * places + side[1] * out, places], 1
        )

    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for ticks, name, edge, middle in (
        (box.x, box.names[0], along_x, 0.0),
        (box.y, box.names[1], along_y, 0.0),
        (box.z, box.names[2], upright, BOX_HEIGHT / 2),
    ):
        _write_along(painter, ticks, name, edge, middle, project, style)


def _write_along(
    painter: QPainter,
    ticks: Ticks,
    name: str,
    edge: Callable[[Floats, float], Floats],
    middle: float,
    project: Project,
    style: Style,
) -> None:
    places = np.array([*ticks.places, middle], dtype=np.float64)
    on, beyond = project(edge(places, 1.0)), project(edge(places, 1.2))
    out = beyond - on
    out /= np.maximum(np.hypot(out[:, 0], out[:, 1]), 1e-9)[:, None]
    painter.setFont(style.font("small"))
    metrics = QFontMetricsF(style.font("small"))
    painter.setPen(style.color("muted"))
    widest, written = 0.0, QRectF()
    for at, way, text in zip(on, out, ticks.texts, strict=False):
        if not text:
            continue
        half = metrics.horizontalAdvance(text) / 2
        widest = max(widest, half)
        gap = style.px(4) + abs(way[0]) * half + abs(way[1]) * metrics.height() / 2
        place = _room_of(at + way * gap, text, metrics)
        inner = place.adjusted(0, _AROUND * place.height(), 0, -_AROUND * place.height())
        if not inner.intersects(written):  # else neither could be read
            written = inner
            _write(painter, at + way * gap, text, metrics)
    if name:
        painter.setFont(style.font("body"))
        painter.setPen(style.color("text"))
        named = QFontMetricsF(style.font("body"))
        half = named.horizontalAdvance(name) / 2
        way = out[-1]
        gap = style.px(9) + abs(way[0]) * (2 * widest + half) + abs(way[1]) * named.height() * 1.4
        at = on[-1] + way * gap
        if at[0] < half:  # it would be cut off
            is_upright = abs(on[0, 0] - on[-1, 0]) < abs(on[0, 1] - on[-1, 1]) / 4
            at = np.array([half + 2, on[:, 1].min() - named.height() if is_upright else at[1]])
        _write(painter, at, name, named)


def _write(painter: QPainter, at: Floats, text: str, metrics: QFontMetricsF) -> None:
    painter.drawText(_room_of(at, text, metrics), Qt.AlignmentFlag.AlignCenter, text)


def _room_of(at: Floats, text: str, metrics: QFontMetricsF) -> QRectF:
    """What `text` takes around `at`."""
    wide, high = metrics.horizontalAdvance(text) + 4, metrics.height()
    return QRectF(at[0] - wide / 2, at[1] - high / 2, wide, high)


def _far_corner(camera: Camera) -> tuple[float, float]:
    """The x and y of the two walls that the eye sees from inside."""
    x, y, _ = camera.eye()
    return (-1.0 if x > 0 else 1.0), (-1.0 if y > 0 else 1.0)
