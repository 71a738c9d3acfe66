"""When to draw what is dear to draw: between two frames, in parts; finely once nothing moves."""

import math
from collections.abc import Callable, Iterable, Iterator
from time import perf_counter
from typing import ClassVar

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

Draw = Callable[[bool], Iterable[None]]

_ROOM = 0.18  # of the time from frame to frame, for parts of all dear pictures together
_STREAM = 0.1  # s after a frame, within which another one may give it its turn
_SHARE = 24.0  # while frames come, a redraw of n ms is followed by a rest of 24 n ms
_LONGEST = 1.0  # s of rest at most, however long a loaded machine took for it
_SHARE_AT_HAND = 1.5  # while a person turns it
_SOON = 1  # ms after the news, where no frames come: what is cheap is painted first
_ALONE = 0.005  # s of parts at once, where no frames come
_SETTLED = 250  # ms without news after which it is drawn finely


class RedrawPace(QObject):
    """Has a dear picture drawn so that frames stay even on any driver and processor.

    `draw(fine)` draws it: quickly while news come, finely when they have ceased. It may `yield`
    between parts of a millisecond or two; where frames come fast, another part is then drawn after
    another frame. One that is `inStep`, as it shows the number of a step, can be told not to lag.
    """

    _waiting: ClassVar[list["RedrawPace"]] = []  # what has news longest comes first
    _last_frame: ClassVar[float] = -math.inf  # in seconds, as all that follow
    _last_gap: ClassVar[float] = math.inf

    def __init__(self, parent: QObject, draw: Draw, *, inStep: bool = False) -> None:
        super().__init__(parent)
        self._draw = draw
        self.inStep = inStep
        self._alone = QTimer(self, singleShot=True, timerType=Qt.TimerType.PreciseTimer)
        self._settle = QTimer(self, singleShot=True, interval=_SETTLED)
        self._alone.timeout.connect(self._withoutFrames)
        self._settle.timeout.connect(self.drawWhole)
        self._parts: Iterator[None] | None = None  # those that are left of a picture begun
        self._has_news = False
        self._share = _SHARE
        self._spent = 0.0  # on the parts so far
        self._longest = 0.0  # part of them
        self._rested = 0.0  # when its rest is over

    @classmethod
    def frame(cls) -> None:
        """A frame was painted, and the next is not due yet: draw parts that fit in between."""
        begun = perf_counter()
        gap = begun - cls._last_frame
        ends = begun + _ROOM * min(gap, cls._last_gap)  # after a late frame no more than else
        cls._last_frame, cls._last_gap = begun, gap
        cls._waiting[:] = filter(isValid, cls._waiting)
        rested = [pace for pace in cls._waiting if pace._rested <= begun]
        for index, pace in enumerate(rested):
            if not index or perf_counter() + pace._longest < ends:
                pace._advance(ends)

    @classmethod
    def keepStep(cls) -> None:
        """Draw all that is in step and has news at once, for the frame that is being drawn."""
        for pace in [pace for pace in cls._waiting if isValid(pace) and pace.inStep]:
            pace.stop()  # what was begun is of an older frame
            pace.drawWhole()

    def news(self, *, at_hand: bool = False) -> None:
        """Something changed: it is drawn when its rest is over; `at_hand` if a person moves it."""
        self._settle.stop()
        self._has_news = True
        self._share = _SHARE_AT_HAND if at_hand else _SHARE
        if self not in RedrawPace._waiting:
            RedrawPace._waiting.append(self)
        if not self._alone.isActive():
            self._waitAlone()

    def drew(self, took: float) -> None:
        """It was also drawn, in `took` seconds, by somebody else: it rests so much longer."""
        self._rested = max(self._rested, perf_counter() + min(_LONGEST, self._share * took))

    def settle(self) -> None:
        """It was drawn quickly: draw it finely if no news come."""
        self._settle.start()

    def drawWhole(self) -> None:
        """Draw it finely and at once."""
        self._parts = None
        for _ in self._draw(True):
            pass

    def stop(self) -> None:
        """Draw nothing until there are news."""
        self._alone.stop()
        self._settle.stop()
        self._parts, self._has_news = None, False
        if self in RedrawPace._waiting:
            RedrawPace._waiting.remove(self)

    def _waitAlone(self) -> None:
        """Wait until it is rested, and for frames as long as they come."""
        until = max(self._rested, RedrawPace._last_frame + _STREAM)
        self._alone.start(max(_SOON, round((until - perf_counter()) * 1000)))

    def _withoutFrames(self) -> None:
        if perf_counter() < RedrawPace._last_frame + _STREAM:
            self._waitAlone()
        else:
            self._advance(perf_counter() + _ALONE)
            if self._parts is not None:
                self._alone.start(_SOON)

    def _advance(self, ends: float) -> None:
        """Draw a part, and more as long as they fit in before `ends`."""
        now = perf_counter()
        if self._parts is None:
            self._has_news, self._spent, self._longest = False, 0.0, 0.0
            self._parts = iter(self._draw(False))  # which may draw it all
        for _ in self._parts:
            begun, now = now, perf_counter()
            self._count(now - begun)
            if now + self._longest > ends:
                return
        self._count(perf_counter() - now)
        self._parts = None
        self._rested = perf_counter() + min(_LONGEST, self._share * self._spent)
        if self in RedrawPace._waiting:  # it may have been hidden meanwhile
            RedrawPace._waiting.remove(self)
        self._alone.stop()
        if self._has_news:
            self.news(at_hand=self._share == _SHARE_AT_HAND)

    def _count(self, took: float) -> None:
        self._spent += took
        self._longest = max(self._longest, took)


def is_on_screen(widget: QWidget) -> bool:
    """Whether somebody sees `widget`, so that drawing it has to keep up; else it is an export."""
    hidden = widget.window().testAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
    return widget.isVisible() and not hidden
