"""Export: the loop without a clock. Step, draw, write; whole or not at all."""

import pkgutil
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from kernels.errors import ExportError
from kernels.simulation import Scalar
from visualizer.exporting.settings import ExportSettings, frame_steps
from visualizer.exporting.sink import Job, Sink
from visualizer.exporting.target import OPAQUE, SINKS, UNDRAWN, file_name, suffix_of, workplace
from visualizer.playing.run import Run
from visualizer.scenes.scene import Scene


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an export is: pictures done, and how many there will be at most."""

    done: int
    total: int


class ExportCancelled(ExportError):
    """Whoever asked for the export stopped it."""


def export(
    scene: Scene,
    target: Path | str,
    settings: ExportSettings | None = None,
    *,
    progress: Callable[[Progress], None] = lambda _: None,
    cancelled: Callable[[], bool] = lambda: False,
    hidden: Path | None = None,
) -> dict[str, Scalar]:
    """Run `scene` from its start and write it to `target`; gives the run's summary.

    The suffix of `target` says what is made: ``.png`` is one picture of the end, or numbered
    pictures where the name holds a number as in ``frame-%04d.png`` or is a folder; ``.svg`` and
    ``.pdf`` are the end as vectors; ``.gif``, ``.mp4``, ``.webm``, ``.webp``, ``.apng`` films;
    ``.json``, ``.csv``, ``.npz`` the numbers; ``.safetensors`` and ``.py`` what the run has come
    to, of those that have such documents: the weights of a network, and a script that trains it.

    Until it is complete it is written in `hidden`, a `hidden_folder` of the target; whoever may
    have to kill this process names one, so as to remove it then.

    Raises
    ------
    ParameterError
        If the scene or the settings ask for what there is not.
    ExportError
        If the suffix is unknown or knows no transparency, if the target cannot be written, or if
        `cancelled` came true (`ExportCancelled`). Nothing of the target is left then, and what was
        there before stays.
    """
    target = Path(target)
    settings = settings or ExportSettings()
    suffix = suffix_of(target)
    if settings.transparent and suffix in OPAQUE:
        others = ", ".join(s for s in SINKS if s not in OPAQUE and s not in UNDRAWN)
        raise ExportError(
            f"A {suffix} file has no transparency; {others} have. Choose one of these."
        )
    steps = frame_steps(scene.play, settings)
    with workplace(target, hidden) as folder:
        job = Job(
            run=Run(scene),
            settings=settings,
            folder=folder,
            name=file_name(target),
            suffix=suffix,
        )
        with closing(pkgutil.resolve_name(SINKS[suffix])(job)) as sink:
            _feed(sink, job.run, steps, progress, cancelled)
            sink.finish(cancelled)
            _check(cancelled)
    return job.run.summary()


def _feed(
    sink: Sink,
    run: Run,
    steps: Sequence[int],
    progress: Callable[[Progress], None],
    cancelled: Callable[[], bool],
) -> None:
    """Run to each of `steps`, at which a picture is taken, and hand its frame to `sink`."""
    for done, step in enumerate(steps, start=1):
        run.advance(step - run.step, cancelled)
        _check(cancelled)
        is_last = run.finished or done == len(steps)
        if is_last or not sink.last_only:
            sink.add(run.frame(sink.watch()))
        progress(Progress(done, done if is_last else len(steps)))
        if is_last:
            break


def _check(cancelled: Callable[[], bool]) -> None:
    if cancelled():
        raise ExportCancelled("The export was cancelled; nothing was written.")


def remaining_seconds(elapsed: float, progress: Progress) -> float | None:
    """How long an export will go on, judged by how long it took; None before the first picture."""
    if not progress.done:
        return None
    return elapsed / progress.done * (progress.total - progress.done)
