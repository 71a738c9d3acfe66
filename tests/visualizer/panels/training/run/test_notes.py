"""The notes below a board: as high as they need to be, in the letters of the body."""

import pytest
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from tests.widgets.drawing import laid_out
from visualizer.panels.training.run.notes import Notes
from widgets.style import Style


def test_in_a_picture_they_are_as_large_as_the_body(qtbot: QtBot) -> None:
    board, style = QWidget(), Style()
    qtbot.addWidget(board)
    notes, column = Notes(style), QVBoxLayout(board)
    column.addWidget(QWidget(), 1)
    column.addWidget(notes)
    board.resize(900, 300)
    notes.setTexts(["The first 1,000 of 55,000 training samples.", "And 2,000 of the others."])
    board.grab()
    assert [text for text, _ in notes.shown()] == list(notes.texts())
    assert notes._font.pixelSize() == style.font("body").pixelSize()
    assert notes.height() == notes.wantedHeight()


@pytest.mark.parametrize("widths", [(900, 400, 900), (400, 900)])
def test_all_lines_are_seen_whatever_the_width(qtbot: QtBot, widths: tuple[int, ...]) -> None:
    board, style = QWidget(), Style()
    qtbot.addWidget(board)
    notes, column = Notes(style), QVBoxLayout(board)
    column.addWidget(QWidget(), 1)
    column.addWidget(notes)
    laid_out(board, widths[0], 200)
    notes.setTexts(["The first 1,000 of 55,000 training samples, and then 2,000 of the others."])
    for width in widths:
        laid_out(board, width, 200)
        assert len(notes.shown()) == (1 if width > 600 else 2)
        assert notes.viewport().height() == notes.height() == notes.wantedHeight()
