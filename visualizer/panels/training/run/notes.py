"""What is to be known of the data: what was left out of them, and how they are told."""

from collections.abc import Sequence

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from widgets.paragraphs import Paragraphs
from widgets.style import Style


class Notes(Paragraphs):
    """The sentences one after the other, in as many lines as they need, up to a few."""

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
        """Take the height of the lines that are needed, and letters that fill it."""
        self.setFixedHeight(min(self.wantedHeight(), self.leastHeight()))
        self._enlarge()  # in a picture no event tells of that height
