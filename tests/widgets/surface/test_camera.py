import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from widgets.surface.camera import FARTHEST, NEAREST, Camera

cameras = st.builds(Camera, st.floats(-180, 180), st.floats(5, 85), st.floats(4, 20))
points = st.tuples(st.floats(-1, 1), st.floats(-1, 1), st.floats(0, 1))


@given(cameras, points, st.integers(50, 2000), st.integers(50, 2000))
def test_the_ray_through_the_pixel_of_a_point_meets_it(
    camera: Camera, point: tuple[float, float, float], width: int, height: int
) -> None:
    ((px, py),) = camera.project(np.array([point]), width, height)
    origin, direction = camera.ray(px, py, width, height)
    to_point = np.array(point) - origin
    away = np.linalg.norm(np.cross(to_point, direction))
    assert away < 1e-6
    assert to_point @ direction > 0


def test_at_azimuth_zero_x_goes_right_and_z_up() -> None:
    camera = Camera(0, 30, 6)
    left, right, top = camera.project(np.array([[-1, 0, 0], [1, 0, 0], [0, 0, 1.0]]), 400, 400)
    assert left[0] < 200 < right[0]
    assert left[1] == pytest.approx(right[1])
    assert top[1] < left[1]


def test_a_pixel_is_as_long_as_said_in_the_middle() -> None:
    camera = Camera(0, 30, 6)
    middle = np.array([0.0, 0.0, 0.42])
    step = camera.pixel(600, 400) * np.array([1.0, 0.0, 0.0])
    a, b = camera.project(np.stack([middle, middle + step]), 600, 400)
    assert math.dist(a, b) == pytest.approx(1.0, rel=1e-6)


def test_it_turns_round_but_not_over() -> None:
    assert Camera(170, 30, 6).turned(20, 0).azimuth == pytest.approx(-170)
    assert Camera(0, 30, 6).turned(0, 200).elevation == 89
    assert Camera(0, 30, 6).turned(0, -200).elevation == 3
    assert Camera(0, 30, 6).zoomed(100).distance == FARTHEST
    assert Camera(0, 30, 6).zoomed(0.01).distance == NEAREST
