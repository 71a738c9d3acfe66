import numpy as np
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.widgets.drawing import count_tags, laid_out, like, move, picture, svg_of
from widgets.plots.histograms import Histogram, HistogramStack
from widgets.style import Style

COLUMNS = ("Weights", "Activations", "Gradients")


def histogram(low: float, high: float, *counts: int) -> Histogram:
    return np.linspace(low, high, len(counts) + 1), np.array(counts)


def rows(count: int) -> list[tuple[str, list[Histogram]]]:
    three = [histogram(-1, 1, 1, 2, 1), histogram(0, 4, 9, 1), histogram(-1e-5, 1e-5, 1, 3, 1)]
    return [(f"linear{index + 1}", three) for index in range(count)]


def made(qtbot: QtBot, style: Style, width: int = 600, height: int = 400) -> HistogramStack:
    stack = HistogramStack(style)
    qtbot.addWidget(stack)
    laid_out(stack, width, height)
    return stack


@pytest.fixture
def stack(qtbot: QtBot) -> HistogramStack:
    return made(qtbot, Style())


def filled(stack: HistogramStack, row: int, column: int, share: float) -> float:
    """How high the bar is at a `share` of the width of a histogram, as a share of its height."""
    bars, pixels = stack.barsAt(row, column), picture(stack)
    x = round(bars.left() + share * bars.width())
    part = pixels[round(bars.top()) : round(bars.bottom()) - 2, x - 1 : x + 2]
    ground = stack._style.color("base").name()
    ink = (~like(part, ground, 40)).all(axis=1)
    return float(ink.mean())


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_bars_are_as_high_as_their_shares(qtbot: QtBot, theme: str) -> None:
    stack = made(qtbot, Style(theme))
    stack.setHistograms([("a", [histogram(0, 4, 1, 2, 4, 1)])], ["x"])
    heights = [filled(stack, 0, 0, share) for share in (0.125, 0.375, 0.625, 0.875)]
    np.testing.assert_allclose(heights, np.array([1, 2, 4, 1]) / 4, atol=0.04)


def test_a_histogram_lies_where_its_numbers_are(stack: HistogramStack) -> None:
    stack.setHistograms([("a", [histogram(0, 10, 1, 1)])], ["x"])
    stack.setHistograms([("a", [histogram(5, 10, 1, 1)])], ["x"])
    assert stack.xRange(0, 0) == (0, 10)
    assert filled(stack, 0, 0, 0.25) == 0
    assert filled(stack, 0, 0, 0.75) > 0.9


def test_axes_hold_still_until_numbers_leave_or_shrink(stack: HistogramStack) -> None:
    stack.setHistograms([("a", [histogram(-1, 1, 1, 2, 1)])], ["x"])
    before = stack.xRange(0, 0)
    for high in (0.99, 0.8, 0.97):
        stack.setHistograms([("a", [histogram(-high, high, 1, 2, 1)])], ["x"])
        assert stack.xRange(0, 0) == before
    stack.setHistograms([("a", [histogram(-1.7, 1, 1, 2, 1)])], ["x"])
    assert stack.xRange(0, 0)[0] <= -1.7
    stack.setHistograms([("a", [histogram(-0.01, 0.01, 1, 2, 1)])], ["x"])
    assert stack.xRange(0, 0)[1] <= 0.02
    stack.setHistograms([("b", [histogram(0, 3, 1, 2, 1)])], ["x"])  # another layer
    assert stack.xRange(0, 0) == (0, 3)


def test_names_headings_and_ends_are_written(stack: HistogramStack) -> None:
    stack.setHistograms(rows(2), COLUMNS)
    svg = svg_of(stack)
    for text in ("linear1", "linear2", *COLUMNS, "\u22121", ">4<", "\u22121e\u22125"):
        assert text in svg
    assert "more" not in svg
    assert count_tags(svg, "image") == 0
    assert "linear2" in stack.accessibleDescription()


def test_what_does_not_fit_is_counted(qtbot: QtBot) -> None:
    stack = made(qtbot, Style(), 380, 260)
    stack.setHistograms(rows(12), COLUMNS)
    shown, columns = stack.shown()
    assert columns == 3
    assert f"and {12 - shown} more rows" in svg_of(stack)
    assert f"linear{shown}<" in svg_of(stack)
    assert f"linear{shown + 1}<" not in svg_of(stack)
    assert stack.barsAt(shown - 1, 0).bottom() < 260 - 30
    stack.resize(200, 260)
    assert stack.shown()[1] == 1
    assert "rows, +2 columns" in svg_of(stack)
    stack.resize(380, 900)
    assert stack.shown() == (12, 3)
    assert "more" not in svg_of(stack)


@pytest.mark.parametrize("size", [(600, 400), (380, 260), (180, 100), (40, 20)])
@pytest.mark.parametrize("factor", [0.5, 1.0, 2.0])
def test_all_that_is_shown_lies_within(qtbot: QtBot, size: tuple[int, int], factor: float) -> None:
    stack = made(qtbot, Style("dark", factor), *size)
    stack.setHistograms(rows(7), COLUMNS)
    picture(stack)
    shown, columns = stack.shown()
    assert shown >= 1
    assert columns >= 1
    if size[0] >= 380:
        for row in range(shown):
            for column in range(columns):
                bars = stack.barsAt(row, column)
                assert stack.rect().contains(bars.toAlignedRect())
                assert bars.height() >= 13 * factor


def test_the_bin_under_the_cursor_is_read_off(stack: HistogramStack) -> None:
    stack.setHistograms([("a", [histogram(0, 4, 1, 2, 4, 1)])], ["x"])
    bars = stack.barsAt(0, 0)
    at = QPointF(bars.left() + 0.6 * bars.width(), bars.center().y()).toPoint()
    move(stack, at)
    assert "2.00 to 3.00: 4 of 8, 50.0%" in svg_of(stack)
    move(stack, QPointF(2, 2).toPoint())
    assert "of 8" not in svg_of(stack)


def test_it_grows_with_the_style(stack: HistogramStack) -> None:
    stack.setHistograms(rows(2), COLUMNS)
    hint, high = stack.sizeHint(), stack.barsAt(0, 0).left()
    stack._style.setFactor(2.0)
    QApplication.sendPostedEvents()
    assert stack.sizeHint() == 2 * hint
    assert stack.barsAt(0, 0).left() > 1.5 * high


def test_what_is_no_histogram_is_not_drawn(stack: HistogramStack) -> None:
    picture(stack)  # nothing yet
    stack.setHistograms([], COLUMNS)
    picture(stack)
    none = histogram(0, 1, 0, 0), histogram(np.nan, np.nan, 1, 2)
    stack.setHistograms([("a", none)], ["x", "y"])
    assert svg_of(stack).count("\u2014") == 2
    with pytest.raises(ValueError, match="a has 2 histograms for 3 columns"):
        stack.setHistograms([("a", none)], COLUMNS)
    with pytest.raises(ValueError, match="a has 2 edges of 2 bins"):
        stack.setHistograms([("a", [(np.arange(2.0), np.arange(2))])], ["x"])


def test_all_rows_and_columns_are_seen_at_the_least_height(qtbot: QtBot) -> None:
    stack = made(qtbot, Style(), 330, 200)
    three = rows(3)
    stack.setHistograms([("first alone", part) for _, part in three], COLUMNS)
    stack.resize(330, stack.leastHeight())
    assert stack.shown() == (3, 3)
    assert stack.barsAt(2, 2).bottom() <= stack.height() - stack._metrics.height()
    stack.resize(330, stack.leastHeight() - 2)
    assert stack.shown()[0] < 3
