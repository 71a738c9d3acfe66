import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from widgets.surface.camera import BOX_HEIGHT, Camera
from widgets.surface.mesh import SurfaceMesh
from widgets.surface.picture import coarser, drape

X, Y = np.meshgrid(np.linspace(-3, 5, 81), np.linspace(0, 2, 61))
PLANE = SurfaceMesh(2 * X - 3 * Y, (-3, 5), (0, 2))


def test_the_surface_fills_the_box() -> None:
    positions, normals = PLANE.vertices()
    np.testing.assert_allclose(positions.min(axis=0), [-1, -1, 0], atol=1e-6)
    np.testing.assert_allclose(positions.max(axis=0), [1, 1, 1], atol=1e-6)
    np.testing.assert_allclose(np.linalg.norm(normals, axis=1), 1, atol=1e-6)


def test_normals_stand_upright_on_the_triangles() -> None:
    positions, normals = PLANE.vertices()
    a, b, c = positions[PLANE.faces()].transpose(1, 0, 2)
    exact = np.cross(b - a, c - a)
    exact /= np.linalg.norm(exact, axis=1, keepdims=True)
    np.testing.assert_allclose(normals[PLANE.faces()[:, 0]], exact, atol=1e-4)


@given(st.floats(-3, 5), st.floats(0, 2))
def test_heights_between_the_vertices_are_those_of_a_plane(x: float, y: float) -> None:
    ((across, along, height),) = PLANE.toBox(np.array([x]), np.array([y]))
    exact = (2 * x - 3 * y - PLANE.low) / (PLANE.high - PLANE.low)
    assert height == pytest.approx(exact, abs=1e-9)
    assert PLANE.fromBox(across, along) == pytest.approx((x, y), abs=1e-9)


def test_beside_it_and_in_holes_there_is_no_height() -> None:
    heights = X**2 + Y**2
    heights[:30] = np.nan
    mesh = SurfaceMesh(heights, (-3, 5), (0, 2))
    points = mesh.toBox(np.array([0.0, 0.0, 6.0, np.nan, np.inf]), np.array([0.1, 1.9, 1.9, 1, 1]))
    np.testing.assert_array_equal(np.isfinite(points[:, 2]), [False, True, False, False, False])
    assert mesh.faces().min() >= 30 * 81


@pytest.mark.parametrize("azimuth", [-150, -35, 60])
def test_a_ray_meets_the_surface_where_it_was_aimed(azimuth: float) -> None:
    x, y = np.meshgrid(np.linspace(-1, 1, 90), np.linspace(-1, 1, 90))
    mesh = SurfaceMesh(x**2 + 2 * y**2, (-1, 1), (-1, 1))
    camera = Camera(azimuth, 60, 6)
    aims = np.array([[0.0, 0.0], [0.5, -0.3], [-0.4, 0.4]])
    pixels = camera.project(mesh.toBox(aims[:, 0], aims[:, 1]), 500, 400)
    for aim, pixel in zip(aims, pixels, strict=True):
        assert mesh.hit(*camera.ray(*pixel, 500, 400)) == pytest.approx(tuple(aim), abs=5e-3)
    assert mesh.hit(*camera.ray(1, 1, 500, 400)) is None


def test_a_ray_meets_the_underside_where_that_is_in_front() -> None:
    x, _ = np.meshgrid(np.linspace(-1, 1, 90), np.linspace(-1, 1, 90))
    mesh = SurfaceMesh(-x, (-1, 1), (-1, 1))
    origin, ahead = np.array([-2.0, 0.5, 0.3 * BOX_HEIGHT]), np.array([1.0, 0.0, 0.0])
    assert mesh.hit(origin, ahead) == pytest.approx((0.4, 0.5), abs=1e-6)


def test_a_long_step_is_laid_over_the_hill_between() -> None:
    x, y = np.meshgrid(np.linspace(-1, 1, 90), np.linspace(-1, 1, 90))
    mesh = SurfaceMesh(np.exp(-8 * (x**2 + y**2)), (-1, 1), (-1, 1))
    draped = drape(np.array([[-0.9, 0.0], [0.9, 0.0]]), mesh)
    assert draped[:, 2].max() > 0.95
    np.testing.assert_allclose(draped[:, 2] - mesh.heightAt(draped[:, 0], draped[:, 1]), 0.008)
    assert drape(np.empty((0, 2)), mesh).shape == (0, 3)


def test_a_fine_surface_is_made_coarser_and_stays_the_same() -> None:
    x, y = np.meshgrid(np.linspace(-1, 1, 301), np.linspace(-1, 1, 201))
    smaller = coarser(np.sin(3 * x) + y**2)
    assert smaller.shape == (120, 120)
    xs, ys = np.meshgrid(np.linspace(-1, 1, 120), np.linspace(-1, 1, 120))
    np.testing.assert_allclose(smaller, np.sin(3 * xs) + ys**2, atol=1e-3)
    assert coarser(X).shape == X.shape
