"""The same race by squared error and by cross-entropy: data, two surfaces, two slopes."""

import numpy as np

from kernels.descent.comparison import ComparisonFrame
from kernels.descent.race_frame import RaceFrame
from kernels.objectives.scenery import Scenery
from visualizer.panels.gradient_descent.board import Board
from visualizer.panels.gradient_descent.data_plot import DataPlot
from visualizer.panels.gradient_descent.shapes import loss_curves, objective_markers, race_paths
from visualizer.panels.readout import Readout
from widgets.plots.contour_plot import ContourPlot
from widgets.plots.contours import Spacing
from widgets.plots.curve_plot import CurvePlot
from widgets.plots.key import Key, with_key
from widgets.plots.legend import Entry
from widgets.plots.shapes import Curve, Points
from widgets.plots.table_rows import Row

MSE, CROSS_ENTROPY = "Squared error", "Cross-entropy"


class ComparisonBoard(Board[ComparisonFrame]):
    """Two races side by side on one set of data."""

    Shown = ComparisonFrame

    def _build(self) -> None:
        self._drawn: list[tuple[Scenery, Spacing] | None] = [None, None]
        self._data = [DataPlot(self._style), DataPlot(self._style)]
        self._maps = [ContourPlot(self._style), ContourPlot(self._style)]
        self._losses = [CurvePlot(self._style), CurvePlot(self._style)]
        for plot in self._losses:
            plot.setAxes("step", "loss")
            plot.setCounted()
            plot.setLegend(False)
        self._slopes = CurvePlot(self._style)
        self._slopes.setTitle("Slope by the logit")
        self._slopes.setAxes("logit, above 0 for the right class", "slope")
        self._slopes.setLegend(False)
        self._key = Key(self._style)
        for column in (0, 1):
            self._data[column].setLegend(False)
            self._grid.addWidget(self._maps[column], 0, column)
            self._grid.addWidget(self._data[column], 1, column)
            self._grid.addWidget(self._losses[column], 2, column)
        self._readout = Readout(self._style)
        self._grid.addWidget(with_key(self._slopes, self._key), 0, 2)
        self._grid.addWidget(self._readout, 1, 2, 2, 1)
        for column in range(3):
            self._grid.setColumnStretch(column, 1)
        for row, stretch in enumerate((6, 5, 4)):
            self._grid.setRowStretch(row, stretch)
        for surface in self._maps:
            surface.clicked.connect(self._request_start)
            surface.dragged.connect(self._request_start)
            surface.released.connect(self.released)

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
        self._draw_readout(races, notes)
        for which, (race, name) in enumerate(zip(races, (MSE, CROSS_ENTROPY), strict=True)):
            self._draw_race(which, race, name)
        for plot, race in zip(self._losses, races, strict=True):
            plot.setLogY(self._view.log_loss)
            plot.setCurves(loss_curves(race, self._style))
        self._draw_slopes(frame)

    def _draw_readout(self, races: tuple[RaceFrame, RaceFrame], notes: list[str]) -> None:
        """The loss of every racer by both measures, and how each that has ended did."""
        mse, cross_entropy = races
        rows = []
        for index, name in enumerate(mse.names):
            mark = self._style.mark(index)
            values = (float(mse.loss[index]), float(cross_entropy.loss[index]))
            rows.append(Row(name, values, mark.color, mark.dash))
        chosen = min(self._view.chosen, len(rows) - 1)
        self._readout.setTable((MSE.lower(), CROSS_ENTROPY.lower()), rows, chosen)
        endings = [
            f"{which}: {sentence}"
            for which, race in zip((MSE, CROSS_ENTROPY), races, strict=True)
            for sentence in race.sentences
            if sentence
        ]
        self._readout.setSentences([*endings, *notes])

    def _draw_slopes(self, frame: ComparisonFrame) -> None:
        """The slopes that the two losses give, and where on them the samples of one racer lie."""
        chosen = min(self._view.chosen, len(frame.mse.names) - 1)
        marks = [self._style.mark(4), self._style.mark(5)]
        logits = np.asarray(frame.logits)
        groups = []
        pairs = zip(
            (frame.mse, frame.cross_entropy),
            (frame.mse_slopes, frame.cross_entropy_slopes),
            marks,
            strict=True,
        )
        for race, slopes, mark in pairs:
            data = race.scenery.objective.data
            if data is None:
                continue
            x, y = data
            w, b = race.positions[chosen]
            reached = (2 * y - 1) * (w * x + b)  # (N,), the logit for the class of each sample
            shown = reached[(reached >= logits[0]) & (reached <= logits[-1])]
            at = np.interp(shown, logits, slopes)
            groups.append(Points(shown, at, mark.color, "o", 7))
        self._slopes.setPoints(groups)
        curves = (
            Curve(MSE, logits, frame.mse_slopes, marks[0].color, (), 2.6),
            Curve(CROSS_ENTROPY, logits, frame.cross_entropy_slopes, marks[1].color, (5, 2), 2.6),
        )
        self._slopes.setCurves(curves)
        samples = f"samples at {frame.mse.names[chosen]}"
        self._key.setEntries(
            [
                *(Entry(c.name, c.color, c.dash, c.width) for c in curves),
                Entry(samples, "text", symbol="o", line=False),
            ]
        )

    def _draw_race(self, which: int, race: RaceFrame, name: str) -> None:
        plot, data = self._maps[which], self._data[which]
        scenery = race.scenery
        key = scenery, self._view.spacing(scenery.objective)
        if key != self._drawn[which]:
            self._drawn[which] = key
            objective = scenery.objective
            plot.setTitle(name)
            plot.setAxes(*objective.axes)
            x_range, y_range = objective.domain
            plot.setSurface(scenery.z, x_range, y_range, spacing=key[1])
            plot.setMarkers(objective_markers(objective, race.paths[0, 0]))
            data.setObjective(objective)
        plot.setPaths(race_paths(race, self._style))
        data.draw(race)
