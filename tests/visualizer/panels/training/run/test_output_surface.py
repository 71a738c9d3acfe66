"""The surface of a network's answers: its heights, its axis that holds still, its points."""

from typing import Any

import numpy as np
import pytest
import torch
from PySide6.QtCore import QSize
from pytestqt.qtbot import QtBot

from kernels.editing import load
from kernels.simulation import advance
from kernels.training.frame import TrainingFrame
from kernels.training.parameters import Training
from kernels.training.seen.response import RESPONSE
from kernels.training.training import TrainingRun
from visualizer.panels.training.panel import TrainingPanel
from visualizer.panels.training.run.output_surface import NUMBERS, OutputSurface
from visualizer.panels.training.run.training_board import TrainingBoard
from visualizer.panels.training.view import TrainingView
from widgets.pictures import rgb_of
from widgets.plots.shapes import named
from widgets.style import Style

VIEW = TrainingView(right="surface")


def made(at: int, **given: Any) -> tuple[TrainingRun, TrainingFrame]:
    run = TrainingRun(load(Training, given), torch.device("cpu"))
    advance(run, at)
    return run, run.frame(frozenset({RESPONSE}))


def shown(panel: TrainingPanel, frame: TrainingFrame, view: TrainingView = VIEW) -> OutputSurface:
    panel.setView(view)
    panel.draw(frame)
    board = panel._board()
    assert isinstance(board, TrainingBoard)
    (surface,) = board._right.currentWidget().findChildren(OutputSurface)
    return surface


@pytest.fixture
def panel(qtbot: QtBot, gl: None) -> TrainingPanel:
    panel = TrainingPanel(Style())
    qtbot.addWidget(panel)
    panel.setParameters(Training())
    panel.prepare(QSize(1000, 700))
    return panel


@pytest.mark.gl
def test_heights_are_what_the_network_says_there(panel: TrainingPanel) -> None:
    run, frame = made(300)
    surface = shown(panel, frame)
    mesh = surface._picture._mesh  # type: ignore[union-attr]
    assert mesh is not None
    assert (mesh.low, mesh.high) == (0, 1)
    x = np.array([0.3, -4.2, 5.5]), np.array([0.4, 2.2, -5.7])
    with torch.no_grad():
        points = torch.tensor(np.stack(x, 1), dtype=torch.float32)
        said = torch.sigmoid(run.model.eval()(points))[:, 0].numpy()
    assert mesh.toBox(*x)[:, 2] == pytest.approx(said, abs=0.01)
    assert surface._title == "Circle, step 300"
    assert surface._picture._names == ("x1", "x2", "P(B)")  # type: ignore[union-attr]
    first = shown(panel, frame, VIEW.model_copy(update={"surface_class": 1}))
    assert first._picture._mesh.toBox(*x)[:, 2] == pytest.approx(  # type: ignore[union-attr]
        1 - said, abs=0.01
    )


@pytest.mark.gl
def test_the_training_points_lie_on_it_in_the_colours_of_their_classes(
    panel: TrainingPanel,
) -> None:
    _, frame = made(50, dataset={"kind": "gaussians", "clouds": 3})
    surface = shown(panel, frame, TrainingView(right="surface", surface_class=9))
    picture, train = surface._picture, frame.plan.dataset.train
    assert picture is not None
    assert picture._mesh is not None
    assert picture._names[2] == "P(C)"  # the last there is
    for index, (points, color) in enumerate(picture._marks):
        places = train.inputs[train.targets == index]
        on = picture._mesh.toBox(places[:, 0], places[:, 1])
        assert np.array_equal(points, on, equal_nan=True)
        assert color == surface._style.mark(index).color
        assert np.isfinite(points).all(axis=1).mean() > 0.95


@pytest.mark.gl
def test_numbers_have_an_axis_that_holds_all_of_them(panel: TrainingPanel) -> None:
    _, frame = made(20, dataset="multi-gauss")
    surface = shown(panel, frame)
    mesh = surface._picture._mesh  # type: ignore[union-attr]
    assert mesh is not None
    targets = frame.plan.dataset.train.targets
    assert mesh.low <= min(targets.min(), frame.response.min())
    assert mesh.high >= max(targets.max(), frame.response.max())
    assert sum(len(points) for points, _ in surface._picture._marks) == len(targets)  # type: ignore[union-attr]
    _, later = made(30, dataset="multi-gauss")
    shown(panel, later)
    assert surface._picture._mesh.low == mesh.low  # type: ignore[union-attr]


@pytest.mark.gl
def test_numbers_stand_at_their_targets_with_lines_to_what_is_said(panel: TrainingPanel) -> None:
    _, frame = made(20, dataset="multi-gauss")
    surface, train = shown(panel, frame), frame.plan.dataset.train
    picture = surface._picture
    assert picture is not None
    assert picture._mesh is not None
    feet = picture._mesh.toBox(*train.inputs.T)
    is_there = np.isfinite(feet[:, 2])
    assert is_there.mean() > 0.95
    ends = np.column_stack([feet, picture._mesh.toBoxHeight(train.targets)])[is_there]  # x, y, z, z
    tops, ground, _ = picture._posts.reshape(-1, 3, 3).swapaxes(0, 1)
    drawn = np.column_stack([ground, tops[:, 2]])
    drawn = drawn[np.isfinite(drawn[:, 2])]
    order, expected = np.argsort(drawn[:, 0]), np.argsort(ends[:, 0])
    assert np.array_equal(drawn[order], ends[expected])
    assert surface.key.entries() == NUMBERS


@pytest.mark.gl
def test_the_key_names_the_classes_below_it(panel: TrainingPanel) -> None:
    _, frame = made(0, dataset={"kind": "gaussians", "clouds": 3})
    surface = shown(panel, frame)
    key, style = surface.key, surface._style
    assert [entry.name for entry in key.entries()] == list(frame.plan.dataset.classes)
    assert [entry.color for entry in key.entries()] == [style.mark(i).color for i in range(3)]
    assert {entry.symbol for entry in key.entries()} == {"o"}  # as the balls are
    assert key.isVisibleTo(panel)
    assert key.geometry().top() >= surface.geometry().bottom()


@pytest.mark.gl
def test_colours_are_those_of_the_class_that_wins(panel: TrainingPanel) -> None:
    _, frame = made(0)
    surface = shown(panel, frame)
    table = surface._colors((0.0, 1.0), frame.plan.dataset, 1).astype(int)
    classes = [
        rgb_of(named(surface._style, surface._style.mark(i).color)).astype(int) for i in (0, 1)
    ]
    for place, color in ((0, 0), (-1, 1)):
        away = [np.abs(table[place] - other).sum() for other in classes]
        assert int(np.argmin(away)) == color
    assert np.ptp(table[127]) < 20  # grey where it is undecided


@pytest.mark.gl
def test_turning_it_asks_for_another_view_and_a_click_paints(
    qtbot: QtBot, panel: TrainingPanel
) -> None:
    corners = [{"x1": 3 * label, "x2": 2, "label": label} for label in (0, 1)]
    points = {"kind": "points", "points": corners}
    parameters = load(Training, {"dataset": points})
    panel.setParameters(parameters)
    _, frame = made(0, dataset=points)
    surface = shown(panel, frame)
    asked: list[tuple[str, object]] = []
    panel.viewRequested.connect(lambda path, value: asked.append((path, value)))
    surface._look(surface.camera().turned(10, 5))
    assert [path for path, _ in asked] == ["azimuth", "elevation", "distance"]
    assert asked[0][1] == pytest.approx(VIEW.azimuth + 10)
    with qtbot.waitSignal(panel.parameterRequested) as painted:
        surface.clicked.emit(1.0, -2.0)
    assert painted.args[0] == "dataset.points"
    panel.setView(TrainingView(right="surface", azimuth=12.0))
    assert surface.camera().azimuth == 12
    panel.setView(TrainingView())
    panel.draw(frame)
    board = panel._board()
    assert isinstance(board, TrainingBoard)
    assert board._right.currentWidget() is board._plane
