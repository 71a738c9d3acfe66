"""The first picture of the window, beside what it must not wait for: ``import torch``."""

import subprocess
import sys
import time
from collections.abc import Mapping

from benchmarks.processes import screen
from benchmarks.results import Report, Result, Spread, ratios

# The paint event of the window comes first, those of what is in it follow; the timer fires after.
FIRST_PAINT = """
import os, sys, time
from PySide6.QtCore import QTimer
from visualizer.window import app

class Window(app.MainWindow):
    seen = False

    def paintEvent(self, event):
        super().paintEvent(event)
        if not self.seen:
            self.seen = True
            print("torch" in sys.modules)
            QTimer.singleShot(0, self.end)

    def end(self):
        print(time.time(), flush=True)
        os._exit(0)

app.MainWindow = Window
app.run_window("gradient-descent", [], None)
"""
IMPORT_TORCH = "import time, torch; print(False); print(time.time())"


def measure(*, repeats: int = 5) -> Report:
    with screen() as environment:
        for program in (FIRST_PAINT, IMPORT_TORCH):  # from a warm disk, as the second time
            _run(program, environment)
        painted, imported, loaded = [], [], []
        for _ in range(repeats):
            seconds, torch_is_there = first_picture(environment)
            painted.append(seconds)
            loaded.append(torch_is_there)
            imported.append(_run(IMPORT_TORCH, environment)[0])
    ours, peer = Spread(tuple(painted)), Spread(tuple(imported))
    ratio = ratios(ours, peer)
    row = Result(
        measured="start of the process to the first picture of the window",
        ours=ours.text("s"),
        peer=peer.text("s"),
        ratio=ratio,
        demand="under 1, before torch is imported",
        met=ratio.median < 1 and not any(loaded),
    )
    there = sum(loaded)
    return Report(
        "Start",
        (row,),
        (
            "The peer is a fresh process that imports torch and does nothing else.",
            f"torch was being imported at the first picture in {there} of {repeats} starts.",
        ),
    )


def first_picture(environment: Mapping[str, str]) -> tuple[float, bool]:
    """Seconds from the start of a process to its window, and whether torch was there by then."""
    return _run(FIRST_PAINT, environment)


def _run(program: str, environment: Mapping[str, str]) -> tuple[float, bool]:
    """Seconds from before the process until it says so, and whether torch was there by then."""
    began = time.time()
    command = [sys.executable, "-c", program]
    said = subprocess.run(command, env=dict(environment), stdout=subprocess.PIPE, check=True)
    torch_is_there, ended = said.stdout.split()
    return float(ended) - began, torch_is_there == b"True"
