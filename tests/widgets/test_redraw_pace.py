from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from widgets.redraw_pace import RedrawPace, is_on_screen


@pytest.fixture(autouse=True)
def nobody_s_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(RedrawPace, "_turn_ends", 0.0)


@pytest.fixture
def owner(qapp: object) -> Iterator[QObject]:
    made = QObject()
    yield made
    made.deleteLater()


def test_many_news_are_one_redraw(qtbot: QtBot, owner: QObject) -> None:
    pace, drawn = RedrawPace(owner), []
    pace.due.connect(drawn.append)
    for _ in range(20):
        pace.news()
    qtbot.waitUntil(lambda: bool(drawn))
    assert drawn == [False]


def test_news_without_end_do_not_put_it_off(qtbot: QtBot, owner: QObject) -> None:
    pace, drawn = RedrawPace(owner), []
    pace.due.connect(drawn.append)
    pace.drew(4.0)
    more = QTimer(owner)
    more.timeout.connect(pace.news)
    more.start(1)
    qtbot.waitUntil(lambda: len(drawn) > 1)
    more.stop()


def test_what_was_dear_rests_and_what_came_meanwhile_is_drawn_after_it(
    qtbot: QtBot, owner: QObject
) -> None:
    pace, drawn = RedrawPace(owner), []
    pace.due.connect(drawn.append)
    pace.drew(4.0)
    pace.news()
    pace.news()
    assert pace._next.remainingTime() > 4 * 4  # a small share of the time
    qtbot.waitUntil(lambda: drawn == [False])


def test_while_a_person_turns_it_the_rest_is_short(owner: QObject) -> None:
    pace = RedrawPace(owner)
    pace.drew(40.0, at_hand=True)
    pace.news()
    at_hand = pace._next.remainingTime()
    pace.drew(40.0)
    pace.news()
    assert at_hand < pace._next.remainingTime() / 4


def test_dear_pictures_take_turns(qtbot: QtBot, owner: QObject) -> None:
    drawn: list[str] = []
    paces = {name: RedrawPace(owner) for name in ("map", "curves")}
    for name, pace in paces.items():
        pace.due.connect(lambda _, name=name: drawn.append(name))
        pace.drew(5.0)
        pace._rested = 0.0
    for pace in paces.values():
        pace.news()
    first, second = (pace._next.remainingTime() for pace in paces.values())
    assert second > first + 16  # not between the same two frames
    qtbot.waitUntil(lambda: drawn == ["map", "curves"])


def test_once_nothing_moves_it_is_drawn_finely(qtbot: QtBot, owner: QObject) -> None:
    pace, drawn = RedrawPace(owner), []
    pace.due.connect(drawn.append)
    pace.settle()
    pace.news()  # not yet
    qtbot.waitUntil(lambda: drawn == [False])
    pace.settle()
    qtbot.waitUntil(lambda: drawn == [False, True])


def test_an_export_is_not_on_a_screen(qtbot: QtBot) -> None:
    seen, exported = QWidget(), QWidget()
    exported.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
    for widget in (seen, exported):
        qtbot.addWidget(widget)
        widget.show()
    assert is_on_screen(seen)
    assert not is_on_screen(exported)
    seen.hide()
    assert not is_on_screen(seen)
