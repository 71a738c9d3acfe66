"""The race in one dimension: the curve, the tangent, the step, what was promised and what came."""

import math

import numpy as np
from PySide6.QtWidgets import QStackedWidget

from kernels.descent.race_frame import RaceFrame
from kernels.objectives.scenery import Scenery
from visualizer.panels.gradient_descent.board import Board
from visualizer.panels.gradient_descent.loss_plot import LossPlot
from visualizer.panels.gradient_descent.readouts import CurveReadouts
from visualizer.panels.update_sheet import UpdateSheet
from widgets.numbers import format_number
from widgets.plots.curve_plot import CurvePlot
from widgets.plots.key import Key, with_key
from widgets.plots.legend import Entry
from widgets.plots.ranges import Range
from widgets.plots.shapes import Curve, Points, Segments
from widgets.style import Style

GAP = "error"
TANGENT = 0.35  # of the width of the picture, to either side
TRAIL = 40  # steps that stay drawn
FARTHEST = 1.5  # times the height of the curve, that a promise is shown off it
KEY = (
    Entry("tangent", "text", (6, 3), 1.6),
    Entry("next step along it (plain SGD only)", "text", width=2.6),
    Entry("promised by the slope for the last step", "text", symbol="o", line=False, filled=False),
    Entry("from there to what came", GAP, (2, 2), 2.4),
)


class CurveBoard(Board[RaceFrame]):
    """A race on f(w)."""

    Shown = RaceFrame

    def _build(self) -> None:
        self._scenery: Scenery | None = None
        self._whole: Range | None = None  # of f over the domain
        self._seen: Range | None = None  # with what was promised so far
        self._curve = CurvePlot(self._style)
        self._key = Key(self._style)
        self._key.setEntries(KEY)
        self._losses = LossPlot(self._style, "f(w)")
        self._update = UpdateSheet(self._style)
        self._lower = QStackedWidget()
        self._lower.addWidget(self._losses)
        self._lower.addWidget(self._update)
        self._readouts = CurveReadouts(self._style)
        self._grid.addWidget(with_key(self._curve, self._key), 0, 0, 1, 2)
        self._grid.addWidget(self._lower, 1, 0)
        self._grid.addWidget(self._readouts, 1, 1)
        self._grid.setColumnStretch(0, 4)
        self._grid.setColumnStretch(1, 5)
        self._grid.setRowStretch(0, 13)
        self._grid.setRowStretch(1, 9)
        self._curve.clicked.connect(self._ask)
        self._curve.dragged.connect(self._ask)
        self._curve.released.connect(self.released)

    def watch(self) -> frozenset[str]:
        shown = {"curvature"}
        if self._view.left == "update":
            shown.add(f"update.{self._view.chosen}")
        return frozenset(shown)

    def description(self) -> str:
        if self._frame is None:
            return ""
        return f"After {self._frame.step} steps. " + " ".join(
            f"{name}: f is {format_number(float(loss))}."
            for name, loss in zip(self._frame.names, self._frame.loss, strict=True)
        )

    def _ask(self, w: float, _: float) -> None:
        self.parameterRequested.emit("start", (w,))

    def _draw(self, frame: RaceFrame) -> None:
        scenery = frame.scenery
        if scenery is not self._scenery:
            self._scenery = scenery
            self._draw_scenery(scenery)
        chosen = min(self._view.chosen, len(frame.names) - 1)
        trails = []
        balls = []
        for index, name in enumerate(frame.names):
            mark = self._style.mark(index)
            path, losses = frame.paths[index, -TRAIL:, 0], frame.losses[index, -TRAIL:]
            trails.append(Curve(name, path, losses, mark.color, mark.dash, 1.8, symbol="o"))
            balls.append(Points(path[-1:], losses[-1:], mark.color, size=15))
        curve = Curve("", scenery.x, scenery.z, "muted", width=2.6)
        self._curve.setCurves([curve, *trails])
        gap, ring = _promise(frame, chosen)
        self._curve.setSegments([*_slopes(frame, chosen, scenery, self._style), *gap])
        self._curve.setPoints([*balls, *ring])
        self._show(frame, chosen)
        self._losses.draw(frame, log=self._view.log_loss)
        self._readouts.draw(frame, chosen)
        if self._view.left == "update" and frame.trace is not None:
            self._lower.setCurrentWidget(self._update)  # what is seen sets its formulas in a thread
            self._update.draw(frame.trace)
        elif self._view.left != "update" or frame.watched:  # else the last update stays
            self._lower.setCurrentWidget(self._losses)

    def _draw_scenery(self, scenery: Scenery) -> None:
        objective = scenery.objective
        self._curve.setTitle(f"f({objective.axes[0]}) = {objective.title}")
        self._readouts.setObjective(objective)
        self._curve.setAxes(objective.axes[0], f"f({objective.axes[0]})")
        finite = scenery.z[np.isfinite(scenery.z)]
        self._whole = (float(finite.min()), float(finite.max())) if finite.size else None
        self._seen = self._whole

    def _show(self, frame: RaceFrame, chosen: int) -> None:
        """Show the whole curve and what was promised, unless that lies far off; never less."""
        if self._whole is None or self._seen is None:
            return
        (bottom, top), (low, high) = self._whole, self._seen if frame.step else self._whole
        reach = FARTHEST * (top - bottom or 1.0)
        for value in (float(frame.predicted[chosen]), float(frame.promised[chosen])):
            if bottom - reach <= value <= top + reach:
                low, high = min(low, value), max(high, value)
        self._seen = low, high
        room = 0.08 * (high - low or 1.0)
        self._curve.setRange(frame.scenery.objective.domain[0], (low - room, high + room))


def _slopes(frame: RaceFrame, chosen: int, scenery: Scenery, style: Style) -> list[Segments]:
    """The tangent at the ball, and the step that plain gradient descent would take, along it."""
    w, f = float(frame.positions[chosen, 0]), float(frame.loss[chosen])
    slope = float(frame.gradients[chosen, 0])
    if not math.isfinite(w + f + slope):
        return []
    low, high = scenery.objective.domain[0]
    half = TANGENT * (high - low)
    ends = np.array([[w - half, f - slope * half], [w + half, f + slope * half]])
    color = style.mark(chosen).color
    found = [Segments(ends[:1], ends[1:], color, 1.6, (6, 3))]
    promised = float(frame.promised[chosen])
    if math.isfinite(promised):
        to = w - float(frame.learning_rates[chosen]) * slope
        found.append(
            Segments(np.array([[w, f]]), np.array([[to, promised]]), color, 2.6, head=True)
        )
    return found


def _promise(frame: RaceFrame, chosen: int) -> tuple[list[Segments], list[Points]]:
    """What the slope promised for the step just taken, and how far the ball is from it."""
    w, came = float(frame.positions[chosen, 0]), float(frame.loss[chosen])
    promised = float(frame.predicted[chosen])
    if not math.isfinite(promised + came):
        return [], []
    gap = Segments(np.array([[w, promised]]), np.array([[w, came]]), GAP, 2.4, (2, 2))
    return [gap], [Points(np.array([w]), np.array([promised]), "text", size=13, filled=False)]
