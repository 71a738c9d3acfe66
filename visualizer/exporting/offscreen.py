"""Qt without a display: an application to draw with, where no window is wanted."""

import sys
from functools import cache

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QApplication

from widgets.fonts import load_fonts
from widgets.style import TEXT_FAMILY


def ensure_application() -> QApplication:
    """The application that Qt needs to draw; one without any display if there is none yet."""
    running = QApplication.instance()
    application = running if isinstance(running, QApplication) else _own_application()
    if TEXT_FAMILY not in QFontDatabase.families():
        load_fonts()
    return application


@cache  # Qt does not keep it alive
def _own_application() -> QApplication:
    if not sys.platform.startswith("linux"):
        return QApplication(["layerscope"])
    qInstallMessageHandler(_tell)
    return QApplication(["layerscope", "-platform", "offscreen"])


def _tell(kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
    """Say what Qt says, but for what it says of every widget without a display."""
    if "propagateSizeHints" not in message:
        sys.stderr.write(f"{message}\n")
