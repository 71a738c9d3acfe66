"""One feature: the data, and the curve that the network makes of it."""

import numpy as np
from PySide6.QtWidgets import QWidget

from kernels.samples.samples import Dataset, Samples
from visualizer.panels.training.run.answered import Answered
from visualizer.panels.training.view import TrainingView
from widgets.plots.curve_plot import CurvePlot
from widgets.plots.shapes import Curve, Points
from widgets.style import Style

MARGIN = 0.25  # of the height of the data, above and below
ROW = 0.07  # of the height of a probability: from one row of points to the next


class FitPlot(CurvePlot):
    """Points and the fitted curve, whose axes hold still.

    Of classes there is a curve for each, what the network says of it; the points of each class lie
    in a row of their own above the curves.
    """

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(style, parent)
        self._fitted: list[Curve] = []

    def draw(self, frame: Answered, view: TrainingView, title: str | None = None) -> None:
        """Show `frame`; the curve of an older one stays where it has none.

        By default the title tells the data and the step.
        """
        dataset = frame.plan.dataset
        (x_range,) = dataset.domain
        self.setRange(x_range, _heights(dataset))
        self.setAxes(dataset.features[0], "answer" if dataset.classes else dataset.target)
        if frame.response.ndim == 2:
            count = len(frame.response)
            x = x_range[0] + (x_range[1] - x_range[0]) * (np.arange(count) + 0.5) / count
            names = [*enumerate(dataset.classes)] or [(1, "network")]
            self._fitted = [
                Curve(name, x, y, self._style.mark(i).color, width=3)
                for (i, name), y in zip(names, frame.response.T, strict=True)
            ]
        self.setCurves(self._fitted)
        groups = self._samples(dataset.validation, dataset, "validation") if view.validation else []
        self.setPoints(groups + self._samples(dataset.train, dataset, "data"))
        self.setTitle(f"{dataset.title}, step {frame.step:,}" if title is None else title)

    def _samples(self, samples: Samples, dataset: Dataset, name: str) -> list[Points]:
        """`samples` as points: those that are trained on filled and larger."""
        is_trained = name == "data"
        size, x = 11 if is_trained else 7, samples.inputs[:, 0]
        if not dataset.classes:
            color = self._style.mark(0).color if is_trained else "muted"
            y = samples.targets[:, 0]
            return [Points(x, y, color, size=size, name=name, filled=is_trained)]
        groups = []
        for i in range(len(dataset.classes)):
            mark, own = self._style.mark(i), x[samples.targets == i]
            y = np.full(len(own), 1 + ROW * (i + 1))
            groups.append(Points(own, y, mark.color, mark.symbol, 8, filled=is_trained))
        return groups


def _heights(dataset: Dataset) -> tuple[float, float]:
    """From where to where the plot goes."""
    if dataset.classes:
        return -ROW, 1 + ROW * (len(dataset.classes) + 1)
    targets = dataset.train.targets[:, 0]
    room = MARGIN * (float(np.ptp(targets)) or 1.0)
    return float(targets.min()) - room, float(targets.max()) + room
