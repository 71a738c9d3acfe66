"""Exports that are drawn: numbered pictures, films, stills."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import ClassVar

from kernels.editing import load
from kernels.simulation import Frame
from visualizer.exporting.encoder import Encoder
from visualizer.exporting.gif import GifWriter
from visualizer.exporting.picture import PanelPicture, png, to_bgra
from visualizer.exporting.settings import ExportSettings
from visualizer.exporting.sink import Job, Sink
from visualizer.exporting.target import is_numbered, numbered
from visualizer.exporting.video import FORMATS, Pixels, VideoWriter, Writer
from visualizer.playing.run import Run


class PictureSink(Sink):
    """What every drawn export has: a panel of its own, laid out at the size of the picture."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._shown = job.run.parameters
        self._picture = _panel_picture(job.run, job.settings)

    def watch(self) -> frozenset[str]:
        return self._picture.panel.watch()

    def add(self, frame: Frame) -> None:
        parameters = self._job.run.parameters
        if parameters is not self._shown:
            self._shown = parameters
            self._picture.panel.setParameters(parameters)
        self._picture.draw(frame)

    def close(self) -> None:
        self._picture.close()


class StillSink(PictureSink):
    """The last frame: as a picture, or as vectors where the drawing is vector."""

    last_only: ClassVar[bool] = True

    def finish(self, cancelled: Callable[[], bool]) -> None:
        match self._job.suffix:
            case ".svg":
                data = self._picture.svg()
            case ".pdf":
                data = self._picture.pdf()
            case _:
                data = png(self._picture.image())
        (self._job.folder / self._job.name).write_bytes(data)


class FilmSink(PictureSink):
    """A film, or numbered pictures."""

    def __init__(self, job: Job) -> None:
        super().__init__(job)
        self._encoder = _encoder(job)

    def add(self, frame: Frame) -> None:
        super().add(frame)
        self._encoder.put(self._picture.image())

    def finish(self, cancelled: Callable[[], bool]) -> None:
        self._encoder.finish(cancelled)

    def close(self) -> None:
        self._encoder.close()
        super().close()


def png_sink(job: Job) -> PictureSink:
    """Numbered pictures; or one of the last frame, if the name holds no number."""
    return FilmSink(job) if is_numbered(job.name) else StillSink(job)


def picture_of(run: Run, settings: ExportSettings) -> bytes:
    """What `run` has come to, as a PNG file."""
    with closing(_panel_picture(run, settings)) as picture:
        picture.draw(run.frame(picture.panel.watch()))
        return png(picture.image())


class FilesWriter(Writer[bytes]):
    """Numbered files, from 0 on."""

    def __init__(self, folder: Path, pattern: str) -> None:
        self._folder = folder
        self._pattern = pattern
        self._count = 0

    def write(self, picture: bytes) -> None:
        (self._folder / numbered(self._pattern, self._count)).write_bytes(picture)
        self._count += 1

    def finish(self, stopped: Callable[[], bool] = lambda: False) -> None:
        """All is written already."""

    def abandon(self) -> None:
        """Nothing is open."""


def _panel_picture(run: Run, settings: ExportSettings) -> PanelPicture:
    """The panel of `run`, at the size wanted, that waits for frames."""
    view = load(run.info.load_panel().View, run.scene.view)
    picture = PanelPicture(
        run.info,
        (settings.width, settings.height),
        theme=settings.theme,
        transparent=settings.transparent,
    )
    picture.show(run.parameters, view)
    return picture


def _encoder(job: Job) -> Encoder[bytes] | Encoder[Pixels]:
    if job.suffix == ".png":
        return Encoder(FilesWriter(job.folder, job.name), png)
    return Encoder(_film_writer(job), to_bgra)


def _film_writer(job: Job) -> Writer[Pixels]:
    settings = job.settings
    path = job.folder / job.name
    rate = settings.frames_per_second or job.run.scene.play.frames_per_second
    if job.suffix == ".gif":
        return GifWriter(path, rate)
    return VideoWriter(path, FORMATS[job.suffix], rate, transparent=settings.transparent)
