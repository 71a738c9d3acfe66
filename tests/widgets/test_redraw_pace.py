import math
from collections.abc import Callable, Iterator

import pytest
import shiboken6
from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from widgets import redraw_pace
from widgets.redraw_pace import RedrawPace, is_on_screen


class Clock:
    """The seconds that the pace reads."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(redraw_pace, "perf_counter", made)
    return made


@pytest.fixture(autouse=True)
def no_frames(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(RedrawPace, "_waiting", [])
    monkeypatch.setattr(RedrawPace, "_last_frame", -math.inf)
    monkeypatch.setattr(RedrawPace, "_last_gap", math.inf)


@pytest.fixture
def owner(qapp: object) -> Iterator[QObject]:
    made = QObject()
    yield made
    made.deleteLater()


def stream(clock: Clock) -> None:
    """Sixty frames a second have begun to come."""
    for _ in range(3):
        frame(clock)


def frame(clock: Clock) -> None:
    clock.now += 1 / 60
    RedrawPace.frame()


def parted(clock: Clock, drawn: list[str], name: str, parts: int, took: float) -> Callable:
    """A picture in so many parts, of `took` seconds each."""

    def draw(fine: bool) -> Iterator[None]:
        for part in range(parts):
            if part:
                yield
            clock.now += took
            drawn.append(f"{name}{part}")

    return draw


def test_many_news_are_one_redraw(qtbot: QtBot, owner: QObject) -> None:
    drawn: list[bool] = []
    pace = RedrawPace(owner, lambda fine: drawn.append(fine) or ())
    for _ in range(20):
        pace.news()
    qtbot.waitUntil(lambda: bool(drawn))
    assert drawn == [False]


def test_news_without_end_do_not_put_it_off(qtbot: QtBot, owner: QObject) -> None:
    drawn: list[bool] = []
    pace = RedrawPace(owner, lambda fine: drawn.append(fine) or ())
    more = QTimer(owner)
    more.timeout.connect(pace.news)
    more.start(1)
    qtbot.waitUntil(lambda: len(drawn) > 1)
    more.stop()


def test_while_frames_stream_in_each_is_followed_by_a_part(owner: QObject, clock: Clock) -> None:
    drawn: list[str] = []
    pace = RedrawPace(owner, parted(clock, drawn, "table", 4, 0.0012))
    stream(clock)
    pace.news()
    assert not drawn  # not before the frame that brought the news
    frame(clock)
    assert drawn == ["table0", "table1"]  # what fits in 3 ms
    frame(clock)
    assert drawn == ["table0", "table1", "table2", "table3"]


def test_dear_pictures_take_turns_and_cheap_ones_go_along(owner: QObject, clock: Clock) -> None:
    drawn: list[str] = []
    kinds = (("map", 0.004), ("curves", 0.005), ("step", 0.0005))
    paces = [RedrawPace(owner, parted(clock, drawn, name, 1, took)) for name, took in kinds]
    for pace in paces:  # so that it is known how long they take
        pace.news()
        pace._advance(math.inf)
    drawn.clear()
    clock.now += 1.0
    stream(clock)
    for pace in (paces[2], *paces[:2]):
        pace.news()
    frame(clock)
    assert drawn == ["step0"]
    frame(clock)
    assert drawn == ["step0", "map0"]
    frame(clock)
    assert drawn == ["step0", "map0", "curves0"]


def test_what_was_dear_rests_and_what_came_meanwhile_is_drawn_after_it(
    owner: QObject, clock: Clock
) -> None:
    drawn: list[str] = []
    pace = RedrawPace(owner, parted(clock, drawn, "map", 1, 0.004))
    stream(clock)
    for _ in range(12):
        pace.news()
        frame(clock)
    assert len(drawn) == 2  # 4 ms of 100


def test_what_is_drawn_in_one_part_rests_too(owner: QObject, clock: Clock) -> None:
    drawn: list[bool] = []

    def draw(fine: bool) -> tuple[()]:
        clock.now += 0.012
        drawn.append(fine)
        return ()

    pace = RedrawPace(owner, draw)
    stream(clock)
    for _ in range(12):
        pace.news()
        frame(clock)
    assert len(drawn) == 1


def test_no_rest_is_longer_than_a_second(owner: QObject, clock: Clock) -> None:
    drawn: list[str] = []
    pace = RedrawPace(owner, parted(clock, drawn, "table", 1, 2.0))  # on a machine under load
    stream(clock)
    pace.news()
    frame(clock)
    assert drawn == ["table0"]
    pace.news()
    clock.now += 0.9
    frame(clock)
    assert drawn == ["table0"]
    clock.now += 0.1
    frame(clock)
    assert drawn == ["table0", "table0"]


def test_while_a_person_turns_it_the_rest_is_short(owner: QObject, clock: Clock) -> None:
    drawn: list[str] = []
    pace = RedrawPace(owner, parted(clock, drawn, "surface", 1, 0.012))
    stream(clock)
    for _ in range(12):
        pace.news(at_hand=True)
        frame(clock)
    assert len(drawn) >= 4


def test_a_late_frame_is_not_followed_by_more_than_others(owner: QObject, clock: Clock) -> None:
    drawn: list[str] = []
    pace = RedrawPace(owner, parted(clock, drawn, "table", 8, 0.002))
    stream(clock)
    pace.news()
    clock.now += 0.08
    RedrawPace.frame()
    assert drawn == ["table0"]


def test_between_slow_frames_there_is_time_for_all(owner: QObject, clock: Clock) -> None:
    drawn: list[str] = []
    pace = RedrawPace(owner, parted(clock, drawn, "table", 8, 0.002))
    for _ in range(3):
        clock.now += 0.2
        RedrawPace.frame()
    pace.news()
    clock.now += 0.2
    RedrawPace.frame()
    assert len(drawn) == 8


def test_when_frames_cease_the_rest_of_it_is_drawn(qtbot: QtBot, owner: QObject) -> None:
    drawn: list[int] = []

    def draw(fine: bool) -> Iterator[None]:
        for part in range(4):
            drawn.append(part)
            yield

    pace = RedrawPace(owner, draw)
    RedrawPace.frame()
    pace.news()
    RedrawPace._last_gap = 0.0  # there is hardly any time
    RedrawPace.frame()
    assert drawn == [0]
    qtbot.waitUntil(lambda: drawn == [0, 1, 2, 3])


def test_without_frames_events_come_between_the_parts(owner: QObject, clock: Clock) -> None:
    drawn: list[str] = []
    pace = RedrawPace(owner, parted(clock, drawn, "fan", 4, 0.002))
    pace.news()
    pace._withoutFrames()
    assert drawn == ["fan0", "fan1"]  # what fits in 5 ms
    assert pace._alone.isActive()
    pace._withoutFrames()
    assert drawn == ["fan0", "fan1", "fan2", "fan3"]
    assert not pace._alone.isActive()


def test_what_is_in_step_is_drawn_with_its_frame(owner: QObject, clock: Clock) -> None:
    drawn: list[str] = []
    numbers, surface = (
        RedrawPace(owner, parted(clock, drawn, name, 2, 0.004), inStep=name == "numbers")
        for name in ("numbers", "surface")
    )
    for _ in range(2):  # though the first is to be followed by a rest
        surface.news()
        numbers.news()
        RedrawPace.keepStep()
        numbers.stop()  # nothing of it is left
    assert drawn == ["numbers0", "numbers1"] * 2


def test_what_is_no_more_is_not_drawn(qapp: object, clock: Clock) -> None:
    drawn: list[str] = []
    widget = QWidget()
    RedrawPace(widget, parted(clock, drawn, "map", 1, 0.001)).news()
    stopped = RedrawPace(widget, parted(clock, drawn, "curves", 2, 0.004))
    stopped.news()
    stopped._advance(0.0)
    stopped.stop()
    drawn.clear()
    shiboken6.delete(widget)
    stream(clock)
    assert not drawn


def test_once_nothing_moves_it_is_drawn_finely(qtbot: QtBot, owner: QObject) -> None:
    drawn: list[bool] = []
    pace = RedrawPace(owner, lambda fine: drawn.append(fine) or ())
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
