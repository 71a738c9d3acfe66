"""Where frames wait until they can be shown. Importing this module loads no torch."""

import time
from collections import deque
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from visualizer.playing.pace import Pace

if TYPE_CHECKING:
    from visualizer.playing.playback import Delivery

SCREEN = 72.0  # pictures a second: so many more than a screen shows that one may be late
AHEAD = 3  # frames that wait for their turn, at most
GAPS = 1000  # between two pictures, kept for benchmarks


class FrameGate(QObject):
    """Lets one frame pass at a time: the next one is asked for when the last is painted.

    Where steps go as fast as they can (`is_eager`), frames pass when they are due, 72 times a
    second, and more are asked for than are needed: the pictures come evenly, also where one of the
    frames takes long to make.

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
        self._is_asked = True  # a frame is on its way
        self._waiting: deque[Delivery] = deque()
        self._pace = Pace(frames_per_second=SCREEN)
        self._turn = QTimer(self, singleShot=True, timerType=Qt.TimerType.PreciseTimer)
        self._turn.timeout.connect(self._pass)
        self._gaps: deque[float] = deque(maxlen=GAPS)
        self._last_paint: float | None = None
        self._paints, self._since = 0, time.perf_counter()

    def offer(self, delivery: "Delivery") -> None:
        """A frame came: it passes now, or waits."""
        self._is_asked = False
        self._waiting.append(delivery)
        if not self._is_taken:
            self._take_turn()
        self._ask()

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
        self._take_turn()
        self._ask()

    def flush(self) -> None:
        """Let pass the last of those that wait, and forget the others."""
        while len(self._waiting) > 1:
            self._waiting.popleft()
        self._pass()

    def clear(self) -> None:
        """Nothing of what passed and what waits is wanted any more; what is made anew will come."""
        self._waiting.clear()
        self._is_taken, self._is_asked = False, True
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

    def _take_turn(self) -> None:
        """Let the next frame pass when it is due."""
        if self._waiting:
            wait = self._pace.wait(time.perf_counter()) if self.is_eager else 0.0
            self._turn.start(round(wait * 1000))

    @Slot()
    def _pass(self) -> None:
        self._turn.stop()
        if self._waiting:
            self._pace.begun(time.perf_counter())
            self._is_taken = True
            self.passed.emit(self._waiting.popleft())

    def _ask(self) -> None:
        """Ask for another frame, unless one is on its way or enough are here."""
        here = len(self._waiting)
        if not self._is_asked and (here < AHEAD if self.is_eager else not here + self._is_taken):
            self._is_asked = True
            self.emptied.emit()
