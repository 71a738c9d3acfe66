"""Basins of attraction as the window computes them, beside the bare loop in torch."""

import sys
import time
from functools import partial
from typing import Any

from benchmarks.processes import call, headless, peak, reset_peak
from benchmarks.results import Report, Result, Spread, ratios

LEARNING_RATE = 0.05
FACTOR, MEGABYTES = 1.5, 200  # what is demanded
IS_LINUX = sys.platform.startswith("linux")


def measure(*, repeats: int = 3, side: int = 512, steps: int = 200) -> Report:
    with headless() as environment:
        size = {"side": side, "steps": steps}
        memory = {
            run: call("benchmarks.basins:memory", environment, run=run, **size)
            for run in ("ours", "bare")
            if IS_LINUX
        }
        found = call("benchmarks.basins:times", environment, repeats=repeats, **size)
    ours, bare = Spread(tuple(found["ours"])), Spread(tuple(found["bare"]))
    ratio = ratios(ours, bare)
    name = f"{side} × {side} starts, {steps} steps of Adam"
    changed = min(found["pictures"])
    shown = f"{memory['ours']:.0f} MB" if memory else "not known here"
    return Report(
        "Basins of attraction",
        (
            Result(
                measured=name,
                ours=ours.text("s"),
                peer=bare.text("s"),
                ratio=ratio,
                demand=f"under {FACTOR}",
                met=ratio.median < FACTOR,
            ),
            Result(
                measured=f"{name}: most memory above idle",
                ours=shown,
                peer=f"{memory['bare']:.0f} MB" if memory else "",
                demand=f"under {MEGABYTES} MB",
                met=memory["ours"] < MEGABYTES if memory else None,
            ),
            Result(
                measured=f"{name}: different pictures while it runs",
                ours=f"{changed}",
                demand="it grows",
                met=changed > 2,
            ),
        ),
        (
            "Ours is the simulation with its stop rules, played as in the window, which is sent "
            "some 60 frames a second; building it and its last picture are in the time.",
            "The peer is one tensor of the starts, `loss.sum().backward()` of Himmelblau's "
            "function and `torch.optim.Adam(fused=True)`, in float64 with as many threads.",
        ),
    )


def times(side: int, steps: int, repeats: int) -> dict[str, list[float]]:
    """Seconds of "ours" and of "bare", and how many different "pictures" there were in ours."""
    _played(side // 8 + 8, 3)
    _bare(side // 8 + 8, 3)
    found: dict[str, list[float]] = {"ours": [], "bare": [], "pictures": []}
    for _ in range(repeats):
        seconds, pictures = _played(side, steps)
        found["ours"].append(seconds)
        found["pictures"].append(pictures)
        found["bare"].append(_bare(side, steps))
    return found


def memory(run: str, side: int, steps: int) -> float:
    """The most memory above idle, in MB, of "ours" or of the "bare" loop.

    For a process of its own: what another run gave back would still count as idle.
    """
    runs = {"ours": _played, "bare": _bare}
    runs[run](8, 3)
    idle = reset_peak()
    runs[run](side, steps)
    return max(0.0, peak() - idle) / 2**20


def _played(side: int, steps: int) -> tuple[float, int]:
    """Seconds until the run has ended, and how many different pictures were sent meanwhile."""
    from kernels.editing import load
    from visualizer.playing.playback import Delivery, Playback
    from visualizer.playing.run import build_simulation
    from visualizer.registry import find_panel
    from visualizer.scenes.scene import Play

    info = find_panel("gradient-descent")
    asked: dict[str, Any] = {
        "objective": {"kind": "surface", "name": "himmelblau"},
        "optimizers": [{"kind": "adam", "learning_rate": LEARNING_RATE}],
        "experiment": {"kind": "basins", "resolution": side, "steps": steps},
    }
    parameters = load(info.load_parameters(), asked)
    pictures: set[bytes] = set()
    playback = Playback()

    def paint(delivery: Delivery) -> None:
        (frame,) = delivery.frames
        pictures.add(frame.labels[::4, ::4].tobytes())  # type: ignore[attr-defined]
        playback.want(delivery.generation)

    playback.delivered.connect(paint)
    playback.set_steps_per_frame(0)
    began = time.perf_counter()
    playback.load(1, [partial(build_simulation, info, parameters, Play())], 0, (0,), ())
    playback.play()
    while playback.wait() is not None:
        playback.work()
    return time.perf_counter() - began, len(pictures)


def _bare(side: int, steps: int) -> float:
    """Seconds of the loop that one would write."""
    import torch

    from kernels.device import default_threads

    torch.set_num_threads(default_threads())
    began = time.perf_counter()
    axis = torch.linspace(-5, 5, side, dtype=torch.float64)
    points = torch.cartesian_prod(axis, axis).requires_grad_()  # (side * side, 2)
    optimizer = torch.optim.Adam([points], lr=LEARNING_RATE, fused=True)
    for _ in range(steps):
        optimizer.zero_grad()
        x, y = points.unbind(-1)
        loss = (x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2  # (side * side,)
        loss.sum().backward()
        optimizer.step()
    return time.perf_counter() - began
