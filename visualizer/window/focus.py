"""Which keys a control with the focus keeps for itself, though the window has an action for them.

A text field takes what can be typed by Qt's own rule. Space is never kept by a button or a list: it
plays, wherever the focus is; Enter presses the button instead.
"""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
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
    is_enter = event.key() in (_KEY.Key_Return, _KEY.Key_Enter)
    if is_enter and isinstance(widget, QAbstractButton) and widget.isEnabled():
        widget.click()
        return True
    return False


def _is_one_of_several(widget: QWidget | None) -> bool:
    """Whether `widget` is a button of a row, along which the arrow keys go."""
    return isinstance(widget, QAbstractButton) and widget.group() is not None
