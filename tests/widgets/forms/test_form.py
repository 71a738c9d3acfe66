"""The form as a whole: what it keeps when fields change, and that all of it can be reached."""

from itertools import pairwise
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.widgets.fields import (
    COUNT,
    FLAG,
    FORMULA,
    MODE,
    PLAIN,
    RATE,
    START,
    Field,
    objective,
    optimizers,
    row,
)
from tests.widgets.forms.recorder import Recorder
from widgets.forms import filling
from widgets.forms.choice_field import ChoiceBox
from widgets.forms.field_row import FieldRow
from widgets.forms.form import ParameterForm
from widgets.forms.number_field import NumberField
from widgets.style import Style
from widgets.theme import apply_theme

ALL = (*PLAIN, objective(), Field(path="group", kind="group"), optimizers(row(0), row(1, "adam")))


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


def test_a_field_is_not_made_and_shown_in_one_go(qtbot: QtBot) -> None:
    form = ParameterForm(Style())
    qtbot.addWidget(form)
    form.show()
    made = shown = 0
    for _ in form._sequence.fill(PLAIN):
        rows = form.findChildren(FieldRow)
        before, (made, shown) = (made, shown), (len(rows), sum(not r.isHidden() for r in rows))
        assert made == before[0] or shown == before[1]
    assert made == shown == len(PLAIN)


def test_a_note_stands_under_the_heading_of_its_row(qtbot: QtBot) -> None:
    seen = Recorder(ALL, qtbot)
    seen.form.complete()
    seen.form.setRowNotes("optimizers", ["gives 4, 12 parameters"])
    cards = seen.form.view("optimizers").cards  # type: ignore[union-attr]
    assert [card.note.text() for card in cards][:2] == ["gives 4, 12 parameters", ""]
    assert [card.note.isHidden() for card in cards][:2] == [False, True]
    cards[0].setError("a mistake")  # of what comes of it nothing is known
    seen.form.setRowNotes("optimizers", ["gives 4, 12 parameters"])
    assert cards[0].note.isHidden()
    cards[0].clearError()
    assert not cards[0].note.isHidden()
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
