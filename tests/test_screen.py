"""On a window system, such as Xvfb: windows open, OpenGL is there, so no library is missing.

`make test` runs these on a virtual screen; elsewhere they are skipped.
"""

import pytest
from PySide6.QtGui import QOffscreenSurface, QOpenGLContext
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

pytestmark = pytest.mark.screen


def test_a_window_opens_and_shows_what_is_in_it(qtbot: QtBot) -> None:
    label = QLabel("f(w) = 3w² − 4w + 5, ∇f")
    label.setStyleSheet("background: white; color: black")
    qtbot.addWidget(label)
    with qtbot.waitExposed(label):
        label.show()
    picture = label.screen().grabWindow(label.winId()).toImage()
    colors = {
        picture.pixelColor(x, y).lightness()
        for x in range(picture.width())
        for y in range(picture.height())
    }
    assert max(colors) == 255  # the ground
    assert min(colors) < 64  # the letters


def test_qt_can_make_an_opengl_context(qapp: object) -> None:
    surface = QOffscreenSurface()
    surface.create()
    context = QOpenGLContext()
    assert context.create()
    assert context.makeCurrent(surface)
    assert context.format().version() >= (2, 1)  # what vispy's shaders need
    context.doneCurrent()


def test_opengl_contexts_are_shared(qapp: object) -> None:
    assert QOpenGLContext.globalShareContext() is not None
