"""Export: the loop without a clock. Step, draw, write; whole or not at all.

What is made follows from the suffix of the target. Everything is written in a hidden folder beside
it and put into place when it is complete: an export that fails or is cancelled leaves nothing.
"""

import errno
import pkgutil
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from kernels.errors import ExportError
from kernels.parameters import Parameters, setting
from kernels.simulation import Scalar
from visualizer.run import Run
from visualizer.scene import Play, Scene
from visualizer.sink import Sink

# What writes which suffix. The drawing ones are loaded only when needed: numbers need no Qt.
SINKS = {
    ".png": "visualizer.picture_sinks:PngSink",
    ".svg": "visualizer.picture_sinks:VectorSink",
    ".pdf": "visualizer.picture_sinks:VectorSink",
    ".mp4": "visualizer.picture_sinks:FilmSink",
    ".webm": "visualizer.picture_sinks:FilmSink",
    ".gif": "visualizer.picture_sinks:FilmSink",
    ".webp": "visualizer.picture_sinks:FilmSink",
    ".apng": "visualizer.picture_sinks:FilmSink",
    ".json": "visualizer.numbers:NumbersSink",
    ".csv": "visualizer.numbers:NumbersSink",
    ".npz": "visualizer.numbers:NumbersSink",
}
OPAQUE = (".mp4", ".gif")
NUMBERS = (".json", ".csv", ".npz")
WIDEST, TALLEST = 3840, 2160


class ExportSettings(Parameters):
    """How a scene is exported; what is None is as the scene says."""

    frames: int | None = setting(None, help="How many pictures.", ge=1, le=1_000_000)
    steps_per_frame: int | None = setting(None, help="Steps between two pictures.", ge=1)
    spacing: Literal["linear", "log"] = setting(
        "linear", help="Whether pictures lie evenly in the run, or ever further apart."
    )
    width: int = setting(1280, help="Width of the picture.", unit="px", ge=64, le=WIDEST)
    height: int = setting(720, help="Height of the picture.", unit="px", ge=64, le=TALLEST)
    frames_per_second: float | None = setting(
        None, help="How many pictures of a film are shown a second.", unit="1/s", gt=0, le=240
    )
    transparent: bool = setting(False, help="Whether the ground is left out, to lay it over film.")
    theme: Literal["light", "dark"] = setting("light", help="On light or on dark ground.")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an export is: pictures done, and how many there will be at most."""

    done: int
    total: int


class ExportCancelled(ExportError):
    """Whoever asked for the export stopped it."""


def export(
    scene: Scene,
    target: Path,
    settings: ExportSettings | None = None,
    *,
    progress: Callable[[Progress], None] = lambda _: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> dict[str, Scalar]:
    """Run `scene` from its start and write it to `target`; gives the run's summary.

    The suffix of `target` says what is made: ``.png`` is one picture of the end, or numbered
    pictures where the name holds a number as in ``frame-%04d.png`` or is a folder; ``.svg`` and
    ``.pdf`` are the end as vectors; ``.gif``, ``.mp4``, ``.webm``, ``.webp``, ``.apng`` films;
    ``.json``, ``.csv``, ``.npz`` the numbers.

    Raises
    ------
    ExportError
        If the suffix is unknown or knows no transparency, if the target cannot be written, or if
        `cancelled` came true (`ExportCancelled`). Nothing of the target is left then.
    """
    settings = settings or ExportSettings()
    suffix = suffix_of(target)
    if settings.transparent and suffix in OPAQUE:
        others = ", ".join(s for s in SINKS if s not in OPAQUE and s not in NUMBERS)
        raise ExportError(
            f"A {suffix} file has no transparency; {others} have. Choose one of these."
        )
    run = Run(scene)
    steps = frame_steps(scene.play, settings)
    try:
        with _workplace(target) as folder:
            sink: Sink = pkgutil.resolve_name(SINKS[suffix])(folder, target, suffix, run, settings)
            try:
                for done, frame in enumerate(run.frames(iter(steps), sink.watch()), start=1):
                    if cancelled():
                        raise ExportCancelled("The export was cancelled; nothing was written.")
                    sink.add(frame)
                    progress(Progress(done, len(steps)))
                sink.finish()
            except BaseException:
                sink.abandon()
                raise
            _put_in_place(folder, target)
    except OSError as error:
        raise ExportError(_unwritable(target, error)) from error
    return run.simulation.summary()


def suffix_of(target: Path) -> str:
    """The suffix that says what is made of `target`; a folder is for numbered pictures."""
    suffix = target.suffix.lower()
    if suffix in SINKS:
        return suffix
    if not suffix:
        return ".png"
    raise ExportError(
        f"'{target.name}' ends in '{target.suffix}', which Layerscope cannot write; it writes "
        f"{', '.join(SINKS)}. Choose one of these."
    )


def frame_steps(play: Play, settings: ExportSettings) -> list[int]:
    """The step numbers at which pictures are taken, rising, from 0 on.

    A scene that is played at full speed (0 steps a picture) is exported step by step.
    """
    count = settings.frames or play.frames
    stride = settings.steps_per_frame or play.steps_per_frame or 1
    last = (count - 1) * stride
    if settings.spacing == "linear" or last < 2:
        return list(range(0, last + 1, stride))
    spaced = np.rint(np.geomspace(1, last, count - 1)).astype(int)
    return [0, *sorted(set(spaced.tolist()))]


@contextmanager
def _workplace(target: Path) -> Iterator[Path]:
    """A hidden folder beside `target`, gone when it is left."""
    folder = Path(tempfile.mkdtemp(prefix=".layerscope-", dir=target.parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _put_in_place(folder: Path, target: Path) -> None:
    """Move what `folder` holds to beside `target`, or into it if it is a folder."""
    home = target if not target.suffix else target.parent
    home.mkdir(exist_ok=True)
    for file in sorted(folder.iterdir()):
        file.replace(home / file.name)


def _unwritable(target: Path, error: OSError) -> str:
    if error.errno == errno.ENOSPC:
        return f"The disk is full; {target} was not written. Make room, or choose another disk."
    if error.errno == errno.ENOENT:
        return f"There is no folder '{target.parent}'. Make it, or choose another one."
    reason = error.strerror or str(error)
    return f"{target} cannot be written: {reason}. Choose another folder."


def remaining_seconds(elapsed: float, progress: Progress) -> float | None:
    """How long an export will go on, judged by how long it took; None before the first picture."""
    if not progress.done:
        return None
    return elapsed / progress.done * (progress.total - progress.done)
