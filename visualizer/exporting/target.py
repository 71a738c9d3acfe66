"""Where an export goes: the file or folder that was asked for, put into place whole or not at all.

Everything is written into a hidden folder on the same disk, and moved when it is complete: an
export that fails or is cancelled leaves nothing, and what was there before stays.
"""

import errno
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kernels.errors import ExportError
from visualizer.files import is_read_only

# What writes which suffix. The drawing ones are loaded only when needed: numbers need no Qt.
SINKS = {
    ".png": "visualizer.exporting.picture_sinks:png_sink",
    ".svg": "visualizer.exporting.picture_sinks:StillSink",
    ".pdf": "visualizer.exporting.picture_sinks:StillSink",
    ".mp4": "visualizer.exporting.picture_sinks:FilmSink",
    ".webm": "visualizer.exporting.picture_sinks:FilmSink",
    ".gif": "visualizer.exporting.picture_sinks:FilmSink",
    ".webp": "visualizer.exporting.picture_sinks:FilmSink",
    ".apng": "visualizer.exporting.picture_sinks:FilmSink",
    ".json": "visualizer.exporting.numbers:NumbersSink",
    ".csv": "visualizer.exporting.numbers:NumbersSink",
    ".npz": "visualizer.exporting.numbers:NumbersSink",
    ".safetensors": "visualizer.exporting.documents:DocumentSink",
    ".py": "visualizer.exporting.documents:DocumentSink",
}
NUMBERS = (".json", ".csv", ".npz")
DOCUMENTS = (".safetensors", ".py")
UNDRAWN = (*NUMBERS, *DOCUMENTS)
OPAQUE = (".mp4", ".gif")  # know no transparency

NUMBERED = "frame-%06d.png"  # the pictures in a folder
_FRAME = re.compile(r"frame-\d{6,}\.png")  # what such a picture is called
_PLACE = re.compile(r"%\d{0,2}d")  # of the number in a name


def suffix_of(target: Path) -> str:
    """The suffix that says what is made of `target`; a folder is for numbered pictures.

    Raises `ExportError` if it is unknown, or a folder stands where a file is meant, or a file where
    a folder is, or the folder holds other things, among which the pictures would be lost, or what
    would be replaced is read-only.
    """
    suffix = _meant(target)
    for path in _there_for(target):
        _check_is_replaceable(path)
    return suffix


def _meant(target: Path) -> str:
    suffix = target.suffix.lower()
    if target.name.lower() in SINKS:
        raise ExportError(f"'{target}' is a suffix without a name. Write film{target.name}, say.")
    if suffix in SINKS:
        if os.path.isdir(target):  # unlike Path's own, this never raises
            raise ExportError(f"{target} is a folder, not a file. Choose another name.")
        return suffix
    if os.path.isdir(target):
        _check_is_free(target)
        return ".png"
    if not suffix and not os.path.exists(target):
        return ".png"
    if not suffix:
        raise ExportError(
            f"{target} is a file, and without a suffix the name of a folder is meant. "
            "Choose another name, or give it a suffix such as .mp4."
        )
    raise ExportError(
        f"'{target.name}' ends in '{target.suffix}', which Layerscope cannot write; it writes "
        f"{', '.join(SINKS)}. Choose one of these."
    )


def file_name(target: Path) -> str:
    """The name of the file to write, or the pattern of the names."""
    return target.name if target.suffix.lower() in SINKS else NUMBERED


def is_numbered(name: str) -> bool:
    """Whether `name` has a place for a number. Raises `ExportError` if it has several."""
    places = len(_PLACE.findall(name))
    if places > 1:
        raise ExportError(
            f"'{name}' has {places} places for the number. Write one, as in frame-%04d.png."
        )
    return places == 1


def numbered(pattern: str, number: int) -> str:
    """``frame-%04d.png`` with 12 is ``frame-0012.png``."""
    return _PLACE.sub(lambda place: place.group() % number, pattern)


def hidden_folder(target: Path, name: str) -> Path:
    """Where what is to come to `target` is written, under a name that nothing else has."""
    folder = _folder(target)
    is_new = _is_for_many(target) and not os.path.isdir(folder)
    return (folder.parent if is_new else folder) / f".layerscope-{name}"


@contextmanager
def workplace(target: Path, hidden: Path | None = None) -> Iterator[Path]:
    """A folder to write in; what is in it comes to `target` if all goes well, and nothing if not.

    It lies in a `hidden_folder`, which is made and removed here: in `hidden`, if that is given. The
    folder of numbered pictures is made, if the one above it is there; one that is there loses those
    of an earlier export, which the new ones would else seem to belong to.

    Raises `ExportError` if there is no room or no right to write there, or if a file that would be
    replaced is read-only.
    """
    hidden = hidden or hidden_folder(target, secrets.token_hex(4))
    try:
        hidden.mkdir(mode=0o700)
        try:
            folder = hidden / "files"
            folder.mkdir()
            yield folder
            if os.path.isdir(_folder(target)):
                old = _frames_in(target)
                files = sorted(folder.iterdir())
                for file in files:
                    _check_is_replaceable(_folder(target) / file.name)
                for file in files:
                    file.replace(_folder(target) / file.name)
                    old.discard(file.name)
                for name in old:
                    (target / name).unlink()
            else:
                folder.rename(_folder(target))
        finally:
            shutil.rmtree(hidden, ignore_errors=True)
    except OSError as error:
        raise ExportError(_unwritable(target, error)) from error


def _folder(target: Path) -> Path:
    """The folder that is to hold what is written."""
    return target.parent if target.suffix.lower() in SINKS else target


def _is_for_many(target: Path) -> bool:
    """Whether `target` is for numbered pictures, which have a folder to themselves."""
    return target.suffix.lower() not in SINKS or is_numbered(target.name)


def _frames_in(target: Path) -> set[str]:
    """The names of the numbered pictures in `target`, if that is a folder."""
    names = os.listdir(target) if os.path.isdir(target) else []
    return set(filter(_FRAME.fullmatch, names))


def _there_for(target: Path) -> list[Path]:
    """The files that are there and that what comes to `target` may replace."""
    if not _is_for_many(target):
        return [target]
    pattern = _PLACE.sub(r"\\s*\\d+", re.escape(file_name(target)))
    folder = _folder(target)
    names = os.listdir(folder) if os.path.isdir(folder) else []
    return [folder / name for name in sorted(names) if re.fullmatch(pattern, name)]


def _check_is_replaceable(path: Path) -> None:
    if is_read_only(path):
        raise ExportError(
            f"{path} is read-only, so it is not replaced. Choose another name, or allow writing "
            "to it."
        )


def _check_is_free(folder: Path) -> None:
    """See that nothing is in `folder` but pictures of an earlier export, and what is hidden."""
    try:
        names = sorted(os.listdir(folder))
    except OSError as error:
        raise ExportError(_unwritable(folder, error)) from error
    for name in names:
        if not (name.startswith(".") or _FRAME.fullmatch(name)):
            raise ExportError(
                f"The folder '{folder}' holds other things, such as '{name}', among which the "
                f"numbered pictures would be lost. Name a new folder, such as {folder / 'frames'}; "
                f"or, to put them there all the same, write {folder / 'frame-%04d.png'}."
            )


def _unwritable(target: Path, error: OSError) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"The disk is full; {target} was not written. Make room, or choose another disk."
    if not os.path.isdir(target.parent):
        return f"There is no folder '{target.parent}'. Make it, or choose another one."
    reason = error.strerror or str(error)
    return f"{target} cannot be written: {reason}. Choose another folder or name."
