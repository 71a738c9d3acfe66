"""Simulations side by side on one step axis that can be gone back on: a run, without any thread.

Compared runs are stepped in turn, so that after every call all are at the same step (or have ended
before). What was done to them and when is journalled; moments are kept so that any step can be
reached again, bit for bit. Nothing that depends on the clock (how many steps a call does, when a
moment is kept) changes what is computed.
"""

import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import ClassVar

import torch

from kernels.device import default_threads
from kernels.generators import GlobalGenerators
from kernels.parameters import Parameters
from kernels.simulation import AnySimulation, Finish, Frame, Trace, advance
from visualizer.playing import BUDGET
from visualizer.playing.computing import computing
from visualizer.playing.recording import apply_input, with_given
from visualizer.playing.timeline import Given, Journal, Moment, Timeline

CALL = (
    0.001  # seconds that a call of the simulations should take; the stop flag is looked at between
)
KEEP_SHARE = 0.04  # of the time may go into keeping moments
GROWTH = 4 * 2**20  # bytes of moments for each second computed: to repeat little is cheap


@dataclass(frozen=True, slots=True)
class Position:
    """Where a run is: the step, the highest reached, how many there are (if known), and the end."""

    step: int
    furthest: int
    length: int | None
    ended: bool


@dataclass(slots=True)
class _Member:
    simulation: AnySimulation
    generators: GlobalGenerators


class Ensemble:
    """Simulations on one step axis.

    Parameters
    ----------
    factories
        Build the simulations; called at once, in this thread.
    threads
        With how many threads torch computes, since the bits depend on it; 0 for the default.
    seeds
        What torch's global generators start from, before each simulation is built; 0 by default.
    journal
        What is given to the simulations, by step.
    budget
        How many bytes the kept moments may take; 0 keeps the first alone.

    Attributes
    ----------
    step
        The place on the axis; a simulation that ended before stays behind.
    intact
        False if an error left the simulations in between; `approach` mends that.
    goes_on_alone
        Whether it goes on between two calls of `advance` that have no target.
    """

    goes_on_alone: ClassVar[bool] = False

    def __init__(
        self,
        factories: Sequence[Callable[[], AnySimulation]],
        *,
        threads: int = 0,
        seeds: Sequence[int] = (),
        journal: Journal = (),
        budget: int = BUDGET,
    ) -> None:
        self.threads = threads or default_threads()
        self.step = 0
        self.intact = True
        self._given = 0  # how many entries of the journal have come
        self._exhausted = False
        self._stride = 1  # how many steps a call does
        self._unkept = 0.0  # seconds computed since a moment was kept
        self._copying: deque[float] = deque(maxlen=5)  # seconds that the last ones took
        self._interval = 0.0  # seconds computed after which another is worth it
        with computing(self.threads):
            pairs = zip(factories, seeds or [0] * len(factories), strict=True)
            self._members = [_built(factory, seed) for factory, seed in pairs]
            first, *others = (member.simulation.parameters for member in self._members)
            self._base = first if all(other == first for other in others) else None
            self.timeline = Timeline(self._moment(), journal, budget)
            self._give_due()

    @property
    def journal(self) -> Journal:
        """What is given to the simulations, as (after how many steps, what), in order."""
        return self.timeline.journal

    @property
    def finishes(self) -> tuple[Finish | None, ...]:
        return tuple(member.simulation.finished for member in self._members)

    @property
    def ended(self) -> bool:
        """Whether no simulation can go on from here."""
        return self._exhausted or all(_is_over(member.simulation) for member in self._members)

    @property
    def position(self) -> Position:
        lengths = [member.simulation.length for member in self._members]
        known = [length for length in lengths if length is not None]
        length = max(known) if len(known) == len(lengths) else None
        return Position(self.step, self.timeline.furthest, length, self.ended)

    def advance(
        self,
        target: int | None,
        seconds: float | None = None,
        stopped: Callable[[], bool] = lambda: False,
    ) -> int:
        """Go on to step `target` (None: for ever), for at most `seconds`; gives the steps done.

        `stopped` is asked between calls of the simulations. At least one call is made.
        """
        start, began = self.step, time.perf_counter()
        with computing(self.threads), self._generators_of_one():
            while not self.ended and (target is None or self.step < target) and not stopped():
                before = time.perf_counter()
                self._move(self._next_stride(target))
                now = time.perf_counter()
                if seconds is not None and now + (now - before) > began + seconds:
                    break
        return self.step - start

    def approach(self, step: int) -> None:
        """Go where `step` is reached from soonest, if not here; `advance` does the rest."""
        moment = self.timeline.nearest(step)
        if not (self.intact and moment.step <= self.step <= step):
            with computing(self.threads):
                self._restore(moment)

    def give(self, given: Given, step: int | None = None) -> None:
        """Give the simulations new parameters or an action, here or at the later `step`.

        Parameters that were given at the same step before count no more. If a simulation refuses,
        nothing is journalled, and `approach` is needed.
        """
        if step is not None and step != self.step:
            self.timeline.branch(step, with_given(self._base, self.journal, step, given))
            return
        with computing(self.threads):
            if isinstance(given, Parameters) and self.timeline.nearest(self.step).step != self.step:
                self.timeline.keep(self._moment())  # so that it can be taken back here
            self.intact = False
            self._apply(given)
            self._record(given)
            self.intact = True

    def give_rest(self) -> None:
        """Give here what was to come later: the run ended before."""
        given = self.timeline.journal[: self._given]
        rest = [(self.step, entry) for _, entry in self.timeline.journal[self._given :]]
        if rest:
            self.timeline.rewrite((*given, *rest))
            with computing(self.threads):
                self.intact = False
                self._give_due()
                self.intact = True

    def rewrite(self, journal: Journal) -> None:
        """Have another past; goes to the last moment of both, and `advance` does the rest."""
        self.timeline.rewrite(journal)
        with computing(self.threads):
            self._restore(self.timeline.nearest(self.step))

    def frames(
        self, watch: frozenset[str] = frozenset(), *, goes_on: bool = False
    ) -> tuple[Frame, ...]:
        """What there is to see of each simulation now; looking changes nothing.

        Whether the run `goes_on` at once does not matter here.
        """
        with computing(self.threads):
            return tuple(self._frame(member, watch) for member in self._members)

    def explain(self, index: int = 0, member: int = 0) -> Trace | None:
        """The next step of part `index` of one simulation, worked through."""
        chosen = self._members[member]
        with computing(self.threads), chosen.generators.in_use(keep=False):
            return chosen.simulation.explain(index)

    def document(self, suffix: str, member: int = 0) -> Mapping[str, bytes]:
        """The files of a document of one simulation as it is now, by what follows their name."""
        chosen = self._members[member]
        with computing(self.threads), chosen.generators.in_use(keep=False):
            return chosen.simulation.document(suffix)

    def _frame(self, member: _Member, watch: frozenset[str]) -> Frame:
        with member.generators.in_use(keep=False):
            return member.simulation.frame(watch)

    def _generators_of_one(self) -> AbstractContextManager[None]:
        """Where there is one simulation, its generators are swapped once for many calls of it."""
        alone = len(self._members) == 1
        return self._members[0].generators.in_use() if alone else nullcontext()

    def _next_stride(self, target: int | None) -> int:
        """How many steps may be done in one go: to the target and the next input at most."""
        journal = self.timeline.journal
        coming = journal[self._given][0] if self._given < len(journal) else None
        ends = [end - self.step for end in (target, coming) if end is not None]
        return min(self._stride, *ends) if ends else self._stride

    def _move(self, n: int) -> None:
        began = time.perf_counter()
        self.intact = False
        done = max(self._advance(member, n) for member in self._members)
        self.step += done
        self._exhausted = done < n
        self._give_due()
        self.intact = True
        self.timeline.reach(self.step)
        spent = time.perf_counter() - began
        if spent > 2 * CALL:
            self._stride = max(1, self._stride // 2)
        elif spent < CALL / 2 and n == self._stride:
            self._stride *= 2
        self._unkept += spent
        if self.timeline.budget and self._unkept >= self._interval:
            self.timeline.keep(self._moment())

    def _advance(self, member: _Member, n: int) -> int:
        with member.generators.in_use():
            return advance(member.simulation, n)

    def _give_due(self) -> None:
        """Apply what the journal has for this step; it ends before an entry that is refused."""
        journal = self.timeline.journal
        while self._given < len(journal) and journal[self._given][0] <= self.step:
            try:
                self._apply(journal[self._given][1])
            except Exception:
                self.timeline.cut(self._given)
                raise
            self._given += 1

    def _apply(self, given: Given) -> None:
        each = given if isinstance(given, tuple) else (given,) * len(self._members)
        for member, part in zip(self._members, each, strict=True):
            if part is not None:
                with member.generators.in_use():
                    apply_input(member.simulation, part)
        self._exhausted = False

    def _record(self, given: Given) -> None:
        """Note what came here, and live without what it takes back, as a replay will."""
        told, kept = self.journal[: self._given], self.timeline.nearest(self.step)
        journal = with_given(self._base, told, self.step, given)
        takes_back = len(journal) <= len(told)
        is_before = kept.step == self.step and journal[: kept.inputs] == told[: kept.inputs]
        if takes_back and is_before:
            self.timeline.branch(self.step, journal)
            self._restore(kept)
        else:  # where nothing was kept, it comes after what it takes back
            self.timeline.branch(self.step, (*told, (self.step, given)))
            self._given = len(self.journal)

    def _moment(self) -> Moment:
        began = time.perf_counter()
        states = tuple((m.simulation.state(), m.generators.current()) for m in self._members)
        moment = Moment(self.step, self._given, states)
        self._copying.append(time.perf_counter() - began)
        # Of several, since one that was disturbed would leave a gap that is long to replay.
        self._interval = max(min(self._copying) / KEEP_SHARE, moment.size / GROWTH)
        self._unkept = 0.0
        return moment

    def _restore(self, moment: Moment) -> None:
        self.intact = False
        for member, (state, generators) in zip(self._members, moment.states, strict=True):
            member.simulation.restore(state)
            member.generators.state = generators
        self.step, self._given, self._exhausted = moment.step, moment.inputs, False
        self._give_due()
        self.intact = True


def _is_over(simulation: AnySimulation) -> bool:
    length = simulation.length
    complete = length is not None and simulation.step_count >= length
    return complete or simulation.finished is not None


def _built(factory: Callable[[], AnySimulation], seed: int) -> _Member:
    """A simulation, with global generators that are seeded before it is built."""
    generators = GlobalGenerators(seed, torch.device("cpu"))
    with generators.in_use():
        simulation = factory()
        generators.device = simulation.device
    return _Member(simulation, generators)
