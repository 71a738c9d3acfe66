"""Which keys a control with the focus keeps for itself, though the window has an action for them.

A text field takes what can be typed by Qt's own rule. Space is never kept by a button or a list: it
plays, wherever the focus is; Enter presses the button instead. Undo is the field's own while it is
typed in, and the program's before and after.
"""

import shiboken6
from PySide6.QtCore import QEvent, QObject, Qt, Slot
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QTabBar,
    QWidget,
)

_KEY = Qt.Key
_STEPS = (_KEY.Key_Left, _KEY.Key_Right, _KEY.Key_Up, _KEY.Key_Down)
_JUMPS = (_KEY.Key_Home, _KEY.Key_End, _KEY.Key_PageUp, _KEY.Key_PageDown)
_ENTER = (_KEY.Key_Return, _KEY.Key_Enter)
_STEPPED = (QAbstractSlider, QAbstractSpinBox, QComboBox, QTabBar)
_UNMODIFIED = (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)


def keeps_key(widget: QWidget | None, event: QKeyEvent) -> bool:
    """Whether `widget`, which has the focus, does something of its own with the key."""
    key = event.key()
    if event.modifiers() not in _UNMODIFIED:
        return False
    if key == _KEY.Key_Escape:
        has_draft = getattr(widget, "hasDraft", None)
        return has_draft is not None and bool(has_draft())
    if key in _STEPS:
        return isinstance(widget, (*_STEPPED, QLineEdit)) or _is_one_of_several(widget)
    return key in _JUMPS and isinstance(widget, QAbstractSlider | QComboBox)


def press_focused(widget: QWidget | None, event: QKeyEvent) -> bool:
    """Press `widget` if it is a button and the key is Enter; tells whether it was."""
    if event.key() in _ENTER and isinstance(widget, QAbstractButton) and widget.isEnabled():
        widget.click()
        return True
    return False


def _is_one_of_several(widget: QWidget | None) -> bool:
    """Whether `widget` is a button of a row, along which the arrow keys go."""
    return isinstance(widget, QAbstractButton) and widget.group() is not None


class FieldUndo(QObject):
    """Lets the text field with the focus undo what is being typed, and nothing that was entered.

    Qt's own fields keep the keys of undo and redo even where there is nothing to undo in them.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._field: QWidget | None = None

    @Slot(QWidget, QWidget)
    def follow(self, _: QWidget | None, focused: QWidget | None) -> None:
        """Look after `focused`, and no longer after the one before."""
        if self._field is not None and shiboken6.isValid(self._field):  # a dialog's may be gone
            self._field.removeEventFilter(self)
        self._field = focused if _line(focused) is not None else None
        if self._field is not None:
            self._field.installEventFilter(self)
            _forget_typing(_line(self._field))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        line = _line(watched)
        if not isinstance(event, QKeyEvent) or line is None:
            return False
        if event.type() == QEvent.Type.KeyPress and event.key() in _ENTER:
            _forget_typing(line)
        if event.type() == QEvent.Type.ShortcutOverride and _is_vain(line, event):
            event.ignore()
            return True
        return False


def _line(widget: QObject | None) -> QLineEdit | None:
    """Where one types in `widget`, if anywhere."""
    line = widget.lineEdit() if isinstance(widget, QAbstractSpinBox) else widget
    return line if isinstance(line, QLineEdit) else None


def _is_vain(line: QLineEdit, event: QKeyEvent) -> bool:
    """Whether `line` would keep a key of undo or redo without having anything for it."""
    if event.matches(QKeySequence.StandardKey.Undo):
        return not line.isUndoAvailable()
    return event.matches(QKeySequence.StandardKey.Redo) and not line.isRedoAvailable()


def _forget_typing(line: QLineEdit | None) -> None:
    """Leave nothing to be undone in `line`; its text and cursor stay."""
    if line is not None and (line.isUndoAvailable() or line.isRedoAvailable()):
        position = line.cursorPosition()
        line.setText(line.text())
        line.setCursorPosition(position)
