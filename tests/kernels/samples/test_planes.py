"""Each generator against a formula of its own: without noise a point tells its class."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernels.samples.planes import (
    CheckerboardData,
    CircleData,
    GaussiansData,
    MoonsData,
    SpiralData,
    XorData,
)
from kernels.samples.toys import ClassToy


def points(model: ClassToy, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """All points, in float64, and their labels."""
    data = model.load(seed)
    x1, x2 = np.concatenate([data.train.inputs, data.validation.inputs]).T.astype(np.float64)
    return x1, x2, np.concatenate([data.train.targets, data.validation.targets])


def test_circle_is_a_threshold_of_the_radius() -> None:
    x1, x2, labels = points(CircleData(count=4000))
    squared = x1**2 + x2**2
    np.testing.assert_array_equal(labels == 1, squared < 3**2)
    assert squared[labels == 1].max() <= 2.5**2 * (1 + 1e-6)
    assert squared[labels == 0].min() >= 3.5**2 * (1 - 1e-6)
    assert abs(x1.mean()) < 0.2
    assert abs(x2.mean()) < 0.2


def test_xor_is_the_sign_of_the_product() -> None:
    x1, x2, labels = points(XorData(count=4000))
    np.testing.assert_array_equal(labels == 1, x1 * x2 > 0)
    assert np.minimum(abs(x1), abs(x2)).min() >= 0.3 - 1e-6
    quadrants = np.bincount(2 * (x1 > 0) + (x2 > 0), minlength=4)
    assert quadrants == pytest.approx(1000, abs=150)


@given(st.integers(2, 8))
def test_gaussians_lie_about_centres_on_a_circle(clouds: int) -> None:
    x1, x2, labels = points(GaussiansData(count=400, clouds=clouds, noise=0))
    centres = 2 * np.sqrt(2) * np.exp(1j * (np.pi / 4 + 2 * np.pi * np.arange(clouds) / clouds))
    np.testing.assert_allclose(x1 + 1j * x2, centres[labels], atol=1e-6)
    assert len(np.unique(labels)) == clouds


def test_two_gaussians_are_those_of_the_playground() -> None:
    x1, x2, labels = points(GaussiansData(count=20_000))
    for label, centre in enumerate((2, -2)):
        cloud = np.stack((x1, x2))[:, labels == label]
        assert cloud.mean(axis=1) == pytest.approx([centre, centre], abs=0.05)
        assert np.cov(cloud).ravel() == pytest.approx([1, 0, 0, 1], abs=0.05)


@given(st.integers(2, 8), st.floats(0.1, 6))
def test_spiral_turns_with_the_radius(arms: int, turns: float) -> None:
    x1, x2, labels = points(SpiralData(count=200, arms=arms, turns=turns))
    radius = np.hypot(x1, x2)
    angle = 2 * np.pi * (turns * radius / 5 + labels / arms)
    np.testing.assert_allclose(x1 + 1j * x2, radius * np.exp(1j * angle), atol=1e-4)
    assert radius.max() <= 5 + 1e-6


def test_moons_are_two_half_circles() -> None:
    x1, x2, labels = points(MoonsData(count=2000))
    side = 1 - 2 * labels  # 1 for the upper moon, -1 for the lower
    np.testing.assert_allclose(np.hypot(x1 + 1.5 * side, x2 + 0.75 * side), 3, atol=1e-5)
    assert (side * (x2 + 0.75 * side) >= -1e-6).all()


@given(st.integers(2, 10))
def test_checkerboard_alternates(cells: int) -> None:
    x1, x2, labels = points(CheckerboardData(count=2000, cells=cells))
    width = 10 / cells
    column, row = np.floor((x1 + 5) / width), np.floor((x2 + 5) / width)
    inner = (abs((x1 + 5) / width - np.rint((x1 + 5) / width)) > 1e-5) & (
        abs((x2 + 5) / width - np.rint((x2 + 5) / width)) > 1e-5
    )  # a float32 on an edge may lie in either cell
    np.testing.assert_array_equal(labels[inner], (column + row)[inner] % 2)
    assert len(set(zip(column[inner], row[inner], strict=True))) == cells**2
