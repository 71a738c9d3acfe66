"""Pictures as rows of a table, as sign-language MNIST: a column of labels, the others pixels."""

import math
import re
from pathlib import Path
from typing import ClassVar, Literal

import numpy as np

from kernels.datasets import column_names, local_path
from kernels.errors import DataError
from kernels.parameters import setting
from kernels.samples.oversampling import oversample_field, oversampled
from kernels.samples.pixels import picture_dataset
from kernels.samples.samples import Dataset, DatasetParameters
from kernels.samples.toys import train_share_of
from kernels.simulation import Array

MAX_BYTES = 500_000_000
MOST_CLASSES = 1000


class PixelTableData(DatasetParameters):
    """A CSV file in which a row is a square grey picture: its label, and its pixels row by row.

    Labels are whole numbers, also with gaps: the classes are those that occur, named by their
    label. A first row with a word in it is a header.
    """

    title: ClassVar[str] = "CSV of pixels"
    kind: Literal["pixels-csv"] = "pixels-csv"
    file: str = setting(
        "", help="The table of labels and pixels.", source="CSV (*.csv *.txt)", resets=("label",)
    )
    label: str = setting(
        "",
        help="The column of labels by its name; empty for the first.",
        label="Labels",
        labels={"": "First column"},
        offers=lambda data: data.columns(),
    )
    train_share: float = train_share_of(0.8)
    oversample: bool = oversample_field()

    def columns(self) -> tuple[str, ...]:
        """What holds the labels: the first column or the last; nothing without a file."""
        names = column_names(self.file)
        return ("", names[0], names[-1]) if names else ()

    def content(self) -> str:
        path = local_path(self.file)
        stat = path.stat()
        return f"{path.resolve()} {stat.st_mtime_ns} {stat.st_size}"

    def load(self, seed: int) -> Dataset:
        """The data set.

        Raises `DataError` where a cell is no whole number, a pixel not within 0 to 255, a picture
        not square, or where there are fewer than two classes.
        """
        path = local_path(self.file)
        if path.stat().st_size > MAX_BYTES:
            raise DataError(
                f"{path.name} is larger than {MAX_BYTES / 1e6:,.0f} MB, which is the most. Use a "
                "part of it."
            )
        names, table = _read(path)
        if self.label and self.label not in names:
            raise DataError(
                f"{path.name} has no column '{self.label}' of labels. Choose another, or leave it "
                "empty for the first."
            )
        column = names.index(self.label) if self.label else 0
        found, labels = np.unique(table[:, column], return_inverse=True)
        if not 2 <= len(found) <= MOST_CLASSES:
            raise DataError(
                f"The labels of {path.name} have {len(found):,} different values, but between 2 "
                f"and {MOST_CLASSES:,} classes can be told apart. Choose another column of labels."
            )
        pixels = np.delete(table, column, axis=1)
        side = math.isqrt(pixels.shape[1])
        if side**2 != pixels.shape[1] or not side:
            raise DataError(
                f"{path.name} has {pixels.shape[1]} pixels in a row beside the label, which is no "
                "square. Give 784 for 28 x 28, for example."
            )
        wrong = np.argwhere((pixels < 0) | (pixels > 255))
        if len(wrong):
            row = int(wrong[0][0])
            raise DataError(
                f"Picture {row + 1} of {path.name} has a pixel of {pixels[tuple(wrong[0])]:g}. "
                "Pixels are 0 to 255: correct it, or choose another column of labels."
            )
        data = picture_dataset(
            path.name,
            pixels.astype(np.uint8).reshape(-1, 1, side, side),
            labels.astype(np.int64),
            tuple(f"{label:g}" for label in found),
            self.train_share,
            seed,
        )
        return oversampled(data, seed) if self.oversample else data


def _read(path: Path) -> tuple[list[str], Array]:
    """The names of the columns, empty without a header, and all rows, float32."""
    try:
        with path.open(encoding="utf-8-sig") as file:
            first, second = file.readline(), file.readline()
            separator = ";" if ";" in first else ","
            names = [cell.strip().strip('"') for cell in first.split(separator)]
            has_header = not all(map(_is_number, names))
            has_rows = bool(second.strip() if has_header else first.strip())
            file.seek(0)
            table = (
                np.loadtxt(
                    file,
                    np.float32,
                    delimiter=separator,
                    comments=None,
                    skiprows=int(has_header),
                    ndmin=2,
                )
                if has_rows
                else np.empty((0, len(names)), np.float32)
            )
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}. Choose another.") from error
    except UnicodeDecodeError as error:
        raise DataError(f"{path.name} is not text in UTF-8. Choose a CSV file.") from error
    except ValueError as error:
        told = _from_one(str(error).partition(";")[0].rstrip("."))
        raise DataError(
            f"{path.name} cannot be read as labels and pixels: {told}, counted from the first "
            "picture. Each cell must be a number, and all rows equally long."
        ) from error
    return names if has_header else [], _checked(table, path.name)


def _from_one(told: str) -> str:
    """What NumPy told of a cell, whose row it counts from 0, though others from 1."""
    return re.sub(r"(?<=at row )\d+(?=, column)", lambda row: str(int(row[0]) + 1), told)


def _checked(table: Array, name: str) -> Array:
    wrong = np.argwhere(table != np.rint(table))  # NaN is unlike itself
    if not len(wrong):
        return table
    row, column = map(int, wrong[0])
    raise DataError(
        f"Picture {row + 1} of {name} has {table[row, column]:g} in column {column + 1}. Labels "
        "and pixels are whole numbers: correct it, or choose another file."
    )


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True
