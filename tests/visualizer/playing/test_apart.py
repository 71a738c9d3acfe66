"""A run in a process of its own: what cannot be told from one that is computed here, and what can.

That it gives the same frames, journals and errors as an `Ensemble` is tested with that.
"""

import gc
import os
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from pytestqt.qtbot import QtBot

from kernels.descent.comparison import LogisticComparison
from kernels.descent.race import Race
from kernels.editing import load
from kernels.errors import DataError, ExpressionError, ParameterError
from kernels.simulation import AnySimulation, Frame, Lasting, Simulation
from tests.visualizer.toys import Walk, WalkFrame, WalkParameters, same, straight, walk
from visualizer.playing.apart import run as apart
from visualizer.playing.apart.process import ProcessError, computing_process, end_process, interrupt
from visualizer.playing.apart.run import Apart
from visualizer.playing.ensemble import Ensemble
from visualizer.playing.player import Player
from visualizer.playing.run import build_simulation
from visualizer.registry import find_panel
from visualizer.requests import requested_scene
from visualizer.scenes.store import shipped_scenes

STARTING = 60_000  # milliseconds in which a process has loaded torch


@dataclass(frozen=True, slots=True, eq=False)
class Ground(Lasting):
    numbers: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GroundFrame(Frame):
    ground: Ground
    again: Ground
    folder: str
    process: int


class Standing(Simulation[WalkParameters, GroundFrame]):
    """It stands on a ground that lasts, fails in a step that is far off, and talks."""

    def __init__(self, parameters: WalkParameters) -> None:
        super().__init__(parameters, torch.device("cpu"))
        self.ground = Ground((1.0, 2.0))

    def step(self, n: int = 1) -> None:
        if not self.step_count:
            os.write(1, b"what a simulation prints")
        self.step_count += n
        if self.parameters.fail_at and self.step_count > self.parameters.fail_at:
            raise ZeroDivisionError("a step that cannot be done")

    def frame(self, watch: frozenset[str] = frozenset()) -> GroundFrame:
        return GroundFrame(
            step=self.step_count,
            ground=self.ground,
            again=self.ground,
            folder=os.getcwd(),
            process=os.getpid(),
        )


class Endless(Walk):
    def step(self, n: int = 1) -> None:
        while True:
            self.position += 1


class Unpicklable(Exception):
    def __init__(self, one: int, two: int) -> None:
        super().__init__("what cannot be sent")


class Raising(Walk):
    def __init__(self, kind: str) -> None:
        super().__init__(WalkParameters())
        self.kind = kind

    def step(self, n: int = 1) -> None:
        raise {
            "parameter": ParameterError("A sentence.", "some.path", (1, 2)),
            "expression": ExpressionError("A sentence.", (3, 4)),
            "unpicklable": Unpicklable(1, 2),
        }[self.kind]


def standing(**parameters: Any) -> Callable[[], Standing]:
    return partial(Standing, WalkParameters(**parameters))


def ground_of(run: Apart) -> GroundFrame:
    (frame,) = run.frames()
    assert isinstance(frame, GroundFrame)
    return frame


@pytest.fixture
def player(qapp: Any) -> Iterator[Player]:
    player = Player()
    yield player
    player.close()


def set_apart() -> list[str]:
    """The shipped scenes whose simulations go into a process of their own."""
    found = []
    for name in shipped_scenes():
        scene = requested_scene(name, (), None)
        info = find_panel(scene.panel)
        parameters = load(info.load_parameters(), scene.parameters)
        if info.load_simulation()(parameters).apart:
            found.append(name)
    return found


@pytest.mark.parametrize("name", set_apart())
def test_shipped_scenes_are_the_same_to_the_last_bit(name: str) -> None:
    scene = requested_scene(name, (), None)
    info = find_panel(scene.panel)
    parameters = load(info.load_parameters(), scene.parameters)
    build: Callable[[], AnySimulation] = partial(build_simulation, info, parameters, scene.play)
    runs = Ensemble([build], threads=1), Apart([build], threads=1)

    for step in (0, 7, 30, 12):
        frames: list[Any] = []
        for run in runs:
            run.approach(step)
            run.advance(step)
            frames += run.frames()
        here, there = frames
        for one, other in _pairs(here, there):
            assert np.array_equal(one, other, equal_nan=True)
            assert not other.flags.writeable
        assert here.row() == there.row()


def _pairs(here: Any, there: Any) -> Iterator[tuple[Any, Any]]:
    for name, array in here.arrays().items():
        yield array, there.arrays()[name]
    if isinstance(here.step, int) and hasattr(here, "scenery"):
        yield here.scenery.z, there.scenery.z


def test_races_are_what_goes_into_a_process_of_its_own() -> None:
    assert Race.apart
    assert LogisticComparison.apart
    assert not Walk.apart


def test_it_is_computed_in_another_process() -> None:
    frame = ground_of(Apart([standing()], threads=1))
    assert frame.process != os.getpid()


def test_what_lasts_is_one_object_in_all_frames() -> None:
    run, other = Apart([standing()], threads=1), Apart([standing()], threads=1)
    first = ground_of(run)
    run.advance(3)
    assert first.ground is first.again
    assert ground_of(run).ground is first.ground
    assert first.ground.numbers == (1.0, 2.0)
    assert ground_of(other).ground is not first.ground


def test_relative_paths_are_relative_to_the_folder_of_this_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert ground_of(Apart([standing()], threads=1)).folder == str(tmp_path.resolve())


def test_what_a_simulation_prints_disturbs_nothing() -> None:
    run = Apart([standing()], threads=1)
    run.advance(5)
    assert ground_of(run).step == 5


def test_a_run_without_a_target_goes_on_and_loses_no_step() -> None:
    run = Apart([walk()], threads=1)
    done = run.advance(None, 0.0)
    frames = run.frames(goes_on=True)
    assert frames[0].step >= done
    later = run.frames()[0]
    assert later.step >= frames[0].step
    assert isinstance(later, WalkFrame)
    assert same(later, straight([later.step])[later.step])
    assert run.frames()[0].step == later.step  # nobody said that it goes on


def test_what_goes_wrong_while_it_goes_on_is_told_at_the_next_call() -> None:
    run = Apart([standing(fail_at=100_000)], threads=1)

    def go_on() -> None:
        while run.step <= 100_000:
            run.advance(None, 0.0)

    with pytest.raises(ZeroDivisionError):
        go_on()
    assert not run.intact
    run.approach(0)
    assert run.intact
    assert run.step == 0


def test_errors_arrive_as_they_were_raised() -> None:
    with pytest.raises(DataError, match="has no rows"):
        Apart([walk(fail_in="sentence")], threads=1)
    with pytest.raises(ParameterError) as parameter:
        Apart([partial(Raising, "parameter")], threads=1).advance(1)
    assert (str(parameter.value), parameter.value.path) == ("A sentence.", "some.path")
    assert parameter.value.span == (1, 2)
    with pytest.raises(ExpressionError) as expression:
        Apart([partial(Raising, "expression")], threads=1).advance(1)
    assert (str(expression.value), expression.value.span) == ("A sentence.", (3, 4))
    assert "in step" in str(expression.value.__cause__)  # the traceback over there


def test_an_error_that_cannot_be_sent_is_told_in_its_words() -> None:
    with pytest.raises(RuntimeError, match="what cannot be sent"):
        Apart([partial(Raising, "unpicklable")], threads=1).advance(1)


def test_what_nobody_holds_is_forgotten_over_there() -> None:
    gc.collect()
    run = Apart([walk()], threads=1)
    assert not apart._gone
    Apart([walk()], threads=1)
    gc.collect()
    ((_, number),) = apart._gone
    run.advance(1)
    assert not apart._gone
    with pytest.raises(KeyError):
        run._ask(number, "advance", 1)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="another way to end it there")
def test_a_process_that_is_gone_is_told_and_another_one_takes_its_place() -> None:
    run = Apart([standing()], threads=1)
    process = ground_of(run).process
    os.kill(process, signal.SIGKILL)
    with pytest.raises(ProcessError, match="ended with exit code -9"):
        run.advance(3)
    assert not run.intact
    assert ground_of(Apart([standing()], threads=1)).process != process


def test_the_process_ends_with_the_last_word_to_it() -> None:
    process = computing_process()
    Apart([walk()], threads=1)
    end_process()
    assert not process.is_there
    end_process()
    assert computing_process() is not process


def test_only_a_process_that_is_asked_something_is_interrupted() -> None:
    process = computing_process()
    Apart([walk()], threads=1)
    assert not interrupt()
    assert process.is_there


def test_a_player_plays_it_as_any_other_run(qtbot: QtBot, player: Player) -> None:
    player.frameReady.connect(lambda frames: player.painted())
    player.set_steps_per_frame(0)
    player.play()
    with qtbot.waitSignal(player.frameReady, timeout=STARTING):
        player.load([walk()], 1, apart=True)
    qtbot.waitUntil(lambda: player.position is not None and player.position.step > 100)
    with qtbot.waitSignal(player.playingChanged):
        player.pause()
    qtbot.waitUntil(lambda: len({f.step for f in player.frames}) == 1)
    player.seek(40)
    qtbot.waitUntil(lambda: player.heading == 40 and player.frames[0].step == 40)
    (frame,) = player.frames
    assert isinstance(frame, WalkFrame)
    assert same(frame, straight([40])[40])


def test_a_player_goes_on_from_where_it_was_when_the_process_is_gone(
    qtbot: QtBot, player: Player
) -> None:
    player.frameReady.connect(lambda frames: player.painted())
    with qtbot.waitSignal(player.frameReady, timeout=STARTING):
        player.load([walk()], 1, apart=True)
    player.adjust(WalkParameters(rate=0.2))
    player.step(7)
    qtbot.waitUntil(lambda: bool(player.frames) and player.frames[0].step == 7)
    before, journal = player.frames[0], player.journal()
    process = computing_process()._process
    process.kill()
    process.wait()
    with qtbot.waitSignal(player.failed, timeout=STARTING) as told:
        player.adjust(WalkParameters(rate=0.3))
    assert told.args[0].startswith("The process that computes this run ended with exit code -9")
    qtbot.waitUntil(lambda: player.frames[0].step == 7 and player.frames[0] is not before)
    assert same(player.frames[0], before)
    assert player.journal() == journal
    player.adjust(WalkParameters(rate=0.3))
    qtbot.waitUntil(lambda: player.frames[0].rate == 0.3)  # type: ignore[attr-defined]


def test_a_step_over_there_that_does_not_end_does_not_keep_the_player(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("visualizer.playing.player.COURTESY", 200)
    player = Player()
    process = computing_process()
    with qtbot.waitSignal(player.frameReady, timeout=STARTING):
        player.load([partial(Endless, WalkParameters())], 1, apart=True)
    player.step()
    qtbot.waitUntil(lambda: process.is_asked)
    player.close()
    assert not process.is_there
