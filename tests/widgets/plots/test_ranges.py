import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from widgets.plots.ranges import (
    HeldRange,
    data_range,
    decade_ticks,
    have_logarithms,
    linear_ticks,
    log_ticks,
    nice_step,
    widen,
)


@given(st.floats(1e-200, 1e200), st.integers(1, 20))
def test_a_step_is_one_two_or_five_and_cuts_into_about_so_many(span: float, count: int) -> None:
    step = nice_step(span, count)
    mantissa = step / 10.0 ** math.floor(math.log10(step) + 1e-9)
    assert min(abs(mantissa - m) for m in (1, 2, 5, 10)) < 1e-6
    assert span / count * 0.99 < step < span / count * 2.6


def test_ticks_lie_within_the_range() -> None:
    assert linear_ticks(-1.05, 1.05, 5) == pytest.approx([-1.0, -0.5, 0.0, 0.5, 1.0])
    assert linear_ticks(1.0, 1.0, 4) == []
    assert linear_ticks(-4.4, 4.4, 4) == [-4.0, -2.0, 0.0, 2.0, 4.0]  # by fives there is one
    assert linear_ticks(-2.5, 6.5, 4) == [-2.0, 0.0, 2.0, 4.0, 6.0]
    assert linear_ticks(-4.9, 9.9, 3) == [0.0, 5.0]  # by twos they would stand too close
    assert linear_ticks(-4.4, 4.4, 2) == [0.0]
    assert linear_ticks(0.0112, 0.0278, 2) == pytest.approx([0.015, 0.02, 0.025])  # not 0.02 alone
    assert decade_ticks(-4.2, 3.1, 10) == [-4, -3, -2, -1, 0, 1, 2, 3]
    assert decade_ticks(-12, 12, 6) == [-12, -8, -4, 0, 4, 8, 12]


def test_what_is_not_positive_has_no_logarithm_and_what_is_missing_does_not_matter() -> None:
    some = np.array([0.5, np.nan, np.inf])
    assert have_logarithms(some, np.empty((0, 3)))
    assert not have_logarithms(some, np.array([1.0, 0.0]))
    assert not have_logarithms(np.array([-1e-300]))


def test_a_range_of_data_leaves_out_what_cannot_be_drawn() -> None:
    values = np.array([np.nan, -3.0, 0.0, 5.0, np.inf, 1e308])
    assert data_range(values) == (-3.0, 5.0)
    assert data_range(values, log=True) == (5.0, 5.0)
    assert data_range(np.array([np.nan])) is None


def test_a_range_has_room_around_a_single_value() -> None:
    assert widen(0.0, 0.0) == (-0.5, 0.5)
    assert widen(10.0, 20.0) == (9.5, 20.5)


def test_a_held_range_moves_seldom() -> None:
    held = HeldRange()
    seen = {held.fit(0.0, 1.0 + i / 100) for i in range(900)}  # data that grow tenfold
    assert len(seen) < 15
    assert all(low <= 0.0 for low, _ in seen)


def test_a_held_range_holds_the_data_and_shrinks_only_when_they_are_small() -> None:
    held = HeldRange()
    assert held.fit(0.0, 97.0) == (0.0, 100.0)
    assert held.fit(0.0, 60.0) == (0.0, 100.0)
    low, high = held.fit(0.0, 9.0)
    assert low <= 0.0
    assert 9.0 <= high < 20.0


@pytest.mark.parametrize(
    ("ends", "count", "numbers"),
    [
        ((1e-6, 1e3), 6, [1e-6, 1e-4, 1e-2, 1.0, 100.0]),
        ((0.006, 0.6), 8, [0.01, 0.02, 0.05, 0.1, 0.2, 0.5]),
        ((16, 400), 9, [20, 50, 100, 200]),
        ((0.5, 0.6), 5, [0.5, 0.52, 0.54, 0.56, 0.58, 0.6]),
        ((0.0057, 0.594), 2, [0.01, 0.5]),  # 0.01 alone would tell no scale
    ],
)
def test_ticks_of_a_log_axis_are_round(ends, count, numbers) -> None:
    ticks = log_ticks(math.log10(ends[0]), math.log10(ends[1]), count)
    assert [10.0**tick for tick in ticks] == pytest.approx(numbers)
