"""Loss and accuracy against the step: the first measurement is seen, too."""

import torch
from pytestqt.qtbot import QtBot

from kernels.simulation import advance
from kernels.training.experiments import simulation_class
from kernels.training.frame import TrainingFrame
from kernels.training.parameters import Training
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
