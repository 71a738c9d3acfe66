"""Fresh processes to measure in, with a virtual screen and settings of their own."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

TRIES = 3  # times as many turns as are wanted, at most
QUIET = 0.01  # of the processors, that others may take in a turn
XVFB = ("-screen", "0", "1920x1080x24", "-ac", "-nolisten", "tcp", "+extension", "GLX", "+render")


def call(function: str, environment: Mapping[str, str], **arguments: Any) -> Any:
    """What ``module:name`` gives for `arguments`, called in a process of its own; all of it JSON.

    What that process has to say goes to standard error.
    """
    command = [sys.executable, "-m", "benchmarks.child", function, json.dumps(arguments)]
    done = subprocess.run(command, env=dict(environment), stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout.splitlines()[-1])


@contextmanager
def beside(function: str, **arguments: Any) -> Iterator[None]:
    """``module:name`` runs in a process of its own, from its first line of output on."""
    command = [sys.executable, "-m", "benchmarks.child", function, json.dumps(arguments)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        try:
            yield
        finally:
            process.kill()


@contextmanager
def screen() -> Iterator[dict[str, str]]:
    """The environment of a process that opens windows where nobody sees them.

    On Linux that is an Xvfb, or Qt's offscreen platform without one; elsewhere it is the screen.
    """
    with _settings_of_its_own() as environment:
        if not sys.platform.startswith("linux"):
            yield environment
        elif not shutil.which("Xvfb"):
            yield environment | {"QT_QPA_PLATFORM": "offscreen"}
        else:
            command = ("Xvfb", "-displayfd", "1", *XVFB)
            with subprocess.Popen(
                command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
            ) as server:
                assert server.stdout is not None
                display = server.stdout.readline().strip()
                try:
                    yield environment | {"QT_QPA_PLATFORM": "xcb", "DISPLAY": f":{display}"}
                finally:
                    server.terminate()


@contextmanager
def headless() -> Iterator[dict[str, str]]:
    """The environment of a process that draws into memory only."""
    with _settings_of_its_own() as environment:
        yield environment | {"QT_QPA_PLATFORM": "offscreen"}


@contextmanager
def _settings_of_its_own() -> Iterator[dict[str, str]]:
    with tempfile.TemporaryDirectory(prefix="layerscope-bench-") as folder:
        software = {"EGL_PLATFORM": "surfaceless", "LIBGL_ALWAYS_SOFTWARE": "1"}
        yield {**os.environ, **software, "XDG_CONFIG_HOME": folder, "XDG_RUNTIME_DIR": folder}


def quietest(turn: Callable[[], dict[str, Any]], count: int) -> list[dict[str, Any]]:
    """What `count` turns gave, each with "stolen", the share of the processors that others took.

    On a virtual machine others may take much, and then neither ours nor a peer is measured: of up
    to three times as many turns those are kept in which they took least. What was measured has no
    part in that. Where `count` were quiet there are no more.
    """
    turns: list[dict[str, Any]] = []
    for _ in range(TRIES * count):
        began, before = time.perf_counter(), _stolen()
        found = turn()
        spent = (time.perf_counter() - began) * (os.cpu_count() or 1)
        turns.append({**found, "stolen": (_stolen() - before) / spent})
        if sum(each["stolen"] < QUIET for each in turns) == count:
            break
    return sorted(turns, key=lambda each: each["stolen"])[:count]


def _stolen() -> float:
    """Seconds of the processors that other virtual machines took; 0 where that is not told."""
    try:
        with open("/proc/stat") as file:
            ticks = int(file.readline().split()[8])
    except (OSError, IndexError, ValueError):
        return 0.0
    return ticks / os.sysconf("SC_CLK_TCK")


def reset_peak() -> float:
    """The memory in use, in bytes; its peak is counted from now on. Linux only."""
    with open("/proc/self/clear_refs", "w") as file:
        file.write("5")
    return _status("VmRSS")


def peak() -> float:
    """The most memory since that, in bytes. Linux only."""
    return _status("VmHWM")


def _status(name: str) -> float:
    with open("/proc/self/status") as file:
        line = next(line for line in file if line.startswith(name))
    return float(line.split()[1]) * 1024
