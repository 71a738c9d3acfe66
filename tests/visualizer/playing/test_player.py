"""The player with its thread: what is asked in the window comes back as signals."""

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QObject, QThread, Signal
from pytestqt.qtbot import QtBot

from kernels.simulation import Frame
from tests.visualizer.toys import Jump, Walk, WalkFrame, WalkParameters, same, straight, walk
from visualizer.playing.ensemble import Ensemble
from visualizer.playing.gate import AHEAD, SCREEN
from visualizer.playing.player import Player, prepare_process


class Window:
    """What a window does with a player: draws each frame and says so; and it notes what came."""

    def __init__(self, player: Player, *, paints: bool = True) -> None:
        self.player = player
        self.paints = paints
        self.frames: list[Frame] = []
        self.events: list[Any] = []
        self.failures: list[tuple[str, str]] = []
        player.frameReady.connect(self._on_frames)
        player.finished.connect(lambda finishes: self.events.append(("finished", finishes)))
        player.playingChanged.connect(lambda on: self.events.append("plays" if on else "rests"))
        player.positionChanged.connect(lambda p: self.events.append(p))
        player.failed.connect(lambda sentence, details: self.failures.append((sentence, details)))

    def _on_frames(self, frames: tuple[Frame, ...]) -> None:
        assert QThread.currentThread() is self.player.thread()
        self.frames.append(frames[0])
        self.events.append(frames[0].step)
        if self.paints:
            self.player.painted()

    @property
    def steps(self) -> list[int]:
        return [frame.step for frame in self.frames]

    def shows(self, step: int) -> bool:
        return bool(self.frames) and self.frames[-1].step == step


@pytest.fixture
def player(qapp: Any) -> Iterator[Player]:
    player = Player()
    yield player
    player.close()


@pytest.fixture
def window(player: Player) -> Window:
    return Window(player)


def test_a_loaded_run_is_shown_and_rests(qtbot: QtBot, player: Player) -> None:
    window = Window(player)
    with qtbot.waitSignals([player.positionChanged, player.frameReady], order="strict"):
        player.load([walk()], 1)

    assert window.steps == [0]
    assert player.frames == (window.frames[0],)
    assert player.position is not None
    assert not player.playing
    assert same(window.frames[0], straight([0])[0])


def test_it_is_built_and_stepped_in_the_thread(
    qtbot: QtBot, player: Player, window: Window
) -> None:
    threads = set()

    class Noting(Walk):
        def step(self, n: int = 1) -> None:
            threads.add(threading.get_ident())
            super().step(n)

    def build() -> Walk:
        threads.add(threading.get_ident())
        return Noting(WalkParameters())

    player.load([build], 1)
    player.step()
    qtbot.waitUntil(lambda: window.shows(1))

    assert len(threads) == 1
    assert threading.get_ident() not in threads


def test_what_is_set_before_the_first_load_holds(qtbot: QtBot, player: Player) -> None:
    window = Window(player)
    player.set_steps_per_frame(3)
    player.set_frames_per_second(1000)
    player.watch(frozenset({"loss"}))
    player.play()
    player.load([walk(length=9)], 1)
    qtbot.waitUntil(lambda: window.shows(9))

    assert window.steps == [0, 3, 6, 9]
    assert window.frames[0].seen == ("loss",)  # type: ignore[attr-defined]


def test_the_signals_of_a_run_come_in_order(qtbot: QtBot, player: Player, window: Window) -> None:
    player.set_steps_per_frame(5)
    player.set_frames_per_second(1000)
    player.load([walk(finish_at=10)], 1)
    player.play()
    qtbot.waitUntil(lambda: "rests" in window.events)

    told = [e for e in window.events if not hasattr(e, "furthest")]
    finishes = told[-2][1]
    assert told == ["plays", 0, 5, 10, ("finished", finishes), "rests"] or told == [
        0,
        "plays",
        *[5, 10, ("finished", finishes), "rests"],
    ]
    assert finishes[0].reason == "converged"
    assert player.position is not None
    assert player.position.ended


def test_without_painting_no_second_frame_comes(qtbot: QtBot, player: Player) -> None:
    window = Window(player, paints=False)
    player.set_steps_per_frame(0)
    player.load([walk()], 1)
    with qtbot.waitSignals([player.measured, player.measured]):  # a second of play at full speed
        player.play()
    assert window.steps == [0]

    player.painted()
    qtbot.waitUntil(lambda: len(window.steps) == 2)
    assert window.steps[1] > 10
    player.painted()
    player.painted()  # once too often
    with qtbot.waitSignal(player.measured):
        pass
    assert len(window.steps) == 3


@pytest.mark.parametrize("apart", [False, True])
def test_at_max_a_frame_that_came_early_waits_for_its_turn(
    qtbot: QtBot, player: Player, apart: bool
) -> None:
    window = Window(player, paints=False)
    player.set_steps_per_frame(0)
    with qtbot.waitSignal(player.frameReady, timeout=60_000):  # another process may have to start
        player.load([walk()], 1, apart=apart)
    player.play()
    qtbot.waitUntil(lambda: player.playing)
    for count in range(2, 6):
        player._gate._pace.due = time.perf_counter() + 60  # the next ones come too early
        player.painted()
        qtbot.waitUntil(lambda: len(player._gate._waiting) == AHEAD)
        QCoreApplication.processEvents()
        assert len(window.steps) == count - 1
        player._gate._pass()
        assert len(window.steps) == count
    assert window.steps == sorted(set(window.steps))
    player.pause()
    qtbot.waitUntil(lambda: not player.playing)
    for _ in range(3):
        player.painted()
        QCoreApplication.processEvents()
    qtbot.waitUntil(lambda: not player._gate._waiting)
    assert window.shows(player.heading)


def test_at_max_frames_come_as_often_as_they_can_be_seen(
    qtbot: QtBot, player: Player, window: Window
) -> None:
    player.set_steps_per_frame(0)
    player.load([walk()], 1)
    player.play()
    qtbot.waitUntil(lambda: len(player.gaps()) >= 30)
    assert sum(player.gaps()) / len(player.gaps()) > 0.9 / SCREEN


def test_max_is_faster_than_a_step_a_frame(qtbot: QtBot, player: Player, window: Window) -> None:
    speeds = []
    player.measured.connect(lambda statistics: speeds.append(statistics))
    player.set_frames_per_second(60)
    player.load([walk()], 1)
    for steps_per_frame in (1, 0):
        player.set_steps_per_frame(steps_per_frame)
        player.play()
        speeds.clear()
        qtbot.waitUntil(lambda: len(speeds) >= 2)

        if steps_per_frame:
            assert 20 < speeds[-1].steps_per_second < 64  # 60, counted over half a second: ± 2
        else:
            assert speeds[-1].steps_per_second > 600
        assert 20 < speeds[-1].frames_per_second < 80
    assert len(player.gaps()) > 20


def test_a_step_back_gives_the_same_frame_again(
    qtbot: QtBot, player: Player, window: Window
) -> None:
    player.load([walk()], 1)
    player.step(50)
    qtbot.waitUntil(lambda: window.shows(50))
    player.step()
    qtbot.waitUntil(lambda: window.shows(51))
    player.step_back()
    qtbot.waitUntil(lambda: window.shows(50))

    fifty = [frame for frame in window.frames if frame.step == 50]
    assert same(fifty[0], fifty[-1])
    player.step_back()
    player.step_back()
    qtbot.waitUntil(lambda: window.shows(48))
    player.seek(0)
    player.step_back()
    qtbot.waitUntil(lambda: window.shows(0))


def test_buttons_can_be_connected_to_steps(qtbot: QtBot, player: Player, window: Window) -> None:
    class Buttons(QObject):
        pressed = Signal()
        turned = Signal(int)

    on, back = Buttons(), Buttons()
    on.pressed.connect(player.step)
    on.turned.connect(player.step)
    back.pressed.connect(player.step_back)
    back.turned.connect(player.step_back)
    player.load([walk()], 1)
    on.turned.emit(9)
    on.pressed.emit()
    qtbot.waitUntil(lambda: window.shows(10))
    back.turned.emit(3)
    back.pressed.emit()
    qtbot.waitUntil(lambda: window.shows(6))


def test_steps_back_in_a_row_are_one_seek(qtbot: QtBot, player: Player, window: Window) -> None:
    player.load([walk()], 1)
    player.step(500)
    qtbot.waitUntil(lambda: window.shows(500))
    for _ in range(300):
        player.step_back()
    qtbot.waitUntil(lambda: window.shows(200))
    assert player._generation < 10


def test_any_step_can_be_sought_with_what_was_done(
    qtbot: QtBot, player: Player, window: Window
) -> None:
    journal = ((20, WalkParameters(rate=0.3)), (40, Jump()), (40, WalkParameters(rate=0.1)))
    player.load([walk()], 1)
    for step, what in journal:
        player.seek(step)
        player.act(what) if isinstance(what, Jump) else player.adjust(what)
    player.step(60)
    qtbot.waitUntil(lambda: window.shows(100))

    assert player.journal() == journal
    expected = straight((0, 19, 20, 41, 77, 100), journal)
    for step in (77, 20, 100, 0, 19, 41):
        player.seek(step)
        qtbot.waitUntil(lambda step=step: window.shows(step))
        assert same(window.frames[-1], expected[step])


def test_a_recording_is_replayed(qtbot: QtBot, player: Player, window: Window) -> None:
    journal = ((3, Jump()), (8, WalkParameters(rate=0.7)))
    player.load([walk()], 1, journal)
    assert player.journal() == journal
    player.step(20)
    qtbot.waitUntil(lambda: window.shows(20))

    assert same(window.frames[-1], straight([20], journal)[20])


def test_an_action_is_undone(qtbot: QtBot, player: Player, window: Window) -> None:
    player.load([walk()], 1)
    player.step(10)
    with qtbot.waitSignal(player.journalChanged, check_params_cb=bool):
        player.act(Jump())
    player.step(10)
    qtbot.waitUntil(lambda: window.shows(20))
    before = len(window.frames)
    player.rewrite(())
    qtbot.waitUntil(lambda: len(window.frames) > before and window.shows(20))

    assert player.journal() == ()
    assert same(window.frames[-1], straight([20])[20])


def test_a_newer_seek_ends_a_long_one(qtbot: QtBot, player: Player, window: Window) -> None:
    player.load([walk()], 1)
    player.seek(10**9)  # hours
    qtbot.waitUntil(lambda: any(step > 0 for step in window.steps))  # a picture of the way
    player.seek(10**9 + 1)
    player.seek(6)
    qtbot.waitUntil(lambda: window.shows(6), timeout=2000)

    assert same(window.frames[-1], straight([6])[6])


def test_scrubbing_shows_pictures_on_the_way(qtbot: QtBot, player: Player, window: Window) -> None:
    player.load([walk()], 1)
    player.step(2000)
    qtbot.waitUntil(lambda: window.shows(2000))
    for step in range(2000, 0, -1):
        player.seek(step)
    assert player._generation < 10  # what came meanwhile is one seek
    qtbot.waitUntil(lambda: window.shows(1))


def test_stale_frames_are_dropped(qtbot: QtBot, player: Player, window: Window) -> None:
    under_way = threading.Event()

    class Telling(Walk):
        def frame(self, watch: frozenset[str] = frozenset()) -> WalkFrame:
            under_way.set()
            return super().frame(watch)

    player.load([lambda: Telling(WalkParameters(rate=0.1))], 1)
    assert under_way.wait(5)  # that frame will be on its way when the next runs are asked for
    for rate in (0.2, 0.3, 0.4):
        player.load([walk(rate=rate)], 1)
    player.step(4)
    qtbot.waitUntil(lambda: window.shows(4))

    assert {frame.rate for frame in window.frames} == {0.4}  # type: ignore[attr-defined]


def test_a_change_at_rest_gives_one_frame(qtbot: QtBot, player: Player, window: Window) -> None:
    player.load([walk()], 1)
    player.step(4)
    qtbot.waitUntil(lambda: window.shows(4))
    window.frames.clear()
    player.adjust(WalkParameters(rate=0.9))
    qtbot.waitUntil(lambda: bool(window.frames))
    with qtbot.waitSignal(player.explained):  # by then another would have come
        player.explain()

    assert [(f.step, f.rate) for f in window.frames] == [(4, 0.9)]  # type: ignore[attr-defined]


def test_the_next_step_is_explained(qtbot: QtBot, player: Player) -> None:
    player.load([walk(), walk()], 1)
    player.step(7)
    with qtbot.waitSignal(player.explained) as blocker:
        player.explain(2, simulation=1)

    (trace,) = blocker.args
    assert trace.terms[0].value == (2.0,)


@pytest.mark.parametrize("where", ["constructor", "sentence"])
def test_a_run_that_cannot_be_built_leaves_the_one_before(
    qtbot: QtBot, player: Player, window: Window, where: str
) -> None:
    player.load([walk()], 1)
    player.step(3)
    qtbot.waitUntil(lambda: window.shows(3))
    with qtbot.waitSignal(player.failed):
        player.load([walk(fail_in=where)], 1)

    ((sentence, details),) = window.failures
    if where == "sentence":
        assert sentence == "The file has no rows. Give one with rows."
        assert not details  # the program did what it should
    else:
        assert sentence.startswith("The run could not be started, because of an error")
        assert "RuntimeError: no such thing" in details
    player.seek(2)
    qtbot.waitUntil(lambda: window.shows(2))


def test_a_failed_step_leaves_the_last_good_one(
    qtbot: QtBot, player: Player, window: Window
) -> None:
    player.set_frames_per_second(1000)
    player.load([walk(fail_in="step", fail_at=7)], 1)
    with qtbot.waitSignal(player.failed):
        player.play()
    qtbot.waitUntil(lambda: window.steps.count(7) == 2)  # before the failure and after it

    ((sentence, details),) = window.failures
    assert sentence.startswith("The run stopped after step 7, because of an error in the program")
    assert "a step that cannot be done" in details
    assert not player.playing
    assert same(window.frames[-1], straight([7])[7])
    player.seek(4)
    qtbot.waitUntil(lambda: window.shows(4))
    assert same(window.frames[-1], straight([4])[4])


def test_a_frame_that_cannot_be_made_is_told_once(
    qtbot: QtBot, player: Player, window: Window
) -> None:
    player.load([walk(fail_in="frame", fail_at=3)], 1)
    with qtbot.waitSignal(player.failed):
        player.step(5)
    player.seek(2)
    qtbot.waitUntil(lambda: window.shows(2))

    assert len(window.failures) == 1
    assert "a frame that cannot be made" in window.failures[0][1]


def test_a_refused_change_is_told_and_forgotten(
    qtbot: QtBot, player: Player, window: Window
) -> None:
    player.load([walk()], 1)
    player.step(6)
    qtbot.waitUntil(lambda: window.shows(6))
    with qtbot.waitSignals([player.failed, player.frameReady]):
        player.adjust(WalkParameters(fail_in="adjust"))

    assert window.failures[0][0].startswith("The change could not be made")
    assert player.journal() == ()
    assert same(window.frames[-1], straight([6])[6])


def test_moments_stay_within_the_budget(qtbot: QtBot) -> None:
    budget = 400_000
    player = Player(budget=budget)
    window = Window(player)
    player.load([walk(size=1000)], 1)
    player.step(1000)
    qtbot.waitUntil(lambda: window.shows(1000))
    assert player._worker is not None
    run = player._worker.playback.run
    player.close()

    assert run is not None
    assert isinstance(run, Ensemble)
    assert len(run.timeline.moments) > 2
    assert run.timeline.size <= budget


def test_two_players_side_by_side_replay_alike(qtbot: QtBot) -> None:
    players = [Player(), Player()]
    windows = [Window(player) for player in players]
    for player in players:
        player.set_steps_per_frame(0)
        player.load([walk()], 1)
        player.play()
    qtbot.waitUntil(lambda: all(len(window.frames) > 15 for window in windows))
    for player in players:
        player.close()

    last = max(step for window in windows for step in window.steps)
    expected = straight(range(last + 1))
    for window in windows:
        assert all(same(frame, expected[frame.step]) for frame in window.frames)


@pytest.mark.parametrize("speed", [0, 1, 10**9])
def test_closing_while_playing_takes_no_time(qtbot: QtBot, speed: int) -> None:
    player = Player()
    window = Window(player)
    player.set_steps_per_frame(speed)
    player.load([walk()], 1)
    player.play()
    qtbot.waitUntil(lambda: player.playing and bool(window.frames))
    thread = player._thread
    assert thread is not None
    assert thread.isRunning()
    player.close()

    assert thread.isFinished()
    count = len(window.events)
    player.play()
    player.painted()
    player.close()
    qtbot.waitUntil(lambda: thread.isFinished())
    assert len(window.events) == count


def test_a_player_that_never_loaded_closes() -> None:
    Player().close()


def test_importing_the_player_loads_no_torch() -> None:
    import subprocess
    import sys

    code = "import sys, visualizer.playing.player; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_process_lets_threads_take_turns() -> None:
    import sys

    before = sys.getswitchinterval()
    try:
        prepare_process()
        assert sys.getswitchinterval() == pytest.approx(0.0005)
    finally:
        sys.setswitchinterval(before)
