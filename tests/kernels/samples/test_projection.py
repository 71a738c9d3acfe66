"""The plane of the principal components, against the singular value decomposition."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernels.samples.projection import principal_plane


@given(st.integers(3, 40), st.integers(3, 12), st.integers(0, 2**32 - 1))
def test_it_is_that_of_the_singular_value_decomposition(rows: int, count: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    spread = 2.0 ** -np.arange(count)  # so that the components are well apart
    inputs = (
        rng.normal(size=(rows, count)) * spread @ np.linalg.qr(rng.normal(size=(count, count)))[0]
    )
    inputs = (inputs + rng.normal(size=count)).astype(np.float32)
    plane = principal_plane(inputs)
    centered = inputs.astype(np.float64) - inputs.mean(axis=0, dtype=np.float64)
    _, values, directions = np.linalg.svd(centered, full_matrices=False)
    np.testing.assert_allclose(plane.mean, inputs.mean(axis=0, dtype=np.float64), atol=1e-5)
    np.testing.assert_allclose(
        plane.explained, values[:2] ** 2 / (values**2).sum(), rtol=1e-6, atol=1e-9
    )
    np.testing.assert_allclose(plane.components @ plane.components.T, np.eye(2), atol=1e-5)
    for own, known, next_value, value in zip(
        plane.components, directions, values[1:], values, strict=False
    ):
        if value > 1.1 * next_value:
            assert abs(own @ known) == pytest.approx(1, abs=1e-3)
        assert own[np.abs(own).argmax()] > 0
    places = plane.projected(inputs)
    np.testing.assert_allclose(places, centered @ plane.components.T, atol=1e-4)
    assert plane.mean.dtype == plane.components.dtype == np.float32


def test_what_lies_in_the_plane_is_where_it_was() -> None:
    plane = principal_plane(np.random.default_rng(0).normal(size=(50, 5)))
    places = np.array([[0, 0], [1, 0], [-2, 3]], np.float32)
    inputs = plane.mean + places @ plane.components
    np.testing.assert_allclose(plane.projected(inputs), places, atol=1e-5)


def test_the_sign_does_not_hang_on_the_last_bit() -> None:
    rng = np.random.default_rng(1)
    common = rng.normal(size=(30, 1))
    for noise in (0.0, 1e-9):  # two features as large as each other, of opposite signs
        inputs = np.concatenate([-common, common + noise, 0.1 * rng.normal(size=(30, 1))], axis=1)
        assert principal_plane(inputs).components[0, 0] == pytest.approx(2**-0.5, abs=1e-2)


@pytest.mark.parametrize("rows", [1, 2, 9])
def test_samples_on_a_line_or_a_point_have_a_plane_too(rows: int) -> None:
    plane = principal_plane(np.linspace(0, 1, rows)[:, np.newaxis] * np.ones(4))
    np.testing.assert_allclose(plane.components @ plane.components.T, np.eye(2), atol=1e-6)
    assert plane.explained[0] == pytest.approx(1 if rows > 1 else 0, abs=1e-9)
    assert plane.explained[1] == pytest.approx(0, abs=1e-9)
    assert not plane.mean.flags.writeable
    assert not plane.components.flags.writeable
