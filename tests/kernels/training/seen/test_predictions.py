"""What a classifier says of many samples, against plain loops."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from kernels.errors import DataError
from kernels.training.seen.predictions import in_cell, listed, predictions

VALUES = st.sampled_from([-1.5, 0.0, 0.1, 0.25, 0.5, 0.75, 1.0, 3.0, math.nan])  # ties are common


@st.composite
def answers(draw):
    classes, count = draw(st.integers(1, 5)), draw(st.integers(0, 12))
    row = st.lists(VALUES, min_size=classes, max_size=classes)
    rows = draw(st.lists(row, min_size=count, max_size=count))
    labels = draw(st.lists(st.integers(0, classes - 1), min_size=count, max_size=count))
    return (
        torch.tensor(rows, dtype=torch.float32).reshape(count, classes),
        torch.tensor(labels, dtype=torch.int64),
    )


def largest(row):
    """The place of the largest number, the first of equal ones; NaN counts as the largest."""
    best = 0
    for place, value in enumerate(row):
        if math.isnan(row[best]):
            break
        if math.isnan(value) or value > row[best]:
            best = place
    return best


def sorted_by(numbers, rows, labels):
    """`numbers` with the least value for the true class first, NaN last, then by number."""

    def key(number):
        value = rows[number][labels[number]]
        return (math.isnan(value), 0.0 if math.isnan(value) else value, number)

    return sorted(numbers, key=key)


@given(answers(), st.integers(0, 15))
def test_confusion_and_wrongest_are_those_of_a_loop(given_answers, most):
    probabilities, targets = given_answers
    rows, labels = probabilities.tolist(), targets.tolist()
    classes = probabilities.shape[1]
    confusion = [[0] * classes for _ in range(classes)]
    wrong = []
    for number, (row, label) in enumerate(zip(rows, labels, strict=True)):
        confusion[label][largest(row)] += 1
        if largest(row) != label:
            wrong.append(number)
    expected = sorted_by(wrong, rows, labels)[:most]
    found = predictions(probabilities, targets, most)
    assert found.confusion.tolist() == confusion
    assert found.wrongest.tolist() == expected
    assert found.true.tolist() == [labels[n] for n in expected]
    assert found.predicted.tolist() == [largest(rows[n]) for n in expected]
    np.testing.assert_array_equal(found.probability, [max_of(rows[n]) for n in expected])
    np.testing.assert_array_equal(found.true_probability, [rows[n][labels[n]] for n in expected])


def max_of(row):
    return row[largest(row)]


@given(answers(), st.integers(0, 15))
def test_the_cells_hold_what_was_counted(given_answers, most):
    probabilities, targets = given_answers
    rows, labels = probabilities.tolist(), targets.tolist()
    counted = predictions(probabilities, targets).confusion
    for true in range(probabilities.shape[1]):
        for predicted in range(probabilities.shape[1]):
            numbers = [
                n for n, row in enumerate(rows) if labels[n] == true and largest(row) == predicted
            ]
            found = in_cell(probabilities, targets, true, predicted, most)
            assert counted[true, predicted] == len(numbers)
            assert found.tolist() == sorted_by(numbers, rows, labels)[:most]
            assert found.dtype == np.int64


def test_arrays_are_read_only_and_of_their_types():
    probabilities = torch.tensor([[0.2, 0.8], [0.9, 0.1]])
    found = predictions(probabilities, torch.tensor([0, 0]))
    for name in ("confusion", "wrongest", "true", "predicted"):
        assert getattr(found, name).dtype == np.int64
    arrays = [getattr(found, name) for name in found.__slots__]
    arrays.append(in_cell(probabilities, torch.tensor([0, 0]), 0, 1))
    assert not any(array.flags.writeable for array in arrays)
    probabilities.zero_()
    assert found.probability.tolist() == [np.float32(0.8)]


def test_at_most_40_are_listed_unless_others_are_asked_for():
    probabilities = torch.linspace(0.6, 0.9, 100).unsqueeze(1) * torch.tensor([[1.0, 0.0]])
    assert len(predictions(probabilities, torch.ones(100, dtype=torch.int64)).wrongest) == 40


@pytest.mark.parametrize(
    ("shape", "count"), [((3, 2), 2), ((3,), 3), ((2, 2, 2), 2), ((3, 0), 3), ((2, 2), 3)]
)
def test_other_shapes_are_refused(shape, count):
    with pytest.raises(DataError, match="do not belong"):
        predictions(torch.zeros(shape), torch.zeros(count, dtype=torch.int64))


def test_a_cell_is_listed_with_what_its_samples_got():
    probabilities = torch.tensor([[0.9, 0.1], [0.2, 0.8], [0.4, 0.6], [0.3, 0.7]])
    targets = torch.tensor([0, 0, 0, 1])
    found = listed(probabilities, targets, 0, 1)
    assert found.confusion.tolist() == [[1, 2], [0, 1]]
    assert found.wrongest.tolist() == [1, 2]
    assert found.true.tolist() == [0, 0]
    assert found.predicted.tolist() == [1, 1]
    assert found.probability.tolist() == pytest.approx([0.8, 0.6])
    assert found.true_probability.tolist() == pytest.approx([0.2, 0.4])
