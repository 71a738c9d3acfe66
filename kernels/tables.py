"""Tables of numbers from CSV text: forgiving where the meaning is plain, else a sentence.

Commas, semicolons and tabs separate columns; a decimal comma is read where commas separate nothing;
a byte-order mark, Windows line ends and empty lines do no harm. A table may hold columns of words:
only a column that is used must be of numbers.
"""

import codecs
import csv
import hashlib
import io
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from kernels.errors import DataError
from kernels.sentences import similar
from kernels.simulation import Array

MAX_BYTES = 100_000_000
MAX_ROWS = 1_000_000
_DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs"}
_MISSING = frozenset({"", "na", "n/a", "nan", "null", "none"})

Row = tuple[int, list[str]]  # its number as a spreadsheet counts, from 1, and its cells


@dataclass(frozen=True, slots=True)
class Table:
    """A table that was read: named columns, all of the same length.

    `names` are those of all columns in their order; `columns` holds the read-only float64 arrays,
    (rows,), of those that are numbers throughout, and `faults` says of each other one why it is
    not. `words` holds the cells, (rows,), of those in which none is a number and none is missing.
    `sha256` is that of the bytes it was read from.
    """

    name: str
    names: tuple[str, ...]
    rows: int
    sha256: str
    columns: Mapping[str, Array] = field(repr=False)
    faults: Mapping[str, str] = field(repr=False)
    words: Mapping[str, tuple[str, ...]] = field(repr=False)

    def column(self, name: str) -> Array:
        """The numbers in the column `name`, (rows,). Raises `DataError` if it is not of numbers."""
        if name in self.columns:
            return self.columns[name]
        if name in self.faults:
            raise DataError(self.faults[name])
        raise DataError(
            f"{self.name} has no column '{name}'; it has {_listed(self.names)}. "
            f"Choose one of these.{similar(name, self.names)}"
        )


def parse_table(data: bytes, name: str) -> Table:
    """The table that `data`, the bytes of a CSV file with a header, holds; `name` is for messages.

    Raises `DataError` if it is no such table, has fewer than two rows, or no column of numbers
    or words.
    """
    delimiter, rows = _rows(_text(data, name), name)
    names = _header(rows[0][1], name)
    body = rows[1:]
    if len(body) < 2:
        raise DataError(
            f"{name} has {'one row' if body else 'no rows'} below its header; a fit "
            "needs two at least. Add rows."
        )
    _check_widths(body, names, delimiter, name)
    columns: dict[str, Array] = {}
    faults: dict[str, str] = {}
    words: dict[str, tuple[str, ...]] = {}
    for index, column in enumerate(names):
        place, decimal_comma = f"'{column}' of {name}", delimiter != ","
        try:
            columns[column] = _numbers(body, index, decimal_comma, place)
        except DataError as error:
            faults[column] = str(error)
            if not any(_number(cells[index], decimal_comma) is not None for _, cells in body):
                missing = _missing(body, index)
                if not missing:
                    words[column] = tuple(cells[index] for _, cells in body)
                elif len(missing) < len(body):
                    faults[column] = _no_value(place, missing)
    if not (columns or words):
        raise DataError(f"{name} has no column of numbers or words. {faults[names[0]]}")
    return Table(name, names, len(body), hashlib.sha256(data).hexdigest(), columns, faults, words)


def header_names(start: bytes) -> tuple[str, ...]:
    """The names of the columns of a table of which `start` is the beginning; none if it has none.

    `parse_table` says of the whole what is wrong with it.
    """
    try:
        text = codecs.getincrementaldecoder(_encoding(start))().decode(start)  # a cut end is let be
        delimiter = _delimiter(text)
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        rows = ([cell.strip() for cell in row] for row in reader)
        return _header(next(row for row in rows if any(row)), "")
    except (DataError, UnicodeDecodeError, StopIteration, csv.Error):
        return ()


def _encoding(data: bytes) -> str:
    wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))  # how spreadsheets save "Unicode text"
    return "utf-16" if wide else "utf-8-sig"


def _delimiter(text: str) -> str:
    """What separates the columns: what cuts the first line into most cells."""
    first = next(line for line in text.splitlines() if line.strip())
    return max(_DELIMITERS, key=lambda d: len(next(csv.reader([first], delimiter=d))))


def _text(data: bytes, name: str) -> str:
    if not data.strip():
        raise DataError(f"{name} is empty. Choose a CSV file with a header and rows of numbers.")
    try:
        text = data.decode(_encoding(data))
    except UnicodeDecodeError as error:
        raise DataError(
            f"{name} is not text in UTF-8: byte {error.start + 1} has no meaning there. "
            "Save it as 'CSV UTF-8' in your spreadsheet, or choose another file."
        ) from error
    if "\0" in text:
        raise DataError(f"{name} is not a text file. Choose a CSV file.")
    if not text.strip():
        raise DataError(f"{name} is empty. Choose a CSV file with a header and rows of numbers.")
    return text


def _rows(text: str, name: str) -> tuple[str, list[Row]]:
    """What separates the columns, and all rows that are not empty, the header first."""
    rows: list[Row] = []
    reader = csv.reader([])
    try:
        delimiter = _delimiter(text)
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        for number, cells in enumerate(reader, start=1):
            if any(map(str.strip, cells)):
                rows.append((number, [cell.strip() for cell in cells]))
            if len(rows) > MAX_ROWS + 1:
                raise DataError(
                    f"{name} has more than {MAX_ROWS:,} rows, which is the most. Use a part of it."
                )
    except csv.Error as error:
        raise DataError(
            f"{name} cannot be read as CSV at line {reader.line_num}: {error}. "
            "Look for a quotation mark that is out of place there."
        ) from error
    if not rows:
        raise DataError(f"{name} holds only separators. Choose a CSV file with rows of numbers.")
    return delimiter, rows


def _header(cells: list[str], name: str) -> tuple[str, ...]:
    written = [cell for cell in cells if cell]
    if all(_number(cell, decimal_comma=True) is not None for cell in written):
        raise DataError(
            f"{name} has no header: its first row is {_listed(cells)}, all numbers. "
            "Write a name for each column above it."
        )
    names = tuple(cell or f"column {i}" for i, cell in enumerate(cells, start=1))
    twice = [column for column, count in Counter(names).items() if count > 1]
    if twice:
        raise DataError(
            f"{name} has more than one column '{twice[0]}'. Give each a name of its own."
        )
    return names


def _check_widths(body: Sequence[Row], names: tuple[str, ...], delimiter: str, name: str) -> None:
    for number, cells in body:
        if len(cells) != len(names):
            raise DataError(
                f"Row {number} of {name} has {len(cells)} cell{'s' * (len(cells) != 1)}, but the "
                f"header has {len(names)}, "
                f"separated by {_DELIMITERS[delimiter]}. Mend that row; "
                "where commas mark decimals, separate the columns by semicolons."
            )


def _numbers(body: Sequence[Row], index: int, decimal_comma: bool, column: str) -> Array:
    cells = [cells[index] for _, cells in body]
    try:  # nearly every column is plain: all of it at once, and cell by cell only to find a fault
        values = np.array(list(map(float, cells)))
        if not np.isfinite(values).all() or any("_" in cell for cell in cells):
            raise ValueError
    except ValueError:
        values = _numbers_one_by_one(body, index, decimal_comma, column)
    values.flags.writeable = False
    return values


def _numbers_one_by_one(body: Sequence[Row], index: int, decimal_comma: bool, column: str) -> Array:
    values = np.empty(len(body))
    for i, (row, cells) in enumerate(body):
        value = _number(cells[index], decimal_comma)
        if value is not None:
            values[i] = value
        elif cells[index].casefold() not in _MISSING:
            raise DataError(
                f"Row {row} of column {column} is {_shown(cells[index])}, which is not a finite "
                "number. Correct it, or choose a column of numbers."
            )
    if missing := _missing(body, index):
        raise DataError(_no_value(column, missing))
    return values


def _missing(body: Sequence[Row], index: int) -> list[str]:
    """The numbers of the rows whose cell is empty or a word for nothing."""
    return [str(row) for row, cells in body if cells[index].casefold() in _MISSING]


def _no_value(column: str, missing: Sequence[str]) -> str:
    many = len(missing) > 1
    return (
        f"Column {column} has no value in row{'s' if many else ''} "
        f"{_listed(missing, quoted=False)}. "
        f"Fill {'them' if many else 'it'} in or take {'these rows' if many else 'the row'} out."
    )


def _number(cell: str, decimal_comma: bool) -> float | None:
    """The finite number that `cell` is, or None."""
    if decimal_comma and "." not in cell:
        cell = cell.replace(",", ".", 1)
    try:
        value = float(cell)
    except ValueError:
        return None
    return value if math.isfinite(value) and "_" not in cell else None


def _shown(cell: str) -> str:
    return repr(cell if len(cell) <= 40 else cell[:37] + "...")


def _listed(words: Sequence[str], quoted: bool = True) -> str:
    shown = [_shown(word) if quoted else word for word in words[:10]]
    return ", ".join(shown) + (f" and {len(words) - 10} more" if len(words) > 10 else "")
