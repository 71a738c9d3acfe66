"""Layerscope from Python and from a notebook. Importing this starts no Qt.

>>> from visualizer.api import Run, scene
>>> run = Run(scene("gradient-descent", {"optimizers.0.learning_rate": 0.2}))
>>> run.advance(25)
25
>>> run.frame().row()["loss.1"] < 1e-3
True

A panel of your own needs `Simulation`, `Frame`, `Parameters`, `setting` and `PanelInfo`; its widget
derives from `visualizer.panel.Panel`.
"""

from collections.abc import Mapping
from typing import Any

from kernels.editing import dump, load, with_value
from kernels.parameters import Action, Parameters, View, setting
from kernels.simulation import Finish, Frame, Simulation, to_host
from visualizer.export import ExportSettings, Progress, export
from visualizer.registry import PanelInfo, find_panel, panels
from visualizer.run import Run
from visualizer.scene import Scene, find_scene, open_scene, save_scene, scene_to_text

__all__ = [
    "Action",
    "ExportSettings",
    "Finish",
    "Frame",
    "PanelInfo",
    "Parameters",
    "Progress",
    "Run",
    "Scene",
    "Simulation",
    "View",
    "export",
    "find_panel",
    "open_scene",
    "panels",
    "save_scene",
    "scene",
    "scene_to_text",
    "setting",
    "to_host",
]


def scene(name: str, parameters: Mapping[str, Any] | None = None) -> Scene:
    """The scene `name` (a file, a shipped scene or a panel) with some parameters set by path.

    Raises `SceneError` if there is no such scene, `ParameterError` if a value is not allowed.
    """
    found = find_scene(name)
    model = load(find_panel(found.panel).load_parameters(), found.parameters)
    for path, value in (parameters or {}).items():
        model = with_value(model, path, value)
    return found.model_copy(update={"parameters": dump(model)})
