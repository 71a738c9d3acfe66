"""A picture of every shipped scene: for the README, and to be looked at after every change."""

from collections.abc import Iterator
from pathlib import Path

from visualizer.export import ExportSettings, export
from visualizer.registry import panels
from visualizer.scene import find_scene, panel_scene, shipped_scenes


def draw_gallery(folder: Path, settings: ExportSettings | None = None) -> Iterator[Path]:
    """Draw the end of every panel's own scene and of every shipped scene; gives the files made.

    Raises `ExportError` if `folder` cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    scenes = {info.key: panel_scene(info) for info in panels()}
    scenes |= {name.replace("/", "-"): find_scene(name) for name in shipped_scenes()}
    for name, scene in scenes.items():
        target = folder / f"{name}.png"
        export(scene, target, settings)
        yield target
