"""Exports that are drawn: numbered pictures, films, vectors."""

import os
import queue
import re
import sys
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from kernels.editing import load
from kernels.errors import ExportError
from kernels.simulation import Frame
from visualizer.export import ExportSettings
from visualizer.picture import PanelPicture, to_array
from visualizer.run import Run
from visualizer.sink import Sink
from visualizer.video import GifWriter, VideoWriter, Writer
from widgets.fonts import load_fonts

WAITING = 8  # pictures that may wait for the encoder
NUMBER = re.compile(r"%0?\d*d")


def ensure_application() -> QApplication:
    """The application that Qt needs to draw; one without any display if there is none yet."""
    running = QApplication.instance()
    if isinstance(running, QApplication):
        return running
    if sys.platform.startswith("linux"):
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
        os.environ.setdefault("EGL_PLATFORM", "surfaceless")
    application = QApplication(["layerscope"])
    load_fonts()
    return application


class PictureSink(Sink):
    """What every drawn export has: a panel of its own, laid out at the size of the picture."""

    def __init__(
        self, folder: Path, target: Path, suffix: str, run: Run, settings: ExportSettings
    ) -> None:
        self._application = ensure_application()
        self._path = folder / target.name
        self._suffix = suffix
        self._run = run
        self._picture = PanelPicture(
            run.info,
            (settings.width, settings.height),
            theme=settings.theme,
            transparent=settings.transparent,
        )
        view = load(self._picture.panel.View, run.scene.view)
        self._shown = run.parameters
        self._picture.show(run.parameters, view)

    def watch(self) -> frozenset[str]:
        return self._picture.panel.watch()

    def _draw(self, frame: Frame) -> None:
        if self._run.parameters is not self._shown:
            self._shown = self._run.parameters
            self._picture.panel.setParameters(self._shown)
        self._picture.draw(frame)

    def abandon(self) -> None:
        self._picture.close()


class VectorSink(PictureSink):
    """The last frame, as vectors where the drawing is vector."""

    _last: Frame | None = None

    def add(self, frame: Frame) -> None:
        self._last = frame

    def finish(self) -> None:
        assert self._last is not None
        self._draw(self._last)
        save = self._picture.save_svg if self._suffix == ".svg" else self._picture.save_pdf
        save(self._path)
        self._picture.close()


class PngSink(PictureSink):
    """Numbered pictures; or one picture of the last frame, if the name holds no number."""

    def __init__(
        self, folder: Path, target: Path, suffix: str, run: Run, settings: ExportSettings
    ) -> None:
        super().__init__(folder, target, suffix, run, settings)
        name = target.name if target.suffix else "frame-%06d.png"
        self._pattern = name if NUMBER.search(name) else None
        if self._pattern is not None and len(NUMBER.findall(name)) != 1:
            raise ExportError(
                f"'{name}' has more than one place for the number. Write one, as in frame-%04d.png."
            )
        self._folder = folder
        self._count = 0
        self._last: Frame | None = None

    def add(self, frame: Frame) -> None:
        self._last = frame
        if self._pattern is not None:
            self._draw(frame)
            number = NUMBER.search(self._pattern)
            assert number is not None
            name = self._pattern.replace(number.group(), number.group() % self._count)
            self._save(self._picture.image(), self._folder / name)
            self._count += 1

    def finish(self) -> None:
        if self._pattern is None and self._last is not None:
            self._draw(self._last)
            self._save(self._picture.image(), self._path)
        self._picture.close()

    @staticmethod
    def _save(image: QImage, path: Path) -> None:
        if not image.save(str(path), "PNG", 70):  # type: ignore[call-overload]
            raise ExportError(
                f"{path.name} cannot be written: no room on the disk, or no right to write there."
            )


class FilmSink(PictureSink):
    """A film, encoded in a thread of its own while the next picture is drawn."""

    def __init__(
        self, folder: Path, target: Path, suffix: str, run: Run, settings: ExportSettings
    ) -> None:
        super().__init__(folder, target, suffix, run, settings)
        rate = settings.frames_per_second or run.scene.play.frames_per_second
        writer: Writer = (
            GifWriter(self._path, rate)
            if suffix == ".gif"
            else VideoWriter(self._path, suffix, rate, transparent=settings.transparent)
        )
        self._encoder = Encoder(writer)

    def add(self, frame: Frame) -> None:
        self._draw(frame)
        self._encoder.put(self._picture.image())

    def finish(self) -> None:
        self._encoder.close()
        self._picture.close()

    def abandon(self) -> None:
        self._encoder.abandon()
        super().abandon()


class Encoder:
    """Feeds a writer from a thread of its own; what goes wrong there is raised here."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._queue: queue.Queue[QImage | None] = queue.Queue(WAITING)
        self._error: BaseException | None = None
        self._abandoned = False
        self._thread = threading.Thread(target=self._work, name="encoder", daemon=True)
        self._thread.start()

    def put(self, image: QImage) -> None:
        """Hand over a picture; waits while too many are waiting already."""
        self._raise()
        self._queue.put(image)

    def close(self) -> None:
        """Wait until everything is written."""
        self._queue.put(None)
        self._thread.join()
        self._raise()

    def abandon(self) -> None:
        """Stop as soon as possible."""
        self._abandoned = True
        if self._thread.is_alive():
            self._queue.put(None)
            self._thread.join()

    def _raise(self) -> None:
        if self._error is not None:
            raise self._error

    def _work(self) -> None:
        while (image := self._queue.get()) is not None:
            if self._error is None and not self._abandoned:
                self._try(partial(self._write, image))
        finish = self._writer.abandon if self._abandoned or self._error else self._writer.close
        self._try(finish)

    def _write(self, image: QImage) -> None:
        self._writer.write(to_array(image))

    def _try(self, action: Callable[[], None]) -> None:
        try:
            action()
        except Exception as error:
            self._error = self._error or error
