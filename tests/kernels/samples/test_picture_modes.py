"""Pictures of every mode that people have are read as what they show."""

import base64
from pathlib import Path

import cv2
import numpy as np
import pytest

from kernels.errors import DataError
from kernels.samples.catalogue import load_dataset
from kernels.samples.picture_folder import PicturesData

# 4 x 2 pixels, the left half red (250, 0, 0), the right one black; written with Pillow 13.
WRITTEN = {
    "palette.png": (
        "iVBORw0KGgoAAAANSUhEUgAAAAQAAAACAQMAAABFZu8gAAAABlBMVEX6AAAAAAARboOwAAAADElEQVR4nGMw"
        "YGIAAACYADMvBHgeAAAAAElFTkSuQmCC"
    ),
    "cmyk.tif": (
        "SUkqAAgAAAAKAAABBAABAAAABAAAAAEBBAABAAAAAgAAAAIBAwAEAAAAhgAAAAMBAwABAAAAAQAAAAYBAwAB"
        "AAAABQAAABEBBAABAAAAjgAAABUBAwABAAAABAAAABYBBAABAAAAAgAAABcBBAABAAAAIAAAABwBAwABAAAA"
        "AQAAAAAAAAAIAAgACAAIAAX//wAF//8A////AP///wAF//8ABf//AP///wD///8A"
    ),
    "moves.gif": (
        "R0lGODdhBAACAIEAAPoAAAAAAAAAAAAAACwAAAAABAACAAAICQABAAgQQCDBgAAh+QQBAAACACwAAAAABAAC"
        "AIH///8F//8AAAAAAAAICQADBAAAQCDBgAA7"
    ),
}
RED, BLACK = [250, 0, 0], [0, 0, 0]


def half(size: tuple[int, int] = (20, 30)) -> np.ndarray:
    """Red and black, in blue, green and red as OpenCV has it."""
    picture = np.zeros((*size, 3), np.uint8)
    picture[:, : size[1] // 2] = RED[::-1]
    return picture


def sides(folder: Path, name: str, data: bytes) -> tuple[list[int], list[int]]:
    """The colours left and right in the picture that `data` are."""
    (folder / name).write_bytes(data)
    pictures = PicturesData(size=24)
    decoded = pictures._read(folder / name)
    read = None if decoded is None else pictures._scaled(decoded)
    assert read is not None
    assert (read.shape, read.dtype) == ((3, 24, 24), np.uint8)
    left, right = (
        np.rint(read[:, :, part].mean(axis=(1, 2))) for part in (slice(2, 6), slice(18, 22))
    )
    return left.astype(int).tolist(), right.astype(int).tolist()


def encoded(suffix: str, picture: np.ndarray) -> bytes:
    done, data = cv2.imencode(suffix, picture)
    assert done
    return bytes(data)


@pytest.mark.parametrize("name", WRITTEN)
def test_palettes_inks_and_moving_pictures(tmp_path: Path, name: str) -> None:
    assert sides(tmp_path, name, base64.b64decode(WRITTEN[name])) == (RED, BLACK)


def test_sizes_depths_and_channels(tmp_path: Path) -> None:
    for size in ((20, 30), (300, 20), (2, 500)):
        assert sides(tmp_path, "color.png", encoded(".png", half(size))) == (RED, BLACK)
    deep = half().astype(np.uint16) * 257
    assert sides(tmp_path, "deep.png", encoded(".png", deep)) == (RED, BLACK)
    clear = np.dstack([half(), np.full((20, 30), 9, np.uint8)])
    assert sides(tmp_path, "clear.png", encoded(".png", clear)) == (RED, BLACK)
    grey = cv2.cvtColor(half(), cv2.COLOR_BGR2GRAY)
    assert sides(tmp_path, "grey.png", encoded(".png", grey)) == ([75] * 3, BLACK)  # 0.299 * 250


def test_a_picture_that_a_camera_marked_as_turned_is_turned_back(tmp_path: Path) -> None:
    turned = encoded(".png", np.rot90(half()))
    assert sides(tmp_path, "turned.png", turned)[0] != RED
    plain = encoded(".jpg", np.ascontiguousarray(np.rot90(half())))
    # TIFF, one entry: tag 0x0112, a short, once, 6: turn by a quarter clockwise
    mark = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0"
    marked = plain[:2] + b"\xff\xe1" + (len(mark) + 2).to_bytes(2, "big") + mark + plain[2:]
    left, right = sides(tmp_path, "photo.jpg", marked)
    assert np.abs(np.subtract((left, right), (RED, BLACK))).max() <= 3


def test_what_cannot_be_read_is_named_and_nothing_else_is_said(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    for name in "ab":
        (tmp_path / name).mkdir()
        for i in range(3):
            (tmp_path / name / f"{i}.png").write_bytes(encoded(".png", half((8 + i, 9))))
    (tmp_path / "a" / "torn.png").write_bytes(encoded(".png", half())[:60])
    (tmp_path / "a" / "torn.gif").write_bytes(base64.b64decode(WRITTEN["moves.gif"])[:40])
    (tmp_path / "a" / "torn.jpg").write_bytes(encoded(".jpg", half())[:300])
    (tmp_path / "empty").mkdir()
    (tmp_path / "only torn").mkdir()
    (tmp_path / "only torn" / "0.tif").write_bytes(b"II*\0")
    level = cv2.utils.logging.getLogLevel()
    data = PicturesData(folder=str(tmp_path)).load(0)
    assert cv2.utils.logging.getLogLevel() == level
    assert data.classes == ("a", "b")
    assert data.notes == (
        "4 pictures could not be read and are left out: "
        "a/torn.gif, a/torn.jpg, a/torn.png, only torn/0.tif.",
        "2 folders hold no picture that can be read and are no class: empty, only torn.",
        "The pictures are of 3 sizes, from 9 x 8 to 9 x 10 pixels; each is scaled to 32 x 32.",
    )
    assert capfd.readouterr() == ("", "")


def test_two_pictures_are_enough_and_it_is_told_that_none_validates(tmp_path: Path) -> None:
    for i, name in enumerate("ab"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "0.png").write_bytes(encoded(".png", np.roll(half(), 5 * i, axis=1)))
    parameters = PicturesData(folder=f"file:{tmp_path}")
    data = load_dataset(parameters, 0)
    assert (len(data.train), len(data.validation)) == (2, 0)
    assert data.notes[0].startswith("No class has two samples")
    (tmp_path / "b" / "0.png").unlink()
    with pytest.raises(DataError, match=r"one class with pictures .* 1 folder holds no picture"):
        load_dataset(parameters, 0)
