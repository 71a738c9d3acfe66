"""Targets against formulas written out another way."""

import math

import numpy as np
import pytest

from kernels.samples.curves import (
    MultiGaussData,
    PlaneData,
    PolynomialData,
    SineData,
    TwoSinesData,
)
from kernels.samples.toys import NumberToy


def pairs(model: NumberToy) -> list[tuple[list[float], float]]:
    train = model.load(7).train
    return [(x.tolist(), y.item()) for x, y in zip(train.inputs, train.targets, strict=True)]


def test_plane() -> None:
    for (x1, x2), y in pairs(PlaneData(count=50)):
        assert y == pytest.approx(0.1 * x1 + 0.1 * x2, abs=1e-6)


@pytest.mark.parametrize("width", [0.5, 1.0, 3.0])
def test_bumps_have_their_signs_where_the_playground_has_them(width: float) -> None:
    signs = {(-4, 2.5): 1, (0, 2.5): -1, (4, 2.5): 1, (-4, -2.5): -1, (0, -2.5): 1, (4, -2.5): -1}
    for x, y in pairs(MultiGaussData(count=50, width=width)):
        bumps = [s * math.exp(-((math.dist(x, at) / width) ** 2) / 2) for at, s in signs.items()]
        assert y == pytest.approx(math.fsum(bumps), abs=2e-5)


def test_two_sines() -> None:
    model = TwoSinesData(
        count=50, noise=0, amplitude_1=2, frequency_1=1.5, amplitude_2=-0.3, frequency_2=9
    )
    for (x,), y in pairs(model):
        assert y == pytest.approx(2 * math.sin(1.5 * x) - 0.3 * math.sin(9 * x), abs=2e-6)


def test_polynomial_has_its_constant_first() -> None:
    for (x,), y in pairs(PolynomialData(count=50, noise=0, coefficients=(1, -2, 0.5, 3))):
        assert y == pytest.approx(((3 * x + 0.5) * x - 2) * x + 1, abs=1e-5)


def test_sine_trains_on_twelve_points() -> None:
    data = SineData().load(0)
    assert (len(data.train), len(data.validation)) == (12, 108)
    for (x,), y in pairs(SineData(noise=0)):
        assert y == pytest.approx(math.sin(3 * x), abs=1e-6)
    error = data.validation.targets - np.sin(3 * data.validation.inputs.astype(np.float64))
    assert error.std() == pytest.approx(0.2, rel=0.25)
