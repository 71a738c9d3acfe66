"""Films through PyAV: H.264, VP9, animated WebP and APNG.

PyAV's wheels carry the GPL encoders x264 and x265; `av` is imported only when a film is made.
"""

import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from kernels.errors import ExportError

Pixels = NDArray[np.uint8]  # (H, W, 4), BGRA, alpha not premultiplied

_BT709 = 1  # of colour, as FFmpeg counts: what a player takes for granted in HD
_LIMITED = 1  # range of brightness
THREADS = str(
    max(1, min(4, (os.cpu_count() or 1) - 1))
)  # one processor draws; the bits depend on it


T = TypeVar("T")


class Writer(ABC, Generic[T]):
    """Takes pictures one after another, and ends the file, or lets it be."""

    @abstractmethod
    def write(self, picture: T) -> None:
        """Take the next picture, which nobody may change any more."""

    @abstractmethod
    def finish(self, stopped: Callable[[], bool] = lambda: False) -> None:
        """Complete the file; where that takes long, only until `stopped`."""

    @abstractmethod
    def abandon(self) -> None:
        """Let go of what is open; the caller removes the half file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """A container, an encoder, and how pixels are kept, opaque and transparent."""

    container: str
    codec: str
    pixels: str
    pixels_with_alpha: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    container_options: Mapping[str, str] = field(default_factory=dict)


FORMATS = {
    ".mp4": Format(
        container="mp4",
        codec="libx264",
        pixels="yuv420p",
        options={"crf": "18", "preset": "veryfast", "threads": THREADS},
        container_options={"movflags": "+faststart"},
    ),
    ".webm": Format(
        container="webm",
        codec="libvpx-vp9",
        pixels="yuv420p",
        pixels_with_alpha="yuva420p",
        # A tenth of the time of "good", at the same quality and a sixth more bytes.
        options={"crf": "20", "b": "0", "deadline": "realtime", "cpu-used": "6"},
    ),
    ".webp": Format(
        container="webp",
        codec="libwebp_anim",
        pixels="bgra",
        pixels_with_alpha="bgra",
        options={"lossless": "1", "compression_level": "0"},
        container_options={"loop": "0"},
    ),
    ".apng": Format(
        container="apng",
        codec="apng",
        pixels="rgb24",
        pixels_with_alpha="rgba",
        options={"pred": "up", "compression_level": "2"},
        container_options={"plays": "0"},
    ),
}


class VideoWriter(Writer[Pixels]):
    """A film whose pictures are all of the size of the first.

    Video of the usual kind has half as many pixels for colour, so its width and height are even:
    the last row and column are doubled where they are not.
    """

    def __init__(
        self, path: Path, kind: Format, frames_per_second: float, *, transparent: bool = False
    ) -> None:
        self._path = path
        self._kind = kind
        self._pixels = (kind.pixels_with_alpha if transparent else "") or kind.pixels
        self._rate = Fraction(frames_per_second).limit_denominator(1001)
        self._container: Any = None
        self._stream: Any = None
        self._count = 0

    def write(self, picture: Pixels) -> None:
        import av

        with telling():
            pixels = even(picture) if self._pixels.startswith("yuv") else picture
            if self._stream is None:
                self._open(pixels)
            frame = av.VideoFrame.from_numpy_buffer(pixels, format="bgra")
            colors = {"dst_colorspace": "ITU709"} if self._pixels.startswith("yuv") else {}
            frame = frame.reformat(format=self._pixels, **colors)
            frame.pts, frame.time_base = self._count, 1 / self._rate
            self._count += 1
            self._container.mux(self._stream.encode(frame))

    def finish(self, stopped: Callable[[], bool] = lambda: False) -> None:
        with telling():
            self._container.mux(self._stream.encode(None))
            self._container.close()

    def abandon(self) -> None:
        if self._container is not None:
            with suppress(OSError, ExportError), telling():  # it is abandoned because of them
                self._container.close()

    def _open(self, pixels: Pixels) -> None:
        import av

        # Bit-exact: without random numbers and versions, so that a film can be made twice.
        options = {"fflags": "+bitexact", **self._kind.container_options}
        kind = self._kind.container
        self._container = av.open(str(self._path), "w", format=kind, options=options)
        stream: Any = self._container.add_stream(
            self._kind.codec, rate=self._rate, options=dict(self._kind.options)
        )
        stream.height, stream.width = pixels.shape[:2]
        stream.pix_fmt = self._pixels
        context = stream.codec_context
        context.time_base = 1 / self._rate
        if self._pixels.startswith("yuv"):
            context.colorspace = context.color_primaries = context.color_trc = _BT709
            context.color_range = _LIMITED
        self._stream = stream


def even(pixels: Pixels) -> Pixels:
    """`pixels` with the last row and column doubled where their number is odd."""
    height, width = pixels.shape[:2]
    if height % 2 == 0 and width % 2 == 0:
        return pixels
    return np.pad(pixels, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")


@contextmanager
def telling() -> Iterator[None]:
    """Tell what FFmpeg refuses in a sentence; an `OSError` tells about the disk, and goes on."""
    import av

    try:
        yield
    except av.error.FFmpegError as error:
        if isinstance(error, OSError):
            raise
        raise ExportError(
            f"The film cannot be encoded: {error.strerror}. Choose another format or size."
        ) from error
