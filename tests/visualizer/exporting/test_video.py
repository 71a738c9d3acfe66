"""Films of all kinds, read back: as many pictures, of the right size, colour, rate and alpha."""

import sys
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import pytest

from kernels.errors import ExportError
from visualizer.exporting.gif import GifWriter
from visualizer.exporting.video import FORMATS, Pixels, VideoWriter, Writer, even

KINDS = [*FORMATS, ".gif"]
RGB = [(200, 30, 30), (30, 160, 60), (40, 60, 200), (230, 230, 230), (20, 20, 20)]


def writer(path: Path, rate: float = 30, *, transparent: bool = False) -> Writer[Pixels]:
    if path.suffix == ".gif":
        return GifWriter(path, rate)
    return VideoWriter(path, FORMATS[path.suffix], rate, transparent=transparent)


def pixels(rgb: tuple[int, int, int], alpha: int = 255, size: tuple[int, int] = (64, 48)) -> Pixels:
    return np.full((size[1], size[0], 4), (*reversed(rgb), alpha), dtype=np.uint8)


def write(path: Path, pictures: list[Pixels], rate: float = 30, **options: Any) -> None:
    target = writer(path, rate, **options)
    for picture in pictures:
        target.write(picture)
    target.finish()


def read(path: Path) -> list[Pixels]:
    """The pictures of a film, RGBA, by a decoder that did not write it where there is one."""
    if path.suffix in (".webp", ".apng", ".gif"):  # PyAV decodes no animated WebP
        _, animation = cv2.imreadanimation(str(path))
        frames = animation.frames
        return [cv2.cvtColor(frame, cv2.COLOR_BGRA2RGBA) for frame in frames]
    codec = {".webm": "libvpx-vp9"}.get(path.suffix)  # FFmpeg's own decoder leaves alpha out
    with av.open(str(path)) as film:
        stream = film.streams.video[0]
        context = av.CodecContext.create(codec, "r") if codec else stream.codec_context
        frames = [frame for packet in film.demux(stream) for frame in context.decode(packet)]
        return [_rgba(frame) for frame in frames]


def _rgba(frame: Any) -> Pixels:
    if frame.format.name == "yuva420p":
        return frame.reformat(format="rgba", src_colorspace="ITU709").to_ndarray()
    # Not at once to RGBA: FFmpeg spoils the right edge where the width is not a multiple of 8.
    rgb = frame.reformat(format="rgb24", src_colorspace="ITU709").to_ndarray()
    return np.pad(rgb, ((0, 0), (0, 0), (0, 1)), constant_values=255)


@pytest.mark.parametrize("suffix", KINDS)
@pytest.mark.parametrize("size", [(64, 48), (65, 47)], ids=str)
def test_pictures_come_back(suffix: str, size: tuple[int, int], tmp_path: Path) -> None:
    path = tmp_path / f"film{suffix}"
    write(path, [pixels(rgb, size=size) for rgb in RGB])
    found = read(path)
    assert len(found) == len(RGB)
    is_video = suffix in (".mp4", ".webm")
    width, height = (size[0] + size[0] % 2, size[1] + size[1] % 2) if is_video else size
    tolerance = 6 if is_video else 0
    for picture, rgb in zip(found, RGB, strict=True):
        assert picture.shape[:2] == (height, width)
        assert np.abs(picture[..., :3].astype(int) - rgb).max() <= tolerance
        assert (picture[..., 3] == 255).all()
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize(
    ("suffix", "codec", "pixel_format"),
    [(".mp4", "h264", "yuv420p"), (".webm", "vp9", "yuv420p"), (".gif", "gif", "bgra")],
)
def test_a_film_is_of_the_kind_that_players_know(
    suffix: str, codec: str, pixel_format: str, tmp_path: Path
) -> None:
    path = tmp_path / f"film{suffix}"
    write(path, [pixels(rgb) for rgb in RGB * 4], 10)
    with av.open(str(path)) as film:
        stream = film.streams.video[0]
        assert (stream.codec_context.name, stream.codec_context.pix_fmt) == (codec, pixel_format)
        assert stream.average_rate == 10
        assert (stream.width, stream.height) == (64, 48)
        if suffix == ".mp4":
            assert stream.codec_context.colorspace == stream.codec_context.color_primaries == 1
            assert path.read_bytes().index(b"moov") < path.read_bytes().index(b"mdat")


@pytest.mark.parametrize("suffix", [".webm", ".webp", ".apng"])
def test_alpha_comes_back(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"film{suffix}"
    pictures = [pixels((200, 30, 30), alpha) for alpha in (0, 128, 255)]
    for picture in pictures:
        picture[:24, :32] = (0, 200, 0, 255)
    write(path, pictures, transparent=True)
    found = read(path)
    assert len(found) == 3
    for picture, alpha in zip(found, (0, 128, 255), strict=True):
        assert np.abs(picture[12, 16].astype(int) - (0, 200, 0, 255)).max() <= 8
        assert abs(int(picture[40, 50, 3]) - alpha) <= 6


@pytest.mark.parametrize("suffix", KINDS)
@pytest.mark.parametrize("rate", [0.1, 0.5, 29.97, 50, 60, 120, 240])
def test_any_rate_can_be_written(suffix: str, rate: float, tmp_path: Path) -> None:
    path = tmp_path / f"film{suffix}"
    write(path, [pixels(rgb) for rgb in RGB], rate)
    with av.open(str(path)) as film:
        if suffix in (".mp4", ".webm", ".gif"):
            packets = [packet for packet in film.demux(video=0) if packet.pts is not None]
            times = sorted(float(packet.pts * packet.time_base) for packet in packets)
            shown = min(rate, 50) if suffix == ".gif" else rate
            assert np.diff(times) == pytest.approx(1 / shown, abs=0.011)
            assert times[-1] == pytest.approx(4 / shown, rel=0.05, abs=0.011)
    assert len(read(path)) == len(RGB)


def test_a_gif_has_the_colours_of_all_its_pictures(tmp_path: Path) -> None:
    ramps = []
    for channel in range(3):
        ramp = np.zeros((48, 64, 4), np.uint8)
        ramp[..., channel] = np.arange(64) * 4
        ramp[..., 3] = 255
        ramps.append(ramp)
    write(tmp_path / "film.gif", ramps)
    found = read(tmp_path / "film.gif")
    for picture, ramp in zip(found, ramps, strict=True):
        expected = ramp[..., 2::-1].astype(int)
        assert np.abs(picture[..., :3] - expected).max() <= 12
    colors = {tuple(c) for picture in found for c in picture.reshape(-1, 4).tolist()}
    assert len(colors) <= 256


@pytest.mark.parametrize("suffix", KINDS)
def test_the_same_pictures_give_the_same_bytes(suffix: str, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    noise = [rng.integers(0, 256, (48, 64, 4), dtype=np.uint8) | (0, 0, 0, 255) for _ in range(9)]
    pictures = [picture.astype(np.uint8) for picture in noise]
    for name in ("a", "b"):
        write(tmp_path / f"{name}{suffix}", pictures)
    assert (tmp_path / f"a{suffix}").read_bytes() == (tmp_path / f"b{suffix}").read_bytes()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has /dev/full")
@pytest.mark.parametrize("suffix", KINDS)
def test_a_full_disk_is_an_error_and_lets_go(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"film{suffix}"
    for name in (path.name, f"{path.name}.frames"):
        (tmp_path / name).symlink_to("/dev/full")
    target = writer(path)
    with pytest.raises(OSError, match="No space left"):
        _write_much(target)
    target.abandon()
    assert not (tmp_path / f"{path.name}.frames").exists() or suffix != ".gif"


def _write_much(target: Writer[Pixels]) -> None:
    rng = np.random.default_rng(0)
    for _ in range(30):
        target.write(rng.integers(0, 256, (48, 64, 4), dtype=np.uint8))
    target.finish()


@pytest.mark.parametrize("suffix", KINDS)
@pytest.mark.parametrize("begun", [True, False])
def test_a_film_can_be_abandoned(suffix: str, begun: bool, tmp_path: Path) -> None:
    target = writer(tmp_path / f"film{suffix}")
    if begun:
        target.write(pixels(RGB[0]))
    target.abandon()
    assert not list(tmp_path.glob("*.frames"))


def test_the_long_end_of_a_gif_can_be_stopped(tmp_path: Path) -> None:
    target = GifWriter(tmp_path / "film.gif", 30)
    for rgb in RGB:
        target.write(pixels(rgb))
    asked = iter([False, False, True])
    target.finish(lambda: next(asked))
    assert len(read(tmp_path / "film.gif")) == 2


def test_what_the_encoder_refuses_is_told(tmp_path: Path) -> None:
    target = writer(tmp_path / "film.mp4")
    with pytest.raises(ExportError, match=r"The film cannot be encoded: .*Choose another format"):
        target.write(pixels(RGB[0], size=(30_000, 2)))
    target.abandon()


@pytest.mark.parametrize(("size", "wanted"), [((5, 7), (6, 8)), ((6, 7), (6, 8)), ((4, 2), (4, 2))])
def test_even_doubles_the_edge(size: tuple[int, int], wanted: tuple[int, int]) -> None:
    picture = np.arange(size[0] * size[1] * 4, dtype=np.uint8).reshape(*size, 4)
    made = even(picture)
    assert made.shape == (*wanted, 4)
    assert (made[: size[0], : size[1]] == picture).all()
    assert (made[-1, -1] == picture[-1, -1]).all()
