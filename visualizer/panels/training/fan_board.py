"""The fan: the curves of one network from many seeds, where each ends, and one of them."""

from typing import ClassVar

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QStackedWidget, QWidget

from kernels.simulation import Array
from kernels.training.fan.frame import MEMBER, FanFrame
from kernels.training.frame import Plan
from kernels.training.seen.response import RESPONSE, has_response
from visualizer.panels.board import Board
from visualizer.panels.training.run.curves import FLOOR
from visualizer.panels.training.run.fit_plot import FitPlot
from visualizer.panels.training.run.response_plot import ResponsePlot
from visualizer.panels.training.run.slice_plot import SlicePlot
from visualizer.panels.training.view import TrainingView
from widgets.numbers import format_compact
from widgets.paragraphs import Paragraphs
from widgets.plots.fan_plot import Band, EndsPlot, FanPlot
from widgets.plots.ranges import SHARES, have_logarithms
from widgets.plots.shapes import Curve, Points, Rule
from widgets.redraw_pace import is_on_screen

PALE, LIGHT, STRONG = 0.22, 0.19, 0.31  # how strong a curve among many is, and the bands
LINES = 5.1  # of words


class FanBoard(Board[FanFrame, TrainingView]):
    """All curves and their ends; a click on one of them chooses it, and a button trains it."""

    Shown = FanFrame
    View: ClassVar[type[TrainingView]] = TrainingView

    def _build(self) -> None:
        style = self._style
        self._fan, self._accuracies = FanPlot(style), FanPlot(style)
        self._ends = EndsPlot(style, self._fan)
        self._plane, self._fit, self._slice = ResponsePlot(style), FitPlot(style), SlicePlot(style)
        self._answers = QStackedWidget()
        self._plan: Plan | None = None
        self._words, self._train = Paragraphs(style), QPushButton()
        self._fan.setAxes("step", "loss")
        self._ends.setAxes("runs, the lowest loss first", "loss")
        self._accuracies.setAxes("step", "share right")
        for counting in (self._fan, self._ends, self._accuracies):
            counting.setCounted()
        self._accuracies.setShares()
        self._accuracies.setLegend(False)
        for plot in (self._plane, self._fit, self._slice):
            self._answers.addWidget(plot)
        for fan in (self._fan, self._accuracies):
            fan.chosen.connect(self._choose)
        self._ends.chosen.connect(self._choose_end)
        self._ends.released.connect(self.released)
        self._train.clicked.connect(self._train_alone)
        self._grid.addWidget(self._fan, 0, 0)
        self._grid.addWidget(self._ends, 0, 1)
        self._grid.addWidget(self._accuracies, 1, 0)
        self._grid.addWidget(self._answers, 1, 1)
        self._grid.addWidget(self._told(), 2, 0, 1, 2)
        self._grid.setColumnStretch(0, 3)
        self._grid.setColumnStretch(1, 2)
        self._grid.setRowStretch(0, 5)
        self._grid.setRowStretch(1, 4)

    def _told(self) -> QWidget:
        """The words with the button beside them."""
        both = QWidget()
        row = QHBoxLayout(both)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._words, 1)
        row.addWidget(self._train, 0, Qt.AlignmentFlag.AlignTop)
        return both

    def _lay_out(self, plan: Plan) -> None:
        """Show accuracies and answers, below, where there are some."""
        self._plan = plan
        dataset = plan.dataset
        shown: list[QWidget] = [self._accuracies] if dataset.classes else []
        shown += [self._answers] if has_response(dataset) else []
        self._accuracies.setVisible(self._accuracies in shown)
        self._answers.setVisible(self._answers in shown)
        for column, widget in enumerate(shown):
            self._grid.addWidget(widget, 1, column, 1, 3 - len(shown))
        self._grid.setRowStretch(1, 4 if shown else 0)

    def watch(self) -> frozenset[str]:
        return frozenset({RESPONSE, f"{MEMBER}{self._view.member}"})

    def description(self) -> str:
        return self._frame.sentence if self._frame is not None else ""

    def _draw(self, frame: FanFrame) -> None:
        member = _shown(frame, self._view)
        if frame.plan is not self._plan:
            self._lay_out(frame.plan)
        log = self._view.log_loss and have_logarithms(frame.losses)
        for plot in (self._fan, self._ends):
            plot.setLogY(log, FLOOR)
        self._draw_fan(frame, member)
        self._draw_ends(frame, member)
        if frame.plan.dataset.classes:
            self._draw_accuracies(frame, member)
        if frame.response.size and member == frame.member:
            self._draw_answers(frame)
        seed = frame.seeds[member]
        self._words.setTexts([frame.sentence, _end_of(frame, member), *frame.notes])
        self._train.setText(f"Train seed {seed} alone")
        self._train.setVisible(is_on_screen(self))  # nobody can press it in an exported picture

    def _draw_fan(self, frame: FanFrame, member: int) -> None:
        middle, chosen = self._style.mark(0), self._style.mark(1)
        at, (low, low_quarter, median, high_quarter, high) = frame.measured_at, frame.spread
        over = [
            Band("10% to 90%", at, high, _faint(middle.color, LIGHT), width=8, low=low),
            Band(
                "quartiles",
                at,
                high_quarter,
                _faint(middle.color, STRONG),
                width=8,
                low=low_quarter,
            ),
            Curve("median", at, median, middle.color, width=3.2),
            _bold(frame, member, frame.losses, chosen.color),
        ]
        names = _names(frame)
        self._fan.setRange(_steps(frame))
        self._fan.setFan(at, frame.losses, self._pale(), names, over)
        data = frame.plan.dataset.title
        self._fan.setTitle(f"{data}: {frame.plan.loss.lower()} of {len(names):,} seeds")

    def _draw_accuracies(self, frame: FanFrame, member: int) -> None:
        over = [_bold(frame, member, frame.accuracies, self._style.mark(1).color)]
        self._accuracies.setRange(_steps(frame), SHARES)
        self._accuracies.setFan(
            frame.measured_at, frame.accuracies, self._pale(), _names(frame), over
        )
        self._accuracies.setRules([Rule(frame.solved_accuracy, color="text")])
        count, enough = int(frame.solved.sum()), format_compact(frame.solved_accuracy, 4)
        self._accuracies.setTitle(
            f"{count:,} of {len(frame.seeds):,} solved: accuracy {enough} or more"
        )

    def _draw_ends(self, frame: FanFrame, member: int) -> None:
        ends, solved = frame.losses[frame.order, -1], frame.solved[frame.order]
        at = np.arange(1.0, len(ends) + 1)
        kinds = [(solved, "solved", 2), (~solved, "unsolved", 3)]
        if not frame.plan.dataset.classes:
            kinds = [(~solved, "", 0)]
        groups = [
            Points(at[is_kind], ends[is_kind], mark.color, mark.symbol, 6, None, name)
            for is_kind, name, index in kinds
            for mark in (self._style.mark(index),)
        ]
        place = np.flatnonzero(frame.order == member)
        ring = self._style.mark(1).color
        groups.append(Points(at[place], ends[place], ring, "o", 14, None, filled=False))
        self._ends.setEnds(ends, groups)
        lost = int(frame.diverged.sum())
        diverged = f"; {lost:,} diverged" if lost else ""
        self._ends.setTitle(f"Where each is at step {frame.measured_at[-1]:,}{diverged}")

    def _draw_answers(self, frame: FanFrame) -> None:
        dataset = frame.plan.dataset
        is_plane, is_slice = len(dataset.domain) == 2, dataset.projection is not None
        shown = self._slice if is_slice else self._plane if is_plane else self._fit
        self._answers.setCurrentWidget(shown)
        shown.draw(frame, self._view, f"Seed {frame.seeds[frame.member]}, step {frame.step:,}")

    def _pale(self) -> str:
        """The colour of a curve among many."""
        return _faint(self._style.color("muted").name(), PALE)

    def _restyle(self) -> None:
        line = QFontMetricsF(self._style.font("body")).height()
        self._words.setMinimumHeight(round(LINES * line))
        super()._restyle()

    def _choose(self, member: int) -> None:
        self.viewRequested.emit("member", member)
        self.released.emit()

    def _choose_end(self, place: int) -> None:
        if self._frame is not None:
            self.viewRequested.emit("member", int(self._frame.order[place]))

    def _train_alone(self) -> None:
        """Train the chosen seed as a plain run, on the same data."""
        if self._frame is None:
            return
        seed = int(self._frame.seeds[_shown(self._frame, self._view)])
        data = ("data_seed", self._frame.data_seed)
        self.runRequested.emit((data, ("seed", seed), ("experiment", "train")))


def _steps(frame: FanFrame) -> tuple[float, float] | None:
    """The ends of the axis of steps; None where it follows the data."""
    return None if len(frame.measured_at) > 1 else (0.0, 1.0)


def _faint(color: str, strength: float) -> str:
    """`color`, #rrggbb, so translucent that `strength` of it is left."""
    return f"#{round(255 * strength):02x}{color[1:]}"


def _names(frame: FanFrame) -> list[str]:
    return [f"seed {seed}" for seed in frame.seeds]


def _bold(frame: FanFrame, member: int, values: Array, color: str) -> Curve:
    """The curve of the chosen run."""
    name = f"seed {frame.seeds[member]}"
    return Curve(name, frame.measured_at, values[member], color, (5, 2), 2.6)


def _shown(frame: FanFrame, view: TrainingView) -> int:
    """The place of the run that is looked at."""
    return view.member if view.member < len(frame.seeds) else 0


def _end_of(frame: FanFrame, member: int) -> str:
    """Where this run is, in a sentence."""
    seed = frame.seeds[member]
    if frame.diverged[member]:
        return f"Seed {seed} has diverged."
    place = int(np.flatnonzero(frame.order == member)[0]) + 1
    accuracy = frame.accuracies[member, -1]
    right = f", accuracy {format_compact(accuracy, 4)}" if np.isfinite(accuracy) else ""
    return (
        f"Seed {seed}: loss {format_compact(frame.losses[member, -1], 3)}{right}; {place - 1:,} of "
        f"{len(frame.seeds) - 1:,} others have a lower one."
    )
