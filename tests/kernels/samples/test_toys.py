"""What all toys share: a seed fixes every bit, noise, labels drawn anew, balance, the division."""

import numpy as np
import pytest

from kernels.samples.catalogue import DATASETS
from kernels.samples.planes import CircleData, GaussiansData, SpiralData
from kernels.samples.samples import Dataset
from kernels.samples.toys import ClassToy, NumberToy, Toy

TOYS = [model for model in DATASETS.values() if issubclass(model, Toy)]
CLASSES = [model for model in TOYS if issubclass(model, ClassToy)]
NUMBERS = [model for model in TOYS if issubclass(model, NumberToy)]


def together(data: Dataset) -> tuple[np.ndarray, np.ndarray]:
    parts = (data.train, data.validation)
    return np.concatenate([p.inputs for p in parts]), np.concatenate([p.targets for p in parts])


def sums(model: Toy, seed: int) -> list[bytes]:
    return [array.tobytes() for array in together(model.load(seed))]


@pytest.mark.parametrize("model", TOYS)
def test_a_seed_fixes_every_bit_and_another_gives_others(model: type[Toy]) -> None:
    assert sums(model(), 3) == sums(model(), 3)
    noisy = model(noise=0.1)
    assert sums(noisy, 3)[0] != sums(noisy, 4)[0]


@pytest.mark.parametrize("model", TOYS)
def test_shapes_types_and_shares(model: type[Toy]) -> None:
    data = model(count=300, train_share=0.4).load(0)
    assert (len(data.train), len(data.validation)) == (120, 180)
    assert data.shape == (len(data.features),) == (len(data.domain),)
    for samples in (data.train, data.validation):
        assert samples.inputs.dtype == np.float32
        assert samples.targets.dtype == (np.int64 if data.classes else np.float32)
        assert samples.targets.shape == ((len(samples),) + (() if data.classes else (1,)))
    assert data.outputs == (len(data.classes) or 1)
    inputs, _ = together(model(noise=0).load(0))
    low, high = np.transpose(data.domain)
    assert (inputs >= low).all()
    assert (inputs <= high).all()
    assert (np.ptp(inputs, axis=0) > (high - low) / 4).all()
    assert data.title
    assert data.test is None


@pytest.mark.parametrize("model", CLASSES)
@pytest.mark.parametrize("balance", [0.05, 0.3, 0.5, 0.95])
def test_balance_is_the_share_of_the_first_of_two_classes(
    model: type[ClassToy], balance: float
) -> None:
    data = model(count=400, balance=balance).load(1)
    assert np.bincount(together(data)[1]).tolist() == [400 * balance, 400 - 400 * balance]
    for part in (data.train, data.validation):
        assert np.bincount(part.targets).tolist() == [200 * balance, 200 - 200 * balance]


def test_more_than_two_classes_are_alike_and_balance_is_idle() -> None:
    for model in (SpiralData(arms=3, count=100), GaussiansData(clouds=3, count=100)):
        assert np.bincount(together(model.load(0))[1]).tolist() == [34, 33, 33]
        assert model.idle() == {"balance"}
    assert CircleData().idle() == SpiralData().idle() == frozenset()


@pytest.mark.parametrize("model", CLASSES)
def test_noise_is_normal_and_leaves_labels_and_division(model: type[ClassToy]) -> None:
    calm, noisy = (model(count=20_000, noise=noise).load(5) for noise in (0, 0.7))
    np.testing.assert_array_equal(together(calm)[1], together(noisy)[1])
    shift = together(noisy)[0] - together(calm)[0]
    assert shift.mean(axis=0) == pytest.approx([0, 0], abs=0.02)
    assert shift.std(axis=0) == pytest.approx([0.7, 0.7], rel=0.02)
    assert (np.abs(shift) < 0.7).mean() == pytest.approx(0.6827, abs=0.01)
    assert np.corrcoef(shift.T)[0, 1] == pytest.approx(0, abs=0.03)


@pytest.mark.parametrize("model", NUMBERS)
def test_the_error_of_numbers_is_normal(model: type[NumberToy]) -> None:
    calm, noisy = (model(count=20_000, noise=noise).load(5) for noise in (0, 0.5))
    np.testing.assert_array_equal(together(calm)[0], together(noisy)[0])
    error = together(noisy)[1] - together(calm)[1]
    assert error.mean() == pytest.approx(0, abs=0.02)
    assert error.std() == pytest.approx(0.5, rel=0.02)


@pytest.mark.parametrize("share", [0.0, 0.2, 1.0])
@pytest.mark.parametrize("arms", [2, 5])
def test_label_noise_draws_its_share_anew(share: float, arms: int) -> None:
    """Of the labels drawn anew, one in as many as there are classes is the old one by chance."""
    spiral = SpiralData(count=50_000, arms=arms, noise=0, label_noise=share)
    inputs, labels = together(spiral.load(2))
    x1, x2 = inputs.T.astype(np.float64)
    turned = np.arctan2(x2, x1) - 2 * np.pi * 1.75 * np.hypot(x1, x2) / 5
    true = np.rint(turned / (2 * np.pi / arms)) % arms
    assert (labels != true).mean() == pytest.approx(share * (1 - 1 / arms), abs=0.01)
    if share == 1:
        assert np.bincount(labels) / 50_000 == pytest.approx(1 / arms, abs=0.01)
