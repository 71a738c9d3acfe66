"""Samplers side by side: their curves, what they learn from, and what they have come to."""

from typing import ClassVar

import numpy as np

from kernels.simulation import Array
from kernels.training.sampling.frame import SamplingFrame
from kernels.training.sampling.sampling import POOL
from visualizer.panels.board import Board
from visualizer.panels.readout import Readout
from visualizer.panels.training.run.curves import FLOOR
from visualizer.panels.training.view import TrainingView
from widgets.plots.curve_plot import CurvePlot
from widgets.plots.number_table import Row
from widgets.plots.shapes import Curve, Points

REPEAT, MEAN = 0.9, 3.0  # widths of the curve of one seed, and of their mean


class SamplingBoard(Board[SamplingFrame, TrainingView]):
    """A curve for each sampler and seed, the samples in use, and the numbers at equal updates."""

    Shown = SamplingFrame
    View: ClassVar[type[TrainingView]] = TrainingView

    def _build(self) -> None:
        style = self._style
        self._losses, self._shares = CurvePlot(style), CurvePlot(style)
        self._plane, self._readout = CurvePlot(style), Readout(style)
        self._losses.setAxes("step", "validation loss")
        self._shares.setAxes("step", "share right")
        self._shares.setRange(None, (0.0, 1.0))
        self._shares.setLegend(False)
        self._plane.setLegend(False)
        self._grid.addWidget(self._losses, 0, 0)
        self._grid.addWidget(self._shares, 0, 1)
        self._grid.addWidget(self._plane, 1, 0)
        self._grid.addWidget(self._readout, 1, 1)
        for index in (0, 1):
            self._grid.setRowStretch(index, 1)
            self._grid.setColumnStretch(index, 1)

    def watch(self) -> frozenset[str]:
        return frozenset({f"{POOL}{self._view.sampler}"})

    def description(self) -> str:
        return self._frame.told if self._frame is not None else ""

    def _draw(self, frame: SamplingFrame) -> None:
        losses, shares = frame.validation_loss, frame.validation_accuracy
        self._losses.setLogY(
            self._view.log_loss and bool((losses[np.isfinite(losses)] > 0).all()), FLOOR
        )
        self._losses.setCurves(self._curves(frame, losses))
        self._losses.setTitle(f"{frame.plan.loss}: {frame.plan.repeats} seeds, thick their mean")
        has_shares = bool(frame.plan.dataset.classes)
        self._shares.setVisible(has_shares)
        if has_shares:
            self._shares.setCurves(self._curves(frame, shares))
            self._shares.setTitle("Accuracy on the validation data")
        self._draw_plane(frame)
        self._draw_numbers(frame)

    def _curves(self, frame: SamplingFrame, values: Array) -> list[Curve]:
        """A thin curve for each repeat and a thick one for their mean; `values` are (S, R, M)."""
        at = frame.measured_at
        thin, thick = [], []
        for index, (name, own) in enumerate(zip(frame.plan.names, values, strict=True)):
            mark = self._style.mark(index)
            thin += [Curve("", at, one, mark.color, width=REPEAT) for one in own if len(own) > 1]
            thick.append(Curve(name, at, own.mean(0), mark.color, mark.dash, MEAN))
        return thin + thick

    def _draw_plane(self, frame: SamplingFrame) -> None:
        """The samples in use of the chosen sampler, among all."""
        dataset = frame.plan.dataset
        is_plane = len(dataset.domain) == 2 and bool(dataset.classes)
        self._plane.setVisible(is_plane)
        if not is_plane:
            return
        places = dataset.places(dataset.train.inputs)
        targets = dataset.train.targets
        groups = [_points(places, "line", "o", 5)]
        for index in range(len(dataset.classes)):
            own = frame.pool[targets[frame.pool] == index]
            mark = self._style.mark(index)
            groups.append(_points(places[own], mark.color, mark.symbol, 7))
        if frame.step:
            groups.append(_points(places[frame.batch], "text", "o", 11, filled=False))
        self._plane.setRange(*dataset.domain)
        self._plane.setAxes(*dataset.axes)
        self._plane.setPoints(groups)
        name, count = frame.plan.names[frame.shown], len(frame.pool)
        self._plane.setTitle(f"{name}: {count} of {len(places)} in use, the batch is ringed")

    def _draw_numbers(self, frame: SamplingFrame) -> None:
        plan = frame.plan
        rows = []
        for index, name in enumerate(plan.names):
            mark = self._style.mark(index)
            loss = frame.validation_loss[index, :, -1]
            spread = f"{loss.min():.3g} to {loss.max():.3g}"
            share = float(frame.validation_accuracy[index, :, -1].mean())
            told = f"{share:.1%}" if share == share else None
            seen = f"{round(frame.seen[index].mean()):,}"
            rows.append(Row(name, (float(loss.mean()), spread, told, seen), mark.color, mark.dash))
        headings = ("mean loss", "lowest, highest", "right", "samples met")
        self._readout.setTable(headings, rows, frame.shown)
        self._readout.setSentences([f"After {frame.step:,} updates of each. {frame.told}"])


def _points(places: Array, color: str, symbol: str, size: float, *, filled: bool = True) -> Points:
    """Points at `places`, (N, 2)."""
    return Points(places[:, 0], places[:, 1], color, symbol, size, filled=filled)
