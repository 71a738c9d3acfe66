"""Examines this machine: what Layerscope needs, whether it is there, how to mend what is not."""

import importlib.metadata
import importlib.util
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from resources import FONTS, resource_names, resource_path

REINSTALL = "Install Layerscope again, in an environment of its own (pipx install layerscope)."
OUR_PACKAGES = ("kernels", "widgets", "visualizer", "resources")
REPORTED = ("torch", "numpy", "pydantic", "PySide6-Essentials", "pyqtgraph", "vispy", "av")
CODECS = ("libx264", "libvpx-vp9", "libwebp_anim", "apng", "gif")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: whether it is as it should be, and a sentence."""

    subject: str
    good: bool
    sentence: str


def examine() -> tuple[Finding, ...]:
    """Look at everything, one thing after another; what fails to be looked at is a finding too."""
    findings: list[Finding] = []
    for look in (_versions, _packages, _device, _opengl, _codecs, _opencv, _data, _display):
        try:
            findings.extend(look())
        except Exception as error:  # a doctor reports whatever is broken, and goes on
            subject = look.__name__.strip("_")
            findings.append(
                Finding(subject, False, f"This cannot be examined: {error}. {REINSTALL}")
            )
    return tuple(findings)


def _versions() -> Iterator[Finding]:
    python = ".".join(map(str, sys.version_info[:3]))
    yield Finding("Python", sys.version_info >= (3, 11), f"{python}; 3.11 or newer is needed.")
    for name in REPORTED:
        try:
            yield Finding(name, True, importlib.metadata.version(name))
        except importlib.metadata.PackageNotFoundError:
            yield Finding(name, False, f"{name} is not installed. {REINSTALL}")


def _packages() -> Iterator[Finding]:
    ours = Path(__file__).resolve().parents[1]
    for name in OUR_PACKAGES:
        spec = importlib.util.find_spec(name)
        place = Path(spec.origin).resolve() if spec and spec.origin else None
        if place is None or ours not in place.parents:
            yield Finding(
                name,
                False,
                f"The package '{name}' comes from {place}, not from Layerscope; another package of "
                f"that name is installed. {REINSTALL}",
            )
    yield Finding("packages", True, f"Layerscope's own, in {ours}")


def _device() -> Iterator[Finding]:
    import torch

    from kernels.device import available_devices, default_threads

    available = available_devices()
    names = [torch.cuda.get_device_name(0)] if "cuda" in available else []
    told = ", ".join([*available, *names])
    yield Finding("device", True, f"{told}; {default_threads()} threads for computing")


def _opengl() -> Iterator[Finding]:
    from widgets.gl import opengl_support

    from visualizer.picture_sinks import ensure_application

    ensure_application()
    support = opengl_support()
    sentences = {
        "hardware": f"{support.renderer}",
        "software": f"{support.renderer}: in software, so surfaces turn slowly. "
        "A graphics driver of its own makes them smooth.",
        "none": "There is no OpenGL, so surfaces are drawn as contour maps. Install a graphics "
        "driver, or Mesa (on Debian: apt install libegl1 libgl1-mesa-dri).",
    }
    yield Finding("OpenGL", support.kind != "none", sentences[support.kind])


def _codecs() -> Iterator[Finding]:
    import av

    missing = [name for name in CODECS if name not in av.codecs_available]
    if missing:
        yield Finding("codecs", False, f"PyAV lacks {', '.join(missing)}. Install PyAV from PyPI.")
    else:
        yield Finding("codecs", True, ", ".join(CODECS))


def _opencv() -> Iterator[Finding]:
    installed = {d.name.lower() for d in importlib.metadata.distributions() if d.name}
    if "opencv-python" in installed or "opencv-contrib-python" in installed:
        yield Finding(
            "OpenCV",
            False,
            "The package opencv-python brings a Qt of its own, which can keep the window from "
            "opening. Remove it: pip uninstall opencv-python; pip install opencv-python-headless",
        )
    else:
        version = importlib.metadata.version("opencv-python-headless")
        yield Finding("OpenCV", True, f"{version}, without a Qt of its own")


def _data() -> Iterator[Finding]:
    for name in FONTS:
        resource_path(name)
    yield Finding("data", True, f"{len(resource_names())} files, typefaces among them")


def _display() -> Iterator[Finding]:
    from PySide6.QtGui import QGuiApplication

    platform = QGuiApplication.platformName() or "none yet"
    yield Finding("Qt platform", True, platform)
