"""Making the views of a form a few at a time, so that the window answers meanwhile."""

import time
from collections.abc import Iterator

from PySide6.QtCore import QObject, QTimer, Signal

SLICE = 0.002  # s; after it whatever else waits in the event loop has its turn


class Filling(QObject):
    """Works off an iterator slice by slice: a first one at once, the others from the event loop.

    The iterator pauses wherever the work may rest, and wherever it may be given up.
    `finished` is emitted when it has come to its end, good or bad.
    """

    finished = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._work: Iterator[None] | None = None
        self._is_running = False
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._go_on)

    def isActive(self) -> bool:
        """Whether there is work left."""
        return self._work is not None

    def begin(self, work: Iterator[None]) -> None:
        """Work off `work`, and give up what is left of other work."""
        self._work = work
        self._run(SLICE)
        if self._work is not None:
            self._timer.start()

    def complete(self) -> None:
        """Do at once all that is left."""
        self._run(float("inf"))

    def _go_on(self) -> None:
        self._run(SLICE)

    def _run(self, seconds: float) -> None:
        if self._work is None or self._is_running:
            return  # what is begun while a view is made follows in the loop below
        end = time.perf_counter() + seconds
        self._is_running = True
        try:
            while (work := self._work) is not None:
                if next(work, self) is self and self._work is work:
                    self._work = None
                elif time.perf_counter() >= end:
                    return
        except BaseException:
            self._work = None
            raise
        finally:
            self._is_running = False
            if self._work is None:
                self._timer.stop()
                self.finished.emit()
