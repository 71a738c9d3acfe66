"""The learning-rate finder: the loss against the rate, and the rate to try."""

import math
from typing import ClassVar

import numpy as np
from PySide6.QtGui import QFontMetricsF

from kernels.simulation import Array
from kernels.training.finder import FinderFrame
from kernels.training.parameters import FinderExperiment, Training
from visualizer.panels.board import Board
from visualizer.panels.training.view import TrainingView
from widgets.numbers import format_compact, format_number
from widgets.paragraphs import Paragraphs
from widgets.plots.curve_plot import CurvePlot
from widgets.plots.shapes import Curve

LINES = 2.6  # of words


class FinderBoard(Board[FinderFrame, TrainingView]):
    """One plot; a click on it takes the learning rate there and trains."""

    Shown = FinderFrame
    View: ClassVar[type[TrainingView]] = TrainingView

    def _build(self) -> None:
        self._plot = CurvePlot(self._style)
        self._plot.setAxes("learning rate", "loss of the batch")
        self._plot.setLog(x=True)
        self._plot.clicked.connect(self._take)
        self._words = Paragraphs(self._style)
        self._grid.addWidget(self._plot, 0, 0)
        self._grid.addWidget(self._words, 1, 0)
        self._grid.setRowStretch(0, 1)

    def setParameters(self, parameters: Training) -> None:
        asked = parameters.experiment
        if isinstance(asked, FinderExperiment):
            self._plot.setRange((asked.lowest, asked.highest), None)

    def description(self) -> str:
        frame = self._frame
        if frame is None or not math.isfinite(frame.chosen):
            return (
                "There is a rate to try when the loss has fallen and then clearly risen again. "
                "If it has not at the end, begin at a lower rate, end at a higher one, or take "
                "more steps."
            )
        return (
            f"The mean loss is lowest at {format_compact(frame.lowest, 3)}; a tenth of that, "
            f"{format_compact(frame.chosen, 3)}, "
            "is a rate to try. A rule of thumb: one run, of a network that has hardly learned."
        )

    def _draw(self, frame: FinderFrame) -> None:
        batch, mean = self._style.mark(0), self._style.mark(1)
        curves = [
            Curve("batch", frame.rates, frame.losses, "edge", width=1.2),
            Curve("mean of its neighbours", frame.rates, frame.smoothed, mean.color, width=3),
        ]
        named = [(frame.present, "set now", batch.color, 2.0)]
        if math.isfinite(frame.chosen):
            named.append((frame.lowest, "lowest", "muted", 1.5))
            named.append((frame.chosen, "a tenth of it", mean.color, 2.5))
        for rate, name, color, width in named:
            told = f"{name}: {format_number(rate, 3)}"
            curves.append(Curve(told, np.full(2, rate), _height(frame), color, (4, 3), width))
        self._plot.setCurves(curves)
        self._words.setTexts([self.description()])
        self._plot.setTitle(f"{frame.title}, step {frame.step:,}: click on a rate to train with it")

    def _restyle(self) -> None:
        line = QFontMetricsF(self._style.font("body")).height()
        self._words.setMinimumHeight(round(LINES * line))
        super()._restyle()

    def _take(self, rate: float, _: float) -> None:
        taken = ("optimizer.learning_rate", float(f"{rate:.2g}"))
        self.runRequested.emit((taken, ("experiment", "train")))


def _height(frame: FinderFrame) -> Array:
    """From the lowest to the highest loss, (2,): how high a line at a rate is."""
    losses = frame.losses[np.isfinite(frame.losses)]
    return np.array([losses.min(), losses.max()]) if losses.size else np.full(2, math.nan)
