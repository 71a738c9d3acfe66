"""The player and its worker without a thread, in whatever order things happen between them.

Queues stand for the signals between the two threads, a step of the clock for the time that passes;
whatever order is drawn, in the end the last frame has to be that of the step where the run rests.
"""

from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QObject

from tests.visualizer.toys import Jump, WalkParameters, walk
from visualizer.playing import gate as gates
from visualizer.playing import playback as playbacks
from visualizer.playing.player import Player
from visualizer.playing.worker import Worker

LENGTH = 300  # steps of the run
ENOUGH = 3000  # turns in which all that is under way has come to rest

Event = tuple[str, Any]
GESTURES: tuple[Event, ...] = (
    ("play", None),
    ("pause", None),
    ("toggle", None),
    ("step", 1),
    ("step_back", 1),
    ("seek", 0),
    ("seek", 7),
    ("seek", 33),
    ("seek", LENGTH + 5),
    ("set_steps_per_frame", 0),
    ("set_steps_per_frame", 1),
    ("set_steps_per_frame", 4),
    ("set_loop", True),
    ("set_loop", False),
    ("adjust", WalkParameters(length=LENGTH, rate=0.2)),
    ("adjust", WalkParameters(length=LENGTH, fail_in="adjust")),
    ("adjust", WalkParameters(length=LENGTH, fail_in="step", fail_at=20)),
    ("act", Jump()),
    ("rewrite", ()),
    ("watch", frozenset({"dear"})),
    ("load", walk(length=LENGTH)),
    ("load", walk(fail_in="constructor")),
)
TURNS: tuple[Event, ...] = tuple(
    (name, None) for name in ("asked", "told", "slice", "painted", "due", "tick")
)


class Clock:
    """The time that both sides read."""

    now = 0.0

    def perf_counter(self) -> float:
        self.now += 1e-5
        return self.now


class Turn:
    """Stands for the timer of the player: it is due when the test says so."""

    def __init__(self) -> None:
        self.is_running = False

    def start(self, _: int) -> None:
        self.is_running = True

    def stop(self) -> None:
        self.is_running = False


class Bench:
    """A player, a worker, and what is on its way between them."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.player, self.worker = Player(), Worker()
        self.asked: deque[Callable[[], object]] = deque()
        self.told: deque[Callable[[], object]] = deque()
        self.unpainted = False
        self.shown: list[int] = []
        self.turn = Turn()
        player, playback = self.player, self.worker.playback
        playback._clock = clock.perf_counter
        player._gate._turn = self.turn  # type: ignore[assignment]
        player._worker = self.worker
        player._start = lambda: None  # type: ignore[method-assign]
        self.worker._schedule = lambda: None  # type: ignore[method-assign]
        player._asked.connect(lambda *call: self.asked.append(partial(self.worker.execute, *call)))
        pairs = (
            (self.worker.failed, player._on_failed),
            (self.worker.built, player._on_built),
            (self.worker.rejected, player._on_rejected),
            (playback.delivered, player._on_delivered),
            (playback.ended, player._on_ended),
            (playback.playingChanged, player._on_playing),
            (playback.journalChanged, player._on_journal),
            (playback.measured, player._on_measured),
        )
        for signal, slot in pairs:
            signal.connect(lambda *told, slot=slot: self.told.append(partial(slot, *told)))
        player.frameReady.connect(self._draw)

    def _draw(self, frames: Any) -> None:
        self.unpainted = True
        self.shown.append(frames[0].step)

    def do(self, event: Event) -> None:
        name, value = event
        if name == "load":
            self.player.load([value], 1)
        elif value is not None:
            getattr(self.player, name)(value)
        elif hasattr(self.player, name) and name != "painted":
            getattr(self.player, name)()
        else:
            self.take(name)

    def take(self, name: str) -> None:
        """Let one thing that is under way come about, if there is any of its kind."""
        if name in ("asked", "told") and getattr(self, name):
            getattr(self, name).popleft()()
        elif name == "slice" and self.worker.playback.wait() == 0:
            self.worker.work()
        elif name == "painted" and self.unpainted:
            self.unpainted = False
            self.player.painted()
        elif name == "due" and self.turn.is_running:
            self.turn.is_running = False
            self.player._gate._pass()
        elif name == "tick":
            self.clock.now += 0.011

    def is_quiet(self) -> bool:
        waits = bool(self.asked or self.told or self.unpainted or self.turn.is_running)
        return not waits and self.worker.playback.wait() is None

    def settle(self) -> None:
        """Let all come about until nothing is under way."""
        for turn in range(ENOUGH):
            if self.is_quiet():
                return
            self.take(TURNS[turn % len(TURNS)][0])
        raise AssertionError("it does not come to rest")


@pytest.fixture
def clock(qapp: QObject, monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(gates, "time", clock)
    monkeypatch.setattr(playbacks, "SLICE", 0.0003)  # so that a run at Max takes many slices
    monkeypatch.setattr(playbacks, "SHORTEST", 0.0001)
    return clock


def check_rest(bench: Bench) -> None:
    """At rest, what is shown is what the run is."""
    player, run = bench.player, bench.worker.playback.run
    assert run is not None
    assert not player.playing
    assert not player._gate._waiting
    assert player.position is not None
    assert player.position.step == player.frames[0].step == bench.shown[-1] == run.step
    assert player.heading == run.step
    assert player.journal() == run.journal


@pytest.mark.usefixtures("clock")
class TestAnyOrder:
    @settings(
        max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
    )
    @given(st.lists(st.sampled_from((*GESTURES, *(TURNS * 6))), max_size=60))
    def test_the_last_frame_is_that_of_where_it_rests(
        self, clock: Clock, events: list[Event]
    ) -> None:
        bench = Bench(clock)
        bench.do(("load", walk(length=LENGTH)))
        early = [turn for turn in TURNS if turn != ("painted", None)] * 3  # a frame comes too soon
        for event in (("play", None), ("set_steps_per_frame", 0), *(TURNS * 4), *early, *events):
            bench.do(event)
        bench.do(("pause", None))
        bench.settle()
        check_rest(bench)
