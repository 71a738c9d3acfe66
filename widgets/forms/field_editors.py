"""The editors of a form: what shows the value of a plain field, and tells a new one."""

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, QSignalBlocker, QSize, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QToolButton,
    QWidget,
)

from widgets.forms.choice_field import ChoiceBox, SegmentedChoice, fits_beside, fits_segments
from widgets.forms.field import ChoiceLike, FieldLike
from widgets.forms.text_field import FileField, TextField
from widgets.icons import icon
from widgets.style import Style


class Editor(QObject):
    """Shows the value of a field and tells what a person makes of it.

    It owns no place: `title` stands instead of the label, `inline` beside it, `wide` below; those
    that it lacks are None.

    Signals
    -------
    edited(value)
        A person gave another value; never emitted by `setField`.
    gestureFinished()
        A drag was let go or an entry finished.
    refused(sentence)
        What was typed is not allowed, or, with an empty sentence, is no longer in the way.
    typed(text)
        What stands in a text field while it is typed.
    """

    edited = Signal(object)
    gestureFinished = Signal()
    refused = Signal(str)
    typed = Signal(str)

    def __init__(self, field: FieldLike, style: Style, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.style = style
        self.title: QWidget | None = None
        self.inline: QWidget | None = None
        self.wide: QWidget | None = None

    def setField(self, field: FieldLike) -> None:
        """Show the value of `field`, silently, without disturbing what a person is doing."""
        raise NotImplementedError

    def targets(self) -> list[QWidget]:
        """The widgets that take the focus, in reading order."""
        return [widget for widget in (self.title, self.inline, self.wide) if widget is not None]

    def named(self) -> list[QWidget]:
        """The widgets that bear the name of the field; the others name themselves."""
        return [widget for widget in (self.inline, self.wide) if widget is not None]

    def hasDraft(self) -> bool:
        """Whether something typed stands there that is not in force."""
        return False

    def setDraft(self, value: Any) -> None:
        """Show `value` as typed and not in force, where one types."""

    def setMistake(self, span: tuple[int, int] | None) -> None:
        """Underline characters of the text, where there is one."""

    def restyle(self) -> None:
        """Take over the theme and size of the style."""

    def _give(self, value: Any) -> None:
        self.edited.emit(value)
        self.gestureFinished.emit()


class _PressLabel(QLabel):
    """A label of several lines that can be pressed, as the text of a check box can."""

    pressed = Signal()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.pressed.emit()
        event.accept()


class BooleanEditor(Editor):
    """A check box with its label beside it; unlike Qt's own, the label may break into lines."""

    def __init__(self, field: FieldLike, style: Style, parent: QObject | None = None) -> None:
        super().__init__(field, style, parent)
        self.box = QCheckBox()
        self.box.setAccessibleName(field.label)
        self.label = _PressLabel(field.label.replace("&", "&&"))
        self.label.setWordWrap(True)
        self.label.pressed.connect(self.box.toggle)
        self.title = QWidget()
        row = QHBoxLayout(self.title)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        row.addWidget(self.box)
        row.addWidget(self.label)
        self.box.toggled.connect(self._give)

    def targets(self) -> list[QWidget]:
        return [self.box]

    def setField(self, field: FieldLike) -> None:
        with QSignalBlocker(self.box):
            self.box.setChecked(bool(field.value))


@dataclass(frozen=True)
class _Choice:
    value: Any
    label: str


class ChoiceEditor(Editor):
    """One of the choices of a field, and "not set" where it is optional; below if they are long."""

    def __init__(self, field: FieldLike, style: Style, parent: QObject | None = None) -> None:
        super().__init__(field, style, parent)
        choices: list[ChoiceLike] = list(field.choices)
        if field.kind == "boolean":
            choices = [_Choice(True, "On"), _Choice(False, "Off")]
        if field.optional:
            choices.insert(0, _Choice(None, "Not set"))
        segmented = fits_segments(choices) and field.kind != "variant"
        self.box = SegmentedChoice(choices) if segmented else ChoiceBox(choices)
        if fits_beside(choices):
            self.inline = self.box
        else:
            self.wide = self.box
        self.box.chosen.connect(self._give)

    def setField(self, field: FieldLike) -> None:
        self.box.setChoice(field.value)
        if isinstance(self.box, ChoiceBox):
            self.box.setRemark(field.remark)

    def targets(self) -> list[QWidget]:
        return [*self.box.buttons()] if isinstance(self.box, SegmentedChoice) else [self.box]


class TextEditor(Editor):
    """A line of text; where the field is optional, an empty one is "not set"."""

    def __init__(self, field: FieldLike, style: Style, parent: QObject | None = None) -> None:
        super().__init__(field, style, parent)
        self._optional = field.optional
        self.line = self._make_line()
        self.line.setPlaceholderText("not set" if field.optional else "")
        self.wide = self.line
        self.line.committed.connect(self._on_committed)
        self.line.typed.connect(self.typed)

    def _make_line(self) -> TextField:
        return TextField(self.style)

    def setField(self, field: FieldLike) -> None:
        self.line.setValue("" if field.value is None else str(field.value))

    def hasDraft(self) -> bool:
        return self.line.hasDraft()

    def setDraft(self, value: Any) -> None:
        self.line.setDraft(str(value))

    def setMistake(self, span: tuple[int, int] | None) -> None:
        self.line.setMistake(span)

    def _on_committed(self, text: str) -> None:
        self._give(None if self._optional and not text else text)


class SourceEditor(TextEditor):
    """Something from outside: typed, browsed for, or dropped; it becomes ``file:PATH``."""

    def __init__(self, field: FieldLike, style: Style, parent: QObject | None = None) -> None:
        super().__init__(field, style, parent)
        self._filter = field.source
        self._label = field.label
        self.browse = QToolButton()
        self.browse.setToolTip(f"Browse: choose a {'folder' if self._is_folder() else 'file'}")
        self.browse.setAccessibleName(f"Browse for {field.label}")
        self.browse.clicked.connect(self._browse)
        self.wide = QWidget()
        row = QHBoxLayout(self.wide)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.line)
        row.addWidget(self.browse)
        self.restyle()

    def _make_line(self) -> TextField:
        return FileField(self.style)

    def targets(self) -> list[QWidget]:
        return [self.line, self.browse]

    def named(self) -> list[QWidget]:
        return [self.line]

    def restyle(self) -> None:
        side = round(self.style.px(16))
        self.browse.setIcon(icon("open", self.style))
        self.browse.setIconSize(QSize(side, side))

    def _is_folder(self) -> bool:
        return self._filter == "folder"

    def _browse(self) -> None:
        if self._is_folder():
            path = QFileDialog.getExistingDirectory(self.browse, self._label)
        else:
            path, _ = QFileDialog.getOpenFileName(self.browse, self._label, "", self._filter)
        if path and isinstance(self.line, FileField):
            self.line.offer(path)
