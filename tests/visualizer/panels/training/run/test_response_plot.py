"""The colours of the regions, the data on them, and what is drawn anew with another frame."""

from collections.abc import Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from pytestqt.qtbot import QtBot

from kernels.samples.samples import Dataset, Samples
from kernels.simulation import Array
from tests.widgets.drawing import laid_out, svg_of
from visualizer.panels.training.run.response_plot import STRONGEST, ResponsePlot, class_entries
from visualizer.panels.training.view import TrainingView
from widgets.numbers import format_number
from widgets.pictures import rgb_of
from widgets.style import Style


@pytest.fixture
def plot(qtbot: QtBot) -> ResponsePlot:
    made = ResponsePlot(Style())
    qtbot.addWidget(made)
    return made


def shares(classes: int, side: int = 50) -> Array:
    """Probabilities (side, side, classes) of all strengths, as a network gives them."""
    drawn = np.random.default_rng(classes).normal(0, 3, (side, side, classes))
    exp = np.exp(drawn)
    found: Array = (exp / exp.sum(-1, keepdims=True)).astype(np.float32)
    return found


@pytest.mark.parametrize("classes", [2, 3, 10])
def test_a_region_has_the_colour_of_its_class_as_strongly_as_it_is_sure(
    plot: ResponsePlot, classes: int
) -> None:
    response = shares(classes)
    colors = np.array([plot._color(i) for i in range(classes)], dtype=float)
    ground = rgb_of(plot._style.color("base")).astype(float)
    sure = (response.astype(float).max(-1) - 1 / classes) / (1 - 1 / classes)
    share = STRONGEST * sure[..., None]
    wanted = ground * (1 - share) + colors[response.argmax(-1)] * share
    drawn = plot._regions(response, sharp=False)
    assert np.abs(drawn - wanted).max() < 0.501  # they are rounded
    full = ground * (1 - STRONGEST) + colors[response.argmax(-1)] * STRONGEST
    assert np.abs(plot._regions(response, sharp=True) - full).max() < 0.501


def test_where_the_network_gives_no_number_the_ground_is_seen(plot: ResponsePlot) -> None:
    response = shares(2)
    response[3, 4] = np.nan
    ground = rgb_of(plot._style.color("base"))
    np.testing.assert_array_equal(plot._regions(response, sharp=False)[3, 4], ground)


def data(targets: Sequence[int] = (0, 1, 1)) -> Dataset:
    places = np.array([[0.1, 0.2], [0.5, 0.4], [0.9, 0.7]], dtype=np.float32)
    samples = Samples(places, np.array(targets))
    return Dataset(
        title="three points",
        features=("x1", "x2"),
        train=samples,
        validation=samples,
        classes=("A", "B"),
        domain=((0.0, 1.0), (0.0, 1.0)),
    )


def frame(dataset: Dataset, step: int) -> Any:
    return SimpleNamespace(
        plan=SimpleNamespace(dataset=dataset),
        response=shares(2),
        step=step,
        batch=np.array([step % 3]),
    )


def test_points_are_drawn_anew_where_the_data_or_the_view_are_others(plot: ResponsePlot) -> None:
    dataset, view = data(), TrainingView(validation=False)
    plot.draw(frame(dataset, 0), view)
    still = plot._still
    assert [len(shape.x) for shape in still] == [1, 2]  # of each class
    plot.draw(frame(dataset, 1), view)
    assert plot._still is still
    plot.draw(frame(dataset, 1), TrainingView(validation=True))
    assert len(plot._still) == 4
    plot.draw(frame(data((0, 0, 1)), 1), view)
    assert [len(shape.x) for shape in plot._still] == [2, 1]


def test_rings_follow_the_batch(plot: ResponsePlot) -> None:
    dataset, view = data(), TrainingView(batch=True)
    for step in (1, 2):
        plot.draw(frame(dataset, step), view)
        (ring,) = plot._layers["batch"]
        np.testing.assert_allclose(ring.x, dataset.train.inputs[[step], 0])
    plot.draw(frame(dataset, 2), TrainingView(batch=False))
    assert plot._layers["batch"] == ()


def test_the_title_tells_the_step_or_what_it_is_given(plot: ResponsePlot) -> None:
    plot.draw(frame(data(), 7), TrainingView())
    assert plot._title.text() == "three points, step 7"
    plot.draw(frame(data(), 7), TrainingView(), "")
    assert plot._title.isHidden()


@pytest.mark.parametrize("classes", [("A", "B"), ()])
def test_the_cursor_reads_off_what_the_network_says_there(
    plot: ResponsePlot, classes: tuple[str, ...]
) -> None:
    dataset, seen = replace(data(), classes=classes), frame(data(), 0)
    seen.plan.dataset = dataset
    if not classes:
        dataset = replace(dataset, train=Samples(dataset.train.inputs, np.ones((3, 1))))
        seen = SimpleNamespace(**vars(seen) | {"plan": SimpleNamespace(dataset=dataset)})
    laid_out(plot)
    plot.draw(seen, TrainingView())
    plot._cursor = QPointF(*plot.plane().toPixels(0.71, 0.33)[0])
    said = seen.response[16, 35]  # of 50 x 50 cells
    value = format_number(float(said.max() if classes else said[0]), 3)
    name = f"{classes[said.argmax()]} " if classes else ""
    assert plot._readOff() == f"{name}{value}"
    assert value in svg_of(plot)
    plot._cursor = QPointF(*plot.plane().toPixels(1.2, 0.33)[0])
    assert plot._readOff() == ""
    seen.response[16, 35] = np.nan
    plot._cursor = QPointF(*plot.plane().toPixels(0.71, 0.33)[0])
    assert plot._readOff() == ""


def test_the_classes_are_explained(plot: ResponsePlot) -> None:
    laid_out(plot)
    plot.draw(frame(data(), 0), TrainingView())
    assert plot._key is not None
    marks = [plot._style.mark(i) for i in (0, 1)]
    told = [(entry.name, entry.color, entry.symbol) for entry in plot._key.entries()]
    assert told == [(n, m.color, m.symbol) for n, m in zip("AB", marks, strict=True)]
    assert [shape.symbol for shape in plot._still[:2]] == [mark.symbol for mark in marks]
    svg = svg_of(plot)
    assert ">A<" in svg
    assert ">B<" in svg


def test_many_classes_are_counted() -> None:
    many = replace(data(), classes=tuple(f"kind {i}" for i in range(12)))
    names = [entry.name for entry in class_entries(many, Style())]
    assert names[-2:] == ["kind 9", "and 2 more"]
