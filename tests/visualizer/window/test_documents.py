"""Documents of the run, saved from the menu: at the step that it is at, whole or not at all."""

import threading
from pathlib import Path

import pytest
import torch
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog

from kernels.networks.weights import read_weights
from kernels.parameters import Parameters
from kernels.simulation import advance
from kernels.training.parameters import Training
from kernels.training.training import TrainingRun
from tests.visualizer import toy_panel
from tests.visualizer.windows import Bench
from visualizer.exporting.target import DOCUMENTS
from visualizer.registry import PANELS, PanelInfo
from visualizer.scenes.scene import Scene
from visualizer.scenes.store import find_scene, open_scene

CIRCLE = Scene(panel="training")


@pytest.fixture
def answer(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """What a person answers to the file dialog, and what was asked."""
    given = {"name": ""}

    def ask(parent: object, title: str, start: str, filters: str) -> tuple[str, str]:
        given.update(title=title, start=start, filters=filters)
        return given["name"], ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", ask)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", ask)
    return given


def entries(bench: Bench) -> dict[str, QAction]:
    return {action.text(): action for action in bench.workbench.documents.actions()}


def told(bench: Bench) -> str:
    return bench.window.statusBar().currentMessage()


def save(bench: Bench, text: str) -> str:
    """Choose an entry of the menu; gives what is told in the end."""
    bench.window.statusBar().clearMessage()
    entries(bench)[text].trigger()
    bench.qtbot.waitUntil(lambda: bool(told(bench) or bench.told()), timeout=20_000)
    return told(bench) or bench.told()


def test_a_document_is_saved_with_its_companion(
    bench: Bench, answer: dict[str, str], tmp_path: Path
) -> None:
    assert list(entries(bench)) == ["Save places…", "Save model && code…"]
    texts = [action.text() for action in bench.window.file_menu.actions()]
    at = texts.index("Export…")
    assert texts[at : at + 4] == ["Export…", "Save places…", "Save model && code…", ""]
    bench.player.step(3)
    bench.shows(3)
    answer["name"] = str(tmp_path / "mine")
    assert save(bench, "Save model && code…") == "Saved as mine.py and mine-data.npz, after step 3."
    assert answer["title"] == "Save model & code"
    assert answer["filters"] == "Model & code (*.py);;All files (*)"
    assert answer["start"].endswith("roll.py")
    assert {path.name for path in tmp_path.iterdir()} == {"mine.py", "mine-data.npz"}
    answer["name"] = str(tmp_path / "mine.SAFETENSORS")
    assert save(bench, "Save places…") == "Saved as mine.safetensors, after step 3."
    assert answer["start"] == str(tmp_path / "roll.safetensors")


def test_who_gives_no_name_saves_nothing(bench: Bench, answer: dict[str, str]) -> None:
    entries(bench)["Save places…"].trigger()
    answers: list[object] = []
    bench.player.documented.connect(lambda *given: answers.append(given))
    bench.player.step(1)
    bench.shows(1)
    assert answers == []


def test_what_cannot_be_written_is_told_and_the_next_one_goes_where_it_should(
    bench: Bench, answer: dict[str, str], tmp_path: Path
) -> None:
    answer["name"] = str(tmp_path / "nowhere" / "a.py")
    assert "There is no folder" in save(bench, "Save model && code…")
    bench.window.banner.dismiss()
    bench.workbench.edits.set_value("balls.0.name", "unsaved")
    answer["name"] = str(tmp_path / "b.py")
    assert save(bench, "Save model && code…") == (
        "A ball of that name cannot be saved. Call it otherwise."
    )
    bench.window.banner.dismiss()
    bench.workbench.edits.set_value("balls.0.name", "fine")
    answer["name"] = str(tmp_path / "c.py")
    assert "Saved as c.py" in save(bench, "Save model && code…")
    assert {path.name for path in tmp_path.iterdir()} == {"c.py", "c-data.npz"}


def test_a_run_that_makes_room_for_another_is_saved_all_the_same(
    bench: Bench, answer: dict[str, str], tmp_path: Path
) -> None:
    bench.player.step(2)
    bench.shows(2)
    answer["name"] = str(tmp_path / "old.py")
    entries(bench)["Save model && code…"].trigger()
    bench.workbench.edits.set_value("seed", 5)  # another run
    bench.qtbot.waitUntil(lambda: "Saved as old.py" in told(bench))
    assert told(bench).endswith("after step 2.")


def test_on_the_way_of_a_seek_it_is_the_step_at_its_end(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, answer: dict[str, str], tmp_path: Path
) -> None:
    bench.player.step(900)
    bench.shows(900)
    answer["name"] = str(tmp_path / "there")
    bench.player.seek(1)
    bench.shows(1)
    gate = threading.Event()
    plain = toy_panel.Rolling.step

    def slow(self: toy_panel.Rolling, n: int = 1) -> None:
        gate.wait(10)
        plain(self, n)

    monkeypatch.setattr(toy_panel.Rolling, "step", slow)
    bench.player.seek(700)
    entries(bench)["Save places…"].trigger()
    gate.set()
    bench.qtbot.waitUntil(lambda: told(bench) == "Saved as there.safetensors, after step 700.")


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel.key)
def test_documents_have_suffixes_that_are_written(panel: PanelInfo) -> None:
    kind = panel.load_simulation()(panel.load_parameters()())
    assert {document.suffix for document in kind.documents} <= set(DOCUMENTS)


# ---- of a network in training ------------------------------------------------------------------


def plain(steps: int, **given: Parameters | str) -> dict[str, torch.Tensor]:
    """The weights of the run in the window, made without one."""
    run = TrainingRun(Training(**given), torch.device("cpu"))
    advance(run, steps)
    return {name: tensor.clone() for name, tensor in run.model.state_dict().items()}


def same(one: dict[str, torch.Tensor], other: dict[str, torch.Tensor]) -> bool:
    return one.keys() == other.keys() and all(torch.equal(one[n], other[n]) for n in one)


def test_of_the_code_it_is_told_what_is_not_in_it(
    bench: Bench, answer: dict[str, str], tmp_path: Path
) -> None:
    bench.open(CIRCLE)
    bench.player.step(5)
    bench.shows(5)
    answer["name"] = str(tmp_path / "net.py")
    assert save(bench, "Save model as PyTorch code…") == (
        "Saved as net.py and net-data.npz, after step 5. Changes made on the way are not in it."
    )


def test_weights_are_saved_and_dropped_into_another_run(
    bench: Bench, answer: dict[str, str], tmp_path: Path
) -> None:
    bench.open(CIRCLE)
    assert list(entries(bench)) == [
        "Save weights…",
        "Load weights…",
        "Save model as PyTorch code…",
    ]
    bench.player.step(25)
    bench.shows(25)
    path = tmp_path / "circle.safetensors"
    answer["name"] = str(path)
    save(bench, "Save weights…")
    saved = read_weights(str(path))
    assert same(saved, plain(25))
    entries(bench)["Load weights…"].trigger()  # as dropping it does
    assert answer["filters"] == "Weights (*.safetensors *.pt *.pth);;All files (*)"
    assert bench.value("weights") == f"file:{path}"
    bench.shows(0)
    frame = bench.player.frames[0]
    assert torch.equal(torch.tensor(frame.weights[0]), saved["linear1.weight"])
    bench.workbench.files._save(tmp_path / "scene.toml")
    bench.qtbot.waitUntil(lambda: "scene.toml" in told(bench))
    scene = open_scene(tmp_path / "scene.toml")
    assert 'weights = "file:circle.safetensors"' in (tmp_path / "scene.toml").read_text()
    assert list(scene.sources) == [str(path)]  # with its hash, as all files


def test_weights_of_another_network_are_refused_and_nothing_is_lost(
    bench: Bench, answer: dict[str, str], tmp_path: Path
) -> None:
    bench.open(find_scene("training"))
    path = tmp_path / "circle.safetensors"
    answer["name"] = str(path)
    save(bench, "Save weights…")
    bench.workbench.edits.set_value("network", "linear")
    bench.shows(0)
    before = bench.session.parameters
    bench.workbench.open_path(path)
    bench.qtbot.waitUntil(lambda: bench.workbench.edits.refused() is not None)
    refused = bench.workbench.edits.refused()
    assert refused is not None
    assert refused.path == "weights"
    assert "circle.safetensors holds the weights of another network" in refused.sentence
    assert bench.session.parameters == before
    bench.player.step(2)
    bench.shows(2)


def test_another_network_is_refused_as_long_as_the_weights_are_there(
    bench: Bench, answer: dict[str, str], tmp_path: Path
) -> None:
    bench.open(CIRCLE)
    answer["name"] = str(tmp_path / "circle")
    save(bench, "Save weights…")
    bench.workbench.open_path(tmp_path / "circle.safetensors")
    bench.shows(0)
    before = bench.session.parameters
    bench.workbench.edits.set_value("network", "linear")
    bench.qtbot.waitUntil(lambda: bench.workbench.edits.refused() is not None)
    refused = bench.workbench.edits.refused()
    assert refused is not None
    assert refused.path == "network"
    assert "or another file or none (weights)." in refused.sentence
    assert bench.session.parameters == before
    bench.workbench.edits.set_value("weights", "")
    bench.workbench.edits.set_value("network", "linear")
    bench.player.step(1)
    bench.shows(1)
