"""Eight optimizers that race at full speed in the window, beside the same race without a window."""

import os
import time
from typing import Any

import numpy as np

from benchmarks.processes import beside, call, screen
from benchmarks.results import Report, Result, Spread, ratios

SCENE = "gradient-descent/eight-optimizers"
HORIZON = 1_000_000  # steps: it is still running when the measurement is over
SETTINGS = (f"steps={HORIZON}", "play.steps_per_frame=0")
CHUNK = 100  # steps of the bare race between two looks at the clock
GAP, SHARE = 20.0, 0.6  # milliseconds, and steps/s of the bare race: what is demanded


def measure(*, repeats: int = 3, seconds: float = 6.0) -> Report:
    results = []
    with screen() as environment:
        for deep, name in ((False, "map, losses and numbers"), (True, "the same with the surface")):
            found = call(
                "benchmarks.race_in_window:race",
                environment,
                deep=deep,
                repeats=repeats,
                seconds=seconds,
            )
            results += _rows(found, name, demanded=not deep)
    return Report("Eight optimizers at full speed", tuple(results), NOTES)


NOTES = (
    "The peer is the same simulation stepped by `kernels.simulation.advance` with no window, with "
    "as many threads, in the same process while the window rests.",
    "Ours is computed in a process of its own beside that of the window.",
    "A gap is the time from one painted frame to the next, over all frames of a repeat; its peer "
    "is that of a window which does nothing but fill itself with one colour at the same rate, "
    "beside a process that steps the bare race: less than this no window has here.",
)


def _rows(found: dict[str, list[Any]], name: str, *, demanded: bool) -> list[Result]:
    gaps = Spread(tuple(np.percentile(some, 99) * 1000 for some in found["gaps"]))
    middle = Spread(tuple(np.percentile(some, 50) * 1000 for some in found["gaps"]))
    floor = Spread(tuple(np.percentile(some, 99) * 1000 for some in found["floor"]))
    ours, bare = Spread(tuple(found["window"])), Spread(tuple(found["bare"]))
    ratio = ratios(ours, bare)
    return [
        Result(
            measured=f"{name}: gap between frames, 99th percentile",
            ours=f"{gaps.text('ms')}, median {middle.median:.1f} ms",
            peer=floor.text("ms"),
            ratio=ratios(gaps, floor),
            demand=f"under {GAP:.0f} ms" if demanded else "",
            met=gaps.median < GAP if demanded else None,
        ),
        Result(
            measured=f"{name}: steps/s",
            ours=ours.text("steps/s"),
            peer=bare.text("steps/s"),
            ratio=ratio,
            demand=f"at least {SHARE}" if demanded else "",
            met=ratio.median >= SHARE if demanded else None,
        ),
    ]


def race(deep: bool, repeats: int, seconds: float) -> dict[str, list[Any]]:
    """Measure in this process by turns: the bare race, an empty window, and the race in the window.

    `deep` says whether the surface in space is shown beside the map. Gives "bare" and "window",
    steps/s, and "floor" and "gaps", the seconds between two frames of the empty window and of ours.
    """
    from visualizer.playing.player import prepare_process, settle_process
    from visualizer.requests import requested_scene
    from visualizer.window.app import make_application
    from visualizer.window.main_window import MainWindow
    from visualizer.window.workbench import Workbench
    from widgets.style import Style
    from widgets.surface.view import SurfaceView

    prepare_process()
    application = make_application()
    style = Style(parent=application)
    window = MainWindow(style)
    workbench = Workbench(window, style)
    window.install(workbench)
    window.show()
    workbench.open(requested_scene(SCENE, [*SETTINGS, "view.left=surface"], None))
    workbench.player.pause()
    while not workbench.player.frames:
        _spin(0.1)
    settle_process()
    left: Any = window.findChild(SurfaceView)
    left.parentWidget().setVisible(deep)
    found: dict[str, list[Any]] = {"bare": [], "floor": [], "window": [], "gaps": []}
    for _ in range(repeats):
        found["bare"].append(_bare(workbench.session, seconds / 2))
        with beside("benchmarks.race_in_window:step_on"):
            found["floor"].append(_empty(seconds))
        steps, gaps = _played(workbench.player, seconds)
        found["window"].append(steps)
        found["gaps"].append(gaps)
    window.close()
    return found


def step_on() -> None:
    """Step the race without an end, as considerate as the process in which ours is computed."""
    from visualizer.playing.apart.serving import NICE
    from visualizer.playing.run import Run
    from visualizer.requests import requested_scene

    if hasattr(os, "nice"):
        os.nice(NICE)
    run = Run(requested_scene(SCENE, SETTINGS, None))
    run.advance(CHUNK)
    print("begun", flush=True)
    while run.advance(CHUNK):
        pass


def _empty(seconds: float) -> list[float]:
    """The gaps of a window that has nothing to show but one colour, at our rate."""
    from PySide6.QtCore import Qt, QTimer
    from PySide6.QtGui import QPainter, QPaintEvent
    from PySide6.QtWidgets import QWidget

    from visualizer.playing.gate import SCREEN
    from visualizer.playing.pace import Pace

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
    _spin(seconds)
    turn.stop()
    window.close()
    gaps: list[float] = np.diff([at for at in painted if at > painted[0] + seconds / 6]).tolist()
    return gaps


def _bare(session: Any, seconds: float) -> float:
    """Steps/s of the race of `session` without a window, after a warm-up."""
    import torch

    from kernels.simulation import advance
    from visualizer.playing.run import build_simulation, thread_count

    torch.set_num_threads(thread_count(session.play))
    simulation = build_simulation(session.info, session.parameters, session.play)
    advance(simulation, CHUNK)
    began, first = time.perf_counter(), simulation.step_count
    while (now := time.perf_counter()) < began + seconds:
        advance(simulation, CHUNK)
    return (simulation.step_count - first) / (now - began)


def _played(player: Any, seconds: float) -> tuple[float, list[float]]:
    """Steps/s of the player from the start of its run on, and the gaps between its frames."""
    player.seek(0)
    player.play()
    _spin(seconds / 3)
    began, first = time.perf_counter(), player.position.step
    _spin(seconds)
    spent, steps = time.perf_counter() - began, player.position.step - first
    player.pause()
    _spin(0.3)
    gaps = np.array(player.gaps())
    recent = gaps[::-1].cumsum() < spent
    return steps / spent, gaps[::-1][recent].tolist()


def _spin(seconds: float) -> None:
    """Let Qt work for `seconds`, waiting as an application does."""
    from PySide6.QtCore import QEventLoop, QTimer

    loop = QEventLoop()
    QTimer.singleShot(round(seconds * 1000), loop.quit)
    loop.exec()
