"""A message that stands in the window until it is dismissed, and stops nobody from working."""

from typing import Literal

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleEvent, QGuiApplication
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from widgets.icons import icon, pixmap
from widgets.style import Style

Severity = Literal["info", "warning", "error"]
LEAST, MOST = 48, 170  # heights of the details: in a small window they are rolled


class Banner(QFrame):
    """A sentence with, where there are any, details to unfold and copy, and one thing to do.

    It is hidden until it has something to say.

    Signals
    -------
    actionTriggered()
        The button for the thing to do was pressed.
    dismissed()
        A person has sent the message away.
    """

    actionTriggered = Signal()
    dismissed = Signal()

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._style = style
        self._severity: Severity = "info"
        self._sign = QLabel()
        self.sentence = QLabel()
        self.sentence.setWordWrap(True)
        self.sentence.setTextFormat(Qt.TextFormat.PlainText)
        flag = Qt.TextInteractionFlag
        self.sentence.setTextInteractionFlags(
            flag.TextSelectableByMouse | flag.TextSelectableByKeyboard
        )
        self.action = QPushButton()
        self.details_button = QPushButton("Details")
        self.details_button.setCheckable(True)
        self.close_button = QToolButton()
        self.close_button.setAccessibleName("Dismiss the message")
        self.close_button.setToolTip("Dismiss the message")
        self.details = QPlainTextEdit()
        self.details.setReadOnly(True)
        self.details.setTabChangesFocus(True)
        self.details.setAccessibleName("Details")
        self.copy = QPushButton("Copy details")
        self._lay_out()
        self.action.clicked.connect(self._on_action)
        self.details_button.toggled.connect(self._show_details)
        self.copy.clicked.connect(self._on_copy)
        self.close_button.clicked.connect(self.dismiss)
        style.changed.connect(self._restyle)
        self._restyle()
        self.hide()

    def _lay_out(self) -> None:
        for button in (self.details_button, self.close_button):
            button.setProperty("flat", "true")
        self._top = QHBoxLayout()
        self._top.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignTop)
        self._top.addWidget(self.sentence, 1)
        for button in (self.action, self.details_button, self.close_button):
            self._top.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        self._below = QWidget()
        below = QVBoxLayout(self._below)
        below.setContentsMargins(0, 0, 0, 0)
        below.addWidget(self.details)
        below.addWidget(self.copy, 0, Qt.AlignmentFlag.AlignLeft)
        self._column = QVBoxLayout(self)
        self._column.addLayout(self._top)
        self._column.addWidget(self._below)

    def showMessage(
        self, severity: Severity, sentence: str, *, details: str = "", action: str = ""
    ) -> None:
        """Show `sentence`; `details` can be unfolded, `action` is the text of a button."""
        self._severity = severity
        self.sentence.setText(sentence)
        self.details.setPlainText(details)
        self.action.setText(action.replace("&", "&&"))
        self.action.setVisible(bool(action))
        self.details_button.setVisible(bool(details))
        self.details_button.setChecked(False)
        self._show_details(False)
        self._restyle()
        self.setAccessibleName(f"{severity.capitalize()}: {sentence}")
        self.show()
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))

    def severity(self) -> Severity:
        """How grave the present message is."""
        return self._severity

    def dismiss(self) -> None:
        """Send the message away."""
        self.hide()
        self.dismissed.emit()

    def _show_details(self, on: bool) -> None:
        self._below.setVisible(on)

    def _on_action(self) -> None:
        self.actionTriggered.emit()

    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(
            f"{self.sentence.text()}\n\n{self.details.toPlainText()}"
        )

    def _restyle(self) -> None:
        style, px = self._style, self._style.px
        self.setFont(style.font("body"))
        self.details.setFont(style.font("mono"))
        self.details.setMinimumHeight(round(px(LEAST)))
        self.details.setMaximumHeight(round(px(MOST)))
        color = {"info": "accent", "warning": "warning", "error": "error"}[self._severity]
        self._sign.setPixmap(pixmap(self._severity, style.color(color).name(), px(20)))
        self.close_button.setIcon(icon("close", style))
        side = round(px(14))
        self.close_button.setIconSize(QSize(side, side))
        self._sign.setMinimumHeight(self.close_button.sizeHint().height())
        self._top.setSpacing(round(px(8)))
        margins = (round(px(10)), round(px(8)))
        self._column.setContentsMargins(*margins, *margins)
        self.setProperty("banner", self._severity)
        self.style().unpolish(self)
        self.style().polish(self)
