"""Shapes that are drawn between the frames look like those that are drawn at once."""

import numpy as np
from PySide6.QtGui import QColor, QImage, QPainter

from tests.widgets.drawing import like, pixels_of
from widgets.plots.kept_shapes import KeptShapes
from widgets.plots.plane import Plane
from widgets.plots.shapes import Curve, Points, Shape
from widgets.style import Style

RED, BLUE = "#d00000", "#0030d0"
PLANE = Plane((0.0, 1.0), (-1.0, 1.0), 0.0, 0.0, 200.0, 100.0)


def waves(phase: float = 0.0) -> tuple[Curve, ...]:
    x = np.linspace(0, 1, 400)
    return (
        Curve("SGD", x, np.sin(9 * x + phase), RED),
        Curve("Adam", x, np.cos(7 * x + phase), BLUE, (4, 2)),
    )


def drawn(kept: KeptShapes, curves: tuple[Shape, ...], plane: Plane = PLANE) -> np.ndarray:
    image = QImage(200, 100, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    with QPainter(image) as painter:
        kept.paint(painter, curves, plane, Style())
    return pixels_of(image)


def test_they_look_the_same_once_all_are_drawn(qapp: object) -> None:
    kept, curves = KeptShapes(), waves()
    parts = sum(1 for _ in kept.keep(curves, PLANE, Style(), 1.0))
    assert parts == len(curves)
    assert kept._kept is not None
    at_once = drawn(KeptShapes(), curves).astype(int)
    assert np.abs(drawn(kept, curves) - at_once).max() <= 3  # of blending twice


def test_points_are_drawn_some_at_a_time_each_once_and_in_their_order(qapp: object) -> None:
    generator = np.random.default_rng(0)
    x, y = generator.random(200), generator.uniform(-1, 1, 200)
    points = Points(x, y, RED, size=9), Points(y, x, BLUE, "s", 9, filled=False)
    kept = KeptShapes()
    assert sum(1 for _ in kept.keep(points, PLANE, Style(), 1.0)) == 8
    at_once = drawn(KeptShapes(), points).astype(int)
    assert like(at_once, RED).any()
    assert np.abs(drawn(kept, points) - at_once).max() <= 3  # of blending twice
    many = (Points(generator.random(400), generator.random(400), RED),)  # are stamped
    assert sum(1 for _ in kept.keep(many, PLANE, Style(), 1.0)) == 1


def test_those_before_are_shown_until_then(qapp: object) -> None:
    kept, before = KeptShapes(), waves()
    for _ in kept.keep(before, PLANE, Style(), 1.0):
        pass
    pixels = kept._kept
    begun = kept.keep(waves(1.0), PLANE, Style(), 1.0)
    next(begun)
    next(begun)
    assert kept._kept is pixels
    assert like(drawn(kept, before), RED).any()


def test_other_curves_and_other_axes_are_drawn_at_once(qapp: object) -> None:
    kept, curves = KeptShapes(), waves()
    for _ in kept.keep(curves, PLANE, Style(), 1.0):
        pass
    wider = Plane((0.0, 2.0), (-1.0, 1.0), 0.0, 0.0, 200.0, 100.0)
    np.testing.assert_array_equal(drawn(kept, curves, wider), drawn(KeptShapes(), curves, wider))
    np.testing.assert_array_equal(drawn(kept, waves(1.0)), drawn(KeptShapes(), waves(1.0)))
