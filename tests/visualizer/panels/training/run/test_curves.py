"""Loss and accuracy against the step: the first measurement is seen, too."""

from types import SimpleNamespace
from typing import cast

import numpy as np
import torch
from pytestqt.qtbot import QtBot

from kernels.simulation import advance
from kernels.training.experiments import simulation_class
from kernels.training.frame import TrainingFrame
from kernels.training.parameters import Training
from tests.widgets.drawing import laid_out
from visualizer.panels.training.run.curves import AccuracyCurves, LossCurves
from widgets.style import Style


def test_the_first_measurement_is_a_point_until_there_is_a_line(qtbot: QtBot) -> None:
    losses, accuracies = LossCurves(Style()), AccuracyCurves(Style())
    qtbot.addWidget(losses)
    qtbot.addWidget(accuracies)
    parameters = Training()
    run = simulation_class(parameters)(parameters, torch.device("cpu"))

    def drawn() -> tuple[list[float], list[float]]:
        frame = run.frame(frozenset())
        assert isinstance(frame, TrainingFrame)
        losses.draw(frame, log=True)
        accuracies.draw(frame)
        return [*(p.y[0] for p in losses._points)], [*(p.y[0] for p in accuracies._points)]

    first = run.frame(frozenset())
    assert isinstance(first, TrainingFrame)
    assert drawn() == (
        [first.train_loss[0], first.validation_loss[0]],
        [first.train_accuracy[0], first.validation_accuracy[0]],
    )
    advance(run, 60)
    assert drawn() == ([], [])


def test_a_share_of_1_lies_below_the_edge(qtbot: QtBot) -> None:
    plot = AccuracyCurves(Style())
    qtbot.addWidget(plot)
    at = np.array([0.0, 50.0])
    frame = SimpleNamespace(
        measured_at=at, train_accuracy=np.ones(2), validation_accuracy=np.ones(2)
    )
    for height in (170, 360):  # as in a window of 640 pixels, and large
        laid_out(plot, 330, height)
        plot.draw(cast("TrainingFrame", frame))
        plane = plot.plane()
        assert plane.toPixels(0.0, 1.0)[0, 1] - plane.top > 4  # half of the ring at the cursor
        ticks = plot._axes["left"].ticks(*plane.y, plane.height)
        assert ticks[0] == 0.0
        assert ticks[-1] == 1.0
        assert 0.5 in ticks or height > 170
