"""The guards of conftest.py do catch what they are there for."""

from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

ROOT = Path(__file__).parents[1]
SETTINGS = """
[pytest]
addopts = --strict-config --strict-markers
filterwarnings = error
qt_api = pyside6
markers =
    gl: OpenGL
    screen: a window system
"""


@pytest.fixture
def guarded(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A folder with our conftest.py, in which tests are run by a process of their own."""
    pytester.makeconftest((ROOT / "tests" / "conftest.py").read_text(encoding="utf-8"))
    pytester.makefile(".ini", pytest=SETTINGS)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    return pytester


def test_what_outlives_its_test_is_named(guarded: pytest.Pytester) -> None:
    guarded.makepyfile("""
        import threading
        import pytest
        from PySide6.QtCore import QObject, QThread, QTimer
        from PySide6.QtWidgets import QWidget

        kept = []
        go_on = threading.Event()

        def test_leaves_a_timer(qapp):
            kept.append(QTimer())
            kept[-1].start(1000)

        def test_leaves_a_qthread(qapp):
            kept.append(QThread())
            kept[-1].start()

        def test_leaves_a_thread():
            threading.Thread(target=go_on.wait, args=(5,), name="encoder", daemon=True).start()

        def test_tidy(qtbot):
            go_on.set()
            widget = QWidget()
            qtbot.addWidget(widget)
            QTimer(widget).start(1000)  # goes with its widget
            timer = QTimer()
            timer.start(1000)  # goes when its cycle is collected
            timer.itself = timer
            thread = QThread()
            inside = QTimer()
            inside.moveToThread(thread)
            thread.started.connect(inside.start)
            thread.start()
            thread.quit()
            assert thread.wait(2000)
    """)
    result = guarded.runpytest_subprocess("-p", "no:xdist")
    result.assert_outcomes(passed=4, errors=3)
    result.stdout.fnmatch_lines_random(
        [
            "*outlive the test: QTimer started at test_what_outlives*.py:*",
            "*outlive the test: QThread started at test_what_outlives*.py:*",
            "*outlive the test: the thread encoder*",
        ]
    )


def test_without_qt_the_settings_of_pytest_qt_pass(guarded: pytest.Pytester) -> None:
    guarded.makepyfile("""
        import sys

        def test_kernel():
            assert "PySide6" not in sys.modules
    """)
    guarded.runpytest_subprocess("-p", "no:pytest-qt").assert_outcomes(passed=1)


def test_what_is_required_but_not_there_is_a_failure(
    guarded: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    guarded.makepyfile("""
        import sys
        import pytest

        sys.modules["vispy"] = None

        @pytest.mark.gl
        def test_surface():
            pass

        @pytest.mark.screen
        def test_window():
            pass
    """)
    monkeypatch.setenv("EGL_PLATFORM", "surfaceless")
    monkeypatch.delenv("LAYERSCOPE_REQUIRE_GL", raising=False)
    guarded.runpytest_subprocess().assert_outcomes(skipped=2)
    monkeypatch.setenv("LAYERSCOPE_REQUIRE_GL", "1")
    monkeypatch.setenv("LAYERSCOPE_REQUIRE_SCREEN", "1")
    guarded.runpytest_subprocess().assert_outcomes(errors=2)
