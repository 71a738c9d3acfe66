"""What the boards of basins, map, tuning and comparison show."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from kernels.descent.attractors import Ending
from kernels.descent.basins_parameters import BasinsParameters
from kernels.descent.comparison import LogisticComparisonParameters
from kernels.descent.gradient_descent import GradientDescent, simulation_class
from kernels.descent.hyperparameter_map import HyperparameterMapParameters
from kernels.descent.tuning import TuningParameters
from kernels.objectives.catalogue import (
    CurveParameters,
    FormulaParameters,
    LineParameters,
    LogisticParameters,
    make_objective,
)
from kernels.objectives.surfaces import SurfaceParameters
from kernels.optimizers.catalogue import AdamParameters, SGDParameters
from kernels.simulation import Frame, advance
from tests.widgets.drawing import laid_out, picture, svg_of
from visualizer.panels.gradient_descent.basin_colors import end_colors, ending_color
from visualizer.panels.gradient_descent.curve_board import CurveBoard
from visualizer.panels.gradient_descent.panel import BOARDS
from visualizer.panels.gradient_descent.view import GradientDescentView
from widgets.colors import DARK, LIGHT, contrast
from widgets.plots.ranges import SHARES
from widgets.style import Style

CPU = torch.device("cpu")


def frame_of(experiment, objective, *rows, steps: int = 10**6) -> Frame:
    optimizers = {"optimizers": rows} if rows else {}
    parameters = GradientDescent(experiment=experiment, objective=objective, **optimizers)
    simulation = simulation_class(parameters)(parameters, CPU)
    advance(simulation, steps)
    return simulation.frame()


def shown(qtbot: QtBot, kind: str, frame: Frame):
    board = BOARDS[kind](Style())
    qtbot.addWidget(board)
    board.resize(1280, 720)
    board.draw(frame)
    return board


def said(board) -> str:
    return "\n".join(board._readout._said)


def table_of(board) -> dict[str, tuple]:
    return {row.name: row.values for row in board._readout._rows}


@pytest.mark.parametrize("kind", sorted({*BOARDS, "curve"}))
def test_a_board_takes_the_colours_of_another_theme_at_once(qtbot: QtBot, kind: str) -> None:
    experiments = {
        "race": ({"kind": "race"}, LineParameters()),
        "curve": ({"kind": "race"}, CurveParameters()),
        "basins": (BasinsParameters(resolution=24, steps=30), SurfaceParameters(name="himmelblau")),
        "map": (HyperparameterMapParameters(resolution=16, steps=30), LineParameters()),
        "tuning": (TuningParameters(rates=3, starts=4, steps=30), LineParameters()),
        "comparison": (LogisticComparisonParameters(), LogisticParameters()),
    }
    experiment, objective = experiments[kind]
    frame = frame_of(experiment, objective, SGDParameters(learning_rate=0.01), steps=30)
    pictures = []
    for before in ("light", "dark"):
        style = Style(before)
        board = (CurveBoard if kind == "curve" else BOARDS[kind])(style)
        qtbot.addWidget(board)
        laid_out(board, 1280, 720)
        board.draw(frame)
        style.setTheme("dark")
        QApplication.sendPostedEvents()
        pictures.append(picture(board))
    assert (pictures[0] == pictures[1]).all()


def test_a_tuning_shows_lower_bounds_integers_and_its_terms(qtbot: QtBot) -> None:
    spec = TuningParameters(rates=3, rate_from=1e-6, rate_to=0.2, starts=8, steps=60)
    board = shown(
        qtbot,
        "tuning",
        frame_of(spec, LineParameters(batches={"kind": "mini", "size": 1}), SGDParameters()),
    )
    assert said(board).startswith("SGD")  # the best rate is the last: that comes first
    assert "edge of what was tried" in said(board)
    assert "mini-batches set are left out" in said(board)
    assert table_of(board)["SGD"][1] == "≥ 60"
    low, high = board._scores.plane().y
    assert low <= 0
    assert high > 1.1 * 60  # the label of the horizon has room above it
    assert "horizon: 60 steps or more" in svg_of(board._scores)


def test_a_tuning_that_runs_draws_and_tells_only_what_it_knows(qtbot: QtBot) -> None:
    spec = TuningParameters(rates=3, rate_from=1e-6, rate_to=0.2, starts=8, steps=60)
    board = shown(qtbot, "tuning", frame_of(spec, LineParameters(), SGDParameters(), steps=5))
    assert table_of(board)["SGD"][:3] == ("–", "not yet", "not yet")  # no rate is the best yet
    assert board._arrived.plane().y == SHARES  # a share is never negative
    assert "So far, after 5 of 60 steps, SGD has arrived nowhere yet" in said(board)
    assert not any(np.isfinite(curve.y).any() for curve in board._scores._curves)
    drawn = svg_of(board._scores)
    assert "60 steps or more" not in drawn
    assert "step 5: all others not yet" in drawn
    assert board._scores._title.text().endswith("so far: step 5 of 60")


def test_a_tuning_by_loss_ends_at_the_loss_of_the_start(qtbot: QtBot) -> None:
    spec = TuningParameters(rates=5, rate_from=1e-3, rate_to=10.0, starts=8, steps=40)
    frame = frame_of(spec, FormulaParameters(text="x**4 + y**4 - 1"), SGDParameters())
    board = shown(qtbot, "tuning", frame)
    assert board._arrived.isHidden()
    assert board._scores.plane().y[1] < 1.1 * frame.start_loss
    assert "≥" not in str(table_of(board))


def test_the_map_tells_steps_not_powers_and_what_its_marks_are(qtbot: QtBot) -> None:
    frame = frame_of(HyperparameterMapParameters(resolution=24, steps=400), LineParameters())
    board = shown(qtbot, "map", frame)
    names = [entry.name for entry in board._key.entries()]
    assert names == ["limit of theory", "theory's fastest", "fewest steps", "without momentum"]
    labels = [label for _, label in board._map._bar._labels]
    assert {"50", "100", "200"} <= set(labels)
    assert board._map._bar._names == ("diverged", "not arrived")
    ticks = board._map._axes["bottom"].ticks(*board._map.plane().x, 600)
    assert {round(10.0**tick, 3) for tick in ticks} >= {0.01, 0.02, 0.05, 0.1, 0.2, 0.5}
    assert board._map._title.text() == "A line through two points from (−1, 5)"
    assert "400 steps at most" in said(board)
    assert "list of optimizers is not used" in said(board)
    steps = {name: values[0] for name, values in table_of(board).items()}
    assert (steps["theory's fastest"], steps["without momentum"]) == ("25", "92")


def test_a_map_without_theory_has_no_line_and_no_key_of_it(qtbot: QtBot) -> None:
    spec = HyperparameterMapParameters(resolution=8, steps=20)
    board = shown(qtbot, "map", frame_of(spec, SurfaceParameters(name="ackley")))
    assert board._key.entries() == ()
    assert table_of(board)["fewest steps"][0] == "–"


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_every_ending_of_a_basin_can_be_seen_on_the_ground(theme) -> None:
    style = Style(theme.name)
    colors = [ending_color(ending, style) for ending in Ending]
    assert len(set(colors)) == len(colors)
    assert contrast(ending_color(Ending.DIVERGED, style), theme.base) > 3


def test_minima_side_by_side_differ_in_hue_and_not_in_lightness() -> None:
    objective = make_objective(SurfaceParameters(name="rastrigin"), CPU, torch.float64)
    ends = np.array([m.point for m in objective.minima])
    colors = end_colors(ends, objective.domain, Style())
    rgb = np.array([[int(c[i : i + 2], 16) for i in (1, 3, 5)] for c in colors])
    luma = rgb @ (0.299, 0.587, 0.114)
    assert np.ptp(luma) < 30
    apart = np.abs(ends[:, None] - ends[None]).sum(axis=-1)
    beside = (apart > 0.5) & (apart < 1.2)
    differences = np.abs(rgb[:, None] - rgb[None]).sum(axis=-1)
    assert differences[beside].min() > 40


def test_basins_tell_their_shades_and_a_kink(qtbot: QtBot) -> None:
    frame = frame_of(
        BasinsParameters(resolution=16, steps=20),
        SurfaceParameters(name="ackley"),
        SGDParameters(learning_rate=0.01),
    )
    board = shown(qtbot, "basins", frame)
    assert "steps until it rests" in board._map._bar._caption
    assert board._map._bar._labels[0] == (0.0, "0")
    assert table_of(board)["end at (0, 0)"][1] == "kink"


def test_the_rates_of_a_sweep_are_all_in_sight_from_the_start(qtbot: QtBot) -> None:
    settings = {"resolution": 8, "steps": 20, "sweep": 5, "sweep_from": 0.01, "sweep_to": 0.03}
    for steps in (10, 40, 100):
        frame = frame_of(
            BasinsParameters(**settings),
            SurfaceParameters(name="himmelblau"),
            SGDParameters(),
            steps=steps,
        )
        board = shown(qtbot, "basins", frame)
        assert not board._sweep.isHidden()
        np.testing.assert_allclose(board._sweep.plane().x, (0.009, 0.031))
    assert board._map._title.text() == "Learning rate 0.03: step 20"


def test_the_marks_of_basins_are_told_and_hide_no_colours(qtbot: QtBot) -> None:
    spec = BasinsParameters(resolution=16, steps=5)
    names = {
        surface: [
            entry.name
            for entry in shown(
                qtbot, "basins", frame_of(spec, SurfaceParameters(name=surface), SGDParameters())
            )._key.entries()
        ]
        for surface in ("himmelblau", "rastrigin")
    }
    assert names["himmelblau"] == ["known minimum", "known saddle"]
    assert names["rastrigin"] == ["minimum"]  # 121 of them, as dots


def test_a_small_share_is_not_told_as_none(qtbot: QtBot) -> None:
    frame = frame_of(BasinsParameters(resolution=8, steps=5), SurfaceParameters(name="himmelblau"))
    shares = np.zeros_like(frame.shares)
    shares[:3] = 2e-4, 0.9998, 0.0
    told = table_of(shown(qtbot, "basins", replace(frame, shares=shares)))
    assert [told[name][0] for name in frame.share_names[:3]] == ["< 0.1%", "> 99.9%", "0%"]


def test_the_comparison_speaks_of_every_racer_by_one_dash_each(qtbot: QtBot) -> None:
    rows = SGDParameters(learning_rate=0.5), AdamParameters(learning_rate=0.2)
    objective = GradientDescent.model_validate({"objective": {"kind": "logistic"}}).objective
    frame = frame_of(LogisticComparisonParameters(), objective, *rows, steps=300)
    board = shown(qtbot, "comparison", frame)
    for name in ("SGD 0.5", "Adam 0.2"):
        assert f"Squared error: {name}" in said(board)
        assert f"Cross-entropy: {name}" in said(board)
        assert name in table_of(board)
    for loss, data in zip(board._losses, board._data, strict=True):
        assert [c.dash for c in loss._curves] == [c.dash for c in data._curves]
    assert all(len(group.x) for group in board._slopes._points)
    for group, curve in zip(board._slopes._points, board._slopes._curves, strict=True):
        np.testing.assert_allclose(group.y, np.interp(group.x, curve.x, curve.y))


def test_contour_lines_are_spaced_as_suits_the_surface_or_as_chosen(qtbot: QtBot) -> None:
    view = GradientDescentView()
    for name, spacing in (("plateau", "even"), ("rosenbrock", "areas")):
        objective = make_objective(SurfaceParameters(name=name), CPU, torch.float64)
        assert view.spacing(objective) == spacing
        assert view.model_copy(update={"levels": "even"}).spacing(objective) == "even"


def test_nothing_is_said_of_limits_where_no_minimum_is_known(qtbot: QtBot) -> None:
    spec = BasinsParameters(resolution=8, steps=5)
    known = frame_of(spec, SurfaceParameters(name="himmelblau"), SGDParameters())
    assert "lets go above" in shown(qtbot, "basins", known)._readout._table._model.headings[1]
    unknown = frame_of(spec, FormulaParameters(text="x**3 + y**2"), SGDParameters())
    assert unknown.limit_rule
    assert shown(qtbot, "basins", unknown)._readout._table._model.headings[1] == ""
