"""One step in slow motion: what each phase shows of real runs, and what gestures ask for."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from PySide6.QtCore import QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QScrollArea
from pytestqt.qtbot import QtBot

from kernels.editing import load
from kernels.simulation import advance
from kernels.training.experiments import simulation_class
from kernels.training.frame import TrainingFrame
from kernels.training.inside.inside import INSIDE
from kernels.training.parameters import Training
from kernels.training.seen.response import RESPONSE
from tests.widgets.drawing import like, picture
from visualizer.panels.training.panel import TrainingPanel
from visualizer.panels.training.run.training_board import TrainingBoard
from visualizer.panels.training.step.step_board import StepBoard
from visualizer.panels.training.step.step_sheet import BY_TORCH, LARGEST, PACE, StepSheet
from visualizer.panels.training.view import PHASES, TrainingView
from widgets.numbers import format_number
from widgets.style import Style

DIGITS = {
    "dataset": {"kind": "mnist", "training_digits": 500},
    "network": "cnn-25k",
    "batch_size": 50,
}


def frame_of(at: int = 30, **given: Any) -> tuple[Training, TrainingFrame]:
    parameters = load(Training, given)
    run = simulation_class(parameters)(parameters, torch.device("cpu"))
    advance(run, at)
    frame = run.frame(frozenset({INSIDE, RESPONSE}))
    assert isinstance(frame, TrainingFrame)
    return parameters, frame


def looking(qtbot: QtBot, parameters: Training, frame: TrainingFrame, **view: Any) -> StepSheet:
    """The sheet in a panel that follows what it asks of the view."""
    panel = TrainingPanel(Style())
    qtbot.addWidget(panel)
    views = [TrainingView(inside=True, **view)]

    def follow(path: str, value: object) -> None:
        views.append(views[-1].model_copy(update={path: value}))
        panel.setView(views[-1])

    panel.viewRequested.connect(follow)
    panel.setView(views[0])
    panel.setParameters(parameters)
    panel.prepare(QSize(1100, 700))
    panel.draw(frame)
    board = panel._board()
    assert isinstance(board, StepBoard)
    return board._sheet


def rows_of(sheet: StepSheet) -> dict[str, tuple[Any, ...]]:
    return {row.name: row.values for row in sheet._table._model.rows}


def test_the_panel_looks_inside_only_where_it_is_asked_to(qtbot: QtBot) -> None:
    panel = TrainingPanel(Style())
    qtbot.addWidget(panel)
    panel.setParameters(Training())
    assert INSIDE not in panel.watch()
    with qtbot.waitSignal(panel.watchChanged):
        panel.setView(TrainingView(inside=True))
    assert isinstance(panel._board(), StepBoard)
    assert INSIDE in panel.watch()
    panel.setParameters(load(Training, {"experiment": "finder"}))
    assert INSIDE not in panel.watch()
    panel.setParameters(Training())
    panel.setView(TrainingView())
    assert isinstance(panel._board(), TrainingBoard)


def test_a_frame_without_a_look_inside_keeps_the_sheet(qtbot: QtBot) -> None:
    parameters, frame = frame_of()
    sheet = looking(qtbot, parameters, frame)
    told = sheet._words.text()
    assert told.startswith("Step 31 takes 10 of 250")
    run = simulation_class(parameters)(parameters, torch.device("cpu"))
    panel = sheet.parent()
    while not isinstance(panel, TrainingPanel):
        panel = panel.parent()
    panel.draw(run.frame())
    assert sheet._words.text() == told == panel.description()


def test_the_batch_is_ringed_and_the_chosen_sample_is_marked(qtbot: QtBot) -> None:
    parameters, frame = frame_of()
    sheet = looking(qtbot, parameters, frame, sample=4, batch=False)
    plane = sheet._picture._plane
    assert sheet._picture._pages.currentWidget() is plane
    assert frame.inside is not None
    inputs = frame.plan.dataset.train.inputs[frame.inside.samples]
    rings = plane._layers["batch"][-1]
    assert np.array_equal(np.sort(rings.x), np.sort(inputs[:, 0]))
    (chosen,) = plane._layers["chosen"]
    assert (chosen.x[0], chosen.y[0]) == tuple(inputs[3])
    rows = list(rows_of(sheet).items())
    assert rows[3][0] == f"Sample {frame.inside.samples[3]}"
    assert rows[3][1][1:] == tuple(float(v) for v in inputs[3])
    colors = [row.color for row in sheet._table._model.rows]
    assert [c is not None for c in colors] == [index == 3 for index in range(10)]


def test_forward_has_the_numbers_of_the_chosen_sample(qtbot: QtBot) -> None:
    parameters, frame = frame_of()
    sheet = looking(qtbot, parameters, frame, phase="forward", sample=2)
    assert frame.inside is not None
    assert frame.inside.row is not None
    network = sheet._picture._network
    assert sheet._picture._pages.currentWidget() is network
    wanted = [format_number(float(v), 2) for v in frame.inside.row.activations[0][1]]
    assert list(network._values.words[1]) == wanted
    assert np.array_equal(network._values.weights[0], frame.weights[0])
    rows = rows_of(sheet)
    assert list(rows) == ["linear1", "tanh1", "linear2", "tanh2", "output"]
    assert rows["tanh1"][0] == "10 × 4"
    assert rows["tanh1"][1] == frame.inside.layers[1].mean


def test_loss_has_a_row_for_each_sample_and_their_mean(qtbot: QtBot) -> None:
    parameters, frame = frame_of()
    sheet = looking(qtbot, parameters, frame, phase="loss")
    assert frame.inside is not None
    rows = list(rows_of(sheet).items())
    losses = [values[0] for _, values in rows[:-1]]
    assert rows[-1] == ("Mean of all 10", (frame.inside.loss,))
    assert np.mean(losses) == pytest.approx(frame.inside.loss, rel=1e-6)
    for (_, (loss, target, says, share)), sample in zip(rows, frame.inside.samples, strict=False):
        assert target == "AB"[frame.plan.dataset.train.targets[sample]]
        assert loss == pytest.approx(-np.log(share), rel=1e-4)
        assert (says == target) == (share > 0.5)


def test_backward_has_gradients_on_the_links(qtbot: QtBot) -> None:
    parameters, frame = frame_of()
    sheet = looking(qtbot, parameters, frame, phase="backward")
    assert frame.inside is not None
    assert frame.inside.row is not None
    network = sheet._picture._network
    assert np.array_equal(network._values.weights[1], frame.inside.row.weight_gradients[1])
    shown = (*network._values.weights, *network._values.biases)
    largest = max(np.abs(gradient).max() for gradient in shown)
    assert network._values.strength(np.float64(largest)) == pytest.approx(0.75)
    row = rows_of(sheet)["output.weight"]
    assert row == ("1 × 2", frame.inside.tensors[4].gradient)
    assert rows_of(sheet)["All together"] == ("", frame.inside.gradient_norm)


def test_penalties_and_clipping_have_columns_of_their_own(qtbot: QtBot) -> None:
    optimizer = {"kind": "sgd", "clip_norm": 0.01}
    parameters, frame = frame_of(l1=0.01, l2=0.1, optimizer=optimizer)
    sheet = looking(qtbot, parameters, frame, phase="backward")
    assert sheet._table._model.headings == ("shape", "‖∇L‖", "L1", "L2", "optimizer gets")
    rows = rows_of(sheet)
    assert rows["linear1.bias"][2:4] == (None, None)
    assert all(value > 0 for value in rows["linear1.weight"][1:])
    assert rows["All together"][-1] == pytest.approx(0.01, rel=1e-3)


def test_update_has_the_rule_and_the_ratios(qtbot: QtBot) -> None:
    parameters, frame = frame_of()
    sheet = looking(qtbot, parameters, frame, phase="update")
    assert frame.inside is not None
    assert frame.inside.rule is not None
    assert sheet._picture._rule._title.text() == frame.inside.rule.title
    norm, update, ratio = rows_of(sheet)["linear1.weight"]
    assert ratio == update / norm
    assert f"to {frame.inside.loss_after:.4g}"[:7] in sheet._words.text()


def test_the_rule_and_a_long_table_have_one_bar_together(qtbot: QtBot) -> None:
    parameters, frame = frame_of(3, **DIGITS)
    sheet = looking(qtbot, parameters, frame, phase="update")
    rule, table = sheet._picture._rule, sheet._table
    outer = sheet.findChild(QScrollArea, options=Qt.FindChildOption.FindDirectChildrenOnly)
    bars = [area.verticalScrollBar() for area in (outer, rule, table)]
    sheet.window().resize(700, 400)
    qtbot.waitUntil(lambda: bars[0].maximum() > 0)
    assert [bar.maximum() for bar in bars[1:]] == [0, 0]
    sheet.window().resize(1100, 1000)
    qtbot.waitUntil(lambda: bars[0].maximum() == 0)
    assert [bar.maximum() for bar in bars[1:]] == [0, 0]
    sheet.window().resize(700, 400)
    QTest.mouseClick(sheet._strip._group.button(PHASES.index("loss")), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bars[0].maximum() == 0)  # the picture stays, the table is scrolled
    assert bars[2].maximum() > 0


def test_a_method_without_a_rule_for_each_number_shows_its_updates(qtbot: QtBot) -> None:
    parameters, frame = frame_of(optimizer="adafactor")
    sheet = looking(qtbot, parameters, frame, phase="update")
    assert frame.inside is not None
    assert frame.inside.row is not None
    network = sheet._picture._network
    assert sheet._picture._pages.currentWidget() is network
    assert np.array_equal(network._values.weights[0], frame.inside.row.weight_updates[0])
    assert network._quantity == ("update", "update of bias")


def test_a_row_of_samples_that_is_clicked_is_chosen(qtbot: QtBot) -> None:
    parameters, frame = frame_of()
    sheet = looking(qtbot, parameters, frame, phase="loss")
    table = sheet._table
    chosen: list[int] = []
    sheet.sampleRequested.connect(chosen.append)
    for row in (5, 10):  # the last one is that of the mean
        at = table.visualRect(table.model().index(row, 1)).center()
        QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert chosen == [5]
    assert sheet._picture._title.text().startswith(f"Sample {frame.inside.samples[5]}:")  # type: ignore[union-attr]
    assert table._model.rows[5].color is not None


def test_stages_are_chosen_in_any_order(qtbot: QtBot) -> None:
    parameters, frame = frame_of()
    sheet = looking(qtbot, parameters, frame)
    buttons = sheet._strip._group
    for index, words in ((2, "Binary cross-entropy"), (4, "Adam"), (3, "The chain rule")):
        QTest.mouseClick(buttons.button(index), Qt.MouseButton.LeftButton)
        assert sheet._words.text().startswith(words)
        assert sheet._strip.stage() == index


def test_on_a_screen_every_formula_of_a_phase_is_set_in_a_thread(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    parameters, frame = frame_of()
    sheet = looking(qtbot, parameters, frame)
    window = sheet.window()
    window.hide()
    window.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen, False)
    with qtbot.waitExposed(window):
        window.show()
    asked: list[str] = []
    monkeypatch.setattr(
        "widgets.formula._Typesetter.ask", lambda _, tex, is_wanted: asked.append(tex)
    )
    assert frame.inside is not None
    assert frame.inside.rule is not None
    buttons = sheet._strip._group
    QTest.mouseClick(buttons.button(PHASES.index("update")), Qt.MouseButton.LeftButton)
    assert len(asked) == 2 * len(frame.inside.rule.terms)  # the one of the phase is not seen
    asked.clear()
    QTest.mouseClick(buttons.button(PHASES.index("loss")), Qt.MouseButton.LeftButton)
    assert asked == [frame.inside.phases[PHASES.index("loss")].formula]
    assert sheet._filler.isActive()
    window.hide()


def test_the_letters_of_the_table_are_as_large_as_fits(qtbot: QtBot) -> None:
    parameters, frame = frame_of()
    sheet = looking(qtbot, parameters, frame, phase="loss")
    base, room = sheet._style.factor(), sheet._table.size()
    growth = sheet._large.factor() / base
    need = sheet._table.sizeIn(Style(factor=base * growth))
    assert need.width() <= room.width()
    assert need.height() <= room.height()
    assert 1.0 < growth < LARGEST
    more = sheet._table.sizeIn(Style(factor=base * LARGEST))
    assert more.width() > room.width() or more.height() > room.height()
    assert sheet._table.sizeIn(sheet._large) == sheet._table.sizeHint()


def test_the_step_is_played_through_its_phases_once(qtbot: QtBot) -> None:
    parameters, frame = frame_of()
    sheet = looking(qtbot, parameters, frame, phase="loss")
    phases: list[str] = []
    sheet.phaseRequested.connect(phases.append)
    ended: list[bool] = []
    sheet.released.connect(lambda: ended.append(True))
    steps: list[int] = []
    sheet.stepRequested.connect(steps.append)
    QTest.mouseClick(sheet._button, Qt.MouseButton.LeftButton)
    assert steps == [0]
    assert sheet._timer.isActive()
    assert sheet._timer.interval() == PACE
    for _ in PHASES:
        sheet._timer.timeout.emit()
    assert phases == [*PHASES, PHASES[0]]  # of the next step
    assert steps == [0, 1]
    assert not sheet._timer.isActive()
    assert ended == [True]
    QTest.mouseClick(sheet._button, Qt.MouseButton.LeftButton)
    assert sheet._button.text() == "Stop"
    QTest.mouseClick(sheet._button, Qt.MouseButton.LeftButton)
    assert not sheet._timer.isActive()
    QTest.mouseClick(sheet._button, Qt.MouseButton.LeftButton)
    sheet.hide()
    assert not sheet._timer.isActive()


def test_it_says_that_the_steps_of_the_run_are_compiled(qtbot: QtBot) -> None:
    parameters, frame = frame_of()
    told = looking(qtbot, parameters, frame)._words.text()
    compiled = replace(frame, plan=replace(frame.plan, engine="compiled"))
    words = looking(qtbot, parameters, compiled)._words.text()
    assert words == f"{told} {BY_TORCH}"


def test_pictures_are_shown_and_chosen(qtbot: QtBot) -> None:
    parameters, frame = frame_of(3, **DIGITS)
    sheet = looking(qtbot, parameters, frame, sample=3)
    tiles = sheet._picture._tiles
    assert sheet._picture._pages.currentWidget() is tiles
    assert sheet._table.isHidden()
    assert sheet._picture._title.text() == "The first 40 of 50 pictures of the batch"
    assert tiles._colors[2] == "accent"
    tiles.chosen.emit(7)
    assert tiles._colors[7] == "accent"
    assert frame.inside is not None
    for phase in PHASES[1:]:
        QTest.mouseClick(sheet._strip._group.button(PHASES.index(phase)), Qt.MouseButton.LeftButton)
        assert not sheet._table.isHidden()
        assert sheet._picture.isHidden() == (phase == "backward")
    assert list(rows_of(sheet)) == [tensor.name for tensor in frame.inside.tensors]


@pytest.mark.parametrize(
    "given",
    [
        {"dataset": "sine", "network": "wide"},
        {"dataset": "multi-gauss", "loss": "huber"},
        {"dataset": {"kind": "gaussians", "clouds": 4}, "optimizer": "sgd"},
        {"dataset": "circle", "network": "linear"},
    ],
    ids=["line", "numbers", "classes", "linear"],
)
@pytest.mark.parametrize("phase", PHASES)
def test_every_phase_is_drawn_of_every_kind_of_data(
    qtbot: QtBot, given: dict[str, Any], phase: str
) -> None:
    parameters, frame = frame_of(3, **given)
    sheet = looking(qtbot, parameters, frame, phase=phase)
    assert sheet._words.text().endswith(".")
    assert sheet._formula.isFormula() != sheet._formula.isHidden()  # then it is in the rule
    assert sheet._table._model.rows
    assert not sheet._picture.isHidden()
    pixels = picture(sheet)
    assert like(pixels, sheet._style.theme().text).sum() > 300
    sheet._style.setTheme("dark")
    assert like(picture(sheet), sheet._style.theme().base, 10).mean() > 0.3
