"""The strip of stages: set silently, chosen by mouse and keys, readable in both themes."""

from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.widgets.drawing import laid_out, like, picture
from widgets.bars.stages import StageStrip
from widgets.style import Style

NAMES = ("Batch", "Forward", "Loss")


@pytest.fixture
def strip(qtbot: QtBot) -> StageStrip:
    strip = StageStrip(Style(), NAMES)
    qtbot.addWidget(strip)
    laid_out(strip, 600, 40)
    return strip


def told(strip: StageStrip) -> list[int]:
    chosen: list[int] = []
    strip.stageChosen.connect(chosen.append)
    return chosen


def test_a_stage_is_set_silently_and_chosen_aloud(strip: StageStrip) -> None:
    chosen = told(strip)
    strip.setStage(2)
    assert (strip.stage(), chosen) == (2, [])
    QTest.mouseClick(strip._group.button(1), Qt.MouseButton.LeftButton)
    assert (strip.stage(), chosen) == (1, [1])
    QTest.mouseClick(strip._group.button(1), Qt.MouseButton.LeftButton)
    assert (strip.stage(), chosen) == (1, [1])


def test_left_and_right_go_from_one_to_the_next(strip: StageStrip, qtbot: QtBot) -> None:
    chosen = told(strip)
    strip.hide()
    strip.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen, False)
    strip.show()
    strip.activateWindow()
    strip._group.button(0).setFocus()
    qtbot.waitUntil(strip._group.button(0).hasFocus)
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Left):
        QTest.keyClick(strip._group.checkedButton(), key)
    assert chosen == [1, 2, 1]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_chosen_one_has_the_accent(strip: StageStrip, theme: Any) -> None:
    strip._style.setTheme(theme)
    strip.setStage(1)
    pixels = picture(strip)
    for index in range(len(NAMES)):
        place = strip._group.button(index).geometry().adjusted(3, 3, -3, -3)
        part = pixels[place.top() : place.bottom(), place.left() : place.right()]
        share = np.mean(like(part, strip._style.theme().accent, 30))
        assert (share > 0.5) == (index == 1)


def test_letters_grow_with_the_style(strip: StageStrip) -> None:
    before = strip._group.button(0).font().pixelSize()
    laid_out(strip, 1200, 80)
    strip._style.setFactor(2.0)
    assert strip._group.button(0).font().pixelSize() == 2 * before
    assert [b.text() for b in strip._group.buttons()] == ["1  Batch", "2  Forward", "3  Loss"]


@pytest.mark.parametrize("factor", [1.0, 1.44])
@pytest.mark.parametrize("width", [220, 300, 600, 1000])
def test_no_name_is_cut(strip: StageStrip, width: int, factor: float) -> None:
    strip._style.setFactor(factor)
    laid_out(strip, width, 60)
    if strip._has_room(NAMES, strip._group.button(0).font()):
        for button, name in zip(strip._group.buttons(), NAMES, strict=True):
            assert button.text().endswith(name)
            letters = button.fontMetrics().horizontalAdvance(button.text())
            assert letters + 2 * strip._style.px(5) <= button.width()
    else:
        assert (width, factor) == (220, 1.44)


def test_numbers_and_arrows_are_there_where_there_is_room(strip: StageStrip) -> None:
    assert [b.text() for b in strip._group.buttons()] == ["1  Batch", "2  Forward", "3  Loss"]
    assert not any(arrow.isHidden() for arrow in strip._arrows)
    full = strip._group.button(0).font()
    laid_out(strip, 220, 40)
    assert [b.text() for b in strip._group.buttons()] == list(NAMES)
    assert all(arrow.isHidden() for arrow in strip._arrows)
    laid_out(strip, 600, 40)
    assert strip._group.button(0).font() == full
    assert strip._group.button(0).text() == "1  Batch"
