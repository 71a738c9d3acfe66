"""The past of a run: what was done to it, by step, and the moments that are kept to go back to."""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any, TypeAlias

from kernels.parameters import Action, Parameters
from kernels.simulation import state_bytes
from visualizer.playing import BUDGET

# What comes to every simulation of a run, or a tuple with what comes to each, if anything.
Given: TypeAlias = Parameters | Action | tuple[Parameters | Action | None, ...]
Journal: TypeAlias = tuple[tuple[int, Given], ...]  # (after how many steps, what came), in order

OVERHEAD = 16 * 2**10  # bytes that a moment takes beside its tensors


@dataclass(frozen=True, slots=True, eq=False)
class Moment:
    """All that is needed to go on from `step`, after the first `inputs` entries of the journal."""

    step: int
    inputs: int
    states: tuple[Any, ...]
    size: int = field(init=False)  # bytes

    def __post_init__(self) -> None:
        object.__setattr__(self, "size", OVERHEAD + state_bytes(self.states))


class Timeline:
    """A journal and kept moments, the first always among them.

    Parameters
    ----------
    first
        The moment at step 0, before any input.
    journal
        What will be given to the run.
    budget
        How many bytes the moments may take; the first is kept even if it alone takes more.

    Attributes
    ----------
    furthest
        The highest step that this journal has been followed to.
    size
        The bytes that the moments take.
    """

    def __init__(self, first: Moment, journal: Journal = (), budget: int = BUDGET) -> None:
        self.journal = in_order(journal)
        self.furthest = first.step
        self.budget = budget
        self._set([first])

    @property
    def moments(self) -> tuple[Moment, ...]:
        return tuple(self._moments)

    def nearest(self, step: int) -> Moment:
        """The last kept moment at or before `step`."""
        return self._moments[max(0, bisect_right(self._moments, step, key=_step) - 1)]

    def keep(self, moment: Moment) -> None:
        """Remember `moment`, and forget others, far from it first, where they are too many."""
        place = bisect_left(self._moments, moment.step, key=_step)
        if place < len(self._moments) and self._moments[place].step == moment.step:
            return
        self._moments.insert(place, moment)
        self.size += moment.size
        if self.size > self.budget:
            self._thin(moment.step)

    def reach(self, step: int) -> None:
        """The run has come to `step`."""
        self.furthest = max(self.furthest, step)

    def branch(self, step: int, journal: Journal) -> None:
        """Have a `journal` that ends after `step` steps: what came later is gone, moments too."""
        self.rewrite(journal)
        self._set(self._moments[: bisect_right(self._moments, step, key=_step)])
        self.furthest = min(self.furthest, step)

    def rewrite(self, journal: Journal) -> None:
        """Have another journal; moments stay as far as both tell the same."""
        old, new = self.journal, in_order(journal)
        pairs = zip(old, new, strict=False)
        common = len(list(takewhile(lambda pair: pair[0] == pair[1], pairs)))
        self.journal = new
        differing = [entries[common][0] for entries in (old, new) if common < len(entries)]
        if not differing:
            return
        valid = min(differing)
        self._set([m for m in self._moments if m.step <= valid and m.inputs <= common])
        self.furthest = min(self.furthest, valid)

    def cut(self, index: int) -> None:
        """Forget the journal from entry `index` on."""
        self.rewrite(self.journal[:index])

    def _thin(self, now: int) -> None:
        """Drop every second moment, but the first and the quarter around `now`, until all fits."""
        while self.size > self.budget and len(self._moments) > 1:
            first, *others = self._moments
            near = max(1, len(others) // 4)
            start = bisect_left(others, now, key=_step) - near // 2
            start = max(0, min(start, len(others) - near))
            before, after = others[:start], others[start + near :]
            thinned = [*before[1::2], *others[start : start + near], *after[1::2]]
            self._set([first, *(thinned if len(thinned) < len(others) else others[1:])])

    def _set(self, moments: list[Moment]) -> None:
        self._moments = moments
        self.size = sum(moment.size for moment in moments)


def in_order(journal: Journal) -> Journal:
    """`journal` by rising step, entries of one step in the order in which they stand."""
    return tuple(sorted(journal, key=lambda entry: entry[0]))


def _step(moment: Moment) -> int:
    return moment.step
