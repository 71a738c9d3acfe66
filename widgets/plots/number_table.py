"""A table of live numbers that do not jump."""

from collections.abc import Iterator, Sequence

from PySide6.QtCore import QPointF, QRectF, QSignalBlocker, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from widgets.plots.shapes import line_pen
from widgets.plots.table_columns import SAMPLE, SIDE, SMALL, Columns, fit_columns, wanted_width
from widgets.plots.table_rows import Extent, Index, Row, RowsModel
from widgets.redraw_pace import is_on_screen
from widgets.style import Style

_ROW, _CLOSE = 1.45, 1.12  # the height of a row in lines, and the least


class ReadoutTable(QTableView):
    """Rows of numbers under headings, each row with a piece of its line.

    Numbers have four significant digits of one width, and columns keep room for the longest, so
    that nothing moves while they change. Where there is little room, headings take two lines,
    columns and rows move together, numbers have as many digits as fit, and letters are smaller;
    then names are narrowed in the middle, and at last the last columns are left out, the first
    being the most important. What is not wholly seen stands in the tooltips. So it stays, with room
    for the longest numbers there were, until there is other room, or rows or columns come and go. A
    screen reader reads all of it cell by cell.
    """

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._style = style
        self._model = RowsModel(self)
        self._row = 0
        self._extents: list[Extent] = []  # the largest in each column since the room changed
        self._columns = Columns.none()
        self._isMoved = False  # whether the columns were moved and are still to be painted there
        self._painter = _Painter(style, self._model, self)
        self.setModel(self._model)
        self.setItemDelegate(self._painter)
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
        """Head the columns of numbers, the most important first; names stand before them."""
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
        all else.
        """
        is_seen = is_on_screen(self) and not whole
        if [row.name for row in self._model.rows] != [row.name for row in rows]:
            self._model.setRows(tuple(rows))
            self._refit()
            return
        self._note(rows)
        if not self._columns.hold(self._extents):
            with QSignalBlocker(self.horizontalHeader()):  # else all is painted at once
                self._fit()
            self.updateGeometries()
            self._isMoved = True
            if is_seen:
                yield
        if self._isMoved:  # a row painted alone would leave pieces of where the columns were
            self._model.setRows(tuple(rows))
            self._isMoved = False
            if is_seen:
                self.viewport().repaint()
            else:
                self.viewport().update()  # with the numbers: Qt tells of moved columns only later
            return
        is_painted = False
        for index, row in enumerate(rows):
            if is_painted:
                yield
            changed = self._model.setRow(index, row)
            is_painted = is_seen and bool(changed)
            if is_painted:
                left = self.columnViewportPosition(changed[0])
                top, high = self.rowViewportPosition(index), self.rowHeight(index)
                self.viewport().repaint(left, top, self.viewport().width() - left, high)

    def sizeHint(self) -> QSize:
        high = self._rowHeight(_ROW, self._columns.fit.letters)
        heading = max(high, self._headingHeight(self._columns.fit.letters))
        width = self.sizeIn(self._style).width()
        return QSize(width, heading + self._model.rowCount() * high + 2)

    def sizeIn(self, style: Style) -> QSize:
        """The size that it would like to have if it were drawn in `style`, with nothing cut."""
        width = wanted_width(self._names(), self._model.headings, self._extents, style)
        high = round(QFontMetricsF(style.font("mono")).height() * _ROW)
        return QSize(width + 2, (1 + self._model.rowCount()) * high + 2)

    def leastHeight(self, rows: int | None = None, *, small: bool = False) -> int:
        """The height at which so many rows, or all, are seen close together, in `small` letters."""
        count = self._model.rowCount() if rows is None else rows
        letters = SMALL if small else self._columns.fit.letters
        high = self._rowHeight(_CLOSE, letters)
        return max(high, self._headingHeight(letters)) + count * high + 2

    def showRow(self, row: int) -> None:
        """Scroll until this row is seen, now and whenever the table has got another size."""
        self._row = row
        self.scrollTo(self._model.index(row, 0))

    def minimumSizeHint(self) -> QSize:
        return QSize(0, 0)

    def _restyle(self) -> None:
        self._painter.letters = 0.0  # so that the headings are styled anew
        self._refit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._refit()
        self.showRow(self._row)

    def _refit(self) -> None:
        """Fit anew, whatever numbers there were."""
        self._extents = []
        self._note(self._model.rows)
        self._fit()

    def _note(self, rows: Sequence[Row]) -> None:
        """Keep in mind how long the longest values of each column are."""
        nothing: Extent = (0, 0, 0)
        before = self._extents or [nothing] * len(self._model.headings)
        for column, most in enumerate(before):
            extents = [most, *(row.extent(column) for row in rows)]
            before[column] = tuple(map(max, *extents)) if rows else most
        self._extents = before

    def _fit(self) -> None:
        """Share the room among the columns, and the height among the rows."""
        model, room = self._model, self.viewport().width()
        columns = fit_columns(self._names(), model.headings, self._extents, room, self._style)
        self._columns = columns
        model.characters, model.written = columns.characters, columns.headings
        model.isCut = columns.isCut
        for column in range(model.columnCount()):
            self.setColumnHidden(column, column >= len(columns.widths))
        for column, width in enumerate(columns.widths):
            self.setColumnWidth(column, width)
        self._fitRows()
        self.updateGeometry()

    def _fitRows(self) -> None:
        """Move the rows together, and take smaller letters, until all are seen."""
        is_small = self.leastHeight() > self.height()
        letters = SMALL if is_small else self._columns.fit.letters
        if letters != self._painter.letters:
            self._painter.letters = letters
            self._styleHeadings(letters)
        heading = self._headingHeight(letters)
        most, least = (self._rowHeight(lines, letters) for lines in (_ROW, _CLOSE))
        room = self.height() - 2
        high = room // (1 + self._model.rowCount())
        if high < heading:
            high = (room - heading) // max(1, self._model.rowCount())
        high = min(most, max(least, high))
        if max(high, heading) != self.horizontalHeader().maximumHeight():
            self.horizontalHeader().setFixedHeight(max(high, heading))
        if high != self.verticalHeader().defaultSectionSize():  # else all is painted anew
            self.verticalHeader().setDefaultSectionSize(high)

    def _styleHeadings(self, letters: float) -> None:
        style, theme = self._style, self._style.theme()
        color = style.color("base")  # may be transparent
        base = color.name(color.NameFormat.HexArgb)
        font = style.font("small", scale=letters)
        self.setStyleSheet(
            f"QTableView {{ background: {base}; border: none; }}"
            f"QHeaderView {{ background: {base}; border: none; }}"
            f"QHeaderView::section {{ background: {base}; color: {theme.muted};"
            f" font-size: {font.pixelSize()}px; border: none;"
            f" padding: 0px {round(style.px(SIDE))}px; }}"
        )
        self.horizontalHeader().setFont(font)

    def _names(self) -> list[str]:
        return [self._model.index(i, 0).data() for i in range(self._model.rowCount())]

    def _rowHeight(self, lines: float, letters: float) -> int:
        """The height of a row of so many lines."""
        return round(QFontMetricsF(self._style.font("mono", scale=letters)).height() * lines)

    def _headingHeight(self, letters: float) -> int:
        """The height of the headings, of two lines where any of them has two."""
        lines = 1 + any("\n" in heading for heading in self._columns.headings)
        font = self._style.font("small", scale=letters)
        return round(lines * QFontMetricsF(font).height() * 1.05)


class _Painter(QStyledItemDelegate):
    """Draws the cells: the names with their lines, the numbers flush right."""

    def __init__(self, style: Style, model: RowsModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._style = style
        self._model = model
        self.letters = 1.0  # times their size

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        style, row = self._style, self._model.rows[index.row()]
        area = QRectF(option.rect)
        area.adjust(style.px(SIDE), 0, -style.px(SIDE), 0)
        if index.column() == 0:
            if row.color is not None:
                self._paintLine(painter, area, row.color, row.dash)
            area.setLeft(area.left() + style.px(SAMPLE * self.letters))
            font = style.font("small", scale=self.letters)
            middle = Qt.TextElideMode.ElideMiddle
            name = QFontMetricsF(font).elidedText(index.data(), middle, area.width() + 1)
            self._write(painter, area, name, font, Qt.AlignmentFlag.AlignLeft)
        else:
            text = self._model.shown(row, index.column() - 1)
            font = style.font("mono", scale=self.letters)
            self._write(painter, area, text, font, Qt.AlignmentFlag.AlignRight)

    def _paintLine(
        self, painter: QPainter, area: QRectF, color: str, dash: tuple[float, ...]
    ) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(line_pen(self._style, color, 2.5, dash))
        middle, left = area.center().y(), area.left()
        right = left + self._style.px(22 * self.letters)
        painter.drawLine(QPointF(left, middle), QPointF(right, middle))

    def _write(
        self, painter: QPainter, area: QRectF, text: str, font: QFont, side: Qt.AlignmentFlag
    ) -> None:
        painter.setFont(font)
        painter.setPen(self._style.color("text"))
        painter.drawText(area, side | Qt.AlignmentFlag.AlignVCenter, text)
