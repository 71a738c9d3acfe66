"""OpenGL without a window: what this machine has, and the one context that draws pictures.

Everything deep is drawn off screen and painted as a picture. That works on every driver alike, in
the window as in an export, and spares the known ills of native canvases inside Qt: docks that
float (vispy #1759), a picture before the first show (vispy #2349), software drivers that stall the
window.
"""

import os
import re
import sys
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from PySide6.QtGui import QGuiApplication
from vispy import app, gloo

Support = Literal["hardware", "software", "none"]

_SOFTWARE = re.compile(r"llvmpipe|softpipe|swrast|swiftshader|software|basic render", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class OpenGL:
    """What OpenGL there is: its kind, the driver's own name, and why there is none."""

    support: Support
    renderer: str = ""
    reason: str = ""


@cache
def offscreen_canvas() -> Any:
    """The canvas whose context draws all pictures; it is never shown. Raises if there is no OpenGL.

    On Linux EGL is taken, which needs no display and works beside Qt in one process; elsewhere,
    and where EGL fails, a hidden canvas of Qt.
    """
    problems = []
    for backend in _backends():
        try:
            canvas = app.Canvas(app=app.Application(backend), size=(16, 16), show=False)
            canvas.set_current()
            gloo.gl.glGetParameter(gloo.gl.GL_RENDERER)
        except Exception as error:  # each backend fails in ways of its own
            problems.append(f"{backend}: {error or type(error).__name__}")
        else:
            return canvas
    raise RuntimeError("; ".join(problems) or "no backend can draw off screen here")


@cache
def opengl() -> OpenGL:
    """What OpenGL this machine has; asked once."""
    try:
        canvas = offscreen_canvas()
    except RuntimeError as error:
        return OpenGL("none", reason=" ".join(str(error).split()))
    canvas.set_current()
    renderer = str(gloo.gl.glGetParameter(gloo.gl.GL_RENDERER))
    return OpenGL("software" if _SOFTWARE.search(renderer) else "hardware", renderer)


def _backends() -> list[str]:
    backends = []
    if sys.platform.startswith("linux"):
        os.environ.setdefault("EGL_PLATFORM", "surfaceless")
        backends.append("egl")
    if QGuiApplication.instance() and QGuiApplication.platformName() != "offscreen":
        backends.append("pyside6")
    return backends
