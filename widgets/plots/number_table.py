"""A table of live numbers that do not jump."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPointF,
    QRectF,
    QSignalBlocker,
    QSize,
    Qt,
)
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from widgets.numbers import format_number
from widgets.plots.shapes import line_pen
from widgets.redraw_pace import is_on_screen
from widgets.style import Style

_WIDEST = "\u22120.000e\u221210"
_ROW, _CLOSE = 1.45, 1.12  # the height of a row in lines, and the least
_DENSE = (4, 12), (3, 12), (3, 6), (2, 6)  # digits, and pixels between columns, as room shrinks
_FITS = [fit for fit in _DENSE for _ in range(2)]  # each once more without the longest there were
_SIDE = 3  # pixels left and right in a cell
_Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Row:
    """A row: its name, its values, and how its line is drawn elsewhere. A `str` stands as it is."""

    name: str
    values: tuple[float | str | None, ...]
    color: str | None = None
    dash: tuple[float, ...] = ()

    def text(self, column: int, digits: int = 4) -> str:
        """What stands in a column of values; nothing where there is none."""
        value = self.values[column] if column < len(self.values) else None
        if value is None or isinstance(value, str):
            return value or ""
        return format_number(value, digits)

    def isSpoken(self, column: int) -> bool:
        """Whether a column of values has words, or nothing, here."""
        value = self.values[column] if column < len(self.values) else None
        return value is None or isinstance(value, str)


class ReadoutTable(QTableView):
    """Rows of numbers under headings, each row with a piece of its line.

    Numbers have four significant digits of one width, and columns keep room for the longest, so
    that nothing moves while they change. Where there is little room numbers have three or two, long
    names end in "...", rows and columns move together, and then the last columns are left out; so
    it stays, with room for the longest numbers there were, until there is other room, or rows or
    columns come and go. A screen reader reads it cell by cell.
    """

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._style = style
        self._model = _Model(self)
        self._rows: tuple[Row, ...] = ()  # that the columns are wide enough for
        self._row, self._pad = 0, _FITS[0][1]
        self._fit_in_use = 0  # of `_FITS`
        self._longest: list[int] = []  # characters in each column of numbers since the room changed
        self._is_moved = False  # whether the columns were moved and are still to be painted there
        self._fitted: list[int] = []  # characters in each column of numbers that there is room for
        self._spoken: list[int] = []  # characters in each column of words when names were cut
        self.setModel(self._model)
        self.setItemDelegate(_Painter(style, self._model, self))
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setShowGrid(False)
        self.setFrameShape(self.Shape.NoFrame)
        self.setAccessibleName("Numbers")
        self.verticalHeader().hide()
        for header in (self.verticalHeader(), self.horizontalHeader()):
            header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
            header.setSectionsClickable(False)
            header.setMinimumSectionSize(1)
        style.changed.connect(self._restyle)
        self._restyle()

    def setColumns(self, headings: Sequence[str]) -> None:
        """Head the columns of numbers; the names of the rows stand before them."""
        if tuple(headings) != self._model.headings:
            self._model.setHeadings(tuple(headings))
            self._refit()

    def setRows(self, rows: Sequence[Row]) -> None:
        """Show these rows."""
        for _ in self.changeRows(rows):
            pass

    def changeRows(self, rows: Sequence[Row], *, whole: bool = False) -> Iterator[None]:
        """Show these rows; on a screen each that has changed is painted at once, in its turn.

        If columns get wider, all are painted at once. If `whole`, they are painted together, with
        all else, and cut names take what room there is.
        """
        self._rows, is_seen = tuple(rows), is_on_screen(self) and not whole
        if [row.name for row in self._model.rows] != [row.name for row in rows]:
            self._model.setRows(self._rows)
            self._refit()
            return
        lengths = self._lengths()
        is_wider = any(now > room for now, room in zip(lengths, self._fitted, strict=True))
        if is_wider and is_seen:
            with QSignalBlocker(self.horizontalHeader()):  # else all is painted at once
                self._fit()
            self.updateGeometries()
            self._is_moved = True
            yield
        is_shorter = any(now < then for now, then in zip(lengths, self._spoken, strict=False))
        if not is_seen and (is_wider or is_shorter):
            self._fit()
            self.viewport().update()  # with the numbers: Qt tells of moved columns only later
        if self._is_moved:  # a row painted alone would leave pieces of where the columns were
            self._model.setRows(self._rows)
            self._is_moved = False
            if is_seen:
                self.viewport().repaint()
            else:
                self.viewport().update()
            return
        is_painted = False
        for index, row in enumerate(self._rows):
            if is_painted:
                yield
            changed = self._model.setRow(index, row)
            is_painted = is_seen and bool(changed)
            if is_painted:
                left = self.columnViewportPosition(changed[0])
                top, high = self.rowViewportPosition(index), self.rowHeight(index)
                self.viewport().repaint(left, top, self.viewport().width() - left, high)

    def sizeHint(self) -> QSize:
        return self._size(self._style, self._pad)

    def sizeIn(self, style: Style) -> QSize:
        """The size that it would like to have if it were drawn in `style`, with nothing cut."""
        return self._size(style, _FITS[0][1])

    def _size(self, style: Style, pad: int) -> QSize:
        columns, rows = range(self._model.columnCount()), 1 + self._model.rowCount()
        width = sum(self._wanted(column, style, pad) for column in columns)
        return QSize(width + 2, rows * _row_height(style, _ROW) + 2)

    def leastHeight(self, rows: int | None = None) -> int:
        """The height at which so many rows, or all of them, are seen close together."""
        count = self._model.rowCount() if rows is None else rows
        return (1 + count) * _row_height(self._style, _CLOSE) + 2

    def showRow(self, row: int) -> None:
        """Scroll until this row is seen, now and whenever the table has got another size."""
        self._row = row
        self.scrollTo(self._model.index(row, 0))

    def minimumSizeHint(self) -> QSize:
        return QSize(0, 0)

    def _restyle(self) -> None:
        style, theme = self._style, self._style.theme()
        color = style.color("base")  # may be transparent
        base = color.name(color.NameFormat.HexArgb)
        self.setStyleSheet(
            f"QTableView {{ background: {base}; border: none; }}"
            f"QHeaderView {{ background: {base}; border: none; }}"
            f"QHeaderView::section {{ background: {base}; color: {theme.muted};"
            f" font-size: {style.font('small').pixelSize()}px; border: none;"
            f" padding: 0px {round(style.px(_SIDE))}px; }}"
        )
        self.horizontalHeader().setFont(style.font("small"))
        self._refit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._refit()
        self.showRow(self._row)

    def _refit(self) -> None:
        """Fit anew, whatever numbers there were."""
        self._fit_in_use, self._longest = 0, []
        self._fit()

    def _fit(self) -> None:
        """Give every column the room it wants, or a like share of what there is."""
        columns, room = range(self._model.columnCount()), self.viewport().width()
        least, name = self._least(anew=False)
        is_last = False
        while name + sum(least[1:]) > room and not is_last:
            is_last = self._fit_in_use == len(_FITS) - 1
            self._fit_in_use += not is_last
            least, name = self._least(anew=True)
        shown = len(columns)
        while shown > 2 and name + sum(least[1:shown]) > room:
            shown -= 1
        least[0] = max(least[0] - max(0, sum(least[:shown]) - room), name)
        most = [self._wanted(column, self._style, self._pad) for column in columns[1:shown]]
        wanted = [least[0], *most]
        over = max(0, sum(wanted) - room)
        spare = max(1, sum(wanted) - sum(least[:shown]))
        for column in columns:
            self.setColumnHidden(column, column >= shown)
        for column in columns[:shown]:
            give = min(1.0, over / spare) * (wanted[column] - least[column])
            self.setColumnWidth(column, int(wanted[column] - give))
        rooms = [self.columnWidth(column) - self._style.px(self._pad) for column in columns[1:]]
        char, lengths = _char(self._style), self._lengths()
        self._fitted = [max(n, int(wide / char)) for n, wide in zip(lengths, rooms, strict=True)]
        is_cut = self.columnWidth(0) < self._wanted(0, self._style, self._pad)
        self._spoken = [n * self._isSpoken(i) for i, n in enumerate(lengths)] if is_cut else []
        self._fitRows()
        self.updateGeometry()

    def _least(self, *, anew: bool) -> tuple[list[int], int]:
        """The least room of each column and of the names; if `anew`, of the numbers of now only."""
        digits, self._pad = _FITS[self._fit_in_use]
        if digits != self._model.digits or anew:
            self._longest = []
        self._model.digits = digits
        spoken = [self._isSpoken(i) for i in range(len(self._model.headings))]
        lengths = [0 if words else n for words, n in zip(spoken, self._lengths(), strict=True)]
        self._longest = [*map(max, lengths, self._longest or lengths)]
        columns = range(self._model.columnCount())
        least = [self._wanted(column, self._style, self._pad, "") for column in columns]
        return least, least[0] if digits == 4 else min(least[0], self._leastName())

    def _fitRows(self) -> None:
        """Move the rows together where they would not all be seen."""
        room = (self.height() - 2) // (1 + self._model.rowCount())
        high = min(_row_height(self._style, _ROW), max(_row_height(self._style, _CLOSE), room))
        if high != self.horizontalHeader().maximumHeight():
            self.horizontalHeader().setFixedHeight(high)
        if high != self.verticalHeader().defaultSectionSize():  # else all is painted anew
            self.verticalHeader().setDefaultSectionSize(high)

    def _leastName(self) -> int:
        """The room that even an elided name takes."""
        small = QFontMetricsF(self._style.font("small"))
        return round(small.horizontalAdvance("Momentum\u2026") + self._style.px(42))

    def _lengths(self) -> list[int]:
        """How many characters the longest number of each column has."""
        rows, digits = self._rows, self._model.digits
        columns = range(len(self._model.headings))
        return [max((len(row.text(i, digits)) for row in rows), default=0) for i in columns]

    def _isSpoken(self, column: int) -> bool:
        """Whether a column of values has nothing but words."""
        return bool(self._rows) and all(row.isSpoken(column) for row in self._rows)

    def _wanted(self, column: int, style: Style, pad: int, longest: str = _WIDEST) -> int:
        """How wide a column is in `style` with `pad` pixels beside it, at factor 1."""
        small, beside = QFontMetricsF(style.font("small")), style.px(pad)
        if column == 0:
            names = [small.horizontalAdvance(row.name) for row in self._rows]
            return round(max(names, default=0.0) + style.px(30) + beside) + 2
        rows = self._rows
        texts = [row.text(column - 1, self._model.digits) for row in rows]
        if self._isSpoken(column - 1):
            longest = ""
        elif not longest:
            longest = "\u22120." + "0" * (self._model.digits - 1)
        letters = max(len(text) for text in (longest, *texts))
        if self._longest:
            letters = max(letters, self._longest[column - 1])
        widest = _char(style) * letters
        heading = small.horizontalAdvance(self._model.headings[column - 1])
        return ceil(max(widest, heading) + beside)


def _row_height(style: Style, lines: float) -> int:
    """The height of a row of so many lines."""
    return round(QFontMetricsF(style.font("mono")).height() * lines)


def _char(style: Style) -> float:
    """The width of each character of a number."""
    return QFontMetricsF(style.font("mono")).horizontalAdvance("0")


class _Painter(QStyledItemDelegate):
    """Draws the cells: the names with their lines, the numbers flush right."""

    def __init__(self, style: Style, model: "_Model", parent: QWidget) -> None:
        super().__init__(parent)
        self._style = style
        self._model = model

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        style, row = self._style, self._model.rows[index.row()]
        area = QRectF(option.rect)
        area.adjust(style.px(_SIDE), 0, -style.px(_SIDE), 0)
        if index.column() == 0:
            if row.color is not None:
                self._paintLine(painter, area, row.color, row.dash)
            area.setLeft(area.left() + style.px(30))
            font = style.font("small")
            name = QFontMetricsF(font).elidedText(
                row.name, Qt.TextElideMode.ElideRight, area.width()
            )
            self._write(painter, area, name, font, Qt.AlignmentFlag.AlignLeft)
        else:
            text = row.text(index.column() - 1, self._model.digits)
            self._write(painter, area, text, style.font("mono"), Qt.AlignmentFlag.AlignRight)

    def _paintLine(
        self, painter: QPainter, area: QRectF, color: str, dash: tuple[float, ...]
    ) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(line_pen(self._style, color, 2.5, dash))
        middle, left = area.center().y(), area.left()
        painter.drawLine(QPointF(left, middle), QPointF(left + self._style.px(22), middle))

    def _write(
        self, painter: QPainter, area: QRectF, text: str, font: QFont, side: Qt.AlignmentFlag
    ) -> None:
        painter.setFont(font)
        painter.setPen(self._style.color("text"))
        painter.drawText(area, side | Qt.AlignmentFlag.AlignVCenter, text)


class _Model(QAbstractTableModel):
    """The rows as Qt's views and screen readers ask for them; names are column 0."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.digits = 4
        self.headings: tuple[str, ...] = ()
        self.rows: tuple[Row, ...] = ()

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
        is_other += [before.text(i, self.digits) != row.text(i, self.digits) for i in columns]
        changed = [column for column, differs in enumerate(is_other) if differs]
        for column in changed:
            cell = self.index(index, column)
            self.dataChanged.emit(cell, cell)
        return changed

    def rowCount(self, parent: _Index | None = None) -> int:
        return len(self.rows)

    def columnCount(self, parent: _Index | None = None) -> int:
        return 1 + len(self.headings)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        row = self.rows[index.row()]
        return row.name if index.column() == 0 else row.text(index.column() - 1)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation == Qt.Orientation.Vertical or section == 0:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.headings[section - 1]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None
