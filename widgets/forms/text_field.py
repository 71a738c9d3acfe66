"""A field for one line of text, in which a mistake can be underlined."""

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDropEvent,
    QKeyEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
)
from PySide6.QtWidgets import QLineEdit, QWidget

from widgets.style import Style


class TextField(QLineEdit):
    """One line of text, taken with Enter or when the focus goes; Escape takes it back.

    Signals
    -------
    committed(text)
        A person gave another text; never emitted by `setValue`.
    typed(text)
        What stands in the field while it is typed.
    """

    committed = Signal(str)
    typed = Signal(str)

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._style = style
        self._value = ""
        self._offered: str | None = None
        self._span: tuple[int, int] | None = None
        self.textEdited.connect(self._on_typed)
        self.editingFinished.connect(self.commit)

    def value(self) -> str:
        """The text in force, whatever is being typed."""
        return self._value

    def setValue(self, value: str) -> None:
        """Show `value`, silently; what is being typed stays if the text in force is the same."""
        if value == self._value:
            return
        kept = self.text() == value
        self._value = value
        self._offered = None
        if not kept:
            self.setText(value)
            self.setCursorPosition(0)

    def hasDraft(self) -> bool:
        """Whether what stands in the field is not, or not yet, the text in force."""
        return self.text() != self._value

    def setDraft(self, text: str) -> None:
        """Show `text`, silently, as if it had been typed and offered, and was refused."""
        self._offered = text
        self.setText(text)

    def setMistake(self, span: tuple[int, int] | None) -> None:
        """Underline the characters from ``span[0]`` up to ``span[1]``, or nothing with None."""
        self._span = span
        self.update()

    def mistake(self) -> tuple[int, int] | None:
        """The characters that are underlined."""
        return self._span

    def commit(self) -> None:
        """Offer what was typed, once; it is in force when `setValue` says so."""
        if self.hasDraft() and self.text() != self._offered:
            self._offered = self.text()
            self.committed.emit(self.text())

    def revert(self) -> None:
        """Bring back the text in force."""
        self._offered = None
        self.setMistake(None)
        self.setText(self._value)
        self.typed.emit(self._value)

    def _on_typed(self, text: str) -> None:
        self._offered = None
        self.setMistake(None)  # it was counted in a text that is no longer there
        self.typed.emit(text)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.hasDraft():
            self.revert()
            event.accept()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._span is None:
            return
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setClipRect(self.rect().adjusted(2, 2, -2, -1))
            painter.setPen(self._style.pen("error", 1.6))
            painter.drawPath(self._wave(*self._span))

    def _wave(self, start: int, end: int) -> QPainterPath:
        """A wavy line under the characters from `start` to `end`, as the text is scrolled now."""
        metrics, text = self.fontMetrics(), self.text()
        cursor = QRectF(self.cursorRect())
        origin = cursor.center().x() - metrics.horizontalAdvance(text[: self.cursorPosition()])
        left = origin + metrics.horizontalAdvance(text[:start])
        right = origin + metrics.horizontalAdvance(text[: max(end, start + 1)])
        step = self._style.px(2.5)
        right = max(right, left + 3 * step)  # at the end of the text there is no character to span
        base = cursor.center().y() + metrics.ascent() / 2 + self._style.px(2)
        path = QPainterPath(QPointF(left, base))
        x, up = left, True
        while x < right:
            x += step
            path.lineTo(min(x, right), base + (-step / 2 if up else step / 2))
            up = not up
        return path


class FileField(TextField):
    """A text field that takes a file dropped on it, or a source such as ``resource:NAME``."""

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(style, parent)
        self.setAcceptDrops(True)

    def offer(self, path: str) -> None:
        """Give the file at `path`, as if it had been typed."""
        self.setText(f"file:{path}")
        self.commit()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if _dropped_file(event):
            event.acceptProposedAction()
        else:
            super().dragEnterEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        if path := _dropped_file(event):
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
            self.offer(path)
        else:
            super().dropEvent(event)


def _dropped_file(event: QDropEvent) -> str:
    urls = event.mimeData().urls() if event.mimeData().hasUrls() else []
    return urls[0].toLocalFile() if len(urls) == 1 else ""
