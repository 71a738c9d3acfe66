"""What the board of the landscape shows of small real runs."""

from typing import Any

import numpy as np
import pytest
import torch
from PySide6.QtCore import QSize

from kernels.editing import load
from kernels.simulation import advance
from kernels.training.experiments import simulation_class
from kernels.training.landscape.frame import LandscapeFrame
from kernels.training.parameters import Training
from visualizer.panels.training.landscape_board import LandscapeBoard
from visualizer.panels.training.panel import TrainingPanel
from visualizer.panels.training.view import TrainingView

FULL = {"batch_size": 60_000, "optimizer": {"kind": "sgd", "learning_rate": 0.5}}


def parameters_of(experiment: dict[str, Any], **others: Any) -> Training:
    asked = {"kind": "landscape", "resolution": 13, "evaluations": 60, **experiment}
    return load(Training, {"experiment": asked, **others})


def shown(
    panel: TrainingPanel, experiment: dict[str, Any], at: int = 30, **others: Any
) -> tuple[LandscapeBoard, LandscapeFrame]:
    parameters = parameters_of(experiment, **others)
    panel.setParameters(parameters)
    panel.prepare(QSize(1000, 700))
    run = simulation_class(parameters)(parameters, torch.device("cpu"))
    advance(run, at)
    frame = run.frame()
    panel.draw(frame)
    board = panel._board()
    assert isinstance(board, LandscapeBoard)
    assert isinstance(frame, LandscapeFrame)
    return board, frame


def test_paths_lie_on_the_map_and_fly_at_their_true_loss(panel: TrainingPanel) -> None:
    board, frame = shown(panel, {"runs": 2})
    assert frame.landscape is not None
    assert np.array_equal(board._map._heights, frame.landscape.surface)
    paths = board._map._trails.paths
    assert [path.name for path in paths] == ["seed 0", "seed 1"]
    for path, points in zip(paths, frame.paths, strict=True):
        assert np.array_equal(path.points, points)
    assert "a slice of 25 dimensions" in board._map._title.text()


@pytest.mark.gl
@pytest.mark.parametrize("log", [True, False])
def test_heights_are_those_of_the_surface(panel: TrainingPanel, gl: None, log: bool) -> None:
    board, frame = shown(panel, {"plane": "path"})
    board.setView(TrainingView(log_loss=log))
    picture = board._surface._picture
    assert picture is not None
    (flight,) = picture._flights
    expected = np.log10(frame.losses[0]) if log else frame.losses[0]
    assert np.array_equal(flight.points, np.column_stack([frame.paths[0], expected]))
    mesh = picture._mesh
    assert mesh is not None
    assert mesh.low <= expected.min() <= expected.max() <= mesh.high
    assert ("logarithm" in board._surface._title) == log


def test_the_numbers_and_what_the_slice_is_are_told(panel: TrainingPanel) -> None:
    board, frame = shown(panel, {})
    (row,) = board._readout._rows
    assert row.values == (frame.losses[0, -1], frame.distances[0, -1])
    assert board._readout._said == frame.sentences()
    assert "A slice" in board.description()


def test_curvature_is_drawn_with_its_limit_where_there_is_one(panel: TrainingPanel) -> None:
    board, frame = shown(panel, {}, **FULL)
    assert not board._curvature.isHidden()
    own, limit = board._curvature._curves
    assert np.array_equal(own.y, frame.curvature)
    assert limit.name == "2 / learning rate"
    assert (limit.y == 4.0).all()
    ends = board._curvature._fixed["y"]
    assert ends is not None
    assert ends[0] <= min(own.y.min(), 4.0) < max(own.y.max(), 4.0) <= ends[1]
    board, _ = shown(panel, {}, batch_size=60_000)  # Adam
    assert [curve.name for curve in board._curvature._curves] == ["this network"]
    board, frame = shown(panel, {})
    assert board._curvature.isHidden()
    assert "all samples in one batch" in frame.uncurved
    assert frame.uncurved in board._readout._said


def test_before_there_is_a_surface_the_losses_are_drawn(panel: TrainingPanel) -> None:
    board, frame = shown(panel, {"plane": "path"}, at=3)
    assert frame.landscape is None
    assert len(board._losses._curves[0].y) == 4
    assert "three points" in board.description()


def test_before_there_is_a_surface_it_is_said_that_there_is_none(panel: TrainingPanel) -> None:
    board, frame = shown(panel, {"plane": "path"}, at=0)
    assert frame.landscape is None
    assert board._map._title.text() == "No surface yet"
    later, _ = shown(panel, {"plane": "path"}, at=30)
    assert later is board
    assert "a slice of" in board._map._title.text()
