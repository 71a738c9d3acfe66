"""Every kind of editor in both directions: what it shows of a field, and what it reports."""

from typing import Any

import pytest
from PySide6.QtCore import QEvent, QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QKeyEvent
from PySide6.QtWidgets import QApplication, QCheckBox, QFileDialog
from pytestqt.qtbot import QtBot

from tests.widgets.drawing import laid_out, svg_of
from tests.widgets.fields import (
    CLIP,
    COUNT,
    DATA,
    DOMAIN,
    ENGINE,
    FLAG,
    FORMULA,
    LAYERS,
    MODE,
    RATE,
    SEED,
    START,
    Choice,
    Field,
)
from tests.widgets.forms.recorder import Recorder, enter
from widgets.forms.choice_field import ChoiceBox, SegmentedChoice
from widgets.forms.number_field import NumberField
from widgets.forms.text_field import FileField, TextField
from widgets.style import Style
from widgets.theme import apply_theme


def test_a_number_is_shown_short_and_kept_in_full(qtbot: QtBot) -> None:
    seen = Recorder([RATE], qtbot)
    number = seen.part("rate", NumberField)
    enter(qtbot, number, "4/9")
    assert seen.take() == [("edited", "rate", 4 / 9), ("finished",)]
    assert number.text() == "0.4444"
    seen.form.setFields([RATE.but(value=4 / 9)])
    enter(qtbot, number, "4/9")
    assert seen.take() == []  # the same number is no edit


def test_a_focused_number_shows_all_its_digits(qtbot: QtBot) -> None:
    seen = Recorder([RATE.but(value=4 / 9)], qtbot)
    number = seen.part("rate", NumberField)
    seen.form.show()
    seen.form.activateWindow()
    number.setFocus()
    qtbot.waitUntil(number.hasFocus)
    assert number.text() == repr(4 / 9)
    seen.form.setFields([RATE.but(value=1 / 3)])  # undo, with the focus in the field
    assert number.text() == repr(1 / 3)
    assert number.lineEdit().selectedText() == repr(1 / 3)  # so that the next one replaces it
    assert number.lineEdit().cursorPosition() == 0  # where it is too long, its head is seen
    number.clearFocus()
    assert number.text() == "0.3333"
    assert seen.take() == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("20", "Rate is 20; it must be at most 10. Give a smaller value."),
        ("0", "Rate is 0; it must be greater than 0. Give a larger value."),
        ("fast", "Rate is 'fast'; it must be a number."),
        ("", "Rate is empty; it must be a number."),
        ("1/0", "Rate is '1/0'; it must be a number."),
    ],
)
def test_a_bad_number_is_refused_and_stays_as_typed(qtbot: QtBot, text: str, said: str) -> None:
    seen = Recorder([RATE, FLAG], qtbot)
    number = seen.part("rate", NumberField)
    number.selectAll()
    qtbot.keyClick(number, Qt.Key.Key_Delete)
    qtbot.keyClicks(number, text)
    qtbot.keyClick(number, Qt.Key.Key_Return)
    assert seen.take() == []
    assert seen.row("rate").message().startswith(said)
    assert number.number() == 0.1
    seen.form.clearErrors()
    seen.form.setFields([RATE, FLAG.but(value=True)])  # something else was changed meanwhile
    assert number.text() == text
    assert seen.row("rate").message().startswith(said)
    qtbot.keyClick(number, Qt.Key.Key_Escape)
    assert (number.text(), seen.row("rate").message()) == ("0.1", "")


def test_long_choices_are_read_whole_below_their_label(qtbot: QtBot) -> None:
    long = (Choice("map", "Map of hyper-parameters"), Choice("race", "Race"), Choice("c", "Basins"))
    seen = Recorder([ENGINE.but(value="map", default="race", choices=long)], qtbot)
    seen.form.resize(330, 300)
    seen.form.show()
    row = seen.row("engine")
    assert row.editor.inline is None
    box = seen.part("engine", ChoiceBox)
    assert box.y() > row.label.y() + row.label.height() // 2
    assert box.width() >= box.sizeHint().width()
    row = Recorder([ENGINE], qtbot).row("engine")
    assert row.editor.inline is not None


def test_up_and_down_stay_inside_the_range(qtbot: QtBot) -> None:
    seen = Recorder([COUNT.but(value=49), RATE], qtbot)
    count, rate = seen.part("count", NumberField), seen.part("rate", NumberField)
    for _ in range(3):
        qtbot.keyClick(count, Qt.Key.Key_Up)
    assert seen.take() == [("edited", "count", 50), ("finished",)]
    qtbot.keyClick(rate, Qt.Key.Key_Up)
    assert seen.take() == [("edited", "rate", 0.11), ("finished",)]


def test_a_whole_number(qtbot: QtBot) -> None:
    seen = Recorder([COUNT, SEED], qtbot)
    enter(qtbot, seen.part("count", NumberField), "1.5")
    assert "whole number" in seen.row("count").message()
    enter(qtbot, seen.part("count", NumberField), "7")
    (_, path, value), _ = seen.take()
    assert (path, value, type(value)) == ("count", 7, int)
    assert seen.row("count").message() == ""
    assert seen.row("count").editor.wide is not None
    assert seen.row("seed").editor.wide is None  # no range, no slider


def test_a_drag_edits_often_and_ends_once(qtbot: QtBot) -> None:
    seen = Recorder([RATE], qtbot)
    slider = seen.row("rate").editor.wide
    number = seen.part("rate", NumberField)
    assert slider is not None
    slider.setSliderDown(True)
    for position in (100, 200, 300):
        slider.setValue(position)
        value = seen.events[-1][2]
        seen.form.setFields([RATE.but(value=value)])  # as the window answers
        assert float(number.text()) == pytest.approx(value, rel=1e-3)
        assert slider.value() == position
    slider.setSliderDown(False)
    assert [e[0] for e in seen.take()] == ["edited", "edited", "edited", "finished"]


def test_a_slider_never_gives_what_is_not_allowed(qtbot: QtBot) -> None:
    field = RATE.but(scale="linear", slider=None, maximum=1.0, exclusive_maximum=True)
    seen = Recorder([field], qtbot)
    slider = seen.row("rate").editor.wide
    assert slider is not None
    slider.setValue(slider.minimum())
    slider.setValue(slider.maximum())
    assert all(0 < event[2] < 1 for event in seen.take() if event[0] == "edited")


def test_a_check_box(qtbot: QtBot) -> None:
    seen = Recorder([FLAG], qtbot)
    box = seen.part("flag", QCheckBox)
    box.toggle()  # as a screen reader does
    assert seen.take() == [("edited", "flag", True), ("finished",)]
    seen.form.setFields([FLAG.but(value=False)])
    assert not box.isChecked()
    assert seen.take() == []


def test_few_choices_are_buttons_and_many_a_list(qtbot: QtBot) -> None:
    seen = Recorder([MODE, ENGINE], qtbot)
    segments, box = seen.part("mode", SegmentedChoice), seen.part("engine", ChoiceBox)
    segments.buttons()[1].setChecked(True)
    box.setCurrentIndex(2)
    assert [e for e in seen.take() if e[0] == "edited"] == [
        ("edited", "mode", "sum"),
        ("edited", "engine", "c"),
    ]
    seen.form.setFields([MODE.but(value="mean"), ENGINE.but(value="d")])
    assert (segments.choice(), box.choice()) == ("mean", "d")
    assert seen.take() == []


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_a_list_drops_down_whole_however_narrow_its_box(qtbot: QtBot) -> None:
    seen = Recorder([ENGINE], qtbot)
    apply_theme(seen.form, Style())
    laid_out(seen.form)
    box = seen.part("engine", ChoiceBox)
    box.setFixedWidth(60)
    box.showPopup()
    view = box.view()
    last = view.visualRect(box.model().index(3, 0))
    assert view.viewport().rect().contains(last)
    assert view.viewport().width() >= view.sizeHintForColumn(0)
    box.hidePopup()


def test_names_of_columns_do_not_widen_the_form(qtbot: QtBot) -> None:
    columns = tuple(Choice(name, name) for name in ("Automatic", "hours", "mark"))
    seen = Recorder([ENGINE.but(value="mark", default="Automatic", choices=columns)], qtbot)
    assert seen.part("engine", ChoiceBox).choice() == "mark"


def test_an_optional_choice_can_be_left_open(qtbot: QtBot) -> None:
    seen = Recorder([ENGINE.but(optional=True, value=None, default=None)], qtbot)
    box = seen.part("engine", ChoiceBox)
    assert box.currentText() == "Not set"
    box.setCurrentIndex(1)
    box.setCurrentIndex(0)
    assert [e[2] for e in seen.take() if e[0] == "edited"] == ["a", None]


def test_text_is_taken_with_enter(qtbot: QtBot) -> None:
    seen = Recorder([FORMULA], qtbot)
    line = seen.part("formula", TextField)
    with qtbot.waitSignal(seen.form.typed, check_params_cb=lambda p, t: (p, t) == ("formula", "x")):
        line.selectAll()
        qtbot.keyClicks(line, "x")
    assert seen.take() == []
    qtbot.keyClick(line, Qt.Key.Key_Return)
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert seen.take() == [("edited", "formula", "x"), ("finished",)]
    seen.form.setFields([FORMULA.but(value="x")])
    assert not line.hasDraft()


def test_what_was_typed_and_refused_is_kept_with_its_mistake(qtbot: QtBot) -> None:
    seen = Recorder([FORMULA, FLAG], qtbot)
    line = seen.part("formula", TextField)
    enter(qtbot, line, "x + z")
    assert seen.form.setError("formula", "z is not known; write x or y.", (4, 5))
    seen.form.clearErrors()
    seen.form.setFields([FORMULA, FLAG.but(value=True)])
    assert line.text() == "x + z"
    assert line.mistake() == (4, 5)
    assert seen.row("formula").message() == "z is not known; write x or y."
    assert "z is not known" in line.accessibleDescription()
    qtbot.keyClick(line, Qt.Key.Key_Escape)
    assert (line.text(), line.mistake(), seen.row("formula").message()) == ("x + y", None, "")


def test_a_text_refused_later_is_shown_as_it_was_typed(qtbot: QtBot) -> None:
    seen = Recorder([FORMULA, LAYERS], qtbot)
    for path, value, text, before in (
        ("formula", "x/0", "x/0", "x + y"),
        ("layers", (99, 1), "99, 1", "16, 8"),
    ):
        line = seen.part(path, TextField)
        seen.form.setDraft(path, value)
        seen.form.setError(path, "That cannot be built.")
        seen.form.clearErrors()
        line.commit()
        assert (line.text(), seen.row(path).message()) == (text, "That cannot be built.")
        assert seen.take() == []  # it was offered before
        qtbot.keyClick(line, Qt.Key.Key_Escape)
        assert (line.text(), seen.row(path).message()) == (before, "")
    seen.form.setDraft("nothing", 1)


def test_a_number_field_leaves_letters_to_the_window(qtbot: QtBot) -> None:
    seen = Recorder([RATE], qtbot)
    field = seen.part("rate", NumberField)
    seen.form.show()
    seen.form.activateWindow()
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)
    for key, text, taken in (
        (Qt.Key.Key_R, "r", False),
        (Qt.Key.Key_Space, " ", False),
        (Qt.Key.Key_Question, "?", False),
        (Qt.Key.Key_E, "e", True),
        (Qt.Key.Key_7, "7", True),
        (Qt.Key.Key_Slash, "/", True),
        (Qt.Key.Key_Backspace, "\b", True),
    ):
        event = QKeyEvent(QEvent.Type.ShortcutOverride, key, Qt.KeyboardModifier.NoModifier, text)
        event.ignore()
        QApplication.sendEvent(field, event)
        assert event.isAccepted() is taken, text


def test_a_mistake_is_drawn_under_its_characters(qtbot: QtBot) -> None:
    seen = Recorder([FORMULA], qtbot)
    line = seen.part("formula", TextField)
    seen.form.grab()
    before = line.grab().toImage()
    line.setMistake((4, 5))
    after = line.grab().toImage()
    changed = [
        x
        for x in range(before.width())
        if any(before.pixel(x, y) != after.pixel(x, y) for y in range(before.height()))
    ]
    left = line.cursorRect().center().x()  # the cursor stands before the first character
    metrics = line.fontMetrics()
    assert changed[0] >= left + metrics.horizontalAdvance("x +") - 2
    assert changed[-1] <= left + metrics.horizontalAdvance("x + y") + 10


def test_a_source_is_typed_browsed_or_dropped(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = Recorder([DATA], qtbot)
    line = seen.part("data", FileField)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: ("/tmp/a.csv", ""))
    seen.row("data").editor.targets()[1].click()  # type: ignore[attr-defined]
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile("/tmp/b.csv")])
    left = Qt.MouseButton.LeftButton
    none = Qt.KeyboardModifier.NoModifier
    line.dropEvent(QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, mime, left, none))
    enter(qtbot, line, "resource:noisy")
    values = [e[2] for e in seen.take() if e[0] == "edited"]
    assert values == ["file:/tmp/a.csv", "file:/tmp/b.csv", "resource:noisy"]


def test_a_folder_is_chosen_as_a_file_is(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = Recorder([DATA.but(source="folder")], qtbot)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", pytest.fail)
    browse = seen.row("data").editor.targets()[1]
    assert browse.toolTip() == "Browse: choose a folder"
    for chosen in ("/tmp/pictures", ""):  # nothing, where the dialog was cancelled
        monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_, c=chosen: c)
        browse.click()  # type: ignore[attr-defined]
    assert [e[2] for e in seen.take() if e[0] == "edited"] == ["file:/tmp/pictures"]


def test_a_vector_has_a_field_for_each_component(qtbot: QtBot) -> None:
    seen = Recorder([DOMAIN], qtbot)
    enter(qtbot, seen.part("domain", NumberField, 1), "1/2")
    assert seen.take() == [("edited", "domain", (-5.0, 0.5)), ("finished",)]
    seen.form.setFields([DOMAIN.but(value=(1.0, 2.0))])
    assert [seen.part("domain", NumberField, i).text() for i in (0, 1)] == ["1", "2"]
    enter(qtbot, seen.part("domain", NumberField, 0), "?")
    assert "Domain 1 is '?'" in seen.row("domain").message()


def test_a_sequence_is_written_with_commas(qtbot: QtBot) -> None:
    seen = Recorder([LAYERS], qtbot)
    line = seen.part("layers", TextField)
    assert line.text() == "16, 8"
    enter(qtbot, line, "4,2, 1")
    assert seen.take() == [("edited", "layers", (4, 2, 1)), ("finished",)]
    enter(qtbot, line, "4, many")
    assert "'many'" in seen.row("layers").message()
    assert line.mistake() == (3, 7)
    assert seen.take() == []


@pytest.mark.parametrize(("field", "first"), [(START, (0.0, 0.0)), (CLIP, 0.0)])
def test_an_optional_value_is_set_and_left_open(qtbot: QtBot, field: Field, first: Any) -> None:
    seen = Recorder([field], qtbot)
    switch = seen.part(field.path, QCheckBox)
    switch.toggle()
    assert seen.take() == [("edited", field.path, first), ("finished",)]
    other = (3.0, 4.0) if field is START else 2.0
    seen.form.setFields([field.but(value=other)])
    switch.toggle()
    switch.toggle()
    assert [e[2] for e in seen.take() if e[0] == "edited"] == [None, other]


def test_the_components_of_a_vector_stay_in_its_range(qtbot: QtBot) -> None:
    bounds = {"minimum": 0.0, "maximum": 9.0}
    seen = Recorder([DOMAIN.but(value=(1.0, 2.0), **bounds), LAYERS.but(**bounds)], qtbot)
    enter(qtbot, seen.part("domain", NumberField, 1), "10")
    assert (
        seen.row("domain").message()
        == "Domain 2 is 10; it must be at most 9. Give a smaller value."
    )
    enter(qtbot, seen.part("layers", TextField), "1, 20")
    assert (
        seen.row("layers").message() == "Layers is 20; it must be at most 9. Give a smaller value."
    )
    assert seen.part("layers", TextField).mistake() == (3, 5)
    assert seen.take() == []


def test_labels_that_differ_at_their_ends_are_told_apart_in_a_narrow_box(qtbot: QtBot) -> None:
    names = "branch at 200 of the run", "branch at 200 of the run (2)"
    box = ChoiceBox([Choice(index, name) for index, name in enumerate(names)])
    qtbot.addWidget(box)
    told = []
    for index in range(2):
        laid_out(box, 130, box.sizeHint().height())
        box.setChoice(index)
        told.append(box.shown())
        svg = svg_of(box)
        assert f">{box.shown()}<" in svg
        assert names[index] not in svg
        laid_out(box, 400, box.height())
        assert box.shown() == names[index]
        assert f">{names[index]}<" in svg_of(box)
    assert told[0] != told[1]
    assert told[1].endswith("(2)")
