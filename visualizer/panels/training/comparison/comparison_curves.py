"""The curves of several runs on one pair of axes, and the table of their numbers."""

import numpy as np
from PySide6.QtWidgets import QWidget

from kernels.simulation import Array
from kernels.training.comparison.frame import ComparisonFrame
from kernels.training.frame import TrainingFrame
from visualizer.panels.training.run.curves import FLOOR
from widgets.numbers import format_compact, format_share
from widgets.plots.curve_plot import CurvePlot
from widgets.plots.ranges import SHARES, have_logarithms
from widgets.plots.shapes import Curve, Points, Rule
from widgets.plots.table_rows import Row
from widgets.style import Style

TRAIN, VALIDATION = 1.1, 2.6  # px at factor 1: how wide their lines are


class ComparedCurves(CurvePlot):
    """A curve of validation, bold, and one of training, thin, for each run in its colour and dash.

    A run that branches off begins where it does, at a mark on the curve of the first one.
    """

    def __init__(self, style: Style, what: str, parent: QWidget | None = None) -> None:
        super().__init__(style, parent)
        self._what = what  # "loss" or "accuracy"
        self.setAxes("step", "loss" if what == "loss" else "share right")
        self.setCounted()
        self.setLegend(False)  # the table has the lines
        if what == "accuracy":
            self.setShares()

    def draw(self, frame: ComparisonFrame, *, log: bool) -> None:
        curves, marks = [], []
        for index, run in enumerate(frame.runs):
            if run is None:
                continue
            begins, name, mark = frame.begins[index], frame.names[index], self._style.mark(index)
            for kind, width in (("train", TRAIN), ("validation", VALIDATION)):
                x, y = self._part(run, kind, begins)
                title = "training" if kind == "train" else kind
                curves.append(Curve(f"{name}, {title}", x, y, mark.color, mark.dash, width))
            x, y = self._part(run, "validation", begins)
            if begins and len(x) > 1:
                at = np.array([float(begins)])  # there may be no measurement just there
                marks.append(Points(at, np.interp(at, x, y), mark.color, mark.symbol, 12))
        if self._what == "loss":
            self.setLogY(log and have_logarithms(*(curve.y for curve in curves)), FLOOR)
        else:
            self.setRange(None, SHARES)
        self.setRules(_branchings(frame))
        self.setPoints(marks)
        self.setCurves(curves)
        first = frame.runs[0]
        named = first.plan.loss if self._what == "loss" and first is not None else "Accuracy"
        self.setTitle(named)  # beside the table it is said which lines are bold

    def _part(self, run: TrainingFrame, kind: str, begins: int) -> tuple[Array, Array]:
        """The measured steps from that on at which a run begins, and what was measured there."""
        values: Array = getattr(run, f"{kind}_{self._what}")
        steps = run.measured_at
        first = max(0, int(np.searchsorted(steps, begins, side="right")) - 1) if begins else 0
        return steps[first:], values[first:]


def _branchings(frame: ComparisonFrame) -> list[Rule]:
    """An upright line at each step at which a run branches off."""
    begun = zip(frame.begins, frame.runs, strict=True)
    steps = sorted({step for step, run in begun if step and run is not None})
    return [Rule(step, "vertical", f"branch at {step:,}", "muted") for step in steps]


def headings(frame: ComparisonFrame) -> list[str]:
    """What the columns of the table are: the settings that differ, and where a run is."""
    told = [difference.label for difference in frame.differences]
    has_classes = any(run is not None and run.plan.dataset.classes for run in frame.runs)
    right = ["right"] if has_classes else []
    step = [] if _is_in_step(frame) else ["step"]
    return [*(_short(label, told) for label in told), "validation", *right, "training", *step]


def _is_in_step(frame: ComparisonFrame) -> bool:
    """Whether all runs have begun and are at the step of the first one, which the window shows."""
    return len({-1 if run is None else run.step for run in frame.runs}) == 1


def rows(frame: ComparisonFrame, style: Style) -> list[Row]:
    """A row for each run, with its line."""
    made = []
    has_classes = "right" in headings(frame)
    for index, run in enumerate(frame.runs):
        mark = style.mark(index)
        differing = [_told(difference.values[index]) for difference in frame.differences]
        reached = _reached(frame, index, run, has_classes)
        values = (*differing, *(reached[:-1] if _is_in_step(frame) else reached))
        made.append(Row(frame.names[index], values, mark.color, mark.dash))
    return made


def _reached(
    frame: ComparisonFrame, index: int, run: TrainingFrame | None, has_classes: bool
) -> list[float | str]:
    """What was measured last of a run, and its step; where it begins if it has not begun."""
    if run is None:
        return ["", *([""] if has_classes else []), "", f"from {frame.begins[index]:,}"]
    accuracy = float(run.validation_accuracy[-1])
    right = [format_share(accuracy) if np.isfinite(accuracy) else ""] if has_classes else []
    losses = float(run.validation_loss[-1]), float(run.train_loss[-1])
    return [losses[0], *right, losses[1], f"{run.step:,}"]


def _short(label: str, others: list[str]) -> str:
    """The last part of a label, or all of it where another ends alike."""
    last = label.rpartition(": ")[2]
    is_alone = [other.rpartition(": ")[2] for other in others].count(last) == 1
    return (last if is_alone else label).lower()


def _told(value: float | str) -> str:
    return value if isinstance(value, str) else format_compact(value, 6)
