"""Garbage of Python is collected in the thread of the window, and in no other.

Left to itself Python collects in whatever thread makes the next object. If what it finds in a cycle
is a widget, that is destroyed there, and Qt crashes as soon as it looks for it in its own thread.
"""

import gc

from PySide6.QtCore import QObject, QTimerEvent

_PACE = 200  # milliseconds from look to look


class GarbageCollector(QObject):
    """Collects as often as Python would, but only in the thread in which it was made.

    That thread has to have an event loop: nothing in a cycle is freed while it has none.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        self.startTimer(_PACE)

    def timerEvent(self, event: QTimerEvent) -> None:
        """Collect the oldest generation that is due."""
        counted = zip(gc.get_count(), gc.get_threshold(), strict=True)
        due = [generation for generation, (count, most) in enumerate(counted) if count > most]
        if due:
            gc.collect(due[-1])
