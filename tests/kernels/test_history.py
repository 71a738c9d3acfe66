"""The thinned history against a history that keeps everything."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from kernels.history import CAPACITY, Thinned

CPU = torch.device("cpu")


def rows(step):
    """A row of two series for each step: (3, 2) and (3,)."""
    return torch.arange(6.0).reshape(3, 2) + 100 * step, torch.full((3,), float(step))


def recorded(steps, capacity):
    history = Thinned((3, 2), (3,), device=CPU, dtype=torch.float64, capacity=capacity)
    for step in range(steps):
        history.record(step, *rows(step))
    return history


@given(st.integers(0, 700), st.integers(1, 20))
@settings(deadline=None, max_examples=60)
def test_it_keeps_every_stride_th_row(steps, half):
    capacity = 2 * half
    history = recorded(steps, capacity)
    stride = 1
    while steps > 0 and (steps - 1) // stride + 1 > capacity:
        stride *= 2
    assert history.stride == stride
    assert list(history.steps) == list(range(0, steps, stride))
    assert history.step_numbers().tolist() == list(history.steps)
    assert history.count <= capacity
    for i, step in enumerate(history.steps):
        wide, narrow = rows(step)
        assert torch.equal(history.kept(0)[:, i], wide.double())
        assert torch.equal(history.kept(1)[:, i], narrow.double())


def test_a_long_run_keeps_between_half_and_all_of_its_room():
    history = recorded(30_000, CAPACITY)
    assert CAPACITY // 2 <= history.count <= CAPACITY == 2000


def test_the_latest_row_comes_last():
    history = recorded(5, 4)
    last = torch.full((3,), 77.0, dtype=torch.float64)
    assert torch.equal(history.with_last(1, last)[0], torch.tensor([0.0, 2, 4, 77]).double())
    assert history.count == 3


@given(st.integers(1, 300), st.sampled_from([1, 5, 10]), st.integers(1, 6))
@settings(deadline=None, max_examples=60)
def test_all_up_to_the_latest(steps, stride, half):
    history = Thinned(
        (3, 2), (3,), device=CPU, dtype=torch.float64, capacity=2 * half, stride=stride
    )
    for step in range(steps):
        history.record(step, *rows(step))
    kept = list(history.steps)
    assert all(step % stride == 0 for step in kept)
    assert len(kept) <= 2 * half
    for latest in (kept[-1], steps):  # kept, and not
        last = tuple(row.double() for row in rows(latest))
        numbers, series = history.up_to(latest, *last)
        assert numbers.tolist() == [*kept, *([] if latest == kept[-1] else [latest])]
        for index, found in enumerate(series):
            wanted = [rows(step)[index].double() for step in numbers.tolist()]
            assert torch.equal(found, torch.stack(wanted, dim=1))


@pytest.mark.parametrize("later", [0, 3, 50])
def test_a_state_leads_back(later):
    history = recorded(13, 8)
    state = history.state()
    for step in range(13, 13 + later):
        history.record(step, *rows(step))
    kept = [row.clone() for row in state["rows"]]
    history.restore(state)
    for step in range(13, 40):
        history.record(step, *rows(step))
    expected = recorded(40, 8)
    assert history.steps == expected.steps
    assert torch.equal(history.kept(0), expected.kept(0))
    assert all(torch.equal(a, b) for a, b in zip(kept, state["rows"], strict=True))


@given(st.lists(st.integers(1, 90), max_size=12), st.integers(1, 20))
@settings(deadline=None, max_examples=60)
def test_many_at_once_are_kept_as_one_by_one(parts, half):
    history = Thinned((3, 2), (3,), device=CPU, dtype=torch.float64, capacity=2 * half)
    first = 0
    for part in parts:
        many = [rows(step) for step in range(first, first + part)]
        history.record_all(
            first, *(torch.stack(series, dim=1) for series in zip(*many, strict=True))
        )
        first += part
    alone = recorded(first, 2 * half)
    assert (history.stride, history.count) == (alone.stride, alone.count)
    for series in (0, 1):
        assert torch.equal(history.kept(series), alone.kept(series))
