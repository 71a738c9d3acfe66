"""The loss landscape of a network in training: a slice, with its path at its true loss."""

import math
from typing import ClassVar

import numpy as np

from kernels.simulation import Array
from kernels.training.landscape.frame import Landscape, LandscapeFrame
from visualizer.panels.board import Board
from visualizer.panels.readout import Readout
from visualizer.panels.training.run.curves import FLOOR
from visualizer.panels.training.view import TrainingView
from widgets.plots.contour_plot import ContourPlot, Markers
from widgets.plots.curve_plot import CurvePlot
from widgets.plots.ranges import HeldRange, Range, have_logarithms, nice_step
from widgets.plots.shapes import Curve, Path
from widgets.plots.table_rows import Row
from widgets.surface.flight import Flight
from widgets.surface.view import SurfaceView

AXES = {"random": ("direction 1", "direction 2"), "path": ("PC 1", "PC 2")}
HEADINGS = ("loss", "from the plane")


class LandscapeBoard(Board[LandscapeFrame, TrainingView]):
    """The surface in space and from above with the paths, losses, curvature, and what it is."""

    Shown = LandscapeFrame
    View: ClassVar[type[TrainingView]] = TrainingView

    def _build(self) -> None:
        style = self._style
        self._drawn: tuple[Landscape, bool, Range] | None = None
        self._reach = HeldRange()
        self._surface, self._map = SurfaceView(style), ContourPlot(style)
        self._losses, self._curvature = CurvePlot(style), CurvePlot(style, self)
        self._readout = Readout(style)
        self._losses.setAxes("step", "loss")
        self._losses.setLegend(False)
        self._curvature.setAxes("step", "Hessian eigenvalue")
        for plot in (self._losses, self._curvature):
            plot.setCounted()
        self._curvature.setTitle("Largest curvature")
        self._grid.addWidget(self._surface, 0, 0, 1, 5)
        self._grid.addWidget(self._map, 0, 5, 1, 5)
        for column in range(10):
            self._grid.setColumnStretch(column, 1)
        self._grid.setRowStretch(0, 11)
        self._grid.setRowStretch(1, 9)
        self._lay_out(has_curvature=False)
        self._surface.cameraChanged.connect(self._turn_camera)
        self._surface.released.connect(self.released)

    def _lay_out(self, *, has_curvature: bool) -> None:
        """Share the lower row among what there is to show."""
        self._curvature.setVisible(has_curvature)
        if has_curvature:
            self._grid.addWidget(self._losses, 1, 0, 1, 3)
            self._grid.addWidget(self._curvature, 1, 3, 1, 3)
            self._grid.addWidget(self._readout, 1, 6, 1, 4)
        else:
            self._grid.addWidget(self._losses, 1, 0, 1, 5)
            self._grid.addWidget(self._readout, 1, 5, 1, 5)

    def description(self) -> str:
        if self._frame is None:
            return ""
        return f"After {self._frame.step} steps. {' '.join(self._frame.sentences())}"

    def _draw(self, frame: LandscapeFrame) -> None:
        camera = self._view.camera()
        if camera != self._surface.camera():
            self._surface.setCamera(camera.azimuth, camera.elevation, camera.distance)
        is_log = self._view.log_loss and _is_positive(frame)
        if frame.landscape is not None:
            self._draw_surface(frame, frame.landscape, is_log)
        elif self._drawn is None:
            for plot in (self._surface, self._map):
                plot.setTitle("No surface yet")
        self._draw_paths(frame, is_log)
        self._draw_losses(frame)
        has_curvature = not frame.uncurved
        if has_curvature == self._curvature.isHidden():
            self._lay_out(has_curvature=has_curvature)
        if has_curvature:
            self._draw_curvature(frame)
        self._draw_numbers(frame)

    def _draw_surface(self, frame: LandscapeFrame, shown: Landscape, is_log: bool) -> None:
        """Show the surface where it is another, or its axis has to reach farther."""
        heights = _heights(shown.surface, is_log)
        known = np.concatenate([heights.ravel(), _heights(frame.losses, is_log).ravel()])
        known = known[np.isfinite(known)]
        if not known.size:
            return
        z_range = self._reach.fit(float(known.min()), float(known.max()))
        if self._drawn == (shown, is_log, z_range):
            return
        self._drawn = shown, is_log, z_range
        told = f"{frame.loss}, a slice of {shown.parameter_count:,} dimensions"
        self._map.setTitle(told)
        self._map.setAxes(*AXES[shown.plane])
        self._map.setSurface(shown.surface, shown.x_range, shown.y_range)
        self._surface.setTitle(
            f"The plane of step {shown.step:,}", ", height: logarithm of the loss" if is_log else ""
        )
        self._surface.setAxes(*AXES[shown.plane], "loss")
        self._surface.setSurface(
            shown.surface,
            shown.x_range,
            shown.y_range,
            self._map.levels(),
            display=heights if is_log else None,
            z_range=z_range,
            log=is_log,
        )

    def _draw_paths(self, frame: LandscapeFrame, is_log: bool) -> None:
        paths, flights = [], []
        for index, (name, points, losses) in enumerate(
            zip(frame.names, frame.paths, frame.losses, strict=True)
        ):
            mark = self._style.mark(index)
            paths.append(Path(name, points, mark.color, mark.dash, width=2.6))
            high = np.column_stack([points, _heights(losses, is_log)])
            flights.append(Flight(name, high, mark.color, mark.dash, width=2.6))
        self._map.setPaths(paths)
        self._map.setMarkers([Markers("start", frame.paths[:, 0])])
        self._surface.setFlights(flights)

    def _draw_losses(self, frame: LandscapeFrame) -> None:
        curves = []
        for index, (name, losses) in enumerate(zip(frame.names, frame.losses, strict=True)):
            mark = self._style.mark(index)
            curves.append(Curve(name, frame.path_steps, losses, mark.color, mark.dash, 2.4))
        self._losses.setLogY(self._view.log_loss and _is_positive(frame), FLOOR)
        self._losses.setCurves(curves)
        self._losses.setTitle(f"Loss at step {frame.trained:,}: {frame.title}")

    def _draw_curvature(self, frame: LandscapeFrame) -> None:
        steps, mark, limit = frame.curvature_steps, self._style.mark(0), self._style.mark(1)
        curves = [Curve("this network", steps, frame.curvature, mark.color, width=2.4)]
        if frame.rule:
            curves.append(Curve(frame.rule, steps, frame.stable, limit.color, (5, 2), 2.4))
        known = np.concatenate([curve.y[np.isfinite(curve.y)] for curve in curves])
        self._curvature.setRange(None, _round_ends(known))
        self._curvature.setCurves(curves)

    def _draw_numbers(self, frame: LandscapeFrame) -> None:
        rows = []
        for index, name in enumerate(frame.names):
            mark = self._style.mark(index)
            away = float(frame.distances[index, -1])
            values = (float(frame.losses[index, -1]), away if math.isfinite(away) else None)
            rows.append(Row(name, values, mark.color, mark.dash))
        self._readout.setTable(HEADINGS, rows, 0)
        self._readout.setSentences(frame.sentences())


def _round_ends(values: Array) -> Range | None:
    """Round numbers around `values`, so far apart that both stand at the axis."""
    if not len(values) or not values.max() > values.min():
        return None
    step = nice_step(float(values.max() - values.min()), 1)
    return math.floor(values.min() / step) * step, math.ceil(values.max() / step) * step


def _heights(losses: Array, is_log: bool) -> Array:
    """How high `losses` are drawn."""
    return np.log10(losses) if is_log else losses


def _is_positive(frame: LandscapeFrame) -> bool:
    """Whether all losses have a logarithm."""
    surfaces = [] if frame.landscape is None else [frame.landscape.surface]
    return have_logarithms(frame.losses, *surfaces)
