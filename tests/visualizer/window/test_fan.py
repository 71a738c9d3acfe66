"""The fan in the window: a seed is chosen, and trained alone."""

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from kernels.training.fan.frame import FanFrame
from tests.visualizer.windows import Bench, opened
from visualizer.panels.training.fan_board import FanBoard
from visualizer.scenes.scene import Play, Scene

FAN = {"experiment": {"kind": "fan", "count": 5}, "dataset": "xor", "seed": 3}


@pytest.fixture
def bench(qtbot: QtBot) -> Iterator[Bench]:
    with opened(qtbot) as bench:
        scene = Scene(panel="training", parameters=FAN, play=Play(threads=1, steps_per_frame=1))
        bench.open(scene)
        bench.show()
        yield bench


def test_a_chosen_seed_shows_its_answers_and_is_trained_alone(qtbot: QtBot, bench: Bench) -> None:
    board = bench.window.findChild(FanBoard)
    assert board is not None
    bench.player.step(20)
    bench.shows(20)
    board._fan.chosen.emit(2)
    qtbot.waitUntil(lambda: board._plane._title.text() == "Seed 5, step 20")
    frame = bench.player.frames[0]
    assert isinstance(frame, FanFrame)
    assert frame.member == 2
    board._train.click()
    bench.shows(0)
    qtbot.waitUntil(lambda: bench.value("experiment.kind") == "train")
    assert (bench.value("seed"), bench.value("data_seed")) == (5, 3)
    bench.player.step(20)
    bench.shows(20)
    alone = bench.player.frames[0].validation_loss  # type: ignore[attr-defined]
    assert alone == pytest.approx(frame.losses[2], rel=1e-4)
