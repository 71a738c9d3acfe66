"""Moving pictures: H.264, VP9, GIF, animated WebP and APNG, all through PyAV.

Its wheels carry the GPL encoders x264 and x265; `av` is imported only when something is exported.
"""

import contextlib
from abc import ABC, abstractmethod
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import av

Pixels = NDArray[np.uint8]  # (H, W, 4), RGBA


class Writer(ABC):
    """Takes pictures one after another, and closes the file, or abandons it."""

    @abstractmethod
    def write(self, pixels: Pixels) -> None: ...

    @abstractmethod
    def close(self) -> None: ...

    @abstractmethod
    def abandon(self) -> None:
        """Let go of what is open; the caller removes the half file."""


def even(pixels: Pixels) -> Pixels:
    """`pixels` with the last row and column doubled where their number is odd, for 4:2:0 video."""
    height, width = pixels.shape[:2]
    if height % 2 == 0 and width % 2 == 0:
        return pixels
    return np.pad(pixels, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")


# suffix: container, codec, how pixels are kept, how they are kept with transparency
FORMATS = {
    ".mp4": ("mp4", "libx264", "yuv420p", None),
    ".webm": ("webm", "libvpx-vp9", "yuv420p", "yuva420p"),
    ".webp": ("webp", "libwebp_anim", "bgra", "bgra"),
    ".apng": ("apng", "apng", "rgb24", "rgba"),
}
OPTIONS = {
    ".mp4": {"crf": "18", "preset": "veryfast", "threads": "1"},
    ".webm": {"crf": "24", "b": "0", "deadline": "good", "cpu-used": "4", "row-mt": "1"},
    ".webp": {"lossless": "1", "compression_level": "2"},
    ".apng": {"pred": "mixed"},
}
CONTAINER_OPTIONS = {
    ".mp4": {"movflags": "+faststart"},
    ".apng": {"plays": "0"},
    ".webp": {"loop": "0"},
}


class VideoWriter(Writer):
    """A film in one of the formats of `FORMATS`; with `transparent`, of those that know it."""

    def __init__(
        self, path: Path, suffix: str, frames_per_second: float, *, transparent: bool = False
    ) -> None:
        import av

        container, self._codec, opaque, alpha = FORMATS[suffix]
        self._pixel_format = (alpha if transparent else opaque) or opaque
        self._suffix = suffix
        self._rate = Fraction(frames_per_second).limit_denominator(1001)
        self._container = av.open(
            str(path), "w", format=container, options=CONTAINER_OPTIONS.get(suffix, {})
        )
        self._stream: Any = None
        self._count = 0

    def write(self, pixels: Pixels) -> None:
        import av

        pixels = even(pixels) if self._pixel_format.startswith("yuv") else pixels
        if self._stream is None:
            self._open_stream(pixels)
        frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels), format="rgba")
        frame.pts = self._count
        frame.time_base = 1 / self._rate
        self._count += 1
        self._container.mux(self._stream.encode(frame.reformat(format=self._pixel_format)))

    def close(self) -> None:
        if self._stream is not None:
            self._container.mux(self._stream.encode(None))
        self._container.close()

    def abandon(self) -> None:
        self._container.close()

    def _open_stream(self, pixels: Pixels) -> None:
        stream = self._container.add_stream(
            self._codec, rate=self._rate, options=OPTIONS[self._suffix]
        )
        stream.height, stream.width = pixels.shape[:2]
        stream.pix_fmt = self._pixel_format
        stream.codec_context.time_base = 1 / self._rate
        self._stream = stream


class GifWriter(Writer):
    """A GIF whose 256 colours are chosen from all of its pictures.

    The pictures wait in a lossless film beside it until the last one has had its say about the
    palette, so that memory does not grow with their number.
    """

    def __init__(self, path: Path, frames_per_second: float) -> None:
        self._path = path
        self._rate = Fraction(frames_per_second).limit_denominator(100)
        self._waiting = path.with_name(path.name + ".frames")
        self._film: av.container.OutputContainer | None = None
        self._stream: Any = None
        self._palette: Any = None
        self._count = 0

    def write(self, pixels: Pixels) -> None:
        import av

        if self._film is None:
            self._open(pixels)
        frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels[..., :3]), format="rgb24")
        frame.pts = self._count
        frame.time_base = 1 / self._rate
        self._count += 1
        rgba = frame.reformat(format="rgba")
        rgba.pts, rgba.time_base = frame.pts, frame.time_base
        self._palette.push(rgba)
        assert self._film is not None
        self._film.mux(self._stream.encode(frame.reformat(format="bgr0")))

    def close(self) -> None:
        import av

        if self._film is None:
            return
        self._film.mux(self._stream.encode(None))
        self._film.close()
        self._palette.push(None)
        palette = self._palette.pull()
        try:
            with av.open(str(self._path), "w", format="gif", options={"loop": "0"}) as out:
                self._encode(out, palette)
        finally:
            self._waiting.unlink(missing_ok=True)

    def abandon(self) -> None:
        if self._film is not None:
            self._film.close()
        self._waiting.unlink(missing_ok=True)

    def _open(self, pixels: Pixels) -> None:
        import av

        height, width = pixels.shape[:2]
        self._film = av.open(str(self._waiting), "w", format="matroska")
        self._stream = self._film.add_stream("ffv1", rate=self._rate)
        self._stream.width, self._stream.height, self._stream.pix_fmt = width, height, "bgr0"
        self._stream.codec_context.time_base = 1 / self._rate
        self._palette = av.filter.Graph()
        source = self._palette.add_buffer(
            width=width, height=height, format="rgba", time_base=1 / self._rate
        )
        generate = self._palette.add("palettegen", "stats_mode=full:reserve_transparent=0")
        sink = self._palette.add("buffersink")
        source.link_to(generate)
        generate.link_to(sink)
        self._palette.configure()

    def _encode(self, out: "av.container.OutputContainer", palette: Any) -> None:
        import av

        stream: Any = out.add_stream("gif", rate=self._rate)
        source: Any = None
        sink: Any = None
        for frame in self._decoded():
            if source is None:
                stream.width, stream.height, stream.pix_fmt = frame.width, frame.height, "pal8"
                source, sink = self._dither(frame, palette)
            source.push(frame)
            self._drain(sink, stream, out)
        source.push(None)
        with contextlib.suppress(av.error.EOFError):
            self._drain(sink, stream, out)
        out.mux(stream.encode(None))

    def _dither(self, frame: Any, palette: Any) -> tuple[Any, Any]:
        """A filter that gives pictures the colours of `palette`: its way in and its way out."""
        import av

        graph: Any = av.filter.Graph()
        base = 1 / self._rate
        source = graph.add_buffer(
            width=frame.width, height=frame.height, format="rgba", time_base=base
        )
        colors = graph.add_buffer(width=16, height=16, format=palette.format.name, time_base=base)
        use = graph.add("paletteuse", "dither=none:diff_mode=rectangle")
        sink = graph.add("buffersink")
        source.link_to(use, 0, 0)
        colors.link_to(use, 0, 1)
        use.link_to(sink)
        graph.configure()
        palette.pts, palette.time_base = 0, base
        colors.push(palette)
        colors.push(None)
        self._graph = graph  # PyAV's filters do not keep their graph alive
        return source, sink

    @staticmethod
    def _drain(sink: Any, stream: Any, out: "av.container.OutputContainer") -> None:
        import av

        with contextlib.suppress(av.error.BlockingIOError):
            while True:
                out.mux(stream.encode(sink.pull()))

    def _decoded(self) -> Iterator[Any]:
        import av

        with av.open(str(self._waiting)) as film:
            for index, frame in enumerate(film.decode(video=0)):
                rgba = frame.reformat(format="rgba")
                rgba.pts, rgba.time_base = index, 1 / self._rate
                yield rgba
