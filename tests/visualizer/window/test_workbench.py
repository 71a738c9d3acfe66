"""The window at work: forms, bars and panel against session and player, both ways."""

import threading
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.visualizer.toy_panel import Kick
from tests.visualizer.windows import ENDLESS, Bench, opened
from visualizer.panels.gradient_descent.loss_plot import LossPlot
from widgets.forms.field_editors import TextEditor
from widgets.forms.field_row import FieldRow
from widgets.forms.number_editors import NumberEditor
from widgets.forms.sections import VariantView

RATE = "balls.0.learning_rate"
ENDING = 'panel = "roll"\n[parameters]\ntolerance = 0.1\n[play]\nsteps_per_frame = 5\n'


def editor(bench: Bench, path: str) -> Any:
    view = bench.window.parameter_form.view(path)
    assert isinstance(view, FieldRow)
    return view.editor


# ---- time -------------------------------------------------------------------------------------


def test_the_transport_bar_moves_the_run(bench: Bench) -> None:
    bar = bench.window.transport
    bar.step.click()
    bench.shows(1)
    bench.qtbot.waitUntil(lambda: bar.counter.text() == "step 1 / 2,000")
    bar.step_back.click()
    bench.shows(0)
    bar.timeline.seekRequested.emit(30)
    bench.shows(30)
    bar.restart.click()
    bench.shows(0)
    bar.play.click()
    bench.plays()
    assert bar.isPlaying()
    bench.qtbot.waitUntil(lambda: (bench.step() or 0) > 2)
    bar.play.click()
    bench.plays(False)
    bar.loop.click()
    assert bench.session.play.loop
    assert bench.window.actions_by_key["toggle_loop"].isChecked()


def test_speed_goes_up_to_max_and_down_again(bench: Bench) -> None:
    speeds = []
    for key in ("faster", "faster", "full_speed", "faster", "slower", "slower"):
        bench.do(key)
        speeds.append(bench.session.play.steps_per_frame)
    assert speeds == [2, 3, 0, 0, 10_000, 5000]
    assert bench.window.transport.speed_read_out.text() == "×5,000 steps/frame"
    bench.session.set_play(steps_per_frame=0)
    assert bench.window.transport.speed_read_out.text() == "Max"


def test_all_that_counts_steps_shows_the_same_one(qtbot: QtBot) -> None:
    with opened(qtbot) as bench:
        bench.window.show()
        bench.open('panel = "gradient-descent"\n[play]\nframes_per_second = 30.0\n')
        losses = bench.window.findChild(LossPlot)
        assert losses is not None
        seen: list[tuple[str, str]] = []
        bench.player.frameReady.connect(
            lambda _: seen.append((bench.window.transport.counter.text(), losses._title.text()))
        )
        bench.do("toggle_play")
        qtbot.waitUntil(lambda: (bench.step() or 0) >= 20)
        bench.player.pause()
        bench.plays(False)
        assert len(seen) >= 20
        for counted, titled in seen:
            assert counted.removesuffix(" / 500") == titled.removeprefix("Loss, ")


@pytest.mark.parametrize(
    ("key", "start", "end"),
    [("step", 5, 6), ("step_back", 5, 4), ("step_many", 5, 15), ("step_back_many", 25, 15),
     ("step_back_many", 5, 0), ("restart", 5, 0)],
)  # fmt: skip
def test_actions_move_the_run(bench: Bench, key: str, start: int, end: int) -> None:
    bench.player.seek(start)
    bench.shows(start)
    bench.do(key)
    bench.shows(end)


def test_a_new_run_plays_if_the_old_one_played(bench: Bench) -> None:
    bench.do("toggle_play")
    bench.plays()
    bench.qtbot.waitUntil(lambda: (bench.step() or 0) > 1)
    editor(bench, "seed").number.numberEdited.emit(7)
    assert bench.value("seed") == 7
    bench.qtbot.waitUntil(lambda: not bench.player.journal() and (bench.step() or 0) > 1)
    assert bench.player.playing
    bench.do("toggle_play")
    bench.plays(False)
    editor(bench, "seed").number.numberEdited.emit(8)
    bench.shows(0)
    assert not bench.player.playing


def test_the_end_is_told_and_play_begins_again(bench: Bench) -> None:
    bench.open(ENDING)
    bench.do("toggle_play")
    bench.qtbot.waitUntil(lambda: bench.window.statusBar().currentMessage() != "")
    assert bench.window.statusBar().currentMessage() == "All balls are at rest."
    bench.workbench.edits.set_value("seed", 8)  # another run, of which that is not true
    assert bench.window.statusBar().currentMessage() == ""
    bench.plays()
    bench.plays(False)
    assert not bench.window.transport.isPlaying()
    end = bench.step()
    bench.player.rest()
    bench.workbench.edits.set_value("tolerance", 0.0)
    bench.shows(0)
    bench.do("undo")
    bench.qtbot.waitUntil(lambda: bench.step() == end)
    bench.do("toggle_play")
    bench.qtbot.waitUntil(lambda: (bench.step() or 0) < (end or 0))


def test_a_run_begun_at_the_end_plays_and_one_that_is_started_again_rests(bench: Bench) -> None:
    bench.open(ENDING)
    bench.do("toggle_play")
    bench.plays()
    bench.plays(False)
    bench.workbench.edits.set_value("seed", 8)
    bench.plays()
    bench.plays(False)
    bench.workbench.edits.set_value("noise.high", 1e-6)  # live: the run is touched
    bench.qtbot.waitUntil(lambda: len(bench.player.journal()) == 1)
    bench.do("restart")
    bench.shows(0)
    assert bench.player.journal() == ()
    assert not bench.player.playing
    bench.workbench.edits.set_value("seed", 9)
    bench.player.step(1)
    bench.shows(1)


def test_play_at_the_end_begins_with_what_was_changed_there(qtbot: QtBot) -> None:
    with opened(qtbot) as bench:
        bench.open('panel = "gradient-descent"\n[parameters]\nsteps = 5\n')
        bench.player.step(5)
        bench.shows(5)
        bench.workbench.edits.set_value("optimizers.0.learning_rate", 0.2)
        qtbot.waitUntil(lambda: len(bench.player.journal()) == 1)
        qtbot.waitUntil(lambda: bool(bench.player.position and bench.player.position.ended))
        bench.do("toggle_play")
        qtbot.waitUntil(lambda: bench.player.journal() == ())
        assert bench.value("optimizers.0.learning_rate") == 0.2
        assert bench.window.actions_by_key["undo"].text() == "Undo restart"


def test_a_loop_goes_on_with_what_was_changed_on_the_way(bench: Bench) -> None:
    bench.open(ENDING)
    bench.do("toggle_loop")
    bench.player.step(3)
    bench.shows(3)
    bench.workbench.edits.set_value("noise.high", 1e-6)
    bench.qtbot.waitUntil(lambda: len(bench.player.journal()) == 1)
    bench.do("toggle_play")
    bench.qtbot.waitUntil(lambda: bench.player.journal() == ())
    assert bench.value("noise.high") == 1e-6
    restarts = bench.session.undo_stack.count()
    seen: list[int] = []
    bench.player.positionChanged.connect(lambda position: seen.append(position.step))
    bench.qtbot.waitUntil(lambda: seen.count(0) >= 2)  # it comes round and round
    assert bench.session.undo_stack.count() == restarts


# ---- the forms --------------------------------------------------------------------------------


def test_a_drag_of_a_slider_is_one_entry(bench: Bench) -> None:
    number = editor(bench, RATE)
    assert isinstance(number, NumberEditor)
    assert number.slider is not None
    number.slider.setSliderDown(True)
    for _ in range(5):
        number.slider.setValue(number.slider.value() + 10)
    number.slider.setSliderDown(False)
    dragged = bench.value(RATE)
    assert dragged > 0.1
    assert number.number.number() == dragged
    assert bench.session.undo_stack.count() == 1
    bench.do("undo")
    assert bench.value(RATE) == 0.1
    assert number.number.number() == 0.1
    bench.do("redo")
    assert bench.value(RATE) == dragged


def test_undo_says_what_it_undoes(bench: Bench) -> None:
    undo, redo = (bench.window.actions_by_key[key] for key in ("undo", "redo"))
    assert (undo.text(), undo.isEnabled(), redo.isEnabled()) == ("Undo", False, False)
    bench.workbench.edits.set_value(RATE, 0.3)
    assert (undo.text(), undo.isEnabled()) == ("Undo change of learning rate", True)
    undo.trigger()
    assert (redo.text(), redo.isEnabled()) == ("Redo change of learning rate", True)


def test_a_mistake_is_marked_while_it_is_typed(bench: Bench) -> None:
    text = editor(bench, "balls.0.name")
    assert isinstance(text, TextEditor)
    text.line.setFocus()
    text.line.selectAll()
    QTest.keyClicks(text.line, "a name that is much too long")
    view = bench.window.parameter_form.view("balls.0.name")
    assert isinstance(view, FieldRow)
    assert "at most 20" in view.message()
    assert bench.value("balls.0.name") == "ball"
    text.line.selectAll()
    QTest.keyClicks(text.line, "short")
    assert view.message() == ""
    QTest.keyClick(text.line, Qt.Key.Key_Return)
    assert bench.value("balls.0.name") == "short"


def test_the_place_of_a_mistake_in_a_formula_is_underlined(qtbot: QtBot) -> None:
    with opened(qtbot) as bench:
        bench.open('panel = "gradient-descent"\n[parameters.objective]\nkind = "formula"\n')
        bench.show()
        bench.player.play()
        bench.plays()
        text = editor(bench, "objective.text")
        text.line.setFocus()
        text.line.selectAll()
        QTest.keyClicks(text.line, "x + rn(y)")
        assert text.line.mistake() == (4, 6)
        step = bench.step() or 0
        qtbot.waitUntil(lambda: (bench.step() or 0) > step)  # the old run goes on
        QTest.keyClick(text.line, Qt.Key.Key_Return)
        assert text.line.text() == "x + rn(y)"
        assert bench.value("objective.text") != "x + rn(y)"
        assert not bench.session.undo_stack.canUndo()


def test_rows_are_added_copied_moved_and_removed(bench: Bench) -> None:
    form = bench.window.parameter_form
    form.rowInserted.emit("balls", 1, {"name": "other"})
    form.rowMoved.emit("balls", 1, 0)
    assert [ball.name for ball in bench.value("balls")] == ["other", "ball"]
    form.rowRemoved.emit("balls", 0)
    assert [ball.name for ball in bench.value("balls")] == ["ball"]


def test_the_view_form_changes_only_the_view(bench: Bench) -> None:
    bench.player.seek(4)
    bench.shows(4)
    bench.window.view_form.edited.emit("log", True)
    bench.window.view_form.gestureFinished.emit()
    assert bench.session.view.log
    assert bench.step() == 4
    bench.do("undo")
    assert not bench.session.view.log


# ---- the panel --------------------------------------------------------------------------------


def test_gestures_on_the_panel_are_one_entry(bench: Bench) -> None:
    panel = bench.workbench.display.panel
    assert panel is not None
    for x in (1.0, 2.0, 3.0):
        panel.parameterRequested.emit("balls.0.start", (x, 0.0))
    panel.gestureFinished.emit()
    assert bench.session.undo_stack.count() == 1
    panel.actionRequested.emit(Kick())
    bench.qtbot.waitUntil(lambda: len(bench.player.journal()) == 1)
    assert bench.window.transport.timeline.property("marks") is None
    panel.viewRequested.emit("log", True)
    assert bench.session.undo_stack.count() == 3


def test_a_drag_on_the_map_moves_the_start(qtbot: QtBot) -> None:
    with opened(qtbot) as bench:
        bench.open('panel = "gradient-descent"\n')
        bench.show()
        panel = bench.workbench.display.panel
        assert panel is not None
        place = QPoint(round(panel.width() * 0.7), round(panel.height() * 0.3))
        target = panel.childAt(place)
        assert target is not None
        inside = target.mapFrom(panel, place)
        starts = []
        QTest.mousePress(target, Qt.MouseButton.LeftButton, pos=inside)
        for i in range(1, 6):
            QTest.mouseMove(target, inside + QPoint(6 * i, 4 * i))
            starts.append(bench.value("start"))
        QTest.mouseRelease(target, Qt.MouseButton.LeftButton, pos=inside + QPoint(30, 20))
        assert None not in starts
        assert len(set(starts)) > 2
        assert bench.session.undo_stack.count() == 1
        bench.do("undo")
        assert bench.value("start") is None


def test_the_panel_says_in_words_what_is_to_be_seen(qtbot: QtBot) -> None:
    with opened(qtbot) as bench:
        bench.open('panel = "gradient-descent"\n')
        panel = bench.workbench.display.panel
        assert panel is not None
        bench.player.step(3)
        bench.shows(3)
        assert "After 3 steps" in panel.accessibleDescription()


# ---- what goes wrong --------------------------------------------------------------------------


def test_a_failure_stands_in_the_banner_until_there_is_a_run_again(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with opened(qtbot) as bench:
        bench.open('panel = "gradient-descent"\n')
        bench.show()
        bench.workbench.edits.set_value("objective.data", "csv")
        bench.session.end_gesture()
        bench.shows(0)
        line = editor(bench, "objective.data.file").line
        line.setFocus()
        line.setText("file:nowhere.csv")
        line.commit()
        qtbot.waitUntil(lambda: bench.told() != "")
        assert "nowhere.csv" in bench.told()
        assert not bench.window.banner.details_button.isVisible()  # the program did what it should
        view = bench.window.parameter_form.view("objective.data.file")
        assert isinstance(view, FieldRow)
        assert view.message() == bench.told()
        assert line.text() == "file:nowhere.csv"  # what was typed is not lost
        assert bench.value("objective.data.file") != line.text()
        QTest.keyClick(line, Qt.Key.Key_Escape)
        assert line.text() == bench.value("objective.data.file")
        assert view.message() == ""
        bench.workbench.edits.set_value("steps", 50)
        qtbot.waitUntil(lambda: bench.told() == "")


CONSTANT = "id,weight,height\n1,2,3\n1,3,5\n1,4,6\n"  # "id", which comes first, determines no line


def column_choices(bench: Bench) -> list[str]:
    view = bench.window.parameter_form.view("objective.data.x_column")
    assert isinstance(view, FieldRow)
    return [choice.label for choice in view.field.choices]


def test_a_table_that_was_refused_offers_its_columns_and_is_mended_by_one(
    qtbot: QtBot, tmp_path: Path
) -> None:
    table = tmp_path / "constant.csv"
    table.write_text(CONSTANT)
    with opened(qtbot) as bench:
        bench.open('panel = "gradient-descent"\n')
        bench.show()
        bench.workbench.edits.set_value("objective.data", "csv")
        bench.shows(0)
        in_force = column_choices(bench)
        line = editor(bench, "objective.data.file").line
        line.offer(str(table))
        qtbot.waitUntil(lambda: bench.told() != "")
        assert column_choices(bench) == ["Automatic", "id", "weight", "height"]
        bench.workbench.edits.set_value("noise", 0.5)  # of no account here
        assert column_choices(bench) == ["Automatic", "id", "weight", "height"]
        line.revert()
        assert column_choices(bench) == in_force
        line.offer(str(table))
        qtbot.waitUntil(lambda: "id" in column_choices(bench))
        editor(bench, "objective.data.x_column").box.chosen.emit("weight")
        qtbot.waitUntil(lambda: bench.told() == "")
        bench.shows(0)
        assert bench.value("objective.data.file") == f"file:{table}"
        assert bench.value("objective.data.x_column") == "weight"


def test_a_dropped_table_that_was_refused_is_mended_or_left(qtbot: QtBot, tmp_path: Path) -> None:
    table = tmp_path / "constant.csv"
    table.write_text(CONSTANT)
    with opened(qtbot) as bench:
        bench.open('panel = "gradient-descent"\n')
        bench.workbench.open_path(table)
        qtbot.waitUntil(lambda: bench.told() != "")
        assert bench.value("objective.data.kind") == "two points"
        kind = bench.window.parameter_form.view("objective.data")
        assert isinstance(kind, VariantView)
        assert kind.row.message() == bench.told()
        assert "id" in column_choices(bench)
        kind.row.editor.edited.emit("two points")
        assert bench.window.parameter_form.view("objective.data.file") is None
        bench.workbench.open_path(table)
        qtbot.waitUntil(lambda: bench.window.parameter_form.view("objective.data.file") is not None)
        qtbot.waitUntil(lambda: bool(kind.row.message()))
        editor(bench, "objective.data.x_column").box.chosen.emit("height")
        qtbot.waitUntil(lambda: bench.told() == "")
        assert bench.value("objective.data.x_column") == "height"
        assert not kind.row.message()


def test_a_shipped_scene_is_opened_from_the_menu(qtbot: QtBot) -> None:
    with opened(qtbot) as bench:
        bench.open('panel = "gradient-descent"\n')
        scenes = bench.window.choices.actions()["Scene"]
        named = {action.text(): action for action in scenes}
        assert all(isinstance(action, QAction) and action.shortcut() for action in scenes[:9])
        named["One dimension"].trigger()
        bench.plays()
        assert bench.value("objective.kind") == "curve"
        bench.window.choices.actions()["Panel"][0].trigger()
        qtbot.waitUntil(lambda: bench.value("objective.kind") == "line")


# ---- the end ----------------------------------------------------------------------------------


def test_closing_ends_the_thread_in_the_middle_of_everything(qtbot: QtBot, toy: Any) -> None:
    with opened(qtbot) as bench:
        bench.open(ENDLESS)
        bench.do("full_speed")
        bench.player.play()
        bench.plays()
        bench.player.seek(1500)
        bench.do("export")
        before = threading.active_count()
        bench.window.close()
        assert bench.player._thread is None
        assert bench.workbench._export is None
        assert threading.active_count() <= before
        bench.player.play()  # too late, and no harm


def test_nothing_of_the_view_is_said_to_start_a_new_run(bench: Bench) -> None:
    row = bench.window.view_form.view("log")
    assert isinstance(row, FieldRow)
    assert row.field.live


def test_a_start_chosen_on_the_map_plays_when_the_run_has_ended(qtbot: QtBot) -> None:
    with opened(qtbot) as bench:
        bench.open('panel = "gradient-descent"\n[parameters]\nsteps = 500\n')
        panel = bench.window.stage.currentWidget()
        panel.parameterRequested.emit("start", (0.0, 1.0))
        bench.shows(0)
        assert not bench.player.playing  # it was paused
        bench.do("full_speed")
        bench.do("toggle_play")
        bench.plays()
        bench.plays(False)
        panel.parameterRequested.emit("start", (1.0, 1.0))
        qtbot.waitUntil(lambda: bench.player.playing)
        assert bench.value("start") == (1.0, 1.0)


def test_a_long_sentence_is_elided_in_the_status_bar_and_whole_in_its_tooltip(
    bench: Bench,
) -> None:
    bar = bench.window.statusBar()
    bench.window.tell("Short.")
    assert (bar.currentMessage(), bar.toolTip()) == ("Short.", "")
    sentence = "SGD converged after 25 steps. " * 20
    bench.window.tell(sentence)
    assert bar.currentMessage().endswith("…")
    assert sentence.startswith(bar.currentMessage()[:-1])
    assert bar.toolTip() == sentence


def test_the_buttons_of_the_transport_bar_name_their_keys(bench: Bench) -> None:
    assert bench.window.transport.step_back.toolTip() == "Go one step back (Left)"
    assert bench.window.transport.play.toolTip() == "Play or pause (Space)"
