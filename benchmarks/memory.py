"""The memory of long runs with all that is kept to go back: the hour of a lecture."""

import sys
import time
from functools import partial

from benchmarks.processes import call, headless, peak, reset_peak
from benchmarks.results import Report, Result

MEGA = 2**20
AROUND = 64  # MiB beside the kept moments: what the allocator holds, and the frames on their way
RUNS = {  # name: scene settings, steps that an hour has, seconds at most
    "2-4-2-1, an hour at its scene's 90 steps/s": (("epochs=100000",), 324_000, 900.0),
    "784-512-512-10 on MNIST, until much was kept and let go": (
        ("dataset=mnist", "network=784-512-512-10", "epochs=1000"),
        10**9,
        240.0,
    ),
}


def measure(*, repeats: int = 1, seconds: float | None = None) -> Report:
    results = []
    for name, (settings, steps, most) in RUNS.items():
        with headless() as environment:
            found = call(
                "benchmarks.memory:grown",
                environment,
                settings=settings,
                steps=steps,
                seconds=most if seconds is None else seconds,
            )
        limit = found["budget"] + AROUND
        results.append(
            Result(
                measured=f"{name}: most memory above that of its first step",
                ours=f"{found['peak']:.0f} MiB" if found["peak"] else "not known here",
                peer=f"{found['budget']:.0f} MiB for kept moments",
                demand=f"under {limit:.0f} MiB",
                met=found["peak"] < limit if found["peak"] else None,
            )
        )
        results.append(
            Result(
                measured=f"{name}: steps done, moments kept",
                ours=f"{found['steps']:,.0f} steps, {found['moments']:.0f} moments "
                f"of {found['kept']:.0f} MiB in all",
            )
        )
    return Report("Memory of a long run", tuple(results), NOTES)


NOTES = (
    "The run goes as it does in the window, with the moments that are kept to go back to any step; "
    f"{AROUND} MiB are allowed for what the memory allocator holds beside them.",
)


def grown(settings: list[str], steps: int, seconds: float) -> dict[str, float]:
    """MiB: the "peak" above the first step, the "budget", and what is "kept" of moments."""
    from visualizer.playing.ensemble import Ensemble
    from visualizer.playing.run import Run, build_simulation
    from visualizer.requests import requested_scene

    scene = requested_scene("training", settings, None)
    run = Run(scene)
    ensemble = Ensemble([partial(build_simulation, run.info, run.parameters, scene.play)])
    ensemble.advance(1)
    ensemble.frames()
    before = reset_peak() if sys.platform == "linux" else 0.0
    began = time.perf_counter()
    while ensemble.step < steps and time.perf_counter() - began < seconds:
        ensemble.advance(steps, seconds=1.0)
        ensemble.frames()
    timeline = ensemble.timeline
    return {
        "peak": (peak() - before) / MEGA if sys.platform == "linux" else 0.0,
        "budget": timeline.budget / MEGA,
        "kept": timeline.size / MEGA,
        "moments": float(len(timeline.moments)),
        "steps": float(ensemble.step),
    }
