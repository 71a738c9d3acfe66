"""Samples are read-only, and a division is disjoint, complete, and alike for each class."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernels.samples.samples import Dataset, Samples, divided, split


@given(st.lists(st.integers(1, 40), min_size=1, max_size=8), st.floats(0.1, 0.9), st.integers(0, 9))
def test_each_class_is_divided_alike(sizes: list[int], share: float, seed: int) -> None:
    labels = np.random.default_rng(seed).permutation(np.repeat(np.arange(len(sizes)), sizes))
    train, validation = split(labels, share, np.random.default_rng(seed))
    assert sorted([*train, *validation]) == list(range(sum(sizes)))
    for label, size in enumerate(sizes):
        in_train = int((labels[train] == label).sum())
        assert in_train == (1 if size == 1 else min(max(round(share * size), 1), size - 1))


@given(st.integers(2, 200), st.floats(0.1, 0.9))
def test_numbers_are_divided_as_a_whole(count: int, share: float) -> None:
    targets = np.zeros((count, 1), np.float32)
    train, validation = split(targets, share, np.random.default_rng(0))
    assert sorted([*train, *validation]) == list(range(count))
    assert len(train) == min(max(round(share * count), 1), count - 1)


def test_a_division_keeps_inputs_with_their_targets() -> None:
    labels = np.tile(np.arange(4), 25)
    train, validation = divided(
        np.arange(100, dtype=np.float32)[:, None], labels, 0.3, np.random.default_rng(1)
    )
    for part in (train, validation):
        np.testing.assert_array_equal(part.inputs[:, 0] % 4, part.targets)
    assert (len(train), len(validation)) == (32, 68)  # 8 and 17 of each class
    assert (np.diff(train.targets) < 0).any(), "the classes do not come one after the other"


def test_arrays_are_read_only_and_tell_the_shape() -> None:
    samples = Samples(np.zeros((3, 1, 28, 28), np.float32), np.zeros(3, np.int64))
    with pytest.raises(ValueError, match="read-only"):
        samples.inputs[0] = 1
    with pytest.raises(ValueError, match="read-only"):
        samples.targets[0] = 1
    digits = Dataset(title="", train=samples, validation=samples, classes=("a", "b"))
    assert (digits.shape, digits.is_picture, digits.outputs) == ((1, 28, 28), True, 2)
    numbers = Samples(np.zeros((3, 1), np.float32), np.zeros((3, 2), np.float32))
    curve = Dataset(title="", train=numbers, validation=numbers)
    assert (curve.shape, curve.is_picture, curve.outputs) == ((1,), False, 2)
