from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.widgets.drawing import count_tags, laid_out, like, move, picture, press, svg_of
from widgets.style import Style
from widgets.tiles.tile_grid import TileGrid

KEY = Qt.Key


def pictures(n: int) -> NDArray[np.uint8]:
    return np.random.default_rng(0).integers(0, 256, (n, 28, 28)).astype(np.uint8)


def fill(grid: TileGrid, n: int) -> TileGrid:
    grid.setTiles(pictures(n), [f"{k}, not 9\n{k} %" for k in range(n)], ["#d55e00"] * n)
    return grid


@pytest.fixture
def grid(qtbot: QtBot) -> TileGrid:
    made = TileGrid(Style())
    qtbot.addWidget(made)
    laid_out(fill(made, 12), 600, 400)
    return made


def middle(grid: TileGrid, index: int) -> QPoint:
    return grid._rect(index).center().toPoint()


def test_each_pixel_is_a_square_of_its_colour(grid: TileGrid) -> None:
    times, shown = int(grid.tiling().scale), picture(grid)
    for index, expected in enumerate(pictures(12)):
        at = grid._picture(index).toRect()
        drawn = shown[at.top() : at.bottom() + 1, at.left() : at.right() + 1]
        enlarged = expected.repeat(times, axis=0).repeat(times, axis=1)
        np.testing.assert_array_equal(drawn, np.repeat(enlarged[..., None], 3, axis=2))


def test_pictures_may_have_colours(grid: TileGrid) -> None:
    red = np.zeros((1, 5, 8, 3), np.uint8)
    red[..., 0], red[:, 0, :, 1] = 250, 250
    grid.setTiles(red, [""], ["edge"])
    at, shown = grid._picture(0).toRect(), picture(grid)
    assert shown[at.top() + 1, at.center().x()].tolist() == [250, 250, 0]
    assert shown[at.bottom() - 1, at.center().x()].tolist() == [250, 0, 0]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_edge_has_its_colour(grid: TileGrid, theme: Any) -> None:
    grid._style.setTheme(theme)
    colors = ["#0072b2", "error"] * 6
    grid.setTiles(pictures(12), [""] * 12, colors)
    shown = picture(grid)
    for index in range(12):
        color = colors[index] if index % 2 == 0 else grid._style.theme().error
        at = grid._rect(index).toRect()
        assert like(shown[at.top() + 1, at.left() : at.right()], color, 10).all()


def test_words_are_written_and_what_does_not_fit_is_counted(grid: TileGrid) -> None:
    svg = svg_of(grid)
    assert ">11, not 9<" in svg
    assert ">11 %<" in svg
    assert "more" not in svg
    assert count_tags(svg, "image") == 12
    fill(grid, 40)
    left_out = 40 - grid.tiling().shown
    assert left_out > 0
    assert f">and {left_out} more<" in svg_of(grid)
    laid_out(grid, 380, 260)
    assert f">and {40 - grid.tiling().shown} more<" in svg_of(grid)
    fill(grid, 0)
    assert "more" not in svg_of(grid)


def test_the_same_again_is_not_drawn_again(grid: TileGrid) -> None:
    picture(grid)
    kept = grid._kept
    fill(grid, 12)
    picture(grid)
    assert grid._kept is kept
    fill(grid, 11)
    assert grid._kept is None


def test_hovering_shows_it_larger_and_within_the_widget(grid: TileGrid) -> None:
    fill(grid, 40)
    before = picture(grid)
    for index in (0, 7, grid.tiling().shown - 1):
        move(grid, middle(grid, index))
        assert svg_of(grid).count(f">{index}, not 9<") == 2
        changed = np.argwhere((picture(grid) != before).any(axis=-1))
        assert len(changed) > 150 * 150
        assert changed.min() >= 1
        assert (changed.max(axis=0) < (399, 599)).all()
    QApplication.sendEvent(grid, QEvent(QEvent.Type.Leave))
    np.testing.assert_array_equal(picture(grid), before)


def test_a_click_chooses(grid: TileGrid) -> None:
    heard: list[int] = []
    grid.chosen.connect(heard.append)
    press(grid, middle(grid, 7))
    press(grid, QPoint(1, 1))
    grid.setCurrent(3)
    assert heard == [7]
    assert grid.current() == 3


def test_keys_move_among_tiles_and_enter_chooses(grid: TileGrid) -> None:
    heard: list[int] = []
    grid.chosen.connect(heard.append)
    columns, places = grid.tiling().columns, []
    QTest.keyClick(grid, KEY.Key_Return)
    keys = (KEY.Key_Right, KEY.Key_Right, KEY.Key_Down, KEY.Key_Left, KEY.Key_Up, KEY.Key_Up)
    for key in (*keys, KEY.Key_End, KEY.Key_Right, KEY.Key_Home):
        QTest.keyClick(grid, key)
        places.append(grid.current())
    assert places == [0, 1, 1 + columns, columns, 0, 0, 11, 11, 0]
    QTest.keyClick(grid, KEY.Key_Right)
    QTest.keyClick(grid, KEY.Key_Return)
    QTest.keyClick(grid, KEY.Key_Space)
    assert heard == [1, 1]
    assert grid.accessibleDescription() == "1, not 9, 1 %."
    assert like(picture(grid), grid._style.theme().accent).sum() > 100
    QTest.keyClick(grid, KEY.Key_Escape)
    assert grid.current() is None
    assert "Arrow keys" in grid.accessibleDescription()


def test_what_is_current_may_go(grid: TileGrid) -> None:
    grid.setCurrent(11)
    move(grid, middle(grid, 11))
    fill(grid, 4)
    assert grid.current() is None
    picture(grid)
    with pytest.raises(ValueError, match="number 4"):
        grid.setCurrent(4)


def test_what_are_no_tiles_is_refused(grid: TileGrid) -> None:
    with pytest.raises(ValueError, match="one of each"):
        grid.setTiles(pictures(3), ["a"] * 2, ["edge"] * 3)
    for wrong in (pictures(3)[0], pictures(3)[..., None], pictures(3).astype(float)):
        with pytest.raises(ValueError, match="no pictures"):
            grid.setTiles(wrong, ["a"] * len(wrong), ["edge"] * len(wrong))


@pytest.mark.parametrize("factor", [0.6, 1.0, 2.0])
@pytest.mark.parametrize("size", [(600, 400), (380, 260), (10, 10)])
def test_it_is_drawn_at_every_size(grid: TileGrid, factor: float, size: tuple[int, int]) -> None:
    grid._style.setFactor(factor)
    laid_out(grid, *size)
    picture(grid)
    assert min(size) == 10 or grid.tiling().shown
