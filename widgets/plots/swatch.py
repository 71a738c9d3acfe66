"""A small picture of how a category is drawn: its line with dashes, and its symbol on it."""

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from widgets.style import Style


class Swatch(QWidget):
    """The line and the symbol of a category, as a legend shows them."""

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._style = style
        self._color = ""
        self._symbol = "o"
        self._dash: tuple[float, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def setMark(self, color: str, symbol: str, dash: tuple[float, ...]) -> None:
        """Draw in `color` (#rrggbb) the `symbol`, as pyqtgraph names it, on a line with `dash`."""
        self._color, self._symbol, self._dash = color, symbol, tuple(dash)
        self.update()

    def color(self) -> str:
        """The colour that is shown; empty before there is any."""
        return self._color

    def sizeHint(self) -> QSize:
        return QSize(round(self._style.px(22)), round(self._style.px(16)))

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._color:
            return
        from widgets.plots.symbols import symbol_path  # pyqtgraph: the window opens without it

        color = QColor(self._color)
        middle = QPointF(self.width() / 2, self.height() / 2)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            pen = QPen(color, self._style.px(2))
            pen.setCapStyle(Qt.PenCapStyle.FlatCap)
            if self._dash:
                pen.setDashPattern(list(self._dash))
            painter.setPen(pen)
            painter.drawLine(QPointF(0, middle.y()), QPointF(self.width(), middle.y()))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color)
            painter.translate(middle)
            painter.drawPath(symbol_path(self._symbol, self._style.px(10)))
