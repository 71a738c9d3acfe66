"""What is to be known of the data: what was left out of them, and how they are told."""

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from widgets.paragraphs import Paragraphs
from widgets.style import Style


class Notes(Paragraphs):
    """The sentences one after the other, in as many lines as they need, up to a few."""

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(style, parent)
        self.hide()

    def setTexts(self, texts: Sequence[str]) -> None:
        super().setTexts([" ".join(texts)] if texts else [])
        self.setToolTip("\n".join(texts))
        self.setVisible(bool(texts))
        self._enlarge()

    def _enlarge(self) -> None:
        """Take the height of the lines that are needed, and letters that fill it."""
        self.setFixedHeight(min(self.wantedHeight(), self.leastHeight()))
        self.setViewportMargins(0, 0, 0, 0)  # while it is about to be seen no event tells of that
        super()._enlarge()
