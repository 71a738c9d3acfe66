"""A line of text in the room that there is: set smaller, and cut with an ellipsis at the end."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from widgets.style import Style

_SMALLER = (1.0, 0.92, 0.85)  # of the size of the font, before anything is cut


def fitted(text: str, font: QFont, room: float) -> tuple[QFont, str]:
    """`text` and the font in which it is at most `room` pixels wide, from `font` or smaller."""
    smaller = QFont(font)
    for share in _SMALLER:
        smaller.setPixelSize(max(1, round(font.pixelSize() * share)))
        metrics = QFontMetricsF(smaller)
        if metrics.horizontalAdvance(text) <= room:
            return smaller, text
    return smaller, metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)


class Title(QWidget):
    """The name of a picture in the middle above it; it never asks for width."""

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._style = style
        self._text = ""
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.hide()
        style.changed.connect(self._restyle)

    def text(self) -> str:
        return self._text

    def setText(self, text: str) -> None:
        """Show `text` as it is, without any mark-up; hidden where it is empty."""
        if text != self._text:
            self._text = text
            self.setVisible(bool(text))
            self.update()

    def shown(self) -> str:
        """What is to be read of the text at the present width."""
        return fitted(self._text, self._font(), self._room())[1]

    def sizeHint(self) -> QSize:
        metrics = QFontMetricsF(self._font())
        wide = metrics.horizontalAdvance(self._text)
        return QSize(round(wide), round(metrics.height() + self._style.px(6)))

    def paintEvent(self, event: QPaintEvent) -> None:
        font, text = fitted(self._text, self._font(), self._room())
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), self._style.color("base"))
            painter.setFont(font)
            painter.setPen(self._style.color("text"))
            below = self.rect().adjusted(0, round(self._style.px(6)), 0, 0)
            painter.drawText(below, Qt.AlignmentFlag.AlignCenter, text)

    def _restyle(self) -> None:
        self.updateGeometry()
        self.update()

    def _font(self) -> QFont:
        return self._style.font("label", bold=True)

    def _room(self) -> float:
        return self.width() - self._style.px(8)
