"""The panels there are. Menu, command line, gallery, documentation and tests read this one table.

Nothing here imports torch or Qt: a panel is loaded when it is opened. A panel written by somebody
else joins through the entry-point group ``layerscope.panels``; its entry point names a `PanelInfo`.
One that cannot be loaded is left out, and `broken_panels` says why.
"""

import pkgutil
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import EntryPoint, entry_points
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
        loaded: type[Parameters] = self._loaded(self.parameters)
        return loaded

    def load_simulation(self) -> "Callable[[Any], type[AnySimulation]]":
        loaded: Callable[[Any], type[AnySimulation]] = self._loaded(self.simulation)
        return loaded

    def load_panel(self) -> "type[Panel]":
        loaded: type[Panel] = self._loaded(self.panel)
        return loaded

    def _loaded(self, path: str) -> Any:
        """What is at the import path. Raises `SceneError` if the code of another package fails."""
        try:
            return pkgutil.resolve_name(path)
        except Exception as error:
            if self in PANELS:
                raise
            raise SceneError(_broken(self.key, path, error)) from error


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


def panels() -> tuple[PanelInfo, ...]:
    """All panels, ours and those of installed packages. Raises `SceneError` if two have one key."""
    return _table()[0]


def broken_panels() -> Mapping[str, str]:
    """Why panels of installed packages cannot be loaded, by the names of their entry points."""
    return _table()[1]


def find_panel(key: str) -> PanelInfo:
    """The panel with this key. Raises `SceneError` if there is none, or if it is broken."""
    for info in panels():
        if info.key == key:
            return info
    if key in broken_panels():
        raise SceneError(broken_panels()[key])
    known = ", ".join(info.key for info in panels())
    raise SceneError(f"There is no panel '{key}'; there are {known}. Choose one of these.")


@cache
def _table() -> tuple[tuple[PanelInfo, ...], Mapping[str, str]]:
    found, broken = list(PANELS), {}
    for point in entry_points(group=ENTRY_POINTS):
        try:
            found.append(_theirs(point))
        except Exception as error:  # the code of somebody else, which may raise anything
            broken[point.name] = _broken(point.name, point.value, error)
    keys = [info.key for info in found]
    if doubled := {key for key in keys if keys.count(key) > 1}:
        raise SceneError(
            f"Two panels have the key '{min(doubled)}'; each needs its own. "
            "Remove one of the packages that bring them."
        )
    return tuple(found), broken


def _theirs(point: EntryPoint) -> PanelInfo:
    info = point.load()
    if not isinstance(info, PanelInfo):
        raise TypeError(f"it is {info!r}, which is no PanelInfo")
    return info


def _broken(name: str, path: str, error: Exception) -> str:
    """Why the panel `name` cannot be loaded from an import path: what, and in whose code."""
    frames = traceback.extract_tb(error.__traceback__)
    theirs = [f for f in frames if f.filename != __file__ and "importlib" not in f.filename]
    place = f" ({theirs[-1].filename}, line {theirs[-1].lineno})" if theirs else ""
    return (
        f"The panel '{name}' cannot be loaded from {path}: {type(error).__name__}: {error}{place}. "
        "Mend it, or remove its package."
    )
