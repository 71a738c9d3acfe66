"""A picture of every shipped scene: for the README, and to be looked at after every change."""

from collections.abc import Iterator
from pathlib import Path

from kernels.errors import ExportError
from visualizer.exporting.export import export
from visualizer.exporting.settings import ExportSettings
from visualizer.registry import panels
from visualizer.scenes.store import find_scene, panel_scene, shipped_scenes


def draw_gallery(folder: Path | str, settings: ExportSettings | None = None) -> Iterator[Path]:
    """Draw the end of every panel's own scene and of every shipped one; gives the files made.

    Raises `ExportError` if `folder` cannot be written.
    """
    folder = Path(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ExportError(
            f"{folder} cannot be made a folder: {error.strerror}. Choose another."
        ) from error
    scenes = {name: find_scene(name) for name in shipped_scenes()}
    scenes |= {info.key: panel_scene(info) for info in panels()}
    for name, scene in sorted(scenes.items()):
        target = folder / f"{name.replace('/', '-')}.png"
        export(scene, target, settings)
        yield target
