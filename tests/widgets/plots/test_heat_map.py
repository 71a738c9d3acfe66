import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from tests.widgets.drawing import laid_out, like, move, picture, press, svg_of
from widgets.colors import diverging, sequential
from widgets.plots.heat_map import HeatMap
from widgets.plots.shapes import Curve
from widgets.style import Style


@pytest.fixture
def heat(qtbot: QtBot) -> HeatMap:
    made = HeatMap(Style())
    qtbot.addWidget(made)
    laid_out(made)
    return made


def color_at(heat: HeatMap, x: float, y: float) -> np.ndarray:
    at = heat.toPixels(x, y)
    return picture(heat)[at.y(), at.x()].astype(int)


def test_cells_have_the_colours_of_their_values(heat: HeatMap) -> None:
    heat.setMatrix(np.array([[0.0, 1.0], [2.0, np.nan]]), (0, 2), (0, 2))
    np.testing.assert_allclose(color_at(heat, 0.5, 0.5), sequential()[0], atol=2)
    np.testing.assert_allclose(color_at(heat, 0.5, 1.5), sequential()[-1], atol=2)
    np.testing.assert_allclose(color_at(heat, 1.5, 1.5), [0xD5, 0xD7, 0xDA], atol=2)


def test_signs_are_coloured_alike_on_both_sides_of_zero(heat: HeatMap) -> None:
    heat.setMatrix(np.array([[-1.0, 0.0, 4.0]]), (0, 3), (0, 1), scale="diverging")
    assert heat.colorRange() == (-4.0, 4.0)
    middle = diverging()[len(diverging()) // 2]
    np.testing.assert_allclose(color_at(heat, 1.5, 0.5), middle, atol=4)


def test_colours_hold_still_with_a_range(heat: HeatMap) -> None:
    heat.setMatrix(np.array([[0.0, 1.0]]), (0, 2), (0, 1), color_range=(0, 10))
    before = color_at(heat, 1.5, 0.5)
    heat.setMatrix(np.array([[9.0, 1.0]]), (0, 2), (0, 1), color_range=(0, 10))
    np.testing.assert_array_equal(color_at(heat, 1.5, 0.5), before)


def test_kinds_have_their_colours_and_names(heat: HeatMap) -> None:
    heat.setCategories([("converged", "#0072b2"), ("diverged", "#d55e00")])
    heat.setMatrix(np.array([[0.0, 1.0]]), (0, 2), (0, 1), scale="categorical")
    np.testing.assert_allclose(color_at(heat, 1.5, 0.5), [0xD5, 0x5E, 0x00], atol=1)
    svg = svg_of(heat)
    assert "converged" in svg
    assert "diverged" in svg


def test_cells_are_even_in_the_logarithm_on_a_log_axis(heat: HeatMap) -> None:
    heat.setLog(x=True)
    heat.setMatrix(np.array([[0.0, 1.0]]), (1e-4, 1.0), (0, 1))
    np.testing.assert_allclose(color_at(heat, 0.009, 0.5), sequential()[0], atol=2)
    np.testing.assert_allclose(color_at(heat, 0.011, 0.5), sequential()[-1], atol=2)


def test_a_line_of_the_theory_lies_over_the_map(heat: HeatMap) -> None:
    heat.setMatrix(np.zeros((4, 4)), (0, 1), (0, 1))
    heat.setCurves([Curve("limit", np.array([0.5, 0.5]), np.array([0.0, 1.0]), "#ff0000")])
    ink = like(picture(heat), "#ff0000", 100)
    at = heat.toPixels(0.5, 0.5).x()
    assert ink[:, at - 1 : at + 2].any(axis=1).sum() > 200


def test_the_cursor_and_a_click_tell_the_cell(heat: HeatMap, qtbot: QtBot) -> None:
    heat.setMatrix(np.array([[11.0, 22.0], [33.0, 44.0]]), (0, 2), (0, 2), quantity="steps")
    move(heat, heat.toPixels(1.5, 0.5))
    assert "steps 22.00 at" in svg_of(heat)
    with qtbot.waitSignal(heat.clicked) as clicked:
        press(heat, heat.toPixels(0.5, 1.5))
    assert clicked.args == pytest.approx([0.5, 1.5], abs=0.02)


def test_a_log_scale_writes_the_numbers_and_kinds_have_colours(heat: HeatMap) -> None:
    heat.setCategories([("diverged", "#000000"), ("waiting", "line")])
    values, kinds = np.array([[10.0, 1000.0, np.nan]]), np.array([[-1, -1, 0]])
    heat.setMatrix(values, (0, 3), (0, 1), log=True, kinds=kinds)
    np.testing.assert_allclose(color_at(heat, 0.5, 0.5), sequential()[0], atol=2)
    np.testing.assert_allclose(color_at(heat, 2.5, 0.5), [0, 0, 0], atol=2)
    svg = svg_of(heat)
    for text in (">100<", ">1000<", "diverged", "waiting"):
        assert text in svg


def test_an_axis_that_stays_logarithmic_stays_as_it_is_drawn(qtbot: QtBot) -> None:
    view = HeatMap(Style())
    qtbot.addWidget(view)
    view.setLog(x=True)
    view.setMatrix(np.eye(3), (0.1, 10.0), (0.0, 1.0))
    laid_out(view)
    before = picture(view)
    drawn = [axis.picture for axis in view._axes.values()]
    assert None not in drawn
    view.setLog(x=True)
    assert [axis.picture for axis in view._axes.values()] == drawn
    view.setLog(y=True)
    assert (picture(view) != before).any()
