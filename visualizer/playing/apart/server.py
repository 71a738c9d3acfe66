"""What answers the calls of `apart`, in the process in which runs are computed that are apart."""

import os
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from kernels.simulation import Finish
from visualizer.playing.apart.packing import Sent, pack, unpack
from visualizer.playing.ensemble import Ensemble, Position
from visualizer.playing.timeline import Journal

# What can be asked beside the methods of an `Ensemble`.
BUILD, GO_ON, FORGET = "build", "go on", "forget"
AHEAD = 0.1  # seconds for which a run that has no target goes on while nothing is asked


@dataclass(frozen=True, slots=True)
class Condition:
    """How a run is after a call; `journal` is None where it is as it was."""

    position: Position
    finishes: tuple[Finish | None, ...]
    intact: bool
    journal: Journal | None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a call gave, or the error that it raised, with its traceback."""

    value: Any = None
    error: Exception | None = None
    details: str = ""
    condition: Condition | None = None


@dataclass(slots=True)
class _Kept:
    """A run, what was sent of it that lasts, and its journal as it was last told."""

    run: Ensemble
    sent: Sent = field(default_factory=dict)
    told: Journal | None = None
    trouble: Exception | None = None  # what came of going on, told at the next call

    def condition(self) -> Condition:
        run, is_told = self.run, self.told is self.run.journal
        self.told = run.journal
        return Condition(run.position, run.finishes, run.intact, None if is_told else run.journal)


class Server:
    """Runs by number, and what is asked of them.

    A run without a target goes on between two calls, which may be held up over there.
    """

    def __init__(self) -> None:
        self._runs: dict[int, _Kept] = {}
        self._ahead: _Kept | None = None
        self._until = 0.0

    def go_on(self, is_asked: Callable[[], bool]) -> None:
        """Go on with the run that was to, until something `is_asked`, for `AHEAD` at most."""
        kept, left = self._ahead, self._until - time.perf_counter()
        if kept is None or left <= 0:
            return
        try:
            kept.run.advance(None, 0.0)  # one call at least: the next picture is of another step
            kept.run.advance(None, left, is_asked)
        except Exception as error:
            kept.trouble, self._ahead = error, None

    def answer(self, message: bytes) -> bytes:
        """Do what `message` asks; gives the answer, packed."""
        number, value, details = 0, None, ""
        error: Exception | None = None
        ahead, self._ahead = self._ahead, None
        try:
            number, method, arguments, goes_on = unpack(message, {})
            if method != GO_ON or ahead is None or ahead is not self._runs.get(number):
                value = self._call(number, method, arguments)
            self._ahead = self._runs[number] if goes_on else None
            self._until = time.perf_counter() + AHEAD
        except Exception as raised:
            error, details = raised, traceback.format_exc()
        kept = self._runs.get(number)
        condition = kept.condition() if kept else None
        sent = kept.sent if kept else {}
        try:
            packed = pack(Answer(value, error, details, condition), sent)
            if error is not None:
                unpack(packed, {})  # some errors can be pickled only
            return packed
        except Exception as raised:
            error = RuntimeError(str(error or raised))
            details = details or traceback.format_exc()
            return pack(Answer(None, error, details, condition), sent)

    def _call(self, number: int, method: str, arguments: tuple[Any, ...]) -> Any:
        if method == BUILD:
            folder, factories, named = arguments
            os.chdir(folder)  # what a relative path is relative to
            self._runs[number] = _Kept(Ensemble(factories, **named))
            return None
        if method == FORGET:
            return self._runs.pop(number, None) and None
        kept = self._runs[number]
        if kept.trouble is not None:
            trouble, kept.trouble = kept.trouble, None
            raise trouble
        if method == GO_ON:
            return kept.run.advance(None, 0.0)
        return getattr(kept.run, method)(*arguments)
