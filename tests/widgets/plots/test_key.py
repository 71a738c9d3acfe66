"""The key below a picture: as many rows as its entries need."""

import numpy as np
from PySide6.QtWidgets import QApplication, QGridLayout, QWidget
from pytestqt.qtbot import QtBot

from tests.widgets.drawing import laid_out, like, picture, svg_of
from widgets.plots.key import Key, with_key
from widgets.plots.legend import Entry
from widgets.style import Style

ENTRIES = [
    Entry("tangent", "text"),
    Entry("next step along it", "text"),
    Entry("from there to what came", "#d00000"),
]


def test_all_rows_are_laid_out_at_once_when_the_window_narrows(qtbot: QtBot) -> None:
    key = Key(Style())
    key.setEntries(ENTRIES)
    page = with_key(QWidget(), key)
    qtbot.addWidget(page)
    laid_out(page, 700, 200)
    one = key.height()
    painted = like(picture(page), "#d00000").sum()
    page.resize(260, 200)
    assert key.height() > one  # with the page: it is not moved again once it is drawn
    assert key.geometry().bottom() == page.rect().bottom()
    QApplication.sendPostedEvents()
    assert np.isclose(like(picture(page), "#d00000").sum(), painted, rtol=0.1)


def test_the_rows_take_no_height_from_what_is_below(qtbot: QtBot) -> None:
    board = QWidget()
    grid = QGridLayout(board)
    key = Key(Style())
    key.setEntries(ENTRIES)
    below = QWidget()
    grid.addWidget(with_key(QWidget(), key), 0, 0)
    grid.addWidget(below, 1, 0)
    grid.setRowStretch(0, 1)
    grid.setRowStretch(1, 1)
    qtbot.addWidget(board)
    laid_out(board, 260, 400)
    assert abs(below.height() - 200) < 20


def test_no_entries_take_no_room(qtbot: QtBot) -> None:
    key = Key(Style())
    qtbot.addWidget(key)
    key.setEntries(ENTRIES)
    assert key.heightForWidth(2000) < key.heightForWidth(200)
    key.setEntries([])
    assert key.heightForWidth(200) == 0
    assert key.isHidden()


def test_a_name_that_is_wider_than_the_key_ends_in_an_ellipsis(qtbot: QtBot) -> None:
    key = Key(Style())
    qtbot.addWidget(key)
    key.setEntries([Entry("lowered at 600: this run until step 600", "text")])
    laid_out(key, key.rowWidth(), 30)
    assert "until step 600<" in svg_of(key)
    laid_out(key, 180, 30)
    assert "lowered at" in svg_of(key)
    assert "\u2026<" in svg_of(key)


def test_a_minus_in_a_name_is_a_true_one(qtbot: QtBot) -> None:
    key = Key(Style())
    qtbot.addWidget(key)
    key.setEntries([Entry("end at (-3.779, -3.283)", "text")])
    assert [entry.name for entry in key.entries()] == ["end at (\u22123.779, \u22123.283)"]
