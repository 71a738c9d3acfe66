"""Paths at heights of their own: where they and their drop-lines are, and that they are seen."""

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from tests.widgets.drawing import laid_out, like, picture
from widgets.plots.shapes import Path
from widgets.style import Style
from widgets.surface import view as surface_view
from widgets.surface.camera import BOX_HEIGHT
from widgets.surface.flight import Flight, drops, flown
from widgets.surface.mesh import SurfaceMesh
from widgets.surface.view import SurfaceView

RED = "#e00000"
SLOPE = np.array([[0.0, 10.0], [0.0, 10.0]])  # rises with x from 0 to 10
MESH = SurfaceMesh(SLOPE, (0.0, 1.0), (0.0, 1.0), (0.0, 20.0))


def test_points_stand_at_their_own_height() -> None:
    flight = Flight("", np.array([[0.5, 0.5, 10.0], [1.0, 0.0, 20.0]]), RED)
    assert np.allclose(flown(flight, MESH), [[0, 0, BOX_HEIGHT / 2], [1, -1, BOX_HEIGHT]])


def test_what_is_beside_the_plane_is_left_out() -> None:
    flight = Flight("", np.array([[0.5, 0.5, 5.0], [1.5, 0.5, 5.0]]), RED)
    assert np.isfinite(flown(flight, MESH)).all(axis=1).tolist() == [True, False]
    assert len(drops(flown(flight, MESH), MESH)) == 1


def test_drop_lines_join_a_path_with_the_surface() -> None:
    points = np.array([[0.2, 0.5, 16.0], [0.5, 0.5, 2.0]])
    last, first = drops(flown(Flight("", points, RED), MESH), MESH)
    assert np.allclose(first[:, 2] / BOX_HEIGHT, [16 / 20, 2 / 20])  # the surface is at 2 there
    assert np.allclose(last[:, 2] / BOX_HEIGHT, [2 / 20, 5 / 20])  # and at 5 here, above it


def test_drop_lines_are_not_too_close() -> None:
    points = np.column_stack([np.linspace(0, 1, 5000), np.full(5000, 0.5), np.full(5000, 15.0)])
    found = drops(flown(Flight("", points, RED), MESH), MESH)
    assert 20 <= len(found) <= 40
    assert found[0][0, 0] == pytest.approx(1.0)  # the end has one


@pytest.mark.gl
def test_a_flight_stays_at_its_height_over_another_surface(qtbot: QtBot, gl: None) -> None:
    points = np.array([[0.3, 0.3, 12.0], [0.6, 0.6, 12.0]])
    seen = []
    for heights in ([20, 5], [5]):  # the heights of the surfaces that are shown one after another
        view = SurfaceView(Style())
        qtbot.addWidget(view)
        view.setFlights([Flight("", points, RED)])
        for height in heights:
            view.setSurface(np.full((20, 20), height) + np.arange(20), (0, 1), (0, 1))
            laid_out(view)
            seen.append(picture(view))
    assert (seen[0] != seen[1]).any()
    assert (seen[1] == seen[2]).all()


@pytest.mark.gl
@pytest.mark.parametrize("height", [18.0, 0.5])
def test_a_flight_is_seen_over_the_surface_and_through_it(
    qtbot: QtBot, gl: None, height: float
) -> None:
    view = SurfaceView(Style())
    qtbot.addWidget(view)
    view.setSurface(np.full((20, 20), 9.0) + np.arange(20), (0, 1), (0, 1), z_range=(0.0, 30.0))
    view.setCamera(-30, 50, 6)
    laid_out(view)
    assert not like(picture(view), RED, 60).any()
    points = np.array([[0.3, 0.3, height], [0.6, 0.6, height]])
    view.setFlights([Flight("", points, RED)])
    assert like(picture(view), RED, 60).sum() > 30
    view.setFlights([])
    assert not like(picture(view), RED, 60).any()


def test_without_opengl_flights_are_paths(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing() -> None:
        raise RuntimeError

    monkeypatch.setattr(surface_view, "SurfacePicture", nothing)
    view = SurfaceView(Style())
    qtbot.addWidget(view)
    view.setFlights([Flight("a", np.array([[0.2, 0.3, 9.0]]), RED)])
    assert view._map is not None
    (path,) = view._map._trails.paths
    assert isinstance(path, Path)
    assert path.points.tolist() == [[0.2, 0.3]]
