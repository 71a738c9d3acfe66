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
    qtbot.keyClick(words.window(), Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is not words._bar
    assert words._bar.isHidden()


def test_only_what_is_new_is_broken_into_lines(
    words: Paragraphs, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken: list[str] = []
    wrapped = paragraphs._wrapped
    monkeypatch.setattr(
        paragraphs, "_wrapped", lambda text, *args: broken.append(text) or wrapped(text, *args)
    )
    words.setTexts(TEXTS)
    words.repaint()
    assert broken == []
    words.setTexts(["Another one.", *TEXTS[1:]])
    words.repaint()
    assert set(broken) == {"Another one."}
    broken.clear()
    words.resize(words.width() - 40, words.height())
    words.repaint()
    assert set(broken) == {"Another one.", *TEXTS[1:]}
    assert len(broken) == len(set(words._cut))  # each once for a width and a size
