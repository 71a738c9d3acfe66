"""The card of one row of a list: what it is, what can be done to it, and its fields."""

from collections.abc import Iterator, Sequence
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMenu, QToolButton, QVBoxLayout, QWidget

from widgets.forms.choice_field import ChoiceBox
from widgets.forms.field import FieldLike
from widgets.forms.field_view import FieldSequence, FieldView, FormContext, MarkTuple
from widgets.forms.sections import error_label
from widgets.icons import icon
from widgets.plots.swatch import Swatch

ROW_KEYS = {  # what can be done to a row: the words, and the key
    "duplicate": ("Duplicate", "Ctrl+D"),
    "up": ("Move up", "Alt+Up"),
    "down": ("Move down", "Alt+Down"),
    "remove": ("Remove", "Alt+Delete"),
}


class RowCard(FieldView):
    """One row of a list: a heading with the variant and a menu of commands, and its fields.

    The fields are made when it is first unfolded.

    Signals
    -------
    asked(command)
        What a person wants done to the row: duplicate, up, down or remove.
    folded(open)
        The row was folded or unfolded.
    """

    asked = Signal(str)
    folded = Signal(bool)

    def __init__(self, field: FieldLike, context: FormContext) -> None:
        super().__init__(field, context)
        self.sequence = FieldSequence(context)
        self.swatch = Swatch(context.style)
        self.swatch.hide()
        self.variant = ChoiceBox(field.choices) if len(field.choices) > 1 else None
        self.title = QLabel(field.label)
        self.note = QLabel()
        self.note.setWordWrap(True)
        self.note.hide()
        self.fold = QToolButton()
        self.fold.setCheckable(True)
        self.more = QToolButton()
        self.commands = {name: self._make_action(name) for name in ROW_KEYS}
        self.sentence = error_label(context.style)
        self._frame = self._lay_out()
        if self.variant is not None:
            self.variant.chosen.connect(self._on_chosen)
        self.fold.toggled.connect(self._on_fold)
        self.restyle()

    def _lay_out(self) -> QFrame:
        self._heading = QHBoxLayout()
        for button in (self.fold, self.more):
            button.setProperty("flat", "true")
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        menu = QMenu(self.more)
        menu.addActions(list(self.commands.values()))
        self.more.setMenu(menu)
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.more.setToolTip("Duplicate, move or remove this row")
        for part in (self.fold, self.swatch, self.variant or self.title):
            self._heading.addWidget(part)
        self._heading.addStretch(1)
        self._heading.addWidget(self.more)
        frame = QFrame()
        frame.setProperty("card", "true")
        self._column = QVBoxLayout(frame)
        self._column.addLayout(self._heading)
        self._column.addWidget(self.note)
        self._column.addWidget(self.sentence)
        self._column.addWidget(self.sequence)
        self.sequence.hide()
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(frame)
        return frame

    def _make_action(self, name: str) -> QAction:
        text, key = ROW_KEYS[name]
        action = QAction(text, self)
        action.setData(name)
        action.setShortcut(QKeySequence(key))
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        action.triggered.connect(self._on_action)
        self.addAction(action)
        return action

    def fill(self, field: FieldLike) -> Iterator[None]:
        self.field = field
        self.title.setText(field.label)
        if self.variant is not None:
            self.variant.setChoice(field.value)
        name = f"{field.label}, row {int(field.name) + 1}"
        self.fold.setAccessibleName(f"Fold {name}")
        self.more.setAccessibleName(f"Commands for {name}")
        if self.variant is not None:
            self.variant.setAccessibleName(f"Kind of {name}")
        if self.fold.isChecked() or self.sequence.views():
            yield from self.sequence.fill(field.children)

    def setMark(self, mark: MarkTuple | None) -> None:
        """Show how this row is drawn elsewhere, or nothing."""
        self.swatch.setVisible(mark is not None)
        if mark is not None:
            self.swatch.setMark(*mark)

    def setNote(self, note: str) -> None:
        """Say under the heading what comes of this row, or nothing; a mistake takes its place."""
        self.note.setText(note)
        self.note.setVisible(bool(note) and self.sentence.isHidden())

    def setOpen(self, is_open: bool) -> None:
        self.fold.setChecked(is_open)

    def views(self) -> Sequence[FieldView]:
        return self.sequence.views()

    def targets(self) -> list[QWidget]:
        heading = (self.fold, self.variant, self.more)
        return [part for part in heading if part is not None] + super().targets()

    def reveal(self) -> None:
        self.setOpen(True)

    def setError(self, sentence: str, span: tuple[int, int] | None = None) -> None:
        self.sentence.setText(sentence)
        self.sentence.show()
        self.note.hide()

    def clearError(self) -> None:
        self.sentence.hide()
        self.setNote(self.note.text())

    def restyle(self) -> None:
        style = self.context.style
        side = round(style.px(13))
        name = "chevron-down" if self.fold.isChecked() else "chevron-right"
        self.fold.setIcon(icon(name, style, "muted"))
        self.more.setIcon(icon("more", style))
        for button in (self.fold, self.more):
            button.setIconSize(QSize(side, side))
        for key, action in self.commands.items():
            action.setIcon(icon(key, style))
        self.title.setFont(style.font("body", bold=True))
        self.note.setFont(style.font("small"))
        self.note.setStyleSheet(f"color: {style.theme().muted}")
        self.sentence.setFont(style.font("small"))
        self._heading.setSpacing(round(style.px(5)))
        margin = round(style.px(5))
        self._column.setContentsMargins(margin, margin, margin, margin)
        self._column.setSpacing(round(style.px(8)))
        self.sequence.restyle()
        super().restyle()

    def _on_fold(self, is_open: bool) -> None:
        self.sequence.setVisible(is_open)
        if is_open:
            self.context.unfolded.emit(self)
        self.restyle()
        self.folded.emit(is_open)

    def _on_chosen(self, kind: Any) -> None:
        self.context.edited.emit(self.field.path, kind)
        self.context.gestureFinished.emit()

    def _on_action(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            self.asked.emit(action.data())
