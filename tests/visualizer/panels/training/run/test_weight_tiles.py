"""Weights as pictures: their colours, their one scale, and whose they are."""

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from kernels.simulation import Array
from kernels.training.seen.first_layer import FirstLayer
from tests.widgets.drawing import laid_out
from visualizer.panels.training.run.weight_tiles import NONE, WeightTiles, reach_of, side_by_side
from widgets.style import Style


@pytest.fixture
def tiles(qtbot: QtBot) -> WeightTiles:
    made = WeightTiles(Style())
    qtbot.addWidget(made)
    made.resize(600, 400)
    laid_out(made)
    return made


def pixel(tiles: WeightTiles, index: int, row: int, column: int) -> tuple[int, int, int]:
    color = tiles.tiles._piece(index).pixelColor(column, row)
    return color.red(), color.green(), color.blue()


def test_positive_is_orange_and_negative_blue_on_one_scale(tiles: WeightTiles) -> None:
    weights = np.zeros((2, 1, 3, 3), np.float32)
    weights[0, 0, 0, 1], weights[1, 0, 2, 0] = 0.3, -0.3
    tiles.draw(FirstLayer("linear2", False, 70, weights), 1200)
    assert tiles.title.text() == "Weights of the first 2 of 70 units of linear2, step 1,200"
    assert pixel(tiles, 0, 0, 1) == (158, 66, 0)
    assert pixel(tiles, 1, 2, 0) == (0, 74, 128)
    middle = np.array(pixel(tiles, 1, 0, 1))
    assert np.ptp(middle) < 6
    assert [text for _, text in tiles.bar._labels] == ["\u22120.3", "0.0", "0.3"]


def test_channels_stand_beside_each_other() -> None:
    pictures: Array = np.arange(2 * 3 * 2 * 2.0).reshape(2, 3, 2, 2)
    shown = side_by_side(pictures)
    assert shown.shape == (2, 2, 8)
    assert np.array_equal(shown[1, :, 3:5], pictures[1, 1])
    assert not shown[:, :, [2, 5]].any()


@pytest.mark.parametrize(
    ("largest", "reach"), [(0.3, 0.3), (0.31, 0.4), (0.8, 1.0), (1.2, 1.5), (70.0, 70.0), (0, 1.0)]
)
def test_the_scale_is_round_and_holds_all(largest: float, reach: float) -> None:
    weights = np.array([[[[largest, -largest / 2, np.nan]]]])
    assert reach_of(weights) == pytest.approx(reach)


def test_kernels_and_no_pixels(tiles: WeightTiles) -> None:
    tiles.draw(FirstLayer("conv1", True, 8, np.ones((8, 3, 5, 5), np.float32)), 0)
    assert tiles.title.text() == "Weights of the 8 kernels of conv1, step 0"
    assert len(tiles.tiles._words) == 8
    tiles.draw(None, 0)
    assert tiles.title.text() == NONE
    assert tiles.tiles.isHidden()
    assert tiles.bar.isHidden()
