"""The command line: what it prints, its exit codes, and a sentence for every mistake."""

import importlib.metadata
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from kernels.description import catalogue
from tests.visualizer.terminal import PROGRAM, ROOT, said
from visualizer import commands
from visualizer.cli import main
from visualizer.exporting import export
from visualizer.registry import PANELS, PanelInfo
from visualizer.requests import requested_scene

pytestmark = pytest.mark.usefixtures("toy", "qapp")


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
