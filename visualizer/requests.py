"""What was typed on a command line, as scenes and settings."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from kernels.assignments import read_assignment
from kernels.editing import load, with_value
from kernels.errors import ParameterError
from visualizer.exporting.settings import ExportSettings
from visualizer.registry import find_panel
from visualizer.scenes.scene import Scene, changed_scene, naming
from visualizer.scenes.store import find_scene

_ASKED = {  # the option that sets a field of `ExportSettings`
    "frames": "--frames",
    "steps_per_frame": "--steps-per-frame",
    "spacing": "--spacing",
    "width": "--size",
    "height": "--size",
    "frames_per_second": "--fps",
    "theme": "--theme",
}


def check_request(text: str, settings: Sequence[str], device: str | None) -> None:
    """See what can be seen without torch of the request for a scene, that is all but the values.

    Raises `LayerscopeError` if there is no such scene or panel, if it is to be played as it cannot
    be, or if a setting is none.
    """
    scene = find_scene(text)
    with naming(text):
        find_panel(scene.panel)
    play = scene.play
    for path, value in _changes(settings, device).items():
        group, _, below = path.partition(".")
        if group == "play" and below:
            play = with_value(play, below, value)


def requested_scene(text: str, settings: Sequence[str], device: str | None) -> Scene:
    """The scene that `text` means, with what ``PATH=VALUE`` in `settings` says.

    Raises `LayerscopeError` if there is no such scene, parameter or value.
    """
    scene = find_scene(text)
    with naming(text):
        scene = changed_scene(scene, {})
    return changed_scene(scene, _changes(settings, device))


def requested_settings(given: Mapping[str, Any], size: str | None) -> ExportSettings:
    """The settings of an export, of which those not `given` are None.

    Raises `ParameterError` if a value is not allowed.
    """
    asked = {name: value for name, value in given.items() if value is not None}
    if size is not None:
        found = re.fullmatch(r"([0-9]{1,9})[xX×]([0-9]{1,9})", size.strip())
        if found is None:
            raise ParameterError(
                f"--size is '{size}'; it must be WIDTHxHEIGHT in pixels. Write, for instance, "
                "1920x1080."
            )
        asked["width"], asked["height"] = int(found[1]), int(found[2])
    try:
        return load(ExportSettings, asked)
    except ParameterError as error:
        raise ParameterError(f"{_ASKED[error.path]}: {error}", error.path) from error


def _changes(settings: Sequence[str], device: str | None) -> dict[str, Any]:
    """What is to be set, by path."""
    changes = dict(map(_assignment, settings))
    return changes if device is None else changes | {"play.device": device}


def _assignment(text: str) -> tuple[str, Any]:
    """The path and the value of ``PATH=VALUE``."""
    found = read_assignment(text)
    if found is None:
        raise ParameterError(
            f"--set takes PATH=VALUE, not '{text}'. Write, for instance, --set seed=3."
        )
    return found
