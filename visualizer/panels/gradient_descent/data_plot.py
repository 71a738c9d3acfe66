"""The data with what each racer's model says of them."""

import numpy as np
from PySide6.QtWidgets import QWidget

from kernels.descent.race_frame import RaceFrame
from kernels.objectives.catalogue import Objective
from widgets.plots.curve_plot import CurvePlot
from widgets.plots.shapes import Curve, Points
from widgets.style import Style

MARGIN = 0.15  # of the width of the data, that the models reach beyond them
PLACES = 160  # at which a model is drawn


class DataPlot(CurvePlot):
    """Data as points, the batch in use highlighted, and the model of each racer as a curve."""

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(style, parent)
        self._objective: Objective | None = None
        self._x = np.linspace(0.0, 1.0, PLACES)
        self.setTitle("Data")

    def setObjective(self, objective: Objective) -> None:
        """Show the data of `objective`; the axes hold still while the models move."""
        self._objective = objective
        if objective.data is None:
            return
        x, y = objective.data
        reach = MARGIN * max(float(np.ptp(x)), 1e-9)
        left, right = float(x.min()) - reach, float(x.max()) + reach
        rise = 0.35 * max(float(np.ptp(y)), 1e-9)
        self._x = np.linspace(left, right, PLACES)
        self.setAxes(*objective.data_axes)
        self.setRange((left, right), (float(y.min()) - rise, float(y.max()) + rise))

    def draw(self, frame: RaceFrame, title: str = "") -> None:
        objective = self._objective
        if objective is None or objective.data is None:
            return
        x, y = objective.data
        size = 10.0 if len(x) <= 20 else 6.0
        groups = [Points(x, y, "muted", size=size)]
        if frame.batch.size:
            groups.append(Points(x[frame.batch], y[frame.batch], "warning", size=size + 3))
        curves = []
        for index, name in enumerate(frame.names):
            mark = self._style.mark(index)
            predicted = objective.predict(tuple(frame.positions[index]), self._x)
            curves.append(Curve(name, self._x, predicted, mark.color, mark.dash, 2.6))
        self.setCurves(curves)
        self.setPoints(groups)
        batch = f"batch of {frame.batch.size}" if frame.batch.size and not title else ""
        self.setTitle(", ".join(part for part in (title or "Data", batch, frame.progress) if part))
