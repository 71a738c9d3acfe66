"""The race on a surface: data or the surface in space, the map with the paths, losses, numbers."""

import numpy as np
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QStackedWidget

from kernels.descent.race import CURVATURE
from kernels.descent.race_frame import RaceFrame
from kernels.objectives.base import Bounds
from kernels.objectives.scenery import Scenery
from visualizer.panels.gradient_descent.board import Board
from visualizer.panels.gradient_descent.data_plot import DataPlot
from visualizer.panels.gradient_descent.loss_plot import LossPlot
from visualizer.panels.gradient_descent.probe_ring import ProbeRing, probe_ring
from visualizer.panels.gradient_descent.readouts import RaceReadouts
from visualizer.panels.gradient_descent.shapes import (
    ball_label,
    map_key,
    moment_boxes,
    objective_markers,
    race_arrows,
    race_paths,
)
from visualizer.panels.update_sheet import UpdateSheet
from widgets.plots.contour_plot import ContourPlot, Markers
from widgets.plots.contours import Spacing
from widgets.plots.key import Key, with_key
from widgets.plots.legend import Entry
from widgets.plots.shapes import Path
from widgets.surface.view import SurfaceView

NAMED, KEYED = 280, 340  # px at factor 1: the height from which there is room for such words
COMPARABLE = 2.0  # how many times as long one axis may be as the other, to be drawn in like units
IN_SPACE = {"minimum": "text", "saddle": "warning"}  # all marks in space are balls


class RaceBoard(Board[RaceFrame]):
    """A race over two coordinates."""

    Shown = RaceFrame

    def _build(self) -> None:
        self._drawn: tuple[Scenery, Spacing] | None = None
        self._marked: object = None
        self._named: tuple[str, ...] = ()
        self._ring: ProbeRing | None = None
        self._data = DataPlot(self._style)
        self._surface = SurfaceView(self._style)
        self._update = UpdateSheet(self._style)
        self._left = QStackedWidget()
        self._surface_key = Key(self._style)
        self._space = with_key(self._surface, self._surface_key)
        for widget in (self._data, self._space, self._update):
            self._left.addWidget(widget)
        self._map = ContourPlot(self._style)
        self._key = Key(self._style)
        self._losses = LossPlot(self._style)
        self._readouts = RaceReadouts(self._style)
        self._grid.addWidget(self._left, 0, 0)
        self._grid.addWidget(with_key(self._map, self._key), 0, 1)
        self._grid.addWidget(self._losses, 1, 0)
        self._grid.addWidget(self._readouts, 1, 1)
        for index, stretch in ((0, 6), (1, 7)):  # the table needs the room
            self._grid.setColumnStretch(index, stretch)
        for view in (self._map, self._surface):
            view.clicked.connect(self._request_start)
            view.dragged.connect(self._request_start)
            view.released.connect(self.released)
        self._surface.cameraChanged.connect(self._turn_camera)

    def watch(self) -> frozenset[str]:
        shown = {CURVATURE}
        if self._view.left == "update":
            shown.add(f"update.{self._view.chosen}")
        return frozenset(shown)

    def description(self) -> str:
        if self._frame is None:
            return ""
        frame = self._frame
        losses = ", ".join(
            f"{name}: loss {loss:.4g}" for name, loss in zip(frame.names, frame.loss, strict=True)
        )
        return f"After {frame.step} steps. {losses}."

    def _draw(self, frame: RaceFrame) -> None:
        drawn = frame.scenery, self._view.spacing(frame.scenery.objective)
        if drawn != self._drawn:
            self._drawn = drawn
            self._draw_scenery(frame.scenery, frame.paths[0, 0])
        view = self._view
        chosen = min(view.chosen, len(frame.names) - 1)
        paths = race_paths(frame, self._style)
        self._map.setPaths(paths)
        self._map.setArrows(race_arrows(frame, chosen, view.arrows))
        self._map.setSquares(moment_boxes(frame, chosen) if view.arrows.second_moment else [])
        self._map.setLabels([ball_label(frame, chosen)])
        self._mark(frame, chosen)
        rings = [] if self._ring is None else self._ring.entries()
        has_key = self._height() >= KEYED
        self._key.setEntries([*map_key(frame, chosen, view.arrows), *rings] if has_key else [])
        self._name_axes(frame)
        self._losses.draw(frame, log=view.log_loss)
        self._readouts.draw(frame, chosen)
        self._draw_left(frame, chosen, paths)
        self._give_room(high=self._left.currentWidget() is self._update)
        numbers = 9 if len(frame.names) <= 4 else 10 if len(frame.names) <= 8 else 11
        if numbers != self._grid.rowStretch(1):  # it lays everything out anew
            self._grid.setRowStretch(0, 22 - numbers)
            self._grid.setRowStretch(1, numbers)

    def _turn_camera(self, *camera: float) -> None:
        seen, *others = camera
        step = 0 if self._frame is None else self._frame.step
        super()._turn_camera(self._view.azimuth_from(seen, step), *others)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._draw_again()

    def _height(self) -> float:
        """What there is for both rows, in pixels at factor 1: how small it is for its letters."""
        return self.height() / self._style.px(1)

    def _name_axes(self, frame: RaceFrame) -> None:
        """Name the axes of the map, unless that would leave it too little room."""
        names = frame.scenery.objective.axes if self._height() >= NAMED else ("", "")
        if names != self._named:
            self._named = names
            self._map.setAxes(*names)

    def _mark(self, frame: RaceFrame, chosen: int) -> None:
        """Mark the start, what is known of the objective, and the end of racer `chosen`."""
        start, ends_at = frame.paths[0, 0], frame.positions[chosen]
        radius = float(frame.rings[chosen])
        marked = frame.scenery, start.tolist(), radius, ends_at.tolist() if radius else []
        if marked == self._marked:
            return
        self._marked = marked
        self._ring = probe_ring(frame, chosen)
        rings = [] if self._ring is None else [self._ring]
        self._map.setMarkers([*objective_markers(frame.scenery.objective, start), *rings])

    def _give_room(self, *, high: bool) -> None:
        """Whether the left has the whole height, without the losses below it."""
        if high == self._losses.isHidden():
            return
        self._losses.setHidden(high)
        self._grid.addWidget(self._left, 0, 0, 2 if high else 1, 1)

    def _draw_left(self, frame: RaceFrame, chosen: int, paths: list[Path]) -> None:
        shown = self._view.left
        if shown == "update" and frame.trace is not None:
            self._left.setCurrentWidget(self._update)
            self._update.draw(frame.trace)
        elif shown == "update" and not frame.watched:
            pass  # the one that was worked out last stays
        elif shown == "data" and frame.scenery.objective.data is not None:
            self._left.setCurrentWidget(self._data)
            self._data.draw(frame)
        else:
            self._left.setCurrentWidget(self._space)
            camera = self._view.camera(frame.step)
            if camera != self._surface.camera():
                self._surface.setCamera(camera.azimuth, camera.elevation, camera.distance)
            self._surface.setPaths(paths)

    def _draw_scenery(self, scenery: Scenery, start: np.ndarray) -> None:
        objective = scenery.objective
        markers = objective_markers(objective, start)
        self._map.setTitle(objective.title)
        (x_name, y_name), (x_range, y_range) = objective.axes, objective.domain
        spacing = self._view.spacing(objective)
        self._map.setSurface(scenery.z, x_range, y_range, spacing=spacing)
        is_even = objective.like_units and are_comparable(x_range, y_range)
        self._map.setEqualAspect(is_even)
        root = "" if scenery.order == 1 else f", height: root of order {scenery.order:.2g}"
        self._surface.setTitle(objective.title, root)
        self._surface.setAxes(x_name, y_name, "loss")
        self._surface.setSurface(
            scenery.z, x_range, y_range, self._map.levels(), display=scenery.heights
        )
        self._surface.setMarkers([_in_space(marker) for marker in markers[1:]])
        self._surface_key.setEntries(
            [
                Entry(kind, IN_SPACE[kind], symbol="o", line=False)
                for kind in (marker.kind for marker in markers[1:])
            ]
        )
        self._data.setObjective(objective)
        self._readouts.setObjective(objective)


def are_comparable(x_range: Bounds, y_range: Bounds) -> bool:
    """Whether two axes are near enough in scale to be drawn in like units, so that round is round.

    Only then is the steepest way down at a right angle to the contours.
    """
    wide, high = x_range[1] - x_range[0], y_range[1] - y_range[0]
    return max(wide, high) <= COMPARABLE * min(wide, high)


def _in_space(markers: Markers) -> Markers:
    return Markers(markers.kind, markers.points, IN_SPACE[markers.kind])
