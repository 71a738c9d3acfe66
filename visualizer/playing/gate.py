"""Where frames wait until they can be shown. Importing this module loads no torch."""

import time
from collections import deque
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from visualizer.playing.pace import Pace

if TYPE_CHECKING:
    from visualizer.playing.playback import Delivery

SCREEN = 60.0  # pictures a second that can be seen
GAPS = 1000  # between two pictures, kept for benchmarks


class FrameGate(QObject):
    """Lets one frame pass at a time: the next one when the last is painted.

    Where steps go as fast as they can (`is_eager`), the next one is made meanwhile, and passes when
    it is due, 60 times a second.

    Signals
    -------
    passed(delivery)
        A frame is to be shown.
    emptied()
        Another one can be taken.
    """

    passed = Signal(object)
    emptied = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.is_eager = False
        self._is_taken = False  # a frame has passed and is not painted yet
        self._has_asked = False  # for the next one when that one passed
        self._early: Delivery | None = None  # what came before it could be shown
        self._pace = Pace(frames_per_second=SCREEN)
        self._turn = QTimer(self, singleShot=True, timerType=Qt.TimerType.PreciseTimer)
        self._turn.timeout.connect(self.flush)
        self._gaps: deque[float] = deque(maxlen=GAPS)
        self._last_paint: float | None = None
        self._paints, self._since = 0, time.perf_counter()

    def offer(self, delivery: "Delivery") -> None:
        """A frame came: it passes now, or waits."""
        now = time.perf_counter()
        if self._is_taken or (self.is_eager and self._pace.wait(now)):
            self._early = delivery
            if not self._is_taken:
                self._wait(now)
        else:
            self._pass(delivery)

    def painted(self, *, playing: bool) -> None:
        """The frame that passed is on the screen."""
        if not self._is_taken:
            return
        now = time.perf_counter()
        self._is_taken = False
        self._paints += 1
        if playing and self._last_paint is not None:
            self._gaps.append(now - self._last_paint)
        self._last_paint = now if playing else None
        if self._early is not None:
            self._wait(now)
        elif not self._has_asked:
            self.emptied.emit()

    @Slot()
    def flush(self) -> None:
        """Let pass what waits."""
        delivery, self._early = self._early, None
        if delivery is not None:
            self._pass(delivery)

    def clear(self) -> None:
        """Forget what passed and what waits: nothing of it is wanted any more."""
        self._early, self._is_taken = None, False
        self._turn.stop()

    def rest(self) -> None:
        """What is painted next does not follow on what was painted last."""
        self._last_paint = None

    def gaps(self) -> tuple[float, ...]:
        """The last 1,000 times between two pictures while playing, in seconds."""
        return tuple(self._gaps)

    def rate(self) -> float:
        """Pictures a second since this was asked last."""
        now = time.perf_counter()
        rate = self._paints / (now - self._since)
        self._paints, self._since = 0, now
        return rate

    def _pass(self, delivery: "Delivery") -> None:
        self._pace.begun(time.perf_counter())
        self._is_taken, self._has_asked = True, self.is_eager
        if self._has_asked:
            self.emptied.emit()
        self.passed.emit(delivery)

    def _wait(self, now: float) -> None:
        self._turn.start(round(self._pace.wait(now) * 1000))
