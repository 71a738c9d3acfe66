"""What the fan shows of small real runs, and what its gestures ask for."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch
from PySide6.QtCore import QSize, Qt
from pytestqt.qtbot import QtBot

from kernels.editing import load
from kernels.simulation import advance
from kernels.training.experiments import simulation_class
from kernels.training.fan.fan import Fan
from kernels.training.fan.frame import FanFrame
from kernels.training.parameters import Training
from kernels.training.seen.response import RESPONSE
from visualizer.panels.training.fan_board import FanBoard
from visualizer.panels.training.panel import TrainingPanel
from visualizer.panels.training.view import TrainingView
from widgets.style import Style

GIVEN = {"experiment": {"kind": "fan", "count": 6}, "dataset": "xor", "seed": 20}


def run_of(at: int = 60, **given: Any) -> Fan:
    parameters = load(Training, GIVEN | given)
    run = simulation_class(parameters)(parameters, torch.device("cpu"))
    assert isinstance(run, Fan)
    advance(run, at)
    return run


@pytest.fixture
def board(qtbot: QtBot) -> Iterator[FanBoard]:
    panel = TrainingPanel(Style())
    qtbot.addWidget(panel)
    panel.setParameters(load(Training, GIVEN))
    panel.prepare(QSize(1000, 700))
    board = panel._board()
    assert isinstance(board, FanBoard)
    yield board  # noqa: PT022 # while the panel is there


def drawn(board: FanBoard, run: Fan, **view: Any) -> FanFrame:
    board.setView(TrainingView(**view))
    frame = run.frame(board.watch())
    board.draw(frame)
    return frame


def test_all_curves_and_the_chosen_one_are_those_of_the_frame(board: FanBoard) -> None:
    frame = drawn(board, run_of(), member=4)
    assert board.watch() == {RESPONSE, "member.4"}
    *bundle, wide, quartiles, median, chosen = board._fan._curves
    heights = np.concatenate([curve.y for curve in bundle])
    assert np.array_equal(heights[~np.isnan(heights)], frame.losses.ravel())
    assert np.array_equal(wide.y, frame.spread[4])
    assert np.array_equal(quartiles.y, frame.spread[3])
    assert np.array_equal(median.y, np.median(frame.losses, axis=0))
    assert chosen.name == "seed 24"
    assert np.array_equal(chosen.y, frame.losses[4])
    assert board._plane._title.text() == "Seed 24, step 60"
    assert board._fan._title.text() == "Exclusive or: binary cross-entropy of 6 seeds"
    texts = board._words.texts()
    assert texts[0] == frame.sentence == board.description()
    better = int((frame.losses[:, -1] < frame.losses[4, -1]).sum())
    assert f"{better} of 5 others have a lower one" in texts[1]


def test_the_ends_are_in_order_and_the_chosen_one_is_ringed(board: FanBoard) -> None:
    frame = drawn(board, run_of(200, experiment=GIVEN["experiment"] | {"solved_accuracy": 0.8}))
    solved, rest, ring = board._ends._points
    ends = np.sort(frame.losses[:, -1])
    assert np.array_equal(np.sort(np.concatenate([solved.y, rest.y])), ends)
    assert len(solved.y) == frame.solved.sum()
    assert solved.name == "solved"
    assert ring.y == frame.losses[0, -1]
    assert ends[int(ring.x[0]) - 1] == ring.y[0]
    assert board._accuracies._title.text().startswith(
        f"{frame.solved.sum()} of 6 solved: accuracy 0.8"
    )


def test_a_click_on_a_curve_or_an_end_chooses_a_seed(qtbot: QtBot, board: FanBoard) -> None:
    frame = drawn(board, run_of())
    with qtbot.waitSignal(board.viewRequested) as asked, qtbot.waitSignal(board.released):
        board._fan.chosen.emit(3)
    assert asked.args == ["member", 3]
    with qtbot.waitSignal(board.viewRequested) as asked:
        board._ends.chosen.emit(1)
    assert asked.args == ["member", int(frame.order[1])]


def test_the_button_trains_the_chosen_seed_on_the_same_data(qtbot: QtBot, board: FanBoard) -> None:
    frame = drawn(board, run_of(), member=2)
    assert board._train.text() == "Train seed 22 alone"
    with qtbot.waitSignal(board.runRequested) as asked:
        board._train.click()
    changes = {"dataset": "xor"} | dict(asked.args[0])
    plain_parameters = load(Training, changes)
    plain = simulation_class(plain_parameters)(plain_parameters, torch.device("cpu"))
    advance(plain, 60)
    assert plain_parameters.experiment.kind == "train"
    losses = plain.frame(frozenset()).validation_loss  # type: ignore[attr-defined]
    assert np.allclose(losses, frame.losses[2], rtol=1e-4)


def test_an_exported_picture_has_no_button(board: FanBoard) -> None:
    drawn(board, run_of())
    assert board._train.isHidden()
    panel = board.window()
    panel.hide()
    panel.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen, on=False)
    panel.show()
    drawn(board, run_of())
    assert not board._train.isHidden()


def test_the_answers_of_another_seed_are_not_shown_for_this_one(board: FanBoard) -> None:
    run = run_of()
    frame = drawn(board, run, member=1)
    board.setView(TrainingView(member=5))
    assert board._plane._title.text() == "Seed 21, step 60"  # until its answers come
    assert board._fan._curves[-1].name == "seed 25"
    board.draw(run.frame(board.watch()))
    assert board._plane._title.text() == "Seed 25, step 60"
    board.setView(TrainingView(member=999))  # of a fan that had more
    assert board._fan._curves[-1].name == f"seed {frame.seeds[0]}"


def test_numbers_have_no_accuracies_and_pictures_no_plane(board: FanBoard) -> None:
    drawn(board, run_of(20, dataset="sine", network="wide"))
    assert board._accuracies.isHidden()
    assert board._answers.currentWidget() is board._fit
    assert not board._answers.isHidden()
    (curve,) = board._fit._curves
    assert np.isfinite(curve.y).all()
    dataset = {"kind": "mnist", "training_digits": 100}
    drawn(board, run_of(1, dataset=dataset, network="784-256-10"))
    assert board._answers.isHidden()
    assert not board._accuracies.isHidden()


def test_what_diverged_is_told(board: FanBoard) -> None:
    run = run_of(0)
    run._ensemble._points[2:4] = torch.nan
    advance(run, 20)
    drawn(board, run, member=3)
    assert board._ends._title.text() == "Where each is at step 20; 2 diverged"
    assert "Seed 23 has diverged." in board._words.texts()
    assert np.isnan(board._ends._points[-1].y).all()  # there is nothing to ring


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_is_drawn_in_both_themes(board: FanBoard, theme: Any) -> None:
    drawn(board, run_of())
    before = board._fan._bundle[0].color
    board._style.setTheme(theme)
    assert not board.grab().isNull()
    assert (board._fan._bundle[0].color == before) == (theme == "light")
