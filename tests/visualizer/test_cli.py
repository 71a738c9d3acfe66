"""The command line: what it prints, its exit codes, and a sentence for every mistake."""

import importlib.metadata
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kernels.description import catalogue
from kernels.device import available_devices
from kernels.errors import ParameterError
from visualizer import commands
from visualizer.cli import main
from visualizer.exporting import export
from visualizer.registry import PANELS, PanelInfo
from visualizer.requests import check_request, requested_scene, requested_settings
from visualizer.scenes.scene import Scene
from visualizer.scenes.store import save_scene

pytestmark = pytest.mark.usefixtures("toy", "qapp")

ROOT = Path(__file__).parents[2]
PROGRAM = [sys.executable, "-m", "visualizer"]
SMALL = ["--size", "160x96", "--frames", "4", "--set", "tolerance=none"]


@pytest.fixture
def installed(tmp_path: Path) -> dict[str, str]:
    """The environment of a process that has no display, where a package brings the toy panel."""
    package = tmp_path / "site" / "toy_layerscope-1.0.dist-info"
    package.mkdir(parents=True)
    (package / "METADATA").write_text("Metadata-Version: 2.1\nName: toy-layerscope\nVersion: 1.0\n")
    (package / "entry_points.txt").write_text(
        "[layerscope.panels]\nroll = tests.visualizer.toy_panel:INFO\n"
    )
    kept = {name: value for name, value in os.environ.items() if "DISPLAY" not in name}
    for name in ("QT_QPA_PLATFORM", "EGL_PLATFORM"):
        kept.pop(name, None)
    return kept | {"PYTHONPATH": f"{package.parent}{os.pathsep}{ROOT}"}


def said(capsys: pytest.CaptureFixture[str]) -> str:
    """What was said on standard error, if nothing was printed."""
    out, err = capsys.readouterr()
    assert out == ""
    return err


# --- export ------------------------------------------------------------------------------------


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


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a=3", 3),
        ("a = 3.5 ", 3.5),
        ("a=true", True),
        ("a=[1, 2]", [1, 2]),
        ("a='x'", "x"),
        ("a=sgd", "sgd"),
        ("a=x*y = 3", "x*y = 3"),
        ("a=", ""),
        ("a=3\nb=4", "3\nb=4"),
        ("a=1_0", 10),
    ],
)
def test_a_value_is_read_as_toml_or_as_a_text(
    text: str, value: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[Any] = []
    monkeypatch.setattr(
        "visualizer.requests.changed_scene", lambda scene, changes: given.append(changes) or scene
    )
    requested_scene("roll", [text], None)
    assert given == [{}, {"a": value}]  # what the scene holds is looked at by itself


def test_later_settings_overrule_earlier_ones_and_the_device_is_one_of_play() -> None:
    scene = requested_scene("roll", ["seed=1", "play.frames=3", "seed=2"], "cpu")
    assert (scene.parameters["seed"], scene.play.frames, scene.play.device) == (2, 3, "cpu")


def test_a_size_is_read() -> None:
    for text in ("1920x1080", " 1920X1080 ", "1920×1080"):
        settings = requested_settings({}, text)
        assert (settings.width, settings.height) == (1920, 1080)
    with pytest.raises(ParameterError):
        requested_settings({}, "1920x1080x3")


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


def test_a_reader_who_has_read_enough_does_no_harm(installed: dict[str, str]) -> None:
    with subprocess.Popen(
        [*PROGRAM, "panels"],
        cwd=ROOT,
        env=installed,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        assert process.stderr.read() == ""
        assert process.wait(60) == 0


# --- panels ------------------------------------------------------------------------------------


def test_panels_are_listed_with_their_parameters(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["panels"]) == 0
    out = capsys.readouterr().out
    assert "roll: Rolling balls. Balls roll down a bowl.\n" in out
    for line in (
        "  ground = bowl  (variant, bowl, table)\n      What they roll on.\n",
        "  ground.curvature = 2.0  (number, > 0, ≤ 100; with ground.kind=bowl)\n      How steep",
        "  balls.N.start = (3.0, -1.0)  (vector)\n",
        "  seed = 0  (integer, ≥ 0, ≤ 4294967295)\n",
        "  view.phase = batch  (choice, batch, forward, loss, backward, update)\n",
        "  play.steps_per_frame = 1  (integer, ≥ 0, ≤ 1000000)\n",
    ):
        assert line in out
    for info in PANELS:
        assert f"{info.key}: {info.title}. {info.summary}\n" in out


def test_panels_are_listed_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["panels", "--json"]) == 0
    text = capsys.readouterr().out
    listed = json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
    assert [panel["key"] for panel in listed] == [*(info.key for info in PANELS), "roll"]
    views = [{field["path"]: field["help"] for field in panel["view"]} for panel in listed]
    assert all(views[:-1])
    assert all(text.endswith(".") for view in views for text in view.values())
    fields = {field["path"]: field for field in listed[-1]["parameters"]}
    assert fields["balls"]["default"] == [
        {"name": "ball", "learning_rate": 0.1, "start": [3.0, -1.0]}
    ]
    assert fields["balls"]["rows"] == [1, 8]
    assert fields["balls.N.learning_rate"] == {
        "path": "balls.N.learning_rate",
        "type": "number",
        "help": "How far it goes.",
        "default": 0.1,
        "exclusive_minimum": 0,
        "maximum": 10,
        "scale": "log",
        "live": True,
    }
    assert fields["ground.curvature"]["when"] == "ground.kind=bowl"
    assert fields["seed"]["minimum"] == 0
    assert fields["tolerance"] == {
        "path": "tolerance",
        "type": "number",
        "help": "When they have arrived.",
        "default": 0.001,
        "minimum": 0,
        "optional": True,
    }
    assert {field["path"] for field in listed[-1]["play"]} >= {"frames", "device", "threads"}


@pytest.mark.parametrize("key", [*(info.key for info in PANELS), "roll"])
def test_every_parameter_is_listed_and_can_be_set(key: str, toy: PanelInfo) -> None:
    info = {info.key: info for info in (*PANELS, toy)}[key]
    told = commands._panel_told(info)["parameters"]
    assert [field["path"] for field in told] == [f.path for f in catalogue(info.load_parameters())]
    assert all(field["help"] and field["type"] for field in told)
    defaults = [
        f"{field['path']}={json.dumps(field['default'])}"
        for field in told
        if field["default"] is not None and field["type"] != "list"
        if ".N" not in field["path"] and "when" not in field
    ]
    assert defaults
    requested_scene(key, defaults, None)


# --- the rest ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [["--help"], ["export", "--help"], ["open", "--help"], ["gallery", "--help"], ["panels", "-h"]],
)
def test_help_is_there(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(arguments)
    assert left.value.code == 0
    assert "usage: layerscope" in capsys.readouterr().out


def test_the_version_is_told(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.metadata, "version", {"layerscope": "1.2.3"}.__getitem__)
    with pytest.raises(SystemExit) as left:
        main(["--version"])
    assert left.value.code == 0
    assert capsys.readouterr().out == "layerscope 1.2.3\n"


def test_help_loads_nothing_that_it_does_not_need() -> None:
    code = """
import sys
from visualizer.cli import main
try:
    main(["--help"])
except SystemExit:
    print("torch" in sys.modules, "PySide6" in sys.modules, "pydantic" in sys.modules)
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "False False False"


def test_the_window_is_given_what_was_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[Any] = []

    def window(*arguments: Any, **options: Any) -> int:
        given.append((arguments, options))
        return 0

    monkeypatch.setattr("visualizer.window.app.run_window", window)
    monkeypatch.setenv("DISPLAY", ":0")
    assert main([]) == 0
    assert main(["open", "a.toml", "--set", "seed=3", "--device", "cpu", "--full-screen"]) == 0
    assert given == [
        (("gradient-descent", [], None), {"full_screen": False}),
        (("a.toml", ["seed=3"], "cpu"), {"full_screen": True}),
    ]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["nothing"], "There is no scene, panel or file 'nothing'"),
        (["no.toml"], "There is no file no.toml"),
        (["bad.toml"], "bad.toml is not a TOML file"),
        (["other.toml"], "other.toml: There is no panel 'other'"),
        (["--set", "seed"], "--set takes PATH=VALUE, not 'seed'"),
        (["--set", "a..b=3"], "--set takes PATH=VALUE, not 'a..b=3'"),
        (["--set", "play.frames=0"], "frames is 0; it must be at least 1"),
        (["--set", "play.device=tpu"], "There is no device 'tpu'; there are auto, cpu, cuda and"),
        (["--device", "cpu:x"], "There is no device 'cpu:x'"),
    ],
)
def test_a_mistake_is_told_before_there_is_a_window(
    arguments: list[str],
    told: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bad.toml").write_text("panel = ")
    (tmp_path / "other.toml").write_text("panel = 'other'")
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setattr("visualizer.window.app.make_application", pytest.fail)
    assert main(["open", *arguments]) == 2
    assert told in said(capsys)


@pytest.mark.parametrize("device", ["auto", "cpu", "cuda", "mps", *available_devices(), "cuda:1"])
def test_every_device_that_could_be_there_can_be_asked_for(device: str) -> None:
    check_request("roll", ["seed=-3"], device)  # of values, torch must be asked


def test_a_foreign_package_in_our_place_is_told(tmp_path: Path) -> None:
    (tmp_path / "kernels").mkdir()
    (tmp_path / "kernels" / "__init__.py").write_text("from_somebody_else = True\n")
    code = (
        "import sys; "  # as installed from a wheel: the finder of an editable one would help out
        "sys.meta_path[:] = [f for f in sys.meta_path if 'editable' not in str(f).lower()]; "
        "from visualizer.cli import main; sys.exit(main(['panels']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.startswith(f"layerscope: The package 'kernels' comes from {tmp_path}")
    assert "pipx install --force ." in done.stderr


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs a device that is always full")
@pytest.mark.parametrize("unbuffered", ["", "1"])  # full at the end, or at the first line
def test_a_disk_too_full_for_what_is_printed_is_told(unbuffered: str) -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [*PROGRAM, "panels", "--json"],
            cwd=ROOT,
            env={**os.environ, "PYTHONUNBUFFERED": unbuffered},
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
        )
    assert done.returncode == 2
    assert done.stderr == (
        "layerscope: The disk is full; what was to be printed is cut off. Make room.\n"
    )


def test_a_library_that_is_missing_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise ModuleNotFoundError("No module named 'av'")

    monkeypatch.setattr(export, "export", fail)
    assert main(["export", "roll", "-o", str(tmp_path / "a.mp4")]) == 2
    assert said(capsys) == (
        "layerscope: No module named 'av'. 'layerscope doctor' says what is missing and how to "
        "mend it.\n"
    )


def test_the_gallery_is_drawn(
    monkeypatch: pytest.MonkeyPatch,
    toy: PanelInfo,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("visualizer.gallery.panels", lambda: (toy,))
    monkeypatch.setattr("visualizer.gallery.shipped_scenes", lambda: ())
    assert main(["gallery", "-o", str(tmp_path / "deep" / "gallery")]) == 0
    assert capsys.readouterr().out == f"{tmp_path}/deep/gallery/roll.png\n"
