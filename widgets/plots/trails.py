"""The paths of a map while they grow: what lies long is kept as pixels, what is new is drawn."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from pyqtgraph.functions import arrayToQPolygonF
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter, QPen, QPixmap

from widgets.plots.plane import Floats, Plane
from widgets.plots.shapes import Path, named
from widgets.style import Style

_LONG = 400  # points of all paths together
_FARTHEST = 1e5  # pixels; what lies beyond is drawn with the whole line


@dataclass(frozen=True, slots=True, eq=False)
class _Kept:
    """The lines of `paths`, without their last points and balls, on `plane` in the way of `look`.

    The last point of a path is where it is; the next frame may not have it any more.
    """

    plane: Plane
    look: object
    paths: tuple[Path, ...]
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

    def keep(self, plane: Plane, style: Style, ratio: float) -> None:
        """Draw the lines as they are now, to be shown until the next call."""
        width, height = plane.left + plane.width, plane.top + plane.height
        pixels = QPixmap(max(1, round(width * ratio)), max(1, round(height * ratio)))
        pixels.setDevicePixelRatio(ratio)
        pixels.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixels)
        shown = tuple(replace(path, points=path.points[:-1], ball=0) for path in self.paths)
        for path in shown:
            path.paint(painter, plane, style)
        painter.end()
        self._kept = _Kept(plane, _look(style), shown, pixels)

    def forget(self) -> None:
        """Draw whole lines from now on."""
        self._kept = None

    def paint(self, painter: QPainter, plane: Plane, style: Style) -> None:
        kept = self._kept
        if kept is not None and (kept.plane, kept.look) == (plane, _look(style)):
            tails = _tails(kept.paths, self.paths)
            if tails is not None:
                painter.drawPixmap(QPointF(0, 0), kept.pixels)
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
        known = np.where(np.abs(pixels) < _FARTHEST, pixels, np.nan)
        lines = np.split(known, np.cumsum([len(tail) for tail in tails])[:-1])
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for path, line in zip(self.paths, lines, strict=True):
            if np.isfinite(line).all():
                painter.setPen(QPen(named(style, path.color), style.px(path.width)))
                painter.drawPolyline(arrayToQPolygonF(line[:, 0], line[:, 1]))
        for path, line in zip(self.paths, lines, strict=True):
            path.paintBall(painter, line[-1:], style)


def _tails(old: tuple[Path, ...], new: tuple[Path, ...]) -> list[Floats] | None:
    """The points, (T, 2), that `new` paths have from the end of `old` ones on.

    None if they do not go on from there.
    """
    if [path.name for path in old] != [path.name for path in new]:
        return None
    tails = []
    for before, path in zip(old, new, strict=True):
        end = len(before.points) - 1
        if not 0 <= end < len(path.points):
            return None
        if path.points[end].tolist() != before.points[end].tolist():
            return None
        tails.append(np.asarray(path.points[end:], np.float64))
    return tails


def _look(style: Style) -> object:
    return style.theme(), style.factor()
