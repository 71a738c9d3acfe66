"""A scene: which panel, with which parameters, seen how, played how; and what was done to it when.

A scene is a small TOML text that anyone can read, mail and version. With `inputs` it is a
recording: what a person did, by step, never pixels, so that it replays at any size.
`visualizer.scenes.store` keeps scenes in files.
"""

import math
import re
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Literal

import tomli_w
from pydantic import Field, field_validator

from kernels.annotations import join_path
from kernels.editing import dump, load, with_value
from kernels.errors import LayerscopeError, ParameterError, SceneError
from kernels.parameters import Parameters, setting
from kernels.sentences import cut, shown
from visualizer.registry import find_panel

FORMAT = 1  # a scene of a higher number was written by a newer version
LARGEST = 4_000_000  # characters; a scene has some thousand, a recording some ten thousand
DEEPEST = 32  # levels of tables and lists within each other

# tomllib takes time with the square of the parts of a dotted key: 9 s for 16,000 of them.
_PART = r"""(?>"[^"\n]*"|'[^'\n]*'|[\w-]+)"""
_DEVICE = re.compile(r"auto|(cpu|cuda|mps)(:[0-9]+)?")  # as torch names it, whether here or not
_ENDLESS_KEY = re.compile(rf"(?<![\w-])(?>{_PART}[ \t]*\.[ \t]*){{{DEEPEST},}}")


class Play(Parameters):
    """How a scene is played: speed, length, picture rate; and what its bits depend on."""

    steps_per_frame: int = setting(
        1,
        help="How many steps lie between two pictures; 0 for as many as can be done.",
        ge=0,
        le=1_000_000,
    )
    frames_per_second: float = setting(
        30, help="How many pictures are shown a second.", ge=0.1, le=240, unit="1/s"
    )
    frames: int = setting(
        300,
        help="How many pictures an export has, if the run does not end before.",
        ge=1,
        le=1_000_000,
    )
    start: int = setting(
        0,
        help="The step that a window shows first; those before it are computed again.",
        ge=0,
        le=1_000_000_000,
    )
    loop: bool = setting(False, help="Whether the run starts again when it has ended.")
    device: str = setting("auto", help="Where it is computed: auto, cpu, cuda or mps.")
    threads: int = setting(
        0, help="How many threads compute; 0 for all processors but one.", ge=0, le=1024
    )

    @field_validator("device")
    @classmethod
    def _check_device(cls, name: str) -> str:
        if _DEVICE.fullmatch(name):
            return name
        raise ParameterError(
            f"There is no device {shown(name)}; there are auto, cpu, cuda and mps, and with a "
            "number cuda:1. Choose one of these."
        )


class Input(Parameters):
    """What a person did after `step` steps: set parameters by path, or act."""

    step: int = Field(ge=0)
    set: dict[str, Any] = Field(default_factory=dict)
    action: dict[str, Any] | None = None


class Scene(Parameters):
    """A panel with all that is needed to show the same again.

    `sources` are the SHA-256 of the files that the parameters name, by their paths.
    """

    layerscope: Literal[1] = 1
    panel: str
    parameters: dict[str, Any] = Field(default_factory=dict)
    view: dict[str, Any] = Field(default_factory=dict)
    play: Play = Play()
    sources: dict[str, str] = Field(default_factory=dict)
    inputs: tuple[Input, ...] = ()


def scene_from_text(text: str, name: str = "The scene") -> Scene:
    """The scene that `text` (TOML) describes; `name` says where it came from.

    Raises `SceneError` if it describes none, or one of a newer version.
    """
    if len(text) > LARGEST:
        raise SceneError(too_long(name))
    if _ENDLESS_KEY.search(text):
        raise SceneError(_too_deep(name))
    try:
        text.encode()  # half a surrogate pair, as a clipboard may hold, could not be saved
        data = tomllib.loads(text)
    except RecursionError as error:
        raise SceneError(_too_deep(name)) from error
    except ValueError as error:  # that of TOML, and Python's about a number of 5,000 digits
        raise SceneError(f"{name} is not a TOML file: {error}. Correct that place.") from error
    return scene_from_mapping(data, name)


def scene_from_mapping(data: Mapping[str, Any], name: str = "The scene") -> Scene:
    """The scene that `data`, as TOML gives it, describes. Raises `SceneError` as for a text."""
    version = data.get("layerscope", FORMAT)
    if isinstance(version, int | float) and version > FORMAT:
        raise SceneError(
            f"{name} was saved by a newer version of Layerscope (format {cut(str(version))}; this "
            f"one reads up to {FORMAT}). Update Layerscope, or save the scene again in the older "
            "version."
        )
    if version != FORMAT:
        raise SceneError(
            f"{name} is not a scene that can be read: layerscope, its format, is {shown(version)}, "
            f"and there is only {FORMAT}. Write layerscope = {FORMAT}, or choose another scene."
        )
    _check_plain(data, name, "", 0)
    try:
        return load(Scene, data)
    except ParameterError as error:
        raise SceneError(f"{name} is not a scene: {error}") from error


def scene_to_text(scene: Scene) -> str:
    """`scene` as TOML."""
    data = dump(scene)
    for empty in ("view", "sources", "inputs"):
        if not data[empty]:
            del data[empty]
    return tomli_w.dumps(data)


@contextmanager
def naming(name: str) -> Iterator[None]:
    """Let an error in what the scene `name` holds, such as an unknown parameter, name the scene."""
    try:
        yield
    except LayerscopeError as error:
        raise SceneError(f"{name}: {error}") from error


def changed_scene(scene: Scene, changes: Mapping[str, Any]) -> Scene:
    """`scene` with other values, by path: of parameters, or of ``view.…`` and ``play.…``.

    Raises `SceneError` if there is no such panel, `ParameterError` if a path or value is not
    allowed.
    """
    info = find_panel(scene.panel)
    parameters: Parameters = load(info.load_parameters(), scene.parameters)
    play, view = scene.play, dict(scene.view)
    for path, value in changes.items():
        group, _, below = path.partition(".")
        if group == "play" and below:
            play = with_value(play, below, value)
        elif group == "view" and below:
            view = dump(with_value(load(info.load_panel().View, view), below, value))
        else:
            parameters = with_value(parameters, path, value)
    return scene.model_copy(update={"parameters": dump(parameters), "view": view, "play": play})


def _check_plain(value: Any, name: str, path: str, depth: int) -> None:
    """See that `value` is made of what a scene can hold and can be written again exactly."""
    if depth > DEEPEST:
        raise SceneError(_too_deep(name))
    if isinstance(value, Mapping):
        for key, below in value.items():
            _check_plain(below, name, join_path(path, key), depth + 1)
    elif isinstance(value, list | tuple):
        for index, below in enumerate(value):
            _check_plain(below, name, join_path(path, index), depth + 1)
    elif not isinstance(value, str | int | float):
        raise SceneError(
            f"{name} is not a scene: {cut(path)} is {shown(value)}; a scene holds numbers, texts, "
            "true and false. Write one of these."
        )
    elif isinstance(value, float) and not math.isfinite(value):
        raise SceneError(
            f"{name} is not a scene: {cut(path)} is {value}; it must be a finite number. "
            "Write it with digits, such as 0.1."
        )


def too_long(name: str) -> str:
    return f"{name} is longer than {LARGEST:,} characters, so it is no scene. Choose another."


def _too_deep(name: str) -> str:
    return (
        f"{name} has tables or lists more than {DEEPEST} levels deep, so it is no scene. "
        "Choose another."
    )
