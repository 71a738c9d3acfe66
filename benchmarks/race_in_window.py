"""Eight optimizers that race at full speed in the window, beside the same race without a window."""

import os
import time
from typing import Any

import torch

from benchmarks.processes import beside, call, quietest, screen
from benchmarks.results import Report, Result, Spread, ratios
from benchmarks.windows import GAPS, empty_gaps, gaps_of, opened, played, taken
from kernels.simulation import advance
from visualizer.playing.apart.serving import NICE
from visualizer.playing.run import Run, build_simulation, thread_count
from visualizer.requests import requested_scene
from widgets.surface.view import SurfaceView

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
    "as many threads, in the same process while the window rests, once before ours, once after it.",
    "Ours is computed in a process of its own beside that of the window.",
    GAPS.format(beside="a process that steps the bare race"),
)


def _rows(turns: list[dict[str, Any]], name: str, *, demanded: bool) -> list[Result]:
    gaps, floor = gaps_of(turns, "gaps"), gaps_of(turns, "floor")
    middle = gaps_of(turns, "gaps", 50)
    ours, bare = (Spread(tuple(turn[key] for turn in turns)) for key in ("window", "bare"))
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
        taken(turns, name),
    ]


def race(deep: bool, repeats: int, seconds: float) -> list[dict[str, Any]]:
    """Measure in this process by turns: the bare race, an empty window, and the race in the window.

    `deep` says whether the surface in space is shown beside the map. Each turn gives "bare" and
    "window", steps/s, and "floor" and "gaps", the seconds between two frames of the empty window
    and of ours.
    """

    def turn() -> dict[str, Any]:
        before = _bare(workbench.session, seconds / 3)
        with beside("benchmarks.race_in_window:step_on"):
            floor = empty_gaps(seconds)
        steps, gaps = played(workbench.player, seconds)
        bare = (before + _bare(workbench.session, seconds / 3)) / 2
        return {"bare": bare, "floor": floor, "window": steps, "gaps": gaps}

    with opened(SCENE, [*SETTINGS, "view.left=surface"]) as (window, workbench):
        left: Any = window.findChild(SurfaceView)
        left.parentWidget().setVisible(deep)
        return quietest(turn, repeats)


def step_on() -> None:
    """Step the race without an end, as considerate as the process in which ours is computed."""
    if hasattr(os, "nice"):
        os.nice(NICE)
    run = Run(requested_scene(SCENE, SETTINGS, None))
    run.advance(CHUNK)
    print("begun", flush=True)
    while run.advance(CHUNK):
        pass


def _bare(session: Any, seconds: float) -> float:
    """Steps/s of the race of `session` without a window, after a warm-up."""
    torch.set_num_threads(thread_count(session.play))
    simulation = build_simulation(session.info, session.parameters, session.play)
    advance(simulation, CHUNK)
    began, first = time.perf_counter(), simulation.step_count
    while (now := time.perf_counter()) < began + seconds:
        advance(simulation, CHUNK)
    return (simulation.step_count - first) / (now - began)
