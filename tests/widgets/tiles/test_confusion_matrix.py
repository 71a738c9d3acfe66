import re
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QFontMetricsF
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.widgets.drawing import laid_out, like, move, picture, press, svg_of
from widgets.style import Style
from widgets.tiles.confusion_matrix import ConfusionMatrix
from widgets.tiles.matrix_colors import shade

KEY = Qt.Key
DIGITS = [str(k) for k in range(10)]
LONG = [f"a long name {k}" for k in range(10)]
LETTERS = [chr(65 + k) for k in range(26)]


def some(n: int) -> NDArray[np.int64]:
    """n classes with 982 samples each; 12 of class 9 are taken for 4."""
    counts = np.zeros((n, n), np.int64)
    counts[np.arange(n), np.arange(n)] = 982
    if n > 2:
        counts[0, 1:3], counts[0, 0] = (3, 6), 973
    if n == 10:
        counts[9, 4], counts[9, 9] = 12, 970
    return counts


@pytest.fixture
def matrix(qtbot: QtBot) -> ConfusionMatrix:
    made = ConfusionMatrix(Style())
    qtbot.addWidget(made)
    made.setMatrix(some(10), DIGITS)
    laid_out(made, 600, 400)
    return made


def middle(matrix: ConfusionMatrix, true: int, predicted: int) -> QPoint:
    return matrix._rect(true * len(matrix._names) + predicted).center().toPoint()


def corner(matrix: ConfusionMatrix, true: int, predicted: int) -> tuple[int, int]:
    at = matrix._rect(true * len(matrix._names) + predicted).topLeft().toPoint()
    return at.y() + 2, at.x() + 2


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_diagonal_and_the_mistakes_have_scales_of_their_own(
    matrix: ConfusionMatrix, theme: Any
) -> None:
    matrix._style.setTheme(theme)
    shown = picture(matrix)
    expected = {
        (1, 1): shade(theme, 0, 1.0).ground,
        (0, 0): shade(theme, 0, 973 / 982).ground,
        (9, 4): shade(theme, 1, 12 / 982 / 0.02).ground,
        (0, 1): shade(theme, 1, 3 / 982 / 0.02).ground,
        (5, 6): QColor(matrix._style.theme().window),
    }
    for (true, predicted), color in expected.items():
        assert like(shown[corner(matrix, true, predicted)], color.name(), 6)


def words_of(matrix: ConfusionMatrix) -> list[str]:
    return re.findall(r"<text[^>]*>([^<]*)</text>", svg_of(matrix))


def test_counts_names_and_shares_are_written(matrix: ConfusionMatrix) -> None:
    words = words_of(matrix)
    for word in ("true", "predicted", "found", "12", "973", "970", "98.8%", "100%"):
        assert word in words
    assert words.count("982") == 8
    assert "0" in words  # its name
    assert words.count("0") == 2
    assert "right, 0 to 100%" in words
    assert "mistakes, 0 to 2%" in words


def test_a_class_without_samples_has_no_share(matrix: ConfusionMatrix) -> None:
    matrix.setMatrix(np.array([[5, 0], [0, 0]]), ["yes", "no"])
    words = words_of(matrix)
    assert words.count("—") == 1
    assert words.count("0") == 1  # found none
    move(matrix, middle(matrix, 1, 0))
    assert "no read as yes: 0 of 0" in words_of(matrix)


def test_hovering_tells_the_mistake(matrix: ConfusionMatrix) -> None:
    move(matrix, middle(matrix, 9, 4))
    assert "9 read as 4: 12 of 982" in words_of(matrix)
    assert "1.2%" in words_of(matrix)
    matrix.setMatrix(some(10) * 2, DIGITS)
    assert "9 read as 4: 24 of 1964" in words_of(matrix)


def test_a_click_and_keys_choose_a_cell(matrix: ConfusionMatrix) -> None:
    heard: list[tuple[int, int]] = []
    matrix.cellChosen.connect(lambda *cell: heard.append(cell))
    press(matrix, middle(matrix, 9, 4))
    press(matrix, QPoint(1, 1))
    for key in (KEY.Key_Up, KEY.Key_Right, KEY.Key_Return):
        QTest.keyClick(matrix, key)
    assert heard == [(9, 4), (8, 5)]
    assert matrix.accessibleDescription() == "8 read as 5: 0 of 982, 0%."


def test_it_is_refused_where_names_or_counts_lack(matrix: ConfusionMatrix) -> None:
    with pytest.raises(ValueError, match="as many rows"):
        matrix.setMatrix(some(10), DIGITS[:9])
    with pytest.raises(ValueError, match="at most 26"):
        matrix.setMatrix(some(27), [*LETTERS, "?"])


def test_what_is_given_may_change_later(matrix: ConfusionMatrix) -> None:
    counts = some(10)
    matrix.setMatrix(counts, DIGITS)
    before, kept = picture(matrix), matrix._kept
    matrix.setMatrix(some(10), DIGITS)
    assert matrix._kept is kept
    counts[:] = 1
    matrix._restyle()
    np.testing.assert_array_equal(picture(matrix), before)


@pytest.mark.parametrize("factor", [0.6, 1.0, 2.0])
@pytest.mark.parametrize("size", [(600, 400), (380, 260), (900, 200), (200, 600)])
@pytest.mark.parametrize("names", [DIGITS, LONG, LETTERS, ["yes", "no"]])
def test_nothing_overlaps_or_is_outside(
    matrix: ConfusionMatrix, names: list[str], size: tuple[int, int], factor: float
) -> None:
    matrix._style.setFactor(factor)
    matrix.setMatrix(some(len(names)), names)
    laid_out(matrix, *size)
    picture(matrix)
    laid, n = matrix.matrixLayout(), len(names)
    bounds = matrix.rect().toRectF()
    parts = [laid.cells, laid.left, laid.top, laid.shares, laid.key]
    parts = [part for part in parts if part.height() > 0 and part.width() > 0]
    for number, part in enumerate(parts):
        assert bounds.contains(part)
        assert not any(part.intersects(other) for other in parts[number + 1 :])
    metrics = QFontMetricsF(laid.names)
    letters = metrics.capHeight() + metrics.descent()
    assert laid.down * laid.cells.height() / n >= min(letters, laid.cells.height()) - 1
    wide = max(metrics.horizontalAdvance(name) for name in names)
    along = metrics.height() if laid.upright else wide
    assert laid.across >= n or laid.across * laid.cells.width() / n >= along
    cells = [matrix._rect(k) for k in range(n * n)]
    assert not any(a.intersects(b) for a, b in pairwise(cells))


@pytest.mark.parametrize("size", [(10, 10), (60, 30), (1, 300)])
@pytest.mark.parametrize("names", [[], ["one"], LETTERS])
def test_it_is_drawn_in_no_room(
    matrix: ConfusionMatrix, names: list[str], size: tuple[int, int]
) -> None:
    matrix.setMatrix(some(len(names)), names)
    laid_out(matrix, *size)
    matrix.matrixLayout()
    picture(matrix)
    move(matrix, QPoint(0, 0))
