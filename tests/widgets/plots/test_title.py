"""Titles and captions in the room that they have."""

import pytest
from PySide6.QtGui import QFontMetricsF
from pytestqt.qtbot import QtBot

from tests.widgets.drawing import laid_out
from widgets.plots.plot import Plot
from widgets.plots.title import fitted
from widgets.style import Style

LONG = "The median of the steps to within 0.001 of the lowest, with quartiles, over 64 starts"


@pytest.mark.parametrize("room", [80.0, 150.0, 400.0, 560.0, 2000.0])
def test_a_text_fits_its_room_and_is_cut_at_its_end_only(qtbot: QtBot, room: float) -> None:
    wanted = Style().font("label", bold=True)
    font, text = fitted(LONG, wanted, room)
    assert QFontMetricsF(font).horizontalAdvance(text) <= room
    assert LONG.startswith(text.removesuffix("…"))
    if text != LONG:
        assert text.endswith("…")
        assert font.pixelSize() < wanted.pixelSize()


def test_where_there_is_room_nothing_is_smaller(qtbot: QtBot) -> None:
    wanted = Style().font("label", bold=True)
    font, text = fitted(LONG, wanted, 2000.0)
    assert (font.pixelSize(), text) == (wanted.pixelSize(), LONG)


def test_a_long_title_asks_for_no_width(qtbot: QtBot) -> None:
    plot = Plot(Style())
    qtbot.addWidget(plot)
    before = plot.minimumSizeHint().width()
    plot.setTitle(LONG)
    laid_out(plot, 240, 200)
    assert plot.width() == 240
    assert plot.minimumSizeHint().width() == before
    shown = plot._title.shown()
    assert shown.startswith("The median")
    assert shown.endswith("…")
