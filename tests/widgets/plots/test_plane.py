import numpy as np
import pytest

from widgets.plots.plane import Plane

PLANE = Plane((0.0, 10.0), (-1.0, 1.0), left=20, top=10, width=200, height=100)


def test_corners_fall_on_the_corners_of_the_rectangle() -> None:
    corners = PLANE.toPixels([0, 10], [-1, 1])
    np.testing.assert_allclose(corners, [[20, 110], [220, 10]])


@pytest.mark.parametrize("log", [False, True])
def test_a_pixel_leads_back_to_its_point(log: bool) -> None:
    plane = Plane((-2, 3), (-4, 1), 5, 7, 300, 200, log_x=log, log_y=log)
    x, y = plane.fromPixels(100.0, 60.0)
    np.testing.assert_allclose(plane.toPixels(x, y), [[100.0, 60.0]])


def test_a_decade_is_as_long_as_the_next_on_a_log_axis() -> None:
    plane = Plane((0, 3), (0, 1), 0, 0, 300, 100, log_x=True)
    np.testing.assert_allclose(plane.toPixels([1, 10, 100], 0.5)[:, 0], [0, 100, 200])


def test_what_has_no_place_is_nan() -> None:
    plane = Plane((0, 1), (0, 1), 0, 0, 100, 100, log_y=True)
    pixels = plane.toPixels([0.5] * 5, [0.0, -1.0, np.nan, np.inf, 1.0])
    assert np.isnan(pixels[:4, 1]).all()
    assert np.isfinite(pixels[4]).all()
