"""Lists in the form: rows that are added, moved, folded and marked, by a person and by others."""

from typing import Any

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.widgets.fields import FLAG, optimizers, row
from tests.widgets.forms.recorder import Recorder


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
