"""A scene: which panel, with which parameters, seen how, played how; and what was done to it when.

A scene is a small TOML file that anyone can read, mail and version. With `inputs` it is a
recording: what a person did, by step, never pixels, so that it replays at any size.
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import tomli_w
from pydantic import Field

from kernels.editing import dump, load
from kernels.errors import ParameterError, SceneError
from kernels.parameters import Parameters, setting
from resources import resource_names, resource_path
from visualizer.registry import PanelInfo, find_panel

FORMAT = 1  # a scene of a higher number was written by a newer version


class Play(Parameters):
    """How a scene is played: speed, length, picture rate; and what its bits depend on."""

    steps_per_frame: int = setting(
        1,
        help="How many steps lie between two pictures; 0 for as many as can be done.",
        ge=0,
        le=1_000_000,
    )
    frames_per_second: float = setting(
        30, help="How many pictures are shown a second.", gt=0, le=240, unit="1/s"
    )
    frames: int = setting(
        300,
        help="How many pictures an export has, if the run does not end before.",
        ge=1,
        le=1_000_000,
    )
    loop: bool = setting(False, help="Whether the run starts again when it has ended.")
    device: str = setting("auto", help="Where it is computed: auto, cpu, cuda or mps.")
    threads: int = setting(
        0, help="How many threads compute; 0 for all processors but one.", ge=0, le=1024
    )


class Input(Parameters):
    """What a person did after `step` steps: set parameters by path, or act."""

    step: int = Field(ge=0)
    set: dict[str, Any] = Field(default_factory=dict)
    action: dict[str, Any] | None = None


class Scene(Parameters):
    """A panel with all that is needed to show the same again."""

    layerscope: Literal[1] = 1
    panel: str
    parameters: dict[str, Any] = Field(default_factory=dict)
    view: dict[str, Any] = Field(default_factory=dict)
    play: Play = Play()
    inputs: tuple[Input, ...] = ()


def scene_from_text(text: str, name: str = "The scene") -> Scene:
    """The scene that `text` (TOML) describes; `name` says where it came from.

    Raises `SceneError` if it describes none, or one of a newer version.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SceneError(f"{name} is not a TOML file: {error}. Correct that place.") from error
    return scene_from_mapping(data, name)


def scene_from_mapping(data: Mapping[str, Any], name: str = "The scene") -> Scene:
    version = data.get("layerscope", FORMAT)
    if isinstance(version, int) and version > FORMAT:
        raise SceneError(
            f"{name} was saved by a newer version of Layerscope (format {version}; this one reads "
            f"up to {FORMAT}). Update Layerscope, or save the scene again in the older version."
        )
    try:
        return load(Scene, data)
    except ParameterError as error:
        raise SceneError(f"{name} is not a scene: {error}") from error


def scene_to_text(scene: Scene) -> str:
    """`scene` as TOML."""
    data = dump(scene)
    for empty in ("view", "inputs"):
        if not data[empty]:
            del data[empty]
    return tomli_w.dumps(data)


def open_scene(path: Path) -> Scene:
    """The scene in a file. Raises `SceneError` if it cannot be read or is none."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise SceneError(
            f"{path} is not a text file, so it is no scene. Choose a .toml file."
        ) from error
    except OSError as error:
        raise SceneError(f"{path} cannot be read: {error.strerror}. Check the name.") from error
    return scene_from_text(text, str(path))


def save_scene(scene: Scene, path: Path) -> None:
    """Write `scene` to a file, whole or not at all. Raises `SceneError` if that fails."""
    partial = path.with_name(path.name + ".part")
    try:
        partial.write_text(scene_to_text(scene), encoding="utf-8")
        partial.replace(path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise SceneError(
            f"{path} cannot be written: {error.strerror}. Choose another folder or make room."
        ) from error


def find_scene(text: str) -> Scene:
    """The scene that a person means: a file, a shipped scene by its name, or a panel's own.

    Raises `SceneError` if there is neither a file nor a panel nor a scene of that name.
    """
    path = Path(text)
    if path.suffix == ".toml" or path.is_file():
        return open_scene(path)
    if text in shipped_scenes():
        return open_scene(resource_path(f"scenes/{text}.toml"))
    return panel_scene(find_panel(text))


def shipped_scenes() -> tuple[str, ...]:
    """The names of the scenes that ship with the program."""
    names = resource_names("scenes")
    return tuple(n.removeprefix("scenes/").removesuffix(".toml") for n in names)


def panel_scene(info: PanelInfo) -> Scene:
    """The scene with which a panel opens."""
    return scene_from_text(info.scene, info.key) if "\n" in info.scene else find_scene(info.scene)
