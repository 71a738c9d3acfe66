"""Garbage: widgets in it are destroyed in the thread of the window, whoever makes more of it."""

import gc
import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from visualizer.window.garbage import GarbageCollector

MUCH = 100_000  # objects, which let Python collect several generations


@pytest.fixture
def collector() -> Iterator[GarbageCollector]:
    gc.enable()
    made = GarbageCollector()
    yield made
    made.deleteLater()


class Lost(QWidget):
    """A widget that only itself refers to."""

    def __init__(self, ended: list[threading.Thread]) -> None:
        super().__init__()
        self._me = self
        self.destroyed.connect(
            lambda: ended.append(threading.current_thread()), Qt.ConnectionType.DirectConnection
        )


def make_much() -> None:
    made: list[list[int]] = [[] for _ in range(MUCH)]
    assert len(made) == MUCH


def test_a_lost_widget_is_destroyed_in_the_thread_of_the_window(
    qtbot: QtBot, collector: GarbageCollector
) -> None:
    ended: list[threading.Thread] = []
    Lost(ended)
    thread = threading.Thread(target=make_much)
    thread.start()
    thread.join()
    assert ended == []
    qtbot.waitUntil(lambda: ended != [])
    assert ended == [threading.main_thread()]


def test_the_program_collects_so() -> None:
    code = """
import gc
from visualizer.window.app import make_application
from visualizer.window.garbage import GarbageCollector
application = make_application()
assert application.findChildren(GarbageCollector)
assert not gc.isenabled()
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=100)
