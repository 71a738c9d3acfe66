"""Export from the window: what is asked, how far it is, and that it leaves nothing half done."""

import csv
import sys
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from tests.visualizer.windows import opened
from visualizer.exporting import process as export_process
from visualizer.exporting.export import Progress
from visualizer.scenes.scene import Play, Scene, scene_from_text
from visualizer.window.export_dialog import ExportDialog

SCENE = Scene(panel="roll", play=Play(steps_per_frame=4, frames=10, frames_per_second=12.5))


@pytest.fixture
def dialog(qtbot: QtBot, tmp_path: Path) -> Iterator[ExportDialog]:
    dialog = ExportDialog(SCENE, 0, "dark")
    dialog.target.setText(str(tmp_path / "film.mp4"))
    dialog.show()
    yield dialog
    if isValid(dialog):  # once closed, it is gone
        dialog.done(0)


def stub(monkeypatch: pytest.MonkeyPatch, code: str) -> list[list[str]]:
    """Have `code` run in the place of an export; gives what it was asked for."""
    asked: list[list[str]] = []

    def command(arguments: list[str]) -> list[str]:
        asked.append(arguments)
        return [sys.executable, "-c", code, *arguments]

    monkeypatch.setattr(export_process, "command", command)
    return asked


OBEYING = """
import sys
print(2, 10, flush=True)
sys.stdin.read()
sys.exit("layerscope: The export was cancelled; nothing was written.")
"""
DEAF = """
import pathlib, sys, time
folder = pathlib.Path(sys.argv[sys.argv.index("--hidden") + 1], "files")
folder.mkdir(parents=True)
(folder / "film.mp4").write_text("half")
print(1, 9, flush=True)
time.sleep(100)
"""


def cancel(dialog: ExportDialog) -> None:
    dialog.close_button.click()


def close(dialog: ExportDialog) -> None:
    """What the window does when it is closed."""
    dialog.done(0)


def finish(qtbot: QtBot, dialog: ExportDialog) -> None:
    dialog.start_button.click()
    qtbot.waitUntil(lambda: dialog.start_button.isEnabled(), timeout=20_000)


def test_it_proposes_what_the_scene_says(dialog: ExportDialog) -> None:
    values = (dialog.frames.value(), dialog.stride.value(), dialog.rate.value())
    assert values == (10, 4, 12.5)
    assert dialog.theme.currentText() == "dark"


def test_it_proposes_to_go_as_far_as_the_run_has_come(qtbot: QtBot) -> None:
    dialog = ExportDialog(SCENE, 401, "light")
    qtbot.addWidget(dialog)
    assert dialog.frames.value() == 102  # step 0, 4, ..., 404


def test_it_asks_the_command_line(
    qtbot: QtBot, dialog: ExportDialog, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked = stub(monkeypatch, "")
    dialog.target.setText(str(tmp_path / "film.webm"))
    dialog.size_box.setCurrentText("640x360")
    dialog.spacing.setCurrentText("log")
    dialog.transparent.setChecked(True)
    finish(qtbot, dialog)
    (given,) = asked
    pairs = dict(pairwise(given))
    assert given[0] == "export"
    assert pairs["-o"] == str(tmp_path / "film.webm")
    assert pairs["--size"] == "640x360"
    assert (pairs["--frames"], pairs["--steps-per-frame"], pairs["--fps"]) == ("10", "4", "12.5")
    assert (pairs["--spacing"], pairs["--theme"]) == ("log", "dark")
    assert "--transparent" in given


def test_a_read_only_file_stays(dialog: ExportDialog, tmp_path: Path) -> None:
    film = tmp_path / "old.mp4"
    film.write_text("old")
    dialog.target.setText(str(film))
    assert dialog.note.text() == "old.mp4 is there; it will be replaced."
    film.chmod(0o444)
    dialog.target.setText(f"{film} ")
    assert dialog.note.text() == "old.mp4 is there and read-only. Choose another name."
    dialog.start_button.click()
    assert dialog.note.text().startswith(f"{film} is read-only, so it is not replaced. Choose")
    assert dialog.start_button.isEnabled()
    assert film.read_text() == "old"


def test_only_what_matters_for_the_file_is_asked(dialog: ExportDialog, tmp_path: Path) -> None:
    asked = {}
    for suffix in ("mp4", "webm", "png", "csv"):
        dialog.target.setText(str(tmp_path / f"out.{suffix}"))
        asked[suffix] = [
            name
            for name in ("size_box", "theme", "rate", "transparent")
            if getattr(dialog, name).isEnabled()
        ]
    assert asked == {
        "mp4": ["size_box", "theme", "rate"],
        "webm": ["size_box", "theme", "rate", "transparent"],
        "png": ["size_box", "theme", "transparent"],
        "csv": [],
    }


def test_what_will_be_replaced_is_told(dialog: ExportDialog, tmp_path: Path) -> None:
    (tmp_path / "there.mp4").touch()
    dialog.target.setText(str(tmp_path / "there.mp4"))
    assert dialog.note.text() == "there.mp4 is there; it will be replaced."
    dialog.target.setText(str(tmp_path / "new.mp4"))
    assert dialog.note.text() == ""
    dialog.target.setText(f" {tmp_path / 'new'} ")  # as pasted
    assert dialog.note.text() == "Numbered pictures will be put in the folder new."
    (tmp_path / "new").mkdir()
    dialog.target.setText(str(tmp_path / "new"))
    assert "in the place of those that are there" in dialog.note.text()


def test_without_a_name_nothing_is_exported(dialog: ExportDialog) -> None:
    assert dialog.start_button.isEnabled()
    dialog.target.setText(" ")
    assert not dialog.start_button.isEnabled()


@pytest.mark.parametrize("name", ["~nobody-has-this-name/film.mp4", f"/{'x' * 5000}.mp4"])
def test_a_name_that_cannot_be_is_taken_while_it_is_typed(dialog: ExportDialog, name: str) -> None:
    dialog.target.setText(name)
    assert dialog.target.text() == name
    assert dialog.note.text() == ""


def test_progress_is_shown_with_the_time_that_remains(
    qtbot: QtBot, dialog: ExportDialog, monkeypatch: pytest.MonkeyPatch
) -> None:
    stub(monkeypatch, OBEYING)
    dialog.start_button.click()
    assert dialog.close_button.text() == "Cancel"
    qtbot.waitUntil(lambda: dialog.progress.value() == 2)
    assert dialog.note.text() == "Picture 2 of at most 10"  # nothing to judge by as yet
    dialog._process.advanced.emit(Progress(5, 10))
    assert dialog.progress.maximum() == 10
    assert dialog.note.text().startswith("Picture 5 of at most 10, ")
    assert dialog.note.text().endswith(" s left")
    dialog.close_button.click()
    qtbot.waitUntil(lambda: dialog.start_button.isEnabled())
    assert dialog.note.text() == "The export was cancelled; nothing was written."
    assert dialog.isVisible()
    assert dialog.close_button.text() == "Close"
    dialog.close_button.click()
    assert not dialog.isVisible()


def test_what_was_complete_before_it_could_be_cancelled_is_told(
    qtbot: QtBot, dialog: ExportDialog, monkeypatch: pytest.MonkeyPatch
) -> None:
    stub(monkeypatch, "import sys\nprint(9, 9, flush=True)\nsys.stdin.read()")
    dialog.start_button.click()
    qtbot.waitUntil(lambda: dialog.progress.value() == 9)
    dialog.close_button.click()
    qtbot.waitUntil(lambda: dialog.start_button.isEnabled())
    assert dialog.note.text().endswith("film.mp4 is written.")


@pytest.mark.parametrize("end", [cancel, close])
def test_an_export_that_does_not_answer_is_killed_and_tidied_up_after(
    qtbot: QtBot, dialog: ExportDialog, monkeypatch: pytest.MonkeyPatch, tmp_path: Path,
    end: Callable[[ExportDialog], None],
) -> None:  # fmt: skip
    for patience in ("PATIENCE", "PATIENCE_AT_CLOSE"):
        monkeypatch.setattr(export_process, patience, 10)
    stub(monkeypatch, DEAF)
    process = dialog._process
    dialog.start_button.click()
    qtbot.waitUntil(lambda: dialog.progress.value() == 1)
    assert len(list(tmp_path.rglob("film.mp4"))) == 1
    end(dialog)
    qtbot.waitUntil(lambda: not process.isRunning())
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("code", "note", "details"),
    [
        ("raise SystemExit('layerscope: The disk is full.')", "The disk is full.", ""),
        ("raise KeyError('x')", "because of an error in the program", "KeyError: 'x'"),
        ("import os; os.abort()", "because of an error in the program", "ended with code"),
    ],
)
def test_a_failure_is_told(
    qtbot: QtBot, dialog: ExportDialog, monkeypatch: pytest.MonkeyPatch,
    code: str, note: str, details: str,
) -> None:  # fmt: skip
    stub(monkeypatch, code)
    told: list[tuple[str, str]] = []
    dialog.failed.connect(lambda sentence, more: told.append((sentence, more)))
    finish(qtbot, dialog)
    assert note in dialog.note.text()
    assert details in "".join(more for _, more in told)
    assert bool(told) == bool(details)


def test_a_python_that_cannot_be_started_is_told(
    qtbot: QtBot, dialog: ExportDialog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export_process, "command", lambda arguments: ["/nowhere/python"])
    finish(qtbot, dialog)
    assert "cannot be started" in dialog.note.text()


def test_a_suffix_that_is_unknown_is_told_at_once(dialog: ExportDialog, tmp_path: Path) -> None:
    dialog.target.setText(str(tmp_path / "film.foo"))
    dialog.start_button.click()
    assert "'.foo'" in dialog.note.text()
    assert dialog.start_button.isEnabled()


def test_closing_the_window_stops_the_export(
    qtbot: QtBot, toy: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    stub(monkeypatch, OBEYING)
    with opened(qtbot) as bench:
        bench.open()
        bench.do("export")
        dialog = bench.workbench._export
        assert dialog is not None
        bench.do("export")
        assert bench.workbench._export is dialog  # one is enough
        dialog.target.setText(str(tmp_path / "film.mp4"))
        dialog.start_button.click()
        qtbot.waitUntil(lambda: dialog.progress.value() == 2)
        process = dialog._process
        bench.window.close()
        assert not process.isRunning()


# ---- the real thing ---------------------------------------------------------------------------

FIT = """
panel = "gradient-descent"
[parameters.objective]
kind = "line"
data = {{kind = "csv", file = "file:{file}"}}
[play]
frames = 4
[[inputs]]
step = 2
[inputs.set]
"optimizers.0.learning_rate" = 0.001
"""


@pytest.mark.slow
def test_an_export_has_what_was_done_and_the_files_that_are_named(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "data.csv").write_text("hours,marks\n1,2\n2,3\n4,7\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[3]))
    dialog = ExportDialog(scene_from_text(FIT.format(file="data.csv")), 0, "light")
    qtbot.addWidget(dialog)
    dialog.target.setText(str(tmp_path / "numbers.csv"))
    with qtbot.waitSignal(dialog.told, timeout=60_000):
        dialog.start_button.click()
    with (tmp_path / "numbers.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [row["step"] for row in rows] == ["0", "1", "2", "3"]
    rates = [float(value) for name, value in rows[-1].items() if "rate" in name.lower()]
    assert 0.001 in rates
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data.csv", "numbers.csv"]
    dialog.done(0)


# The end of the film takes until it is asked to stop.
SLOW_END = """
import sys, time
from visualizer.cli import main
from visualizer.exporting.video import VideoWriter

def finish(self, stopped):
    while not stopped():
        time.sleep(0.01)

VideoWriter.finish = finish
sys.exit(main())
"""
EARLY, MIDDLE, LATE = 0, 1, 3  # pictures that are done when it is stopped; of three, LATE is all


@pytest.mark.slow
@pytest.mark.parametrize(
    ("end", "pictures"), [(cancel, EARLY), (cancel, MIDDLE), (cancel, LATE), (close, LATE)]
)
def test_a_stopped_export_leaves_nothing(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    end: Callable[[ExportDialog], None], pictures: int,
) -> None:  # fmt: skip
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[3]))
    stub(monkeypatch, SLOW_END)
    dialog = ExportDialog(Scene(panel="gradient-descent"), 0, "light")
    process = dialog._process
    qtbot.addWidget(dialog)
    dialog.target.setText(str(tmp_path / "film.mp4"))
    dialog.frames.setValue(LATE if pictures == LATE else 500)
    dialog.start_button.click()
    if pictures != EARLY:
        qtbot.waitUntil(lambda: dialog.progress.value() >= pictures, timeout=60_000)
    assert process.isRunning()
    end(dialog)
    qtbot.waitUntil(lambda: not process.isRunning(), timeout=10_000)
    assert list(tmp_path.iterdir()) == []
    if end is cancel:
        assert dialog.note.text() == "The export was cancelled; nothing was written."
        dialog.done(0)
