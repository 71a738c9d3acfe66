"""The worker of a player: does in its thread, slice by slice, what the player asks.

It has no endless loop. A timer runs one slice, of some 8 ms at most, so that everything that is
asked arrives as an ordinary queued call between two slices; only `cancel` is called directly.
"""

import threading
import traceback
from math import ceil
from typing import Any

import torch
from PySide6.QtCore import QObject, Qt, QThread, QTimer, Signal, Slot

from kernels.errors import LayerscopeError
from visualizer.playing import BUDGET
from visualizer.playing.playback import Playback

# What an error means, by the call in which it came; {step} is the last good step.
TROUBLE = {
    "load": "The run could not be started",
    "seek": "That step could not be shown",
    "give": "The change could not be made",
    "rewrite": "The run could not be replayed",
    "explain": "This step could not be explained",
    "document": "It could not be saved",
    "work": "The run stopped after step {step}",
}


class Worker(QObject):
    """A `Playback` with a timer that keeps it going, and its failures told in sentences.

    Signals
    -------
    failed(generation, sentence, details)
        Something went wrong; the run rests at the last good step.
    built(generation)
        The run of this load was built.
    rejected(generation, error)
        A run could not be built, before `failed` says so.
    """

    failed = Signal(int, str, str)
    built = Signal(int)
    rejected = Signal(int, object)

    def __init__(self, *, budget: int = BUDGET) -> None:
        super().__init__()
        self._cancelled = threading.Event()
        self.playback = Playback(budget=budget, stopped=self._cancelled.is_set, parent=self)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.work)

    def cancel(self) -> None:
        """Stop between two steps, for good. The one method that any thread may call."""
        self._cancelled.set()

    @Slot(str, object)
    def execute(self, method: str, arguments: tuple[Any, ...]) -> None:
        """Call a method of the playback, and have a slice follow."""
        if self._cancelled.is_set():
            return
        try:
            getattr(self.playback, method)(*arguments)
            if method == "load":
                self.built.emit(self.playback.generation)
        except Exception as error:
            if not self._cancelled.is_set():  # else it was interrupted, and nobody is to be told
                self._fail(method, error)
        self._schedule()

    @Slot()
    def work(self) -> None:
        """One slice."""
        self.execute("work", ())

    @Slot()
    def shut_down(self) -> None:
        """End the thread."""
        self._timer.stop()
        QThread.currentThread().quit()

    def _schedule(self) -> None:
        wait = None if self._cancelled.is_set() else self.playback.wait()
        if wait is None:
            self._timer.stop()
        else:
            self._timer.start(ceil(wait * 1000))

    def _fail(self, method: str, error: Exception) -> None:
        """Go back to the last good step, then tell what happened."""
        step = 0 if self.playback.run is None else self.playback.run.step
        what = TROUBLE.get(method, "What was asked for could not be done").format(step=f"{step:,}")
        told, details = sentence(what, error), _details(error)
        if method == "load":  # the run before was not touched, and goes on
            self.rejected.emit(self.playback.generation, error)
            self.playback.tell_journal()
            self.failed.emit(self.playback.generation, told, details)
            return
        try:
            self.playback.recover()
        except Exception:
            told += " The run could not be brought back; load it again."
            details += "\n" + traceback.format_exc()
        self.failed.emit(self.playback.generation, told, details)


def _details(error: Exception) -> str:
    """What helps to mend the program; nothing where it did what it should."""
    return "" if isinstance(error, LayerscopeError) else traceback.format_exc()


def sentence(what: str, error: Exception) -> str:
    """`what` went wrong, and why: the message itself if it was written for a person."""
    if isinstance(error, LayerscopeError):
        return str(error)
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return f"{what}, because there is not enough memory. Choose something smaller."
    return (
        f"{what}, because of an error in the program ({type(error).__name__}). "
        "Go back, or change a parameter and try again; the details help to mend it."
    )
