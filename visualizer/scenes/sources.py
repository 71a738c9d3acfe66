"""The files that a scene names, as ``file:PATH``: found from the scene's folder, known by content.

In memory their paths are absolute. In a scene file those in its folder or below are relative to it,
and the SHA-256 of each stands beside, so that a file that has changed since is noticed.
"""

import hashlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from visualizer.scenes.scene import Scene

FILE = "file:"


def from_folder(scene: Scene, folder: Path) -> Scene:
    """`scene`, read from a file in `folder`, with absolute paths."""

    def absolute(place: str) -> str:
        return os.path.abspath(folder / place)

    sources = {absolute(place): content for place, content in scene.sources.items()}
    return _renamed(scene, absolute, sources)


def to_folder(scene: Scene, folder: Path) -> Scene:
    """`scene` as it is written to a file in `folder`, with what its files hold now."""
    home = Path(os.path.abspath(folder))

    def relative(place: str) -> str:
        path = Path(os.path.abspath(place))
        return path.relative_to(home).as_posix() if path.is_relative_to(home) else str(path)

    contents = {relative(place): content_of(place) for place in _files_in(scene.parameters)}
    sources = {place: content for place, content in contents.items() if content is not None}
    return _renamed(scene, relative, sources)


def changed_sources(scene: Scene) -> tuple[str, ...]:
    """A sentence for each file that holds something else than when `scene` was saved."""
    changed = []
    for place in _files_in(scene.parameters):
        known = scene.sources.get(place)
        now = content_of(place) if known is not None else None
        if now is not None and known != now:
            changed.append(
                f"{place} has changed since the scene was saved, so what it shows may be different."
                " Bring the old file back, or save the scene again with the new one."
            )
    return tuple(changed)


def content_of(place: str) -> str | None:
    """The SHA-256 of a file; None if it cannot be read: whoever needs it will say so."""
    if not os.path.isfile(place):
        return None
    try:
        with Path(place).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None


def _renamed(scene: Scene, rename: Callable[[str], str], sources: dict[str, str]) -> Scene:
    parameters = _mapped(scene.parameters, lambda place: FILE + rename(place))
    return scene.model_copy(update={"parameters": parameters, "sources": sources})


def _mapped(value: Any, rename: Callable[[str], str]) -> Any:
    """`value`, made of plain dictionaries and lists, with another text for each ``file:PATH``."""
    if isinstance(value, dict):
        return {key: _mapped(below, rename) for key, below in value.items()}
    if isinstance(value, list | tuple):
        return [_mapped(below, rename) for below in value]
    if isinstance(value, str) and value.startswith(FILE):
        return rename(value.removeprefix(FILE))
    return value


def _files_in(value: Any) -> Iterator[str]:
    """The paths that ``file:PATH`` names somewhere in `value`."""
    if isinstance(value, dict):
        value = tuple(value.values())
    if isinstance(value, list | tuple):
        for below in value:
            yield from _files_in(below)
    elif isinstance(value, str) and value.startswith(FILE):
        yield value.removeprefix(FILE)
