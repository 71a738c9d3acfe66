"""The view of a plain field: label, mark, reset button, editor, and what is wrong with it."""

from collections.abc import Iterator
from html import escape
from typing import Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QWidget

from widgets.forms.field import FieldLike, has_default, help_lines, value_text
from widgets.forms.field_editors import Editor
from widgets.forms.field_view import FieldView, FormContext
from widgets.icons import icon, pixmap


class FieldRow(FieldView):
    """One field of a form with the editor that is right for it."""

    def __init__(self, field: FieldLike, context: FormContext, editor: Editor) -> None:
        super().__init__(field, context)
        self.editor = editor
        editor.setParent(self)
        self._refusal = ""  # what the editor itself refuses
        self._error = ""  # what the caller says
        self._stacked: bool | None = None
        self.label = QLabel(field.label.replace("&", "&&"))
        self.label.setWordWrap(True)
        self.mark = QLabel()
        self.unit = QLabel(field.unit)
        self.unit.setProperty("tone", "muted")
        self.reset = QToolButton()
        self.reset.hide()
        self.sentence = QLabel()
        self.sentence.setTextFormat(Qt.TextFormat.PlainText)  # what was typed stands in it
        self.sentence.setProperty("tone", "error")
        self.sentence.setWordWrap(True)
        self.sentence.hide()
        self._head = self._make_head()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setColumnStretch(0, 1)
        self.setStacked(context.stacked)
        self._connect()
        self._name_parts()
        self.restyle()

    def _make_head(self) -> QWidget:
        head = QWidget()
        row = QHBoxLayout(head)
        row.setContentsMargins(0, 0, 0, 0)
        title = self.editor.title or self.label
        title.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        for part in (title, self.unit, self.mark):
            row.addWidget(part)
        row.addStretch(1)
        self.reset.setProperty("flat", "true")
        row.addWidget(self.reset)
        self.unit.setVisible(bool(self.field.unit))
        return head

    def _connect(self) -> None:
        self.reset.clicked.connect(self._on_reset)
        self.editor.edited.connect(self._on_edited)
        self.editor.gestureFinished.connect(self.context.gestureFinished)
        self.editor.refused.connect(self._on_refused)
        self.editor.typed.connect(self._on_typed)

    def _name_parts(self) -> None:
        lines = help_lines(self.field)
        tip = "".join(f"<p style='margin: 2px 0'>{escape(line)}</p>" for line in lines)
        for part in (self._head, self.label, self.editor.title, self.editor.inline):
            if part is not None:
                part.setToolTip(tip)
        self.mark.setToolTip(lines[-1])
        default = value_text(self.field, self.field.default)
        self.reset.setToolTip(f"Reset to {default}")
        self.reset.setAccessibleName(f"Reset {self.field.label} to {default}")
        targets = self.editor.targets()
        if targets:
            self.label.setBuddy(targets[0])
        for target in self.editor.named():
            target.setAccessibleName(self.field.label)
        self._describe_parts()

    def _describe_parts(self) -> None:
        said = self.message() or " ".join(help_lines(self.field))
        for target in self.editor.targets():
            target.setAccessibleDescription(said)

    def fill(self, field: FieldLike) -> Iterator[None]:
        self.setField(field)
        yield from ()

    def setField(self, field: FieldLike) -> None:
        """Show the value of `field`, silently."""
        if self._error and field.value != self.field.value:
            self._error = ""
        self.field = field
        self.editor.setField(field)
        self.reset.setVisible(has_default(field))
        self._show_message()

    def targets(self) -> list[QWidget]:
        return [*self.editor.targets(), self.reset]

    def message(self) -> str:
        """The sentence under the field; empty if nothing is wrong."""
        return self._refusal or self._error

    def setError(self, sentence: str, span: tuple[int, int] | None = None) -> None:
        self._error = sentence
        self.editor.setMistake(span)
        self._show_message()

    def clearError(self) -> None:
        if not self.editor.hasDraft():
            self._error = ""
            self._show_message()

    def _show_message(self) -> None:
        message = self.message()
        if not message:
            self.editor.setMistake(None)
        if message != self.sentence.text():
            self.sentence.setText(message)
            self._describe_parts()
        self.sentence.setVisible(bool(message))
        for target in self.editor.targets():
            if bool(target.property("invalid")) != bool(message):
                target.setProperty("invalid", bool(message))
                target.style().unpolish(target)
                target.style().polish(target)

    def _on_edited(self, value: Any) -> None:
        self.context.edited.emit(self.field.path, value)

    def _on_refused(self, sentence: str) -> None:
        self._refusal = sentence
        if not sentence:
            self._error = ""
        self._show_message()

    def _on_typed(self, text: str) -> None:
        self._error = ""
        self._show_message()
        self.context.typed.emit(self.field.path, text)

    def _on_reset(self) -> None:
        targets = self.editor.targets()
        if targets:
            targets[0].setFocus(Qt.FocusReason.OtherFocusReason)  # the button is about to vanish
        self.context.edited.emit(self.field.path, self.field.default)
        self.context.gestureFinished.emit()

    def setStacked(self, stacked: bool) -> None:
        if stacked == self._stacked:
            return
        self._stacked = stacked
        self.mark.setVisible(not stacked)  # the tool tip says it too
        policy = self.reset.sizePolicy()
        policy.setRetainSizeWhenHidden(not stacked)  # the row does not jump when it comes and goes
        self.reset.setSizePolicy(policy)
        inline, wide = self.editor.inline, self.editor.wide
        self._grid.addWidget(self._head, 0, 0)
        if inline is not None:
            place = (1, 0, 1, 2) if stacked else (0, 1, 1, 1)
            flag = Qt.AlignmentFlag
            side = flag.AlignLeft if stacked else flag.AlignRight
            self._grid.addWidget(inline, *place, side | flag.AlignVCenter)
        if wide is not None:
            self._grid.addWidget(wide, 2, 0, 1, 2)
        self._grid.addWidget(self.sentence, 3, 0, 1, 2)

    def restyle(self) -> None:
        style = self.context.style
        self._grid.setHorizontalSpacing(round(style.px(6)))
        self._grid.setVerticalSpacing(round(style.px(3)))
        side = round(style.px(13))
        self.reset.setIcon(icon("reset", style, "accent"))
        self.reset.setIconSize(QSize(side, side))
        name = "live" if self.field.live else "restart"
        self.mark.setPixmap(pixmap(name, style.theme().muted, style.px(10)))
        for label in (self.unit, self.sentence):
            label.setFont(style.font("small"))
        self.editor.restyle()
