"""The form in both directions: what it shows of a field, and what it reports of a person."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QApplication, QCheckBox, QFileDialog, QWidget
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
    PLAIN,
    RATE,
    SEED,
    START,
    Choice,
    Field,
    objective,
    optimizers,
    row,
)
from widgets.forms import filling
from widgets.forms.choice_field import ChoiceBox, SegmentedChoice
from widgets.forms.field_row import FieldRow
from widgets.forms.form import ParameterForm
from widgets.forms.number_field import NumberField
from widgets.forms.text_field import FileField, TextField
from widgets.style import Style
from widgets.theme import apply_theme

ALL = (*PLAIN, objective(), Field(path="group", kind="group"), optimizers(row(0), row(1, "adam")))


class Recorder:
    """A form, and all that it reported."""

    def __init__(self, fields: Sequence[Field], qtbot: QtBot) -> None:
        self.form = ParameterForm(Style())
        qtbot.addWidget(self.form)
        self.form.resize(350, 700)
        self.events: list[tuple[Any, ...]] = []
        form = self.form
        form.edited.connect(lambda p, v: self.events.append(("edited", p, v)))
        form.gestureFinished.connect(lambda: self.events.append(("finished",)))
        form.rowInserted.connect(lambda p, i, k: self.events.append(("inserted", p, i, k)))
        form.rowRemoved.connect(lambda p, i: self.events.append(("removed", p, i)))
        form.rowMoved.connect(lambda p, i, to: self.events.append(("moved", p, i, to)))
        form.setFields(fields)

    def take(self) -> list[tuple[Any, ...]]:
        taken, self.events = self.events, []
        return taken

    def row(self, path: str) -> FieldRow:
        view = self.form.view(path)
        assert isinstance(view, FieldRow)
        return view

    def part(self, path: str, kind: type[QWidget], index: int = 0) -> Any:
        view = self.form.view(path)
        assert view is not None
        return view.findChildren(kind)[index]


def enter(qtbot: QtBot, field: QWidget, text: str) -> None:
    """Type `text` in place of what stands in `field`, and press Enter."""
    field.selectAll()  # type: ignore[attr-defined]
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, Qt.Key.Key_Return)


# --- every kind of editor, both directions --------------------------------------------------


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


# --- the form as a whole --------------------------------------------------------------------


def test_showing_fields_reports_nothing(qtbot: QtBot) -> None:
    seen = Recorder(ALL, qtbot)
    changed = [
        RATE.but(value=0.5),
        COUNT.but(value=9),
        FLAG.but(value=True),
        MODE.but(value="sum"),
        FORMULA.but(value="x"),
        START.but(value=(1.0, 2.0)),
        objective("formula"),
        optimizers(row(0, "adam")),
    ]
    for fields in (ALL, changed, ALL, ()):
        seen.form.setFields(fields)
    assert seen.take() == []


def test_only_what_changed_its_structure_is_made_anew(qtbot: QtBot) -> None:
    seen = Recorder([RATE, objective("line"), FORMULA], qtbot)
    rate, flag = seen.row("rate"), seen.row("objective.flag")
    seen.form.setFields([RATE.but(value=1.0), objective("formula"), FORMULA])
    assert seen.row("rate") is rate
    assert seen.row("objective.flag") is flag  # both variants have it
    assert seen.form.view("objective.count") is None
    assert seen.form.view("objective.text") is not None


def test_a_rebuild_keeps_focus_and_place(qtbot: QtBot) -> None:
    fields = [FLAG.but(path=f"f{i}", name=f"f{i}", label=f"Flag {i}") for i in range(40)]
    seen = Recorder([*fields, COUNT], qtbot)
    seen.form.show()
    seen.form.activateWindow()
    seen.form.showField("count")
    qtbot.waitUntil(lambda: seen.part("count", NumberField).hasFocus())
    place = seen.form.verticalScrollBar().value()
    assert place > 0
    seen.form.setFields([*fields, COUNT.but(maximum=99)])
    assert seen.part("count", NumberField).hasFocus()
    seen.form.grab()
    assert seen.form.verticalScrollBar().value() == place


def made(form: ParameterForm) -> int:
    return len(form.findChildren(FieldRow))


def test_many_fields_come_one_after_another(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filling, "SLICE", 0.0)
    seen = Recorder(ALL, qtbot)
    counts = [made(seen.form)]
    while seen.form.isFilling():
        QApplication.processEvents()
        counts.append(made(seen.form))
    assert max(after - before for before, after in pairwise(counts)) <= 2  # a vector is two
    assert counts[-1] > len(PLAIN) > counts[0]
    assert seen.part("rate", NumberField).updatesEnabled()
    assert seen.take() == []


def test_a_note_stands_under_the_heading_of_its_row(qtbot: QtBot) -> None:
    seen = Recorder(ALL, qtbot)
    seen.form.complete()
    seen.form.setRowNotes("optimizers", ["gives 4, 12 parameters"])
    cards = seen.form.view("optimizers").cards  # type: ignore[union-attr]
    assert [card.note.text() for card in cards][:2] == ["gives 4, 12 parameters", ""]
    assert [card.note.isHidden() for card in cards][:2] == [False, True]
    seen.form.setRowNotes("optimizers", [])
    assert cards[0].note.isHidden()


def test_other_values_are_shown_though_the_last_are_not_all_there(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filling, "SLICE", 0.0)
    seen = Recorder(ALL, qtbot)
    seen.form.setRowMarks("optimizers", [("#0072b2", "o", ()), ("#d55e00", "s", (5, 2))])
    for _ in range(3):
        QApplication.processEvents()
    changed = [
        RATE.but(value=0.5),
        objective("formula"),
        optimizers(row(0, "adam", value=0.25), row(1)),
        *PLAIN[1:],
    ]
    seen.form.setFields(changed)
    assert seen.form.setError("optimizers.0.rate", "No.")  # it is made for that
    assert seen.row("optimizers.0.rate").message() == "No."
    assert seen.part("rate", NumberField).number() == 0.5
    assert seen.part("optimizers.0.rate", NumberField).number() == 0.25
    assert seen.form.view("objective.count") is None
    paths = [
        view.field.path for view in seen.form.findChildren(FieldRow) if view.isVisibleTo(seen.form)
    ]
    assert len(paths) == len(set(paths))
    assert not seen.form.isFilling()


def test_a_variant_is_chosen_and_shows_its_fields(qtbot: QtBot) -> None:
    seen = Recorder([objective("line")], qtbot)
    seen.part("objective", ChoiceBox).setCurrentIndex(1)
    assert seen.take() == [("edited", "objective", "formula"), ("finished",)]


def test_a_remark_stands_behind_the_name_of_the_variant(qtbot: QtBot) -> None:
    seen = Recorder([objective("line")], qtbot)
    box = seen.part("objective", ChoiceBox)
    plain = [box.itemText(i) for i in range(box.count())]
    seen.form.setFields([objective("line").but(remark="edited")])
    assert seen.part("objective", ChoiceBox) is box
    assert [box.itemText(i) for i in range(box.count())] == [f"{plain[0]} (edited)", *plain[1:]]
    seen.form.setFields([objective("line")])
    assert box.itemText(0) == plain[0]
    assert seen.take() == []


def test_reset_appears_beside_what_is_not_the_default(qtbot: QtBot) -> None:
    seen = Recorder([RATE, COUNT], qtbot)
    assert seen.row("rate").reset.isHidden()
    seen.form.setFields([RATE.but(value=0.5), COUNT])
    assert not seen.row("rate").reset.isHidden()
    assert seen.row("count").reset.isHidden()
    seen.row("rate").reset.click()
    assert seen.take() == [("edited", "rate", 0.1), ("finished",)]


def test_an_error_of_what_is_not_shown_stands_at_what_holds_it(qtbot: QtBot) -> None:
    seen = Recorder([optimizers(row(0))], qtbot)
    assert seen.form.setError("optimizers.0.hidden", "No.")
    card = seen.form.view("optimizers.0")
    assert card is not None
    assert card.sentence.text() == "No."  # type: ignore[attr-defined]
    assert not seen.form.setError("elsewhere", "No.")


def test_an_error_unfolds_what_hides_it(qtbot: QtBot) -> None:
    group = Field(path="g", kind="group", children=(COUNT.but(path="g.count"),))
    seen = Recorder([group], qtbot)
    view = seen.form.view("g")
    assert view is not None
    view.fold.heading.setChecked(False)  # type: ignore[attr-defined]
    seen.form.show()
    assert not seen.row("g.count").isVisible()
    seen.form.setError("g.count", "No.")
    assert seen.row("g.count").isVisible()
    seen.form.clearErrors()
    assert seen.row("g.count").message() == ""


def test_the_tip_tells_help_range_default_and_when_it_acts(qtbot: QtBot) -> None:
    seen = Recorder([RATE, COUNT], qtbot)
    tip = seen.row("rate").label.toolTip()
    for said in ("What it does.", "greater than 0 and at most 10", "Default: 0.1.", "goes on"):
        assert said in tip
    assert "starts a new run" in seen.row("count").label.toolTip()


def test_everything_can_be_reached_and_has_a_name(qtbot: QtBot) -> None:
    seen = Recorder(ALL, qtbot)
    for widget in seen.form.findChildren(QWidget):
        takes_tab = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
        inner = widget.objectName() == "qt_spinbox_lineedit" or isinstance(
            widget, QAbstractItemView
        )
        if takes_tab and not inner and widget.focusProxy() is None:
            text = getattr(widget, "text", str)()
            assert widget.accessibleName() or text, (widget, widget.parent())
    assert seen.row("rate").label.buddy() is seen.part("rate", NumberField)


def test_tab_goes_in_reading_order_after_a_rebuild(qtbot: QtBot) -> None:
    seen = Recorder([RATE, objective("line"), FORMULA], qtbot)
    seen.form.setFields([RATE, objective("formula"), FORMULA])
    targets = [t for p in ("rate", "objective", "formula") for t in seen.form.view(p).targets()]  # type: ignore[union-attr]
    widget, order = targets[0], []
    for _ in range(200):
        if widget in targets:
            order.append(widget)
        widget = widget.nextInFocusChain()
        if widget is targets[0]:
            break
    assert order == targets


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("factor", [1.0, 2.0])
def test_nothing_is_cut_off_in_a_narrow_dock(
    qtbot: QtBot, qapp: Any, theme: Any, factor: float
) -> None:
    style = Style()
    form = ParameterForm(style)
    qtbot.addWidget(form)
    apply_theme(form, style)
    form.setFields(ALL)
    form.setRowMarks("optimizers", [("#0072b2", "o", ()), ("#d55e00", "s", (5, 2))])
    style.setTheme(theme)
    style.setFactor(factor)
    apply_theme(form, style)
    form.resize(350, 600)
    form.grab()
    assert form.widget().width() == form.viewport().width()


# --- lists ----------------------------------------------------------------------------------


def test_a_new_row_takes_the_focus_and_is_scrolled_to(qtbot: QtBot) -> None:
    fields = [FLAG.but(path=f"f{i}", name=f"f{i}", label=f"Flag {i}") for i in range(40)]
    seen = Recorder([optimizers(row(0)), *fields], qtbot)
    seen.form.resize(350, 120)
    seen.form.show()
    seen.form.activateWindow()
    view: Any = seen.form.view("optimizers")
    view.add.setFocus()
    qtbot.waitUntil(view.add.hasFocus)
    view.add.menu().actions()[0].trigger()
    seen.form.setFields([optimizers(row(0), row(1)), *fields])
    seen.form.complete()
    assert view.cards[1].variant.hasFocus()
    qtbot.waitUntil(lambda: not view.cards[1].variant.visibleRegion().isEmpty())


def test_rows_are_added_copied_moved_and_removed(qtbot: QtBot) -> None:
    seen = Recorder([optimizers(row(0), row(1, "adam", value=0.5))], qtbot)
    view = seen.form.view("optimizers")
    view.add.menu().actions()[1].trigger()  # type: ignore[union-attr]
    view.cards[1].commands["duplicate"].trigger()  # type: ignore[union-attr]
    view.cards[0].commands["down"].trigger()  # type: ignore[union-attr]
    view.cards[1].commands["up"].trigger()  # type: ignore[union-attr]
    view.cards[0].commands["remove"].trigger()  # type: ignore[union-attr]
    view.cards[0].variant.setCurrentIndex(1)  # type: ignore[union-attr]
    copy = {"kind": "adam", "rate": 0.5, "amsgrad": False}
    finished = ("finished",)
    expected = [
        ("inserted", "optimizers", 2, "adam"),
        ("inserted", "optimizers", 2, copy),
        ("moved", "optimizers", 0, 1),
        ("moved", "optimizers", 1, 0),
        ("removed", "optimizers", 0),
        ("edited", "optimizers.0", "adam"),
    ]
    assert seen.take() == [event for e in expected for event in (e, finished)]


def test_the_number_of_rows_is_respected(qtbot: QtBot) -> None:
    seen = Recorder([optimizers(row(0), most=1)], qtbot)
    view = seen.form.view("optimizers")
    assert not view.add.isEnabled()  # type: ignore[union-attr]
    enabled = {k: a.isEnabled() for k, a in view.cards[0].commands.items()}  # type: ignore[union-attr]
    assert enabled == {"duplicate": False, "up": False, "down": False, "remove": False}
    seen.form.setFields([optimizers(row(0), row(1), most=3)])
    view = seen.form.view("optimizers")
    assert view.add.isEnabled()  # type: ignore[union-attr]
    enabled = {k: a.isEnabled() for k, a in view.cards[0].commands.items()}  # type: ignore[union-attr]
    assert enabled == {"duplicate": True, "up": False, "down": True, "remove": True}


def test_a_folded_row_stays_folded_where_it_moves(qtbot: QtBot) -> None:
    seen = Recorder([optimizers(row(0), row(1, "adam"))], qtbot)
    view: Any = seen.form.view("optimizers")
    view.cards[0].fold.setChecked(False)
    view.cards[0].commands["down"].trigger()
    seen.form.setFields([optimizers(row(0, "adam"), row(1))])
    seen.form.complete()
    assert [card.fold.isChecked() for card in view.cards] == [True, False]
    view.cards[0].commands["remove"].trigger()
    seen.form.setFields([optimizers(row(0))])
    assert [card.fold.isChecked() for card in view.cards] == [False]


def test_the_fields_of_many_rows_are_made_when_they_are_unfolded(qtbot: QtBot) -> None:
    seen = Recorder([optimizers(*(row(i) for i in range(6)))], qtbot)
    card: Any = seen.form.view("optimizers.4")
    path = row(4).children[0].path
    assert seen.form.view(path) is None
    seen.form.setFields([optimizers(*(row(i) for i in range(6)))])
    assert seen.form.view(path) is None
    card.fold.setChecked(True)
    assert seen.form.view(path) is not None
    tabs = [card.more]
    while tabs[-1] is not card.views()[0].targets()[0]:
        tabs.append(tabs[-1].nextInFocusChain())
        assert len(tabs) < 9  # on the way from the heading there is nothing but labels
    assert seen.take() == []


def test_an_error_in_a_row_that_was_never_unfolded_stands_at_its_field(qtbot: QtBot) -> None:
    seen = Recorder([optimizers(*(row(i) for i in range(6)))], qtbot)
    seen.form.show()
    path = row(4).children[0].path
    assert seen.form.setError(path, "No.")
    assert seen.row(path).isVisible()
    assert seen.form.view(row(3).children[0].path) is None


def test_rows_show_how_they_are_drawn(qtbot: QtBot) -> None:
    seen = Recorder([optimizers(row(0), row(1))], qtbot)
    seen.form.setRowMarks("optimizers", [("#0072b2", "o", ()), ("#d55e00", "s", (5, 2))])
    view: Any = seen.form.view("optimizers")
    assert [card.swatch.color() for card in view.cards] == ["#0072b2", "#d55e00"]
    with qtbot.waitExposed(seen.form):
        seen.form.show()
    qtbot.waitUntil(lambda: "#0072b2" in _colors(view.cards[0].swatch))
    assert "#d55e00" in _colors(view.cards[1].swatch)


def _colors(widget: QWidget) -> set[str]:
    image = widget.grab().toImage()
    spots = ((x, y) for x in range(image.width()) for y in range(image.height()))
    return {image.pixelColor(x, y).name() for x, y in spots}


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
