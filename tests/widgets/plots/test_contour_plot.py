"""A map in both directions: what is drawn where, and what the mouse reports."""

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from tests.widgets.drawing import (
    center_of,
    count_tags,
    laid_out,
    like,
    move,
    picture,
    press,
    release,
    svg_of,
)
from widgets.plots.contour_plot import ContourPlot, Markers
from widgets.plots.shapes import Arrows, Path, Squares
from widgets.style import Style

RED = "#e00000"


def bowl(n: int = 80) -> np.ndarray:
    x, y = np.meshgrid(np.linspace(-2, 2, n), np.linspace(-1, 3, n))
    return x**2 + y**2


@pytest.fixture
def plot(qtbot: QtBot) -> ContourPlot:
    made = ContourPlot(Style())
    qtbot.addWidget(made)
    made.setSurface(bowl(), (-2, 2), (-1, 3))
    laid_out(made)
    return made


def color_at(plot: ContourPlot, x: float, y: float) -> np.ndarray:
    at = plot.toPixels(x, y)
    near = picture(plot)[at.y() - 2 : at.y() + 3, at.x() - 2 : at.x() + 3].reshape(-1, 3)
    return np.median(near, axis=0)


def test_low_is_dark_and_high_is_bright(plot: ContourPlot) -> None:
    assert color_at(plot, 0.02, 0.02).sum() < color_at(plot, 0.0, 1.5).sum()
    assert color_at(plot, 0.0, 1.5).sum() < color_at(plot, 1.9, 2.9).sum()


def test_what_is_not_finite_is_grey(plot: ContourPlot) -> None:
    heights = bowl()
    heights[:40, :40] = np.inf
    heights[:40, 40:] = np.nan
    plot.setSurface(heights, (-2, 2), (-1, 3))
    for x in (-1.0, 1.0):
        np.testing.assert_allclose(color_at(plot, x, -0.5), [0xD5, 0xD7, 0xDA], atol=3)


def test_a_path_ends_in_a_ball_at_its_last_point(plot: ContourPlot) -> None:
    points = np.array([[-1.5, 2.5], [0.5, 1.0], [1.0, 0.0]])
    plot.setPaths([Path("SGD", points, RED, ball=16)])
    ink = like(picture(plot), RED, 40)
    end, corner = plot.toPixels(1.0, 0.0), plot.toPixels(0.5, 1.0)
    x, y = center_of(ink & (np.indices(ink.shape)[0] > end.y() - 7))
    assert abs(x - end.x()) < 2
    assert abs(y - end.y()) < 2
    assert ink[corner.y() - 2 : corner.y() + 3, corner.x() - 2 : corner.x() + 3].any()


def test_shapes_that_lead_nowhere_do_no_harm(plot: ContourPlot) -> None:
    wild = np.array([[0.0, 0.0], [1e300, -1e308], [np.nan, 1.0], [np.inf, 0.0]])
    plot.setPaths([Path("", wild, RED), Path("", np.empty((0, 2)), RED)])
    plot.setArrows([Arrows(wild, wild, RED), Arrows(np.empty((0, 2)), np.empty((0, 2)), RED)])
    plot.setSquares([Squares(wild, np.array([1.0, np.nan, np.inf, 4.0]), RED)])
    plot.setMarkers([Markers("saddle", wild), Markers("start", np.empty((0, 2)))])
    picture(plot)


def test_an_arrow_points_along_its_vector(plot: ContourPlot) -> None:
    before = picture(plot)
    plot.setArrows([Arrows(np.array([[-1.0, 0.0]]), np.array([[2.0, 0.0]]), RED)])
    ink = like(picture(plot), RED, 150) & (picture(plot) != before).any(axis=2)
    tip, middle = plot.toPixels(1.0, 0.0), plot.toPixels(0.0, 0.0)
    assert ink[:, middle.x()].sum() < ink[:, tip.x() - 8].sum()
    assert not ink[:, tip.x() + 3 :].any()


def test_a_square_has_the_side_that_it_is_given(plot: ContourPlot) -> None:
    plot.setSquares([Squares(np.array([[0.0, 1.0]]), np.array([60.0]), RED)])
    rows, columns = np.nonzero(like(picture(plot), RED, 60))
    assert np.ptp(rows) == pytest.approx(60, abs=3)
    assert np.ptp(columns) == pytest.approx(60, abs=3)


@pytest.mark.parametrize("kind", ["minimum", "maximum", "saddle", "start", "probe"])
def test_a_marker_stands_at_its_place(plot: ContourPlot, kind: str) -> None:
    plot.setMarkers([Markers(kind, np.array([[1.0, 2.0]]), RED)])  # type: ignore[arg-type]
    x, y = center_of(like(picture(plot), RED, 60))
    wanted = plot.toPixels(1.0, 2.0)
    assert abs(x - wanted.x()) < 2
    assert abs(y - wanted.y()) < 2


def test_a_picture_is_shown_row_by_row_from_below(plot: ContourPlot) -> None:
    rgb = np.zeros((2, 2, 3), dtype=np.uint8)
    rgb[0, 1] = 255, 0, 0  # low y, high x
    plot.setImage(rgb, (-2, 2), (-1, 3))
    np.testing.assert_allclose(color_at(plot, 1.0, 0.0), [255, 0, 0], atol=2)
    np.testing.assert_allclose(color_at(plot, -1.0, 2.0), [0, 0, 0], atol=2)


def test_clicks_and_drags_report_places(plot: ContourPlot, qtbot: QtBot) -> None:
    with qtbot.waitSignal(plot.clicked) as clicked:
        press(plot, plot.toPixels(-1.0, 2.0))
    assert clicked.args == pytest.approx([-1.0, 2.0], abs=0.02)
    with qtbot.waitSignal(plot.dragged) as dragged:
        move(plot, plot.toPixels(1.0, 0.5), down=True)
    assert dragged.args == pytest.approx([1.0, 0.5], abs=0.02)
    with qtbot.waitSignal(plot.released):
        release(plot, plot.toPixels(1.0, 0.5))


def test_the_cursor_reads_the_height(plot: ContourPlot) -> None:
    move(plot, plot.toPixels(1.0, 1.0))
    assert "2.0" in svg_of(plot).split("at (")[0].rsplit(">", 1)[-1]


def test_svg_has_contour_lines_as_paths(plot: ContourPlot) -> None:
    plot.setPaths([Path("SGD", np.array([[-1.5, 2.5], [0.5, 1.0]]), RED)])
    svg = svg_of(plot)
    assert count_tags(svg, "image") <= 2  # the colours, and those of the bar
    lines = [d for d in svg.split('d="')[1:] if d.split('"')[0].count("L") > 100]
    assert lines


def test_the_map_is_kept_while_paths_move(plot: ContourPlot) -> None:
    picture(plot)
    kept = plot._ground
    plot.setPaths([Path("SGD", np.array([[0.0, 0.0], [1.0, 1.0]]), RED)])
    picture(plot)
    assert plot._ground is kept
    plot._style.setTheme("dark")
    picture(plot)
    assert plot._ground is not kept


def test_the_names_of_paths_are_shown_on_request(plot: ContourPlot) -> None:
    plot.setPaths([Path("momentum", np.array([[0.0, 0.0], [1.0, 1.0]]), RED)])
    assert "momentum" not in svg_of(plot)
    plot.setLegend(True)
    assert "momentum" in svg_of(plot)
