"""Loss and accuracy against the step."""

from collections.abc import Sequence

import numpy as np
from PySide6.QtWidgets import QWidget

from kernels.training.frame import TrainingFrame
from widgets.numbers import format_share
from widgets.plots.curve_plot import CurvePlot
from widgets.plots.ranges import SHARES, have_logarithms
from widgets.plots.shapes import Curve, Points
from widgets.style import Style

FLOOR = 1e-6  # of the logarithmic axis


class LossCurves(CurvePlot):
    """The loss of the batches as trained, and of training and validation data in evaluation."""

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(style, parent)
        self.setAxes("step", "loss")
        self.setCounted()

    def draw(self, frame: TrainingFrame, *, log: bool) -> None:
        train, validation = self._style.mark(0), self._style.mark(1)
        at = frame.measured_at
        self.setLogY(log and have_logarithms(frame.train_loss), FLOOR)
        batch = Curve("batch, as trained", frame.batch_steps, frame.batch_losses, "line", width=1.2)
        measured = [
            Curve("training data", at, frame.train_loss, train.color, width=2.4),
            Curve("validation", at, frame.validation_loss, validation.color, (5, 2), 2.4),
        ]
        self.setCurves([batch, *measured])
        self.setPoints(_alone(measured))
        is_compiled = frame.plan.engine == "compiled"
        self.setTitle(frame.plan.loss + (", compiled steps" if is_compiled else ""))


class AccuracyCurves(CurvePlot):
    """The share of right answers on training and validation data, in evaluation mode."""

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(style, parent)
        self.setAxes("step", "share right")
        self.setShares()
        self.setCounted()

    def draw(self, frame: TrainingFrame) -> None:
        train, validation = self._style.mark(0), self._style.mark(1)
        at = frame.measured_at
        self.setRange(None, SHARES)
        measured = [
            Curve("training data", at, frame.train_accuracy, train.color, width=2.4),
            Curve("validation", at, frame.validation_accuracy, validation.color, (5, 2), 2.4),
        ]
        self.setCurves(measured)
        self.setPoints(_alone(measured))
        told = frame.validation_accuracy[-1]
        self.setTitle(f"Accuracy {format_share(told)}" if np.isfinite(told) else "Accuracy")


def _alone(curves: Sequence[Curve]) -> list[Points]:
    """The first measurements, as long as there are no others that a line could lead to."""
    return [Points(c.x, c.y, c.color, "os"[i]) for i, c in enumerate(curves) if len(c.x) == 1]
