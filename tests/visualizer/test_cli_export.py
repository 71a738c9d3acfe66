"""Exports from the command line: what is said of them, of mistakes, and when they are stopped."""

import json
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.visualizer.terminal import PROGRAM, ROOT, SMALL, said
from visualizer import commands
from visualizer.cli import main
from visualizer.scenes.scene import Scene
from visualizer.scenes.store import save_scene

pytestmark = pytest.mark.usefixtures("toy", "qapp")


def test_a_panel_is_exported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "run.json"
    extra = ["--set", "balls.0.learning_rate=0.2", "--set", "balls.0.name=my ball", "--fps", "5"]
    assert main(["export", "roll", "-o", str(target), *SMALL, *extra, "--device", "cpu"]) == 0
    assert re.fullmatch(rf"{target} written in [\d.]+ s\.\n", said(capsys))
    data = json.loads(target.read_text())
    assert len(data["rows"]) == 4
    assert data["scene"]["parameters"]["balls"][0]["learning_rate"] == 0.2
    assert data["rows"][0]["first"] == "my ball"


def test_a_scene_file_is_exported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    save_scene(Scene(panel="roll", parameters={"seed": 7}), tmp_path / "talk.toml")
    target = tmp_path / "%d.png"
    options = [*SMALL, "--steps-per-frame", "3", "--spacing", "log", "--theme", "dark"]
    arguments = [str(tmp_path / "talk.toml"), "-o", str(target), *options, "--transparent"]
    assert main(["export", *arguments]) == 0
    assert sorted(path.name for path in tmp_path.glob("*.png")) == [f"{i}.png" for i in range(4)]
    capsys.readouterr()


def test_data_that_changed_is_told_and_exported(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "heights.csv"
    data.write_text("1\n")
    ground = {"kind": "table", "file": f"file:{data}"}
    save_scene(Scene(panel="roll", parameters={"ground": ground}), tmp_path / "talk.toml")
    data.write_text("2\n")
    scene, target = str(tmp_path / "talk.toml"), str(tmp_path / "run.csv")
    assert main(["export", scene, "-o", target, "--frames", "2"]) == 0
    assert f"layerscope: {data} has changed since the scene was saved" in said(capsys)


MISTAKES = [
    (["export"], "the following arguments are required"),
    (["export", "roll"], "the following arguments are required: -o/--output. See layerscope ex"),
    (["export", "roll", "-o", "a.mp4", "--dev", "cpu"], "unrecognized arguments: --dev"),
    (["dance"], "invalid choice: 'dance'"),
    (["export", "rol", "-o", "a.mp4"], "no scene, panel or file 'rol'; there are gradient-descent"),
    (["export", "no.toml", "-o", "a.mp4"], "There is no file no.toml"),
    (["export", "newer.toml", "-o", "a.mp4"], "newer version of Layerscope"),
    (["export", "odd.toml", "-o", "a.mp4"], "odd.toml: There is no parameter 'sead'"),
    (["export", "roll", "-o", "."], "The folder '.' holds other things, such as 'file', among"),
    (["export", "roll", "-o", ""], "The name of the file to write is empty"),
    (["export", "roll", "-o", ".mp4"], "'.mp4' is a suffix without a name. Write film.mp4"),
    (["export", "roll", "-o", "a.avi"], "'a.avi' ends in '.avi'"),
    (["export", "roll", "-o", "no/a.mp4"], "There is no folder 'no'"),
    (["export", "roll", "-o", "folder.mp4"], "folder.mp4 is a folder, not a file"),
    (["export", "roll", "-o", "a.mp4", "--hidden", "file"], "a.mp4 cannot be written: File exists"),
    (["export", "roll", "-o", "a.gif", "--transparent"], "A .gif file has no transparency"),
    (["export", "roll", "-o", "a.mp4", "--frames", "0"], "--frames: frames is '0'; it must be at"),
    (["export", "roll", "-o", "a.mp4", "--frames", "many"], "--frames: frames is 'many'; it must"),
    (["export", "roll", "-o", "a.mp4", "--steps-per-frame", "-1"], "--steps-per-frame: "),
    (["export", "roll", "-o", "a.mp4", "--fps", "0"], "--fps: frames_per_second is '0'"),
    (["export", "roll", "-o", "a.mp4", "--fps", "nan"], "--fps: frames_per_second is 'nan'"),
    (
        ["export", "roll", "-o", "a.mp4", "--size", "big"],
        "--size is 'big'; it must be WIDTHxHEIGHT",
    ),
    (["export", "roll", "-o", "a.mp4", "--size", "²x²"], "--size is '²x²'"),
    (["export", "roll", "-o", "a.mp4", "--size", "9999x9"], "--size: width is 9999; it must be at"),
    (["export", "roll", "-o", "a.mp4", "--size", "99x9"], "--size: height is 9; it must be at le"),
    (["export", "roll", "-o", "a.mp4", "--spacing", "lag"], "--spacing: spacing is 'lag'; it mu"),
    (["export", "roll", "-o", "a.mp4", "--theme", "drak"], "Did you mean 'dark'?"),
    (["export", "roll", "-o", "a.mp4", "--device", "tpu"], "There is no device 'tpu'; there ar"),
    (["export", "roll", "-o", "a.mp4", "--set", "seed"], "--set takes PATH=VALUE, not 'seed'"),
    (["export", "roll", "-o", "a.mp4", "--set", "=3"], "--set takes PATH=VALUE, not '=3'"),
    (["export", "roll", "-o", "a.mp4", "--set", "sead=3"], "no parameter 'sead'"),
    (["export", "roll", "-o", "a.mp4", "--set", "seed=-3"], "seed is -3; it must be at least 0"),
    (["export", "roll", "-o", "a.mp4", "--set", "seed=" + "[" * 9999], "seed is '[[["),
    (["export", "roll", "-o", "a.mp4", "--set", "view.log=2"], "log is 2"),
    (["export", "roll", "-o", "a.mp4", "--set", "balls.0.colour=red"], "no parameter 'colour'"),
    (["gallery"], "the following arguments are required: -o"),
    (["gallery", "-o", "file"], "file cannot be made a folder"),
    (["open", "roll"], "There is no display to open a window on"),
    ([], "There is no display to open a window on"),
]


@pytest.mark.parametrize(("arguments", "told"), MISTAKES, ids=lambda part: str(part)[:60])
def test_a_mistake_is_a_sentence_and_exit_code_2(
    arguments: list[str],
    told: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "folder.mp4").mkdir()
    (tmp_path / "file").touch()
    (tmp_path / "newer.toml").write_text("layerscope = 9\npanel = 'roll'\n")
    (tmp_path / "odd.toml").write_text("panel = 'roll'\n[parameters]\nsead = 3\n")
    try:
        code = main(arguments)
    except SystemExit as left:  # argparse
        code = int(left.code or 0)
    sentence = said(capsys)
    assert code == 2
    assert told.lower() in sentence.lower()
    assert sentence.startswith("layerscope: ")
    assert sentence.endswith((".\n", "?\n"))
    assert sentence.count("\n") == 1
    before = ["file", "folder.mp4", "newer.toml", "odd.toml"]
    assert sorted(path.name for path in tmp_path.iterdir()) == before


# --- progress, and being stopped ---------------------------------------------------------------


def test_progress_on_a_terminal_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    assert main(["export", "roll", "-o", str(tmp_path / "a.csv"), *SMALL]) == 0
    lines = said(capsys).split("\r")
    assert [line.split(",")[0] for line in lines[1:5]] == [
        f"picture {i} of at most 4" for i in (1, 2, 3, 4)
    ]
    assert lines[-1].startswith(str(tmp_path / "a.csv"))


def test_a_process_without_a_display_tells_its_progress_in_lines(
    tmp_path: Path, installed: dict[str, str]
) -> None:
    with subprocess.Popen(
        [*PROGRAM, "export", "roll", "-o", str(tmp_path / "a.mp4"), *SMALL, "--progress", "lines"],
        cwd=ROOT,
        env=installed,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.read() == "1 4\n2 4\n3 4\n4 4\n"
        assert process.wait(60) == 0
        assert process.stderr is not None
        assert process.stderr.read() == ""
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.mp4", "site"]


def _close_input(process: "subprocess.Popen[str]") -> None:
    assert process.stdin is not None
    process.stdin.close()


def _terminate(process: "subprocess.Popen[str]") -> None:
    process.send_signal(signal.SIGTERM)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows knows no such signals")
@pytest.mark.parametrize(
    ("stop", "code", "told"),
    [
        (_close_input, 2, "The export was cancelled; nothing was written."),
        (_terminate, 130, "stopped; nothing half done was left."),
    ],
)
def test_an_export_that_is_stopped_tidies_up(
    stop: Callable[["subprocess.Popen[str]"], None],
    code: int,
    told: str,
    tmp_path: Path,
    installed: dict[str, str],
) -> None:
    (tmp_path / "a.gif").write_text("old")
    options = ["--frames", "2000", "--set", "tolerance=none", "--progress", "lines"]
    with subprocess.Popen(
        [*PROGRAM, "export", "roll", "-o", str(tmp_path / "a.gif"), *options],
        cwd=ROOT,
        env=installed,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "1 2000\n"
        assert process.stdout.readline() == "2 2000\n"
        stop(process)
        assert process.wait(60) == code
        assert process.stderr is not None
        assert process.stderr.read() == f"layerscope: {told}\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.gif", "site"]
    assert (tmp_path / "a.gif").read_text() == "old"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows knows no such signals")
def test_a_signal_interrupts_nothing_until_ctrl_c_comes_a_second_time() -> None:
    before = signal.getsignal(signal.SIGINT)
    with commands._ended_gently() as is_ended:
        assert not is_ended()
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGTERM):
            signal.raise_signal(number)
            assert is_ended()
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is before
