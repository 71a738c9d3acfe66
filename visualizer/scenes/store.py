"""Where scenes are kept: in files, and among those that ship with the program."""

import errno
import os
from contextlib import suppress
from pathlib import Path

from kernels.errors import SceneError
from resources import resource_names, resource_path
from visualizer.files import is_read_only
from visualizer.registry import PanelInfo, broken_panels, find_panel, panels
from visualizer.scenes.scene import LARGEST, Scene, scene_from_text, scene_to_text, too_long
from visualizer.scenes.sources import from_folder, to_folder

SUFFIX = ".toml"


def open_scene(path: Path) -> Scene:
    """The scene in a file; the files that it names are found from its folder.

    Raises `SceneError` if it cannot be read or is none.
    """
    scene = scene_from_text(_text_of(path), str(path))
    return from_folder(scene, path.parent)


def save_scene(scene: Scene, path: Path) -> None:
    """Write `scene` to a file, whole or not at all.

    Files in the folder of `path` or below are named from there, so that the folder can be moved.
    Raises `SceneError` if it cannot be written.
    """
    write_scene(to_folder(scene, path.parent), path)


def write_scene(scene: Scene, path: Path) -> None:
    """The same without a look at the files that `scene` names, whose paths stay as they are."""
    partial = path.parent / f".{path.name}.{os.getpid()}.part"
    try:
        if is_read_only(path):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        text = scene_to_text(scene)
        partial.write_text(text, encoding="utf-8", newline="\n")
        partial.replace(path)
    except OSError as error:
        raise SceneError(
            f"{path} cannot be written: {error.strerror}. Choose another name or folder, or make "
            "room."
        ) from error
    finally:
        with suppress(OSError):  # where there is no folder, nothing was written
            partial.unlink(missing_ok=True)


def find_scene(text: str) -> Scene:
    """The scene that a person means: a file, a shipped scene by its name, or a panel's own.

    Raises `SceneError` if there is neither a file nor a panel nor a scene of that name.
    """
    path = Path(text)
    if path.suffix.lower() == SUFFIX:
        return open_scene(path)
    if text in shipped_scenes():
        return _shipped(text)
    if text in (*(info.key for info in panels()), *broken_panels()):
        return panel_scene(find_panel(text))
    if os.path.exists(text):
        return open_scene(path)
    known = ", ".join(sorted({info.key for info in panels()} | set(shipped_scenes())))
    raise SceneError(
        f"There is no scene, panel or file '{text}'; there are {known}. "
        "Choose one of these, or give the path of a scene file."
    )


def shipped_scenes() -> tuple[str, ...]:
    """The names of the scenes that ship with the program."""
    names = (name for name in resource_names("scenes") if name.endswith(SUFFIX))
    return tuple(name.removeprefix("scenes/").removesuffix(SUFFIX) for name in names)


def panel_scene(info: PanelInfo) -> Scene:
    """The scene with which a panel opens. Raises `SceneError` if it is missing or is none."""
    if "=" in info.scene:
        return scene_from_text(info.scene, f"The scene of the panel '{info.key}'")
    if info.scene in shipped_scenes():
        return _shipped(info.scene)
    raise SceneError(
        f"The scene '{info.scene}', with which the panel '{info.key}' opens, does not ship with "
        "this program. Install the program, or the package with the panel, again."
    )


def _shipped(name: str) -> Scene:
    return open_scene(resource_path(f"scenes/{name}{SUFFIX}"))


def _text_of(path: Path) -> str:
    data = _bytes_of(path)
    if len(data) > LARGEST:
        raise SceneError(too_long(str(path)))
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SceneError(
            f"{path} is not a text in UTF-8, so it is no scene. Choose a .toml file."
        ) from error


def _bytes_of(path: Path) -> bytes:
    """What is in a file, as far as a scene may be long."""
    if os.path.exists(path) and not os.path.isfile(path):  # unlike Path's own, these never raise
        raise SceneError(f"{path} is a folder or a device, not a scene. Choose a .toml file.")
    try:
        with path.open("rb") as file:
            return file.read(LARGEST + 1)
    except FileNotFoundError as error:
        raise SceneError(f"There is no file {path}. Check the name, or choose another.") from error
    except OSError as error:
        raise SceneError(
            f"{path} cannot be read: {error.strerror}. Mend that, or choose another."
        ) from error
    except ValueError as error:  # a NUL in the name
        raise SceneError(f"{str(path)!r} cannot be the name of a file. Choose another.") from error
