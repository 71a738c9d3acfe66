"""The form: controls for any fields, built from plain descriptions of them."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from PySide6.QtCore import QCoreApplication, QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from widgets.forms.field import FieldLike, signature
from widgets.forms.field_editors import (
    BooleanEditor,
    ChoiceEditor,
    Editor,
    SourceEditor,
    TextEditor,
)
from widgets.forms.field_row import FieldRow
from widgets.forms.field_view import FieldSequence, FieldView, FormContext, MarkTuple
from widgets.forms.filling import Filling
from widgets.forms.list_editor import ListView
from widgets.forms.number_editors import (
    FixedEditor,
    NumberEditor,
    OptionalEditor,
    SequenceEditor,
    VectorEditor,
)
from widgets.forms.sections import GroupView, VariantView
from widgets.style import Style

_ROOM_FOR_TWO = 270  # px at factor 1: below this width, labels stand above their editors


def make_view(field: FieldLike, context: FormContext) -> FieldView:
    """The view for `field`: a section, a list of cards, or a row with an editor."""
    match field.kind:
        case "group":
            return GroupView(field, context)
        case "variant":
            return VariantView(field, context)
        case "list":
            return ListView(field, context)
        case _:
            return FieldRow(field, context, make_editor(field, context.style))


def make_editor(field: FieldLike, style: Style) -> Editor:
    """The editor for a plain field. Raises `ValueError` for a kind that it does not know."""
    match field.kind:
        case "boolean":
            return ChoiceEditor(field, style) if field.optional else BooleanEditor(field, style)
        case "choice":
            return ChoiceEditor(field, style)
        case "text":
            return TextEditor(field, style)
        case "source":
            return SourceEditor(field, style)
        case "integer" | "number":
            editor: Editor = NumberEditor(field, style)
        case "vector":
            editor = _vector_editor(field, style)
        case _:
            raise ValueError(f"{field.path}: a form has no editor for the kind '{field.kind}'")
    return OptionalEditor(editor, field, style) if field.optional else editor


def _vector_editor(field: FieldLike, style: Style) -> Editor:
    parts = field.value or field.default or ()
    if not all(isinstance(part, int | float) for part in parts):
        return FixedEditor(field, style)
    fixed = field.minimum_items == field.maximum_items
    return (VectorEditor if fixed else SequenceEditor)(field, style)


class ParameterForm(QScrollArea):
    """Controls for fields; it shows what it is given and reports what a person wants changed.

    Where there is much to make, the fields come one after another in slices of some milliseconds;
    what asks for one of them, such as `setError` or `view`, has them all.

    Nothing changes on a person's word alone: the caller takes an edit over, or refuses it with
    `setError`, and shows with `setFields` what is in force. What was typed and refused stays in its
    field, with the sentence below it, until it is corrected or Escape brings back what is in force.

    Signals
    -------
    edited(path, value)
        Another value is wanted; for a variant, the value is the name of its kind, for a field that
        may be left open, it may be None.
    rowInserted(path, index, item)
        Another row is wanted in the list at `path`; `item` is the name of a kind, or the fields of
        the row as a dictionary.
    rowRemoved(path, index), rowMoved(path, index, to)
        A row is to go, or to stand at the index `to` instead.
    gestureFinished()
        A drag was let go, an entry finished: all since the last one is one entry of undo.
    typed(path, text)
        What stands in a text field while it is typed; the caller may answer with `setError`.
    """

    edited = Signal(str, object)
    rowInserted = Signal(str, int, object)
    rowRemoved = Signal(str, int)
    rowMoved = Signal(str, int, int)
    gestureFinished = Signal()
    typed = Signal(str, str)

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._style = style
        self._context = context = FormContext(style, make_view, self)
        for mine, theirs in (
            (self.edited, context.edited),
            (self.rowInserted, context.rowInserted),
            (self.rowRemoved, context.rowRemoved),
            (self.rowMoved, context.rowMoved),
            (self.gestureFinished, context.gestureFinished),
            (self.typed, context.typed),
        ):
            theirs.connect(mine)
        context.unfolded.connect(self._on_unfolded)
        self._filling = Filling(self)
        self._filling.finished.connect(self._on_filled)
        self._page = QWidget()
        self._page.setProperty("page", "true")
        self._sequence = FieldSequence(context)
        self._column = QVBoxLayout(self._page)
        self._column.addWidget(self._sequence)
        self._column.addStretch(1)
        self.setWidget(self._page)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._structure: object = ()
        self._was_focused: tuple[FieldView, int] | None = None
        style.changed.connect(self._restyle)
        self._restyle()

    def setFields(self, fields: Sequence[FieldLike]) -> None:
        """Show `fields`, silently; only what changed its structure is made anew."""
        structure = [_structure(field) for field in fields]
        if structure == self._structure and not self._filling.isActive():
            for _ in self._sequence.fill(fields):
                pass
            return
        self._structure = structure
        self._was_focused = self._focused() or self._was_focused
        place = self.verticalScrollBar().value()
        self._begin(self._sequence.fill(fields))
        self.verticalScrollBar().setValue(place)  # Qt scrolls to where the focus fell meanwhile

    def isFilling(self) -> bool:
        """Whether fields are still to come."""
        return self._filling.isActive()

    def complete(self) -> None:
        """Make at once those fields that are still to come."""
        self._filling.complete()

    def setError(self, path: str, sentence: str, span: tuple[int, int] | None = None) -> bool:
        """Show `sentence` under the field at `path`, underlining the characters in `span`.

        Where there is no such field, it stands under the nearest one that holds it. Gives False,
        and shows nothing, if there is none at all.
        """
        chain = list(self._revealed(path))
        if not chain:
            return False
        chain[-1].setError(sentence, span if chain[-1].field.path == path else None)
        return True

    def setDraft(self, path: str, value: Any) -> None:
        """Show `value` in the field at `path` as typed and not in force, where one types."""
        chain = list(self._revealed(path))
        if chain and chain[-1].field.path == path and isinstance(chain[-1], FieldRow):
            chain[-1].editor.setDraft(value)

    def clearErrors(self) -> None:
        """Take all sentences away, save where what was typed is still not what is in force."""
        for view in self._made():
            view.clearError()

    def setRowMarks(self, path: str, marks: Sequence[MarkTuple]) -> None:
        """Show beside each row of the list at `path` how it is drawn: (colour, symbol, dash)."""
        self._context.row_marks[path] = marks
        self._sign_rows()

    def setRowNotes(self, path: str, notes: Sequence[str]) -> None:
        """Say under the heading of each row of the list at `path` what comes of it."""
        self._context.row_notes[path] = notes
        self._sign_rows()

    def _sign_rows(self) -> None:
        for view in self._made():
            if isinstance(view, ListView):
                view.signRows()

    def view(self, path: str) -> FieldView | None:
        """The view of the field at `path`; None if it is not shown, or was never unfolded."""
        self.complete()
        return next((view for view in self._made() if view.field.path == path), None)

    def showField(self, path: str) -> None:
        """Unfold and scroll to the field at `path`, and give it the focus."""
        chain = list(self._revealed(path))
        targets = chain[-1].targets() if chain and chain[-1].field.path == path else []
        if targets:
            targets[0].setFocus(Qt.FocusReason.OtherFocusReason)
            self._show_focused()

    def _made(self) -> Iterator[FieldView]:
        """All views that there are now, in reading order."""
        for view in self._sequence.views():
            yield from view.walk()

    def _revealed(self, path: str) -> Iterator[FieldView]:
        """The views on the way to `path`, from the outermost, each unfolded."""
        self.complete()
        for view in self._made():
            if path == view.field.path or path.startswith(f"{view.field.path}."):
                view.reveal()
                self.complete()
                yield view

    def _focused(self) -> tuple[FieldView, int] | None:
        """The field that has the focus, and the number of its widget; None if it is elsewhere."""
        for view in reversed(list(self._made())):
            for i, target in enumerate(view.targets()):
                if target.hasFocus():
                    return view, i
        return None

    def _is_at(self, path: str) -> bool:
        found = self._focused()
        return found is None or found[0].field.path == path

    def _show_focused(self) -> None:
        QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)
        widget = self.focusWidget()
        if widget is not None and self._page.isAncestorOf(widget):
            self.ensureWidgetVisible(widget)

    def _refocus(self, old: FieldView, index: int) -> None:
        """Give the focus back to a field that was made anew."""
        new = self.view(old.field.path)
        if new is not None and new is not old and index < len(new.targets()):
            new.targets()[index].setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_unfolded(self, view: FieldView) -> None:
        if not self._filling.isActive():  # else they come when it is their turn
            self._begin(view.fill(view.field))

    def _begin(self, work: Iterator[None]) -> None:
        self._page.setUpdatesEnabled(False)  # to paint each new field costs more than to make it
        self._filling.begin(work)

    def _on_filled(self) -> None:
        self._page.setUpdatesEnabled(True)
        focused, self._was_focused = self._was_focused, None
        self._order_tabs()
        if focused is not None:
            place = self.verticalScrollBar().value()
            self._refocus(*focused)
            self.verticalScrollBar().setValue(place)
            if not self._is_at(focused[0].field.path):  # a new row has no place before its layout
                QTimer.singleShot(0, self._show_focused)

    def _order_tabs(self) -> None:
        targets = [t for view in self._sequence.views() for t in view.targets()]
        for first, second in pairwise(targets):
            QWidget.setTabOrder(first, second)

    def _restyle(self) -> None:
        margin = round(self._style.px(8))
        self._column.setContentsMargins(margin, margin, margin, margin)
        self._sequence.restyle()
        for view in self._sequence.views():
            view.restyle()
        self._stack()

    def _stack(self) -> None:
        self._context.stacked = self.viewport().width() < self._style.px(_ROOM_FOR_TWO)
        for view in self._sequence.views():
            view.setStacked(self._context.stacked)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._stack()
        super().resizeEvent(event)


def _structure(field: FieldLike) -> tuple[object, ...]:
    return signature(field), tuple(_structure(child) for child in field.children)
