"""One feature: the data, and the curve that the network makes of it."""

import numpy as np
from PySide6.QtWidgets import QWidget

from kernels.samples.samples import Samples
from kernels.training.frame import TrainingFrame
from visualizer.panels.training.view import TrainingView
from widgets.plots.curve_plot import CurvePlot
from widgets.plots.shapes import Curve, Points
from widgets.style import Style

MARGIN = 0.25  # of the height of the data, above and below


class FitPlot(CurvePlot):
    """Points and the fitted curve, whose axes hold still."""

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(style, parent)
        self._curve: Curve | None = None

    def draw(self, frame: TrainingFrame, view: TrainingView) -> None:
        """Show `frame`; the curve of an older one stays where it has none."""
        dataset = frame.plan.dataset
        ((low, high),) = dataset.domain
        targets = dataset.train.targets[:, 0]
        room = MARGIN * (float(np.ptp(targets)) or 1.0)
        self.setRange((low, high), (float(targets.min()) - room, float(targets.max()) + room))
        self.setAxes(dataset.features[0], "y")
        if frame.response.ndim == 2:
            count = len(frame.response)
            x = low + (high - low) * (np.arange(count) + 0.5) / count
            color = self._style.mark(1).color
            self._curve = Curve("network", x, frame.response[:, 0], color, width=3)
        self.setCurves([self._curve] if self._curve is not None else [])
        groups = [_points(dataset.validation, "validation", "muted")] if view.validation else []
        groups.append(_points(dataset.train, "data", self._style.mark(0).color))
        self.setPoints(groups)
        self.setTitle(f"{dataset.title}, step {frame.step:,}")


def _points(samples: Samples, name: str, color: str) -> Points:
    """`samples` as points: those that are trained on filled and larger."""
    is_trained = name == "data"
    x, y = samples.inputs[:, 0], samples.targets[:, 0]
    return Points(x, y, color, size=11 if is_trained else 7, name=name, filled=is_trained)
