"""The layers of a network, with shapes and parameter counts."""

from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from kernels.training.frame import Plan
from widgets.paragraphs import Paragraphs
from widgets.style import Style


class LayerTable(QWidget):
    """A line for each layer, where the network is too large to be drawn."""

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._style, self._words = style, Paragraphs(style)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._words)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._style.color("base"))
        painter.end()

    def draw(self, plan: Plan) -> None:
        lines = [
            f"{row.name}: {' × '.join(map(str, row.shape))}, {row.parameters:,} parameters"
            for row in plan.rows
        ]
        self._words.setTexts([*lines, f"{plan.parameter_count:,} parameters in all."])
