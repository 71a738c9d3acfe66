"""The same race by squared error and by cross-entropy: data, two surfaces, two slopes."""

import numpy as np
from PySide6.QtWidgets import QLabel

from kernels.comparison import ComparisonFrame
from kernels.race_frame import RaceFrame
from kernels.scenery import Scenery
from visualizer.panels.gradient_descent.board import Board
from visualizer.panels.gradient_descent.data_plot import DataPlot
from visualizer.panels.gradient_descent.shapes import loss_curves, objective_markers, race_paths
from widgets.contour_plot import ContourPlot
from widgets.curve_plot import CurvePlot
from widgets.shapes import Curve

MSE, CROSS_ENTROPY = "Squared error", "Cross-entropy"


class ComparisonBoard(Board[ComparisonFrame]):
    """Two races side by side on one set of data."""

    Shown = ComparisonFrame

    def _build(self) -> None:
        self._sceneries: list[Scenery | None] = [None, None]
        self._data = [DataPlot(self._style), DataPlot(self._style)]
        self._maps = [ContourPlot(self._style), ContourPlot(self._style)]
        self._losses = CurvePlot(self._style)
        self._losses.setTitle("Loss, each by its own measure")
        self._losses.setAxes("step", "loss")
        self._slopes = CurvePlot(self._style)
        self._slopes.setTitle("Slope by the logit, for a sample of class 1")
        self._slopes.setAxes("logit z = w x + b", "slope")
        for column in (0, 1):
            self._grid.addWidget(self._maps[column], 0, column)
            self._grid.addWidget(self._data[column], 1, column)
        self._grid.addWidget(self._slopes, 0, 2)
        self._grid.addWidget(self._losses, 1, 2)
        self._words = QLabel(wordWrap=True)
        self._grid.addWidget(self._words, 2, 0, 1, 3)
        for column in range(3):
            self._grid.setColumnStretch(column, 1)
        self._grid.setRowStretch(0, 6)
        self._grid.setRowStretch(1, 5)
        for plot in self._maps:
            plot.clicked.connect(self._request_start)
            plot.dragged.connect(self._request_start)
            plot.released.connect(self.released)

    def description(self) -> str:
        if self._frame is None:
            return ""
        return (
            f"After {self._frame.step} steps: squared error {self._frame.mse.loss[0]:.4g}, "
            f"cross-entropy {self._frame.cross_entropy.loss[0]:.4g}."
        )

    def _draw(self, frame: ComparisonFrame) -> None:
        races = (frame.mse, frame.cross_entropy)
        notes = [note for race in races for note in race.scenery.objective.notes]
        endings = [
            f"{name}: {race.sentences[0]}"
            for name, race in zip((MSE, CROSS_ENTROPY), races, strict=True)
        ]
        self._words.setText("\n".join(dict.fromkeys([*endings, *notes])))
        for which, (race, name) in enumerate(zip(races, (MSE, CROSS_ENTROPY), strict=True)):
            self._draw_race(which, race, name)
        curves = []
        for which, race in enumerate(races):
            dash = ((), (5.0, 2.0))[which]
            for curve in loss_curves(race, self._style):
                name = f"{(MSE, CROSS_ENTROPY)[which]}, {curve.name}"
                curves.append(Curve(name, curve.x, curve.y, curve.color, dash, 2.2))
        self._losses.setLogY(self._view.log_loss)
        self._losses.setCurves(curves)
        marks = [self._style.mark(4), self._style.mark(5)]
        logits = np.asarray(frame.logits)
        self._slopes.setCurves(
            [
                Curve(MSE, logits, frame.mse_slopes, marks[0].color, (), 2.6),
                Curve(
                    CROSS_ENTROPY, logits, frame.cross_entropy_slopes, marks[1].color, (5, 2), 2.6
                ),
            ]
        )

    def _restyle(self) -> None:
        super()._restyle()
        self._words.setFont(self._style.font("body"))

    def _draw_race(self, which: int, race: RaceFrame, name: str) -> None:
        plot, data = self._maps[which], self._data[which]
        scenery = race.scenery
        if scenery is not self._sceneries[which]:
            self._sceneries[which] = scenery
            objective = scenery.objective
            plot.setTitle(name)
            plot.setAxes(*objective.axes)
            x_range, y_range = objective.domain
            plot.setSurface(scenery.z, x_range, y_range)
            plot.setMarkers(objective_markers(objective, race.paths[0, 0]))
            data.setObjective(objective)
        plot.setPaths(race_paths(race, self._style))
        data.draw(race, f"{name}: the data and the curve")
