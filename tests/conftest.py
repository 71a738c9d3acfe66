"""What holds for every test: one thread for arithmetic, no display, nothing left running.

Nothing here imports Qt or torch before a test does: the tests of the kernels run where Qt is not
installed.
"""

import gc
import os
import sys
import threading
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest

os.environ.setdefault("OMP_NUM_THREADS", "1")  # read when torch is imported
if sys.platform == "linux" and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ.setdefault("EGL_PLATFORM", "surfaceless")

hypothesis.settings.register_profile("default", deadline=None)
hypothesis.settings.register_profile("ci", deadline=None, derandomize=True, database=None)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "default")

QT_SETTINGS = ("qt_api", "qt_log_level_fail", "qt_log_ignore")


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    """Know the settings of pytest-qt where it is not installed: strict-config lets them pass."""
    if not pluginmanager.hasplugin("pytest-qt"):
        for name in QT_SETTINGS:
            parser.addini(name, "a setting of pytest-qt, which is not installed")


@pytest.fixture(autouse=True)
def one_thread() -> None:
    """Torch computes with one thread, whatever the test before has set: the bits depend on it."""
    if torch := sys.modules.get("torch"):
        torch.set_num_threads(1)


# --- Qt ---------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def only_this_thread_collects(request: pytest.FixtureRequest) -> Iterator[None]:
    """No other thread destroys a widget in a cycle while there is Qt, as in the program."""
    if "qapp" in request.fixturenames:
        gc.disable()
    yield
    gc.enable()


@pytest.fixture(scope="session")
def qapp_cls() -> type:
    """QApplication, with shared OpenGL contexts: without, a floated dock goes blank."""
    from PySide6.QtCore import Qt
    from PySide6.QtWidgets import QApplication

    QApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)
    return QApplication


@pytest.fixture(scope="session")
def qapp(qapp: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The QApplication, with our typefaces, and with settings that are not those of the user."""
    from PySide6.QtCore import QSettings

    from widgets.fonts import load_fonts

    load_fonts()
    QSettings.setDefaultFormat(QSettings.Format.IniFormat)
    folder = str(tmp_path_factory.mktemp("settings"))
    for scope in (QSettings.Scope.UserScope, QSettings.Scope.SystemScope):
        QSettings.setPath(QSettings.Format.IniFormat, scope, folder)
    os.environ["XDG_DATA_HOME"] = folder
    return qapp


@pytest.fixture(autouse=True)
def nothing_outlives_the_test(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Fail a test that leaves a QThread, QTimer or Python thread running; say where it began."""
    threads = set(threading.enumerate())
    started = _watch_starts(monkeypatch) if "PySide6.QtCore" in sys.modules else []
    yield
    left = [f"the thread {thread.name}" for thread in _new_threads(threads) if _goes_on(thread)]
    if started:
        left += _still_running(started)
    if left:
        pytest.fail("These outlive the test: " + "; ".join(left), pytrace=False)


def _new_threads(before: set[threading.Thread]) -> set[threading.Thread]:
    shadows = {thread for thread in threading.enumerate() if "Dummy" in thread.name}  # of QThreads
    return set(threading.enumerate()) - before - shadows


def _goes_on(thread: threading.Thread) -> bool:
    thread.join(1)
    return thread.is_alive()


Started = list[tuple["weakref.ref[Any]", str]]


def _watch_starts(monkeypatch: pytest.MonkeyPatch) -> Started:
    """Note every QThread and QTimer that Python starts from now on, with the place in the code."""
    from PySide6.QtCore import QThread, QTimer

    started: Started = []

    def watched(original: Any) -> Any:
        def start(self: Any, *arguments: Any) -> None:
            caller = sys._getframe(1)
            place = f"{Path(caller.f_code.co_filename).name}:{caller.f_lineno}"
            started.append((weakref.ref(self), f"{type(self).__name__} started at {place}"))
            original(self, *arguments)

        return start

    for kind in (QThread, QTimer):
        monkeypatch.setattr(kind, "start", watched(kind.start))
    return started


def _still_running(started: Started) -> list[str]:
    """Which of `started` run on; they are stopped, so that the next tests are not disturbed."""
    from PySide6.QtCore import QCoreApplication, QEvent, QThread
    from shiboken6 import isValid

    def runs(thing: Any) -> bool:
        if thing is None or not isValid(thing):
            return False
        if isinstance(thing, QThread):
            return thing.isRunning()
        home = thing.thread()  # a timer stands still, though active, once its thread has ended
        return thing.isActive() and home is not None and home.isRunning()

    # What a closed widget owns goes when its deferred deletion is carried out.
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    if any(runs(reference()) for reference, _ in started):
        gc.collect()
    left = []
    for reference, name in started:
        if runs(thing := reference()):
            left.append(name)
            if isinstance(thing, QThread):
                thing.quit()
                thing.wait(2000)
            else:
                thing.stop()
    return left


# --- OpenGL and screen ------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def what_the_marks_need(request: pytest.FixtureRequest) -> None:
    """See to what the marks ``gl`` and ``screen`` promise before the test begins."""
    for mark in ("gl", "screen"):
        if request.node.get_closest_marker(mark):
            request.getfixturevalue(mark)


@pytest.fixture(scope="session")
def gl(request: pytest.FixtureRequest) -> None:
    """OpenGL is there, on screen or through EGL; else a skip, or a failure where it is required."""
    backend = "egl" if os.environ.get("EGL_PLATFORM") else "pyside6"
    if backend == "pyside6":
        request.getfixturevalue("qapp")
    _need(_opengl_problem(backend), "LAYERSCOPE_REQUIRE_GL")


@pytest.fixture(scope="session")
def screen(qapp: Any) -> None:
    """Windows have a screen to open on; else a skip, or a failure where it is required."""
    platform = qapp.platformName()
    problem = f"Qt draws on '{platform}'" if platform in {"offscreen", "minimal"} else ""
    _need(problem, "LAYERSCOPE_REQUIRE_SCREEN")


def _need(problem: str, variable: str) -> None:
    if problem and os.environ.get(variable) == "1":
        pytest.fail(f"{problem}, and {variable} is set", pytrace=False)
    if problem:
        pytest.skip(problem)


def _opengl_problem(backend: str) -> str:
    """Why vispy cannot fill one pixel; empty if it can."""
    try:
        from vispy import app, scene

        canvas = scene.SceneCanvas(size=(1, 1), bgcolor="white", app=app.Application(backend))
        drawn = canvas.render().any()  # a failure to draw is logged and leaves black
        canvas.close()
    except Exception as error:  # whatever a loader, a driver or a library raises
        return f"There is no OpenGL here ({error})"
    return "" if drawn else "OpenGL draws nothing here"
