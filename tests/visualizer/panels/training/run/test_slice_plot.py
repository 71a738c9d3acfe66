"""What is drawn of data with more than two features, and of one feature with classes."""

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PySide6.QtCore import QSize
from pytestqt.qtbot import QtBot

from kernels.editing import load
from kernels.simulation import advance
from kernels.training.experiments import simulation_class
from kernels.training.frame import TrainingFrame
from kernels.training.parameters import Training
from kernels.training.seen.response import RESPONSE
from tests.widgets.drawing import laid_out
from visualizer.panels.training.panel import TrainingPanel
from visualizer.panels.training.run.slice_plot import GAP, RING
from visualizer.panels.training.run.training_board import TrainingBoard
from visualizer.panels.training.view import TrainingView
from widgets.plots.shapes import Points
from widgets.style import Style


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Four features; the class is not to be told from the first two components alone."""
    rng = np.random.default_rng(3)
    rows = rng.normal(size=(80, 4)) * (3, 2, 1, 1)
    kinds = np.where(rows[:, 2] > 0, "tern", np.where(rows[:, 0] > 0, "gull", "auk"))
    with (tmp_path / "birds.csv").open("w", newline="") as written:
        csv.writer(written).writerows(
            [["a", "b", "c", "d", "weight", "bird"]]
            + [
                [*(f"{x:.3f}" for x in row), f"{row.sum():.3f}", k]
                for row, k in zip(rows, kinds, strict=True)
            ]
        )
    return tmp_path / "birds.csv"


def frame_of(file: Path, at: int = 60, **data: Any) -> TrainingFrame:
    given = {"kind": "csv", "file": str(file), "features": "a,b,c,d", **data}
    parameters = load(Training, {"dataset": given})
    run = simulation_class(parameters)(parameters, torch.device("cpu"))
    advance(run, at)
    return run.frame(frozenset({RESPONSE}))


@pytest.fixture
def board(qtbot: QtBot) -> TrainingBoard:
    panel = TrainingPanel(Style())
    qtbot.addWidget(panel)
    panel.setParameters(Training())
    panel.prepare(QSize(1000, 700))
    board = panel._board()
    assert isinstance(board, TrainingBoard)
    board.setParent(None)
    qtbot.addWidget(board)
    return board


def drawn(board: TrainingBoard, size: float) -> list[Points]:
    shapes = board._slice.plot._layers["points"]
    return [p for p in shapes if isinstance(p, Points) and p.size == size and len(p.x)]


@pytest.mark.parametrize("validation", [False, True])
def test_each_point_is_ringed_by_its_own_answer(
    board: TrainingBoard, file: Path, validation: bool
) -> None:
    frame, style = frame_of(file), board._style
    board.setView(TrainingView(validation=validation, batch=False))
    board.draw(frame)
    assert board._right.currentWidget() is board._slice
    data = frame.plan.dataset
    parts = [(data.train, frame.train_answers)]
    parts += [(data.validation, frame.validation_answers)] if validation else []
    for size, wanted in (
        (RING, [answers for _, answers in parts]),
        (7, [samples.targets for samples, _ in parts]),
    ):
        found = {
            (float(x), float(y)): group.color
            for group in drawn(board, size)
            for x, y in zip(group.x, group.y, strict=True)
        }
        for (samples, _), kinds in zip(parts, wanted, strict=True):
            for place, kind in zip(data.places(samples.inputs), kinds, strict=True):
                assert found[tuple(place.tolist())] == style.mark(int(kind)).color
    assert (frame.train_answers != data.train.targets).any()  # else nothing was tested
    assert sum(len(group.x) for group in drawn(board, GAP)) == sum(len(a) for _, a in parts)
    names = [entry.name for entry in board._slice.key.entries()]
    assert names == ["auk", "gull", "tern"]
    assert [entry.color for entry in board._slice.key.entries()] == [
        style.mark(i).color for i in range(3)
    ]


def test_what_is_seen_is_told(board: TrainingBoard, file: Path) -> None:
    frame = frame_of(file)
    board.draw(frame)
    plane = frame.plan.dataset.projection
    assert plane is not None
    assert board._slice.words.texts() == (
        "Regions: the slice through the mean; points: projections; rings: what the network says of "
        "the point itself.",
    )
    names = [board._slice.plot._axes[side]._name for side in ("bottom", "left")]
    assert names == [f"PC {i} ({100 * s:.0f}%)" for i, s in enumerate(plane.explained, 1)]


def test_how_many_points_are_drawn_is_told(board: TrainingBoard, tmp_path: Path) -> None:
    rows = np.random.default_rng(1).normal(size=(1000, 3))
    with (tmp_path / "many.csv").open("w", newline="") as written:
        csv.writer(written).writerows(
            [["a", "b", "c", "k"], *((*row, "xy"[int(row[0] > 0)]) for row in rows)]
        )
    frame = frame_of(tmp_path / "many.csv", at=5, features="a,b,c")
    board.draw(frame)
    assert sum(len(ring.x) for ring in drawn(board, RING)) == 400
    assert board._slice.words.texts()[0].endswith(" points.")
    count = len(frame.plan.dataset.train)
    assert f"Drawn: the first 400 of {count} points." in board._slice.words.texts()[0]


@pytest.mark.parametrize("width", [300, 460, 620])  # of the half of a small window, and larger ones
def test_the_sentence_is_read_whole_and_the_curves_keep_their_room(
    board: TrainingBoard, file: Path, width: int
) -> None:
    board.draw(frame_of(file))
    laid_out(board, 2 * width, width * 5 // 4)
    words = board._slice.words
    assert "".join(line for line, _ in words.shown()) == words.texts()[0]
    assert board._slice.plot.height() > 0.6 * board._slice.height()
    assert board._losses.height() > 0.25 * board.height()


def test_numbers_are_rings_of_their_colour(board: TrainingBoard, file: Path) -> None:
    frame = frame_of(file, at=300, target="weight")
    board.draw(frame)
    data = frame.plan.dataset
    reach = float(np.abs(data.train.targets).max())
    rings, points = drawn(board, RING), drawn(board, 7)
    assert sum(len(ring.x) for ring in rings) == len(data.train)
    told: dict[str, list[float]] = {}
    places = {tuple(p): i for i, p in enumerate(data.places(data.train.inputs).tolist())}
    for ring in rings:
        for place in zip(ring.x.tolist(), ring.y.tolist(), strict=True):
            told.setdefault(ring.color, []).append(float(frame.train_answers[places[place]]))
    for color, values in told.items():  # a seventh of the colours is a seventh of the range
        assert np.ptp(np.clip(values, -reach, reach)) <= 2 * reach / 6 + 1e-6, color
    assert len(told) > 2
    assert {p.outline for p in (*rings, *points)} == {"muted"}
    assert board._slice.plot._bar.isVisibleTo(board._slice.plot)
    assert board._slice.key.entries() == ()
    assert board._notes.texts()[0] == data.notes[0]


def test_one_feature_with_classes_is_a_curve_for_each(board: TrainingBoard, file: Path) -> None:
    frame = frame_of(file, features="c")
    board.draw(frame)
    assert board._right.currentWidget() is board._fit
    assert [curve.name for curve in board._fit._curves] == ["auk", "gull", "tern"]
    for i, curve in enumerate(board._fit._curves):
        assert np.array_equal(curve.y, frame.response[:, i])
    counts = [len(group.x) for group in board._fit._points]
    assert counts == np.bincount(frame.plan.dataset.train.targets).tolist()
    assert all((group.y > 1).all() for group in board._fit._points)


def test_features_too_many_to_be_drawn_are_told(
    board: TrainingBoard, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: Path
) -> None:
    monkeypatch.setattr("kernels.samples.tabular.MOST_FEATURES", 3)
    frame = frame_of(file, at=10)
    board.draw(frame)
    assert board._right.isHidden()
    assert "4 features are too many for a picture" in board._notes.texts()[0]
    assert not board._notes.isHidden()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_is_drawn_in_both_themes(board: TrainingBoard, file: Path, theme: Any) -> None:
    board.draw(frame_of(file))
    board._style.setTheme(theme)
    laid_out(board, 800, 500)
    assert board.grab().toImage().width() == 800
