"""GIF films: 256 colours, chosen from all of the pictures."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from typing import Any

from visualizer.exporting.video import Format, Pixels, VideoWriter, Writer, telling

FASTEST = 50  # pictures a second; what is meant to be faster is shown far slower by browsers
_WAITING = Format(container="matroska", codec="ffv1", pixels="bgr0")  # lossless


class GifWriter(Writer[Pixels]):
    """A GIF with one palette for the whole film, so that what stands still does not flicker.

    The pictures wait in a lossless film beside it until the last one has had its say about the
    palette, so that memory does not grow with their number.
    """

    def __init__(self, path: Path, frames_per_second: float) -> None:
        self._path = path
        self._rate = Fraction(min(frames_per_second, FASTEST)).limit_denominator(100)
        self._waiting = path.with_name(path.name + ".frames")
        self._film = VideoWriter(self._waiting, _WAITING, float(self._rate))
        self._palette: Filter | None = None
        self._count = 0

    def write(self, picture: Pixels) -> None:
        import av

        self._film.write(picture)
        with telling():
            frame = av.VideoFrame.from_numpy_buffer(picture, format="bgra")
            frame.pts, frame.time_base = self._count, 1 / self._rate
            self._count += 1
            if self._palette is None:
                rule = ("palettegen", "stats_mode=full:reserve_transparent=0")
                self._palette = Filter(frame, rule)
            self._palette.push(frame)

    def finish(self, stopped: Callable[[], bool] = lambda: False) -> None:
        self._film.finish()
        if self._palette is not None:
            with telling():
                (palette,) = self._palette.end()
                self._encode(palette, stopped)
        self._waiting.unlink()

    def abandon(self) -> None:
        self._film.abandon()
        with suppress(OSError):
            self._waiting.unlink()

    def _encode(self, palette: Any, stopped: Callable[[], bool]) -> None:
        import av

        with av.open(str(self._path), "w", format="gif", options={"loop": "0"}) as out:
            stream: Any = out.add_stream("gif", rate=self._rate)
            for frame in self._indexed(palette):
                if stopped():
                    return
                if not stream.codec_context.is_open:
                    stream.width, stream.height, stream.pix_fmt = frame.width, frame.height, "pal8"
                out.mux(stream.encode(frame))
            out.mux(stream.encode(None))

    def _indexed(self, palette: Any) -> Iterator[Any]:
        """The waiting pictures in the colours of `palette`."""
        use: Filter | None = None
        for frame in self._decoded():
            if use is None:
                use = Filter(frame, ("paletteuse", "dither=none:diff_mode=rectangle"), palette)
            use.push(frame)
            yield from use.ready()
        if use is not None:
            yield from use.end()

    def _decoded(self) -> Iterator[Any]:
        import av

        with av.open(str(self._waiting)) as film:
            for index, frame in enumerate(film.decode(video=0)):
                bgra = frame.reformat(format="bgra")
                bgra.pts, bgra.time_base = index, 1 / self._rate
                yield bgra


class Filter:
    """One of FFmpeg's filters of pictures that are like `frame`; with a `palette` as second input.

    `rule` is its name and its options.
    """

    def __init__(self, frame: Any, rule: tuple[str, str], palette: Any = None) -> None:
        import av

        self._graph = av.filter.Graph()  # kept: the filters alone do not keep it alive
        self._source = self._input(frame, frame.time_base)
        filtering = self._graph.add(*rule)
        self._source.link_to(filtering, 0, 0)
        if palette is not None:
            colors = self._input(palette, frame.time_base)
            colors.link_to(filtering, 0, 1)
        self._sink = self._graph.add("buffersink")
        filtering.link_to(self._sink)
        self._graph.configure()
        if palette is not None:
            palette.pts, palette.time_base = 0, frame.time_base
            colors.push(palette)
            colors.push(None)

    def push(self, frame: Any) -> None:
        self._source.push(frame)

    def ready(self) -> Iterator[Any]:
        """What has come out and was not taken yet."""
        import av

        with suppress(av.error.BlockingIOError, av.error.EOFError):
            while True:
                yield self._sink.pull()

    def end(self) -> Iterator[Any]:
        """What comes out when nothing more goes in."""
        self._source.push(None)
        return self.ready()

    def _input(self, frame: Any, time_base: Fraction) -> Any:
        return self._graph.add_buffer(
            width=frame.width, height=frame.height, format=frame.format.name, time_base=time_base
        )
