"""The journal and the kept moments of a run."""

from collections.abc import Sequence
from itertools import pairwise

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from visualizer.playing.timeline import OVERHEAD, Moment, Timeline

KILO = 128  # of float64 in a kilobyte


def moment(step: int, inputs: int = 0, kilobytes: int = 1) -> Moment:
    return Moment(step, inputs, (torch.zeros(KILO * kilobytes, dtype=torch.float64),))


def timeline_with(steps: Sequence[int], budget: int = 2**30, journal: tuple = ()) -> Timeline:
    timeline = Timeline(moment(0), journal, budget)
    for step in steps:
        inputs = sum(at <= step for at, _ in journal)
        timeline.keep(moment(step, inputs))
        timeline.reach(step)
    return timeline


def steps_of(timeline: Timeline) -> list[int]:
    return [kept.step for kept in timeline.moments]


def test_a_moment_takes_the_bytes_of_its_tensors_and_a_little_more() -> None:
    state = {
        "w": torch.zeros(10),
        "optimizer": [{"m": torch.zeros(3, dtype=torch.float64)}],
        "n": 3,
    }

    assert Moment(0, 0, (state,)).size == 10 * 4 + 3 * 8 + OVERHEAD


@pytest.mark.parametrize(("step", "found"), [(0, 0), (9, 0), (10, 10), (11, 10), (99, 30)])
def test_the_nearest_moment_is_the_last_at_or_before(step: int, found: int) -> None:
    assert timeline_with([10, 30, 20]).nearest(step).step == found


def test_a_step_is_kept_once() -> None:
    timeline = timeline_with([10, 10, 10])

    assert steps_of(timeline) == [0, 10]
    assert timeline.size == sum(kept.size for kept in timeline.moments)


@given(
    steps=st.lists(st.integers(1, 10_000), max_size=80),
    budget=st.integers(0, 40 * (OVERHEAD + 1024)),
)
def test_the_budget_is_kept_and_step_0_too(steps: list[int], budget: int) -> None:
    timeline = timeline_with(steps, budget)

    kept = steps_of(timeline)
    assert kept[0] == 0
    assert kept == sorted(set(kept))
    assert set(kept) <= {0, *steps}
    assert timeline.size == sum(m.size for m in timeline.moments)
    assert timeline.size <= budget or kept == [0]


def test_moments_are_dense_near_now_and_thin_far_from_it() -> None:
    timeline = timeline_with(range(1, 2001), 40 * (OVERHEAD + 1024))

    kept = steps_of(timeline)
    gaps = [b - a for a, b in pairwise(kept)]
    assert kept[-1] == 2000
    assert max(gaps[-5:]) <= 4
    assert max(gaps[: len(gaps) // 2]) > 20 * max(gaps[-5:])


def test_now_may_be_in_the_middle() -> None:
    timeline = timeline_with(range(10, 4001, 10), 60 * (OVERHEAD + 1024))
    for step in range(2001, 2100):
        timeline.keep(moment(step))

    assert {2097, 2098, 2099} <= set(steps_of(timeline))
    assert any(step > 2100 for step in steps_of(timeline))


def test_the_newest_moment_outlives_the_one_before_where_there_is_room_for_one() -> None:
    assert steps_of(timeline_with([10, 20, 30], 2 * (OVERHEAD + 1024))) == [0, 30]


def test_a_branch_drops_what_came_later() -> None:
    timeline = timeline_with([10, 20, 30], journal=((5, "a"), (20, "b"), (25, "c")))

    timeline.branch(20, ((5, "a"), (20, "b"), (20, "d")))

    assert timeline.journal == ((5, "a"), (20, "b"), (20, "d"))
    assert steps_of(timeline) == [0, 10, 20]
    assert timeline.furthest == 20


def test_a_rewritten_past_keeps_the_moments_that_both_have() -> None:
    timeline = timeline_with([10, 20, 30], journal=((15, "a"), (25, "b")))

    timeline.rewrite(((15, "a"), (28, "c")))
    assert steps_of(timeline) == [0, 10, 20]
    assert timeline.furthest == 25

    timeline.rewrite(((20, "z"),))
    assert steps_of(timeline) == [0, 10]


def test_what_is_put_into_a_past_without_inputs_drops_the_moments_after_it() -> None:
    timeline = timeline_with([10, 20, 30])

    timeline.rewrite(((15, "a"),))
    assert steps_of(timeline) == [0, 10]

    timeline.rewrite(((15, "a"),))
    assert steps_of(timeline) == [0, 10]


def test_a_moment_before_an_input_of_its_step_stays() -> None:
    timeline = timeline_with([10])

    timeline.branch(10, ((10, "a"),))

    assert steps_of(timeline) == [0, 10]
    assert timeline.nearest(10).inputs == 0


def test_a_journal_is_put_in_order() -> None:
    timeline = Timeline(moment(0), ((7, "b"), (3, "a"), (7, "c")))

    assert timeline.journal == ((3, "a"), (7, "b"), (7, "c"))
    timeline.cut(1)
    assert timeline.journal == ((3, "a"),)
