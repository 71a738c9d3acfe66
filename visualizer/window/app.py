"""The application: what is set before Qt starts, the window, and torch behind it."""

import logging
import os
import signal
import sys
import threading
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import (
    QCoreApplication,
    QEvent,
    QMessageLogContext,
    QObject,
    QSettings,
    Qt,
    QTimer,
    QtMsgType,
    Signal,
    Slot,
    qInstallMessageHandler,
)
from PySide6.QtWidgets import QApplication

from kernels.errors import LayerscopeError
from visualizer import MISTAKE
from visualizer.playing.player import is_lingering, settle_process
from visualizer.requests import check_request, requested_scene
from visualizer.scenes.store import SUFFIX
from visualizer.window.appearance import remembered_style
from visualizer.window.garbage import GarbageCollector
from visualizer.window.loading import Loader
from visualizer.window.main_window import MainWindow
from widgets.fonts import load_fonts
from widgets.style import Style

logger = logging.getLogger("layerscope")


class Failures(QObject):
    """Brings errors that nobody caught to the window, from whatever thread they come."""

    happened = Signal(str, str)

    def install(self) -> None:
        sys.excepthook = self._report
        threading.excepthook = lambda args: self._report(
            args.exc_type, args.exc_value or args.exc_type(), args.exc_traceback
        )

    def _report(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        details = "".join(traceback.format_exception(kind, error, trace))
        logger.error(details)
        sentence = (
            str(error)
            if isinstance(error, LayerscopeError)
            else "Something went wrong inside Layerscope; what you made is still there. "
            "Save the scene, and report the details if it happens again."
        )
        self.happened.emit(sentence, details)


class Start(QObject):
    """Brings the window to life: paint it, load torch, open the scene."""

    def __init__(
        self,
        window: MainWindow,
        style: Style,
        scene: str,
        settings: Sequence[str],
        device: str | None,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._style = style
        self._wanted = (scene, settings, device)
        self._loader = Loader(scene, self)
        self._loader.loaded.connect(self._loaded)
        self._loader.failed.connect(self._failed)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Begin to load once the window is painted: a busy interpreter would hold that up."""
        if event.type() == QEvent.Type.Paint:
            watched.removeEventFilter(self)
            QTimer.singleShot(0, self._loader.start)
        return super().eventFilter(watched, event)

    @Slot()
    def _loaded(self) -> None:
        from visualizer.window.workbench import Workbench

        self._loader.wait()
        workbench = Workbench(self._window, self._style)
        self._window.install(workbench)
        once = Qt.ConnectionType.SingleShotConnection
        workbench.player.built.connect(self._settle, once)
        scene, settings, device = self._wanted
        path = Path(scene) if Path(scene).suffix.lower() == SUFFIX else None
        try:
            workbench.files.open(requested_scene(scene, settings, device), path)
        except LayerscopeError as error:
            workbench.open_default()
            self._window.warn(str(error))

    @Slot()
    def _settle(self) -> None:
        """The first run was built, so what is loaded late has been loaded, too."""
        settle_process()

    @Slot(str, str)
    def _failed(self, sentence: str, details: str) -> None:
        self._window.showLoading("Nothing can be computed.")
        self._window.warn(sentence, details)

    def is_loading(self) -> bool:
        return self._loader.isRunning()


def run_window(
    scene: str, settings: Sequence[str], device: str | None, *, full_screen: bool = False
) -> int:
    """Open the window on `scene` and run until it is closed; gives the exit code.

    Raises `LayerscopeError` if there is no such scene, or no such setting or device. Which values
    are not allowed is told in the window, since only torch can tell.
    """
    check_request(scene, settings, device)
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Qt's loop would not look at Python's handler
    application = make_application()
    failures = Failures()
    failures.install()
    style = remembered_style(application)
    window = MainWindow(style)
    failures.happened.connect(window.warn)
    start = Start(window, style, scene, settings, device)
    window.show()
    if full_screen:
        window.appearance.full_screen()
    code = application.exec()
    # Neither an import nor a step can be interrupted, and no thread may outlive Qt.
    if start.is_loading() or is_lingering():
        QSettings().sync()
        os._exit(code)
    return code


def make_application() -> QApplication:
    """The application, with what must be set before it is made."""
    os.environ.setdefault("PYQTGRAPH_QT_LIB", "PySide6")
    # A canvas that is taken into another window keeps its OpenGL context only if all share one.
    QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)
    QCoreApplication.setOrganizationName("Layerscope")
    QCoreApplication.setApplicationName("Layerscope")
    with _telling_why_no_window_opens():
        application = QApplication(["layerscope"])
    application.setApplicationDisplayName("Layerscope")
    GarbageCollector(application)
    load_fonts()
    return application


@contextmanager
def _telling_why_no_window_opens() -> Iterator[None]:
    """Where Qt finds no display it aborts the process: end it before that, with a sentence."""
    said: list[str] = []

    def listen(kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
        said.append(message)
        if kind == QtMsgType.QtFatalMsg:
            sys.stderr.write(f"layerscope: {_no_window(said[0])}\n")
            sys.stderr.flush()
            os._exit(MISTAKE)

    before = qInstallMessageHandler(listen)
    try:
        yield
    finally:
        qInstallMessageHandler(before)
        sys.stderr.writelines(f"{message}\n" for message in said)


def _no_window(reason: str) -> str:
    """What to do where Qt can open no window, of which it says `reason`."""
    names = ("QT_QPA_PLATFORM", "WAYLAND_DISPLAY", "DISPLAY")
    given = ", ".join(f"{name}={os.environ[name]}" for name in names if os.environ.get(name))
    return (
        f"No window can be opened with {given or 'this display'}: "
        f"{reason.splitlines()[0].strip(' .')}. Start Layerscope from a desktop, or write what it "
        "shows to a file with 'layerscope export gradient-descent -o demo.mp4'; 'layerscope "
        "doctor' tells whether a library is missing."
    )
