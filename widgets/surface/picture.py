"""From paths and heights to a picture of a surface: what `SurfaceView` paints and exports."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter

from widgets.colors import sequential
from widgets.numbers import format_compact, format_log_ticks
from widgets.plots.plane import Floats
from widgets.plots.ranges import Range, log_ticks
from widgets.plots.shapes import Path, named
from widgets.plots.strokes import thin
from widgets.style import Style
from widgets.surface.box import FLOOR, Box, Ticks, box_of, draw_numbers, edges, grid
from widgets.surface.camera import BOX_HEIGHT, Camera
from widgets.surface.flight import Flight, drops, flown
from widgets.surface.mesh import SurfaceMesh
from widgets.surface.scene import Ball, Color, Line, SurfaceScene

_LIFT = 0.008  # how far trails hover above the surface, in heights of the box
_LONGEST = 0.03  # a longer step is cut up, to lie on the surface all the way
_MOST_CUTS = 80
_FARTHEST = 1e6  # in ranges; what diverged beyond is left out
_THROUGH = 0.2  # how far in front a line is drawn that the surface is not to hide
_APART = 0.2  # of the height of the box, between two numbers at its edge
_LOG_TICKS = (5, 10)  # numbers along an axis of logarithms; more where two would be seen
_MOST_ROWS = 120  # of the mesh; on llvmpipe 200 take twice as long as 100


class SurfacePicture:
    """A surface with what moves over it, drawn at any size by any camera.

    Raises `RuntimeError` where there is no OpenGL.
    """

    def __init__(self) -> None:
        self._scene = SurfaceScene()
        self._mesh: SurfaceMesh | None = None
        self._upload: Callable[[], None] | None = None  # of the surface, before it is drawn
        self._names = ("", "", "")
        self._zTicks: Ticks | None = None
        self._box: Box | None = None
        self._paths: tuple[Path, ...] = ()
        self._trails: list[tuple[Path, Floats]] | None = None  # laid when they are drawn
        self._marks: list[tuple[Floats, str]] = []
        self._posts = np.empty((0, 3))  # from those at heights of their own to the surface
        self._flights: tuple[Flight, ...] = ()
        self._flown: list[tuple[Flight, Floats, list[Floats]]] | None = None  # as the trails

    def setSurface(
        self,
        heights: NDArray[np.floating],
        x_range: Range,
        y_range: Range,
        levels: Floats,
        display: NDArray[np.floating] | None,
        z_range: Range | None = None,
        colors: NDArray[np.uint8] | None = None,
        *,
        log: bool = False,
    ) -> None:
        """Take a surface as `SurfaceView.setSurface` describes it."""
        shown = heights if display is None else display
        whole = heights
        heights, shown = coarser(heights), coarser(shown)
        self._mesh = SurfaceMesh(shown, x_range, y_range, z_range)
        self._trails = self._flown = None
        self._zTicks = None
        if display is not None:
            mesh = self._mesh
            self._zTicks = _log_ticks(mesh) if log else _ticks_at(levels, whole, display, mesh)
        table = sequential() if colors is None else colors
        self._upload = partial(self._scene.setSurface, self._mesh, heights, levels, table)
        self.setNames(self._names)

    def setNames(self, names: tuple[str, str, str]) -> None:
        self._names = names
        if self._mesh is not None:
            self._box = box_of(self._mesh, names, self._zTicks)

    def setPaths(self, paths: Sequence[Path]) -> None:
        self._paths, self._trails = tuple(paths), None

    def setFlights(self, flights: Sequence[Flight]) -> None:
        self._flights, self._flown = tuple(flights), None

    def setMarks(self, places: Sequence[tuple[NDArray[np.floating], str]]) -> None:
        """Small balls at places (N, 2) of the surface, or (N, 3) in space, in a colour each."""
        mesh, posts = self._mesh, [np.empty((0, 3))]
        self._marks = []
        for points, color in places:
            if mesh is None:
                break
            feet = mesh.toBox(points[:, 0], points[:, 1])
            placed = feet
            if points.shape[1] == 3:
                high = np.where(np.isfinite(feet[:, 2]), mesh.toBoxHeight(points[:, 2]), np.nan)
                placed = np.column_stack([feet[:, :2], high])
                gaps = np.full_like(feet, np.nan)
                posts.append(np.stack([placed, feet, gaps], axis=1).reshape(-1, 3))
            self._marks.append((placed, color))
        self._posts = np.concatenate(posts)

    def pick(self, camera: Camera, px: float, py: float, size: QSize) -> tuple[float, float] | None:
        """The (x, y) of the surface that is seen at a pixel of a picture of `size`."""
        if self._mesh is None:
            return None
        return self._mesh.hit(*camera.ray(px, py, size.width(), size.height()))

    def pixelsOf(self, points: Floats, camera: Camera, size: QSize) -> Floats:
        """The pixels (N, 2) at which places (N, 2) of the surface are seen; NaN for holes."""
        if self._mesh is None:
            return np.full((len(points), 2), np.nan)
        on = self._mesh.toBox(points[:, 0], points[:, 1])
        return camera.project(on, size.width(), size.height())

    def draw(
        self, camera: Camera, size: QSize, style: Style, finer: int, ratio: float = 1.0
    ) -> Iterator[None]:
        """Have the surface drawn in `size`, `finer` times as large, without waiting; see `read`.

        `ratio` is how many pixels the screen has for one of the widget's. It yields between parts.
        """
        width, height = max(size.width(), 1), max(size.height(), 1)
        scale = style.factor() * ratio * finer
        if self._upload is not None:
            self._upload()
            self._upload = None
        lines, balls = self._lines(style, scale), self._balls(style, scale)
        behind = self._frame(camera, style, scale)
        yield
        yield from self._scene.draw(
            camera,
            width * finer,
            height * finer,
            background=_rgb(style.color("base")),
            ink=_rgb(QColor("#101216")),
            line_width=1.1 * scale,
            behind=behind,
            lines=lines,
            balls=balls,
        )

    def isReady(self) -> bool:
        """Whether to draw it will not take so long as the first surface does."""
        return self._mesh is None or self._scene.isReady()

    def read(self, finer: int) -> QImage:
        """What was drawn last, without its numbers, shrunk to the size that was asked for."""
        pixels = self._scene.read()
        rows, columns, _ = pixels.shape
        large = QImage(pixels.data, columns, rows, 4 * columns, QImage.Format.Format_RGBX8888)
        if finer == 1:
            return large.copy()
        width, height = columns // finer, rows // finer
        smooth = Qt.TransformationMode.SmoothTransformation
        return large.scaled(width, height, Qt.AspectRatioMode.IgnoreAspectRatio, smooth)

    def drawNumbers(self, painter: QPainter, camera: Camera, size: QSize, style: Style) -> None:
        """Write the numbers of the axes over a picture of `size`."""
        if self._box is not None:
            draw_numbers(painter, self._box, camera, size.width(), size.height(), style)

    def _frame(self, camera: Camera, style: Style, scale: float) -> list[Line]:
        if self._box is None:
            return []
        faint, firm = _rgb(style.color("line")), _rgb(style.color("muted"))
        return [
            Line(joined(grid(self._box, camera)), faint, 1.0 * scale),
            Line(joined(edges(camera)), firm, 1.0 * scale, opacity=0.7),
        ]

    def _laid(self) -> list[tuple[Path, Floats]]:
        """The paths, laid over the surface: seldomer than they come, since that is dear."""
        mesh = self._mesh
        if self._trails is None and mesh is not None:
            self._trails = [(path, drape(path.points, mesh)) for path in self._paths]
        return self._trails or []

    def _laidFlights(self) -> list[tuple[Flight, Floats, list[Floats]]]:
        """The flights, their points in the box, and their drop-lines."""
        mesh = self._mesh
        if self._flown is None and mesh is not None:
            placed = [(flight, flown(flight, mesh)) for flight in self._flights]
            self._flown = [(flight, points, drops(points, mesh)) for flight, points in placed]
        return self._flown or []

    def _lines(self, style: Style, scale: float) -> list[Line]:
        lines = []
        ground = _rgb(style.color("base"))
        for path, points in self._laid():
            color, width = _rgb(named(style, path.color)), path.width * 1.15 * scale
            dash = tuple(part * width for part in path.dash)
            lines.append(Line(points, ground, width + 1.8 * scale, (), 0.0005, 0.9))
            lines.append(Line(points, color, width, dash, 0.0008))
            if path.ball and len(points) and np.isfinite(points[-1]).all():
                foot = points[-1] * np.array([1, 1, 0])
                drop = np.stack([points[-1], foot])
                lines.append(Line(drop, color, 1.2 * scale, (4 * scale, 3 * scale)))
        if len(self._posts):
            color = _rgb(style.color("text"))
            lines.append(Line(self._posts, color, 1.2 * scale, (), _THROUGH, 0.6))
        return lines + self._flightLines(style, scale)

    def _flightLines(self, style: Style, scale: float) -> list[Line]:
        """The flights and their drop-lines; what the surface hides of them shows through it."""
        lines: list[Line] = []
        ground = _rgb(style.color("base"))
        for flight, points, down in self._laidFlights():
            color, width = _rgb(named(style, flight.color)), flight.width * 1.15 * scale
            dash = tuple(part * width for part in flight.dash)
            lines.append(Line(points, color, width, dash, _THROUGH, 0.35))
            if down:
                lines.append(Line(joined(down), color, 1.0 * scale, (), _THROUGH, 0.45))
            lines.append(Line(points, ground, width + 1.8 * scale, (), 0.0005, 0.9))
            lines.append(Line(points, color, width, dash, 0.0008))
        return lines

    def _balls(self, style: Style, scale: float) -> list[Ball]:
        edge = _rgb(style.color("base"))
        nearer = _THROUGH if len(self._posts) else 0.0
        balls = [
            Ball(point, _rgb(named(style, color)), 4.0 * scale, edge, nearer)
            for points, color in self._marks
            for point in points
        ]
        for path, points in self._laid():
            if path.ball and len(points):
                radius = 0.55 * path.ball * scale
                balls.append(Ball(points[-1], _rgb(named(style, path.color)), radius, edge))
        for flight, points, _ in self._laidFlights():
            if flight.ball and len(points):
                color, radius = _rgb(named(style, flight.color)), 0.55 * flight.ball * scale
                balls.append(Ball(points[-1], color, radius, edge, _THROUGH))
        return balls


def joined(lines: Sequence[Floats]) -> Floats:
    """`lines` (T, 3) as one that is broken between them: each that is drawn costs half a ms."""
    gap = np.full((1, 3), np.nan)
    return np.concatenate([part for line in lines for part in (line, gap)])


def drape(points: NDArray[np.floating], mesh: SurfaceMesh) -> Floats:
    """A path (T, 2) laid over a surface: (S, 3) in the box, long steps cut up to follow it."""
    if not len(points):
        return np.empty((0, 3))
    (x0, x1), (y0, y1) = mesh.x_range, mesh.y_range
    with np.errstate(invalid="ignore", over="ignore"):
        unit = (points - [x0, y0]) / [x1 - x0, y1 - y0]
    unit = np.where(np.abs(unit) < _FARTHEST, unit, np.nan)
    unit = thin(unit * 1000) / 1000  # as on 1000 pixels
    step = np.diff(unit, axis=0)
    long = np.hypot(step[:, 0], step[:, 1]) * 2 / _LONGEST
    cuts = np.clip(np.ceil(np.nan_to_num(long, nan=1.0)), 1, _MOST_CUTS).astype(np.intp)
    first = np.repeat(np.arange(len(step)), cuts)
    share = (np.arange(len(first)) - np.repeat(np.cumsum(cuts) - cuts, cuts)) / cuts[first]
    full = np.concatenate([unit[first] + share[:, None] * step[first], unit[-1:]])
    draped = mesh.toBox(x0 + full[:, 0] * (x1 - x0), y0 + full[:, 1] * (y1 - y0))
    draped[:, 2] += _LIFT
    return draped


def coarser(heights: NDArray[np.floating]) -> NDArray[np.floating]:
    """`heights` (H, W) at most so fine as software draws in time."""
    rows, columns = (min(n, _MOST_ROWS) for n in heights.shape)
    if (rows, columns) == heights.shape:
        return heights
    mesh = SurfaceMesh(heights, (-1, 1), (-1, 1))
    x, y = np.meshgrid(np.linspace(-1, 1, columns), np.linspace(-1, 1, rows))
    z = mesh.heightAt(x.ravel(), y.ravel()).reshape(rows, columns)
    return mesh.low + z / BOX_HEIGHT * (mesh.high - mesh.low)


def _ticks_at(
    levels: Floats,
    heights: NDArray[np.floating],
    shown: NDArray[np.floating],
    mesh: SurfaceMesh,
) -> Ticks:
    """A few of `levels` where `shown`, a rising function of `heights`, has them in the box."""
    known = np.isfinite(heights) & np.isfinite(shown)
    order = np.argsort(heights[known])
    at = np.interp(levels, heights[known][order], shown[known][order])
    return _spread([format_compact(float(level), 2) for level in levels], mesh.toBoxHeight(at))


def _log_ticks(mesh: SurfaceMesh) -> Ticks:
    """Round numbers all along the box of a `mesh` whose heights are logarithms to base 10."""
    for count in _LOG_TICKS:
        exponents = log_ticks(mesh.low, mesh.high, count)
        ticks = _spread(format_log_ticks(exponents), mesh.toBoxHeight(np.array(exponents)))
        if sum(place > FLOOR for place in ticks.places) > 2:
            break
    return ticks


def _spread(texts: Sequence[str], places: Floats) -> Ticks:
    """Those of `texts`, which stand at rising `places`, that do not run into each other."""
    chosen = [0] if texts else []
    for i in range(1, len(texts)):
        if places[i] - places[chosen[-1]] > _APART:
            chosen.append(i)
    return Ticks(tuple(places[chosen].tolist()), tuple(texts[i] for i in chosen))


def _rgb(color: QColor) -> Color:
    return color.redF(), color.greenF(), color.blueF()
