"""Examines this machine: what Layerscope needs, whether it is there, how to mend what is not."""

import ctypes
import importlib.metadata
import importlib.util
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from resources import FONTS, resource_names, resource_path

REINSTALL = (
    "Install Layerscope again, in an environment of its own: 'pipx install --force .' in its folder"
)
OUR_PACKAGES = ("kernels", "widgets", "visualizer", "resources")
OUR_FOLDER = Path(__file__).resolve().parents[1]
OLDEST_PYTHON = (3, 11)
PATIENCE = 20  # seconds in which a display has to answer
REPORTED = (  # all that Layerscope needs, but OpenCV, of which there are several
    "torch",
    "numpy",
    "pydantic",
    "PySide6-Essentials",
    "pyqtgraph",
    "contourpy",
    "vispy",
    "av",
    "safetensors",
    "numba",
    "ziamath",
    "tomli-w",
)
CODECS = ("libx264", "libvpx-vp9", "libwebp_anim", "apng", "gif")
WITH_QT = ("opencv-python", "opencv-contrib-python")  # each brings a Qt of its own
LIBRARIES = {  # that Qt loads on Linux, and the Debian package of each
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: whether it is as it should be, and a sentence."""

    subject: str
    good: bool
    sentence: str


def examine() -> tuple[Finding, ...]:
    """Look at everything, one thing after another; what fails to be looked at is a finding too."""
    findings: list[Finding] = []
    for subject, look in {
        "Python": _python,
        "packages": _packages,
        "versions": _versions,
        "OpenCV": _opencv,
        "device": _device,
        "libraries": _libraries,
        "display": _display,
        "OpenGL": _opengl,
        "codecs": _codecs,
        "data": _data,
        "panels": _panels,
    }.items():
        try:
            findings.extend(look())
        except Exception as error:  # a doctor reports whatever is broken, and goes on
            told = f"This cannot be examined: {error or type(error).__name__}. {REINSTALL}"
            findings.append(Finding(subject, False, told))
    return tuple(findings)


def foreign_packages() -> Iterator[Finding]:
    """Those of our packages in whose place another one of that name is imported."""
    for name in OUR_PACKAGES:
        spec = importlib.util.find_spec(name)
        place = Path(spec.origin).resolve() if spec is not None and spec.origin else None
        if place is None or place.parent != OUR_FOLDER / name:
            yield Finding(
                name,
                False,
                f"The package '{name}' comes from {place or 'nowhere'}, not from Layerscope in "
                f"{OUR_FOLDER}: another package has that name. {REINSTALL}",
            )


def _python() -> Iterator[Finding]:
    good = sys.version_info >= OLDEST_PYTHON
    version = ".".join(map(str, sys.version_info[:3]))
    oldest = ".".join(map(str, OLDEST_PYTHON))
    told = version if good else f"{version} is too old; {oldest} or newer is needed. {REINSTALL}"
    yield Finding("Python", good, told)


def _packages() -> Iterator[Finding]:
    foreign = tuple(foreign_packages())
    yield from foreign or (Finding("packages", True, f"Layerscope's own, in {OUR_FOLDER}"),)


def _versions() -> Iterator[Finding]:
    for name in REPORTED:
        try:
            yield Finding(name, True, importlib.metadata.version(name))
        except importlib.metadata.PackageNotFoundError:
            yield Finding(name, False, f"{name} is not installed. {REINSTALL}")


def _opencv() -> Iterator[Finding]:
    installed = {d.name.lower() for d in importlib.metadata.distributions() if d.name}
    if found := sorted(installed & set(WITH_QT)):
        told = (
            f"{found[0]} brings a Qt of its own, which can keep the window from opening. Mend it "
            f"with: pip uninstall {' '.join(found)} opencv-python-headless; "
            "pip install opencv-python-headless"
        )
        yield Finding("OpenCV", False, told)
    else:
        version = importlib.metadata.version("opencv-python-headless")
        yield Finding("OpenCV", True, f"{version}, without a Qt of its own")


def _device() -> Iterator[Finding]:
    import torch

    from kernels.device import available_devices, default_threads

    available = available_devices()
    name = f" ({torch.cuda.get_device_name(0)})" if "cuda" in available else ""
    threads = default_threads()
    told = f"{', '.join(available)}{name}; {threads} thread{'s' * (threads > 1)} for computing"
    yield Finding("device", True, told)


def _libraries() -> Iterator[Finding]:
    if not sys.platform.startswith("linux"):
        return
    missing = [name for name in LIBRARIES if not _is_library(name)]
    if missing:
        packages = " ".join(LIBRARIES[name] for name in missing)
        told = (
            f"Qt needs {', '.join(missing)} to open a window. Install what brings them, on Debian "
            f"with: sudo apt-get install {packages}"
        )
        yield Finding("libraries", False, told)
    else:
        yield Finding("libraries", True, "all that Qt loads is there")


def _is_library(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def _display() -> Iterator[Finding]:
    display = os.environ.get("WAYLAND_DISPLAY") or os.environ.get("DISPLAY")
    if sys.platform.startswith("linux") and not display:
        yield Finding("display", True, "none here: exports work, the window needs a desktop")
    elif sys.platform.startswith("linux") and not _answers():
        told = f"{display} does not answer: exports work; start the window from a desktop"
        yield Finding("display", False, told)
    else:
        yield Finding("display", True, display or "there")


def _answers() -> bool:
    """Whether Qt can open a window here; tried in a process of its own, since Qt aborts if not."""
    environment = {name: value for name, value in os.environ.items() if name != "QT_QPA_PLATFORM"}
    opens = "from PySide6.QtGui import QGuiApplication; QGuiApplication([])"
    command = [sys.executable, "-c", opens]
    try:
        done = subprocess.run(
            command, env=environment, capture_output=True, check=False, timeout=PATIENCE
        )
    except subprocess.TimeoutExpired:  # a display on a network that is gone
        return False
    return done.returncode == 0


def _opengl() -> Iterator[Finding]:
    from visualizer.exporting.offscreen import ensure_application
    from widgets.surface.gl import opengl

    ensure_application()
    found = opengl()
    told = {
        "hardware": found.renderer,
        "software": f"{found.renderer}: in software, so surfaces turn slowly; "
        "a graphics driver makes them smooth",
        "none": f"There is no OpenGL ({found.reason}), so surfaces are drawn as contour maps. "
        "Install a graphics driver, or Mesa, on Debian with: "
        "sudo apt-get install libegl1 libegl-mesa0 libgl1-mesa-dri",
    }
    yield Finding("OpenGL", found.support != "none", told[found.support])


def _codecs() -> Iterator[Finding]:
    import av

    missing = [name for name in CODECS if name not in av.codecs_available]
    told = (
        f"PyAV lacks {', '.join(missing)}, so some films cannot be written. Install PyAV from "
        "PyPI: pip install --force-reinstall --only-binary av av"
        if missing
        else ", ".join(CODECS)
    )
    yield Finding("codecs", not missing, told)


def _data() -> Iterator[Finding]:
    from visualizer.scenes.store import find_scene, shipped_scenes

    for name in FONTS:
        resource_path(name)
    for name in shipped_scenes():
        find_scene(name)
    told = f"{len(resource_names())} files, {len(shipped_scenes())} scenes and the typefaces"
    yield Finding("data", True, told)


def _panels() -> Iterator[Finding]:
    from visualizer.registry import broken_panels, panels

    for sentence in broken_panels().values():
        yield Finding("panels", False, sentence)
    if not broken_panels():
        yield Finding("panels", True, ", ".join(info.key for info in panels()))
