"""The panels there are. Menu, command line, gallery, documentation and tests read this one table.

Nothing here imports torch or Qt: a panel is loaded when it is opened. A panel written by somebody
else joins through the entry-point group ``layerscope.panels``; its entry point names a `PanelInfo`.
"""

import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Any

from kernels.errors import SceneError

if TYPE_CHECKING:
    from kernels.parameters import Parameters
    from kernels.simulation import AnySimulation
    from visualizer.panel import Panel

ENTRY_POINTS = "layerscope.panels"


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelInfo:
    """What is known of a panel before it is loaded.

    `parameters`, `simulation` and `panel` are import paths, ``package.module:name``: the model of
    its parameters, the function that gives the `Simulation` class for given parameters, and the
    `Panel` class. `scene` is the scene with which it opens: the name of a shipped one, or its TOML
    text.
    """

    key: str
    title: str
    group: str
    summary: str
    parameters: str
    simulation: str
    panel: str
    scene: str

    def load_parameters(self) -> "type[Parameters]":
        loaded: type[Parameters] = pkgutil.resolve_name(self.parameters)
        return loaded

    def load_simulation(self) -> "Callable[[Any], type[AnySimulation]]":
        loaded: Callable[[Any], type[AnySimulation]] = pkgutil.resolve_name(self.simulation)
        return loaded

    def load_panel(self) -> "type[Panel]":
        loaded: type[Panel] = pkgutil.resolve_name(self.panel)
        return loaded


PANELS: tuple[PanelInfo, ...] = (
    PanelInfo(
        key="gradient-descent",
        title="Gradient descent",
        group="Learning",
        summary="Optimizers descend a loss surface, on formulas and on real data.",
        parameters="kernels.descent.gradient_descent:GradientDescent",
        simulation="kernels.descent.gradient_descent:simulation_class",
        panel="visualizer.panels.gradient_descent:GradientDescentPanel",
        scene="gradient-descent",
    ),
    PanelInfo(
        key="training",
        title="Training",
        group="Learning",
        summary="A small network learns, with its neurons, its answers and its losses.",
        parameters="kernels.training.parameters:Training",
        simulation="kernels.training.experiments:simulation_class",
        panel="visualizer.panels.training:TrainingPanel",
        scene="training",
    ),
)


@cache
def panels() -> tuple[PanelInfo, ...]:
    """All panels, ours and those of installed packages. Raises `SceneError` if two have one key."""
    found = (*PANELS, *(point.load() for point in entry_points(group=ENTRY_POINTS)))
    keys = [info.key for info in found]
    if doubled := {key for key in keys if keys.count(key) > 1}:
        raise SceneError(
            f"Two panels have the key '{min(doubled)}'; each needs its own. "
            "Remove one of the packages that bring them."
        )
    return found


def find_panel(key: str) -> PanelInfo:
    """The panel with this key. Raises `SceneError` if there is none."""
    for info in panels():
        if info.key == key:
            return info
    known = ", ".join(info.key for info in panels())
    raise SceneError(f"There is no panel '{key}'; there are {known}. Choose one of these.")
