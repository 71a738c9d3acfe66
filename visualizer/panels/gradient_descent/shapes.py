"""Frames of a race as shapes to be drawn: paths, loss curves, arrows, markers."""

from collections.abc import Callable

import numpy as np

from kernels.descent.race_frame import RaceFrame
from kernels.objectives.catalogue import Objective
from kernels.simulation import Array
from visualizer.panels.gradient_descent.view import ArrowsView
from widgets.numbers import format_compact, format_number
from widgets.plots.contour_plot import Markers
from widgets.plots.legend import Entry
from widgets.plots.shapes import Arrows, Curve, Label, Path, Squares
from widgets.style import Style

GRADIENT, MOMENTUM, STEP = "#c2255c", "#7048e8", "text"
LARGEST_SQUARE = 60.0  # px at factor 1


def loss_curves(
    frame: RaceFrame, style: Style, measure: Callable[[Array], Array] | None = None
) -> list[Curve]:
    """The loss of each racer against the step, or what `measure` makes of all losses, (R, T)."""
    marks = [style.mark(i) for i in range(len(frame.names))]
    steps = frame.steps.astype(float)
    shown = frame.losses if measure is None else measure(frame.losses)
    return [
        Curve(name, steps, losses, mark.color, mark.dash, 2.2)
        for name, losses, mark in zip(frame.names, shown, marks, strict=True)
    ]


def race_paths(frame: RaceFrame, style: Style) -> list[Path]:
    """The way of each racer over the map."""
    marks = [style.mark(i) for i in range(len(frame.names))]
    return [
        Path(name, path, mark.color, mark.dash, 2.4)
        for name, path, mark in zip(frame.names, frame.paths, marks, strict=True)
    ]


def objective_markers(objective: Objective, start: Array) -> list[Markers]:
    """Known minima, known saddles, and the start."""
    found = [Markers("start", start[None])]
    if objective.minima:
        found.append(Markers("minimum", np.array([m.point for m in objective.minima])))
    if objective.saddles:
        found.append(Markers("saddle", np.array(objective.saddles)))
    return found


def race_arrows(frame: RaceFrame, chosen: int, shown: ArrowsView) -> list[Arrows]:
    """The arrows at the ball of racer `chosen`, as long as steps are on the map, magnified."""
    at, rate = frame.positions[chosen], float(frame.learning_rates[chosen])
    step = frame.last_steps[chosen]
    arrows = (
        ("gradient", shown.gradient, at, -rate * frame.gradients[chosen], GRADIENT),
        ("momentum", shown.momentum, at, -rate * frame.velocities[chosen], MOMENTUM),
        ("step", shown.step, at - step, step, STEP),
    )
    return [
        Arrows(origin[None], shown.magnified * vector[None], color, 2.4, name)
        for name, is_shown, origin, vector, color in arrows
        if is_shown and np.isfinite(origin + vector).all()
    ]


def ball_label(frame: RaceFrame, chosen: int) -> Label:
    """The loss, at the ball of racer `chosen`."""
    x, y = map(float, frame.positions[chosen])
    return Label(x, y, format_number(float(frame.loss[chosen])))


def moment_boxes(frame: RaceFrame, chosen: int) -> list[Squares]:
    """A rectangle at the ball of racer `chosen` that grows with its second moments.

    Each side follows the logarithm of the root of the moment of its coordinate, from 0.0001 to
    1,000.
    """
    moment = frame.second_moments[chosen]
    if not np.isfinite(moment).all():
        return []
    roots = np.sqrt(np.abs(moment))  # (2,)
    share = np.clip((np.log10(np.maximum(roots, 1e-4)) + 4) / 7, 0.05, 1.0)
    sides = LARGEST_SQUARE * share[None]  # (1, 2)
    return [Squares(frame.positions[chosen][None], sides, MOMENTUM, name="second moment")]


def map_key(frame: RaceFrame, chosen: int, shown: ArrowsView) -> list[Entry]:
    """What the symbols and arrows on the map mean, as far as there are any."""
    objective = frame.scenery.objective
    found = [Entry("start", "text", symbol="o", line=False, filled=False)]
    if objective.minima:
        found.append(Entry("minimum", "text", symbol="star", line=False))
    if objective.saddles:
        found.append(Entry("saddle", "text", symbol="x", line=False))
    magnified = "" if shown.magnified == 1 else f" \u00d7 {format_compact(shown.magnified, 3)}"
    for arrow in race_arrows(frame, chosen, shown):
        words = {"gradient": "rate \u00d7 slope, downhill", "momentum": "rate \u00d7 momentum"}
        name = words.get(arrow.name, "last step") + magnified
        found.append(Entry(name, arrow.color, width=arrow.width))
    if shown.second_moment and moment_boxes(frame, chosen):
        sides = "sides: \u221a second moment, log scale 10\u207b\u2074 to 10\u00b3"
        found.append(Entry(sides, MOMENTUM, symbol="s", line=False, filled=False))
    return found
