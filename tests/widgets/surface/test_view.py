"""A surface in both directions: pixels, rays and gestures. What needs OpenGL is marked."""

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QPointF, QSize, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from tests.widgets.drawing import (
    center_of,
    count_tags,
    laid_out,
    like,
    move,
    picture,
    pixels_of,
    press,
    release,
    svg_of,
)
from widgets.plots.contour_plot import ContourPlot, Markers
from widgets.plots.shapes import Path, Points
from widgets.style import Style
from widgets.surface import box
from widgets.surface import view as surface_view
from widgets.surface.gl import opengl
from widgets.surface.view import NO_OPENGL, SurfaceView

RED = "#e00000"


def bowl(n: int = 60) -> np.ndarray:
    x, y = np.meshgrid(np.linspace(-2, 2, n), np.linspace(-1, 3, n))
    return x**2 + (y - 1) ** 2


@pytest.fixture
def view(qtbot: QtBot, gl: None) -> SurfaceView:
    made = SurfaceView(Style())
    qtbot.addWidget(made)
    made.setSurface(bowl(), (-2, 2), (-1, 3))
    made.setCamera(-30, 60, 6)
    laid_out(made)
    return made


@pytest.mark.gl
def test_the_driver_has_a_name(gl: None) -> None:
    assert opengl().support in {"hardware", "software"}
    assert opengl().renderer


@pytest.mark.gl
def test_a_surface_is_drawn_over_the_ground(view: SurfaceView) -> None:
    ground = like(picture(view), "#ffffff", 10)
    assert 0.3 < ground.mean() < 0.85
    middle = view.toPixels(0.0, 1.0).toPoint()
    assert picture(view)[middle.y(), middle.x()].max() < 120  # dark where it is low
    view._style.setTheme("dark")
    assert like(picture(view), "#15171a", 10).mean() > 0.3


@pytest.mark.gl
def test_another_theme_is_drawn_at_once_however_slow_the_driver(
    qtbot: QtBot, view: SurfaceView
) -> None:
    view.hide()
    view.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen, False)
    with qtbot.waitExposed(view):
        view.show()
    view._pace.drew(100.0)  # it rests for long
    view._style.setTheme("dark")
    assert like(picture(view), "#15171a", 10).mean() > 0.3


@pytest.mark.gl
def test_names_of_axes_stay_within_a_narrow_picture(
    view: SurfaceView, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: dict[str, tuple[float, float]] = {}
    monkeypatch.setattr(
        box,
        "_write",
        lambda painter, at, text, metrics: written.update(
            {text: (at[0] - metrics.horizontalAdvance(text) / 2, at[1])}
        ),
    )
    view.setAxes("x", "the second direction", "loss of the network")
    view.setCamera(-35, 32, 4)
    laid_out(view, 300, 240)
    picture(view)
    assert written["the second direction"][0] >= 0
    assert written["loss of the network"][0] >= 0


@pytest.mark.gl
def test_the_axis_upwards_may_hold_still(view: SurfaceView) -> None:
    flat = np.full((30, 30), 0.25)
    view.setSurface(flat, (-2, 2), (-1, 3), np.linspace(0, 1, 5), z_range=(0.0, 1.0))
    middle = view.toPixels(0.0, 1.0)
    view.setSurface(flat + 0.5, (-2, 2), (-1, 3), np.linspace(0, 1, 5), z_range=(0.0, 1.0))
    assert view.toPixels(0.0, 1.0).y() < middle.y() - 20


@pytest.mark.gl
def test_a_surface_may_have_colours_of_its_own(view: SurfaceView) -> None:
    red = np.tile(np.array([[220, 0, 0]], dtype=np.uint8), (8, 1))
    view.setSurface(bowl(), (-2, 2), (-1, 3), colors=red)
    assert like(picture(view), "#dc0000", 60).mean() > 0.1


@pytest.mark.gl
def test_many_balls_are_drawn_each_at_its_place(view: SurfaceView) -> None:
    x, y = np.meshgrid(np.linspace(-0.5, 0.5, 4), np.linspace(0.5, 1.5, 4))
    places = np.stack([x.ravel(), y.ravel()], axis=1)
    colors = ["#ff0000", "#00ff00", "#0000ff", "#ffff00"]
    view.setMarkers([Markers("minimum", places[i::4], color) for i, color in enumerate(colors)])
    drawn = picture(view).astype(int)
    for i, color in enumerate(colors):
        rgb = np.array([int(color[k : k + 2], 16) for k in (1, 3, 5)])
        for place in places[i::4]:
            at = view.toPixels(*place).toPoint()
            around = drawn[at.y() - 3 : at.y() + 4, at.x() - 3 : at.x() + 4].mean((0, 1))
            assert around[rgb > 0].min() > around[rgb == 0].max() + 60, (color, place)


@pytest.mark.gl
@pytest.mark.parametrize("height", [6.0, 0.2])
def test_balls_stand_at_heights_of_their_own_with_lines_to_the_surface(
    view: SurfaceView, height: float
) -> None:
    view.setSurface(bowl(), (-2, 2), (-1, 3), z_range=(0.0, 8.0))
    place = np.array([[1.0, 2.0]])  # where it is 2 high
    before = picture(view)
    view.setMarkers([Markers("minimum", np.column_stack([place, [height]]), RED)])
    drawn = picture(view)
    _, ball = center_of(like(drawn, RED, 130))
    foot = view.toPixels(1.0, 2.0)
    assert (ball < foot.y() - 10) if height > 2 else (ball > foot.y() + 10)
    changed = (
        (drawn != before).any(axis=2)[:, round(foot.x()) - 3 : round(foot.x()) + 4].any(axis=1)
    )
    rows = np.flatnonzero(changed)
    assert changed[rows[0] : rows[-1]].all()  # from the ball to the surface
    assert rows[0] - 2 <= foot.y() <= rows[-1] + 2


@pytest.mark.gl
def test_a_ball_lies_where_its_path_ends(view: SurfaceView) -> None:
    view.setPaths([Path("SGD", np.array([[-1.0, 2.0], [0.5, 1.0]]), RED, ball=20)])
    x, y = center_of(like(picture(view), RED, 130))
    ends = [view.toPixels(*p) for p in ((-1.0, 2.0), (0.5, 1.0))]
    away = min(np.hypot(x - end.x(), y - end.y()) for end in ends)
    assert away < 40  # between the ends of the trail, which is of that colour too
    ball = ends[1]
    red = like(picture(view), RED, 160)
    assert red[int(ball.y()) - 9 : int(ball.y()) + 2, int(ball.x()) - 3 : int(ball.x()) + 3].any()


@pytest.mark.gl
def test_a_hill_hides_what_is_behind_it(view: SurfaceView) -> None:
    x, y = np.meshgrid(np.linspace(-2, 2, 60), np.linspace(-1, 3, 60))
    view.setSurface(np.exp(-4 * (x**2 + (y - 1) ** 2)), (-2, 2), (-1, 3))
    view.setCamera(0, 20, 6)  # looks along y
    path = Path("", np.array([[0.0, 1.6]]), RED, ball=16)
    view.setPaths([path])
    hidden = like(picture(view), RED, 160).sum()
    view.setCamera(180, 20, 6)
    assert hidden < 5
    assert like(picture(view), RED, 160).sum() > 60


@pytest.mark.gl
def test_holes_and_flat_surfaces_and_wild_paths_are_drawn(view: SurfaceView) -> None:
    wild = np.array([[0.0, 0.0], [1e300, -1e308], [np.nan, 1.0], [np.inf, 0.0]])
    view.setPaths([Path("", wild, RED), Path("", np.empty((0, 2)), RED)])
    view.setMarkers([Markers("minimum", np.array([[0.0, 1.0], [np.nan, 0.0]]))])
    for heights in (
        np.where(bowl() > 2, np.nan, bowl()),
        np.zeros((9, 9)),
        np.full((9, 9), np.inf),
    ):
        view.setSurface(heights, (-2, 2), (-1, 3))
        assert picture(view).any()


@pytest.mark.gl
def test_the_numbers_stand_at_the_edges(view: SurfaceView) -> None:
    view.setAxes("slope", "intercept", "loss")
    view.setTitle("Squared error")
    svg = svg_of(view)
    for word in ("slope", "intercept", "loss", "Squared error", "−2", ">8<"):
        assert word in svg
    assert count_tags(svg, "image") == 1
    assert view.accessibleName() == "Squared error"


@pytest.mark.gl
def test_steep_heights_are_numbered_as_they_are(view: SurfaceView) -> None:
    heights = np.exp(bowl())
    view.setSurface(heights, (-2, 2), (-1, 3), display=np.log(heights))
    assert any(f">{number}<" in svg_of(view) for number in ("3000", "2900", "3e3"))


@pytest.mark.gl
def test_an_axis_of_logarithms_is_numbered_where_no_height_is(view: SurfaceView) -> None:
    heights = 1 + 0.1 * bowl()  # 1 to 1.9
    given = {"display": np.log10(heights), "z_range": (-2.0, 1.0)}
    view.setSurface(heights, (-2, 2), (-1, 3), **given)
    assert ">0.1<" not in svg_of(view)
    view.setSurface(heights, (-2, 2), (-1, 3), **given, log=True)
    assert all(f">{number}<" in svg_of(view) for number in ("0.1", "1", "10"))
    narrow = {"display": np.log10(heights), "z_range": (-0.3, -0.1)}  # 0.501 to 0.794
    view.setSurface(heights, (-2, 2), (-1, 3), **narrow, log=True)
    assert all(f">{number}<" in svg_of(view) for number in ("0.55", "0.65", "0.75"))


@pytest.mark.gl
def test_numbers_that_would_run_into_each_other_are_left_out(view: SurfaceView) -> None:
    view.setSurface(bowl(), (-2, 2), (-1, 3))
    assert all(f">{number}<" in svg_of(view) for number in (2, 4, 6, 8))
    laid_out(view, 120, 100)
    assert not all(f">{number}<" in svg_of(view) for number in (2, 4, 6, 8))


@pytest.mark.gl
def test_a_picture_is_the_same_twice_and_grows_with_its_size(qtbot: QtBot, gl: None) -> None:
    def drawn(factor: float) -> NDArray[np.uint8]:
        view = SurfaceView(Style(factor=factor))
        qtbot.addWidget(view)
        view.setSurface(bowl(), (-2, 2), (-1, 3))
        view.setPaths([Path("SGD", np.array([[-1.0, 2.0], [0.5, 1.0]]), RED)])
        laid_out(view, round(300 * factor), round(240 * factor))
        return picture(view)

    one, two, large = drawn(1.0), drawn(1.0), drawn(2.0)
    np.testing.assert_array_equal(one, two)
    assert large.shape == (480, 600, 3)
    assert like(large, RED, 150).mean() == pytest.approx(like(one, RED, 150).mean(), rel=0.3)


@pytest.mark.gl
def test_a_click_reports_the_place_under_it(view: SurfaceView, qtbot: QtBot) -> None:
    for place in ((0.0, 1.0), (1.0, 1.5), (-1.2, 0.5)):
        at = view.toPixels(*place).toPoint()
        press(view, at)
        with qtbot.waitSignal(view.clicked) as clicked, qtbot.waitSignal(view.released):
            release(view, at)
        assert clicked.args == pytest.approx(place, abs=0.06)
    with qtbot.assertNotEmitted(view.clicked):
        press(view, QPoint(2, 2))
        release(view, QPoint(2, 2))


@pytest.mark.gl
def test_dragging_turns_it(view: SurfaceView, qtbot: QtBot) -> None:
    before = picture(view)
    with qtbot.assertNotEmitted(view.clicked), qtbot.waitSignal(view.cameraChanged) as turned:
        press(view, QPoint(240, 180))
        move(view, QPoint(290, 180), down=True)
        release(view, QPoint(290, 180))
    azimuth, elevation, distance = turned.args
    assert azimuth == pytest.approx(-30 - 0.4 * 50)
    assert (elevation, distance) == (60, 6)
    assert (picture(view) != before).any()


@pytest.mark.gl
def test_a_ball_is_dragged_over_the_surface(view: SurfaceView, qtbot: QtBot) -> None:
    view.setPaths([Path("SGD", np.array([[1.0, 1.5], [0.0, 1.0]]), RED)])
    start, goal = view.toPixels(1.0, 1.5).toPoint(), view.toPixels(-1.0, 0.5).toPoint()
    with qtbot.waitSignal(view.clicked):
        press(view, start)
    with qtbot.waitSignal(view.dragged) as dragged, qtbot.assertNotEmitted(view.cameraChanged):
        move(view, goal, down=True)
    assert dragged.args == pytest.approx([-1.0, 0.5], abs=0.06)
    with qtbot.waitSignal(view.released):
        release(view, goal)


@pytest.mark.gl
def test_with_shift_any_place_is_taken(view: SurfaceView, qtbot: QtBot) -> None:
    with qtbot.waitSignal(view.clicked):
        press(view, view.toPixels(0.5, 0.5).toPoint(), shift=True)


def turn_wheel(view: SurfaceView) -> None:
    event = QWheelEvent(
        QPointF(200, 150),
        QPointF(200, 150),
        QPoint(0, 0),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(view, event)


@pytest.mark.gl
def test_the_wheel_brings_it_nearer(view: SurfaceView, qtbot: QtBot) -> None:
    with qtbot.waitSignal(view.cameraChanged) as changed:
        turn_wheel(view)
    assert changed.args[2] < 6


@pytest.mark.gl
def test_on_a_screen_it_is_redrawn_within_its_budget(
    qtbot: QtBot, gl: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = SurfaceView(Style())
    qtbot.addWidget(view)
    view.setSurface(bowl(), (-2, 2), (-1, 3))
    view.resize(300, 240)
    view.show()
    drawn: list[bool] = []
    monkeypatch.setattr(view._pace, "_draw", lambda fine: drawn.append(fine) or view._redraw(fine))
    qtbot.waitUntil(lambda: True in drawn)  # finely, as soon as nothing moves
    drawn.clear()
    for step in range(50):
        view.setPaths([Path("SGD", np.array([[-1.0, 2.0], [step / 50, 1.0]]), RED)])
    qtbot.waitUntil(lambda: True in drawn)
    assert drawn == [False, True]
    assert like(picture(view), RED, 150).any()
    view.hide()


@pytest.mark.gl
def test_all_lines_are_drawn_by_two_calls(
    view: SurfaceView, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert view._picture is not None
    program, calls = view._picture._scene._line, []
    draw = program.draw
    monkeypatch.setattr(program, "draw", lambda *args: calls.append(args) or draw(*args))
    points = np.array([[-1.0, 2.0], [0.5, 1.0]])
    view.setPaths([Path(str(i), points + i / 9, RED, dash=(4.0, 3.0)) for i in range(8)])
    assert like(picture(view), RED, 150).any()
    assert len(calls) == 2  # behind the surface, and before it


@pytest.mark.gl
def test_what_a_driver_has_to_compile_is_drawn_part_by_part_the_first_time(
    qtbot: QtBot, gl: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = SurfaceView(Style())
    qtbot.addWidget(view)
    view.setSurface(bowl(), (-2, 2), (-1, 3))
    view.setPaths([Path("SGD", np.array([[-1.0, 2.0], [0.5, 1.0]]), RED)])
    view.resize(300, 240)
    assert view._picture is not None
    scene, painted = view._picture._scene, []
    paint = scene._paint
    monkeypatch.setattr(scene, "_paint", lambda *args: painted.append(args[2]) or paint(*args))
    view.show()
    assert (picture(view) == 255).all()  # the ground, until all parts are there
    qtbot.waitUntil(lambda: view._image is not None)
    programs = [[one.program for one in passes] for passes in painted[:4]]
    line, surface, ball = scene._line, scene._surface, scene._ball
    assert programs == [[line], [surface], [ball], [line, surface, line, ball]]
    view._pace.stop()
    first, view._image = view._image, None
    painted.clear()
    assert (picture(view) == pixels_of(first)).mean() > 0.9  # but for numbers over it
    assert view._image == first
    assert len(painted) == 1
    view.hide()


@pytest.mark.gl
def test_the_quick_and_the_fine_picture_have_pixels_of_their_own(view: SurfaceView) -> None:
    assert view._picture is not None
    scene, style, camera = view._picture._scene, view._style, view.camera()

    def drawn(size: QSize, finer: int) -> NDArray[np.uint8]:
        for _ in view._picture.draw(camera, size, style, finer):
            pass
        return pixels_of(view._picture.read(finer))

    quick, fine = drawn(QSize(200, 150), 1), drawn(QSize(200, 150), 2)
    kept = list(scene._targets.values())
    np.testing.assert_array_equal(drawn(QSize(200, 150), 1), quick)
    np.testing.assert_array_equal(drawn(QSize(200, 150), 2), fine)
    assert list(scene._targets.values()) == kept
    assert drawn(QSize(120, 90), 1).shape == (90, 120, 3)
    assert len(scene._targets) == 2


@pytest.mark.gl
def test_a_picture_is_drawn_in_parts_and_fetched_after_the_last(
    qtbot: QtBot, gl: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = SurfaceView(Style())
    qtbot.addWidget(view)
    view.setSurface(bowl(), (-2, 2), (-1, 3))
    view.resize(300, 240)
    view.show()
    qtbot.waitUntil(lambda: view._image is not None)
    view._pace.stop()
    before = view._image
    view.setCamera(-80, 30, 5)
    scene, drawn = view._picture._scene, [0]
    draw = scene._drawOn
    monkeypatch.setattr(scene, "_drawOn", lambda *a, **k: drawn.append(1) or draw(*a, **k))
    for _ in view._redraw(False):
        assert view._image is before
        assert view._seen != view.camera()
        assert sum(drawn) <= 2  # the ground with what is behind, or one thing more
        drawn.clear()
    assert view._image is not before
    assert view._seen == view.camera()
    half = view._redraw(False)
    next(half)
    next(half)
    view.hide()  # while it is drawn
    assert view._stale


@pytest.mark.gl
@pytest.mark.parametrize("done", [1, 2])
def test_what_was_painted_meanwhile_is_not_replaced(qtbot: QtBot, gl: None, done: int) -> None:
    view = SurfaceView(Style())
    qtbot.addWidget(view)
    view.setSurface(bowl(), (-2, 2), (-1, 3))
    laid_out(view)
    picture(view)
    parts = view._redraw(False)
    for _ in range(done):
        next(parts)
    view.resize(300, 200)
    picture(view)
    painted = view._image
    assert not list(parts)
    assert view._image is painted


def test_without_opengl_it_is_a_map_and_says_so(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise RuntimeError("no driver")

    monkeypatch.setattr(surface_view, "SurfacePicture", fail)
    view = SurfaceView(Style())
    qtbot.addWidget(view)
    view.setSurface(bowl(), (-2, 2), (-1, 3))
    view.setAxes("slope", "intercept", "loss")
    view.setTitle("Squared error", ", height: root of order 3.4")
    view.setPaths([Path("SGD", np.array([[-1.0, 2.0], [0.5, 1.0]]), RED)])
    view.setMarkers([Markers("minimum", np.array([[0.0, 1.0]]))])
    laid_out(view)
    (notice,) = [label for label in view.findChildren(QLabel) if label.text() == NO_OPENGL]
    assert "'layerscope doctor'" in notice.text()
    assert notice.font().family() == view._style.font("small").family()
    (there,) = view.findChildren(ContourPlot)
    assert there._title.text() == "Squared error"  # a map has heights as they are
    (marks,) = there._standing
    assert isinstance(marks, Points)
    assert marks.symbol == "o"  # as the balls in space, and so as in the key
    assert like(picture(view), RED).any()
    with qtbot.waitSignal(view.clicked) as clicked:
        press(view, view.toPixels(1.0, 2.0).toPoint())
    assert clicked.args == pytest.approx([1.0, 2.0], abs=0.03)


@pytest.mark.gl
def test_what_changed_while_it_was_hidden_is_drawn_when_it_is_shown(qtbot: QtBot, gl: None) -> None:
    view = SurfaceView(Style())
    qtbot.addWidget(view)
    view.setSurface(bowl(), (-2, 2), (-1, 3))
    view.resize(300, 240)
    view.show()
    qtbot.waitUntil(lambda: view._image is not None)
    view.hide()
    view.setPaths([Path("SGD", np.array([[-1.0, 2.0], [0.5, 1.0]]), RED)])
    view.show()
    qtbot.waitUntil(lambda: bool(like(picture(view), RED, 150).any()))
    view.hide()


@pytest.mark.gl
def test_a_turn_is_over_when_the_button_is_let_go(view: SurfaceView, qtbot: QtBot) -> None:
    press(view, QPoint(20, 20))
    move(view, QPoint(60, 30), down=True)
    with qtbot.waitSignal(view.released):
        release(view, QPoint(60, 30))


@pytest.mark.gl
def test_the_wheel_is_over_soon_or_when_a_button_goes_down(view: SurfaceView, qtbot: QtBot) -> None:
    with qtbot.waitSignal(view.released):
        turn_wheel(view)
    turn_wheel(view)
    with qtbot.waitSignal(view.released):
        press(view, QPoint(20, 20))
    assert not view._wheel.isActive()
