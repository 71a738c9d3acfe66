"""What the boards of a race show: texts, axes, curves and shapes, of small real races."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from kernels.descent.gradient_descent import GradientDescent
from kernels.descent.race import CURVATURE, Race
from kernels.descent.race_frame import RaceFrame
from kernels.objectives.surfaces import SURFACES
from kernels.simulation import Term, Trace
from tests.widgets.drawing import laid_out
from visualizer.panels.gradient_descent.curve_board import CurveBoard
from visualizer.panels.gradient_descent.loss_plot import FLOOR, LossPlot
from visualizer.panels.gradient_descent.probe_ring import RADIUS, ProbeRing
from visualizer.panels.gradient_descent.race_board import RaceBoard, are_comparable
from visualizer.panels.gradient_descent.readouts import (
    arrival,
    curvature_sentence,
    objective_sentence,
)
from visualizer.panels.gradient_descent.shapes import map_key, moment_boxes
from visualizer.panels.gradient_descent.view import ArrowsView, GradientDescentView
from visualizer.panels.update_sheet import GROWTHS, UpdateSheet
from widgets.formula import FormulaLabel
from widgets.paragraphs import Paragraphs
from widgets.style import Style


def race(at: int = 0, **parameters: Any) -> Race:
    made = Race(GradientDescent.model_validate(parameters), torch.device("cpu"))
    made.step(at)
    made.observe()
    return made


def frame_of(at: int = 0, **parameters: Any) -> RaceFrame:
    return race(at, **parameters).frame(frozenset({CURVATURE}))


def sgd(rate: float) -> dict[str, Any]:
    return {"kind": "sgd", "learning_rate": rate}


def surface(name: str) -> dict[str, Any]:
    return {"kind": "surface", "name": name}


PARABOLA: dict[str, Any] = {
    "objective": {"kind": "curve", "text": "3*w**2 - 4*w + 5"},
    "optimizers": [sgd(0.3), sgd(0.1)],
}


def test_the_log_axis_of_a_known_infimum_shows_the_loss_above_it(qtbot: QtBot) -> None:
    plot = LossPlot(Style(), "f(w)")
    qtbot.addWidget(plot)
    frame = frame_of(8, **PARABOLA)
    plot.draw(frame, log=True)
    assert plot._axes["left"].isLog()
    assert plot._axes["left"].name() == "f(w) above 3.667"
    np.testing.assert_allclose(plot._curves[0].y, frame.losses[0] - 11 / 3, atol=1e-9)
    assert plot._title.text() == "f(w), step 8"


def test_on_a_screen_the_last_losses_are_shown_when_frames_cease(qtbot: QtBot) -> None:
    plot = LossPlot(Style())
    qtbot.addWidget(plot)
    plot.resize(400, 300)
    plot.show()
    plot.draw(frame_of(2, **PARABOLA), log=True)
    qtbot.waitUntil(lambda: plot._title.text() == "Loss, step 2")
    for steps in (5, 8, 13):
        plot.draw(frame_of(steps, **PARABOLA), log=True)
    assert plot._title.text() == "Loss, step 2"  # until there is time
    qtbot.waitUntil(lambda: plot._title.text() == "Loss, step 13")
    assert plot._kept._kept is not None
    assert plot._kept._kept.shapes is plot._curves
    assert plot._kept._kept.plane == plot.plane()  # so that it need not be drawn again


def test_the_log_axis_ends_long_after_arriving(qtbot: QtBot) -> None:
    plot = LossPlot(Style())
    qtbot.addWidget(plot)
    frame = frame_of(400, objective=surface("round-bowl"), optimizers=[sgd(0.2)], steps=1000)
    assert frame.losses[0, -1] < 1e-30
    plot.draw(frame, log=True)
    low, high = plot._box.viewRange()[1]
    assert np.log10(FLOOR) - 3 <= low <= np.log10(FLOOR)
    assert 10**high >= frame.losses.max()


@pytest.mark.parametrize(
    ("text", "is_log"), [("x**3 + y**2", False), ("sin(x) + 3 + y**2", True), ("-x**2", False)]
)
def test_without_a_known_infimum_a_loss_that_is_not_positive_makes_it_linear(
    qtbot: QtBot, text: str, is_log: bool
) -> None:
    plot = LossPlot(Style())
    qtbot.addWidget(plot)
    objective = {"kind": "formula", "text": text}
    frame = frame_of(20, objective=objective, optimizers=[sgd(0.2)], start=(-1.0, 0.5))
    plot.draw(frame, log=True)
    assert plot._axes["left"].isLog() == is_log
    np.testing.assert_array_equal(plot._curves[0].y, frame.losses[0])
    plot.draw(frame, log=False)
    assert not plot._axes["left"].isLog()


def test_arrived_says_what_was_arrived_at() -> None:
    frame = frame_of()
    told = replace(
        frame,
        status=("converged", "converged"),
        grounds=("minimum", "saddle"),
        converged_at=np.array([25, 67]),
    )
    assert [arrival(told, i) for i in range(2)] == ["25", "saddle"]
    gone = replace(frame, status=("diverged", "running"))
    assert [arrival(gone, i) for i in range(2)] == ["left", ""]


def test_no_rate_is_stable_where_the_surface_curves_downwards() -> None:
    saddle = frame_of(objective=surface("saddle"), optimizers=[sgd(0.1)])
    assert curvature_sentence(saddle, 0).endswith("no rate is stable.")
    bowl = frame_of(objective=surface("round-bowl"), optimizers=[sgd(0.1)])
    assert "is stable up to a rate of" in curvature_sentence(bowl, 0)
    fast = frame_of(optimizers=[{"kind": "sgd", "learning_rate": 0.3}])
    told = "SGD 0.3 is stable up to a rate of 0.2918, and 0.3000 is above it."
    assert curvature_sentence(fast, 0).endswith(told)


def test_on_a_plateau_nothing_is_said_of_curvature_that_counts_as_none() -> None:
    at = {"objective": surface("plateau"), "optimizers": [sgd(0.1)]}
    assert curvature_sentence(frame_of(start=(2.0, 0.0), **at), 0).endswith("no rate is stable.")
    far = frame_of(start=(3.9, 3.9), **at)
    assert -1e-10 < far.eigenvalues[0, 0] < 0
    assert curvature_sentence(far, 0).endswith("e−12.")


def test_known_minima_have_four_digits() -> None:
    camel = frame_of(objective=surface("six-hump-camel")).scenery.objective
    assert objective_sentence(camel).startswith("Minima (0.08984, −0.7127): −1.032, ")
    valley = frame_of(objective=surface("rosenbrock")).scenery.objective
    assert objective_sentence(valley).startswith("Minimum (1, 1): 0. Source: Rosenbrock 1960")


def test_axes_of_like_scale_get_like_units(qtbot: QtBot) -> None:
    assert are_comparable((-2, 2), (-1.2, 1.2))
    assert not are_comparable((0, 1), (0, 50))
    board = RaceBoard(Style())
    qtbot.addWidget(board)
    board.resize(1000, 600)
    board.show()
    board.draw(frame_of(objective=surface("round-bowl")))
    QApplication.processEvents()
    across, up = board._map.plane().perUnit()
    assert across == pytest.approx(up, rel=0.02)


def test_a_surface_that_turns_by_itself_stays_where_a_hand_turned_it(qtbot: QtBot) -> None:
    board, view = RaceBoard(Style()), GradientDescentView(turning=2.0)
    qtbot.addWidget(board)
    asked: dict[str, float] = {}
    board.viewRequested.connect(asked.__setitem__)
    board.setView(view)
    board.draw(frame_of(100, objective=surface("himmelblau"), optimizers=[sgd(1e-5)]))
    board._surface.cameraChanged.emit(150.0, 20.0, 5.0)
    camera = view.model_copy(update=asked).camera(100)
    assert (camera.azimuth, camera.elevation, camera.distance) == (150.0, 20.0, 5.0)


def test_the_board_says_the_step_and_how_all_ended(qtbot: QtBot) -> None:
    board = RaceBoard(Style())
    qtbot.addWidget(board)
    frame = frame_of(200, optimizers=[sgd(0.1), sgd(0.2), sgd(1.0)], steps=200)
    board.draw(frame)
    assert board._losses._title.text() == f"Loss, step {frame.step}"
    said = board._readouts._words.texts()
    assert said[1] == frame.sentences[0]
    assert set(frame.sentences) <= set(said)
    headings = board._readouts._table._model.headings
    assert headings[:2] == ("loss", "arrived")  # the last go first where there is little room


def test_promise_and_outcome_of_the_last_step_are_seen_together(qtbot: QtBot) -> None:
    board = CurveBoard(Style())
    qtbot.addWidget(board)
    board.draw(frame_of(0, **PARABOLA))
    board.draw(frame_of(1, **PARABOLA))
    # at w = 3: f = 20, slope 14: promised 20 - 0.3 * 14 ** 2 = -38.8; w = -1.2 came: 14.12
    ring = board._curve._points[-1]
    assert (ring.x[0], ring.y[0]) == pytest.approx((-1.2, -38.8))
    gap = board._curve._segments[-1]
    assert gap.start.tolist() == [pytest.approx([-1.2, -38.8])]
    assert gap.end.tolist() == [pytest.approx([-1.2, 14.12])]
    low, high = board._curve._box.viewRange()[1]
    assert low < -38.8
    assert high > 43
    assert board._curve._title.text() == "f(w) = 3w² − 4w + 5"


def test_the_rectangle_of_the_second_moments_has_a_side_for_each_coordinate() -> None:
    frame = frame_of(1, optimizers=[{"kind": "adam", "learning_rate": 0.1}])
    moments = replace(frame, second_moments=np.array([[1.0, 1e-4]]))
    (box,) = moment_boxes(moments, 0)
    assert box.side[0] == pytest.approx([60 * 4 / 7, 60 * 2 / 7])


def test_the_key_names_what_is_drawn_and_nothing_else() -> None:
    saddle = frame_of(1, objective=surface("saddle"), optimizers=[sgd(0.1)])
    names = [entry.name for entry in map_key(saddle, 0, ArrowsView(magnified=10.0))]
    assert names == ["start", "saddle", "rate × slope, downhill × 10"]
    names = [entry.name for entry in map_key(saddle, 0, ArrowsView(gradient=False))]
    assert names == ["start", "saddle"]


def test_the_ring_of_probes_is_drawn_at_one_size(qtbot: QtBot) -> None:
    angles = np.linspace(0, 2 * np.pi, 72, endpoint=False)
    directions = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    ring = ProbeRing(np.zeros(2), directions, np.sign(np.cos(3 * angles)), 0.02)
    assert [e.name for e in ring.entries()][:2] == ["probe at 0.02 (drawn larger) rises", "falls"]
    board = RaceBoard(Style())
    qtbot.addWidget(board)
    board.resize(1000, 600)
    board.show()
    board.draw(frame_of(objective=surface("monkey-saddle")))
    QApplication.processEvents()
    board._map.setLabels([])
    board._map.setPaths([])
    board._map.setMarkers([])
    plain = board._map.grab().toImage()
    board._map.setMarkers([ring])
    ringed = board._map.grab().toImage()
    center = board._map.toPixels(0.0, 0.0)
    changed = [
        r
        for r in range(60)
        if plain.pixel(center.x() + r, center.y()) != ringed.pixel(center.x() + r, center.y())
    ]
    assert min(changed) > RADIUS - 6
    assert max(changed) < RADIUS + 6


def test_words_are_cut_off_where_room_ends(qtbot: QtBot) -> None:
    words = Paragraphs(Style())
    qtbot.addWidget(words)
    words.setTexts(["One short sentence.", "And another. " * 40])
    laid_out(words, 300, 80)
    lines = [line for line, _ in words.shown()]
    assert lines[0] == "One short sentence."
    assert lines[-1].endswith("…")
    words.resize(300, 1000)
    assert not words.shown()[-1][0].endswith("…")


def test_words_are_large_only_where_all_have_room_and_then_hold_still(qtbot: QtBot) -> None:
    words = Paragraphs(Style())
    qtbot.addWidget(words)
    words.setScale(1.15)
    laid_out(words, 300, 160)
    short, long = ["A sentence of some words. " * 3], ["A sentence of some words. " * 9]
    words.setTexts(short)
    large = words._font.pixelSize()
    words.setTexts(short + long)
    assert words._font.pixelSize() < large
    assert not words.shown()[-1][0].endswith("…")
    words.setTexts(short)
    assert words._font.pixelSize() < large
    words.resize(300, 161)
    assert words._font.pixelSize() == large


@pytest.mark.parametrize("name", SURFACES)
def test_formula_minima_and_source_are_read_whole(qtbot: QtBot, name: str) -> None:
    board = RaceBoard(Style())
    qtbot.addWidget(board)
    laid_out(board, 1280, 720)
    board.draw(frame_of(3, objective=surface(name), optimizers=[sgd(1e-4)]))
    readouts = board._readouts
    assert not readouts._formula.isHidden()
    assert not readouts._words.shown()[-1][0].endswith("…")


def test_the_update_grows_into_a_large_sheet(qtbot: QtBot) -> None:
    sheet = UpdateSheet(Style())
    qtbot.addWidget(sheet)
    sheet.resize(QSize(400, 300))
    sheet.show()
    made = race(1, optimizers=[{"kind": "adam", "learning_rate": 0.1}])
    trace = made.explain(0)
    assert trace is not None
    sheet.draw(trace)
    assert not sheet._isFull  # its formulas are being set
    assert not sheet._page.isVisible()  # and until then nothing stands there too large
    bars = sheet.horizontalScrollBar(), sheet.verticalScrollBar()
    assert not any(bar.isVisible() for bar in bars)
    qtbot.waitUntil(lambda: sheet._isFull)
    assert sheet._page.isVisible()
    assert sheet._page.width() == sheet.viewport().width()
    for *_, value in sheet._rows:
        assert value.geometry().right() < sheet.viewport().width()
    assert sheet._style.factor() == 1.0
    sheet.resize(QSize(1600, 1400))
    assert sheet._style.factor() > 1.5


def test_the_update_is_as_large_as_fits_and_another_size_costs_no_trial(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    sheet = UpdateSheet(Style())
    qtbot.addWidget(sheet)
    trace = race(1, optimizers=[{"kind": "adam", "learning_rate": 0.1}]).explain(0)
    assert trace is not None
    sheet.draw(trace)
    sheet.resize(QSize(1600, 1400))
    sheet.show()
    wide = sheet._column.sizeHint().width()
    sheet.resize(QSize(round(wide * 0.8), 1400))
    chosen = GROWTHS.index(sheet._style.factor())
    assert 0 < chosen < len(GROWTHS) - 1
    assert not sheet._overflows(GROWTHS[chosen], sheet.viewport().size())
    assert sheet._overflows(GROWTHS[chosen + 1], sheet.viewport().size())
    tried: list[float] = []
    grow = sheet._grow
    monkeypatch.setattr(sheet, "_grow", lambda growth: tried.append(growth) or grow(growth))
    sheet.resize(QSize(round(wide * 0.8), 1390))
    assert tried == [GROWTHS[chosen]]  # what each size needs is known
    later = race(9, optimizers=[{"kind": "adam", "learning_rate": 0.1}]).explain(0)
    assert later is not None
    sheet.draw(later)
    tried.clear()
    sheet.resize(QSize(round(wide * 0.8), 1400))
    assert len(tried) > 2  # other numbers may need more
    qtbot.waitUntil(sheet._isCaughtUp)


def test_another_rule_is_shown_whole_and_then_the_newest_numbers(qtbot: QtBot) -> None:
    sheet = UpdateSheet(Style())
    qtbot.addWidget(sheet)
    plain = race(1, optimizers=[sgd(0.1)])
    first = plain.explain(0)
    other = race(1, optimizers=[{"kind": "momentum", "learning_rate": 0.1}])
    begun = other.explain(0)
    other.step(1)
    newest = other.explain(0)
    assert first is not None
    assert begun is not None
    assert newest is not None
    sheet.draw(first)
    sheet.resize(QSize(700, 500))
    sheet.show()
    assert sheet._page.isVisible()
    sheet.draw(begun)
    sheet.draw(newest)
    assert not sheet._page.isVisible()  # no name beside the rule of another
    assert sheet._rows[0][2].tex() == f"= {begun.terms[0].numbers}"  # so that it comes to an end
    qtbot.waitUntil(lambda: sheet._trace == newest)
    assert sheet._page.isVisible()
    qtbot.waitUntil(sheet._isCaughtUp)


def test_a_sign_in_front_of_a_rule_is_no_minus(qtbot: QtBot) -> None:
    sheet = UpdateSheet(Style())
    qtbot.addWidget(sheet)
    trace = race(1, optimizers=[sgd(0.1)]).explain(0)
    assert trace is not None
    index, term = next((i, t) for i, t in enumerate(trace.terms) if t.formula.startswith("-"))
    sheet.draw(trace)
    minus, braced = FormulaLabel(sheet._style, "body"), FormulaLabel(sheet._style, "body")
    for label in (minus, braced):
        qtbot.addWidget(label)
    minus.setTex(f"{term.symbol} = {term.formula}")
    braced.setTex(f"{term.symbol} = {{{term.formula}}}")
    wide = sheet._rows[index][1].sizeHint().width()
    assert wide < minus.sizeHint().width()
    assert wide == pytest.approx(braced.sizeHint().width(), abs=3)


def test_what_turns_to_the_update_sets_its_formulas_in_a_thread(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    board = CurveBoard(Style())
    qtbot.addWidget(board)
    board.resize(900, 600)
    made = race(3, **PARABOLA)
    board.draw(made.frame(frozenset({CURVATURE})))
    with qtbot.waitExposed(board):
        board.show()
    asked: list[str] = []
    monkeypatch.setattr(
        "widgets.formula._Typesetter.ask", lambda _, tex, is_wanted: asked.append(tex)
    )
    board.setView(GradientDescentView(left="update"))
    board.draw(made.frame(frozenset({CURVATURE, "update.0"})))
    assert len(asked) == 2 * len(board._update._shape) > 0
    assert not board._update._isFull
    board.hide()


def test_a_view_of_another_racer_shows_its_sentence(qtbot: QtBot) -> None:
    board = RaceBoard(Style())
    qtbot.addWidget(board)
    frame = frame_of(5, optimizers=[sgd(0.1), sgd(0.2)])
    board.draw(frame)
    board.setView(GradientDescentView(optimizer=2))
    assert board._readouts._words.texts()[1] == frame.sentences[1]


# (board, letters) as they are in a window of 1280 x 720, 1024 x 640, and on a whole screen
@pytest.mark.parametrize(
    ("size", "factor"),
    [((929, 539), 1.0), ((673, 459), 1.0), ((766, 464), 1.1**4), ((1250, 690), 1.1**4)],
)
def test_eigenvalues_condition_and_limit_are_seen_whole(
    qtbot: QtBot, size: tuple[int, int], factor: float
) -> None:
    board = RaceBoard(Style(factor=factor))
    qtbot.addWidget(board)
    board.draw(frame_of(26))
    laid_out(board, *size)
    seen = " ".join(line.strip() for line, _ in board._readouts._words.shown())
    said = (
        "Eigenvalues 6.854 and 0.1459, condition 46.98. SGD 0.1 is stable up to a rate of 0.2918."
    )
    assert seen.startswith(said)


def test_large_letters_leave_the_map_its_room(qtbot: QtBot) -> None:
    board = RaceBoard(Style())
    qtbot.addWidget(board)
    board.draw(frame_of(26))
    laid_out(board, 734, 388)
    assert board._key.entries()
    assert board._map._axes["bottom"].name() == "m"
    board._style.setFactor(1.1**5)
    QApplication.processEvents()
    assert not board._key.entries()
    assert board._map._axes["bottom"].name() == ""
    assert board._map.plane().height > 100


def rows_seen(board: RaceBoard) -> list[int]:
    table = board._readouts._table
    area = table.viewport().rect()
    rows = range(table.model().rowCount())
    return [i for i in rows if area.contains(table.visualRect(table.model().index(i, 0)))]


@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080)])
def test_of_thirty_racers_the_chosen_one_is_seen_and_the_others_are_counted(
    qtbot: QtBot, size: tuple[int, int]
) -> None:
    board = RaceBoard(Style())
    qtbot.addWidget(board)
    board.setView(GradientDescentView(optimizer=18))
    board.draw(frame_of(5, optimizers=[sgd(0.01 * (i + 1)) for i in range(30)]))
    board.resize(*size)
    board.show()
    QApplication.processEvents()
    readouts, seen = board._readouts, rows_seen(board)
    assert 17 in seen
    assert 8 <= len(seen) < 30
    assert readouts._more.isVisible()
    assert readouts._more.text() == f"and {30 - len(seen)} more"
    assert readouts._words.height() > 0.25 * readouts.height()
    board.setView(GradientDescentView(optimizer=3))
    qtbot.waitUntil(lambda: 2 in rows_seen(board))
    table = readouts._table
    table.verticalScrollBar().setValue(table.verticalScrollBar().maximum())
    readouts._pace.drawWhole()  # the same choice again: it stays where a person has scrolled it
    assert 29 in rows_seen(board)


def test_where_all_rows_fit_none_is_counted(qtbot: QtBot) -> None:
    board = RaceBoard(Style())
    qtbot.addWidget(board)
    board.resize(1280, 720)
    board.show()
    board.draw(frame_of(5, optimizers=[sgd(0.01 * (i + 1)) for i in range(20)]))
    board.draw(frame_of(5, optimizers=[sgd(0.1), sgd(0.2)]))
    QApplication.processEvents()
    assert rows_seen(board) == [0, 1]
    assert not board._readouts._more.isVisible()


def test_the_batch_in_use_is_told_with_its_epoch(qtbot: QtBot) -> None:
    board = RaceBoard(Style())
    qtbot.addWidget(board)
    batches = {"kind": "mini", "size": 10, "epochs": 8}
    line = {"kind": "line", "data": "noisy line", "batches": batches}  # 20 steps an epoch
    frame = frame_of(41, objective=line)
    board.draw(frame)
    assert board._data._title.text() == "Data, batch of 10, epoch 3 of 8"
    assert board._losses._title.text() == "Loss, step 41, epoch 3 of 8"
    assert len(board._data._points[1].x) == 10
    board.draw(frame_of(41))
    assert board._data._title.text() == "Data"
    assert board._losses._title.text() == "Loss, step 41"


def test_a_frame_without_its_dear_parts_leaves_what_was_told(qtbot: QtBot) -> None:
    board = RaceBoard(Style())
    qtbot.addWidget(board)
    board.setView(GradientDescentView(left="update"))
    running = race(3, objective=surface("rosenbrock"), optimizers=[sgd(0.001)])
    whole = running.frame(board.watch())
    board.draw(whole)
    words, sheet = board._readouts._words.texts(), board._left.currentWidget()
    assert any("Eigenvalues here" in text for text in words)
    running.step(1)
    board.draw(running.frame(frozenset()))
    assert board._readouts._words.texts() == words
    assert board._left.currentWidget() is sheet is board._update
    board.draw(running.frame(board.watch()))
    assert board._readouts._words.texts() != words


EIGHT = [sgd(0.0001 * (i + 1)) for i in range(8)]


def read_through(words: Paragraphs) -> str:
    """All that is seen of `words` while the bar goes from its top to its end, each line once."""
    seen: dict[int, str] = {}
    for value in range(words._bar.maximum() + 1):
        words._bar.setValue(value)
        seen |= {round(value + top): line for line, top in words.shown()}
    return " ".join(line.strip() for line in seen.values())


@pytest.mark.parametrize("size", [(929, 539), (673, 459)])  # windows of 1280 x 720 and 1024 x 640
def test_what_has_no_room_is_scrolled_and_stands_in_the_tooltip(
    qtbot: QtBot, size: tuple[int, int]
) -> None:
    board = RaceBoard(Style())
    qtbot.addWidget(board)
    board.resize(*size)
    board.show()
    frame = frame_of(20, objective=surface("rosenbrock"), optimizers=EIGHT, steps=20)
    board.draw(frame)
    words = board._readouts._words
    qtbot.waitUntil(words._bar.isVisible)
    assert words._texts[2].endswith(frame.scenery.objective.source)  # before the others' endings
    told = read_through(words)
    assert len(words.texts()) == 2 + len(EIGHT)
    for sentence in words.texts():
        assert sentence in told
        assert sentence in words.toolTip()
    assert "…" not in told
    assert not board._readouts._formula.isHidden()  # below the last sentence
    assert board._readouts._formula.geometry().bottom() <= words.height()


def test_in_a_window_of_1280_pixels_all_of_eight_rows_are_seen(qtbot: QtBot) -> None:
    board = RaceBoard(Style())
    qtbot.addWidget(board)
    board.resize(929, 539)
    board.show()
    board.draw(frame_of(5, objective=surface("rosenbrock"), optimizers=EIGHT))
    qtbot.waitUntil(lambda: rows_seen(board) == [*range(8)])
    assert not board._readouts._more.isVisible()
    assert not board._readouts._table._columns.isCut


def test_a_picture_of_eight_that_have_ended_is_whole(qtbot: QtBot) -> None:
    """The table tells of those that were stopped; how another one left is told in words."""
    board = RaceBoard(Style())
    qtbot.addWidget(board)
    leaves = [*EIGHT[:-1], sgd(0.1)]
    frame = frame_of(20, objective=surface("rosenbrock"), optimizers=leaves, steps=20)
    assert frame.status == (*["stopped"] * 7, "diverged")
    board.draw(frame)
    laid_out(board, 1280, 720)
    words = board._readouts._words
    seen = " ".join(line.strip() for line, _ in words.shown())
    assert frame.scenery.objective.source in seen
    assert frame.sentences[7][:40] in seen
    assert words.texts() == tuple(text for text in words.texts() if text in seen)


def test_learning_rates_have_a_column_where_they_change(qtbot: QtBot) -> None:
    board = RaceBoard(Style())
    qtbot.addWidget(board)
    board.draw(frame_of(3, optimizers=[sgd(0.1)]))
    assert board._readouts._table._model.headings == ("loss", "arrived", "m", "b", "slope")
    board.draw(frame_of(3, optimizers=[sgd(0.1), {"kind": "asgd"}]))
    assert board._readouts._table._model.headings[-2:] == ("slope", "rate")
    fading = sgd(0.1) | {"schedule": {"kind": "exponential"}}
    board.draw(frame_of(3, optimizers=[fading]))
    assert board._readouts._table._model.headings[-1] == "rate"


@pytest.mark.parametrize("size", [(929, 539), (673, 459)])
def test_in_a_small_window_the_opening_scene_tells_all_numbers(
    qtbot: QtBot, size: tuple[int, int]
) -> None:
    board = RaceBoard(Style())
    qtbot.addWidget(board)
    board.resize(*size)
    board.show()
    board.draw(frame_of(60))
    table = board._readouts._table
    qtbot.waitUntil(lambda: len(table._columns.widths) == 6)
    assert sum(table._columns.widths) <= table.viewport().width()


def test_both_endings_of_the_opening_scene_are_seen_at_once(qtbot: QtBot) -> None:
    board = RaceBoard(Style())
    qtbot.addWidget(board)
    board.resize(929, 619)  # in a window of 1280 x 800
    board.show()
    frame = frame_of(325)
    board.draw(frame)
    words = board._readouts._words
    qtbot.waitUntil(lambda: len(words.texts()) == 4)
    qtbot.waitUntil(lambda: not words._bar.isVisible())
    seen = " ".join(line.strip() for line, _ in words.shown())
    assert all(sentence in seen for sentence in frame.sentences)
    assert words.toolTip() == ""


def test_an_update_of_a_long_name_is_not_cut_at_the_side(qtbot: QtBot) -> None:
    sheet = UpdateSheet(Style())
    qtbot.addWidget(sheet)
    laid_out(sheet, 355, 300)
    given = {"name": "gradient", "symbol": "g", "formula": r"\nabla f"}
    term = Term(**given, numbers="-0.0061682", value=(-0.0061682,))
    title = "batch_norm10.weight[0, 10, 2, 0], which moves farthest"
    sheet.draw(Trace(title=title, terms=(term,)))
    QApplication.sendPostedEvents()
    assert sheet.horizontalScrollBar().maximum() == 0
