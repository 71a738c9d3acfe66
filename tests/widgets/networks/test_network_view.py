from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.widgets.drawing import count_tags, laid_out, like, picture, svg_of
from tests.widgets.networks.small import Heard, numbers, pixel
from widgets.networks.diagram import Link, Neuron
from widgets.networks.network_view import NetworkView


def around(pixels: NDArray[np.uint8], at: QPoint, reach: int) -> NDArray[np.uint8]:
    return pixels[at.y() - reach : at.y() + reach + 1, at.x() - 1 : at.x() + 2]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_tile_has_the_colour_of_its_map(view: NetworkView, theme: Any) -> None:
    view._style.setTheme(theme)
    maps, weights, biases = numbers()
    maps[1][0], maps[1][1] = 1.0, -1.0
    view.setValues(maps, weights, biases)
    pixels = picture(view)
    for row, (red, blue) in enumerate([(158, 0), (0, 128), (244, 242)]):
        at = pixel(view, Neuron(1, row))
        assert np.abs(pixels[at.y(), at.x(), [0, 2]].astype(int) - (red, blue)).max() <= 3


def test_row_0_of_a_map_is_at_the_bottom_of_the_tile(view: NetworkView) -> None:
    maps, weights, biases = numbers()
    maps[2][0, :2] = 1.0
    view.setValues(maps, weights, biases)
    tile, pixels = view.diagram().tiles[2][0], picture(view)
    x = round(tile.center().x())
    assert pixels[round(tile.bottom()) - 4, x, 2] < 20
    assert pixels[round(tile.top()) + 4, x, 2] > 230


def test_a_map_does_not_run_into_that_of_its_neighbour(view: NetworkView) -> None:
    maps, weights, biases = numbers()
    maps[1][0], maps[1][1], maps[1][2] = 1.0, -1.0, 1.0
    view.setValues(maps, weights, biases)
    tile, pixels = view.diagram().tiles[1][1], picture(view)
    column = pixels[round(tile.top()) : round(tile.bottom()), round(tile.center().x())]
    assert (column == column[0]).all()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("weight", "mark"), [(50.0, 1), (-50.0, 0)])
def test_a_link_has_the_colour_of_its_sign(
    view: NetworkView, weight: float, mark: int, theme: Any
) -> None:
    view._style.setTheme(theme)
    view.setValues(*numbers(weight))
    at = pixel(view, Link(1, 0, 1))
    assert like(around(picture(view), at, 1), view._style.mark(mark).color).any()


def test_a_link_is_the_wider_the_larger_its_weight(view: NetworkView) -> None:
    at, seen = pixel(view, Link(1, 0, 1)), []
    for weight in (0.0, 0.2, 1.0, 4.0, 100.0):
        view.setValues(*numbers(weight))
        ground = QColor(view._style.theme().base).name()
        seen.append(int((~like(around(picture(view), at, 12), ground, 40)).sum()))
    assert seen == sorted(seen)
    assert seen[0] > 0
    assert seen[-1] > 3 * seen[0]


def test_the_mark_of_a_bias_has_the_colour_of_its_sign_and_inputs_have_none(
    view: NetworkView,
) -> None:
    for bias, mark in ((3.0, 1), (-3.0, 0)):
        view.setValues(*numbers(0.0, bias))
        pixels, color = picture(view), view._style.mark(mark).color
        at = view.diagram().mark(Neuron(1, 0))[0].toPoint()
        assert like(around(pixels, at, 0), color).all()
        left = view.diagram().tiles[0][0]
        assert not like(pixels[:, : round(left.right())], color, 30).any()


def test_no_number_is_drawn_as_none(view: NetworkView) -> None:
    view.setValues(*numbers(np.nan, np.inf))
    pixels = picture(view)
    at = pixel(view, Link(1, 0, 1))
    assert not like(around(pixels, at, 1), view._style.mark(1).color).any()
    view.setChosen(1, 0, 1)
    assert "—" in view.accessibleDescription()


def test_names_captions_and_pictures_are_written_as_such(view: NetworkView) -> None:
    svg = svg_of(view)
    for word in ("inputs", "3 tanh", "output", "out", ">x<", ">y<"):
        assert word in svg
    assert count_tags(svg, "image") == 4  # small, as they were given


def test_it_prints_with_any_painter(view: NetworkView) -> None:
    image = QImage(700, 420, QImage.Format.Format_RGB32)
    image.fill(QColor(view._style.theme().base))
    with QPainter(image) as painter:
        view.paint(painter)
    at = pixel(view, Neuron(1, 1))
    assert image.pixelColor(at).red() > 230


def test_numbers_that_are_not_of_the_network_are_refused(view: NetworkView) -> None:
    maps, weights, biases = numbers()
    with pytest.raises(ValueError, match="weights and biases"):
        view.setValues(maps, weights[::-1], biases)
    with pytest.raises(ValueError, match="weights and biases"):
        view.setValues(maps, weights, biases[:1])
    with pytest.raises(ValueError, match="maps"):
        view.setValues([None, np.zeros((2, 5, 5)), None], weights, biases)
    with pytest.raises(ValueError, match="8"):
        view.setNetwork([["a"]] * 9, ["a"] * 9)
    with pytest.raises(ValueError, match="not in a network"):
        view.setChosen(1, 0, 3)


def test_what_is_chosen_is_set_off_and_told(view: NetworkView) -> None:
    heard, before = Heard(view), picture(view)
    view.setChosen(1, 0, None)
    assert like(picture(view), view._style.theme().accent).sum() > 50
    assert view.accessibleDescription() == "Neuron a, bias 0.120, column 2 of 3."
    view.setChosen(0, 2, 1)
    assert (picture(view) != before).any()
    assert view.accessibleDescription() == "Link y → c, w = 0.250, column 1 of 3."
    view.clearChosen()
    np.testing.assert_array_equal(picture(view), before)
    assert heard.all == []


def test_what_is_told_follows_the_numbers(view: NetworkView, qtbot: QtBot) -> None:
    view.setChosen(0, 2, 1)
    view.setValues(*numbers(-0.532))
    qtbot.waitUntil(lambda: "w = −0.532" in view.accessibleDescription())


@pytest.mark.parametrize("factor", [0.6, 1.0, 2.0])
@pytest.mark.parametrize("size", [(700, 420), (380, 260), (10, 10)])
def test_it_is_drawn_at_every_size(view: NetworkView, factor: float, size: tuple[int, int]) -> None:
    view._style.setFactor(factor)
    laid_out(view, *size)
    pixels = picture(view)  # in no room at all there may be nothing, but no error
    assert min(size) == 10 or len(np.unique(pixels.reshape(-1, 3), axis=0)) > 3


def test_words_are_written_on_the_tiles_until_the_next_network(view: NetworkView) -> None:
    tile = view.diagram().tiles[1][0].toRect()
    before = picture(view)
    view.setWords([(), ("-0.12", "", ""), ()])
    after = picture(view)
    changed = (before != after).any(axis=-1)
    assert changed[tile.top() : tile.bottom(), tile.left() : tile.right()].any()
    changed[tile.top() : tile.bottom(), tile.left() : tile.right()] = False
    assert not changed.any()
    view.setNetwork([["x", "y"], ["a", "b", "c"], ["out"]], ["inputs", "3 tanh", "output"])
    view.setValues(*numbers())
    assert np.array_equal(picture(view), before)


def test_a_word_without_room_is_left_out(view: NetworkView) -> None:
    before = picture(view)
    view.setWords([(), ("a word that is much too long for any tile", "", ""), ()])
    assert np.array_equal(picture(view), before)


def test_links_of_another_unit_are_drawn_as_strongly_relative_to_it(view: NetworkView) -> None:
    view.setValues(*numbers(0.5, 0.5))
    as_weights = picture(view)
    view.setQuantity("gradient", "gradient of bias", 0.001, editable=False)
    view.setValues(*numbers(0.0005, 0.0005))
    assert np.array_equal(picture(view), as_weights)


def test_what_is_no_weight_has_its_name_and_cannot_be_typed_over(view: NetworkView) -> None:
    view.setQuantity("gradient", "gradient of bias", 1.0, editable=False)
    view.setChosen(0, 1, 0)
    assert "gradient = 0.250" in view.accessibleDescription()
    QTest.mouseDClick(view, Qt.MouseButton.LeftButton, pos=pixel(view, Link(0, 1, 0)))
    assert not view._editor.isVisible()
    view.setQuantity("w", "bias", 1.0, editable=True)
    QTest.mouseDClick(view, Qt.MouseButton.LeftButton, pos=pixel(view, Link(0, 1, 0)))
    assert view._editor.isVisible()


@pytest.fixture
def on_screen(view: NetworkView, qtbot: QtBot) -> NetworkView:
    view.hide()
    view.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen, False)
    with qtbot.waitExposed(view):
        view.show()
    view._pace.stop()  # what is drawn in its turn is drawn here by hand
    return view


def test_on_a_screen_links_are_drawn_gap_by_gap_and_kept(on_screen: NetworkView) -> None:
    view, whole = on_screen, picture(on_screen)
    parts = view._keepLinks(False)
    for _ in view.diagram().paths:
        next(parts)
        assert view._links is None
    assert not list(parts)
    assert view._links is not None
    np.testing.assert_allclose(picture(view), whole, atol=2)
    view.setValues(*numbers(-50.0))
    at = around(picture(view), pixel(view, Link(1, 0, 1)), 1)
    assert not like(at, view._style.mark(0).color).any()  # until it is their turn
    view._pace.drawWhole()
    at = around(picture(view), pixel(view, Link(1, 0, 1)), 1)
    assert like(at, view._style.mark(0).color).any()
    assert count_tags(svg_of(view), "path") > 6  # in vectors they are drawn, not copied


def test_kept_links_are_not_shown_where_they_are_not_any_more(on_screen: NetworkView) -> None:
    view, parts = on_screen, on_screen._keepLinks(False)
    next(parts)
    view.resize(500, 300)  # while they are drawn
    assert not list(parts)[1:]
    assert view._links is None
    view._pace.drawWhole()
    assert view._links is not None
    view._style.setTheme("dark")
    assert view._links is None
    view._pace.drawWhole()
    view.hide()
    view.setValues(*numbers())
    assert view._links is None
