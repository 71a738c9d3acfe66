"""Small classes are repeated, in the training data alone, until all have as many."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from kernels.editing import with_value
from kernels.errors import DataError
from kernels.samples import oversampling
from kernels.samples.catalogue import DatasetParameters
from kernels.samples.oversampling import oversampled
from kernels.samples.picture_folder import PicturesData
from kernels.samples.pixel_table import PixelTableData
from kernels.samples.points import Point, PointsData
from kernels.samples.samples import Dataset, Samples
from kernels.samples.tabular import CsvData

SIZES = (5, 50, 20)  # of each class, of which four fifths are trained on


def uneven(*counts: int) -> Dataset:
    """So many samples of each class, each input of its own."""
    targets = np.repeat(np.arange(len(counts)), counts)
    inputs = np.arange(len(targets), dtype=np.float32)[:, np.newaxis]
    names = tuple("ABCDEFGH"[: len(counts)])
    none = Samples(inputs[:0].copy(), targets[:0].copy())
    return Dataset(title="made", train=Samples(inputs, targets), validation=none, classes=names)


def times(data: Dataset, label: int) -> list[int]:
    """How often each different sample of a class is there."""
    _, found = np.unique(data.train.inputs[data.train.targets == label], return_counts=True)
    return sorted(found.tolist())


def given(kind: str, folder: Path) -> DatasetParameters:
    """Data of `SIZES` from outside the program."""
    labels = np.repeat(np.arange(len(SIZES)), SIZES)
    if kind == "points":
        points = (Point(x1=i / 20, x2=0, label=int(k)) for i, k in enumerate(labels))
        return PointsData(points=tuple(points))
    if kind == "pictures":
        for i, k in enumerate(labels):
            (folder / f"{k}").mkdir(exist_ok=True)
            cv2.imwrite(str(folder / f"{k}" / f"{i}.png"), np.full((8, 8), 3 * i, np.uint8))
        return PicturesData(folder=str(folder), size=8)
    path = folder / "own.csv"
    if kind == "csv":
        path.write_text("x,k\n" + "".join(f"{i},{'rst'[k]}\n" for i, k in enumerate(labels)))
        return CsvData(file=str(path))
    path.write_text("".join(f"{k},{i},0,0,0\n" for i, k in enumerate(labels)))
    return PixelTableData(file=str(path))


@pytest.mark.parametrize("kind", ["points", "csv", "pictures", "pixels-csv"])
def test_what_is_trained_on_is_even_and_what_validates_as_it_was(kind: str, tmp_path: Path) -> None:
    parameters = given(kind, tmp_path)
    before = parameters.load(3)
    after = with_value(parameters, "oversample", True).load(3)
    assert np.bincount(before.train.targets).tolist() == [4, 40, 16]
    assert np.bincount(after.train.targets).tolist() == [40, 40, 40]
    assert np.array_equal(after.validation.inputs, before.validation.inputs)
    assert np.array_equal(after.validation.targets, before.validation.targets)
    assert (after.mean, after.std, after.domain) == (before.mean, before.std, before.domain)
    for label, often in enumerate(([10] * 4, [1] * 40, [2] * 8 + [3] * 8)):
        ones = [data.train.inputs[data.train.targets == label] for data in (before, after)]
        different = [np.unique(inputs, axis=0, return_counts=True) for inputs in ones]
        assert np.array_equal(different[0][0], different[1][0])
        assert sorted(different[1][1].tolist()) == often
    a, _, c = before.classes
    told = f"Training samples of small classes are repeated: {a} from 4 to 40, {c} from 16 to 40."
    assert after.notes == (*before.notes, told)


def test_each_is_repeated_once_before_any_is_twice_as_the_seed_draws_it() -> None:
    data = uneven(3, 11)
    once = oversampled(data, 0)
    assert (times(once, 0), times(once, 1)) == ([3, 4, 4], [1] * 11)
    assert np.array_equal(oversampled(data, 0).train.inputs, once.train.inputs)
    other = oversampled(data, 1)
    assert not np.array_equal(other.train.inputs, once.train.inputs)
    assert 0 < once.train.targets[:11].sum() < 11  # the first ones are of both


def test_many_small_classes_are_told_of_by_their_number() -> None:
    told = oversampled(uneven(1, 2, 3, 4, 5, 6, 7, 1000), 0).notes[-1]
    assert told.endswith("D from 4 to 1,000, E from 5 to 1,000 and 2 more to as many.")


def test_even_classes_stay_as_they_are() -> None:
    data = uneven(4, 4)
    assert oversampled(data, 0) is data


def test_numbers_to_be_found_have_no_classes_to_repeat(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text("x,y\n" + "".join(f"{i},{i / 7}\n" for i in range(20)))
    plain, asked = (CsvData(file=str(path), oversample=asked).load(0) for asked in (False, True))
    assert np.array_equal(plain.train.targets, asked.train.targets)
    assert asked.notes[-1] == "There are no small classes to repeat: numbers are to be found."
    assert CsvData(target_is="numbers").idle() == {"oversample"}
    assert not CsvData().idle()


def test_more_than_there_is_room_for_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(oversampling, "MOST_NUMBERS", 1999)
    with pytest.raises(DataError, match=r"made has 2,000 training samples, 1,000 of each class, a"):
        oversampled(uneven(1000, 2), 0)
    assert len(oversampled(uneven(999, 2), 0).train) == 1998
