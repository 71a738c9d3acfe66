"""Data of a person's own that cannot be learned, on the command line: a sentence, and no file."""

import csv
import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from visualizer.cli import main

pytestmark = pytest.mark.usefixtures("qapp")

GOOD = [(i, i * i % 7, "ab"[i % 2]) for i in range(12)]
PIXELS = [("label", "p1", "p2", "p3", "p4"), *((i % 2 * 5, i, 9, 200, 7) for i in range(8))]
CONV = '{kind="wide", layers=[{kind="linear", units=4}, {kind="conv"}]}'


def exported(tmp_path: Path, *settings: str) -> int:
    arguments = ["export", "training", "-o", str(tmp_path / "run.json"), "--frames", "2"]
    return main([*arguments, *(part for setting in settings for part in ("--set", setting))])


def with_row(*row: object) -> list[tuple[object, ...]]:
    return [("x", "y", "kind"), *GOOD[:3], row, *GOOD[3:]]


def with_header(*names: str) -> list[tuple[object, ...]]:
    return [names, *GOOD]


TABLES: list[tuple[list[Any], list[str], str]] = [
    (with_row("nan", 1, "a"), [], "Column 'x' of own.csv has no value in row 5. Fill it in"),
    (with_row("", 1, "a"), [], "Column 'x' of own.csv has no value in row 5. Fill it in"),
    (with_row("inf", 1, "a"), [], "Row 5 of column 'x' of own.csv is 'inf', which is not a finite"),
    (with_row("two", 1, "a"), [], "Row 5 of column 'x' of own.csv is 'two', which is not a finite"),
    (with_row(1, 1), [], "Row 5 of own.csv has 2 cells, but the header has 3"),
    (with_row(1, 1, ""), [], "Column 'kind' of own.csv has no value in row 5"),
    ([("x", "k"), *((i, "a") for i in range(9))], [], "'k' of own.csv is a in every row"),
    ([("x", "y", "k"), GOOD[0]], [], "own.csv has one row below its header"),
    ([("x", "y", "k")], [], "own.csv has no rows below its header"),
    ([], [], "own.csv is empty"),
    ([("x", "k"), *((3, "ab"[i % 2]) for i in range(9))], [], "'x' is the same in every row"),
    (with_header("x", "x", "kind"), [], "own.csv has more than one column 'x'"),
    (with_header("x", "y", "kind"), ["dataset.target=z"], "own.csv has no column 'z'; it has 'x',"),
    (with_header("x", "y", "kind"), ["dataset.features=x,z"], "own.csv has no column 'z'; it has"),
    (with_header("x", "y", "kind"), [f"network={CONV}"], "Layer 2, Convolution, needs a picture"),
    (with_header("x", "y", "kind"), ["network=cnn-25k"], "Layer 1, Convolution, needs a picture"),
]

PIXEL_TABLES: list[tuple[list[Any], str]] = [
    ([row[:4] for row in PIXELS], "own.csv has 3 pixels in a row beside the label, which is no sq"),
    ([*PIXELS, (0, 1, 256, 3, 4)], "Picture 9 of own.csv has a pixel of 256. Pixels are 0 to 255"),
    ([*PIXELS, (0, 1, 2)], "own.csv cannot be read as labels and pixels: the number of columns"),
    ([*PIXELS, (0, 1, "nan", 3, 4)], "Picture 9 of own.csv has nan in column 3"),
    ([row for row in PIXELS if row[0] != 5], "have 1 different values, but between 2 and 1,000"),
]


def refused(tmp_path: Path, capsys: pytest.CaptureFixture[str], *settings: str) -> str:
    """The sentence with which this is refused; nothing was written."""
    before = sorted(path.name for path in tmp_path.iterdir())
    assert exported(tmp_path, *settings) == 2
    out, sentence = capsys.readouterr()
    assert out == ""
    assert sentence.startswith("layerscope: ")
    assert sentence.endswith((".\n", "?\n"))
    assert sentence.count("\n") == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == before
    return sentence


def write(path: Path, rows: list[Any]) -> str:
    with path.open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    return f"dataset.file={path}"


@pytest.mark.parametrize(("rows", "settings", "told"), TABLES, ids=[t[2][:40] for t in TABLES])
def test_a_table_that_cannot_be_learned(
    tmp_path: Path, capsys: Any, rows: list[Any], settings: list[str], told: str
) -> None:
    file = write(tmp_path / "own.csv", rows)
    assert told in refused(tmp_path, capsys, "dataset=csv", file, *settings)


@pytest.mark.parametrize(("rows", "told"), PIXEL_TABLES)
def test_pixels_that_are_none(tmp_path: Path, capsys: Any, rows: list[Any], told: str) -> None:
    file = write(tmp_path / "own.csv", rows)
    assert told in refused(tmp_path, capsys, "dataset=pixels-csv", file, "network=784-256-10")


@pytest.mark.parametrize(
    ("points", "told"),
    [("[]", "have no class yet"), ("[{x1=1, x2=1, label=2}]", "have one class, C, and two are")],
)
def test_points_that_are_too_few(tmp_path: Path, capsys: Any, points: str, told: str) -> None:
    assert told in refused(tmp_path, capsys, "dataset=points", f"dataset.points={points}")


def picture(path: Path, seed: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.random.default_rng(seed).integers(0, 256, (8 + seed, 9, 3))
    assert cv2.imwrite(str(path), pixels.astype(np.uint8))


def test_a_folder_that_holds_no_classes(tmp_path: Path, capsys: Any) -> None:
    folder = tmp_path / "own"
    settings = ("dataset=pictures", f"dataset.folder=file:{folder}", "network=784-256-10")
    assert "There is no file or folder" in refused(tmp_path, capsys, *settings)
    assert "No folder is named" in refused(tmp_path, capsys, "dataset=pictures", "network=lenet-5")
    picture(folder / "a" / "0.png", 0)
    (folder / "b").mkdir()
    told = refused(tmp_path, capsys, *settings)
    assert "own has one class with pictures that can be read, and two are needed" in told
    assert "1 folder holds no picture that can be read and is no class: b." in told
    (folder / "b" / "torn.png").write_bytes(b"nothing")
    assert "1 picture could not be read and is left out: b/torn.png." in refused(
        tmp_path, capsys, *settings
    )


def summary(tmp_path: Path) -> dict[str, Any]:
    text = (tmp_path / "run.json").read_text()
    found: dict[str, Any] = json.loads(
        text, parse_constant=lambda name: pytest.fail(f"{name} is no JSON")
    )["summary"]
    return found


def test_what_was_left_out_is_told_with_the_result(tmp_path: Path) -> None:
    for name in "ab":
        for i in range(4):
            picture(tmp_path / "own" / name / f"{i}.png", i)
    (tmp_path / "own" / "a" / "torn.png").write_bytes(b"nothing")
    settings = ("dataset=pictures", f"dataset.folder={tmp_path / 'own'}", "network=784-256-10")
    assert exported(tmp_path, *settings) == 0
    left_out = "1 picture could not be read and is left out: a/torn.png."
    sizes = "The pictures are of 4 sizes, from 9 x 8 to 9 x 11 pixels; each is scaled to 32 x 32."
    assert summary(tmp_path)["notes"] == f"{left_out} {sizes}"


def test_two_rows_and_ten_thousand_columns_and_labels_with_a_gap_are_learned(
    tmp_path: Path,
) -> None:
    two = write(tmp_path / "two.csv", [("x", "y", "kind"), *GOOD[:2]])
    assert exported(tmp_path, "dataset=csv", two) == 0
    found = summary(tmp_path)
    assert found["validation_accuracy"] is found["validation_loss"] is None
    assert "No class has two samples" in found["notes"]
    rows = np.random.default_rng(0).integers(0, 9, (6, 10_000)).tolist()
    names = [*(f"f{i}" for i in range(10_000)), "kind"]
    wide = write(tmp_path / "wide.csv", [names, *((*r, "ab"[i % 2]) for i, r in enumerate(rows))])
    assert exported(tmp_path, "dataset=csv", wide) == 0
    assert summary(tmp_path)["parameter_count"] == 40_000 + 4 + 10 + 3
    assert summary(tmp_path)["notes"].endswith("200 are the most.")
    gap = write(tmp_path / "gap.csv", PIXELS)
    assert exported(tmp_path, "dataset=pixels-csv", gap, "network=784-256-10") == 0
    assert "notes" not in summary(tmp_path)
