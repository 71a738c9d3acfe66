"""A run that is computed in another process, with the face of one that is computed here."""

import os
import weakref
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from itertools import count
from typing import Any, ClassVar

from kernels.simulation import AnySimulation, Finish, Frame, Trace
from visualizer.playing import BUDGET
from visualizer.playing.apart.packing import Sent, pack, unpack
from visualizer.playing.apart.process import ComputingProcess, computing_process
from visualizer.playing.apart.server import BUILD, FORGET, GO_ON, Answer, Condition
from visualizer.playing.ensemble import Position
from visualizer.playing.timeline import Given, Journal

_numbers = count(1)
_gone: deque[tuple[ComputingProcess, int]] = deque()  # runs that nobody holds any more


class Apart:
    """What an `Ensemble` is, in the `computing_process`; its methods wait for that.

    The factories and all that is given have to be such as can be pickled. `stopped` is not asked
    within a call: it must be given its `seconds`. Without a target it goes on after a call, too,
    for a while; `step` and the like are those of the last call.
    """

    goes_on_alone: ClassVar[bool] = True

    def __init__(
        self,
        factories: Sequence[Callable[[], AnySimulation]],
        *,
        threads: int = 0,
        seeds: Sequence[int] = (),
        journal: Journal = (),
        budget: int = BUDGET,
    ) -> None:
        self._process = computing_process()
        self._number = next(_numbers)
        self._received: Sent = {}
        self._condition: Condition
        self.journal: Journal = ()
        self.intact = True
        named = {"threads": threads, "seeds": tuple(seeds), "journal": journal, "budget": budget}
        self._call(BUILD, os.getcwd(), tuple(factories), named)
        weakref.finalize(self, _gone.append, (self._process, self._number))

    @property
    def step(self) -> int:
        return self._condition.position.step

    @property
    def position(self) -> Position:
        return self._condition.position

    @property
    def ended(self) -> bool:
        return self._condition.position.ended

    @property
    def finishes(self) -> tuple[Finish | None, ...]:
        return self._condition.finishes

    def advance(
        self,
        target: int | None,
        seconds: float | None = None,
        stopped: Callable[[], bool] = lambda: False,
    ) -> int:
        """Go on to step `target` (None: for ever), for at most `seconds`; gives the steps done."""
        before = self.step
        if target is None and seconds is not None:
            self._call(GO_ON, goes_on=True)
        else:
            self._call("advance", target, seconds)
        return self.step - before

    def approach(self, step: int) -> None:
        """Go where `step` is reached from soonest, if not here; `advance` does the rest."""
        self._call("approach", step)

    def give(self, given: Given, step: int | None = None) -> None:
        """Give the simulations new parameters or an action, here or at the later `step`."""
        self._call("give", given, step)

    def give_rest(self) -> None:
        """Give here what was to come later: the run ended before."""
        self._call("give_rest")

    def rewrite(self, journal: Journal) -> None:
        """Have another past; goes to the last moment of both, and `advance` does the rest."""
        self._call("rewrite", journal)

    def frames(
        self, watch: frozenset[str] = frozenset(), *, goes_on: bool = False
    ) -> tuple[Frame, ...]:
        """What there is to see of each simulation now; looking changes nothing.

        `goes_on` tells that the run has no target and will be moved on at once.
        """
        frames: tuple[Frame, ...] = self._call("frames", watch, goes_on=goes_on)
        return frames

    def explain(self, index: int = 0, member: int = 0) -> Trace | None:
        """The next step of part `index` of one simulation, worked through."""
        trace: Trace | None = self._call("explain", index, member)
        return trace

    def document(self, suffix: str, member: int = 0) -> Mapping[str, bytes]:
        """The files of a document of one simulation as it is now, by what follows their name."""
        files: Mapping[str, bytes] = self._call("document", suffix, member)
        return files

    def _call(self, method: str, *arguments: Any, goes_on: bool = False) -> Any:
        """What `method` gives over there; raises what it raises there."""
        _forget_what_is_gone()
        self.intact = False
        return self._ask(self._number, method, *arguments, goes_on=goes_on)

    def _ask(self, number: int, method: str, *arguments: Any, goes_on: bool = False) -> Any:
        packed = self._process.ask(pack((number, method, arguments, goes_on), {}))
        answer: Answer = unpack(packed, self._received)
        if answer.condition is not None:
            self._condition, self.intact = answer.condition, answer.condition.intact
            if answer.condition.journal is not None:
                self.journal = answer.condition.journal
        if answer.error is not None:
            raise answer.error from _Elsewhere(answer.details)
        return answer.value


class _Elsewhere(Exception):
    """The traceback of an error in the other process, as text."""

    def __init__(self, details: str) -> None:
        super().__init__(f"\n{details}")


def _forget_what_is_gone() -> None:
    while _gone:
        process, number = _gone.popleft()
        if process.is_there:
            process.ask(pack((number, FORGET, (), False), {}))
