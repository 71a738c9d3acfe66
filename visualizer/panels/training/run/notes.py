"""What is to be known of the data: what was left out of them, and how they are told."""

import math
from collections.abc import Sequence

from PySide6.QtGui import QFontMetricsF, QResizeEvent
from PySide6.QtWidgets import QWidget

from widgets.paragraphs import Paragraphs
from widgets.style import Style

MOST = 3  # lines
WASTE = 1.06  # of a line, where words do not fill it


class Notes(Paragraphs):
    """The sentences one after the other, in as many lines as they need; hidden without any."""

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(style, parent)
        style.changed.connect(self._fit)
        self.hide()

    def setTexts(self, texts: Sequence[str]) -> None:
        super().setTexts([" ".join(texts)] if texts else [])
        self.setToolTip("\n".join(texts))
        self.setVisible(bool(texts))
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Take the height of the lines that are needed."""
        metrics, px = QFontMetricsF(self._style.font("body")), self._style.px
        wide = metrics.horizontalAdvance(" ".join(self.texts())) * WASTE
        lines = min(math.ceil(wide / max(self.width() - px(16), 1)), MOST)
        self.setFixedHeight(math.ceil(px(6) + max(lines, 1) * metrics.height() * 1.06))
