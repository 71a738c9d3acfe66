"""Frames of a race as shapes to be drawn: paths, loss curves, arrows, markers."""

import numpy as np

from kernels.ground import probes_around
from kernels.objectives import Objective
from kernels.race_frame import RaceFrame
from kernels.simulation import Array
from visualizer.panels.gradient_descent.view import ArrowsView
from widgets.contour_plot import Markers
from widgets.numbers import format_number
from widgets.shapes import Arrows, Curve, Label, Path, Points, Squares
from widgets.style import Style

GRADIENT, MOMENTUM, STEP = "#c2255c", "#7048e8", "text"
LARGEST_SQUARE = 60.0  # px at factor 1


def loss_curves(frame: RaceFrame, style: Style) -> list[Curve]:
    """The loss of each racer against the step."""
    marks = [style.mark(i) for i in range(len(frame.names))]
    return [
        Curve(name, frame.steps.astype(float), losses, mark.color, mark.dash, 2.2)
        for name, losses, mark in zip(frame.names, frame.losses, marks, strict=True)
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


def ring_markers(frame: RaceFrame, chosen: int) -> list[Points]:
    """The ring of probes that told how racer `chosen` ended: filled where the ground rises."""
    radius = float(frame.rings[chosen])
    if not radius:
        return []
    point = tuple(map(float, frame.positions[chosen]))
    probes, rises = probes_around(frame.scenery.objective, point, radius)
    kinds = ((rises > 0, "text", True), (rises < 0, GRADIENT, True), (rises == 0, "muted", False))
    return [
        Points(probes[which, 0], probes[which, 1], color, size=4, outline=None, filled=filled)
        for which, color, filled in kinds
        if which.any()
    ]


def moment_squares(frame: RaceFrame, chosen: int) -> list[Squares]:
    """A square at the ball of racer `chosen` that grows with its second moment.

    Its side follows the logarithm of the root of the moment, from 0.0001 to 1,000.
    """
    moment = frame.second_moments[chosen]
    if not np.isfinite(moment).all():
        return []
    root = float(np.sqrt(np.abs(moment)).mean())
    share = np.clip((np.log10(max(root, 1e-4)) + 4) / 7, 0.05, 1.0)
    side = np.array([LARGEST_SQUARE * share])
    return [Squares(frame.positions[chosen][None], side, MOMENTUM, name="second moment")]
