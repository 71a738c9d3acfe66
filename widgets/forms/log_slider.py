"""Sliders for real numbers, linear and logarithmic, that tell a drag from its end."""

import math

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QSlider, QWidget

from widgets.number_text import rounded

_PER_DECADE = 100


class NumberSlider(QSlider):
    """A horizontal slider whose positions stand for numbers.

    It ignores the wheel unless it has the focus, so that a form can be scrolled over it.

    Signals
    -------
    numberEdited(number)
        A person moved it; never emitted by `setNumber`.
    gestureFinished()
        The mouse, or the key, that moved it was let go.
    """

    numberEdited = Signal(float)
    gestureFinished = Signal()

    def __init__(self, positions: int, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._showing = False
        self._changed = False
        self._key_down = False
        self.setRange(0, positions)
        self.setSingleStep(max(1, positions // 100))
        self.setPageStep(max(1, positions // 10))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.valueChanged.connect(self._on_value_changed)
        self.sliderReleased.connect(self._finish)

    def number(self) -> float:
        """The number at the present position."""
        return self.numberAt(self.value())

    def setNumber(self, number: float) -> None:
        """Go to the position nearest to `number`, silently; not while a person drags."""
        if self.isSliderDown():
            return
        self._showing = True
        self.setValue(self.positionOf(number))
        self._showing = False

    def numberAt(self, position: int) -> float:
        """The number for which `position` stands."""
        raise NotImplementedError

    def positionOf(self, number: float) -> int:
        """The position nearest to `number`, one end if it lies beyond."""
        raise NotImplementedError

    def _on_value_changed(self, position: int) -> None:
        if self._showing:
            return
        self._changed = True
        self.numberEdited.emit(self.numberAt(position))
        if not self.isSliderDown() and not self._key_down:
            self._finish()

    def _finish(self) -> None:
        if self._changed:
            self._changed = False
            self.gestureFinished.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self._key_down = True
        super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        super().keyReleaseEvent(event)
        if not event.isAutoRepeat():
            self._key_down = False
            self._finish()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._key_down = False
        self._finish()

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.EnabledChange and not self.isEnabled():
            self._finish()


class LinearSlider(NumberSlider):
    """A slider from `low` to `high` in steps that are round in the decimal system.

    With `integer`, it stops at whole numbers only.
    """

    def __init__(
        self, low: float, high: float, integer: bool = False, parent: QWidget | None = None
    ) -> None:
        self._low, self._high = low, high
        span = high - low
        self._step = 10.0 ** math.floor(math.log10(span / 200)) if span > 0 else 1.0
        if integer:
            self._step = max(1.0, self._step)
        super().__init__(max(1, math.ceil(span / self._step - 1e-9)), parent)

    def numberAt(self, position: int) -> float:
        value = self._low + position * self._step
        return min(float(f"{value:.12g}"), self._high)

    def positionOf(self, number: float) -> int:
        inside = min(max(number, self._low), self._high)
        return round((inside - self._low) / self._step)


class LogSlider(NumberSlider):
    """A slider from `low` > 0 to `high` on which equal ways multiply by equal factors.

    With `zero`, its far left stands for 0. Numbers are rounded to three digits, or whole ones with
    `integer`. Raises `ValueError` if `low` is not positive.
    """

    def __init__(
        self,
        low: float,
        high: float,
        zero: bool = False,
        integer: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        if not 0 < low < high:
            raise ValueError(f"a logarithmic slider needs 0 < low < high, not {low} and {high}")
        self._low, self._high = low, high
        self._zero, self._integer = zero, integer
        self._positions = max(20, round(math.log10(high / low) * _PER_DECADE))
        super().__init__(self._positions + zero, parent)

    def numberAt(self, position: int) -> float:
        if self._zero and position == 0:
            return 0.0
        share = (position - self._zero) / self._positions
        if share in (0.0, 1.0):
            return self._high if share else self._low
        value = rounded(self._low * (self._high / self._low) ** share)
        return float(round(value)) if self._integer else value

    def positionOf(self, number: float) -> int:
        if number <= 0:
            return 0
        share = math.log(number / self._low) / math.log(self._high / self._low)
        return round(min(max(share, 0.0), 1.0) * self._positions) + self._zero
