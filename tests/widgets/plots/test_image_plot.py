import numpy as np
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.widgets.drawing import laid_out, like, picture, svg_of
from widgets.plots.image_plot import ImagePlot
from widgets.plots.legend import Entry
from widgets.plots.shapes import Points, Shape
from widgets.style import Style

RED, BLUE = "#d00000", "#0030d0"
WHITE, GREY = np.full((2, 2, 3), 255, np.uint8), np.full((2, 2, 3), 90, np.uint8)


def dots(color: str, count: int = 40) -> tuple[Shape, ...]:
    at = np.random.default_rng(0).uniform(0.1, 0.9, (2, count))
    return (Points(at[0], at[1], color, "d"),)


@pytest.fixture
def shown(qtbot: QtBot) -> ImagePlot:
    """A plot that is on a screen."""
    made = ImagePlot(Style())
    qtbot.addWidget(made)
    made.resize(480, 360)
    made.show()
    made.setImage(WHITE, (0, 1), (0, 1))
    return made


def test_what_stays_looks_on_a_screen_as_in_an_export(shown: ImagePlot, qtbot: QtBot) -> None:
    exported = ImagePlot(Style())
    qtbot.addWidget(exported)
    laid_out(exported)
    exported.setImage(WHITE, (0, 1), (0, 1))
    for plot in (shown, exported):
        plot._setStill(dots(RED))
    at_once = picture(exported).astype(int)
    assert shown._kept._kept is None
    for _ in range(2):  # what is drawn first, and what is kept
        assert np.abs(picture(shown) - at_once).max() <= 3  # of blending twice
    assert shown._kept._kept is not None
    assert exported._kept._kept is None  # it is drawn once


def test_what_stays_is_drawn_once_while_the_picture_changes(shown: ImagePlot) -> None:
    shown._setStill(dots(RED))
    picture(shown)
    kept = shown._kept._kept
    shown.setImage(GREY, (0, 1), (0, 1))
    pixels = picture(shown)
    assert shown._kept._kept is kept
    assert like(pixels, "#5a5a5a").sum() > 10_000
    assert like(pixels, RED).any()


def test_others_and_those_on_other_axes_are_drawn_anew(shown: ImagePlot) -> None:
    shown._setStill(dots(RED))
    before = like(picture(shown), RED)
    shown.setImage(WHITE, (0, 2), (0, 1))
    after = like(picture(shown), RED)
    assert after.any()
    assert (before != after).any()
    shown._setStill(dots(BLUE))
    pixels = picture(shown)
    assert like(pixels, BLUE).any()
    assert not like(pixels, RED).any()
    shown._setStill(())
    assert not like(picture(shown), BLUE).any()


def test_axes_that_have_their_names_already_stay_as_they_are_drawn(shown: ImagePlot) -> None:
    shown.setAxes("width", "height")
    picture(shown)
    drawn = shown._axes["left"].picture
    assert drawn is not None
    shown.setAxes("width", "height")
    assert shown._axes["left"].picture is drawn
    shown.setAxes("width", "depth")
    assert shown._axes["left"].name() == "depth"
    assert shown._axes["left"].picture is None


def test_room_left_free_at_the_sides_does_not_keep_a_plot_wide(qtbot: QtBot) -> None:
    plot = ImagePlot(Style())
    qtbot.addWidget(plot)
    plot.setImage(WHITE, (0, 1), (0, 1))
    least = plot.minimumSizeHint().width()
    plot.setEqualAspect(True)
    laid_out(plot, 1200, 300)
    assert plot._row.contentsMargins().left() > 100
    assert plot.minimumSizeHint().width() <= least


def keyed(qtbot: QtBot, height: int, *names: str) -> ImagePlot:
    made = ImagePlot(Style())
    qtbot.addWidget(made)
    made.setAxes("x1", "x2")
    made.setEqualAspect(True)
    laid_out(made, 330, height)
    made.setImage(GREY, (0, 1), (0, 1))
    made.setKey([Entry(name, RED, symbol="o", line=False) for name in names])
    QApplication.sendPostedEvents()
    return made


def test_the_key_takes_no_room_beside_the_name_of_the_axis(qtbot: QtBot) -> None:
    bare, plot = keyed(qtbot, 280), keyed(qtbot, 280, "A", "B")
    assert plot.plane() == bare.plane()
    assert like(picture(plot), RED).sum() > 60
    at = plot.toPixels(0.0, 0.0).y()
    reds = np.nonzero(like(picture(plot), RED))[0]
    assert reds.min() > at + 10  # below the numbers
    assert plot._key is not None
    name = plot._axes["bottom"].label
    assert plot._key.width() <= name.mapRectToScene(name.boundingRect()).left()
    plot.setKey([])
    assert not like(picture(plot), RED).any()


def test_a_long_key_stands_below_the_plot(qtbot: QtBot) -> None:
    names = "Chinstrap penguin", "Gentoo penguin", "Adelie penguin"
    bare, plot = keyed(qtbot, 280), keyed(qtbot, 280, *names)
    svg = svg_of(plot)
    assert all(f">{name}<" in svg for name in names)
    assert plot._key is not None
    assert plot.plane().height == pytest.approx(bare.plane().height - plot._key.height(), abs=2)
    assert plot._graphics.geometry().bottom() <= plot._key.y()


def test_a_low_plot_has_no_room_for_the_key(qtbot: QtBot) -> None:
    plot = keyed(qtbot, 100, "A", "B")
    assert not like(picture(plot), RED).any()
    laid_out(plot, 330, 280)
    assert like(picture(plot), RED).any()
