"""Paragraphs that are scrolled where they have no room."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from widgets import paragraphs
from widgets.paragraphs import Paragraphs
from widgets.style import Style

TEXTS = [f"Sentence {i} says what there is to say of optimizer {i}, at length." for i in range(9)]


@pytest.fixture
def page(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    return made


@pytest.fixture
def words(qtbot: QtBot, page: QWidget) -> Paragraphs:
    """Nine sentences on a screen, in a place for some of them; a field stands above."""
    made, field = Paragraphs(Style()), QLineEdit(page)
    column = QVBoxLayout(page)
    column.addWidget(field)
    column.addWidget(made, 1)
    made.setTexts(TEXTS)
    page.resize(300, 160)
    with qtbot.waitExposed(page):
        page.show()
    field.setFocus()
    return made


def test_keys_come_to_the_bar_and_scroll(qtbot: QtBot, words: Paragraphs) -> None:
    qtbot.keyClick(words.window(), Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is words._bar
    assert words._bar.accessibleName()
    top = words.shown()[0][0]
    assert top.startswith("Sentence 0")
    qtbot.keyClick(words._bar, Qt.Key.Key_Down)
    assert words.shown()[0][0] != top
    qtbot.keyClick(words._bar, Qt.Key.Key_End)
    assert words.shown()[-1][0].rstrip().endswith("at length.")
    end = words._bar.value()
    words.setTexts([text.replace("what", "that") for text in TEXTS])
    assert QApplication.focusWidget() is words._bar  # though there are other words
    assert words._bar.value() == end > 0


def test_without_a_bar_keys_pass_by(qtbot: QtBot, words: Paragraphs) -> None:
    words.setTexts(TEXTS[:1])
    qtbot.waitUntil(lambda: not words._bar.isVisible())
    qtbot.keyClick(words.window(), Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is not words._bar


def test_the_bar_moves_no_word(qtbot: QtBot, words: Paragraphs) -> None:
    with_bar, letters = words.shown(), words._font
    assert words._bar.isVisible()
    words.setTexts(TEXTS[:2])
    qtbot.waitUntil(lambda: not words._bar.isVisible())
    assert words.shown() == with_bar[: len(words.shown())]
    assert words._font == letters
    words.setTexts(TEXTS)
    qtbot.waitUntil(words._bar.isVisible)
    assert words.shown() == with_bar


def test_only_what_is_new_is_broken_into_lines(words: Paragraphs) -> None:
    def broken() -> int:
        return paragraphs._wrapped.cache_info().misses

    before = broken()
    words.setTexts(TEXTS[::-1])
    words.repaint()
    assert broken() == before
    words.setTexts(["Another one.", *TEXTS[1:]])
    words.repaint()
    assert broken() == before + 1  # in letters of one size: smaller ones had no room either
    words.resize(words.width() - 40, words.height())
    words.repaint()
    assert broken() > before + len(TEXTS)
