"""A word over a part of the window that is not what it is going to be yet."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QLabel, QWidget

from widgets.style import Style


class Notice(QLabel):
    """A few words in the middle of its parent, over all that is there; hidden without any."""

    def __init__(self, style: Style, parent: QWidget) -> None:
        super().__init__(parent)
        self._style, self._room = style, parent
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.hide()
        parent.installEventFilter(self)
        style.changed.connect(self._restyle)
        self._restyle()

    def say(self, words: str) -> None:
        """Show `words`; none hides it."""
        self.setText(words)
        self.setVisible(bool(words))
        self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay in the middle of the parent."""
        if event.type() == QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        self.adjustSize()
        self.move(self._room.rect().center() - self.rect().center())
        self.raise_()

    def _restyle(self) -> None:
        style, theme = self._style, self._style.theme()
        self.setFont(style.font("title"))
        self.setStyleSheet(
            f"QLabel {{ background: {theme.base}; color: {theme.text};"
            f" border: 1px solid {theme.edge}; border-radius: {round(style.px(8))}px;"
            f" padding: {round(style.px(10))}px {round(style.px(18))}px; }}"
        )
        self._place()
