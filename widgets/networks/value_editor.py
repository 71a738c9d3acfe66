"""A small field in which a number is typed where it stands."""

from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from widgets.number_text import parse_number, short_number
from widgets.style import Style

# Its menu has opened, or another window is in front: it is still being filled in.
_GOES_ON = (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason)


class ValueEditor(QLineEdit):
    """A line for one number; what is none is marked, and stays until it is mended or left.

    Signals
    -------
    entered(number)
        Enter was pressed on a number.
    abandoned()
        Escape was pressed, or the field was left.
    """

    entered = Signal(float)
    abandoned = Signal()

    def __init__(self, style: Style, parent: QWidget) -> None:
        super().__init__(parent)
        self._style, self._around = style, parent
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.textEdited.connect(self._on_edited)
        self.hide()

    def open(self, name: str, value: float, at: QPointF) -> None:
        """Ask for another `value` of what is called `name`, about the point `at` of the parent."""
        self.setFont(self._style.font("small"))
        self.setText(short_number(value) if value == value else "")
        self._setInvalid(False)
        self.setAccessibleName(name)
        self.resize(round(self._style.px(96)), self.sizeHint().height())
        room = self._around.size() - self.size()
        left, top = at.x() - self.width() / 2, at.y() - self.height() / 2
        self.move(
            round(min(max(left, 0), max(room.width(), 0))),
            round(min(max(top, 0), max(room.height(), 0))),
        )
        self.show()
        self.selectAll()
        self.setFocus()

    def isInvalid(self) -> bool:
        """Whether what stands in it was refused."""
        return bool(self.property("invalid"))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._take()
        elif event.key() == Qt.Key.Key_Escape:
            self.abandoned.emit()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() not in _GOES_ON:
            self.abandoned.emit()

    def _take(self) -> None:
        try:
            number = parse_number(self.text().strip())
        except ValueError:
            self._setInvalid(True)
        else:
            self.entered.emit(number)

    def _on_edited(self, _: str) -> None:
        self._setInvalid(False)

    def _setInvalid(self, invalid: bool) -> None:
        wrong = "This is not a number. Write it with digits, such as 0.1, 1e-3 or 4/9."
        self.setProperty("invalid", invalid)
        self.setToolTip(wrong if invalid else "")
        self.setAccessibleDescription(wrong if invalid else "")
        self.style().unpolish(self)
        self.style().polish(self)
