"""What a person waits for: a step of the past, and the controls of a long list."""

import time
from collections.abc import Callable
from functools import partial

from benchmarks.processes import call, headless
from benchmarks.results import Report, Result, Spread, ratios

SCENE = "gradient-descent/eight-optimizers"


def measure(*, repeats: int = 3, steps: int = 2000, rows: int = 8) -> Report:
    with headless() as environment:
        sought = call("benchmarks.waiting:seeks", environment, repeats=repeats, steps=steps)
        built = call("benchmarks.waiting:forms", environment, repeats=repeats, rows=rows)
    seek, replay = Spread(tuple(sought["seek"])), Spread(tuple(sought["replay"]))
    folded, changed = Spread(tuple(built["all"])), Spread(tuple(built["one"]))
    return Report(
        "Waiting",
        (
            Result(
                measured=f"a step back after {steps} of a race of eight",
                ours=seek.text("ms"),
                peer=replay.text("ms"),
                ratio=ratios(seek, replay),
            ),
            Result(measured=f"controls with {rows} optimizers, built", ours=folded.text("ms")),
            Result(
                measured="the longest that the window does nothing else meanwhile",
                ours=Spread(tuple(built["slice"])).text("ms"),
            ),
            Result(measured="the same, after one of them changed", ours=changed.text("ms")),
        ),
        ("The peer of the step back is the same race run again from its start.",),
    )


def seeks(repeats: int, steps: int) -> dict[str, list[float]]:
    """Milliseconds to "seek" back from the end of a race, and to "replay" it up to there."""
    from kernels.editing import load
    from visualizer.api import scene
    from visualizer.playing.ensemble import Ensemble
    from visualizer.playing.run import build_simulation
    from visualizer.registry import find_panel
    from visualizer.scenes.scene import Play

    asked, info = scene(SCENE, {"steps": 10 * steps}), find_panel("gradient-descent")
    parameters = load(info.load_parameters(), asked.parameters)
    found: dict[str, list[float]] = {"seek": [], "replay": []}
    for _ in range(repeats):
        ensemble = Ensemble([partial(build_simulation, info, parameters, Play())])
        began = time.perf_counter()
        ensemble.advance(steps)
        found["replay"].append(1000 * (time.perf_counter() - began))
        began = time.perf_counter()
        ensemble.approach(steps - 1)
        ensemble.advance(steps - 1)
        ensemble.frames()
        found["seek"].append(1000 * (time.perf_counter() - began))
    return found


def forms(repeats: int, rows: int) -> dict[str, list[float]]:
    """Milliseconds to show "all" controls of a race, and again when "one" value changed.

    The controls come in slices, of which "slice" is the longest, with what the window does between.
    """
    from PySide6.QtWidgets import QApplication

    from kernels.description import describe
    from kernels.editing import load, with_value
    from visualizer.registry import find_panel
    from visualizer.window.app import make_application
    from widgets.forms.form import ParameterForm
    from widgets.style import Style
    from widgets.theme import apply_theme

    application = QApplication.instance() or make_application()
    info = find_panel("gradient-descent")
    optimizers = [{"kind": "adam"} for _ in range(rows)]
    parameters = load(info.load_parameters(), {"optimizers": optimizers})
    changed = with_value(parameters, "optimizers.0.learning_rate", 0.02)
    style = Style(parent=application)
    apply_theme(application, style)
    found: dict[str, list[float]] = {"all": [], "slice": [], "one": []}
    for _ in range(repeats):
        form = ParameterForm(style)
        form.resize(340, 700)
        form.show()
        slices = [_timed(form.setFields, describe(parameters))]
        while form.isFilling():
            slices.append(_timed(application.processEvents))
        found["all"].append(sum(slices))
        found["slice"].append(max(slices))
        found["one"].append(_timed(form.setFields, describe(changed)))
        form.close()
    return found


def _timed(do: Callable[..., object], *arguments: object) -> float:
    began = time.perf_counter()
    do(*arguments)
    return 1000 * (time.perf_counter() - began)
