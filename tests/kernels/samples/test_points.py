"""Painted points: any may be held, and two classes are needed only when they are used."""

import numpy as np
import pytest
from pydantic import ValidationError

from kernels.errors import ParameterError
from kernels.samples.points import Point, PointsData


def painted(*points: tuple[float, float, int]) -> PointsData:
    return PointsData(points=tuple(Point(x1=a, x2=b, label=c) for a, b, c in points))


def test_classes_are_those_that_have_points() -> None:
    points = [(float(i % 5), float(-(i % 3)), (6, 1, 3)[i % 3]) for i in range(30)]
    data = painted(*points).load(0)
    assert data.classes == ("B", "D", "G")
    assert (len(data.train), len(data.validation)) == (24, 6)
    assert data.domain == ((-6, 6), (-6, 6))
    both = (data.train, data.validation)
    found = sorted(
        (*inputs.tolist(), (1, 3, 6)[target])
        for part in both
        for inputs, target in zip(part.inputs, part.targets, strict=True)
    )
    assert found == sorted(points)
    assert data.train.targets.dtype == np.int64


@pytest.mark.parametrize(
    ("points", "told"), [((), "no class yet"), (((0, 0, 2), (1, 1, 2)), "one class, C")]
)
def test_fewer_than_two_classes_are_held_but_not_loaded(points: tuple, told: str) -> None:
    parameters = painted(*points)
    with pytest.raises(ParameterError, match=f"{told}.* Paint points of another class") as caught:
        parameters.load(0)
    assert caught.value.path == "points"


def test_a_single_point_a_class_is_trained_on() -> None:
    data = painted((0, 0, 0), (1, 1, 1)).load(0)
    assert (len(data.train), len(data.validation)) == (2, 0)
    assert data.validation.inputs.shape == (0, 2)


@pytest.mark.parametrize("wrong", [{"label": 8}, {"label": -1}, {"x1": 6.1}, {"x2": -7}])
def test_points_outside_are_refused(wrong: dict) -> None:
    with pytest.raises(ValidationError):
        Point(**({"x1": 0, "x2": 0, "label": 0} | wrong))
