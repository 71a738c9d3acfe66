"""The doctor finds whatever is wrong, and says how to mend it."""

import ctypes
import importlib.metadata
import importlib.util
import json
import re
import sys
import tomllib
from importlib.machinery import ModuleSpec
from pathlib import Path
from typing import Any

import pytest
import torch

from visualizer import doctor
from visualizer.cli import main
from visualizer.doctor import REPORTED, Finding, examine
from visualizer.registry import panels
from widgets.surface import gl
from widgets.surface.gl import OpenGL

pytestmark = pytest.mark.usefixtures("qapp")


def findings(subject: str) -> list[Finding]:
    return [finding for finding in examine() if finding.subject == subject]


def test_this_machine_is_well(capsys: pytest.CaptureFixture[str]) -> None:
    found = {finding.subject: finding for finding in examine()}
    assert {name for name, finding in found.items() if not finding.good} <= {"OpenGL"}
    assert set(found) >= {"Python", "packages", "torch", "device", "OpenGL", "codecs", "data"}
    assert found["panels"].sentence == ", ".join(info.key for info in panels())
    assert found["torch"].sentence == importlib.metadata.version("torch")
    assert "cpu" in found["device"].sentence
    assert main(["doctor"]) == int(not found["OpenGL"].good)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(examine())
    assert all(line.startswith(("ok ", "NO ")) for line in lines)


def test_every_library_that_is_needed_is_looked_at() -> None:
    project = tomllib.loads((doctor.OUR_FOLDER / "pyproject.toml").read_text())["project"]
    needed = {re.split("[<>=]", line)[0] for line in project["dependencies"]}
    assert {*REPORTED, "opencv-python-headless"} == needed


def test_the_findings_are_told_as_json(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ill = Finding("codecs", False, "There are none.")
    monkeypatch.setattr(doctor, "examine", lambda: (ill,))
    assert main(["doctor", "--json"]) == 1
    assert [Finding(**told) for told in json.loads(capsys.readouterr().out)] == [ill]


def test_a_foreign_package_is_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    elsewhere = ModuleSpec("kernels", None, origin=str(tmp_path / "kernels" / "__init__.py"))
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: elsewhere if name == "kernels" else find(name)
    )
    (finding,) = findings("kernels")
    assert not finding.good
    assert f"comes from {tmp_path / 'kernels' / '__init__.py'}, not" in finding.sentence
    assert finding.sentence.endswith(
        "in an environment of its own: 'pipx install --force .' in its folder"
    )
    assert findings("packages") == []


def test_a_package_that_is_nowhere_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert "comes from nowhere" in findings("resources")[0].sentence


def test_an_old_python_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 10, 4, "final", 0))
    (finding,) = findings("Python")
    assert not finding.good
    assert finding.sentence.startswith("3.10.4 is too old; 3.11 or newer is needed.")


def test_a_library_that_is_not_installed_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    version = importlib.metadata.version

    def lost(name: str) -> str:
        if name == "vispy":
            raise importlib.metadata.PackageNotFoundError(name)
        return version(name)

    monkeypatch.setattr(importlib.metadata, "version", lost)
    (finding,) = findings("vispy")
    assert (finding.good, finding.sentence.split(".")[0]) == (False, "vispy is not installed")


class Distribution:
    name = "opencv-python"


def test_an_opencv_with_qt_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.metadata, "distributions", lambda: [Distribution()])
    (finding,) = findings("OpenCV")
    assert not finding.good
    assert "pip uninstall opencv-python opencv-python-headless; pip install" in finding.sentence


@pytest.mark.parametrize(
    ("found", "good", "told"),
    [
        (OpenGL("hardware", "Radeon"), True, "Radeon"),
        (OpenGL("software", "llvmpipe"), True, "llvmpipe: in software, so surfaces turn slowly"),
        (OpenGL("none", reason="egl: no"), False, "There is no OpenGL (egl: no), so surfaces are"),
    ],
)
def test_opengl_is_told(
    found: OpenGL, good: bool, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gl, "opengl", lambda: found)
    (finding,) = findings("OpenGL")
    assert finding.good == good
    assert finding.sentence.startswith(told)
    assert good or "Install a graphics driver" in finding.sentence


def test_a_codec_that_is_missing_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("av.codecs_available", {"gif", "apng", "libx264", "libwebp_anim"})
    (finding,) = findings("codecs")
    assert not finding.good
    assert finding.sentence.startswith("PyAV lacks libvpx-vp9, so some films cannot be written.")


@pytest.mark.skipif(sys.platform != "linux", reason="Qt loads these on Linux")
def test_a_system_library_that_is_missing_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    load = ctypes.CDLL

    def lost(name: str, *arguments: Any, **options: Any) -> Any:
        if name and "xcb-cursor" in name:
            raise OSError(f"{name}: cannot open shared object file")
        return load(name, *arguments, **options)

    monkeypatch.setattr(ctypes, "CDLL", lost)
    (finding,) = findings("libraries")
    assert not finding.good
    assert finding.sentence.endswith("sudo apt-get install libxcb-cursor0")


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is a display")
def test_the_display_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setenv("DISPLAY", ":7")
    monkeypatch.setattr(doctor, "_answers", lambda: True)
    assert findings("display") == [Finding("display", True, ":7")]
    monkeypatch.delenv("DISPLAY")
    assert "the window needs a desktop" in findings("display")[0].sentence


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is a display")
def test_a_display_that_does_not_answer_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setenv("DISPLAY", ":7777")
    (found,) = findings("display")
    assert not found.good
    assert found.sentence.startswith(":7777 does not answer")


def test_a_graphics_card_is_told_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kernels.device.available_devices", lambda: ("cuda", "cpu"))
    monkeypatch.setattr("kernels.device.default_threads", lambda: 7)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda _: "H100")
    (finding,) = findings("device")
    assert finding.sentence == "cuda, cpu (H100); 7 threads for computing"


def test_data_that_is_missing_is_found(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(doctor, "FONTS", ("fonts/lost.ttf",))
    (finding,) = findings("data")
    assert not finding.good
    assert "Nothing named 'fonts/lost.ttf' ships" in finding.sentence
    assert "pipx install --force ." in finding.sentence
    assert main(["doctor"]) == 1
    assert "NO  data" in capsys.readouterr().out
