"""A field for one number, which keeps it in full and shows it short."""

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QValidator, QWheelEvent
from PySide6.QtWidgets import QAbstractSpinBox, QSizePolicy, QWidget

from widgets.forms.field import BoundedLike, refusal
from widgets.number_text import full_number, nudged, parse_integer, parse_number, short_number

_TYPED = "0123456789.,+-\N{MINUS SIGN}/eE_"  # what numbers are made of


class NumberField(QAbstractSpinBox):
    """A field for the number of a `field`: decimals, scientific notation and fractions such as 4/9.

    It shows four digits, and all of them while it has the focus; the number itself is never
    rounded. Up and Down change its second significant digit, or by one where it is whole. What is
    refused stays as it was typed, with the last good number in force; Escape brings that back.

    Signals
    -------
    numberEdited(number)
        A person gave another number, an int in a whole-number field; never emitted by `setNumber`.
    refused(sentence)
        What was typed is not allowed, or, with an empty sentence, is no longer in the way.
    """

    numberEdited = Signal(object)
    refused = Signal(str)

    def __init__(self, field: BoundedLike, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._field = field
        self._integer = field.kind == "integer"
        self._number: float | None = None
        self._draft = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        if not self._integer:
            self.setButtonSymbols(QAbstractSpinBox.ButtonSymbols.NoButtons)
        self.lineEdit().textEdited.connect(self._on_typed)
        self.editingFinished.connect(self.commit)

    def number(self) -> float | None:
        """The number in force, whatever is being typed; None before the first."""
        return self._number

    def setNumber(self, number: float) -> None:
        """Show `number`, silently; what is being typed stays if the number in force is the same."""
        if number == self._number:
            return
        self._number = number
        self._draft = False
        self._show_number()

    def hasDraft(self) -> bool:
        """Whether what stands in the field is not, or not yet, the number in force."""
        return self._draft

    def commit(self) -> None:
        """Take what was typed, or refuse it."""
        if not self._draft:
            return
        number, sentence = self._read()
        self.refused.emit(sentence)
        if number is not None and not sentence:
            self._take(number)

    def revert(self) -> None:
        """Bring back the number in force."""
        self._draft = False
        self._show_number()
        self.refused.emit("")

    def _read(self) -> tuple[float | None, str]:
        text = self.lineEdit().text().strip()
        name = self._field.label
        if self._integer:
            wanted = "a whole number. Write it without a decimal point, such as 10."
        else:
            wanted = "a number. Write it with digits, such as 0.1, 1e-3 or 4/9."
        try:
            number = parse_integer(text) if self._integer else parse_number(text)
        except (ValueError, OverflowError):
            said = f"is '{text}'" if text else "is empty"
            return None, f"{name} {said}; it must be {wanted}"
        return number, refusal(self._field, number)

    def _take(self, number: float) -> None:
        changed = number != self._number
        self._number = number
        self._draft = False
        self._show_number()
        if changed:
            self.numberEdited.emit(number)

    def _show_number(self) -> None:
        if self._number is None:
            return
        text = (full_number if self.hasFocus() else short_number)(self._number)
        self.lineEdit().setText(text)
        self.lineEdit().setCursorPosition(0)
        if self.hasFocus():  # all, backwards: of a long number the first digits are seen
            self.lineEdit().setSelection(len(text), -len(text))

    def _on_typed(self) -> None:
        self._draft = True

    def validate(self, text: str, position: int) -> object:
        """Anything may stand in the field while it is typed; `commit` judges."""
        return QValidator.State.Acceptable, text, position

    def stepBy(self, steps: int) -> None:
        """Go `steps` up, or down if it is negative, as far as is allowed."""
        self.commit()
        if self._draft or self._number is None:
            return
        number = self._number + steps if self._integer else nudged(self._number, steps)
        if self._field.minimum is not None:
            number = max(number, self._field.minimum)
        if self._field.maximum is not None:
            number = min(number, self._field.maximum)
        number = int(number) if self._integer else number
        if not refusal(self._field, number):
            self._take(number)

    def stepEnabled(self) -> QAbstractSpinBox.StepEnabledFlag:
        flag = QAbstractSpinBox.StepEnabledFlag
        allowed = flag.StepNone
        if self._number is None:
            return allowed
        if self._field.maximum is None or self._number < self._field.maximum:
            allowed |= flag.StepUpEnabled
        if self._field.minimum is None or self._number > self._field.minimum:
            allowed |= flag.StepDownEnabled
        return allowed

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.installEventFilter(self)
        if not self._draft:
            self._show_number()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)  # commits
        self.removeEventFilter(self)
        if not self._draft:
            self._show_number()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Leave to the window the keys that are no part of a number: there they are commands.

        This filters its own events while it has the focus; to override `event` would slow down
        every change of theme or size, which sends events to all fields by the dozen.
        """
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            is_typed = event.text().isprintable() and event.text() != ""
            command = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
            if is_typed and not event.modifiers() & command and event.text() not in _TYPED:
                event.ignore()
                return True
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._draft:
            self.revert()
            event.accept()
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def sizeHint(self) -> QSize:
        wide = self.fontMetrics().horizontalAdvance("0" * 8) + 2 * self.fontMetrics().height()
        return QSize(wide, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        narrow = self.fontMetrics().horizontalAdvance("0" * 5)
        return QSize(narrow, super().minimumSizeHint().height())
