import math

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QObject, QRect, Qt
from PySide6.QtGui import QFontMetricsF, QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.widgets.drawing import laid_out, like, picture, svg_of
from widgets.plots.number_table import ReadoutTable
from widgets.plots.table_columns import SIDE, SMALL
from widgets.plots.table_rows import FULL, Row
from widgets.style import Style

RED = "#d00000"


class Painted(QObject):
    """The rectangles of a widget that are painted."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.rects: list[QRect] = []
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QPaintEvent):
            self.rects.append(event.rect())
        return False


@pytest.fixture
def table(qtbot: QtBot) -> ReadoutTable:
    made = ReadoutTable(Style())
    qtbot.addWidget(made)
    made.setColumns(["step", "loss"])
    made.setRows([Row("SGD", (12, 3.14159), RED), Row("momentum", (25, math.nan))])
    return made


def texts(table: ReadoutTable) -> list[list[str]]:
    model = table.model()
    rows, columns = range(model.rowCount()), range(model.columnCount())
    return [[model.index(row, column).data() for column in columns] for row in rows]


def drawn_in(table: ReadoutTable) -> list[float]:
    """How wide what is drawn in each column of values is, in pixels, headings too."""
    letters, model = table._painter.letters, table._model
    mono, small = (
        QFontMetricsF(table._style.font("mono", scale=letters)),
        QFontMetricsF(table._style.font("small", scale=letters)),
    )
    widest = []
    for column, heading in enumerate(table._columns.headings):
        texts = [mono.horizontalAdvance(model.shown(row, column)) for row in model.rows]
        widest.append(max(*texts, *map(small.horizontalAdvance, heading.split("\n"))))
    return widest


def headings_in(table: ReadoutTable) -> list[str]:
    """The headings that are seen, in one line each."""
    return [heading.replace("\n", " ") for heading in table._columns.headings]


def test_it_holds_the_numbers_as_they_are_read(table: ReadoutTable) -> None:
    assert texts(table) == [["SGD", "12", "3.142"], ["momentum", "25", "—"]]
    heading = table.model().headerData(2, Qt.Orientation.Horizontal)
    assert heading == "loss"


def test_it_draws_them_with_a_piece_of_the_line(table: ReadoutTable) -> None:
    laid_out(table)
    assert like(picture(table), RED, 80).sum() > 20
    svg = svg_of(table)
    for word in ("SGD", "momentum", "3.142", "loss"):
        assert word in svg


def test_columns_hold_still_while_numbers_change(table: ReadoutTable) -> None:
    laid_out(table)
    widths = [table.columnWidth(column) for column in range(3)]
    for value in (1e-9, -123456.0, math.inf, 0.0, -1.234e-10):
        table.setRows([Row("SGD", (12, value), RED), Row("momentum", (25, value))])
        assert [table.columnWidth(column) for column in range(3)] == widths


def test_missing_and_spoken_values(table: ReadoutTable) -> None:
    table.setRows([Row("SGD", (None, "diverged")), Row("Adam", (3,))])
    assert texts(table) == [["SGD", "", "diverged"], ["Adam", "3", ""]]


def test_rows_and_columns_come_and_go(table: ReadoutTable) -> None:
    table.setRows([])
    table.setColumns(["a", "b", "c"])
    table.setRows([Row("Adam", (1.0, 2.0, 3.0))])
    assert texts(table) == [["Adam", "1.000", "2.000", "3.000"]]
    laid_out(table, 150, 60)
    picture(table)


def test_in_a_narrow_place_no_column_is_cut(table: ReadoutTable) -> None:
    table.setColumns(["arrived", "m", "b", "loss", "slope", "rate"])
    tiny = (25, 2.0, 1.0, 4.931e-32, 8.013e-16, 0.4444)
    rows = [Row("Momentum 0.4444", tiny), Row("SGD 0.1", (None, 0.916, 2.75, 1.1, 2.2, 0.1))]
    table.setRows(rows)
    laid_out(table, 461, 120)
    widths = [table.columnWidth(column) for column in range(7)]
    assert sum(widths) <= table.viewport().width()
    drawn = drawn_in(table)
    assert all(width >= wide + 2 * SIDE for width, wide in zip(widths[1:], drawn, strict=True))


def test_columns_that_do_not_fit_are_left_out_whole(table: ReadoutTable) -> None:
    table.setColumns(["arrived", "m", "b", "loss", "slope", "rate"])
    row = Row("SGD 0.1", ("25 …", 0.53, 4.1, 3.7e-4, 0.0625, 0.1))
    table.setRows([row])
    for width in (200, 250, 332, 600):
        laid_out(table, width, 120)
        shown = [i for i in range(7) if not table.isColumnHidden(i)]
        assert shown == list(range(len(shown)))
        assert sum(table.columnWidth(i) for i in shown) <= table.viewport().width()
        rooms = [table.columnWidth(i) for i in shown[1:]]
        assert all(room >= drawn for room, drawn in zip(rooms, drawn_in(table), strict=True))
    assert len(shown) == 7


@pytest.mark.parametrize("is_seen", [True, False])
def test_in_a_narrow_place_digits_and_columns_hold_still_while_numbers_shrink(
    table: ReadoutTable, is_seen: bool
) -> None:
    table.setColumns(["arrived", "m", "b", "loss", "slope", "rate"])
    names = "Momentum 0.4444", "SGD 0.1"

    def shrink(step: int) -> None:
        draw = np.random.default_rng(step)
        first, *signed = draw.choice((-1, 1), 4) * 10 ** draw.uniform(-5, 1, 4)
        shrunk = abs(first) * 0.8**step
        values = (None, *(float(v) for v in (*signed, shrunk)), 0.1)
        table.setRows([Row(name, values) for name in names])

    shrink(0)
    laid_out(table, 440, 120)
    if is_seen:
        table.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen, False)
        table.show()
        QApplication.processEvents()
    letters, widths = [], []
    for step in range(80):
        shrink(step)
        letters.append(table._painter.letters)
        widths.append([table.columnWidth(column) for column in range(1, 7)])
        assert sum(widths[-1]) + table.columnWidth(0) <= table.viewport().width()
        assert all(w >= d for w, d in zip(widths[-1], drawn_in(table), strict=True))
    assert letters == sorted(letters, reverse=True)
    hops = [step for step in range(1, 80) if widths[step] != widths[step - 1]]
    assert 0 < len(hops) < 4
    assert letters[-1] == SMALL
    laid_out(table, 900, 120)
    assert table._painter.letters == 1.0
    assert table._model.characters[1:] == (FULL,) * 5


def test_it_grows_with_the_style(table: ReadoutTable) -> None:
    before = table.sizeHint()
    table._style.setFactor(2.0)
    assert table.sizeHint().width() == pytest.approx(2 * before.width(), rel=0.1)
    assert table.sizeHint().height() == pytest.approx(2 * before.height(), rel=0.1)


def test_on_a_screen_only_rows_that_changed_are_painted_one_by_one(table: ReadoutTable) -> None:
    table.resize(480, 200)
    table.show()
    QApplication.processEvents()
    painted, high = Painted(table.viewport()), table.rowHeight(0)
    parts = table.changeRows([Row("SGD", (13, 3.14159), RED), Row("momentum", (26, 7.0))])
    next(parts)
    assert [(rect.top(), rect.height()) for rect in painted.rects] == [(0, high)]
    assert next(parts, "end") == "end"
    assert [(rect.top(), rect.height()) for rect in painted.rects[1:]] == [(high, high)]
    assert texts(table) == [["SGD", "13", "3.142"], ["momentum", "26", "7.000"]]
    table.setRows([Row("SGD", (13, 3.14159), RED), Row("momentum", (27, 7.0))])
    assert len(painted.rects) == 3


def test_on_a_screen_longer_numbers_get_room(table: ReadoutTable) -> None:
    table.setColumns(["m", "b", "loss", "slope"])
    short, long = (0.5, 0.5, 0.5, 0.5), (-0.0012345, 0.5, -1.5e-10, 0.5)
    table.setRows([Row("SGD", short), Row("Adam", short)])
    table.resize(450, 200)
    table.show()
    QApplication.processEvents()
    painted = Painted(table.viewport())
    table.setRows([Row("SGD", long), Row("Adam", short)])
    assert painted.rects == [table.viewport().rect()]  # whole, though but one has other numbers
    widths = [table.columnWidth(column) for column in range(5)]
    assert sum(widths) <= table.viewport().width()
    assert all(width >= table.sizeHintForColumn(i) for i, width in enumerate(widths) if i > 1)


@pytest.mark.parametrize("whole", [False, True])
def test_columns_that_moved_leave_no_pieces_where_their_painting_was_given_up(
    table: ReadoutTable, whole: bool
) -> None:
    table.setColumns(["m", "b", "loss", "slope"])
    short, long = (0.5, 0.5, 0.5, 0.5), (-0.0012345, 0.5, -1.5e-10, 0.5)
    table.setRows([Row("SGD", short), Row("Adam", short)])
    table.resize(450, 200)
    table.show()
    QApplication.processEvents()
    painted = Painted(table.viewport())
    next(table.changeRows([Row("SGD", long), Row("Adam", short)]))  # and no further
    assert painted.rects == []
    for _ in table.changeRows([Row("SGD", long), Row("Adam", short)], whole=whole):
        pass
    QApplication.processEvents()
    assert table.viewport().rect() in painted.rects


def test_a_minus_is_a_true_one_everywhere(table: ReadoutTable) -> None:
    table.setColumns(["place", "loss"])
    table.setRows([Row("end at (-2.805, 3.131)", ("1e-05", -0.5))])
    assert texts(table) == [["end at (\u22122.805, 3.131)", "1e\u221205", "\u22120.5000"]]


def test_headings_wider_than_their_numbers_take_two_lines_where_room_is_short(
    table: ReadoutTable,
) -> None:
    table.setColumns(["share", "lets go above 2/λ"])
    table.setRows([Row("end at (3.584, -1.848)", ("23.6%", "0.01897"))])
    laid_out(table, 500, 200)
    assert table._columns.headings == ("share", "lets go above 2/λ")
    high = table.horizontalHeader().height()
    laid_out(table, 277, 60)
    assert table._columns.headings == ("share", "lets go\nabove 2/λ")
    assert not table._columns.isCut
    assert table.horizontalHeader().height() < high + 10
    small = QFontMetricsF(table._style.font("small", scale=table._painter.letters))
    assert table.horizontalHeader().height() >= 2 * small.height()
    assert "lets go" in svg_of(table)


def test_what_is_narrowed_or_left_out_stands_in_the_tooltips(table: ReadoutTable) -> None:
    table.setColumns(["arrived", "m", "b", "loss", "slope"])
    table.setRows([Row("Momentum 0.4444, β 0.5556", (25, 2.0, 1.0, 4.931e-12, 8.013e-7))])
    cell = table.model().index(0, 1)
    laid_out(table, 700, 120)
    assert table.model().data(cell, Qt.ItemDataRole.ToolTipRole) is None
    laid_out(table, 250, 120)
    assert headings_in(table) == ["arrived", "m", "b"]
    told = table.model().data(cell, Qt.ItemDataRole.ToolTipRole)
    assert told.split("\n")[0] == "Momentum 0.4444, β 0.5556"
    assert told.split("\n")[-1] == "slope: 8.013e\u22127"


def test_numbers_have_as_many_digits_as_have_room(table: ReadoutTable) -> None:
    row = Row("SGD", (-0.0012345, 0.5, 4.931e-12))
    wide = [row.text(i) for i in range(3)]
    assert wide == ["\u22120.001234", "0.5000", "4.931e\u221212"]
    assert [row.text(i, 7) for i in range(3)] == ["\u22120.0012", "0.5000", "4.9e\u221212"]
    assert [row.text(i, 6) for i in range(3)] == ["\u22120.001", "0.5000", "5e\u221212"]


def test_where_rows_have_no_height_letters_are_smaller(table: ReadoutTable) -> None:
    table.setRows([Row(f"SGD {i}", (i, 0.5)) for i in range(8)])
    laid_out(table, 400, table.leastHeight())
    assert table._painter.letters == 1.0
    laid_out(table, 400, table.leastHeight(small=True))
    assert table._painter.letters == SMALL
    assert table.rowViewportPosition(7) + table.rowHeight(7) <= table.viewport().height()
