"""Basins of attraction: the picture of the starts, what the colours mean, and the sweep."""

import numpy as np

from kernels.descent.attractors import ENDING_WORDS
from kernels.descent.basins_frame import BasinsFrame
from kernels.objectives.scenery import Scenery
from visualizer.panels.gradient_descent.basin_colors import (
    FEW,
    basin_picture,
    end_colors,
    ending_color,
    shade_key,
)
from visualizer.panels.gradient_descent.board import Board
from visualizer.panels.gradient_descent.shapes import objective_markers
from visualizer.panels.readout import Readout
from widgets.numbers import format_number, format_share
from widgets.plots.contour_plot import ContourPlot, Markers
from widgets.plots.curve_plot import CurvePlot
from widgets.plots.key import Key, with_key
from widgets.plots.legend import Entry
from widgets.plots.ranges import SHARES, widen
from widgets.plots.shapes import Curve, Rule
from widgets.plots.table_rows import Row
from widgets.style import Style

MOST_LISTED = 9  # minima with a row of their own
MARKS = {
    "minimum": Entry("known minimum", "text", symbol="star", line=False),
    "saddle": Entry("known saddle", "text", symbol="x", line=False),
    "probe": Entry("minimum that was found", "text", symbol="o", line=False),
}
MANY_MARKS = Entry("minimum", "text", symbol="o", line=False)


class BasinsBoard(Board[BasinsFrame]):
    """Where each start of a grid ends."""

    Shown = BasinsFrame

    def _build(self) -> None:
        self._scenery: Scenery | None = None
        self._picture_key: tuple[int, int, str] | None = None
        self._map = ContourPlot(self._style)
        self._key = Key(self._style)
        self._readout = Readout(self._style)
        self._sweep = CurvePlot(self._style)
        self._sweep.setTitle("Share of the starts")
        self._sweep.setAxes("learning rate", "share")
        self._sweep.setLegend(False)
        self._sweep.setShares()
        self._grid.addWidget(with_key(self._map, self._key), 0, 0, 2, 1)
        self._grid.addWidget(self._readout, 0, 1)
        self._grid.addWidget(self._sweep, 1, 1)
        self._grid.setColumnStretch(0, 7)
        self._grid.setColumnStretch(1, 5)
        self._grid.setRowStretch(0, 1)
        self._grid.setRowStretch(1, 1)

    def description(self) -> str:
        return self._frame.sentence if self._frame is not None else ""

    def _draw(self, frame: BasinsFrame) -> None:
        if frame.scenery is not self._scenery:
            self._scenery = frame.scenery
            self._picture_key = None
            self._map.setAxes(*frame.scenery.objective.axes)
        self._draw_picture(frame)
        rate = f"Learning rate {frame.learning_rate:.4g}"
        title = rate if frame.sweep_ends else frame.scenery.objective.title
        self._map.setTitle(f"{title}: step {frame.picture_step}")
        self._draw_readout(frame)
        self._draw_sweep(frame)

    def _draw_picture(self, frame: BasinsFrame) -> None:
        key = (frame.run, frame.picture_step, self._style.theme().name)
        if key == self._picture_key:
            return
        self._picture_key = key
        colors = end_colors(frame.ends, frame.scenery.objective.domain, self._style)
        picture = basin_picture(frame, colors, self._style)
        self._map.setImage(picture, *frame.scenery.objective.domain)
        if (frame.labels >= 0).any():
            self._map.setShades(*shade_key(frame), "steps until it rests")
        if len(frame.ends) > FEW:  # large marks would hide the colours
            markers = [Markers("probe", frame.ends)]
            entries = [MANY_MARKS]
        else:
            markers = objective_markers(frame.scenery.objective, np.empty(2))[1:]
            if len(frame.ends) > frame.known:
                markers.append(Markers("probe", frame.ends[frame.known :]))
            entries = [MARKS[marker.kind] for marker in markers]
        self._map.setMarkers(markers)
        self._key.setEntries(entries)

    def _draw_readout(self, frame: BasinsFrame) -> None:
        colors = end_colors(frame.ends, frame.scenery.objective.domain, self._style)
        order = np.argsort(-frame.shares[: frame.known], kind="stable")[:MOST_LISTED]
        minima = [i for i in order if frame.shares[i] > 0 or frame.known <= MOST_LISTED]
        others = [i for i in range(frame.known, len(frame.shares)) if frame.shares[i] > 0]
        rows = []
        for index in (*minima, *others):
            is_minimum = index < frame.known
            limit = float(frame.limits[index]) if is_minimum else float("nan")
            color = colors[index] if is_minimum else _color_of_share(frame, index, self._style)
            shown = format_number(limit) if np.isfinite(limit) else ""
            if is_minimum and frame.kinks[index]:
                shown = "kink" if frame.limit_rule else ""
            share = format_share(float(frame.shares[index]))
            rows.append(Row(frame.share_names[index], (share, shown), color))
        has_limits = any(row.values[1] for row in rows)
        heading = f"lets go above {frame.limit_rule}" if frame.limit_rule and has_limits else ""
        self._readout.setTable(("share", heading), rows)
        self._readout.setSentences([frame.sentence])

    def _draw_sweep(self, frame: BasinsFrame) -> None:
        has_sweep = frame.sweep_ends is not None
        self._sweep.setVisible(has_sweep)
        self._grid.setRowStretch(1, 1 if has_sweep else 0)
        colors = end_colors(frame.ends, frame.scenery.objective.domain, self._style)
        curves = []
        rules = []
        for index, name in enumerate(frame.share_names):
            shares = frame.sweep_shares[:, index] if len(frame.sweep_rates) else np.empty(0)
            if not shares.any():
                continue
            is_minimum = index < frame.known
            color = colors[index] if is_minimum else _color_of_share(frame, index, self._style)
            dash = () if is_minimum else (4.0, 2.0)
            curves.append(Curve(name, frame.sweep_rates, shares, color, dash, 2.2, symbol="o"))
            if is_minimum and np.isfinite(frame.limits[index]):
                rules.append(Rule(float(frame.limits[index]), "vertical", color=color))
        self._sweep.setCurves(curves)
        self._sweep.setRange(widen(*frame.sweep_ends) if frame.sweep_ends else None, SHARES)
        self._sweep.setRules(rules)


def _color_of_share(frame: BasinsFrame, index: int, style: Style) -> str:
    """The colour of a share that is no known minimum: other minima, then the endings."""
    endings = list(ENDING_WORDS)
    place = index - frame.known - 1
    return ending_color(endings[place], style) if 0 <= place < len(endings) else "muted"
