"""Axes that count steps, or runs, have numbers at whole ones only."""

from pytestqt.qtbot import QtBot

from visualizer.panels.training.comparison.comparison_curves import ComparedCurves
from visualizer.panels.training.fan_board import FanBoard
from visualizer.panels.training.landscape_board import LandscapeBoard
from visualizer.panels.training.run.curves import AccuracyCurves, LossCurves
from visualizer.panels.training.sampling_board import SamplingBoard
from widgets.plots.plot import Plot
from widgets.style import Style


def test_numbers_of_steps_are_whole(qtbot: QtBot) -> None:
    style = Style()
    fan, landscape, sampling = FanBoard(style), LandscapeBoard(style), SamplingBoard(style)
    plots: list[Plot] = [LossCurves(style), AccuracyCurves(style), ComparedCurves(style, "loss")]
    for widget in (fan, landscape, sampling, *plots):
        qtbot.addWidget(widget)
    plots += [fan._fan, fan._ends, fan._accuracies, landscape._losses, landscape._curvature]
    plots += [sampling._losses, sampling._shares]
    for plot in plots:
        ticks = plot._axes["bottom"].ticks(0.0, 2.0, 600)
        assert len(ticks) > 1
        assert all(float(tick).is_integer() for tick in ticks)
