import numpy as np
import pytest

from widgets.plots.contours import choose_levels, contour_lines, shade


def grid(n: int = 101) -> tuple[np.ndarray, np.ndarray]:
    return np.meshgrid(np.linspace(-2, 2, n), np.linspace(-2, 2, n))


def test_contours_of_a_bowl_are_circles() -> None:
    x, y = grid()
    lines = contour_lines(x**2 + y**2, (-2, 2), (-2, 2), np.array([1.0]))
    points = lines[np.isfinite(lines).all(axis=1)]
    np.testing.assert_allclose(np.hypot(*points.T), 1.0, atol=2e-3)
    assert len(points) > 100


def test_rows_run_along_y() -> None:
    x, _ = grid()
    lines = contour_lines(x, (-2, 2), (-2, 2), np.array([0.5]))
    points = lines[np.isfinite(lines).all(axis=1)]
    np.testing.assert_allclose(points[:, 0], 0.5)


def test_there_are_no_lines_where_heights_are_not_known() -> None:
    x, y = grid()
    heights = np.where(x > 0, np.nan, x**2 + y**2)
    points = contour_lines(heights, (-2, 2), (-2, 2), np.array([1.0]))
    assert np.nanmax(points[:, 0]) <= 0.0
    assert contour_lines(np.full((5, 5), np.nan), (0, 1), (0, 1), np.array([1.0])).shape == (0, 2)


@pytest.mark.parametrize("power", [1, 2, 4])
def test_levels_rise_from_the_lowest_to_the_highest(power: int) -> None:
    x, y = grid()
    heights = (100 * (y - x**2) ** 2 + (1 - x) ** 2) ** power
    levels = choose_levels(heights)
    assert (np.diff(levels) > 0).all()
    assert 8 <= len(levels) <= 14
    between = np.histogram(heights, levels)[0] / heights.size
    assert between.max() < 0.2  # no band takes most of the plane


@pytest.mark.parametrize(
    "heights", [np.zeros((4, 4)), np.full((3, 3), np.nan), np.full((3, 3), 7e9)]
)
def test_a_flat_surface_has_levels_too(heights: np.ndarray) -> None:
    levels = choose_levels(heights)
    assert len(levels) >= 2
    assert (np.diff(levels) > 0).all()


def test_shades_rise_evenly_over_the_levels() -> None:
    levels = np.array([0.0, 1.0, 10.0])
    shades = shade(np.array([[-1.0, 0.5, 1.0], [5.5, 99.0, np.nan]]), levels)
    np.testing.assert_allclose(shades, [[0.0, 0.25, 0.5], [0.75, 1.0, np.nan]])


def test_even_levels_rise_by_one_step_and_hold_all_heights() -> None:
    x, y = grid()
    heights = x**2 + 3 * y**2
    levels = choose_levels(heights, spacing="even")
    np.testing.assert_allclose(np.diff(levels), levels[1] - levels[0])
    assert levels[0] <= heights.min()
    assert levels[-1] >= heights.max()
    assert 6 <= len(levels) <= 17
