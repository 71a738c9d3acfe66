"""Fair tuning: the score of each optimizer against its learning rate, and the best of each."""

import numpy as np

from kernels.descent.tuning_frame import TuningFrame
from visualizer.panels.gradient_descent.board import Board
from visualizer.panels.readout import Readout
from widgets.numbers import format_number, format_share
from widgets.plots.curve_plot import CurvePlot
from widgets.plots.ranges import SHARES
from widgets.plots.shapes import Curve, Points, Rule
from widgets.plots.table_rows import Row

ABOVE = 1.25  # so far above the horizon the axis goes
NOT_YET = "not yet"
NONE = "–"


class TuningBoard(Board[TuningFrame]):
    """Every optimizer tries the same learning rates."""

    Shown = TuningFrame

    def _build(self) -> None:
        self._scores = CurvePlot(self._style)
        self._scores.setLog(x=True)
        self._scores.setLegend(False)  # the table has the lines
        self._arrived = CurvePlot(self._style)
        self._arrived.setLog(x=True)
        self._arrived.setTitle("Share of the starts that arrive")
        self._arrived.setAxes("learning rate", "share")
        self._arrived.setLegend(False)
        self._arrived.setShares()
        self._arrived.setRange(None, SHARES)
        self._readout = Readout(self._style)
        self._grid.addWidget(self._scores, 0, 0, 1, 2)
        self._grid.addWidget(self._arrived, 1, 0)
        self._grid.addWidget(self._readout, 1, 1)
        self._grid.setColumnStretch(0, 4)
        self._grid.setColumnStretch(1, 6)
        self._grid.setRowStretch(0, 1)
        self._grid.setRowStretch(1, 1)

    def description(self) -> str:
        return " ".join(self._frame.sentences) if self._frame is not None else ""

    def _draw(self, frame: TuningFrame) -> None:
        is_steps = frame.criterion == "steps"
        measure = "steps" if is_steps else "loss"
        quantity = f"{measure} needed" if is_steps else f"{measure} reached"
        limit = "" if is_steps else ", up to the loss at the start"
        so_far = "" if frame.is_over() else f", so far: step {frame.step} of {frame.horizon}"
        self._scores.setTitle(f"Median of the {quantity}, with quartiles{limit}{so_far}")
        self._scores.setAxes("learning rate", quantity)
        self._scores.setLogY(not is_steps and bool((frame.scores > 0).all()))
        self._scores.setRange(y=_range_of(frame))
        self._arrived.setVisible(is_steps)
        self._grid.setColumnStretch(0, 4 if is_steps else 0)
        self._scores.setRules(_rules(frame) if is_steps else [])
        curves, points, arrivals, rows = [], [], [], []
        for index, (name, best) in enumerate(zip(frame.labels, frame.best, strict=True)):
            mark = self._style.mark(index)
            low, median, high = frame.scores[:, index]
            rates = frame.learning_rates
            curves.append(Curve(name, rates, median, mark.color, mark.dash, 2.8))
            curves += [Curve("", rates, edge, mark.color, (1.5, 2.5), 1.2) for edge in (low, high)]
            rate = frame.best_rate(index)
            if rate is not None:
                at = np.array([rate]), np.array([median[best]])  # infinite: it is not drawn
                points.append(Points(*at, mark.color, mark.symbol, 13))
            arrivals.append(Curve(name, rates, frame.arrived[index], mark.color, mark.dash, 2.2))
            quartiles = [_told(frame, float(edge[best])) for edge in (low, high)]
            is_unknown = quartiles[0] == NOT_YET
            rows.append(
                Row(
                    name,
                    (
                        NONE if rate is None else format_number(rate),
                        _told(frame, float(median[best])),
                        NOT_YET if is_unknown else " to ".join(quartiles),
                        format_share(float(frame.arrived[index, best])) if is_steps else "",
                    ),
                    mark.color,
                    mark.dash,
                )
            )
        self._scores.setCurves(curves)
        self._scores.setPoints(points)
        self._arrived.setCurves(arrivals)
        headings = ["best rate", f"median {measure}", "quartiles"]
        headings += ["arrived"] if is_steps else []
        self._readout.setTable(headings, rows)
        edges = (0, len(frame.learning_rates) - 1)
        warned = [s for s, best in zip(frame.sentences, frame.best, strict=True) if best in edges]
        self._readout.setSentences([*warned, frame.legend, *frame.sentences])


def _rules(frame: TuningFrame) -> list[Rule]:
    """The horizon, and before it is reached the present step, above which nothing is known."""
    if frame.is_over():
        return [Rule(float(frame.horizon), label=f"horizon: {frame.horizon} steps or more")]
    horizon = Rule(float(frame.horizon), label=f"horizon: {frame.horizon} steps")
    return [horizon, Rule(float(frame.step), label=f"step {frame.step}: all others not yet")]


def _told(frame: TuningFrame, score: float) -> str:
    """A score as it stands in the table: at the horizon, a number of steps is a lower bound."""
    if frame.criterion == "loss":
        return format_number(score)
    if score == np.inf:
        return NOT_YET
    return f"≥ {frame.horizon}" if score >= frame.horizon else f"{score:.0f}"


def _range_of(frame: TuningFrame) -> tuple[float, float] | None:
    """The scores that are shown: up to a little above the horizon, or to the loss at the start."""
    if frame.criterion == "steps":
        return 0.0, ABOVE * frame.horizon
    shown = frame.scores[np.isfinite(frame.scores)]
    lowest, highest = float(shown.min(initial=np.inf)), frame.start_loss
    if not lowest < highest < np.inf:
        return None
    if (frame.scores > 0).all():
        return lowest / 1.5, highest * 1.5
    margin = 0.05 * (highest - lowest)
    return lowest - margin, highest + margin
