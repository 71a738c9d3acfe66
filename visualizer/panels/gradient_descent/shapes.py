"""Frames of a race as shapes to be drawn: paths, loss curves, arrows, markers."""

import numpy as np

from kernels.objectives import Objective
from kernels.race_frame import RaceFrame
from kernels.simulation import Array
from visualizer.panels.gradient_descent.view import ArrowsView
from widgets.contour_plot import Markers
from widgets.shapes import Arrows, Curve, Path, Squares
from widgets.style import Style

ARROW = 0.16  # the longest arrow, as a share of the width of the map
GRADIENT, MOMENTUM, STEP = "#c2255c", "#7048e8", "text"
MOST_CELLS = 60.0  # the side of the largest square, in pixels at factor 1


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


def race_arrows(frame: RaceFrame, chosen: int, shown: ArrowsView, width: float) -> list[Arrows]:
    """The arrows at the ball of racer `chosen`, the longest of each kind `ARROW` of `width` long.

    Steps are drawn as long as they are; gradients and momentum share a scale of their own, since
    they are not lengths on the map.
    """
    at = frame.positions[chosen][None]
    slopes = {
        "gradient": -frame.gradients[chosen],
        "momentum": -frame.velocities[chosen],
    }
    wanted = [name for name in slopes if getattr(shown, name)]
    found = []
    lengths = [np.linalg.norm(slopes[name]) for name in wanted]
    longest = max((float(n) for n in lengths if np.isfinite(n)), default=0.0)
    colors = {"gradient": GRADIENT, "momentum": MOMENTUM}
    for name in wanted:
        vector = slopes[name]
        if longest > 0 and np.isfinite(vector).all():
            scaled = vector / longest * ARROW * width
            found.append(Arrows(at, scaled[None], colors[name], 2.6, name))
    step = frame.last_steps[chosen]
    if shown.step and np.isfinite(step).all():
        found.append(Arrows(at - step, step[None], STEP, 2.2, "step"))
    return found


def moment_squares(frame: RaceFrame, chosen: int) -> list[Squares]:
    """A square at the ball of racer `chosen`, with sides like the root of its second moment.

    The side grows with the logarithm of the root, from a tenth of a thousandth on.
    """
    moment = frame.second_moments[chosen]
    if not np.isfinite(moment).all():
        return []
    root = float(np.sqrt(np.abs(moment)).mean())
    side = MOST_CELLS * np.clip((np.log10(max(root, 1e-4)) + 4) / 7, 0.05, 1.0)
    return [
        Squares(frame.positions[chosen][None], np.array([side]), MOMENTUM, name="second moment")
    ]
