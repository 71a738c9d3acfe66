"""A shaded surface with trails and balls, drawn off screen by OpenGL into an array."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray
from vispy import gloo

from widgets.plots.plane import Floats
from widgets.surface.camera import Camera
from widgets.surface.gl import offscreen_canvas
from widgets.surface.mesh import SurfaceMesh
from widgets.surface.shaders import (
    BALL_FRAGMENT,
    BALL_VERTEX,
    LINE_FRAGMENT,
    LINE_VERTEX,
    SURFACE_FRAGMENT,
    SURFACE_VERTEX,
)

Color = tuple[float, float, float]  # 0 to 1

_LIGHT = np.array([-0.45, 0.65, 0.75])  # right, up, and towards the eye
_CORNERS = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]], dtype=np.float32)
_MOST_LEVELS = 32  # as the shader has them
_QUAD = np.array([0, 1, 2, 0, 2, 3], dtype=np.uint32)
_TARGETS = 2  # sizes of pictures that stay at hand: the quick one and the fine one


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """A line through `points` (T, 3) of the box, `width` pixels wide, broken where they are NaN.

    `dash` is in pixels; `nearer` draws it so much in front of where it is, against flicker.
    """

    points: Floats
    color: Color
    width: float
    dash: tuple[float, ...] = ()
    nearer: float = 0.0
    opacity: float = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Ball:
    """A ball of `radius` pixels that lies on the surface at `point` (3,), with an edge.

    `nearer` is as with a `Line`.
    """

    point: Floats
    color: Color
    radius: float
    edge: Color = (1.0, 1.0, 1.0)
    nearer: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class _Pass:
    """What `draw` draws by a program; if `deep`, it hides what comes later and lies behind it."""

    program: gloo.Program
    draw: Callable[[], None]
    deep: bool = False


class SurfaceScene:
    """Draws a surface with lines and balls, as a `Camera` sees it, into an array of pixels."""

    def __init__(self) -> None:
        self._canvas = offscreen_canvas()
        self._canvas.set_current()
        self._surface = gloo.Program(SURFACE_VERTEX, SURFACE_FRAGMENT)
        self._line = gloo.Program(LINE_VERTEX, LINE_FRAGMENT)
        self._ball = gloo.Program(BALL_VERTEX, BALL_FRAGMENT)
        for program in (self._surface, self._line, self._ball):
            self._canvas.context.glir.associate(program.glir)
        self._canvas.context.flush_commands()  # they are linked now, not in the first picture
        self._compiled: set[gloo.Program] = set()  # by the driver, as they were drawn
        self._isReady = False
        self._faces: gloo.IndexBuffer | None = None
        self._targets: dict[tuple[int, int], gloo.FrameBuffer] = {}  # what was drawn last, last

    def setSurface(
        self,
        mesh: SurfaceMesh,
        heights: NDArray[np.floating],
        levels: Floats,
        colors: NDArray[np.uint8],
    ) -> None:
        """Take a mesh whose vertices stand for `heights` (H, W).

        Contour lines are drawn at `levels` (K,), at most 32 of them; a table of `colors` (n, 3) is
        spread over them, an equal part for each band between two.
        """
        self._canvas.set_current()
        positions, normals = mesh.vertices()
        faces = mesh.faces()
        self._surface["a_position"] = gloo.VertexBuffer(positions)
        self._surface["a_normal"] = gloo.VertexBuffer(normals)
        low, span = levels[0], levels[-1] - levels[0]
        scaled = np.nan_to_num((heights - low) / span, nan=0.0, posinf=0.0, neginf=0.0)
        self._surface["a_height"] = gloo.VertexBuffer(scaled.astype(np.float32).ravel())
        steps = np.full(_MOST_LEVELS, np.inf)
        steps[: len(levels)] = (levels[:_MOST_LEVELS] - low) / span
        for i, step in enumerate(np.minimum(steps, 2.0 + np.arange(_MOST_LEVELS))):
            self._surface[f"u_levels[{i}]"] = float(step)
        self._surface["u_bands"] = float(min(len(levels), _MOST_LEVELS) - 1)
        table = np.ascontiguousarray(colors[None], dtype=np.uint8)
        self._surface["u_colors"] = gloo.Texture2D(table, interpolation="linear")
        self._faces = gloo.IndexBuffer(faces) if len(faces) else None

    def draw(
        self,
        camera: Camera,
        width: int,
        height: int,
        *,
        background: Color,
        ink: Color,
        line_width: float = 1.0,
        behind: Sequence[Line] = (),
        lines: Sequence[Line] = (),
        balls: Sequence[Ball] = (),
    ) -> Iterator[None]:
        """Have a picture drawn, without waiting for it; see `read`.

        `behind` is drawn before the surface, `lines` and `balls` after it, hidden where it is
        nearer. Contour lines are `line_width` pixels of `ink`. It yields between parts; with the
        first lines, the first surface and the first balls a driver takes some 10 ms for each.
        """
        size, matrix = (width, height), camera.matrix(width, height)
        passes: list[_Pass] = []
        if behind:
            draw = partial(self._drawLines, ribbons(behind, matrix, width, height))
            passes.append(_Pass(self._line, draw))
        if self._faces is not None:
            draw = partial(self._drawSurface, camera, matrix, ink, line_width)
            passes.append(_Pass(self._surface, draw, deep=True))
        if lines:
            draw = partial(self._drawLines, ribbons(lines, matrix, width, height))
            passes.append(_Pass(self._line, draw))
            yield
        if balls:
            draw = partial(self._drawBalls, balls, camera, matrix, width, height)
            passes.append(_Pass(self._ball, draw))
        for one in passes:
            if one.program not in self._compiled:
                yield from self._paint(size, background, [one])
                self._compiled.add(one.program)
        yield from self._paint(size, background, passes)
        self._isReady = self._isReady or bool(passes)

    def isReady(self) -> bool:
        """Whether the driver has compiled what draws a picture, so that it will not take long."""
        return self._isReady

    def _paint(
        self, size: tuple[int, int], background: Color, passes: Sequence["_Pass"]
    ) -> Iterator[None]:
        """Draw `passes` on a new ground, and yield after each."""
        self._drawOn(size, partial(gloo.clear, color=(*background, 1.0), depth=1.0), deep=True)
        for one in passes:
            self._drawOn(size, one.draw, deep=one.deep)
            yield

    def _drawOn(self, size: tuple[int, int], draw: Callable[[], None], *, deep: bool) -> None:
        """Draw over what is there; if `deep`, with its depth."""
        self._canvas.set_current()
        with self._framebuffer(*size):
            gloo.set_viewport(0, 0, *size)
            gloo.set_state(depth_test=True, blend=True, cull_face=False, depth_mask=deep)
            gloo.set_blend_func("src_alpha", "one_minus_src_alpha")
            gloo.set_depth_func("lequal")
            draw()
            gloo.set_depth_mask(True)
        self._canvas.context.flush_commands()
        gloo.gl.glFlush()  # a software driver begins at once, on other processors

    def read(self) -> NDArray[np.uint8]:
        """The picture that was drawn last (height, width, 4), uint8, first row on top; opaque."""
        (height, width), target = list(self._targets.items())[-1]
        self._canvas.set_current()
        with target:
            gloo.set_viewport(0, 0, width, height)
            pixels: NDArray[np.uint8] = target.read("color")
        return np.ascontiguousarray(pixels)

    def _framebuffer(self, width: int, height: int) -> gloo.FrameBuffer:
        shape = (height, width)
        target = self._targets.pop(shape, None)
        if target is None:
            color = gloo.RenderBuffer((*shape, 4), "color")
            target = gloo.FrameBuffer(color, gloo.RenderBuffer(shape, "depth"))
        while len(self._targets) >= _TARGETS:
            del self._targets[next(iter(self._targets))]
        self._targets[shape] = target
        return target

    def _drawSurface(self, camera: Camera, matrix: Floats, ink: Color, line_width: float) -> None:
        if self._faces is None:
            return
        right, up, forward = camera.axes()
        light = _LIGHT @ np.stack([right, up, -forward])
        program = self._surface
        program["u_matrix"] = matrix.astype(np.float32)
        program["u_light"] = light / np.linalg.norm(light)
        program["u_eye"] = camera.eye()
        program["u_ink"] = ink
        program["u_width"] = line_width
        program.draw("triangles", self._faces)

    def _drawLines(self, vertices: dict[str, NDArray[np.float32]]) -> None:
        """Draw all of them at once: each call costs more than what it draws."""
        count = len(vertices["a_half"])
        if not count:
            return
        for name, values in vertices.items():
            self._line[name] = values
        index = _QUAD + 4 * np.arange(count // 4, dtype=np.uint32)[:, None]
        self._line.draw("triangles", gloo.IndexBuffer(index.ravel()))

    def _drawBalls(
        self, balls: Sequence[Ball], camera: Camera, matrix: Floats, width: int, height: int
    ) -> None:
        """Draw all of them at once, as lines, the farthest first."""
        known = [ball for ball in balls if np.isfinite(ball.point).all()]
        if not known:
            return
        points = np.array([ball.point for ball in known])
        order = np.argsort(-np.linalg.norm(points - camera.eye(), axis=1), kind="stable")
        known, points = [known[i] for i in order], points[order]
        radius = np.array([ball.radius for ball in known])
        depth = (radius * camera.pixel(width, height))[:, None]
        centers = points + np.array([0.0, 0.0, 0.8]) * depth
        ones = np.ones((len(known), 1))
        clip = np.c_[centers, ones] @ matrix  # (n, 4)
        near = np.c_[centers - 1.2 * depth * camera.axes()[2], ones] @ matrix
        corners = _CORNERS * (radius * 1.25 + 1)[:, None, None]  # (n, 4, 2), in pixels
        quads = np.repeat(clip[:, None], 4, axis=1)
        nearer = np.array([ball.nearer for ball in known])
        quads[..., 2] = ((near[:, 2] / near[:, 3] - nearer) * clip[:, 3])[:, None]
        quads[..., :2] += corners * 2 / np.array([width, height]) * clip[:, None, 3:]
        program = self._ball
        program["a_position"] = quads.reshape(-1, 4).astype(np.float32)
        program["a_corner"] = corners.reshape(-1, 2).astype(np.float32)
        for name, values in (
            ("a_radius", radius),
            ("a_color", [ball.color for ball in known]),
            ("a_edge", [ball.edge for ball in known]),
        ):
            program[name] = np.repeat(np.array(values, dtype=np.float32), 4, axis=0)
        index = _QUAD + 4 * np.arange(len(known), dtype=np.uint32)[:, None]
        program.draw("triangles", gloo.IndexBuffer(index.ravel()))


def ribbons(
    lines: Sequence[Line], matrix: Floats, width: int, height: int
) -> dict[str, NDArray[np.float32]]:
    """The corners of all `lines` as the shader has them: their places, ways, and looks."""
    parts = [ribbon(line, matrix, width, height) for line in lines]
    counts = [len(positions) for positions, _ in parts]
    looks = {
        "a_color": [(*line.color, line.opacity) for line in lines],
        "a_dash": [(*line.dash, 0.0, 0.0, 0.0, 0.0)[:4] for line in lines],
        "a_half": [line.width / 2 for line in lines],
    }
    return {
        "a_position": np.concatenate([positions for positions, _ in parts]),
        "a_along": np.concatenate([along for _, along in parts]),
    } | {
        name: np.repeat(np.array(values, dtype=np.float32), counts, axis=0)
        for name, values in looks.items()
    }


def ribbon(
    line: Line, matrix: Floats, width: int, height: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The corners of a quad for each segment of a line: clip positions (4 M, 4) and (4 M, 2).

    The latter are, in pixels, the way along the line and across it.
    """
    clip = np.c_[line.points, np.ones(len(line.points))] @ matrix  # (T, 4)
    size = np.array([width, height])
    with np.errstate(all="ignore"):
        clip[~(clip[:, 3] > 0.1)] = np.nan
        clip[:, 2] -= line.nearer * clip[:, 3]
        pixels = (clip[:, :2] / clip[:, 3:] + 1) / 2 * size
        step = np.diff(pixels, axis=0)
        length = np.hypot(step[:, 0], step[:, 1])
        keep = np.isfinite(length) & (length > 1e-6)
    first, last, step, length = clip[:-1][keep], clip[1:][keep], step[keep], length[keep]
    unit = step / length[:, None]
    over = 0.0 if line.dash else 0.4 * line.width  # hides the seams
    side = np.stack([-unit[:, 1], unit[:, 0]], axis=1) * (line.width / 2 + 1)
    ahead = unit * over
    passed = np.cumsum(length) - length
    reach = line.width / 2 + 1
    positions = np.empty((len(length), 4, 4), dtype=np.float32)
    along = np.empty((len(length), 4, 2), dtype=np.float32)
    for corner, (end, push, turn) in enumerate(
        ((first, -1, -1), (last, 1, -1), (last, 1, 1), (first, -1, 1))
    ):
        offset = (push * ahead + turn * side) * 2 / size
        positions[:, corner] = end
        positions[:, corner, :2] += offset * end[:, 3:]
        along[:, corner, 0] = passed + (length + over if push > 0 else -over)
        along[:, corner, 1] = turn * reach
    return positions.reshape(-1, 4), along.reshape(-1, 2)
