"""The colours of the regions, the data on them, and what is drawn anew with another frame."""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from kernels.samples.samples import Dataset, Samples
from kernels.simulation import Array
from visualizer.panels.training.run.response_plot import STRONGEST, ResponsePlot
from visualizer.panels.training.view import TrainingView
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
