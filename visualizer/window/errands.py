"""What would hold the window up, such as the hash of a large file: done beside it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

from PySide6.QtCore import QObject, Signal, Slot

T = TypeVar("T")


class Errands(QObject):
    """Does one thing after another in a thread of its own, and tells the window what came of it."""

    _ended = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="errands")
        self._is_closed = False
        self._ended.connect(self._end)

    def run(self, work: Callable[[], T], then: Callable[[T], None]) -> None:
        """Do `work`, then call `then` with what it gives, in the thread of the window.

        An error in `work` is raised there, too. Nothing is done any more after `close`.
        """
        if not self._is_closed:
            self._thread.submit(self._do, work, then)

    def close(self) -> None:
        """Wait until all is done; nobody is told of it any more."""
        self._is_closed = True
        self._thread.shutdown()

    def _do(self, work: Callable[[], T], then: Callable[[T], None]) -> None:
        try:
            end = partial(then, work())
        except Exception as error:
            end = partial(_raise, error)
        self._ended.emit(end)

    @Slot(object)
    def _end(self, end: Callable[[], None]) -> None:
        if not self._is_closed:
            end()


def _raise(error: Exception) -> None:
    raise error
