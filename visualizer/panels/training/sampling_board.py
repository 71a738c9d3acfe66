"""Samplers side by side: their curves, what they learn from, and what they have come to."""

from typing import ClassVar

import numpy as np

from kernels.samples.samples import Dataset
from kernels.simulation import Array
from kernels.training.sampling.frame import SamplingFrame
from kernels.training.sampling.sampling import POOL
from visualizer.panels.board import Board
from visualizer.panels.readout import Readout
from visualizer.panels.training.run.curves import FLOOR
from visualizer.panels.training.view import TrainingView
from widgets.numbers import format_number, format_share
from widgets.plots.curve_plot import CurvePlot
from widgets.plots.ranges import SHARES, have_logarithms
from widgets.plots.shapes import Curve, Points
from widgets.plots.table_rows import Row

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
        for plot in (self._losses, self._shares):
            plot.setCounted()
        self._shares.setShares()
        self._shares.setRange(None, SHARES)
        self._shares.setLegend(False)
        self._plane.setLegend(False)
        self._grid.addWidget(self._losses, 0, 0)
        self._grid.addWidget(self._shares, 0, 1)
        self._grid.addWidget(self._plane, 1, 0)
        self._grid.addWidget(self._readout, 1, 1)
        for index in (0, 1):
            self._grid.setRowStretch(index, 1)
            self._grid.setColumnStretch(index, 8 + index)  # the table needs the room

    def _lay_out(self, *, has_shares: bool, has_plane: bool) -> None:
        """Share the room among what there is to show."""
        if (has_shares, has_plane) == (not self._shares.isHidden(), not self._plane.isHidden()):
            return
        self._shares.setVisible(has_shares)
        self._plane.setVisible(has_plane)
        self._grid.addWidget(self._losses, 0, 0, 1, 1 if has_shares else 2)
        first = 1 if has_plane else 0
        self._grid.addWidget(self._readout, 1, first, 1, 2 - first)

    def watch(self) -> frozenset[str]:
        return frozenset({f"{POOL}{self._view.sampler}"})

    def description(self) -> str:
        return self._frame.told if self._frame is not None else ""

    def _draw(self, frame: SamplingFrame) -> None:
        losses, shares = frame.validation_loss, frame.validation_accuracy
        self._losses.setLogY(self._view.log_loss and have_logarithms(losses), FLOOR)
        self._losses.setCurves(self._curves(frame, losses))
        seeds = frame.plan.repeats
        told = f"thick the mean of {seeds} seeds" if seeds > 1 else "one seed"
        self._losses.setTitle(f"{frame.plan.loss}: {told}")
        has_shares = bool(frame.plan.dataset.classes)
        self._lay_out(has_shares=has_shares, has_plane=_has_plane(frame.plan.dataset))
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
        if not _has_plane(dataset):
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
        has_spread, has_shares = plan.repeats > 1, bool(plan.dataset.classes)
        headings = ["mean loss", "lowest–highest"] if has_spread else ["loss"]
        headings += [*(["right"] if has_shares else []), "samples met"]
        rows = []
        for index, name in enumerate(plan.names):
            mark = self._style.mark(index)
            loss = frame.validation_loss[index, :, -1]
            values: list[float | str] = [float(loss.mean())]
            if has_spread:
                values.append(_spread(loss))
            if has_shares:
                share = float(frame.validation_accuracy[index, :, -1].mean())
                values.append(format_share(share) if np.isfinite(share) else "")
            values.append(f"{round(frame.seen[index].mean()):,}")
            rows.append(Row(name, tuple(values), mark.color, mark.dash))
        self._readout.setTable(headings, rows, frame.shown)
        self._readout.setSentences([f"After {_counted(frame.step)} of each. {frame.told}"])


def _counted(updates: int) -> str:
    """So many updates, in words."""
    return f"{updates:,} update" if updates == 1 else f"{updates:,} updates"


def _spread(losses: Array) -> str:
    """From the lowest to the highest of `losses`."""
    is_known = bool(np.isfinite(losses).all())
    ends = [format_number(float(end), 3) for end in (losses.min(), losses.max())]
    return "–".join(ends) if is_known else "no number"


def _has_plane(dataset: Dataset) -> bool:
    """Whether the samples lie on a plane with their classes."""
    return len(dataset.domain) == 2 and bool(dataset.classes)


def _points(places: Array, color: str, symbol: str, size: float, *, filled: bool = True) -> Points:
    """Points at `places`, (N, 2)."""
    return Points(places[:, 0], places[:, 1], color, symbol, size, filled=filled)
