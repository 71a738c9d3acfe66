"""The stages of something that happens in an order: one is chosen, large enough for a hall."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont, QFontMetricsF, QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from widgets.style import Style

SIZES = (1.0, 0.9, 0.8, 0.7)  # of the letters, where there is little room
ARROW = "\N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK}"


class StageStrip(QWidget):
    """Numbered stages in a row, with arrows between them; Left and Right go from one to the next.

    Where there is little room the numbers and arrows are left out, then the letters are smaller.

    Signals
    -------
    stageChosen(index)
        A person chose a stage, with mouse or keys; never emitted by a setter.
    """

    stageChosen = Signal(int)

    def __init__(self, style: Style, names: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._style = style
        self._names = tuple(names)
        self._group = QButtonGroup(self)
        self._arrows: list[QLabel] = []
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        for index, name in enumerate(names):
            if index:
                self._arrows.append(QLabel(ARROW))
                self._row.addWidget(self._arrows[-1])
            button = QPushButton(name)
            button.setAccessibleName(name)
            button.setCheckable(True)
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            button.setMinimumWidth(1)
            self._group.addButton(button, index)
            self._row.addWidget(button, 1)
        self._group.button(0).setChecked(True)
        self._group.idToggled.connect(self._toggled)
        self._is_set = False
        style.changed.connect(self._restyle)
        self._restyle()

    def stage(self) -> int:
        """The index of the one that is chosen."""
        return self._group.checkedId()

    def setStage(self, index: int) -> None:
        """Choose the stage `index`, silently."""
        if index != self.stage():
            self._is_set = True
            self._group.button(index).setChecked(True)
            self._is_set = False

    def _toggled(self, index: int, is_on: bool) -> None:
        if is_on and not self._is_set:
            self.stageChosen.emit(index)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Say as much on the buttons, in letters as large, as there is room for."""
        numbered = [f"{index + 1}  {name}" for index, name in enumerate(self._names)]
        font = self._style.font("label", bold=True)
        is_wide = self._has_room(numbered, font, arrows=True)
        texts = numbered if is_wide else self._names
        smaller = (f for f in map(partial(_scaled, font), SIZES) if self._has_room(texts, f))
        font = font if is_wide else next(smaller, _scaled(font, SIZES[-1]))
        for arrow in self._arrows:
            arrow.setVisible(is_wide)
        for button, text in zip(self._group.buttons(), texts, strict=True):
            button.setText(text)
            button.setFont(font)

    def _has_room(self, texts: Sequence[str], font: QFont, *, arrows: bool = False) -> bool:
        """Whether the longest of `texts` fits on a button."""
        count, gap = len(texts), self._row.spacing()
        between = gap + arrows * (self._arrows[0].sizeHint().width() + gap) if count > 1 else 0
        room = (self.width() - (count - 1) * between) / count
        edges = 2 * (self._style.px(5) + 2)
        return max(map(QFontMetricsF(font).horizontalAdvance, texts)) + edges <= room

    def _restyle(self) -> None:
        style, theme = self._style, self._style.theme()
        pad, round_ = round(style.px(5)), round(style.px(6))
        self.setStyleSheet(
            f"QPushButton {{ background: {theme.base}; color: {theme.text}; padding: {pad}px;"
            f" border: 1px solid {theme.edge}; border-radius: {round_}px; }}"
            f"QPushButton:checked {{ background: {theme.accent}; color: {theme.on_accent};"
            f" border-color: {theme.accent}; }}"
            f"QPushButton:focus {{ border: 2px solid {theme.text}; padding: {pad - 1}px; }}"
            f"QLabel {{ color: {theme.muted}; }}"
        )
        self._row.setSpacing(round(style.px(6)))
        for arrow in self._arrows:
            arrow.setFont(style.font("title"))
            arrow.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._fit()


def _scaled(font: QFont, share: float) -> QFont:
    """`font` with letters of `share` times the size."""
    scaled = QFont(font)
    if font.pixelSize() > 0:
        scaled.setPixelSize(round(font.pixelSize() * share))
    else:
        scaled.setPointSizeF(font.pointSizeF() * share)
    return scaled
