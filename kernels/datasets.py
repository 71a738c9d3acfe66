"""Data from outside and how it is cut into batches: sources, tables, and the order of samples.

A source is a text: ``resource:data/study-hours.csv`` for what ships with the program,
``file:PATH`` or just a path for a file, ``camera:0`` for a camera.
What was read is kept by its content and shared; its arrays are read-only.
"""

import hashlib
import os
import re
import stat
from collections import OrderedDict
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

import numpy as np

from kernels.errors import DataError
from kernels.simulation import Array
from kernels.tables import MAX_BYTES, Table, header_names, parse_table
from resources import resource_path

_KEPT = 8  # tables
_HEADER_BYTES = 1 << 16  # more of a file is not looked at for the names of its columns

_tables: OrderedDict[tuple[str, str], Table] = OrderedDict()


@dataclass(frozen=True, slots=True)
class Source:
    """Where something from outside comes from: `place` is the name, the path or the number."""

    kind: Literal["resource", "file", "camera"]
    place: str


def parse_source(text: str) -> Source:
    """The source that `text` names. Raises `DataError` if it is empty or lies on a network."""
    if not text.strip():
        raise DataError("No file is named. Choose a file.")
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]+://", text) and not text.startswith("file:"):
        raise DataError(
            f"'{text}' is an address on a network, and Layerscope reads local files only. "
            "Download it and choose the file."
        )
    kind, colon, place = text.partition(":")
    if colon and kind in ("resource", "file", "camera"):
        return Source(kind, place)  # type: ignore[arg-type] # one of the three, see above
    return Source("file", text)


def local_path(source: str, relative_to: Path | None = None) -> Path:
    """Where the file or folder that `source` names lies on this machine.

    A relative path is taken from the folder `relative_to`, by default the present one. Raises
    `DataError` if it is nowhere, or cannot be looked at.
    """
    found = parse_source(source)
    if found.kind == "camera":
        raise DataError(
            f"'{source}' is a camera, which gives pictures and keeps no file. Choose a file."
        )
    path = (relative_to or Path()) / found.place
    try:
        if found.kind == "resource":
            path = resource_path(found.place)
        path.stat()
    except FileNotFoundError as error:
        if found.kind == "resource":
            raise DataError(str(error)) from error
        raise DataError(
            f"There is no file or folder {path}. Check the name, or choose another."
        ) from error
    except OSError as error:
        raise DataError(
            f"{path} cannot be read: {error.strerror}. Mend that, or choose another."
        ) from error
    except ValueError as error:  # a NUL in the name
        raise DataError(f"{found.place!r} cannot be the name of a file. Choose another.") from error
    return path


def read_file(path: Path, most: int, what: str) -> bytes:
    """What is in the file at `path`: `what`, such as "a table", of at most `most` bytes.

    Raises `DataError` if it is no file, is larger, or cannot be read.
    """
    if not os.path.isfile(path):  # unlike Path's own, this never raises
        raise DataError(
            f"{path} is a folder or a device, not a file. Choose a file that holds {what}."
        )
    try:
        with path.open("rb") as file:
            data = file.read(most + 1)
    except OSError as error:
        raise DataError(
            f"{path} cannot be read: {error.strerror}. Mend that, or choose another file."
        ) from error
    if len(data) > most:
        raise DataError(
            f"{path} is larger than {most / 1e6:,.0f} MB, which is the most for {what}. "
            "Choose a smaller file."
        )
    return data


def read_table(source: str, relative_to: Path | None = None) -> Table:
    """The table in the CSV file that `source` names.

    A relative path is taken from the folder `relative_to`, by default the present one. A table is
    parsed once and then shared, as long as the file stays as it is. Raises `DataError`.
    """
    path = local_path(source, relative_to)
    data, name = read_file(path, MAX_BYTES, "a table"), path.name
    key = (hashlib.sha256(data).hexdigest(), name)
    if key not in _tables:
        _tables[key] = parse_table(data, name)
        if len(_tables) > _KEPT:
            _tables.popitem(last=False)
    _tables.move_to_end(key)
    return _tables[key]


def column_names(source: str) -> tuple[str, ...]:
    """The names of the columns of the table that `source` names, read from its header alone.

    None at all where there is no such table: `read_table` says why.
    """
    try:
        path = local_path(source)
        status = path.stat()
    except (DataError, OSError):
        return ()
    is_file = stat.S_ISREG(status.st_mode)
    return _names_in(path, status.st_mtime_ns, status.st_size) if is_file else ()


@lru_cache(maxsize=_KEPT)
def _names_in(path: Path, _changed: int, _size: int) -> tuple[str, ...]:
    """The names in the header of the file at `path`, as it was at that time and of that size."""
    try:
        with path.open("rb") as file:
            return header_names(file.read(_HEADER_BYTES))
    except OSError:
        return ()


@dataclass(frozen=True, slots=True)
class Batches:
    """How `samples` data points are cut into mini-batches of `size`, epoch after epoch.

    Every epoch is all samples once, in an order that depends on the seed and the epoch alone (or
    in the order of the data, where they are not shuffled); its last batch is smaller where `size`
    does not divide `samples`. So the batch of any step can be told at any time.
    """

    samples: int
    size: int
    seed: int = 0
    shuffle: bool = True

    @property
    def per_epoch(self) -> int:
        """How many steps an epoch has."""
        return -(-self.samples // self.size)

    def epoch_of(self, step: int) -> int:
        """The epoch, from 0, in which step number `step`, from 0, lies."""
        return step // self.per_epoch

    def part(self, step: int) -> slice:
        """Which part of the order of its epoch step number `step` uses: 1 to `size` samples."""
        start = step % self.per_epoch * self.size
        return slice(start, start + self.size)

    def order(self, epoch: int) -> Array:
        """The order of all samples in `epoch`, (samples,) read-only int64."""
        return _order(self.samples, self.seed, epoch, self.shuffle)


@lru_cache(maxsize=16)
def _order(samples: int, seed: int, epoch: int, shuffle: bool) -> Array:
    # NumPy, not torch: what is kept here outlives every torch mode, device and generator state.
    if shuffle:
        order = np.random.default_rng([seed, epoch]).permutation(samples)
    else:
        order = np.arange(samples)
    order.flags.writeable = False
    return order
