import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from tests.widgets.drawing import like, pixels_of
from widgets.plots.strokes import clip_segments, cut_dashes, draw_polyline, thin, to_segments

coordinate = st.floats(-300, 300)


def drawn(points: np.ndarray, **how: object) -> np.ndarray:
    image = QImage(200, 100, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    painter = QPainter(image)
    draw_polyline(painter, points, QColor("#0000ff"), 2.0, **how)  # type: ignore[arg-type]
    painter.end()
    return like(pixels_of(image), "#0000ff", 250)


def test_a_line_is_drawn_where_it_runs() -> None:
    ink = drawn(np.array([[10.0, 50.0], [190.0, 50.0]]))
    assert ink[49:51, 12:188].all()
    assert not ink[:46].any()
    assert not ink[54:].any()


def test_a_line_is_broken_where_it_is_not_known() -> None:
    ink = drawn(np.array([[10, 50], [80, 50], [np.nan, np.nan], [120, 50], [190, 50.0]]))
    assert ink[49:51, 12:78].all()
    assert not ink[:, 84:116].any()
    assert ink[49:51, 122:188].all()


def test_dashes_have_the_lengths_of_the_pattern() -> None:
    ink = drawn(np.array([[0.0, 50.0], [200.0, 50.0]]), dash=(10, 5))[50]
    assert ink[2:18].all()  # 20 pixels drawn
    assert not ink[22:28].any()  # 10 left out
    assert ink[32:48].all()


def test_a_zigzag_dense_as_a_band_is_drawn_whole() -> None:
    x = np.linspace(0, 200, 4000)
    ink = drawn(np.stack([x, 50 + 30 * np.cos(np.arange(4000) * np.pi)], axis=1))
    assert ink[25:75, 5:195].mean() > 0.98


def distance_to(line: np.ndarray, points: np.ndarray) -> np.ndarray:
    """How far each of `points` lies from a broken line."""
    a, step = line[:-1, None], np.diff(line, axis=0)[:, None]
    along = ((points - a) * step).sum(-1) / np.maximum((step**2).sum(-1), 1e-12)
    nearest = a + np.clip(along, 0, 1)[..., None] * step
    return np.linalg.norm(points - nearest, axis=-1).min(axis=0)


@pytest.mark.parametrize("frequency", [1, 5, 40])
def test_thinning_moves_no_part_of_a_line_by_half_a_pixel(frequency: int) -> None:
    x = np.linspace(0, 600, 2000)
    points = np.stack([x, 200 + 150 * np.sin(x / 600 * 2 * np.pi * frequency)], axis=1)
    thinned = thin(points)
    assert len(thinned) < len(points)
    assert distance_to(thinned, points).max() < 0.5


def test_thinning_keeps_a_lone_spike() -> None:
    points = np.stack([np.linspace(0, 600, 2000), np.full(2000, 100.0)], axis=1)
    points[777, 1] = 20.0
    assert thin(points)[:, 1].min() == 20.0


@given(st.lists(st.tuples(coordinate, coordinate, coordinate, coordinate), min_size=1))
def test_clipped_segments_lie_within_and_on_their_lines(ends: list[tuple[float, ...]]) -> None:
    segments = np.array(ends)
    clipped = clip_segments(segments, QRectF(0, 0, 100, 80))
    x, y = clipped[:, 0::2], clipped[:, 1::2]
    assert ((x > -1e-6) & (x < 100 + 1e-6) & (y > -1e-6) & (y < 80 + 1e-6)).all()
    t = np.linspace(0, 1, 101)[:, None, None]
    along = segments[:, :2] + t * (segments[:, 2:] - segments[:, :2])  # (101, M, 2)
    inside = ((along > 0) & (along < [100, 80])).all(axis=2).any(axis=0)
    assert len(clipped) >= inside.sum()


def test_far_ends_do_not_overflow() -> None:
    segments = np.array([[50, 50, 1e308, 1e308], [-1e308, 0, 1e308, 0.0]])
    assert np.isfinite(clip_segments(segments, QRectF(0, 0, 100, 100))).all()


def test_dashes_go_on_over_the_corners() -> None:
    corner = to_segments(np.array([[0, 0], [15, 0], [15, 100.0]]))
    dashes = cut_dashes(corner, np.array([20.0, 10.0]))
    lengths = np.hypot(dashes[:, 2] - dashes[:, 0], dashes[:, 3] - dashes[:, 1])
    assert lengths.sum() == pytest.approx(80)  # of 115: 20 in every 30
    np.testing.assert_allclose(dashes[:2], [[0, 0, 15, 0], [15, 0, 15, 5]])
