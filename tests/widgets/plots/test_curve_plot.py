"""Curves in both directions: what is drawn where, and what the mouse reports."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.widgets.drawing import (
    center_of,
    count_tags,
    laid_out,
    like,
    move,
    picture,
    pixels_of,
    press,
    release,
    svg_of,
)
from widgets.plots.curve_plot import CurvePlot
from widgets.plots.shapes import Curve, Points, Rule, Segments, write
from widgets.style import Style

RED, BLUE = "#d00000", "#0000d0"


@pytest.fixture
def plot(qtbot: QtBot) -> CurvePlot:
    made = CurvePlot(Style())
    qtbot.addWidget(made)
    made.setAxes("step", "loss")
    laid_out(made)
    return made


def line(name: str = "SGD", color: str = RED, n: int = 101) -> Curve:
    x = np.linspace(0.0, 100.0, n)
    return Curve(name, x, x / 10, color)


def test_a_point_is_drawn_on_its_pixel(plot: CurvePlot) -> None:
    plot.setRange((0, 100), (0, 10))
    plot.setPoints([Points(np.array([30.0]), np.array([7.0]), RED, size=9, outline=None)])
    x, y = center_of(like(picture(plot), RED))
    wanted = plot.toPixels(30.0, 7.0)
    assert abs(x - wanted.x()) <= 1.0
    assert abs(y - wanted.y()) <= 1.0


def test_a_curve_runs_through_its_points(plot: CurvePlot) -> None:
    plot.setRange((0, 100), (0, 10))
    plot.setLegend(False)
    plot.setCurves([line()])
    ink = like(picture(plot), RED, 200)
    for x in (10.0, 50.0, 90.0):
        at = plot.toPixels(x, x / 10)
        assert ink[at.y() - 1 : at.y() + 2, at.x() - 1 : at.x() + 2].any()


def test_a_log_axis_spaces_decades_alike(plot: CurvePlot) -> None:
    plot.setLogY(True)
    plot.setCurves([Curve("", np.arange(4.0), np.array([0.001, 0.1, 10.0, 1000.0]), RED)])
    heights = [plot.toPixels(0.0, v).y() for v in (0.001, 0.1, 10.0, 1000.0)]
    np.testing.assert_allclose(np.diff(heights), np.diff(heights)[0], atol=1.01)


@pytest.mark.parametrize("log", [False, True])
def test_values_that_cannot_be_drawn_are_left_out(plot: CurvePlot, log: bool) -> None:
    plot.setLogY(log)
    y = np.array([1.0, np.nan, -np.inf, np.inf, -5.0, 0.0, 1e308, 2.0, 3.0])
    plot.setCurves([Curve("bad", np.arange(9.0), y, RED, fill=0.0, symbol="o")])
    assert like(picture(plot), RED).sum() > 20
    plot.setCurves([Curve("none", np.full(5, np.nan), np.full(5, np.nan), RED)])
    plot.setCurves([Curve("empty", np.empty(0), np.empty(0), RED)])
    picture(plot)


def test_axes_hold_still_while_a_curve_grows(plot: CurvePlot) -> None:
    places = set()
    for n in range(100, 200):
        plot.setCurves([Curve("", np.arange(float(n)), np.linspace(1, 0, n), RED)])
        places.add(plot.toPixels(50.0, 0.5).toTuple())
    assert len(places) <= 4  # while the data double


def test_the_first_point_of_a_run_stands_at_the_left(plot: CurvePlot) -> None:
    plot.setCurves([Curve("loss", np.zeros(1), np.ones(1), "text")])
    low, high = plot.plane().x
    assert low == 0.0 < high


def test_numbers_on_the_axis_never_move_the_plot(plot: CurvePlot) -> None:
    plot.setCurves([line()])
    left = plot.toPixels(plot.plane().x[0], 1.0).x()
    plot.setCurves([Curve("", np.array([0.0, 100.0]), np.array([-8e7, 9e7]), RED)])
    assert plot.toPixels(plot.plane().x[0], 1.0).x() == left


def test_the_legend_names_the_curves_away_from_them(plot: CurvePlot) -> None:
    plot.setRange((0, 100), (0, 10))
    bare = picture(plot)
    plot.setCurves([line("momentum")])
    changed = (picture(plot) != bare).any(axis=2)
    middle = plot.toPixels(50.0, 5.0)
    assert changed[: middle.y() - 20, : middle.x() - 60].any()
    svg = svg_of(plot)
    assert "momentum" in svg


def test_rules_and_arrows_are_drawn(plot: CurvePlot) -> None:
    plot.setRange((0, 10), (0, 10))
    plot.setRules([Rule(5.0, "vertical", "minimum", RED, ())])
    plot.setSegments([Segments(np.array([[1.0, 1.0]]), np.array([[1.0, 8.0]]), BLUE, head=True)])
    pixels = picture(plot)
    rule, arrow = like(pixels, RED, 250), like(pixels, BLUE, 120)
    at = plot.toPixels(5.0, 5.0).x()
    assert rule[:, at - 1 : at + 2].any(axis=1).sum() > 200
    tip, foot = plot.toPixels(1.0, 8.0), plot.toPixels(1.0, 2.0)
    near_tip = arrow[tip.y() + 5, tip.x() - 10 : tip.x() + 10].sum()
    assert near_tip > arrow[foot.y(), foot.x() - 10 : foot.x() + 10].sum()  # the head is wider


def test_a_click_and_a_drag_report_places_of_the_plot(plot: CurvePlot, qtbot: QtBot) -> None:
    plot.setRange((0, 100), (0, 10))
    there, beyond = plot.toPixels(25.0, 5.0), QPoint(plot.width() - 1, plot.height() // 2)
    with qtbot.waitSignal(plot.clicked) as clicked:
        press(plot, there)
    assert clicked.args == pytest.approx([25.0, 5.0], abs=0.3)
    with qtbot.waitSignal(plot.dragged) as dragged:
        move(plot, plot.toPixels(75.0, 2.0), down=True)
    assert dragged.args == pytest.approx([75.0, 2.0], abs=0.3)
    with qtbot.waitSignal(plot.dragged) as dragged:
        move(plot, beyond, down=True)
    assert dragged.args[0] == pytest.approx(100.0, abs=1e-6)  # never beyond the axes
    with qtbot.waitSignal(plot.released):
        release(plot, beyond)


def test_a_press_beside_the_axes_reports_nothing(plot: CurvePlot, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(plot.clicked):
        press(plot, QPoint(2, plot.height() // 2))


def test_the_cursor_reads_off_the_nearest_curve(plot: CurvePlot, qtbot: QtBot) -> None:
    plot.setRange((0, 100), (0, 10))
    plot.setCurves([line("Adam")])
    before = picture(plot)
    with qtbot.waitSignal(plot.hovered) as hovered:
        move(plot, plot.toPixels(50.0, 5.0))
    assert hovered.args == pytest.approx([50.0, 5.0], abs=0.3)
    assert (picture(plot) != before).any()
    assert "Adam: 5.0" in svg_of(plot)


def test_a_solid_plate_hides_what_is_below_it(qtbot: QtBot) -> None:
    style = Style()
    for solid in (True, False):
        image = QImage(60, 40, QImage.Format.Format_RGB32)
        image.fill(QColor(BLUE))
        with QPainter(image) as painter:
            write(painter, QPointF(20, 25), "1", style, QColor(RED), solid=solid)
        ground = style.color("base").name()
        beside = like(pixels_of(image), ground, 3)[17:23, 19]  # left of the letter
        assert beside.all() == solid


def test_the_words_of_an_upright_line_stay_within_the_plot(plot: CurvePlot) -> None:
    plot.setRange((0, 100), (0, 10))
    found = []
    for value in (10.0, 97.0):
        plot.setRules([Rule(value, "vertical", "branch at 200", RED)])
        rows = np.flatnonzero(like(picture(plot), RED, 200).any(axis=0))
        found.append((rows.min() - plot.toPixels(value, 0).x(), np.ptp(rows)))
    (left, wide), (other_left, other_wide) = found
    assert left >= -2
    assert other_left < -40
    assert abs(wide - other_wide) < 12


def test_svg_is_drawn_as_lines_and_letters(plot: CurvePlot) -> None:
    plot.setCurves([line(), line("Adam", BLUE)])
    svg = svg_of(plot)
    assert count_tags(svg, "image") == 0
    assert count_tags(svg, "path") + count_tags(svg, "polyline") > 2
    assert count_tags(svg, "text") > 6


def test_lines_and_letters_grow_with_the_style(qtbot: QtBot) -> None:
    shares = []
    for factor in (1.0, 3.0):
        made = CurvePlot(Style(factor=factor))
        qtbot.addWidget(made)
        laid_out(made, round(480 * factor), round(360 * factor))
        made.setLegend(False)
        made.setCurves([line()])
        shares.append(like(picture(made), RED, 150).mean())
    assert shares[1] == pytest.approx(shares[0], rel=0.2)


def test_the_theme_changes_the_ground(plot: CurvePlot) -> None:
    assert like(picture(plot), "#ffffff").mean() > 0.8
    plot._style.setTheme("dark")
    assert like(picture(plot), "#15171a", 20).mean() > 0.8


def test_it_tells_its_name(plot: CurvePlot) -> None:
    plot.setTitle("Loss against step")
    assert plot.accessibleName() == "Loss against step"


def test_names_are_texts_and_no_html(plot: CurvePlot) -> None:
    plot.setAxes("<b>hours</b> & minutes", "1 < 2")
    plot.setTitle("<i>marks</i> against hours")
    wide = plot._title.sizeHint().width()
    plot.setTitle("marks against hours")
    assert wide > plot._title.sizeHint().width()
    for factor in (1.5, 1.0):  # also when they are written anew
        plot._style.setFactor(factor)
        names = [plot._axes[side].label.toPlainText().strip() for side in ("bottom", "left")]
        assert names == ["<b>hours</b> & minutes", "1 < 2"]


def test_on_a_screen_all_that_is_set_is_drawn_together(qtbot: QtBot) -> None:
    plot = CurvePlot(Style())
    qtbot.addWidget(plot)
    plot.resize(400, 300)
    plot.setCurves([line()])
    plot.show()
    qtbot.waitUntil(lambda: not plot._pace._has_news)
    QApplication.processEvents()
    shown = plot._box.viewRange()
    x = np.linspace(0.0, 900.0, 50)
    plot.setCurves([Curve("SGD", x, x, RED)])
    plot.setSegments([Segments(np.zeros((1, 2)), np.ones((1, 2)), BLUE)])
    plot.setRules([Rule(3.0)])
    plot.setRange(y=(0.0, 1000.0))
    assert plot._box.viewRange() == shown
    qtbot.waitUntil(lambda: plot._box.viewRange()[0][1] > 800)
    assert plot._box.viewRange()[1] == [0.0, 1000.0]


def test_what_else_is_painted_does_not_put_off_the_drawing(
    plot: CurvePlot, monkeypatch: pytest.MonkeyPatch
) -> None:
    drew: list[float] = []
    monkeypatch.setattr(plot._pace, "drew", drew.append)
    plot.setCurves([line()])
    picture(plot)
    assert len(drew) == 1
    picture(plot)  # as when the cursor moves over it
    assert len(drew) == 1


def test_what_is_read_off_is_hidden_while_something_is_dragged(plot: CurvePlot) -> None:
    plot.setCurves([line()])
    at = plot.toPixels(50.0, 5.0)
    move(plot, at)
    assert plot._cursor is not None
    press(plot, at)
    move(plot, at + QPoint(30, 0), down=True)
    assert plot._cursor is None
    release(plot, at + QPoint(30, 0))
    assert plot._cursor is None
    move(plot, at + QPoint(30, 0))
    assert plot._cursor is not None


def test_the_name_below_is_not_cut(plot: CurvePlot) -> None:
    plot.setAxes("learning rate", "loss")
    picture(plot)
    axis = plot._axes["bottom"]
    margin = axis.label.document().documentMargin()
    low = axis.label.y() + axis.label.boundingRect().height() - margin
    assert low <= axis.size().height()


def test_names_of_axes_give_their_room_to_a_small_plot(plot: CurvePlot) -> None:
    laid_out(plot, 480, 360)
    assert [name in svg_of(plot) for name in ("step", "loss")] == [True, True]
    laid_out(plot, 480, 110)
    assert [name in svg_of(plot) for name in ("step", "loss")] == [False, False]
    without = plot.plane().height
    plot.setAxes("", "")
    assert plot.plane().height == without
    plot.setAxes("step", "a name that is far longer than the axis beside which it is to stand")
    laid_out(plot, 480, 360)
    assert "far longer" not in svg_of(plot)
    laid_out(plot, 480, 900)
    assert "far longer" in svg_of(plot)


def test_numbers_stand_at_whole_steps_only(plot: CurvePlot) -> None:
    axis = plot._axes["bottom"]
    assert 0.5 in axis.ticks(0.0, 2.0, 400)
    plot.setCounted()
    assert axis.ticks(0.0, 2.0, 400) == [0, 1, 2]
    assert axis.ticks(0.0, 400.0, 400) == [0, 100, 200, 300, 400]


def test_the_legend_shows_dashes_beside_a_symbol(plot: CurvePlot) -> None:
    x = np.array([0.0, 100.0])
    shapes = [Curve("SGD 0.3", x, x / 1e9, RED, (6.0, 3.0), 1.8, symbol="o")]
    plot.setRange((200, 300), (0, 10))  # nothing but the legend is seen
    plot.setCurves(shapes)
    inked = like(picture(plot), RED).any(axis=0).astype(int)
    assert (np.diff(inked) == 1).sum() >= 3  # a dash, the symbol with what it hides, a dash
