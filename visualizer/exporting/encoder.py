"""Pictures are encoded in a thread of their own, while the next one is drawn."""

import queue
import threading
from collections.abc import Callable
from functools import partial
from typing import Generic, TypeVar

from PySide6.QtGui import QImage

from visualizer.exporting.video import Writer

WAITING = 4  # pictures that may wait; one of 3840x2160 takes 33 MB
LOOK = 0.05  # seconds between two looks whether to go on waiting

T = TypeVar("T")


class Encoder(Generic[T]):
    """Feeds a writer from a thread of its own; what goes wrong there is raised here.

    `convert` makes of a picture what the writer takes; it is called in that thread, too.
    """

    def __init__(self, writer: Writer[T], convert: Callable[[QImage], T]) -> None:
        self._writer = writer
        self._convert = convert
        self._queue: queue.Queue[QImage | None] = queue.Queue(WAITING)
        self._error: BaseException | None = None
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._work, name="encoder", daemon=True)
        self._thread.start()

    def put(self, image: QImage) -> None:
        """Hand over a picture; waits while too many are waiting already."""
        self._raise()
        self._queue.put(image)

    def finish(self, cancelled: Callable[[], bool] = lambda: False) -> None:
        """Wait until everything is written, or until `cancelled`; then `close` stops it."""
        self._queue.put(None)
        while self._thread.is_alive():
            self._thread.join(LOOK)
            if cancelled():
                return
        self._raise()

    def close(self) -> None:
        """Stop as soon as possible, if it has not finished."""
        self._stopped.set()
        if self._thread.is_alive():
            self._queue.put(None)
            self._thread.join()

    def _raise(self) -> None:
        if self._error is not None:
            raise self._error

    def _work(self) -> None:
        """Write what comes; after a failure take it all the same, so that nobody waits in vain."""
        while (image := self._queue.get()) is not None:
            if self._goes_on():
                self._try(partial(self._write, image))
        if self._goes_on():
            self._try(partial(self._writer.finish, self._stopped.is_set))
        if not self._goes_on():
            self._try(self._writer.abandon)

    def _write(self, image: QImage) -> None:
        self._writer.write(self._convert(image))

    def _goes_on(self) -> bool:
        return self._error is None and not self._stopped.is_set()

    def _try(self, action: Callable[[], None]) -> None:
        try:
            action()
        except Exception as error:
            self._error = self._error or error
