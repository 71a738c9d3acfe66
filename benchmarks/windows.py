"""Windows that are measured: the program's own with a scene, and an empty one."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from benchmarks.results import Result, Spread
from visualizer.playing.gate import SCREEN
from visualizer.playing.pace import Pace
from visualizer.playing.player import Player, prepare_process, settle_process
from visualizer.requests import requested_scene
from visualizer.window.app import make_application
from visualizer.window.main_window import MainWindow
from visualizer.window.workbench import Workbench
from widgets.style import Style

GAPS = (
    "A gap is the time from one painted frame to the next, over all frames of a repeat; its peer "
    "is that of a window which does nothing but fill itself with one colour at the same rate, "
    "beside {beside}: less than this no window has here. Of up to three times as many repeats "
    "those are kept in which other virtual machines took least of the processors."
)


def gaps_of(turns: Sequence[dict[str, Any]], key: str, percentile: float = 99) -> Spread:
    """A percentile of the gaps that each turn gave under `key`, in milliseconds."""
    return Spread(tuple(float(np.percentile(turn[key], percentile)) * 1000 for turn in turns))


def taken(turns: Sequence[dict[str, Any]], name: str = "") -> Result:
    """How much of the processors other machines took in `turns` of `name`."""
    named = f"{name}: " if name else ""
    stolen = Spread(tuple(100 * turn["stolen"] for turn in turns))
    return Result(
        measured=f"{named}taken of the processors by other machines", ours=stolen.text("%", 2)
    )


@contextmanager
def opened(scene: str, settings: Sequence[str]) -> Iterator[tuple[MainWindow, Workbench]]:
    """The window with `scene`, paused at its start, with the first frame on it."""
    prepare_process()
    application = make_application()
    style = Style(parent=application)
    window = MainWindow(style)
    workbench = Workbench(window, style)
    window.install(workbench)
    window.show()
    workbench.open(requested_scene(scene, settings, None))
    workbench.player.pause()
    while not workbench.player.frames:
        spin(0.1)
    settle_process()
    yield window, workbench
    window.close()


def played(player: Player, seconds: float) -> tuple[float, list[float]]:
    """Steps/s of the player from the start of its run on, and the gaps between its frames."""
    player.seek(0)
    player.play()
    spin(seconds / 3)
    began, first = time.perf_counter(), _step(player)
    spin(seconds)
    spent, steps = time.perf_counter() - began, _step(player) - first
    player.pause()
    spin(0.3)
    gaps = np.array(player.gaps())
    recent = gaps[::-1].cumsum() < spent
    return steps / spent, gaps[::-1][recent].tolist()


def _step(player: Player) -> int:
    assert player.position is not None
    return player.position.step


def empty_gaps(seconds: float) -> list[float]:
    """The gaps of a window that has nothing to show but one colour, at our rate."""
    painted: list[float] = []

    class Empty(QWidget):
        def paintEvent(self, event: QPaintEvent) -> None:
            QPainter(self).fillRect(self.rect(), Qt.GlobalColor(2 + len(painted) % 2))
            now = time.perf_counter()
            painted.append(now)
            pace.begun(now)
            turn.start(round(pace.wait(now) * 1000))

    pace = Pace(frames_per_second=SCREEN)
    window = Empty()
    window.resize(1280, 720)
    turn = QTimer(singleShot=True, timerType=Qt.TimerType.PreciseTimer)
    turn.timeout.connect(window.update)
    window.show()
    spin(seconds)
    turn.stop()
    window.close()
    gaps: list[float] = np.diff([at for at in painted if at > painted[0] + seconds / 6]).tolist()
    return gaps


def spin(seconds: float) -> None:
    """Let Qt work for `seconds`, waiting as an application does."""
    loop = QEventLoop()
    QTimer.singleShot(round(seconds * 1000), loop.quit)
    loop.exec()
