"""What the board of compared samplings shows of small real runs."""

from typing import Any

import numpy as np
import pytest
import torch
from PySide6.QtCore import QSize

from kernels.editing import load
from kernels.simulation import advance
from kernels.training.experiments import simulation_class
from kernels.training.parameters import Training
from kernels.training.sampling.frame import SamplingFrame
from visualizer.panels.training.panel import TrainingPanel
from visualizer.panels.training.sampling_board import SamplingBoard


def shown(
    panel: TrainingPanel, at: int, *, repeats: int = 2, **given: Any
) -> tuple[SamplingBoard, SamplingFrame]:
    experiment = {"kind": "sampling", "repeats": repeats}
    parameters = load(Training, {"experiment": experiment} | given)
    panel.setParameters(parameters)
    panel.prepare(QSize(1000, 700))
    run = simulation_class(parameters)(parameters, torch.device("cpu"))
    advance(run, at)
    board = panel._board()
    assert isinstance(board, SamplingBoard)
    frame = run.frame(panel.watch())
    assert isinstance(frame, SamplingFrame)
    panel.draw(frame)
    panel.prepare(QSize(1000, 700))  # which lays it out anew
    return board, frame


def test_each_sampler_has_its_mean_its_spread_and_the_samples_it_met(panel: TrainingPanel) -> None:
    board, frame = shown(panel, 30)
    headings = board._readout._table._model.headings
    assert headings == ("mean loss", "lowest–highest", "right", "samples met")
    row, losses = board._readout._rows[1], frame.validation_loss[1, :, -1]
    assert row.name == frame.plan.names[1]
    assert row.values[0] == pytest.approx(float(losses.mean()))
    ends = [float(end) for end in str(row.values[1]).split("–")]
    assert ends == pytest.approx([losses.min(), losses.max()], rel=5e-3)
    assert row.values[2] == f"{frame.validation_accuracy[1, :, -1].mean():.1%}"
    assert row.values[3] == str(round(frame.seen[1].mean()))
    thick = next(c for c in board._losses._curves if c.name == row.name)
    assert np.array_equal(thick.y, frame.validation_loss[1].mean(0))
    assert "mean of 2 seeds" in board._losses._title.text()
    assert board._readout._said[0].startswith("After 30 updates of each.")


def test_one_seed_has_no_spread_and_one_update_is_one(panel: TrainingPanel) -> None:
    board, _ = shown(panel, 1, repeats=1)
    assert board._readout._table._model.headings == ("loss", "right", "samples met")
    assert "one seed" in board._losses._title.text()
    assert board._readout._said[0].startswith("After 1 update of each. One seed tells nothing")


def test_numbers_to_be_found_have_no_accuracy_and_no_empty_corner(panel: TrainingPanel) -> None:
    board, _ = shown(panel, 20, dataset="sine", network="wide")
    assert board._shares.isHidden()
    assert board._plane.isHidden()
    assert "right" not in board._readout._table._model.headings
    assert board._losses.width() > 0.9 * board.width()
    assert board._readout.width() > 0.9 * board.width()
    board, _ = shown(panel, 20)
    assert not board._shares.isHidden()
    assert not board._plane.isHidden()
    assert board._losses.width() < 0.6 * board.width()
    assert board._readout.width() < 0.6 * board.width()


def test_a_loss_that_is_no_number_has_no_spread(panel: TrainingPanel) -> None:
    optimizer = {"kind": "sgd", "learning_rate": 1000.0}
    given = {"dataset": "plane", "network": "linear", "optimizer": optimizer}
    board, frame = shown(panel, 200, **given)
    assert not np.isfinite(frame.validation_loss[0, :, -1]).any()
    assert board._readout._rows[0].values[1] == "no number"
