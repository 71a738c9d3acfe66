"""Scenes in and out of the window: files, the clipboard, and what is dropped."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from resources import resource_path
from tests.visualizer.toy_panel import Kick
from tests.visualizer.windows import ENDLESS, Bench, opened
from visualizer.scenes import sources
from visualizer.scenes.scene import Scene, scene_from_text
from visualizer.scenes.store import open_scene
from visualizer.window import kept as kept_module
from visualizer.window.scene_files import SceneFiles


@pytest.fixture
def answer(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> dict[str, str]:
    """What a person answers to the file dialogs, and where they began."""
    given = {"name": "", "start": ""}

    def ask(parent: object, title: str, start: str, *rest: object) -> tuple[str, str]:
        given["start"] = start
        return given["name"], ""

    monkeypatch.setattr(QFileDialog, "getOpenFileName", ask)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", ask)
    return given


def test_a_scene_is_saved_and_opened_again(
    bench: Bench, answer: dict[str, str], tmp_path: Path
) -> None:
    bench.workbench.edits.set_value("seed", 5)
    answer["name"] = str(tmp_path / "mine")
    bench.do("save_scene")
    assert answer["start"].endswith("roll.toml")
    saved = tmp_path / "mine.toml"
    bench.qtbot.waitUntil(lambda: bench.window.statusBar().currentMessage() != "")
    assert open_scene(saved).parameters["seed"] == 5
    assert bench.window.statusBar().currentMessage() == "Saved as mine.toml."
    bench.workbench.edits.set_value("seed", 6)
    answer["start"] = ""
    bench.do("save_scene")  # to the same file, without asking
    bench.qtbot.waitUntil(lambda: open_scene(saved).parameters["seed"] == 6)
    assert answer["start"] == ""
    bench.open()
    answer["name"] = str(saved)
    bench.do("open_scene")
    assert answer["start"] == str(tmp_path)  # where the last file was
    assert bench.value("seed") == 6
    bench.plays()


def test_after_undo_a_scene_is_saved_to_its_own_file(
    bench: Bench, answer: dict[str, str], tmp_path: Path
) -> None:
    for name, seed in (("first.toml", 1), ("second.toml", 2)):
        (tmp_path / name).write_text(f'panel = "roll"\n[parameters]\nseed = {seed}\n')
        bench.workbench.open_path(tmp_path / name)
    bench.do("undo")
    assert bench.value("seed") == 1
    bench.do("save_scene")
    assert answer["start"] == ""  # it was not asked for
    bench.qtbot.waitUntil(lambda: "Saved" in bench.window.statusBar().currentMessage())
    seeds = [open_scene(tmp_path / n).parameters["seed"] for n in ("first.toml", "second.toml")]
    assert seeds == [1, 2]


def test_who_gives_no_name_changes_nothing(bench: Bench, answer: dict[str, str]) -> None:
    before = bench.session.parameters
    for key in ("open_scene", "save_scene", "save_scene_as"):
        bench.do(key)
    assert bench.session.parameters == before
    assert bench.told() == ""


def test_a_scene_that_cannot_be_saved_is_told(
    bench: Bench, answer: dict[str, str], tmp_path: Path
) -> None:
    answer["name"] = str(tmp_path / "nowhere" / "scene.toml")
    bench.do("save_scene_as")
    bench.qtbot.waitUntil(lambda: "cannot be written" in bench.told())


def test_a_scene_goes_through_the_clipboard(bench: Bench) -> None:
    bench.workbench.edits.set_value("balls.0.name", "née")
    bench.do("copy_scene")
    assert "née" in QGuiApplication.clipboard().text()
    assert "clipboard" in bench.window.statusBar().currentMessage()
    bench.open()
    bench.do("paste_scene")
    assert bench.value("balls.0.name") == "née"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "The clipboard holds no text"),
        ("hello world", "The text in the clipboard is not a TOML file"),
        ('panel = "nothing"', "The text in the clipboard: There is no panel 'nothing'"),
        ('panel = "roll"\nlayerscope = 99', "newer version"),
        ('panel = "roll"\n[parameters]\nseed = "many"', "clipboard: seed is 'many'"),
    ],
)
def test_what_is_no_scene_in_the_clipboard_is_told(bench: Bench, text: str, told: str) -> None:
    bench.workbench.edits.set_value("seed", 5)
    QGuiApplication.clipboard().setText(text)
    bench.do("paste_scene")
    assert told in bench.told()
    assert bench.value("seed") == 5


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("none.toml", None, "There is no file"),
        ("bad.toml", b"panel = ", "is not a TOML file"),
        ("binary.toml", b"\xff\xfe\x00", "is not a text"),
        ("other.toml", b'panel = "other"\n', "other.toml: There is no panel 'other'"),
        ("new.toml", b'panel = "roll"\n[parameters]\nx = 1\n', "new.toml: There is no param"),
        ("cat.png", b"\x89PNG", "'Rolling balls' can do nothing with cat.png, a picture. It takes"),
        ("notes.pdf", b"%PDF", "can do nothing with notes.pdf. It takes a scene (.toml). Choose"),
        (
            "table.csv",
            b"x,y\n",
            "can do nothing with table.csv",
        ),  # this panel has no use for tables
    ],
)
def test_what_cannot_be_opened_is_told_and_nothing_is_lost(
    bench: Bench, tmp_path: Path, name: str, content: bytes | None, told: str
) -> None:
    bench.workbench.edits.set_value("seed", 5)
    if content is not None:
        (tmp_path / name).write_bytes(content)
    bench.workbench.open_path(tmp_path / name)
    assert told in bench.told()
    assert bench.value("seed") == 5
    assert bench.session.undo_stack.count() == 1


def test_a_scene_that_can_be_opened_sends_the_last_refusal_away(
    bench: Bench, tmp_path: Path
) -> None:
    bench.workbench.open_path(tmp_path / "none.toml")
    assert bench.told()
    (tmp_path / "good.toml").write_text('panel = "roll"')
    bench.workbench.open_path(tmp_path / "good.toml")
    assert bench.told() == ""


@pytest.fixture
def descent(qtbot: QtBot) -> Iterator[Bench]:
    """Gradient descent, with a curve to be fitted."""
    with opened(qtbot) as bench:
        bench.open('panel = "gradient-descent"\n')
        yield bench


def test_a_table_becomes_the_data_of_the_panel(descent: Bench, tmp_path: Path) -> None:
    table = tmp_path / "data.csv"
    table.write_text("hours,marks\n1,2\n2,3\n4,7\n")
    descent.workbench.open_path(table)
    descent.shows(0)
    assert descent.value("objective.data.file") == f"file:{table}"
    assert descent.session.undo_stack.count() == 1
    descent.workbench.open_path(resource_path("images/cat.jpg"))
    assert "with cat.jpg, a picture. It takes a scene (.toml); a table (.csv)." in descent.told()
    descent.workbench.open_path(tmp_path)
    assert f"with {tmp_path.name}, a folder." in descent.told()


def test_of_several_files_the_one_of_use_is_taken_and_the_others_are_named(
    descent: Bench, tmp_path: Path
) -> None:
    scene, table, notes = (tmp_path / name for name in ("mine.toml", "data.csv", "notes.txt"))
    scene.write_text('panel = "gradient-descent"\n[parameters]\nseed = 42\n')
    table.write_text("hours,marks\n1,2\n2,3\n4,7\n")
    bar = descent.window.statusBar()
    descent.workbench.files.open_paths([notes, table, tmp_path / "more.csv"])
    assert descent.value("objective.data.file") == f"file:{table}"
    said = "Took data.csv and left out notes.txt, more.csv: one at a time."
    assert said in (bar.currentMessage(), bar.toolTip())
    descent.workbench.files.open_paths([table, scene])
    assert descent.value("seed") == 42
    assert "Took mine.toml and left out data.csv: one at" in bar.currentMessage() + bar.toolTip()
    descent.workbench.files.open_paths([notes, tmp_path / "b.txt"])
    assert "can do nothing with notes.txt." in descent.told()


def test_a_table_is_opened_from_the_menu(
    descent: Bench, answer: dict[str, str], tmp_path: Path
) -> None:
    table = tmp_path / "data.csv"
    table.write_text("hours,marks\n1,2\n2,3\n4,7\n")
    answer["name"] = str(table)
    descent.do("open_scene")
    assert descent.value("objective.data.file") == f"file:{table}"
    assert descent.told() == ""


def test_a_file_that_has_changed_since_is_told(descent: Bench, tmp_path: Path) -> None:
    table, scene = tmp_path / "data.csv", tmp_path / "scene.toml"
    table.write_text("hours,marks\n1,2\n2,3\n4,7\n")
    descent.workbench.open_path(table)
    descent.workbench.files._save(scene)
    descent.qtbot.waitUntil(scene.exists)
    assert 'file = "file:data.csv"' in scene.read_text()
    descent.workbench.open_path(scene)
    assert descent.told() == ""
    table.write_text("hours,marks\n1,2\n2,4\n4,7\n")
    descent.workbench.open_path(scene)
    descent.qtbot.waitUntil(lambda: "data.csv has changed since" in descent.told())


def test_all_files_that_have_changed_since_are_told(bench: Bench, tmp_path: Path) -> None:
    workbench = bench.workbench
    files = SceneFiles(
        bench.window,
        bench.session,
        workbench.edits,
        workbench.errands,
        show=lambda _: None,
        panel=lambda: None,
    )
    places = [str(tmp_path / name) for name in ("a.csv", "b.csv")]
    for place in places:
        Path(place).touch()
    named = {name: f"file:{place}" for name, place in zip("ab", places, strict=True)}
    known = dict.fromkeys(places, "0000")
    with bench.qtbot.waitSignal(files.refused) as told:
        files.open(Scene(panel="roll", parameters=named, sources=known))
    assert [line.split()[0] for line in told.args[0].split("\n")] == places


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Where windows keep what was open; there is nothing yet."""
    path = tmp_path / "data" / "last.toml"
    monkeypatch.setattr(kept_module, "last_file", lambda: path)
    return path


def test_what_was_not_saved_is_there_after_the_window_was_closed(bench: Bench, kept: Path) -> None:
    bench.do("reopen_scene")
    assert bench.told().startswith("Nothing is kept")
    bench.workbench.edits.set_value("seed", 77)
    bench.workbench.close()
    with opened(bench.qtbot) as later:
        later.open()
        later.do("reopen_scene")
        assert later.value("seed") == 77
        later.workbench.files.kept.keep()  # nothing was done in this window
    assert "seed = 77" in kept.read_text()


def test_what_was_not_saved_goes_on_where_it_was(bench: Bench, kept: Path) -> None:
    bench.workbench.edits.set_value("seed", 77)
    bench.player.step(40)
    bench.shows(40)
    bench.workbench.edits.act(Kick(by=2.0))
    bench.player.step(10)
    bench.shows(50)
    there = bench.player.frames[0]
    bench.workbench.close()
    with opened(bench.qtbot) as later:
        later.open()
        later.player.set_steps_per_frame(1)
        later.do("reopen_scene")
        later.player.pause()
        bench.qtbot.waitUntil(lambda: (later.step() or 0) >= 50)
        later.player.seek(50)
        later.shows(50)
        assert later.player.frames[0].places.tobytes() == there.places.tobytes()
        later.do("copy_scene")
        assert "start = 0" in QGuiApplication.clipboard().text()
        later.do("restart")
        later.shows(0)


def test_a_run_that_nothing_was_done_to_is_there_after_the_window_was_closed(
    bench: Bench, kept: Path
) -> None:
    bench.workbench.close()
    assert not kept.exists()  # it rested at its start
    with opened(bench.qtbot) as second:
        second.open()
        second.player.step(30)
        second.shows(30)
    with opened(bench.qtbot) as third:
        third.open("panel = 'roll'")
        third.do("reopen_scene")
        third.player.pause()
        third.qtbot.waitUntil(lambda: (third.step() or 0) >= 30)
        assert third.value("tolerance") is None


def test_a_run_is_kept_while_it_goes_on(bench: Bench, kept: Path) -> None:
    clock = bench.workbench.files.kept._clock
    assert clock.isActive()
    bench.player.step(7)
    bench.shows(7)
    assert not kept.exists()
    clock.setInterval(0)
    bench.qtbot.waitUntil(kept.exists)
    assert open_scene(kept).play.start == 7


def test_a_look_at_another_scene_leaves_what_was_changed_alone(bench: Bench, kept: Path) -> None:
    bench.do("reopen_changed")
    assert bench.told().startswith("Nothing is kept: nothing was changed")
    bench.workbench.edits.set_value("seed", 77)
    bench.workbench.files.open(scene_from_text(ENDLESS))  # keeps what it closes
    bench.player.pause()
    bench.shows(0)
    bench.player.step(3)
    bench.shows(3)
    bench.workbench.edits.set_view("log", True)  # is no change of it
    bench.workbench.close()
    assert open_scene(kept).play.start == 3
    with opened(bench.qtbot) as later:
        later.open()
        later.player.step(5)
        later.shows(5)
        later.do("reopen_changed")
        assert later.value("seed") == 77
        later.do("reopen_scene")  # what was open before that
        assert later.value("seed") != 77
        later.player.pause()
        later.qtbot.waitUntil(lambda: (later.step() or 0) >= 5)


def test_what_is_open_is_not_what_was_open_before_it(bench: Bench, kept: Path) -> None:
    bench.workbench.edits.set_value("seed", 77)
    bench.workbench.close()
    with opened(bench.qtbot) as later:
        later.open()
        later.workbench.edits.set_value("seed", 78)
        later.workbench.files.kept.keep()
        later.do("reopen_changed")
        assert later.value("seed") == 77
        later.do("undo")
        assert later.value("seed") == 78


def test_a_scene_can_begin_at_a_step_of_its_own(bench: Bench) -> None:
    bench.session.open(scene_from_text(f"{ENDLESS}[play]\nstart = 30\n"))
    bench.player.pause()
    bench.qtbot.waitUntil(lambda: (bench.step() or 0) >= 30)
    bench.do("copy_scene")
    assert "start = 30" in QGuiApplication.clipboard().text()


def test_what_was_made_is_kept_soon_so_that_a_crash_loses_nothing(
    bench: Bench, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pause = bench.workbench.files.kept._pause
    assert not pause.isActive()
    bench.workbench.edits.set_value("seed", 5)
    assert pause.isActive()
    assert not kept.exists()  # as long as it goes on changing
    pause.setInterval(0)
    bench.workbench.edits.set_value("seed", 78)
    bench.qtbot.waitUntil(kept.exists)
    assert open_scene(kept).parameters["seed"] == 78
    assert not pause.isActive()


def test_what_hashes_take_does_not_hold_the_window_up(
    descent: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: list[str] = []

    def note(place: str) -> str:
        threads.append(threading.current_thread().name)
        return "0000"

    monkeypatch.setattr(sources, "content_of", note)
    table, scene = tmp_path / "data.csv", tmp_path / "scene.toml"
    table.write_text("hours,marks\n1,2\n2,3\n4,7\n")
    descent.workbench.open_path(table)
    descent.workbench.files._save(scene)
    descent.qtbot.waitUntil(scene.exists)
    descent.workbench.open_path(scene)
    descent.qtbot.waitUntil(lambda: len(threads) == 3)  # saved, kept, opened
    descent.do("export")
    assert descent.workbench._export is not None
    descent.workbench._export._process.begin(tmp_path / "run.csv", [])
    assert [name.rpartition("_")[0] for name in threads] == ["errands"] * 3


def test_an_error_in_an_errand_is_not_lost(bench: Bench) -> None:
    def fail() -> None:
        raise RuntimeError("no such thing")

    with bench.qtbot.captureExceptions() as caught:
        bench.workbench.errands.run(fail, lambda _: None)
        bench.qtbot.waitUntil(lambda: len(caught) == 1)
    assert str(caught[0][1]) == "no such thing"
