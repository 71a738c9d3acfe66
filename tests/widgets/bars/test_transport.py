from itertools import combinations, pairwise
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from widgets.bars.transport import TransportBar
from widgets.style import Style
from widgets.theme import apply_theme

SIGNALS = (
    "playToggled",
    "stepRequested",
    "stepBackRequested",
    "restartRequested",
    "seekRequested",
    "speedChanged",
    "loopToggled",
)


@pytest.fixture
def bar(qtbot: QtBot) -> TransportBar:
    bar = TransportBar(Style())
    qtbot.addWidget(bar)
    bar.resize(1200, 60)
    bar.grab()
    return bar


@pytest.fixture
def events(bar: TransportBar) -> list[tuple[Any, ...]]:
    seen: list[tuple[Any, ...]] = []
    for name in SIGNALS:
        getattr(bar, name).connect(lambda *values, name=name: seen.append((name, *values)))
    return seen


def test_setters_are_silent(bar: TransportBar, events: list[tuple[Any, ...]]) -> None:
    bar.setPlaying(True)
    bar.setLoop(True)
    bar.setLength(1000)
    bar.setStep(300, 600)
    bar.setStep(10_000)
    bar.setMarks([5, 50])
    for speed in (1, 7, 10_000, 0):
        bar.setSpeed(speed)
    assert events == []
    assert bar.isPlaying()


@pytest.mark.parametrize("width", [1200, 310])
def test_counting_lays_nothing_out(bar: TransportBar, width: int) -> None:
    bar.resize(width, 110)
    bar.setLength(2000)
    bar.setStep(1000)
    bar.grab()
    QApplication.sendPostedEvents()
    asked: list[QEvent.Type] = []

    class Listener(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            asked.append(event.type())
            return False

    listener = Listener()
    bar.installEventFilter(listener)
    bar.setStep(1001)
    QApplication.sendPostedEvents()
    assert bar.counter.text() == "step 1,001 / 2,000"
    assert QEvent.Type.LayoutRequest not in asked


def test_the_counter_grows_with_its_number(bar: TransportBar) -> None:
    bar.setStep(2_000_000_000)
    assert bar.counter.width() >= bar.counter.sizeHint().width()


def test_buttons_ask(bar: TransportBar, events: list[tuple[Any, ...]]) -> None:
    bar.play.toggle()
    bar.loop.toggle()
    for button in (bar.step, bar.step_back, bar.restart):
        button.click()
    assert events == [
        ("playToggled", True),
        ("loopToggled", True),
        ("stepRequested", 1),
        ("stepBackRequested", 1),
        ("restartRequested",),
    ]
    assert bar.play.accessibleName() == "Pause"


def test_speed_up_to_max(bar: TransportBar, events: list[tuple[Any, ...]], qtbot: QtBot) -> None:
    bar.setSpeed(5)
    qtbot.keyClick(bar.speed, Qt.Key.Key_Right)
    qtbot.keyClick(bar.speed, Qt.Key.Key_End)
    assert events == [("speedChanged", 10), ("speedChanged", 0)]
    assert bar.speed_read_out.text() == "Max"


def test_the_read_out_tells_the_speed_that_is_in_force(bar: TransportBar) -> None:
    bar.setSpeed(7)
    assert bar.speed_read_out.text() == "×7 steps/frame"


def test_a_click_on_the_line_goes_there(
    bar: TransportBar, events: list[tuple[Any, ...]], qtbot: QtBot
) -> None:
    bar.setLength(1000)
    bar.setStep(0, 1000)
    line = bar.timeline
    qtbot.mouseClick(line, Qt.MouseButton.LeftButton, pos=line.rect().center())
    assert [e[0] for e in events] == ["seekRequested"]
    assert events[0][1] == pytest.approx(500, abs=5)


def test_a_drag_is_throttled_and_ends_where_it_was_let_go(
    bar: TransportBar, events: list[tuple[Any, ...]], qtbot: QtBot
) -> None:
    bar.setLength(1000)
    bar.setStep(0, 1000)
    line = bar.timeline
    middle = line.height() // 2
    qtbot.mousePress(line, Qt.MouseButton.LeftButton, pos=QPoint(20, middle))
    for x in range(20, line.width() // 2):
        qtbot.mouseMove(line, QPoint(x, middle))
    bar.setStep(3, 1000)  # the player lags behind: the handle stays under the mouse
    assert line.value() > 300
    last = line.value()
    qtbot.mouseRelease(line, Qt.MouseButton.LeftButton, pos=QPoint(line.width() // 2, middle))
    assert events[-1] == ("seekRequested", last)
    assert len(events) < line.width() // 4


def test_keys_on_the_line(bar: TransportBar, events: list[tuple[Any, ...]], qtbot: QtBot) -> None:
    bar.setLength(100)
    bar.setStep(10, 100)
    qtbot.keyClick(bar.timeline, Qt.Key.Key_Right)
    with qtbot.waitSignal(bar.seekRequested, timeout=2000):
        qtbot.keyClick(bar.timeline, Qt.Key.Key_End)
    assert events == [("seekRequested", 11), ("seekRequested", 100)]


def test_without_a_length_the_line_ends_at_the_furthest_step(bar: TransportBar) -> None:
    bar.setStep(40)
    bar.setStep(10)
    assert (bar.timeline.maximum(), bar.timeline.furthest(), bar.timeline.value()) == (40, 40, 10)
    assert bar.counter.text() == "step 10"
    bar.setLength(100)
    assert bar.timeline.maximum() == 100
    assert bar.counter.text() == "step 10 / 100"
    bar.setStep(0, 0)  # a new run
    assert bar.timeline.furthest() == 0


@pytest.mark.parametrize(("width", "factor", "lines"), [
    (1200, 1, 1), (694, 1, 2), (784, 1.5, 2), (614, 2, 3), (310, 1, 3),
])  # fmt: skip
def test_it_takes_as_many_lines_as_it_needs_and_cuts_nothing_off(
    qtbot: QtBot, width: int, factor: float, lines: int
) -> None:
    bar = TransportBar(Style(factor=factor))
    qtbot.addWidget(bar)
    apply_theme(bar, Style(factor=factor))
    bar.setLength(2000)
    bar.setStep(1234)
    bar.resize(width, round(110 * factor))
    bar.grab()
    parts = [bar.play, bar.loop, bar.counter, bar.timeline, bar.speed, bar.speed_read_out]
    heights = sorted(part.mapTo(bar, part.rect().center()).y() for part in parts)
    assert 1 + sum(b - a > 10 for a, b in pairwise(heights)) == lines
    assert bar.timeline.width() >= 100 * factor
    places = [QRect(part.mapTo(bar, QPoint()), part.size()) for part in parts]
    assert all(bar.rect().contains(place) for place in places)
    assert not any(a.intersects(b) for a, b in combinations(places, 2))
    for part in (bar.counter, bar.speed_read_out, bar.play, bar.loop):
        assert part.width() >= part.sizeHint().width()


def test_inputs_are_marked(bar: TransportBar) -> None:
    bar.setLength(100)
    bar.setStep(0, 0)
    before = bar.timeline.grab().toImage()
    bar.setMarks([50])
    after = bar.timeline.grab().toImage()
    middle, width = before.width() // 2, before.width()
    changed = [
        x for x in range(width) if any(before.pixel(x, y) != after.pixel(x, y) for y in range(12))
    ]
    assert changed
    assert abs(changed[0] - middle) <= 4
    assert abs(changed[-1] - middle) <= 4


def test_tooltips_name_the_keys(bar: TransportBar) -> None:
    bar.setKeys({"play": "Space", "loop": "L"})
    assert bar.play.toolTip() == "Play or pause (Space)"
    assert bar.loop.toolTip() == "Begin again when the run has ended (L)"
