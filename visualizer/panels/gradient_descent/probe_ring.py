"""The ring of probes that told how a racer ended, drawn larger than it is."""

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainter, QPen

from kernels.descent.race_frame import RaceFrame
from kernels.objectives.ground import probes_around
from kernels.simulation import Array
from widgets.numbers import format_compact
from widgets.plots.legend import Entry
from widgets.plots.plane import Plane
from widgets.plots.shapes import named, rect_of
from widgets.plots.symbols import draw_symbols
from widgets.style import Style

RADIUS = 28.0  # px at factor 1, whatever the radius of the ring itself
FALLS = "#c2255c"
_KINDS = ((1, "text", True), (-1, FALLS, True), (0, "muted", False))  # sign of the rise, colour


@dataclass(frozen=True, slots=True, eq=False)
class ProbeRing:
    """Probes around `center` (2,): their `directions` (P, 2) from it, and `signs` (P,) of rises."""

    center: Array
    directions: Array
    signs: Array
    radius: float  # of the true ring, in the coordinates of the map

    def paint(self, painter: QPainter, plane: Plane, style: Style) -> None:
        center = plane.toPixels(self.center[:1], self.center[1:])[0]
        if not rect_of(plane).contains(*center.tolist()):
            return
        radius = style.px(RADIUS)
        pixels = center + radius * self.directions * (1.0, -1.0)  # y counts upwards
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(named(style, "base"), style.px(8)))  # so that it is seen on any ground
        painter.drawEllipse(QPointF(*center), radius, radius)
        for sign, color, is_filled in _KINDS:
            ink = named(style, color)
            fill, edge = (ink, None) if is_filled else (None, ink)
            size = style.px(5)
            draw_symbols(painter, pixels[self.signs == sign], "o", size, fill, edge, style.px(1.2))

    def entries(self) -> list[Entry]:
        """What its symbols mean."""
        words = {1: "rises", -1: "falls", 0: "level"}
        around = f"probe at {format_compact(self.radius)} (drawn larger) "
        found = [kind for kind in _KINDS if (self.signs == kind[0]).any()]
        return [
            Entry(
                (around if i == 0 else "") + words[sign], color, symbol="o", line=False, filled=fill
            )
            for i, (sign, color, fill) in enumerate(found)
        ]


def probe_ring(frame: RaceFrame, index: int) -> ProbeRing | None:
    """The ring by which the end of racer `index` was judged; None without one."""
    radius = float(frame.rings[index])
    if not radius:
        return None
    center = frame.positions[index]
    probes, rises = probes_around(frame.scenery.objective, tuple(map(float, center)), radius)
    return ProbeRing(center, (probes - center) / radius, np.sign(rises), radius)
