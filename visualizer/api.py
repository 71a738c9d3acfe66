"""Layerscope from Python and from a notebook. Importing this starts no Qt.

>>> from visualizer.api import Run, scene
>>> run = Run(scene("gradient-descent", {"optimizers.0.learning_rate": 0.2}))
>>> run.advance(25)
25
>>> run.frame().row()["loss.1"] < 1e-3
True

`picture` draws where a run is, for ``IPython.display.Image`` in a notebook; `export` writes films,
pictures and numbers.

A panel of your own needs `Simulation`, `Frame`, `Parameters`, `setting` and `PanelInfo`; its widget
derives from `visualizer.panel.Panel`.
"""

from collections.abc import Mapping
from typing import Any

from kernels.parameters import Action, Parameters, View, setting
from kernels.simulation import Document, Finish, Frame, Simulation, to_host
from visualizer.exporting.export import Progress, export
from visualizer.exporting.settings import ExportSettings
from visualizer.playing.run import Run
from visualizer.registry import PanelInfo, find_panel, panels
from visualizer.scenes.scene import Scene, changed_scene, scene_to_text
from visualizer.scenes.sources import changed_sources
from visualizer.scenes.store import find_scene, open_scene, save_scene

__all__ = [
    "Action",
    "Document",
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
    "changed_scene",
    "changed_sources",
    "export",
    "find_panel",
    "open_scene",
    "panels",
    "picture",
    "save_scene",
    "scene",
    "scene_to_text",
    "setting",
    "to_host",
]


def scene(name: str, changes: Mapping[str, Any] | None = None) -> Scene:
    """The scene `name` (a file, a shipped scene or a panel) with other values at some paths.

    A path is that of a parameter, or of ``view.…`` and ``play.…``. Raises `SceneError` if there is
    no such scene, `ParameterError` if a value is not allowed.
    """
    return changed_scene(find_scene(name), changes or {})


def picture(run: Run, settings: ExportSettings | None = None) -> bytes:
    """What the panel of `run` shows now, as a PNG file. This starts Qt, without any display."""
    from visualizer.exporting.picture_sinks import picture_of

    return picture_of(run, settings or ExportSettings())
