"""Pictures from outside, as files in folders and as rows of a table, good and bad."""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from kernels.errors import DataError
from kernels.samples.catalogue import load_dataset
from kernels.samples.picture_folder import PicturesData
from kernels.samples.pixel_table import PixelTableData
from kernels.samples.samples import Dataset


def write(path: Path, pixels: np.ndarray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    assert cv2.imwrite(str(path), pixels)


def pixels_of(data: Dataset) -> tuple[np.ndarray, np.ndarray]:
    """All pictures, uint8 (N, C, H, W), and their labels."""
    parts = (data.train, data.validation)
    inputs = np.concatenate([part.inputs for part in parts]).astype(np.float64)
    pixels = np.rint((inputs * data.std + data.mean) * 255).astype(int)
    return pixels, np.concatenate([part.targets for part in parts])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Red and blue pictures of several sizes and modes, in blue, green and red as OpenCV has it."""
    root = tmp_path / "colours"
    for i, size in enumerate(((16, 16), (40, 40), (8, 24), (16, 16), (16, 16))):
        write(root / "red" / f"{i}.png", np.full((*size, 3), (10 * i, 0, 250), np.uint8))
        write(root / "blue" / f"{i}.jpg", np.full((*size, 3), (250, 0, 0), np.uint8))
    write(root / "red" / "clear.png", np.full((16, 16, 4), (0, 0, 250, 9), np.uint8))
    write(root / "red" / "deep.png", np.full((16, 16, 3), (0, 0, 250 * 257), np.uint16))
    write(root / "blue" / "grey.png", np.full((16, 16), 90, np.uint8))
    return root


def test_a_folder_a_class(folder: Path) -> None:
    data = PicturesData(folder=str(folder), size=16).load(0)
    assert (data.title, data.classes) == ("colours", ("blue", "red"))
    scaled = (
        "The pictures are of 3 sizes, from 24 x 8 to 40 x 40 pixels; each is scaled to 16 x 16."
    )
    assert data.notes == (scaled,)
    assert (data.shape, data.is_picture) == ((3, 16, 16), True)
    assert (len(data.train), len(data.validation)) == (11, 2)
    pixels, labels = pixels_of(data)
    assert np.bincount(labels).tolist() == [6, 7]
    red = pixels[labels == 1]
    np.testing.assert_array_equal(red[:, 0], 250)
    np.testing.assert_array_equal(red[:, 1], 0)
    assert sorted(red[:, 2, 0, 0]) == [0, 0, 0, 10, 20, 30, 40]
    blue = pixels[labels == 0].mean(axis=(2, 3))
    assert sorted(blue.round().tolist())[-1] == [90, 90, 90]
    assert data.train.inputs.mean(dtype=np.float64) == pytest.approx(0, abs=1e-5)
    assert data.train.inputs.std(dtype=np.float64) == pytest.approx(1, abs=1e-5)


def test_grey(folder: Path) -> None:
    data = PicturesData(folder=str(folder), size=8, colors="grey").load(0)
    assert data.shape == (1, 8, 8)
    pixels, labels = pixels_of(data)
    assert pixels[labels == 1].min() == pytest.approx(0.299 * 250, abs=1)  # ITU-R BT.601


def test_unreadable_pictures_are_left_out_and_counted(folder: Path) -> None:
    (folder / "red" / "torn.png").write_bytes((folder / "red" / "0.png").read_bytes()[:30])
    (folder / "red" / "readme.txt").write_text("no picture")
    (folder / "red" / ".hidden.png").write_bytes(b"")
    one = PicturesData(folder=str(folder)).load(0)
    assert one.notes[:-1] == ("1 picture could not be read and is left out: red/torn.png.",)
    (folder / "blue" / "empty.jpg").write_bytes(b"")
    two = PicturesData(folder=str(folder)).load(0)
    told = "2 pictures could not be read and are left out: blue/empty.jpg, red/torn.png."
    assert two.notes[:-1] == (told,)
    assert len(two.train) + len(two.validation) == 13


def test_a_changed_folder_is_read_anew(folder: Path) -> None:
    parameters = PicturesData(folder=str(folder))
    before = load_dataset(parameters, 0)
    assert load_dataset(parameters, 0) is before
    write(folder / "green" / "0.png", np.full((8, 8, 3), (0, 250, 0), np.uint8))
    assert load_dataset(parameters, 0).classes == ("blue", "green", "red")


def test_folders_that_hold_no_classes(folder: Path, tmp_path: Path) -> None:
    for place, told in (
        ("", "No folder is named"),
        (str(tmp_path / "none"), "There is no file or folder .*none"),
        (str(folder / "red" / "0.png"), "is no folder"),
        ("camera:0", "is a camera"),
        ("a\0b", "cannot be the name"),
    ):
        with pytest.raises(DataError, match=told):
            PicturesData(folder=place).load(0)
    (folder / "one").mkdir()
    with pytest.raises(DataError, match="one has no class with pictures"):
        PicturesData(folder=str(folder / "one")).load(0)
    write(folder / "one" / "a" / "0.png", np.zeros((8, 8), np.uint8))
    with pytest.raises(DataError, match="one has one class with pictures"):
        PicturesData(folder=str(folder / "one")).load(0)
    write(folder / "one" / "b" / "0.png", np.zeros((8, 8), np.uint8))
    with pytest.raises(DataError, match=r"one even colour, 0\.00"):
        PicturesData(folder=str(folder / "one")).load(0)


Table = Callable[..., PixelTableData]


@pytest.fixture
def table(tmp_path: Path) -> Table:
    def make(text: str, **parameters: object) -> PixelTableData:
        path = tmp_path / "signs.csv"
        path.write_text(text, encoding="utf-8")
        return PixelTableData(file=str(path), **parameters)

    return make


SIGNS = [label for label in range(25) if label != 9]  # 24 letters, without J and Z
PICTURES = np.random.default_rng(0).integers(0, 256, (240, 16))


def lines(rows: np.ndarray, header: bool = True) -> str:
    names = ",".join(["label", *(f"pixel{i}" for i in range(1, rows.shape[1]))])
    return "\n".join([names] * header + [",".join(map(str, row)) for row in rows]) + "\n"


@pytest.mark.parametrize("header", [True, False])
def test_labels_with_a_gap_are_classes_one_after_the_other(table: Table, header: bool) -> None:
    labels = np.tile(SIGNS, 10)
    data = table(lines(np.column_stack((labels, PICTURES)), header)).load(0)
    assert data.classes == tuple(map(str, SIGNS))
    assert (data.outputs, data.shape) == (24, (1, 4, 4))
    assert (len(data.train), len(data.validation)) == (192, 48)
    pixels, targets = pixels_of(data)
    found = sorted(
        (SIGNS[target], *picture.ravel().tolist())
        for target, picture in zip(targets, pixels, strict=True)
    )
    assert found == sorted(map(tuple, np.column_stack((labels, PICTURES)).tolist()))


def test_labels_may_be_in_the_last_column(table: Table) -> None:
    rows = np.column_stack((np.tile(SIGNS, 10), PICTURES))
    text = lines(rows)
    last = "\n".join(",".join([*(r := line.split(","))[1:], r[0]]) for line in text.splitlines())
    parameters = table(last, label="label")
    assert parameters.columns() == ("", "pixel1", "label")
    data, other = parameters.load(0), table(text).load(0)
    np.testing.assert_array_equal(data.train.inputs, other.train.inputs)
    assert data.classes == other.classes


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "have 0 different values"),
        ("label,a\n", "have 0 different values"),
        ("1,5\n1,6\n", "have 1 different values"),
        ("1,5,6\n2,6,7\n", "has 2 pixels in a row .* no square"),
        ("1\n2\n", "has 0 pixels in a row .* no square"),
        ("1,5\n2,256\n", "Picture 2 of signs.csv has a pixel of 256"),
        ("1,5\n2,-1\n", "Picture 2 of signs.csv has a pixel of -1"),
        ("1,5\n2,1.5\n", r"Picture 2 of signs.csv has 1\.5 in column 2"),
        ("1,5\n2,nan\n", "Picture 2 of signs.csv has nan in column 2"),
        ("1,5\n2,inf\n", "Picture 2 of signs.csv has a pixel of inf"),
        ("1,5\n2,\n", "cannot be read as labels and pixels"),
        ("1,5\n2,x\n", "cannot be read as labels and pixels: .*'x'.* at row 2, column 2,"),
        ("1,5\n2\n", "cannot be read as labels and pixels: .*columns.* at row 2,"),
    ],
)
def test_bad_tables_are_refused_with_a_sentence(table: Table, text: str, told: str) -> None:
    with pytest.raises(DataError, match=told) as caught:
        table(text).load(0)
    assert str(caught.value).endswith(".")


def test_what_is_no_table(table: Table, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no column 'sign'"):
        table("1,5\n2,6\n", label="sign").load(0)
    (tmp_path / "wide.csv").write_bytes(b"1,5\n\xff,6\n")
    with pytest.raises(DataError, match=r"wide\.csv is not text in UTF-8"):
        PixelTableData(file=str(tmp_path / "wide.csv")).load(0)
    with pytest.raises(DataError, match="cannot be read: Is a directory"):
        PixelTableData(file=str(tmp_path)).load(0)
    with pytest.raises(DataError, match="No file is named"):
        PixelTableData().load(0)
