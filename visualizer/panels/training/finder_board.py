"""The learning-rate finder: the loss against the rate, and the rate to try."""

import math
from typing import ClassVar

from kernels.training.finder import FinderFrame
from visualizer.panels.board import Board
from visualizer.panels.training.view import TrainingView
from widgets.numbers import format_number
from widgets.plots.curve_plot import CurvePlot
from widgets.plots.shapes import Curve, Rule


class FinderBoard(Board[FinderFrame, TrainingView]):
    """One plot; a click on it takes the learning rate there and trains."""

    Shown = FinderFrame
    View: ClassVar[type[TrainingView]] = TrainingView

    def _build(self) -> None:
        self._plot = CurvePlot(self._style)
        self._plot.setAxes("learning rate", "loss of the batch")
        self._plot.setLog(x=True)
        self._plot.clicked.connect(self._take)
        self._grid.addWidget(self._plot)

    def description(self) -> str:
        if self._frame is None or not math.isfinite(self._frame.chosen):
            return "No learning rate is found yet."
        return f"A learning rate to try is {self._frame.chosen:.3g}."

    def _draw(self, frame: FinderFrame) -> None:
        batch, mean = self._style.mark(0), self._style.mark(1)
        self._plot.setCurves(
            [
                Curve("batch", frame.rates, frame.losses, "edge", width=1.2),
                Curve("mean of its neighbours", frame.rates, frame.smoothed, mean.color, width=3),
            ]
        )
        rules = [Rule(frame.present, "vertical", "set now", batch.color)]
        if math.isfinite(frame.chosen):
            told = f"a tenth of it: {format_number(frame.chosen, 3)}"
            rules.append(Rule(frame.lowest, "vertical", "lowest", "muted"))
            rules.append(Rule(frame.chosen, "vertical", told, mean.color, width=2.5))
        self._plot.setRules(rules)
        self._plot.setTitle(f"{frame.title}, step {frame.step:,}: click on a rate to train with it")

    def _take(self, rate: float, _: float) -> None:
        self.parameterRequested.emit("optimizer.learning_rate", float(f"{rate:.2g}"))
        self.parameterRequested.emit("experiment", "train")
        self.released.emit()
