"""The losses of a race against the step, on an axis on which all of them are seen."""

import math
from collections.abc import Iterator

import numpy as np
from PySide6.QtWidgets import QWidget

from kernels.descent.race_frame import RaceFrame
from kernels.simulation import Array
from visualizer.panels.gradient_descent.shapes import loss_curves
from widgets.numbers import format_compact
from widgets.plots.curve_plot import CurvePlot
from widgets.plots.shapes import Curve
from widgets.style import Style

FLOOR = 1e-9  # of a logarithmic axis; below it is rounding, or long past arriving


class LossPlot(CurvePlot):
    """A curve for each racer.

    A logarithmic axis shows the loss above its infimum, where that is known, and says so; it ends
    at `FLOOR`, or lower for a race that begins low. Where there is no logarithm it is linear.
    """

    def __init__(self, style: Style, what: str = "loss", parent: QWidget | None = None) -> None:
        super().__init__(style, parent)
        self._pace.inStep = True
        self._what = what
        self._titled = "Loss" if what == "loss" else what
        self._told: tuple[RaceFrame, bool] | None = None
        self.setAxes("step", what)
        self.setCounted()
        self.setLegend(False)

    def draw(self, frame: RaceFrame, *, log: bool) -> None:
        """Show the losses of `frame`, on a logarithmic axis if `log` and there is one."""
        self._told = frame, log
        self._dataChanged()

    def _catchUp(self, fine: bool) -> Iterator[None]:
        if self._told is not None:
            self._wanted = tuple(self._curvesOf(*self._told))
        yield from super()._catchUp(fine)

    def _curvesOf(self, frame: RaceFrame, log: bool) -> list[Curve]:
        """The losses of `frame`, and an axis and a title for them."""
        infimum = frame.scenery.objective.infimum
        is_known = infimum is not None and math.isfinite(infimum)
        bottom = infimum if infimum is not None and is_known else 0.0
        log = log and _has_logarithm(frame.losses, bottom, is_known)
        if log:
            floor = FLOOR * min(1.0, _first(frame.losses) - bottom)
            curves = loss_curves(frame, self._style, lambda y: np.maximum(y - bottom, 1e-3 * floor))
            self.setLogY(True, floor)
        else:
            curves = loss_curves(frame, self._style)
            self.setLogY(False)
        self._name_axis(f" above {format_compact(bottom, 4)}" if log and bottom else "")
        told = (self._titled, f"step {frame.step}", frame.progress)
        self._heading = ", ".join(part for part in told if part)
        return curves

    def _name_axis(self, above: str) -> None:
        label = f"{self._what}{above}"
        if label != self._axes["left"].name():
            self.setAxes("step", label)


def _has_logarithm(losses: Array, bottom: float, is_known: bool) -> bool:
    """Whether all losses lie above `bottom`, or on it if that is known to be the lowest."""
    finite = losses[np.isfinite(losses)]
    above = _first(losses) > bottom
    return above and (is_known or bool((finite > bottom).all()))


def _first(losses: Array) -> float:
    """The loss at the start, where all racers are."""
    return float(losses[0, 0])
