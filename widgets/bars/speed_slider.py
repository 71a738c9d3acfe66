"""The slider for the speed of a run: 1, 2, 3, 5, ... 10,000 steps per frame, and Max at its end."""

from bisect import bisect_right

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from widgets.forms.log_slider import NumberSlider

MAX_SPEED = 0  # as many steps per frame as can be done

_SPEEDS: tuple[int, ...] = (*(m * 10**e for e in range(4) for m in (1, 2, 3, 5)), 10_000, MAX_SPEED)


def speed_text(speed: int) -> str:
    """A speed as a person reads it."""
    if speed == MAX_SPEED:
        return "Max"
    return f"\N{MULTIPLICATION SIGN}{speed:,} step{'s' if speed > 1 else ''}/frame"


class SpeedSlider(NumberSlider):
    """A slider of round speeds, in steps per frame; its right end is `MAX_SPEED`.

    `speedEdited(speed)` tells a person's choice; it is never emitted by `setSpeed`.
    """

    speedEdited = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(len(_SPEEDS) - 1, parent)
        self.setPageStep(4)
        self.setAccessibleName("Speed")
        self.numberEdited.connect(self._on_edited)

    def setSpeed(self, speed: int) -> None:
        """Go to `speed`, silently, or to the round one below it."""
        self.setNumber(speed)

    def numberAt(self, position: int) -> float:
        return _SPEEDS[position]

    def positionOf(self, number: float) -> int:
        if number == MAX_SPEED:
            return len(_SPEEDS) - 1
        return max(0, bisect_right(_SPEEDS[:-1], number) - 1)

    def _on_edited(self, speed: float) -> None:
        self.speedEdited.emit(int(speed))
