"""The rows of a table of live numbers, as Qt's views and screen readers ask for them."""

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from widgets.numbers import format_number, format_within, with_minus

FULL = 10  # characters of the longest number in four digits, as in -1.234e-10
STEADY = 6  # that every column of numbers has, so that signs and points do not move it
Index = QModelIndex | QPersistentModelIndex
Extent = tuple[int, int, int]  # characters: the fewest, those in four digits, those ever wanted


@dataclass(frozen=True, slots=True)
class Row:
    """A row: its name, its values, and how its line is drawn elsewhere. A `str` stands as it is."""

    name: str
    values: tuple[float | str | None, ...]
    color: str | None = None
    dash: tuple[float, ...] = ()

    def text(self, column: int, characters: int = FULL) -> str:
        """What stands in a column of values, a number in so many characters; or nothing."""
        value = self._value(column)
        return with_minus(value) if isinstance(value, str) else format_within(value, characters)

    def extent(self, column: int) -> Extent:
        """How long what stands in a column of values is, and may be."""
        value, now = self._value(column), len(self.text(column))
        if isinstance(value, str):
            return now, now, now
        return max(STEADY, len(format_number(value, 1))), now, max(now, FULL)

    def _value(self, column: int) -> float | str:
        value = self.values[column] if column < len(self.values) else None
        return "" if value is None else value


class RowsModel(QAbstractTableModel):
    """Names in column 0, values behind them. What has no room on the screen is in the tooltips."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.headings: tuple[str, ...] = ()
        self.rows: tuple[Row, ...] = ()
        self.characters: tuple[int, ...] = ()  # for each column of values that is seen
        self.written: tuple[str, ...] = ()  # their headings, in one line or two
        self.isCut = False  # whether a name or a column is not wholly seen

    def setHeadings(self, headings: tuple[str, ...]) -> None:
        self.beginResetModel()
        self.headings = headings
        self.endResetModel()

    def setRows(self, rows: tuple[Row, ...]) -> None:
        if len(rows) != len(self.rows):
            self.beginResetModel()
            self.rows = rows
            self.endResetModel()
            return
        for index, row in enumerate(rows):
            self.setRow(index, row)

    def setRow(self, index: int, row: Row) -> list[int]:
        """Have another row in the place of one; gives the columns that read otherwise now."""
        before, columns = self.rows[index], range(len(self.headings))
        self.rows = (*self.rows[:index], row, *self.rows[index + 1 :])
        is_other = [(before.name, before.color, before.dash) != (row.name, row.color, row.dash)]
        is_other += [self.shown(before, i) != self.shown(row, i) for i in columns]
        changed = [column for column, differs in enumerate(is_other) if differs]
        for column in changed:
            cell = self.index(index, column)
            self.dataChanged.emit(cell, cell)
        return changed

    def shown(self, row: Row, column: int) -> str:
        """What is seen of `row` in a column of values."""
        return row.text(column, self.characters[column] if column < len(self.characters) else FULL)

    def rowCount(self, parent: Index | None = None) -> int:
        return len(self.rows)

    def columnCount(self, parent: Index | None = None) -> int:
        return 1 + len(self.headings)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self.rows[index.row()]
        if role == Qt.ItemDataRole.ToolTipRole and self.isCut:
            texts = ((heading, row.text(i)) for i, heading in enumerate(self.headings))
            return "\n".join([with_minus(row.name), *(f"{h}: {t}" for h, t in texts if t)])
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        return with_minus(row.name) if index.column() == 0 else row.text(index.column() - 1)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation == Qt.Orientation.Vertical or section == 0:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            written = self.written[section - 1 : section]
            return written[0] if written else self.headings[section - 1]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None
