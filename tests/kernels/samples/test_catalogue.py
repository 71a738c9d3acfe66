"""Every data set there is: by its name, described for a form, loaded and shared."""

import pickle
from pathlib import Path

import numpy as np
import pytest

from kernels.description import catalogue, describe
from kernels.parameters import Parameters, setting
from kernels.samples.catalogue import (
    DATASET_LABELS,
    DATASETS,
    CircleData,
    CsvData,
    DatasetParameters,
    DatasetSpec,
    MnistData,
    load_dataset,
)

NEED_INPUT = {"points", "pictures", "pixels-csv"}


class Lab(Parameters):
    data: DatasetSpec = setting(CircleData(), help="What is learned.", labels=DATASET_LABELS)


@pytest.mark.parametrize(("kind", "model"), DATASETS.items())
def test_each_is_found_by_its_name_and_described(kind: str, model: type[DatasetParameters]) -> None:
    lab = Lab.model_validate({"data": kind})
    assert lab.data == model()
    assert hash(lab.data) == hash(model())
    (field,) = describe(lab)
    assert {choice.value: choice.label for choice in field.choices} == DATASET_LABELS
    assert all(child.help.endswith(".") for child in field.children)
    assert catalogue(Lab)


@pytest.mark.parametrize("kind", sorted(DATASETS.keys() - NEED_INPUT))
def test_each_is_loaded_and_shared(kind: str) -> None:
    data = load_dataset(DATASETS[kind](), 0)
    assert load_dataset(DATASETS[kind](), 0) is data
    assert load_dataset(DATASETS[kind](), 1) is not data
    assert len(data.train)
    assert len(data.validation)


def test_the_last_few_are_kept() -> None:
    first = load_dataset(CircleData(), 0)
    for seed in range(1, 4):
        load_dataset(CircleData(), seed)
    assert load_dataset(CircleData(), 0) is first
    for seed in range(1, 5):
        load_dataset(CircleData(), seed)
    assert load_dataset(CircleData(), 0) is not first


def test_a_changed_file_is_read_anew(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text("x,y\n" + "1,a\n2,b\n" * 5)
    before = load_dataset(CsvData(file=str(path)), 0)
    path.write_text("x,y\n" + "1,c\n2,d\n" * 5)
    assert before.classes == ("a", "b")
    assert load_dataset(CsvData(file=str(path)), 0).classes == ("c", "d")


def test_pictures_are_pickled_as_what_they_are_loaded_with() -> None:
    digits = load_dataset(MnistData(training_digits=200), 3)
    packed = pickle.dumps(digits)
    assert len(packed) < 2000 < digits.train.inputs.nbytes
    assert pickle.loads(packed) is digits  # it is kept
    circle = load_dataset(CircleData(), 3)
    other = pickle.loads(pickle.dumps(circle))
    assert other is not circle
    assert np.array_equal(other.train.inputs, circle.train.inputs)
    assert other.classes == circle.classes
