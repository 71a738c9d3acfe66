"""The paths of a map while they grow: what lies long is kept as pixels, what is new is drawn."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pyqtgraph.functions import arrayToQPolygonF
from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainter, QPen, QPixmap

from widgets.pictures import clear_pixels
from widgets.plots.plane import Floats, Plane
from widgets.plots.shapes import Path, named
from widgets.style import Style

_LONG = 400  # points of all paths together
_FARTHEST = 1e5  # pixels; what lies beyond is drawn with the whole line


@dataclass(slots=True, eq=False)
class _Kept:
    """The lines of `paths`, without their last points and balls, on `plane` in the way of `look`.

    The last point of a path is where it is; the next frame may not have it any more. `lengths` are
    how many pixels long the lines are, for their dashes to go on.
    """

    plane: Plane
    look: object
    paths: list[Path]
    lengths: list[float]
    pixels: QPixmap


class Trails:
    """A layer of paths. `keep` may be called now and then while they grow, `forget` at rest."""

    def __init__(self) -> None:
        self.paths: tuple[Path, ...] = ()
        self._kept: _Kept | None = None

    def setPaths(self, paths: Sequence[Path]) -> None:
        self.paths = tuple(paths)

    def isLong(self) -> bool:
        """Whether it is worth while to keep them."""
        return sum(len(path.points) for path in self.paths) > _LONG

    def keep(self, plane: Plane, style: Style, ratio: float) -> Iterator[None]:
        """Draw the lines as they are now, to be shown until the next call.

        What is kept already stays: only what has been added since is drawn, path by path.
        """
        look = (style.theme(), style.factor(), ratio)
        if self._tails(plane, look) is None:
            lengths = [0.0] * len(self.paths)
            pixels = clear_pixels(plane.left + plane.width, plane.top + plane.height, ratio)
            self._kept = _Kept(plane, look, list(self.paths), lengths, pixels)
            for index, path in enumerate(self.paths):
                self._lengthen(self._kept, index, np.asarray(path.points, np.float64), style)
            return
        for index in range(len(self.paths)):
            if index:
                yield
            tails = self._tails(plane, look)
            if self._kept is None or tails is None:  # others have come meanwhile
                return
            self._lengthen(self._kept, index, tails[index], style)

    def _lengthen(self, kept: _Kept, index: int, tail: Floats, style: Style) -> None:
        """Draw the points `tail`, (T, 2), of one path but the last to what is kept of it."""
        path, pixels = self.paths[index], kept.plane.toPixels(tail[:-1, 0], tail[:-1, 1])
        with QPainter(kept.pixels) as painter:
            path.paintLine(painter, pixels, kept.plane, style, kept.lengths[index])
        kept.paths[index] = path
        kept.lengths[index] += _length(pixels)

    def forget(self) -> None:
        """Draw whole lines from now on."""
        self._kept = None

    def paint(self, painter: QPainter, plane: Plane, style: Style) -> None:
        ratio = painter.device().devicePixelRatioF()
        tails = self._tails(plane, (style.theme(), style.factor(), ratio))
        if self._kept is not None and tails:
            painter.drawPixmap(QPointF(0, 0), self._kept.pixels)
            self._paintTails(painter, plane, style, tails)
            return
        for path in self.paths:
            path.paint(painter, plane, style)

    def _paintTails(
        self, painter: QPainter, plane: Plane, style: Style, tails: list[Floats]
    ) -> None:
        """The last few points of each path as a plain line, and the balls."""
        points = np.concatenate(tails)
        pixels = plane.toPixels(points[:, 0], points[:, 1])
        starts = np.cumsum([0, *(len(tail) for tail in tails[:-1])])
        lines = np.split(pixels, starts[1:])
        near = (np.abs(pixels) < _FARTHEST).all(axis=1)  # (N,); what is NaN is not
        is_drawn = np.logical_and.reduceat(near, starts)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for path, line, drawn in zip(self.paths, lines, is_drawn, strict=True):
            if drawn:
                painter.setPen(QPen(named(style, path.color), style.px(path.width)))
                painter.drawPolyline(arrayToQPolygonF(line[:, 0], line[:, 1]))
        for path, line in zip(self.paths, lines, strict=True):
            path.paintBall(painter, line[-1:], style)

    def _tails(self, plane: Plane, look: object) -> list[Floats] | None:
        """The points, (T, 2), that each path has from the last one on that is kept as pixels.

        None if nothing is kept, or not of these paths, or not in this place and look.
        """
        kept = self._kept
        if kept is None or (kept.plane, kept.look) != (plane, look):
            return None
        return _tails(kept.paths, self.paths)


def _length(pixels: Floats) -> float:
    """How long the line through `pixels` (N, 2) is, without its breaks."""
    steps = np.diff(pixels, axis=0)
    return float(np.nansum(np.hypot(steps[:, 0], steps[:, 1])))


def _tails(old: Sequence[Path], new: Sequence[Path]) -> list[Floats] | None:
    """The points, (T, 2), that `new` paths have from the end of `old` ones on.

    None if they do not go on from there.
    """
    if [path.name for path in old] != [path.name for path in new]:
        return None
    tails = []
    for before, path in zip(old, new, strict=True):
        begin = _lastOf(before.points, path.points)
        if begin is None:
            return None
        tails.append(np.asarray(path.points[begin:], np.float64))
    return tails


def _lastOf(kept: NDArray[np.floating], points: NDArray[np.floating]) -> int | None:
    """Where in `points`, (T, 2), the last point is that is kept, of `kept` without its end.

    Where every other point has gone since, it may be the one before. None if it is not there.
    """
    end = len(kept) - 2
    for stride in (1, 2):
        begin = end // stride
        if not 0 <= begin < len(points):
            continue
        if points[begin].tobytes() == kept[begin * stride].tobytes():  # NaN is the same as NaN
            return begin
    return None
