"""When to redraw what is dear to draw: within a share of time, finely once nothing moves."""

from PySide6.QtCore import QObject, QTimer, Signal

_SHARE = 8.0  # while frames come, a redraw of n ms is followed by a rest of 8 n ms
_SHARE_AT_HAND = 1.5  # while a person turns it
_FASTEST = 16  # ms from one redraw to the next
_SETTLED = 250  # ms without news after which it is drawn finely


class RedrawPace(QObject):
    """Says when a dear picture is due, so that the window stays smooth on any driver.

    Signals
    -------
    due(fine)
        It is time to draw: quickly while news come, finely when they have ceased.
    """

    due = Signal(bool)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._next = QTimer(self, singleShot=True)
        self._settle = QTimer(self, singleShot=True, interval=_SETTLED)
        self._next.timeout.connect(self._quickly)
        self._settle.timeout.connect(self._finely)
        self._rest = 0.0

    def news(self) -> None:
        """Something changed: a redraw will be due as soon as the rest is over."""
        self._settle.stop()
        if not self._next.isActive():
            self._next.start(max(_FASTEST, round(self._rest)))

    def drew(self, took: float, *, at_hand: bool = False) -> None:
        """It was drawn in `took` ms; `at_hand` while a person moves it."""
        self._rest = took * (_SHARE_AT_HAND if at_hand else _SHARE)

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
