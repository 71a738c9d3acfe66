"""A network in training in the window: recorded, closed in the middle, gone on with."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from pytestqt.qtbot import QtBot

from kernels.simulation import Frame
from kernels.training.actions import EditWeight
from kernels.training.frame import TrainingFrame
from tests.visualizer.windows import Bench, opened
from visualizer.playing import player as player_module
from visualizer.playing.player import is_lingering
from visualizer.playing.run import Run
from visualizer.scenes.scene import Play, Scene
from visualizer.scenes.store import open_scene, save_scene
from visualizer.window import kept as kept_module

SCENE = Scene(panel="training", play=Play(threads=1, steps_per_frame=1))
DROPOUT = {
    "kind": "wide",
    "layers": [{"kind": "linear", "units": 4}, {"kind": "dropout", "rate": 0.5}],
}
DIGITS = {"dataset": "mnist", "network": "784-256-10"}


@pytest.fixture
def bench(qtbot: QtBot) -> Iterator[Bench]:
    with opened(qtbot) as bench:
        bench.open(SCENE)
        bench.show()
        yield bench


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file that keeps what was open last."""
    path = tmp_path / "kept" / "last.toml"
    monkeypatch.setattr(kept_module, "last_file", lambda: path)
    return path


def same(one: Frame, other: Frame) -> bool:
    assert isinstance(one, TrainingFrame)
    assert isinstance(other, TrainingFrame)
    pairs = [*zip(one.weights, other.weights, strict=True)]
    pairs += [*zip(one.biases, other.biases, strict=True)]
    names = one.arrays().keys() & other.arrays().keys() - {"response"}
    pairs += [(one.arrays()[name], other.arrays()[name]) for name in names]
    assert len(pairs) > 8
    return one.step == other.step and all(a.tobytes() == b.tobytes() for a, b in pairs)


def go_to(bench: Bench, step: int) -> None:
    bench.player.step(step - (bench.step() or 0))
    bench.shows(step)


def disturb(bench: Bench) -> Frame:
    """Train for 40 steps, with live changes and a weight written over; gives where that led."""
    go_to(bench, 11)
    bench.workbench.edits.set_value("optimizer.learning_rate", 0.02)
    go_to(bench, 17)
    bench.workbench.edits.act(EditWeight(layer=0, target=1, source=0, value=2.5))
    go_to(bench, 23)
    bench.workbench.edits.set_value("l2", 0.1)
    bench.workbench.edits.act(EditWeight(layer=1, target=0, value=-1.0))
    go_to(bench, 40)
    return bench.player.frames[0]


@pytest.mark.parametrize("network", ["2-4-2-1", DROPOUT], ids=["plain", "dropout"])
def test_a_recording_made_in_mid_run_leads_to_the_same_weights(
    bench: Bench, network: Any, tmp_path: Path
) -> None:
    bench.workbench.edits.set_value("network", network)
    bench.shows(0)
    there = disturb(bench)
    save_scene(bench.session.scene(), tmp_path / "run.toml")
    recorded = open_scene(tmp_path / "run.toml")
    assert len(recorded.inputs) == 4
    run = Run(recorded)  # as an export goes
    run.advance(40)
    assert same(run.frame(), there)
    bench.open(recorded)  # and in the window
    bench.player.seek(40)
    bench.shows(40)
    assert same(bench.player.frames[0], there)


def test_what_is_closed_in_the_middle_of_training_goes_on_from_there(
    bench: Bench, kept: Path, qtbot: QtBot
) -> None:
    there = disturb(bench)
    bench.player.play()
    bench.plays()
    thread = bench.player._thread
    assert thread is not None
    bench.window.close()
    assert thread.isFinished()
    assert not is_lingering()
    left = open_scene(kept)
    assert left.play.start >= 40
    assert len(left.inputs) == 4
    with opened(qtbot) as later:
        later.open(SCENE)
        later.do("reopen_scene")
        later.qtbot.waitUntil(lambda: (later.step() or 0) >= left.play.start)
        later.player.pause()
        later.plays(False)
        later.player.seek(40)
        later.shows(40)
        assert same(later.player.frames[0], there)


@pytest.mark.parametrize("moment", ["while it loads", "while it trains"])
def test_closing_while_pictures_are_learned_ends_the_run(
    bench: Bench, moment: str, qtbot: QtBot, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lingering: list[object] = []
    monkeypatch.setattr(player_module, "_lingering", lingering)
    failures: list[object] = []
    bench.player.failed.connect(lambda *told: failures.append(told))
    bench.session.open(SCENE.model_copy(update={"parameters": DIGITS}))
    bench.do("full_speed")
    bench.player.play()
    thread = bench.player._thread
    assert thread is not None
    if moment == "while it trains":
        qtbot.waitUntil(lambda: (bench.step() or 0) > 20, timeout=60_000)
    bench.workbench.edits.set_value("seed", 5)
    bench.window.close()  # waits for some seconds at most
    assert open_scene(kept).parameters["seed"] == 5
    assert thread.isFinished() or (moment == "while it loads" and is_lingering())
    qtbot.waitUntil(thread.isFinished, timeout=60_000)  # the program ends without waiting for it
    lingering.clear()
    assert failures == []


def test_saved_weights_are_where_another_run_begins(bench: Bench, tmp_path: Path) -> None:
    there = disturb(bench)
    files: list[Any] = []
    bench.player.documented.connect(lambda number, made, step: files.append((made, step)))
    bench.player.document(1, ".safetensors")
    bench.qtbot.waitUntil(lambda: bool(files))
    made, step = files[0]
    assert step == 40
    (tmp_path / "w.safetensors").write_bytes(made[".safetensors"])
    scene = Scene(panel="training", parameters={"weights": str(tmp_path / "w.safetensors")})
    first = Run(scene).frame()
    assert isinstance(there, TrainingFrame)
    assert isinstance(first, TrainingFrame)
    for ours, theirs in zip(first.weights, there.weights, strict=True):
        assert torch.equal(torch.tensor(ours), torch.tensor(theirs))
