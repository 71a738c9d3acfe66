"""A fan in both directions: what is drawn where, and which curve the mouse has chosen."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF
from pytestqt.qtbot import QtBot

from tests.widgets.drawing import (
    center_of,
    laid_out,
    like,
    move,
    picture,
    press,
    release,
    svg_of,
)
from widgets.plots.fan_plot import Band, EndsPlot, FanPlot
from widgets.plots.shapes import Curve, Points
from widgets.style import Style

RED, BLUE = "#d00000", "#0000d0"
X = np.arange(0.0, 101.0, 10.0)
Y = 1 + np.outer(np.arange(12.0), X / 100)  # twelve lines from 1 to 1, 2, ... 12
NAMES = [f"seed {40 + k}" for k in range(12)]


@pytest.fixture
def fan(qtbot: QtBot) -> FanPlot:
    made = FanPlot(Style())
    qtbot.addWidget(made)
    made.setLegend(False)
    laid_out(made)
    made.setFan(X, Y, RED, NAMES, [])
    return made


def point(plot: FanPlot | EndsPlot, x: float, y: float) -> QPoint:
    return plot.toPixels(x, y)


def test_every_curve_runs_through_its_points(fan: FanPlot) -> None:
    ink = like(picture(fan), RED, 250)
    for k in (0, 4, 5, 11):
        for x in (30.0, 75.0):
            at = point(fan, x, 1 + k * x / 100)
            assert ink[at.y() - 1 : at.y() + 2, at.x() - 1 : at.x() + 2].any()
        between = point(fan, 95.0, 1 + (k + 0.5) * 0.95)
        assert not ink[between.y() - 2 : between.y() + 3, between.x()].any()


def test_the_curves_do_not_run_on_from_one_to_the_next(fan: FanPlot) -> None:
    fan.setFan(X[:2], np.array([[0.0, 0.0], [10.0, 10.0]]), RED, NAMES, [])
    ink = like(picture(fan), RED, 250)
    middle = point(fan, 5.0, 5.0)
    assert not ink[middle.y() - 20 : middle.y() + 20].any()


def test_gaps_are_left_out(fan: FanPlot) -> None:
    y = Y.copy()
    y[11, 5:] = np.nan
    fan.setRange((0, 100), (0, 13))
    fan.setFan(X, y, RED, NAMES, [])
    at = point(fan, 80.0, 1 + 11 * 0.8)
    assert not like(picture(fan), RED, 250)[at.y() - 3 : at.y() + 4, at.x()].any()


def test_a_click_chooses_the_curve_that_is_nearest_there(qtbot: QtBot, fan: FanPlot) -> None:
    for k in (0, 7, 11):
        with qtbot.waitSignal(fan.chosen) as chosen:
            press(fan, point(fan, 83.0, 1 + k * 0.83))
        assert chosen.args == [k]
        release(fan, point(fan, 83.0, 1 + k * 0.83))


def test_a_click_far_from_all_chooses_none(qtbot: QtBot, fan: FanPlot) -> None:
    fan.setRange((0, 100), (0, 100))
    with qtbot.assertNotEmitted(fan.chosen):
        press(fan, point(fan, 50.0, 90.0))
    fan.setFan(X[:1], Y[:, :1], RED, NAMES, [])
    with qtbot.assertNotEmitted(fan.chosen):
        press(fan, point(fan, 50.0, 1.0))


def test_a_curve_is_called_by_its_name_under_the_cursor(fan: FanPlot) -> None:
    for k in (3, 5, 11):
        at = fan.plane().toPixels(100.0, 1.0 + k)[0]
        fan._cursor = QPointF(*at)
        found = fan._nearest()
        assert found is not None
        assert found[0].name == f"seed {40 + k}"
        assert found[0].y[found[1]] == 1.0 + k
    fan.setFan(X, Y, RED, NAMES, [Curve("median", X, np.full_like(X, 12.5), BLUE)])
    fan._cursor = QPointF(*fan.plane().toPixels(50.0, 12.4)[0])
    found = fan._nearest()
    assert found is not None
    assert found[0].name == "median"


def test_what_is_read_off_is_what_a_click_would_choose(qtbot: QtBot, fan: FanPlot) -> None:
    """Between two points of a steep curve that of another, farther off, may be the nearer point."""
    y = np.array([[0.0, 12.0], [2.0, 4.0]])
    fan.setRange((0, 100), (0, 12))
    fan.setFan(np.array([0.0, 100.0]), y, RED, ["steep", "flat"], [])
    for place, height, name in ((0, 1.25, "steep"), (1, 1.35, "flat")):
        at = point(fan, 4.0, height)  # they are at 0.48 and 2.08 there
        move(fan, at)
        found = fan._nearest()
        assert found is not None
        assert (found[0].name, found[0].y[found[1]]) == (name, y[place, 0])
        with qtbot.waitSignal(fan.chosen) as chosen:
            press(fan, at)
        release(fan, at)
        assert chosen.args == [place]


def test_another_colour_is_drawn_although_the_curves_are_the_same(fan: FanPlot) -> None:
    fan.setFan(X, Y, BLUE, NAMES, [])
    shown = picture(fan)
    assert like(shown, BLUE, 250).sum() > 500
    assert not like(shown, RED, 100).any()


def test_a_band_fills_the_room_between_two_curves(fan: FanPlot) -> None:
    fan.setRange((0, 100), (0, 10))
    band = Band("", X, np.full_like(X, 8.0), BLUE, low=np.full_like(X, 6.0))
    fan.setFan(X, Y[:0], RED, [], [band])
    ink = like(picture(fan), BLUE, 30)
    _, row = center_of(ink)
    assert abs(row - point(fan, 0.0, 7.0).y()) <= 1.0
    height = ink[:, point(fan, 50.0, 7.0).x()].sum()
    assert height == pytest.approx(2 * fan.plane().perUnit()[1], abs=3)
    assert "path" in svg_of(fan) or "polygon" in svg_of(fan)


def test_a_band_without_logarithm_below_reaches_the_bottom(fan: FanPlot) -> None:
    fan.setLogY(True)
    fan.setRange((0, 100), (0.01, 10))
    band = Band("", X, np.full_like(X, 1.0), BLUE, low=np.zeros_like(X))
    fan.setFan(X, Y[:0], RED, [], [band])
    ink = like(picture(fan), BLUE, 30)
    bottom = point(fan, 50.0, 0.0101)
    assert ink[bottom.y() - 2, bottom.x()]
    assert not ink[point(fan, 50.0, 2.0).y(), bottom.x()]


@pytest.fixture
def ends(qtbot: QtBot, fan: FanPlot) -> EndsPlot:
    made = EndsPlot(fan._style, fan)
    qtbot.addWidget(made)
    laid_out(made)
    at, y = np.arange(1.0, 13.0), Y[:, -1]
    made.setEnds(y, [Points(at, y, BLUE, outline=None)])
    return made


@pytest.mark.parametrize("log", [False, True])
def test_the_ends_have_the_y_axis_of_the_fan(fan: FanPlot, ends: EndsPlot, log: bool) -> None:
    for plot in (fan, ends):
        plot.setLogY(log)
    fan.setFan(X, 10 * Y, RED, NAMES, [])
    assert ends.plane().y == pytest.approx(fan.plane().y)
    assert ends.plane().log_y == log
    assert ends.plane().x == (0.0, 13.0)


def test_a_click_chooses_the_nearest_end_and_a_drag_goes_on(qtbot: QtBot, ends: EndsPlot) -> None:
    places = []
    ends.chosen.connect(places.append)
    first, last = point(ends, 3.1, 3.2), point(ends, 9.0, 8.8)
    press(ends, first)
    move(ends, last, down=True)
    release(ends, last)
    press(ends, last)
    assert places[0] == 2
    assert places[-1] == 8
    assert places.count(8) == 2  # once by each gesture


def test_where_there_is_no_end_none_is_chosen(qtbot: QtBot, ends: EndsPlot) -> None:
    ends.setEnds(np.full(3, np.nan), [])
    with qtbot.assertNotEmitted(ends.chosen):
        press(ends, point(ends, 2.0, 5.0))
