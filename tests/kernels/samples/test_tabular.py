"""A table of one's own: columns by name, standardised, encoded, and what is refused."""

import csv
import re
from pathlib import Path

import numpy as np
import pytest

from kernels.errors import DataError
from kernels.samples.projection import principal_plane
from kernels.samples.samples import Dataset
from kernels.samples.tabular import CsvData

ROWS = [(f"{i}", f"{0.5 * i - 3}", "ABBCA"[i % 5], "yes" if i % 3 else "no") for i in range(60)]


@pytest.fixture
def made(tmp_path: Path):
    def make(header: str, rows: list[tuple[object, ...]], **parameters: object) -> Dataset:
        path = tmp_path / "own.csv"
        with path.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([header.split(), *rows])
        return CsvData(file=str(path), **parameters).load(0)

    return make


def test_words_are_encoded_and_numbers_standardised_by_the_training_part(made) -> None:
    data = made("i x letter answer", ROWS)
    assert data.features == ("i", "x", "letter=A", "letter=B", "letter=C")
    assert data.classes == ("no", "yes")
    assert (len(data.train), len(data.validation), data.outputs) == (48, 12, 2)
    numbers = data.train.inputs[:, :2].astype(np.float64)
    assert numbers.mean(axis=0) == pytest.approx([0, 0], abs=1e-6)
    assert numbers.std(axis=0) == pytest.approx([1, 1], abs=1e-6)
    every = np.concatenate((data.train.inputs, data.validation.inputs))
    targets = np.concatenate((data.train.targets, data.validation.targets))
    order = np.argsort(every[:, 0])  # that of the rows again
    steps = np.diff(every[order, 0])
    np.testing.assert_allclose(steps, steps[0], rtol=1e-4)
    assert ["ABC"[i] for i in every[order, 2:].argmax(axis=1)] == [row[2] for row in ROWS]
    np.testing.assert_array_equal(every[:, 2:].sum(axis=1), 1)
    assert [data.classes[i] for i in targets[order]] == [row[3] for row in ROWS]
    assert data.axes == tuple(
        f"PC {i} ({100 * s:.0f}%)" for i, s in enumerate(data.projection.explained, 1)
    )
    places = data.places(every)
    low, high = np.transpose(data.domain)
    assert (places > low).all()
    assert (places < high).all()


def test_a_table_of_words_alone_is_learned_from(made) -> None:
    rows = [(("sunny", "rain")[i % 2], ("yes", "no")[i // 2 % 2]) for i in range(20)]
    data = made("outlook play", rows)
    assert data.features == ("outlook=rain", "outlook=sunny")
    assert data.classes == ("no", "yes")
    assert set(map(tuple, data.train.inputs.tolist())) == {(0.0, 1.0), (1.0, 0.0)}


def test_columns_are_chosen_by_name(made) -> None:
    data = made("i x letter answer", ROWS, features=" answer, i", target="x")
    assert data.features == ("answer=no", "answer=yes", "i")
    assert data.classes == ()
    assert data.outputs == 1
    assert data.target == "x"
    assert data.train.targets.dtype == np.float32
    assert data.train.targets.mean(dtype=np.float64) == pytest.approx(0, abs=1e-6)
    assert data.train.targets.std(dtype=np.float64) == pytest.approx(1, abs=1e-6)
    (told,) = data.notes
    mean, std = map(float, re.findall(r"its mean ([\d.]+), .* deviation ([\d.]+) above", told)[0])
    standard = np.sort(np.concatenate((data.train.targets, data.validation.targets)), axis=0)[:, 0]
    np.testing.assert_allclose(
        standard * std + mean, [float(row[1]) for row in ROWS], rtol=1e-3, atol=0.01
    )
    quoted = made("i a,b answer", [row[:3] for row in ROWS], features='"a,b"')
    assert quoted.features == ("a,b",)


def test_few_whole_numbers_are_classes_unless_told_otherwise(made) -> None:
    grades = [(i, (3, 10, 7)[i % 3]) for i in range(30)]
    assert made("x grade", grades).classes == ("3", "7", "10")
    assert made("x grade", grades, target_is="numbers").classes == ()
    halves = [(i, i % 3 / 2) for i in range(30)]
    assert made("x half", halves).classes == ()
    assert made("x half", halves, target_is="classes").classes == ("0", "0.5", "1")
    assert made("x many", [(i, i % 11) for i in range(30)]).classes == ()
    assert len(made("x many", [(i, i % 10) for i in range(30)]).classes) == 10


def test_a_column_that_never_changes_is_zero_and_told(made) -> None:
    data = made("x same answer", [(i, 0.1, "ab"[i % 2]) for i in range(30)])
    np.testing.assert_allclose(data.train.inputs[:, 1], 0, atol=1e-6)
    assert data.notes[0] == "'same' is the same in every row and tells nothing."
    assert data.notes[1].startswith("'x' is standardised")  # and nothing is told of the other
    data = made("x same word answer", [(i, 0.1, "w", "ab"[i % 2]) for i in range(30)])
    assert data.notes == ("'same' and 1 more are the same in every row and tell nothing.",)


@pytest.mark.parametrize(
    ("header", "rows", "parameters", "told"),
    [
        ("x y", [(i, "one") for i in range(9)], {}, "'y' of own.csv is one in every row"),
        ("x y", [(i, 4) for i in range(9)], {}, "'y' of own.csv is 4 in every row"),
        ("x y", [(1, "a"), ("nan", "b"), (3, "a")], {}, "'x' of own.csv has no value in row 3"),
        ("x y", [(1, "a"), (2, ""), (3, "b")], {}, "'y' of own.csv has no value in row 3"),
        ("x y", [(1, "a"), ("two", "b"), (3, "a")], {}, "Row 3 of column 'x' .* is 'two'"),
        ("x y", [(1, 1.5), (2, "b"), (3, 2.5)], {}, "Row 3 of column 'y' .* is 'b'"),
        ("x y", [(1, "a"), (2, "b")], {"target_is": "numbers"}, "Row 2 of column 'y' .* is 'a'"),
        ("x z y", [(1, "a", i % 2) for i in range(9)], {}, "No column .* varies: 'x' is the same"),
        ("x y", [(1, 1), (2, 2)], {"features": "x, z"}, "has no column 'z'"),
        ("x y", [(1, 1), (2, 2)], {"target": "z"}, "has no column 'z'"),
        ("x y", [(1, 1), (2, 2)], {"features": "x, y"}, "'y' is the column to be found"),
        ("x", [(1,), (2,)], {}, "no column beside 'x'"),
        ("x y", [(1e40, 1), (2, 2)], {}, "'x' of own.csv holds numbers beyond 1e\\+30"),
        ("x y", [(1, 1e40), (2, 2.5)], {}, "'y' of own.csv holds numbers beyond 1e\\+30"),
        ("x y", [(f"w{i}", i % 2) for i in range(101)], {}, "'x' of own.csv has 101 different"),
        ("x y", [(i, f"w{i}") for i in range(101)], {}, "'y' of own.csv has 101 different"),
    ],
)
def test_what_cannot_be_learned_is_refused_with_a_sentence(
    made, header: str, rows: list, parameters: dict, told: str
) -> None:
    with pytest.raises(DataError, match=told) as caught:
        made(header, rows, **parameters)
    assert str(caught.value).endswith(".")


def test_the_target_is_offered_by_name() -> None:
    assert CsvData().columns() == ("", "hours", "score", "passed")
    assert CsvData(file="none.csv").columns() == ()


def test_two_features_are_drawn_as_they_are_and_very_many_not_at_all(made) -> None:
    rows = np.random.default_rng(0).normal(size=(30, 202)).round(4)
    names = [f"f{i}" for i in range(202)]
    two = made("a b y", [(*row[:2], i % 2) for i, row in enumerate(rows)])
    assert (two.projection, two.axes) == (None, ("a", "b"))
    (told,) = two.notes
    means, stds = re.findall(r"their \S+ ?\S* ([-\d.]+ and [-\d.]+)", told)
    scales = [tuple(map(float, part.split(" and "))) for part in (means, stds)]
    every = np.concatenate((two.train.inputs, two.validation.inputs)) * scales[1] + scales[0]
    assert told.startswith("'a' and 'b' are standardised: 0 stands for")
    np.testing.assert_allclose(np.sort(every, axis=0), np.sort(rows[:, :2], axis=0), atol=2e-3)
    np.testing.assert_array_equal(two.places(two.train.inputs), two.train.inputs)
    drawn = made(" ".join([*names[:200], "y"]), [(*r[:200], i % 2) for i, r in enumerate(rows)])
    assert drawn.projection is not None
    assert len(drawn.domain) == 2
    assert drawn.notes == ()
    many = made(" ".join([*names, "y"]), [(*row, i % 2) for i, row in enumerate(rows)])
    assert (many.projection, many.domain, many.shape) == (None, (), (202,))
    (told,) = many.notes
    assert told.startswith("202 features are too many for a picture of the plane")


def test_the_plane_is_that_of_the_training_part_and_at_least_as_wide_as_high(made) -> None:
    data = made("i x letter answer", ROWS)
    plane = principal_plane(data.train.inputs)
    np.testing.assert_array_equal(data.projection.components, plane.components)
    (left, right), (bottom, top) = data.domain
    assert right - left >= top - bottom - 1e-6
