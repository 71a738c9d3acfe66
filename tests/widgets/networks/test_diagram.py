from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtWidgets import QApplication

from widgets.networks.diagram import Diagram, Link, Neuron
from widgets.style import Style


def laid(counts: list[int], size: tuple[float, float] = (700, 420), factor: float = 1) -> Diagram:
    names = [[f"n{i}" for i in range(count)] for count in counts]
    captions = ["inputs", *[f"{n} LeakyReLU" for n in counts[1:-1]], "output"]
    return Diagram(names, captions[: len(counts)], size, Style("light", factor))


CASES = [
    ([2, 4, 2, 1], (700, 420), 1.0),
    ([2, 8, 8, 8, 1], (380, 260), 1.0),
    ([2, 8, 8, 8, 1], (380, 260), 2.0),
    ([3, 50, 8, 6, 5, 4, 3, 2], (380, 260), 1.0),
    ([784, 128, 10], (380, 260), 1.5),
    ([2, 1], (380, 260), 0.6),
    ([5], (380, 260), 1.0),
]


@pytest.mark.parametrize(("counts", "size", "factor"), CASES)
def test_nothing_is_clipped_and_no_tiles_or_words_overlap(
    qapp: QApplication, counts: list[int], size: tuple[float, float], factor: float
) -> None:
    diagram = laid(counts, size, factor)
    whole = QRectF(0, 0, *size)
    tiles = [tile for column in diagram.tiles for tile in column]
    words = [part.rect for part in (*diagram.captions, *diagram.more) if part is not None]
    for rect in (*tiles, *words):
        assert whole.contains(rect)
    boxes = [*tiles, *words]
    for i, rect in enumerate(boxes):
        assert not any(rect.intersects(other) for other in boxes[i + 1 :])
    for above, below in pairwise(diagram.centers):
        assert above < below


def test_a_column_with_too_many_says_how_many_are_left_out(qapp: QApplication) -> None:
    diagram = laid([2, 50, 1])
    words = diagram.more[1]
    assert words is not None
    assert " ".join(words.lines) == f"and {50 - len(diagram.tiles[1])} more"
    assert diagram.more[0] is diagram.more[2] is None
    narrow = laid([3, 50, 8, 6, 5, 4, 3, 2], (380, 260))
    words = narrow.more[1]
    assert words is not None
    assert words.lines == (f"+{50 - len(narrow.tiles[1])}",)


def test_only_what_there_is_room_for_is_shown(qapp: QApplication) -> None:
    diagram = laid([2, 50, 1])
    shown = len(diagram.tiles[1])
    assert diagram.shows(Neuron(1, shown - 1))
    assert not diagram.shows(Neuron(1, shown))
    assert diagram.shows(Link(0, shown - 1, 1))
    assert not diagram.shows(Link(0, shown, 1))
    assert not diagram.shows(Link(0, 0, -1))
    assert not diagram.shows(Neuron(3, 0))


def test_links_lead_from_tile_to_tile(qapp: QApplication) -> None:
    diagram = laid([2, 4, 2, 1])
    for column, points in enumerate(diagram.points):
        for target, row in enumerate(points):
            for source, curve in enumerate(row):
                start, end = diagram.tiles[column][source], diagram.tiles[column + 1][target]
                assert curve[0, 0] == start.right()
                assert start.top() < curve[0, 1] < start.bottom()
                assert curve[-1, 0] == end.left()
                assert end.top() < curve[-1, 1] < end.bottom()
                path = diagram.paths[column][target][source]
                middle = path.pointAtPercent(path.percentAtLength(path.length() / 2))
                gap = np.hypot(curve[:, 0] - middle.x(), curve[:, 1] - middle.y()).min()
                assert gap < 10


def test_every_part_is_found_where_it_is_drawn(qapp: QApplication) -> None:
    diagram = laid([2, 4, 2, 1])
    for column, tiles in enumerate(diagram.tiles):
        for row, tile in enumerate(tiles):
            assert diagram.at(tile.center(), 7) == Neuron(column, row)
            if column:
                assert diagram.at(diagram.mark(Neuron(column, row))[0], 7) == Neuron(column, row)
    for column, points in enumerate(diagram.points):
        for target, source in np.ndindex(points.shape[:2]):
            x, y = points[target, source, 3]
            assert diagram.at(QPointF(x, y), 7) == Link(column, target, source)


def test_a_link_is_meant_within_some_pixels_only(qapp: QApplication) -> None:
    diagram = laid([1, 1])
    at = diagram.anchor(Link(0, 0, 0))
    assert diagram.at(at + QPointF(0, 6), 7) == Link(0, 0, 0)
    assert diagram.at(at + QPointF(0, 8), 7) is None
    assert diagram.at(QPointF(1, 1), 7) is None
