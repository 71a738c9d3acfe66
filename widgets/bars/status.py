"""Small read-outs for a status bar: device, steps and frames per second, seed."""

from collections.abc import Mapping

from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from widgets.style import Style


class StatusReadout(QWidget):
    """A row of named values whose places hold still while their digits change.

    `names` gives the words for each key, in reading order.
    """

    def __init__(
        self, style: Style, names: Mapping[str, str], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._style = style
        self._row = QHBoxLayout(self)
        self._captions = {key: QLabel(name) for key, name in names.items()}
        self._values = {key: QLabel("\N{EN DASH}") for key in names}
        for key, caption in self._captions.items():
            caption.setProperty("tone", "muted")
            self._row.addWidget(caption)
            self._row.addWidget(self._values[key])
        style.changed.connect(self._restyle)
        self._restyle()

    def setValue(self, key: str, text: str) -> None:
        """Show `text` beside the name of `key`. Raises `KeyError` for a key that was not named."""
        label = self._values[key]
        label.setText(text)
        label.setAccessibleName(f"{self._captions[key].text()}: {text}")
        label.setMinimumWidth(max(label.minimumWidth(), label.sizeHint().width()))

    def value(self, key: str) -> str:
        """What is shown for `key`."""
        return self._values[key].text()

    def _restyle(self) -> None:
        px = self._style.px
        for label in (*self._captions.values(), *self._values.values()):
            label.setFont(self._style.font("small"))
            label.setMinimumWidth(0)
            label.setContentsMargins(0, 0, 0, 0)
        for value in self._values.values():
            value.setContentsMargins(0, 0, round(px(12)), 0)
        self._row.setSpacing(round(px(5)))
        self._row.setContentsMargins(round(px(8)), 0, 0, 0)
