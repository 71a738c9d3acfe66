"""A form under test, and what it reported."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.widgets.fields import Field
from widgets.forms.field_row import FieldRow
from widgets.forms.form import ParameterForm
from widgets.style import Style


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
