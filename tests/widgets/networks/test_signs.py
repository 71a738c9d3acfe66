import numpy as np
import pytest
from PySide6.QtGui import QColor

from tests.widgets.drawing import pixels_of
from widgets.colors import diverging
from widgets.networks.signs import link_colors, maps_image, strength
from widgets.style import Style


def test_maps_become_one_picture_with_row_0_at_the_bottom_of_each() -> None:
    maps = np.zeros((2, 3, 4), np.float32)
    maps[0, 0], maps[1, 2] = 1.0, -1.0
    image = maps_image(maps)
    pixels = pixels_of(image)
    assert pixels.shape == (6, 4, 3)
    blue, white, orange = diverging()[0], diverging()[127], diverging()[255]
    assert (pixels[2] == orange).all()
    assert (pixels[3] == blue).all()
    assert np.abs(pixels[[0, 1, 4, 5]].astype(int) - white).max() <= 2


def test_maps_are_held_within_the_colours_and_have_holes_where_there_is_no_number() -> None:
    image = maps_image(np.array([[[7.0, -np.inf, np.nan, np.inf]]]))
    colors = [image.pixelColor(x, 0) for x in range(4)]
    assert [color.alpha() for color in colors] == [255, 255, 0, 255]
    assert colors[0] == colors[3] == QColor(*(int(c) for c in diverging()[-1]))
    assert colors[1] == QColor(*(int(c) for c in diverging()[0]))


def test_maps_may_lie_in_memory_in_any_order() -> None:
    maps = np.linspace(-1, 1, 24).reshape(2, 3, 4)
    turned = np.moveaxis(np.ascontiguousarray(np.moveaxis(maps, 0, -1)), -1, 0)
    np.testing.assert_array_equal(pixels_of(maps_image(turned)), pixels_of(maps_image(maps)))


def test_maps_are_not_changed() -> None:
    maps = np.linspace(-1, 1, 24).reshape(2, 3, 4)
    before = maps.copy()
    maps.setflags(write=False)
    maps_image(maps)
    np.testing.assert_array_equal(maps, before)


def test_strength_rises_with_the_size_of_a_weight_and_never_reaches_1() -> None:
    sizes = np.array([0.0, 0.1, 1.0, 10.0, 1e6])
    shares = strength(sizes)
    assert (np.diff(shares) > 0).all()
    assert shares[[0, 2]] == pytest.approx([0.0, 0.5])
    np.testing.assert_array_equal(strength(-sizes), shares)
    assert strength(np.array([np.nan, np.inf, -np.inf])).tolist() == [0.0, 1.0, 1.0]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_strong_links_have_the_colour_of_their_sign(theme: str) -> None:
    style = Style(theme)  # type: ignore[arg-type]
    weights = np.array([[1e9, -1e9]])
    colors = link_colors(style, weights, strength(weights))[0]
    assert [QColor(int(c)).name() for c in colors] == [style.mark(1).color, style.mark(0).color]
