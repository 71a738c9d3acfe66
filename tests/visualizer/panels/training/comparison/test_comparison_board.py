"""What is shown of runs side by side, and what is asked for when one is to be set otherwise."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from PySide6.QtCore import QSize
from pytestqt.qtbot import QtBot

from kernels.editing import load, with_value
from kernels.simulation import advance
from kernels.training.comparison.frame import ComparisonFrame
from kernels.training.comparison.parameters import MOST_RUNS
from kernels.training.experiments import simulation_class
from kernels.training.parameters import Training
from kernels.training.seen.response import RESPONSE
from tests.widgets.drawing import laid_out
from visualizer.panels.training.comparison.comparison_board import ComparisonBoard
from visualizer.panels.training.panel import TrainingPanel
from visualizer.panels.training.view import TrainingView
from widgets.forms.field_row import FieldRow

RATE = "optimizer.learning_rate"
BRANCH = {"from_step": 20, "name": "later", "settings": f"{RATE} = 0.1"}


def compared(*runs: dict[str, Any], **given: Any) -> Training:
    return load(Training, {"experiment": {"kind": "comparison", "runs": runs}, **given})


def frame_of(parameters: Training, at: int) -> ComparisonFrame:
    run = simulation_class(parameters)(parameters, torch.device("cpu"))
    advance(run, at)
    frame = run.frame(frozenset({RESPONSE}))
    assert isinstance(frame, ComparisonFrame)
    return frame


def shown(panel: TrainingPanel, parameters: Training, at: int) -> ComparisonBoard:
    """The board with a frame of `parameters` after `at` steps."""
    panel.setParameters(parameters)
    panel.prepare(QSize(1000, 640))
    panel.draw(frame_of(parameters, at))
    board = panel._board()
    assert isinstance(board, ComparisonBoard)
    return board


def test_each_run_has_its_picture_curves_and_row(panel: TrainingPanel) -> None:
    parameters = compared(BRANCH, {"settings": "batch_size = 50"})
    board = shown(panel, parameters, 60)
    frame = board._frame
    assert frame is not None
    names = ("this run", "later", "batch size 50")
    assert frame.names == names
    assert [p.key.entries()[0].name for p in board._pictures] == list(names)
    for index, picture in enumerate(board._pictures):
        run = frame.runs[index]
        assert run is not None
        expected = picture.plane._regions(run.response, sharp=False)
        image = picture.plane._image
        assert image is not None
        color = image.pixelColor(10, 20)  # row 0 of the picture is the highest
        assert (color.red(), color.green(), color.blue()) == tuple(expected[200 - 1 - 20, 10])
    told = [(curve.name, curve.color, curve.dash) for curve in board._losses._curves]
    marks = [panel._style.mark(index) for index in range(3)]
    expected_curves = [
        (f"{name}, {kind}", mark.color, mark.dash)
        for name, mark in zip(names, marks, strict=True)
        for kind in ("training", "validation")
    ]
    assert told == expected_curves
    rows = board._readout._rows
    assert [(row.name, row.color) for row in rows] == [
        (name, mark.color) for name, mark in zip(names, marks, strict=True)
    ]
    assert board._readout._table._model.headings == (
        "learning rate", "batch size", "validation", "right", "training",
    )  # fmt: skip
    last = frame.runs[1]
    assert last is not None
    losses = float(last.validation_loss[-1]), float(last.train_loss[-1])
    right = f"{last.validation_accuracy[-1]:.1%}"
    assert rows[1].values == ("0.1", "not set", losses[0], right, losses[1])
    assert f"later validation loss {last.validation_loss[-1]:.4g}" in panel.description()


def test_a_branch_begins_on_the_curve_of_the_first_run(panel: TrainingPanel) -> None:
    board = shown(panel, compared(BRANCH), 60)
    frame = board._frame
    assert frame is not None
    assert frame.runs[0] is not None
    later = next(c for c in board._losses._curves if c.name == "later, validation")
    assert later.x.tolist() == [20, 30, 40, 50, 60]
    (mark,) = board._losses._points
    at = frame.runs[0].measured_at.tolist().index(20)
    assert (mark.x.tolist(), mark.y[0]) == ([20], frame.runs[0].validation_loss[at])
    assert later.y[0] == mark.y[0]
    assert later.y[-1] != frame.runs[0].validation_loss[-1]
    (rule,) = board._losses._rules
    assert (rule.value, rule.label) == (20, "branch at 20")


def test_the_step_of_the_numbers_is_told(panel: TrainingPanel) -> None:
    board = shown(panel, compared({}), 20)
    assert "Measured at step 20: validation bold, training thin." in board._readout._said
    frame = board._frame
    assert frame is not None
    board.draw(replace(frame, step=23))
    assert "Measured at step 20: validation bold, training thin." in board._readout._said


def test_before_it_branches_off_it_is_that_run(panel: TrainingPanel) -> None:
    board = shown(panel, compared(BRANCH), 10)
    names = [picture.key.entries()[0].name for picture in board._pictures]
    assert names == ["this run", "later: this run until step 20"]
    assert len(board._losses._curves) == 2
    assert board._losses._rules == ()
    assert board._readout._table._model.headings[-1] == "step"  # while they are not alike
    assert board._readout._rows[1].values[1:] == ("", "", "", "from 20")


def test_that_nothing_differs_is_told_and_how_runs_end(panel: TrainingPanel) -> None:
    board = shown(panel, compared({"from_step": 5}), 10)
    assert "Nothing differs yet" in board._readout._words.texts()[0]
    board = shown(panel, compared({"settings": "epochs = 1"}, epochs=1), 30)
    assert board._readout._words.texts()[1] == "All runs: All 1 epochs are over."


def test_seven_runs_in_two_rows_and_back_to_two(panel: TrainingPanel) -> None:
    many = compared(*({"settings": f"seed = {i + 1}"} for i in range(MOST_RUNS)))
    board = shown(panel, many, 10)
    assert [row.count() for row in board._rows] == [4, 3]
    board = shown(panel, compared({}), 10)
    assert [row.count() for row in board._rows] == [2, 0]


def test_curves_of_numbers_and_pictures(panel: TrainingPanel) -> None:
    line = compared({"settings": "l2 = 0.1"}, dataset="sine", network="wide")
    board = shown(panel, line, 20)
    frame = board._frame
    assert frame is not None
    for picture, run in zip(board._pictures, frame.runs, strict=True):
        (curve,) = picture.fit._curves
        assert run is not None
        assert np.array_equal(curve.y, run.response[:, 0])
    assert "right" not in board._readout._table._model.headings
    digits = compared(
        {"settings": "seed = 1"},
        dataset={"kind": "mnist", "training_digits": 200},
        network="784-256-10",
    )
    board = shown(panel, digits, 5)
    assert board._pictures == []
    assert not board._accuracies.isHidden()
    assert len(board._accuracies._curves) == 4


def test_a_setting_is_asked_for_with_the_editor_of_the_form(
    qtbot: QtBot, panel: TrainingPanel
) -> None:
    parameters = compared({"from_step": 20}, {"settings": "seed = 3"})
    board = shown(panel, parameters, 30)
    asked: list[tuple[str, Any]] = []
    panel.parameterRequested.connect(lambda *told: asked.append(told))
    editor = board._editor
    assert editor.run.choice() == 2
    editor.run.setCurrentIndex(0)
    assert editor.setting.choice() == RATE  # what is offered first
    view = editor.view()
    assert isinstance(view, FieldRow)
    with qtbot.waitSignal(panel.gestureFinished):
        view.editor._give(0.25)
    assert asked == [("experiment.runs.0.settings", f"{RATE} = 0.25")]
    panel.setParameters(with_value(parameters, *asked[0]))
    assert editor.run.choice() == 1
    editor.setting.setCurrentIndex(editor.setting.findText("L2"))
    view = editor.view()
    assert view is not None
    assert view.field.path == "l2"
    editor._context.edited.emit("l2", 0.5)
    assert asked[-1] == ("experiment.runs.0.settings", f"l2 = 0.5; {RATE} = 0.25")
    assert editor.run.toolTip() == editor.run.currentText()
    assert editor.setting.toolTip() == editor.setting.currentText()
    editor._context.edited.emit("l2", -1)
    assert "at least 0" in view.sentence.text()
    assert len(asked) == 2


def test_only_what_acts_meanwhile_is_offered_for_a_branch(panel: TrainingPanel) -> None:
    board = shown(panel, compared({"from_step": 20}), 5)
    offered = [board._editor.setting.itemText(i) for i in range(board._editor.setting.count())]
    assert "Optimizer: Learning rate" in offered
    assert "Batch size" not in offered
    panel.setParameters(compared({"from_step": 20}, {}))  # a new one is chosen
    offered = [board._editor.setting.itemText(i) for i in range(board._editor.setting.count())]
    assert {"Batch size", "Data: Noise", "Optimizer", "Network"} <= set(offered)


def test_no_editor_in_an_exported_picture(panel: TrainingPanel) -> None:
    assert shown(panel, compared({}), 5)._editor.isHidden()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_is_drawn_in_both_themes(panel: TrainingPanel, theme: Any) -> None:
    shown(panel, compared(BRANCH), 30)
    panel.setView(TrainingView(log_loss=False))
    panel._style.setTheme(theme)
    laid_out(panel, 800, 500)
    assert panel.grab().toImage().width() == 800


def test_where_a_run_can_branch_off(panel: TrainingPanel) -> None:
    (change,) = panel.branchParameters(Training(), 1200) or ()
    branched = with_value(Training(), *change)
    (run,) = branched.experiment.runs
    assert (run.from_step, run.settings) == (1200, "")
    (change,) = panel.branchParameters(branched, 900) or ()
    again = with_value(branched, *change)
    assert [run.from_step for run in again.experiment.runs] == [1200, 900]
    full = compared(*({"from_step": i} for i in range(MOST_RUNS)))
    assert panel.branchParameters(full, 5) is None
    assert panel.branchParameters(load(Training, {"experiment": "finder"}), 5) is None


def test_on_a_screen_the_pictures_come_in_turn(qtbot: QtBot, panel: TrainingPanel) -> None:
    parameters = compared(BRANCH, {})
    panel.setParameters(parameters)
    panel.resize(900, 600)
    panel.show()
    panel.draw(frame_of(parameters, 30))
    board = panel._board()
    assert isinstance(board, ComparisonBoard)
    assert not board._editor.isHidden()
    assert board._stale == [1, 2]
    panel.draw(frame_of(parameters, 40))
    assert board._stale == [2, 0]  # none waits for ever
    qtbot.waitUntil(lambda: not board._stale)
    names = [picture.key.entries()[0].name for picture in board._pictures]
    assert names == ["this run", "later", "run 2"]


def test_the_rows_of_the_form_have_the_marks_of_the_curves(panel: TrainingPanel) -> None:
    marks = panel.rowMarks(compared({}, {}))
    assert list(marks["experiment.runs"]) == [panel._style.mark(1), panel._style.mark(2)]
    assert panel.rowMarks(Training()) == {}
