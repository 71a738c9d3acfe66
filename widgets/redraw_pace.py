"""When to redraw what is dear to draw: within a share of time, finely once nothing moves."""

from time import perf_counter
from typing import ClassVar

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QWidget

_SHARE = 24.0  # while frames come, a redraw of n ms is followed by a rest of 24 n ms
_SHARE_AT_HAND = 1.5  # while a person turns it
_SOON = 1  # ms after the news: what is cheap is painted first, and does not wait
_TURN = 12  # ms in which nothing else that is dear is drawn
_LATER = 40  # ms that it waits for a frame after which it is its turn, once it is rested
_CHEAP = 1.5  # ms; such pictures need not take turns
_SETTLED = 250  # ms without news after which it is drawn finely


class RedrawPace(QObject):
    """Says when a dear picture is due, so that frames stay even on any driver and processor.

    It is drawn right after the frame that brought news, while the next one is not due yet; of
    several that are dear, one at a time.

    Signals
    -------
    due(fine)
        It is time to draw: quickly while news come, finely when they have ceased.
    """

    due = Signal(bool)

    _turn_ends: ClassVar[float] = 0.0  # of whoever's turn it is, in seconds

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._next = QTimer(self, singleShot=True, timerType=Qt.TimerType.PreciseTimer)
        self._settle = QTimer(self, singleShot=True, interval=_SETTLED)
        self._next.timeout.connect(self._quickly)
        self._settle.timeout.connect(self._finely)
        self._rested = 0.0  # when its rest is over, in seconds
        self._asked = 0.0  # when the first of the news came that are not drawn yet
        self._took = 0.0

    def news(self) -> None:
        """Something changed: a redraw will be due as soon as the rest is over."""
        self._settle.stop()
        now = perf_counter()
        if not self._next.isActive():
            self._asked = now
        elif self._next.interval() == _SOON:
            return
        if now >= self._rested and self._takesTurn(now):
            self._next.start(_SOON)
        else:
            at_last = max(self._rested, self._asked) + _LATER / 1000
            self._next.start(max(_SOON + 1, round((at_last - now) * 1000)))

    def _takesTurn(self, now: float) -> bool:
        if self._took < _CHEAP:
            return True
        is_free = now >= RedrawPace._turn_ends
        if is_free:
            RedrawPace._turn_ends = now + _TURN / 1000
        return is_free

    def drew(self, took: float, *, at_hand: bool = False) -> None:
        """It was drawn in `took` ms; `at_hand` while a person moves it."""
        self._took = took
        rest = took * (_SHARE_AT_HAND if at_hand else _SHARE)
        self._rested = perf_counter() + rest / 1000

    def settle(self) -> None:
        """It was drawn quickly: draw it finely if no news come."""
        self._settle.start()

    def stop(self) -> None:
        self._next.stop()
        self._settle.stop()

    def _quickly(self) -> None:
        self.due.emit(False)

    def _finely(self) -> None:
        self.due.emit(True)


def is_on_screen(widget: QWidget) -> bool:
    """Whether somebody sees `widget`, so that drawing it has to keep up; else it is an export."""
    hidden = widget.window().testAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
    return widget.isVisible() and not hidden
