"""Fields for one of several values: a drop-down list, or a row of buttons where they are few."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QPaintEvent, QWheelEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QHBoxLayout,
    QSizePolicy,
    QStyle,
    QStyleOptionComboBox,
    QStylePainter,
    QToolButton,
    QWidget,
)

from widgets.forms.field import ChoiceLike

_MOST_SEGMENTS, _MOST_LETTERS = 3, 12  # what fits beside a label in a nested group
_MOST_BESIDE = 20  # letters of a choice in a list beside a label


def fits_segments(choices: Sequence[ChoiceLike]) -> bool:
    """Whether `choices` are few and short enough for a row of buttons."""
    letters = sum(len(choice.label) for choice in choices)
    return 2 <= len(choices) <= _MOST_SEGMENTS and letters <= _MOST_LETTERS


def fits_beside(choices: Sequence[ChoiceLike]) -> bool:
    """Whether every one of `choices` is read whole in a list beside a label."""
    return all(len(choice.label) <= _MOST_BESIDE for choice in choices)


class ChoiceBox(QComboBox):
    """A drop-down list of `choices`.

    It ignores the wheel unless it has the focus. `chosen(value)` tells a person's choice; it is
    never emitted by `setChoice`.
    """

    chosen = Signal(object)

    def __init__(self, choices: Sequence[ChoiceLike], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._values = [choice.value for choice in choices]
        self._labels = [choice.label for choice in choices]
        self.addItems(self._labels)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.currentIndexChanged.connect(self._on_chosen)

    def choice(self) -> Any:
        """The value that is chosen; None if none is."""
        return self._values[self.currentIndex()] if self.currentIndex() >= 0 else None

    def setChoice(self, value: Any) -> None:
        """Choose `value`, silently; nothing if it is not offered."""
        with QSignalBlocker(self):
            self.setCurrentIndex(self._values.index(value) if value in self._values else -1)

    def setRemark(self, remark: str) -> None:
        """Put `remark` behind the label of what is chosen, and take it from behind all others."""
        for index, label in enumerate(self._labels):
            is_remarked = remark and index == self.currentIndex()
            self.setItemText(index, f"{label} ({remark})" if is_remarked else label)

    def minimumSizeHint(self) -> QSize:
        """Room for a few letters: a narrow form cuts long words rather than the box."""
        hint, metrics = super().minimumSizeHint(), self.fontMetrics()
        few = metrics.horizontalAdvance("0" * 3) + 1.5 * metrics.height()
        return QSize(min(hint.width(), round(few)), hint.height())

    def shown(self) -> str:
        """What is read of the label: its ends, where there is no room for all of it."""
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        control, part = QStyle.ComplexControl.CC_ComboBox, QStyle.SubControl.SC_ComboBoxEditField
        room = self.style().subControlRect(control, option, part, self).width()
        middle = Qt.TextElideMode.ElideMiddle
        return self.fontMetrics().elidedText(self.currentText(), middle, room)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, option = QStylePainter(self), QStyleOptionComboBox()
        self.initStyleOption(option)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        option.currentText = self.shown()
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)

    def showPopup(self) -> None:
        """Drop the list down as wide as its longest word, however narrow the box."""
        view = self.view()
        view.setMinimumWidth(view.sizeHintForColumn(0) + 4 * view.frameWidth())
        super().showPopup()

    def _on_chosen(self, index: int) -> None:
        if index >= 0:
            self.chosen.emit(self._values[index])

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class SegmentedChoice(QWidget):
    """A row of buttons of which one is pressed; the arrow keys go from one to the next.

    `chosen(value)` tells a person's choice; it is never emitted by `setChoice`.
    """

    chosen = Signal(object)

    def __init__(self, choices: Sequence[ChoiceLike], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._values = [choice.value for choice in choices]
        self._group = QButtonGroup(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for i, choice in enumerate(choices):
            button = QToolButton()
            button.setText(choice.label)
            button.setCheckable(True)
            ends = {0: "first", len(choices) - 1: "last"}
            button.setProperty("segment", ends.get(i, "true"))
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            self._group.addButton(button, i)
            row.addWidget(button)
        self._group.idToggled.connect(self._on_toggled)

    def choice(self) -> Any:
        """The value that is chosen; None if none is."""
        index = self._group.checkedId()
        return self._values[index] if index >= 0 else None

    def setChoice(self, value: Any) -> None:
        """Choose `value`, silently; nothing if it is not offered."""
        with QSignalBlocker(self._group):
            if value in self._values:
                button = self._group.button(self._values.index(value))
                button.setChecked(True)
                self.setFocusProxy(button)

    def buttons(self) -> list[QToolButton]:
        """The buttons from left to right."""
        return [b for b in self._group.buttons() if isinstance(b, QToolButton)]

    def _on_toggled(self, index: int, on: bool) -> None:
        if on:
            self.setFocusProxy(self._group.button(index))
            self.chosen.emit(self._values[index])
