from collections import deque

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage, QPainter
from pytestqt.qtbot import QtBot

from tests.widgets.drawing import like, pixels_of
from widgets.plots.contour_plot import ContourPlot
from widgets.plots.plane import Plane
from widgets.plots.shapes import Path
from widgets.plots.trails import Trails
from widgets.style import Style

RED, BLUE = "#d00000", "#0030d0"
PLANE = Plane((0.0, 1.0), (0.0, 1.0), 0.0, 0.0, 200.0, 100.0)


def arcs(count: int) -> tuple[Path, ...]:
    """Two paths of `count` steps that go on alike however long they are."""
    t = np.arange(count + 1) / 500
    return (
        Path("SGD", np.stack([0.1 + 0.8 * t, 0.2 + 0.1 * np.sin(9 * t)], axis=1), RED),
        Path("Adam", np.stack([0.1 + 0.8 * t, 0.7 - 0.1 * np.sin(7 * t)], axis=1), BLUE, (4, 2)),
    )


def drawn(trails: Trails) -> np.ndarray:
    image = QImage(200, 100, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    painter = QPainter(image)
    trails.paint(painter, PLANE, Style())
    painter.end()
    return pixels_of(image)


def whole(paths: tuple[Path, ...]) -> np.ndarray:
    trails = Trails()
    trails.setPaths(paths)
    return drawn(trails)


def kept_at(count: int) -> Trails:
    trails = Trails()
    trails.setPaths(arcs(count))
    deque(trails.keep(PLANE, Style(), 1.0), maxlen=0)
    return trails


@pytest.mark.parametrize("grown", [400, 405, 440])
def test_kept_lines_with_tails_look_like_whole_ones(qapp: object, grown: int) -> None:
    trails = kept_at(400)
    trails.setPaths(arcs(grown))
    far_off = np.abs(drawn(trails).astype(int) - whole(arcs(grown))).sum(axis=-1) > 200
    assert far_off.mean() < 0.003  # where a tail is solid and a whole line dashed
    for color in (RED, BLUE):
        assert like(drawn(trails), color).sum() == pytest.approx(
            like(whole(arcs(grown)), color).sum(), rel=0.06
        )


@pytest.mark.parametrize("kept", [400, 401])
def test_lines_go_on_where_every_other_point_has_gone(qapp: object, kept: int) -> None:
    trails = kept_at(kept)
    thinned = tuple(Path(p.name, p.points[::2], p.color, p.dash) for p in arcs(420))
    trails.setPaths(thinned)
    tails = trails._tails(PLANE, (Style().theme(), 1.0, 1.0))
    assert tails is not None
    assert [len(tail) for tail in tails] == [11, 11] if kept == 401 else [12, 12]
    far_off = np.abs(drawn(trails).astype(int) - whole(arcs(420))).sum(axis=-1) > 200
    assert far_off.mean() < 0.003


def test_a_path_that_has_left_goes_on_as_nothing(qapp: object) -> None:
    left = tuple(
        Path(p.name, np.where(np.arange(len(p.points))[:, None] > 300, np.nan, p.points), p.color)
        for p in arcs(400)
    )
    trails = Trails()
    trails.setPaths(left)
    deque(trails.keep(PLANE, Style(), 1.0), maxlen=0)
    assert trails._tails(PLANE, (Style().theme(), 1.0, 1.0)) is not None
    off = np.abs(drawn(trails).astype(int) - whole(left))
    assert off.max() <= 1  # what is kept is laid over the ground once more


def test_lines_that_are_kept_piece_by_piece_look_like_whole_ones(qapp: object) -> None:
    trails = kept_at(300)
    for count in range(307, 440, 7):  # so that pieces end within dashes and within gaps
        trails.setPaths(arcs(count))
        deque(trails.keep(PLANE, Style(), 1.0), maxlen=0)
    far_off = np.abs(drawn(trails).astype(int) - whole(arcs(433))).sum(axis=-1) > 200
    assert far_off.mean() < 0.003


def test_only_what_is_new_is_added_to_what_is_kept(qapp: object) -> None:
    trails = kept_at(400)
    assert trails._kept is not None
    pixels = trails._kept.pixels
    trails.setPaths(arcs(420))
    deque(trails.keep(PLANE, Style(), 1.0), maxlen=0)
    assert trails._kept.pixels is pixels
    trails.setPaths(arcs(300))
    deque(trails.keep(PLANE, Style(), 1.0), maxlen=0)
    assert trails._kept.pixels is not pixels


def test_kept_lines_are_what_is_drawn(qapp: object) -> None:
    trails = kept_at(400)
    moved = tuple(Path(p.name, p.points.copy(), "#00a000") for p in arcs(405))
    trails.setPaths(moved)  # the same ways in another colour: only tails and balls have it
    assert like(drawn(trails), RED).any()
    assert like(drawn(trails), "#00a000").any()


@pytest.mark.parametrize(
    "paths",
    [
        arcs(399)[::-1],
        arcs(300),
        tuple(Path(p.name, p.points + 0.01, p.color, p.dash) for p in arcs(420)),
        tuple(Path(p.name, p.points[::3], p.color, p.dash) for p in arcs(420)),
        arcs(400)[:1],
        (),
    ],
    ids=["other order", "shorter", "other way", "thinned", "fewer", "none"],
)
def test_paths_that_do_not_go_on_from_there_are_drawn_whole(
    qapp: object, paths: tuple[Path, ...]
) -> None:
    trails = kept_at(400)
    trails.setPaths(paths)
    np.testing.assert_array_equal(drawn(trails), whole(paths))


def test_at_rest_they_are_drawn_whole(qapp: object) -> None:
    trails = kept_at(400)
    trails.setPaths(arcs(440))
    trails.forget()
    np.testing.assert_array_equal(drawn(trails), whole(arcs(440)))


def test_a_tail_may_run_off(qapp: object) -> None:
    trails = kept_at(400)
    wild = np.array([[1e300, -1e308], [np.inf, np.nan], [1e9, 1e9]])
    paths = tuple(
        Path(p.name, np.concatenate([p.points, wild]), p.color, p.dash) for p in arcs(401)
    )
    trails.setPaths(paths)
    assert like(drawn(trails), RED).any()


def test_a_map_on_a_screen_keeps_long_paths_until_it_rests(qtbot: QtBot) -> None:
    plot = ContourPlot(Style())
    qtbot.addWidget(plot)
    plot.resize(300, 200)
    plot.show()
    plot.setPaths(arcs(20))
    assert not plot._pace._has_news  # short ones are drawn in no time
    plot.setPaths(arcs(400))
    qtbot.waitUntil(lambda: plot._trails._kept is not None)
    qtbot.waitUntil(lambda: plot._trails._kept is None)
