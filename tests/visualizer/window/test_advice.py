"""Advice in the window: what is applied, and what becomes of the run."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from tests.visualizer.windows import Bench, opened
from visualizer.panels.training.run.advice_bar import AdviceBar
from visualizer.panels.training.run.training_board import TrainingBoard
from visualizer.scenes.scene import Play, Scene

RATE = "optimizer.learning_rate"
NO_NUMBER = {"dataset": "plane", "optimizer": {"kind": "sgd", "learning_rate": 1000.0}}
SIGMOIDS = {
    "kind": "wide",
    "layers": [{"kind": "linear", "units": 8, "activation": "sigmoid"}] * 6,
}
VANISHING = {"network": SIGMOIDS, "optimizer": {"kind": "sgd", "learning_rate": 0.1}}


@pytest.fixture
def bench(qtbot: QtBot) -> Iterator[Bench]:
    with opened(qtbot) as bench:
        bench.show()
        yield bench


def advised(bench: Bench, given: dict[str, Any], steps: int, title: str) -> AdviceBar:
    """The advice of a run after so many steps, or at its end."""
    play = Play(threads=1, steps_per_frame=1)
    bench.open(Scene(panel="training", parameters=given, play=play))
    bench.player.step(steps)
    bench.qtbot.waitUntil(lambda: bench.step() == steps or has_ended(bench), timeout=60_000)
    board = bench.window.findChild(TrainingBoard)
    assert board is not None
    bar = board._advice
    bench.qtbot.waitUntil(lambda: bar.sentence.text().startswith(title) and not bar.isHidden())
    return bar


def has_ended(bench: Bench) -> bool:
    position = bench.player.position
    return position is not None and position.ended


def test_a_network_of_no_numbers_begins_anew_and_undo_brings_it_back(bench: Bench) -> None:
    bar = advised(bench, NO_NUMBER, 100, "The loss is no number")
    at = bench.step()
    assert has_ended(bench)
    bar.action.click()
    bench.qtbot.waitUntil(lambda: bench.player.playing or bench.step() != at)  # it trains by itself
    assert bench.value(RATE) == 100.0
    assert bench.player.journal() == ()
    assert bench.session.undo_stack.count() == 1
    bench.do("undo")
    bench.shows(at or 0)
    assert bench.value(RATE) == 1000.0


def test_what_needs_another_network_begins_anew_in_one_entry(bench: Bench) -> None:
    bar = advised(bench, VANISHING, 300, "Vanishing gradients")
    bar.action.click()
    bench.shows(0)  # and rests there, as the run before did
    bench.plays(False)
    assert bench.value("initialization") == "he"
    layers = bench.value("network.layers")
    assert [layer.activation for layer in layers] == ["relu"] * 6
    assert bench.session.undo_stack.count() == 1
    bench.do("undo")
    bench.qtbot.waitUntil(lambda: bench.step() == 300, timeout=60_000)
    assert bench.value("initialization") == "default"


def test_unbalanced_classes_of_a_file_are_repeated_and_undo_takes_it_back(
    bench: Bench, tmp_path: Path
) -> None:
    rows = "".join(f"{i % 7},{i % 11},{'few' if i % 10 == 0 else 'many'}\n" for i in range(100))
    (tmp_path / "own.csv").write_text(f"a,b,kind\n{rows}")
    given = {"dataset": {"kind": "csv", "file": str(tmp_path / "own.csv")}}
    bar = advised(bench, given, 20, "Unbalanced classes")
    assert bar.sentence.text().endswith("has 72 training samples and the smallest 8.")
    bar.action.click()
    bench.shows(0)
    bench.qtbot.waitUntil(bar.isHidden)
    assert bench.value("dataset.oversample") is True
    board = bench.window.findChild(TrainingBoard)
    assert board is not None
    told = "Training samples of small classes are repeated: few from 8 to 72."
    assert told in board._notes.texts()[0]
    bench.do("undo")
    bench.qtbot.waitUntil(lambda: bench.step() == 20 and not bar.isHidden(), timeout=60_000)
    assert bench.value("dataset.oversample") is False


def test_a_rate_is_lowered_while_it_trains(bench: Bench) -> None:
    given = {"optimizer": {"kind": "adam", "learning_rate": 10.0}}
    bar = advised(bench, given, 400, "Learning rate too high")
    bar.action.click()
    bench.qtbot.waitUntil(lambda: [step for step, _ in bench.player.journal()] == [400])
    assert bench.value(RATE) == 1.0
    assert bench.step() == 400
