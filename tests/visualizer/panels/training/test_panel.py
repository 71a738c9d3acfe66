"""What the training panel shows of small real runs, and what its gestures ask for."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from kernels.editing import load
from kernels.samples.points import Point
from kernels.simulation import advance
from kernels.training.actions import EditWeight
from kernels.training.experiments import simulation_class
from kernels.training.frame import TrainingFrame
from kernels.training.parameters import Training
from kernels.training.seen.first_layer import FIRST_LAYER
from kernels.training.seen.predictions import PREDICTIONS, Predictions
from kernels.training.seen.response import RESPONSE
from kernels.training.training import ADVICE, LAYERS
from tests.widgets.drawing import laid_out
from visualizer.panels.training.finder_board import FinderBoard
from visualizer.panels.training.panel import TrainingPanel
from visualizer.panels.training.run.picture_board import PictureBoard
from visualizer.panels.training.run.pictures import pictures_of
from visualizer.panels.training.run.training_board import TrainingBoard
from visualizer.panels.training.view import TrainingView
from widgets.pictures import rgb_of
from widgets.redraw_pace import RedrawPace
from widgets.style import Style


def frame_of(at: int = 30, **given: Any) -> TrainingFrame:
    parameters = load(Training, given)
    run = simulation_class(parameters)(parameters, torch.device("cpu"))
    advance(run, at)
    return run.frame(frozenset({RESPONSE, ADVICE}))


def board_of(panel: TrainingPanel) -> TrainingBoard:
    board = panel._board()
    assert isinstance(board, TrainingBoard)
    return board


@pytest.fixture
def panel(qtbot: QtBot) -> TrainingPanel:
    panel = TrainingPanel(Style())
    qtbot.addWidget(panel)
    panel.setParameters(Training())
    panel.prepare(QSize(1000, 700))
    return panel


def test_regions_have_the_colour_of_the_class_that_wins(panel: TrainingPanel) -> None:
    frame = frame_of(400, seed=0)
    for sharp in (False, True):
        panel.setView(TrainingView(sharp=sharp))
        panel.draw(frame)
        plot = board_of(panel)._plane
        rgb = plot._regions(frame.response, sharp=sharp).astype(int)
        for point, wins in (((0.0, 0.0), 1), ((-5.5, 5.5), 0)):
            column, row = (int((value + 6) / 12 * 200) for value in point)
            winner = rgb_of(panel._style.color("base")).astype(int)
            colors = [plot._color(index).astype(int) for index in range(2)]
            distances = [np.abs(rgb[row, column] - color).sum() for color in colors]
            assert int(np.argmin(distances)) == wins == frame.response[row, column].argmax()
            assert np.abs(rgb[row, column] - winner).sum() > 100
    assert board_of(panel)._plane._title.text() == "Circle, step 400"


def test_the_network_has_the_names_and_numbers_of_the_frame(panel: TrainingPanel) -> None:
    frame = frame_of(dataset={"kind": "gaussians", "clouds": 3})
    panel.draw(frame)
    assert board_of(panel)._left.currentWidget() is board_of(panel)._network
    assert frame.plan.neurons == (2, 4, 2, 3)
    board_of(panel)._network.setChosen(0, 2, 1)
    told = board_of(panel)._network.accessibleDescription()
    assert f"{abs(float(frame.weights[0][2, 1])):.3g}"[:4] in told
    assert (
        board_of(panel)._accuracy._title.text() == f"Accuracy {frame.validation_accuracy[-1]:.1%}"
    )


def test_one_feature_is_a_curve_and_has_no_accuracy(panel: TrainingPanel) -> None:
    frame = frame_of(dataset="sine", network="wide")
    panel.draw(frame)
    assert board_of(panel)._right.currentWidget() is board_of(panel)._fit
    assert board_of(panel)._beside.isHidden()
    (curve,) = board_of(panel)._fit._curves
    assert np.array_equal(curve.y, frame.response[:, 0])
    assert len(board_of(panel)._fit._points[0].x) == 12
    panel.setView(TrainingView(validation=True))
    assert len(board_of(panel)._fit._points[0].x) == 108


def test_a_frame_without_a_response_keeps_the_picture(panel: TrainingPanel) -> None:
    frame = frame_of()
    panel.draw(frame)
    image = board_of(panel)._plane._image
    without = load(Training, {})
    run = simulation_class(without)(without, torch.device("cpu"))
    panel.draw(run.frame())
    assert board_of(panel)._plane._image is image
    assert board_of(panel)._plane._title.text() == "Circle, step 0"


def digits(at: int, watch: frozenset[str], **given: Any) -> tuple[Training, TrainingFrame]:
    usual = {
        "dataset": {"kind": "mnist", "training_digits": 500},
        "network": "784-256-10",
        "batch_size": 50,
    }
    parameters = load(Training, usual | given)
    run = simulation_class(parameters)(parameters, torch.device("cpu"))
    advance(run, at)
    return parameters, run.frame(watch)


@pytest.fixture
def pictures(qtbot: QtBot) -> Iterator[PictureBoard]:
    panel = TrainingPanel(Style())
    qtbot.addWidget(panel)
    parameters, frame = digits(30, frozenset({PREDICTIONS}))
    panel.setParameters(parameters)
    panel.prepare(QSize(1000, 700))
    panel.draw(frame_of())  # of an older run: nothing is drawn
    panel.draw(frame)
    board = panel._board()
    assert isinstance(board, PictureBoard)
    yield board  # noqa: PT022 # while the panel is there


def test_the_mistakes_of_a_network_that_learns_digits(pictures: PictureBoard) -> None:
    frame = pictures._frame
    assert frame is not None
    assert frame.predictions is not None
    right = frame.predictions.confusion.trace() / frame.predictions.confusion.sum()
    assert right == pytest.approx(frame.validation_accuracy[-1], abs=1e-6)
    count = frame.predictions.confusion.sum() - frame.predictions.confusion.trace()
    assert pictures._title.text() == f"The wrongest of {count:,} mistakes, step 0"
    validation = frame.plan.dataset.validation
    worst = int(frame.predictions.wrongest[0])
    shown = pictures_of(frame.plan.dataset, validation, frame.predictions.wrongest[:1])[0]
    pixels = validation.inputs[worst, 0] * 0.3081 + 0.1307
    assert np.abs(shown / 255 - pixels).max() < 0.003
    assert frame.predictions.true[0] == validation.targets[worst]


def test_on_a_screen_matrix_and_mistakes_are_drawn_one_after_the_other(
    qtbot: QtBot, pictures: PictureBoard
) -> None:
    frame = pictures._frame
    assert frame is not None
    assert frame.predictions is not None
    window = pictures.window()
    window.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen, False)
    window.hide()
    window.show()
    before = pictures._heading.text(), pictures._title.text()
    mirrored = replace(frame.predictions, confusion=frame.predictions.confusion.T.copy())
    later = replace(frame, measured_at=frame.measured_at + 7, predictions=mirrored)
    pictures.draw(later)
    assert (pictures._heading.text(), pictures._title.text()) == before  # until there is time
    RedrawPace.keepStep()
    assert (pictures._heading.text(), pictures._title.text()) != before
    assert (pictures._matrix._counts == mirrored.confusion).all()
    pictures.draw(frame)
    parts = pictures._show_predictions(False)
    next(parts)
    assert (pictures._matrix._counts == frame.predictions.confusion).all()
    assert pictures._title.text() != before[1]
    assert list(parts) == []
    assert (pictures._heading.text(), pictures._title.text()) == before


def test_a_click_on_a_cell_asks_for_its_pictures(qtbot: QtBot, pictures: PictureBoard) -> None:
    with qtbot.waitSignal(pictures.viewRequested) as asked:
        pictures._matrix.cellChosen.emit(4, 9)
    assert asked.args == ["cell", (4, 9)]
    pictures.setView(TrainingView(cell=(4, 9)))
    assert pictures.watch() == {ADVICE, PREDICTIONS, "cell.4.9"}
    _, frame = digits(30, pictures.watch())
    pictures.draw(frame)
    assert frame.predictions is not None
    count = frame.predictions.confusion[4, 9]
    assert pictures._title.text() == f"4 read as 9: {count:,}, step 0"
    assert set(frame.plan.dataset.validation.targets[frame.predictions.wrongest]) <= {4}
    with qtbot.waitSignal(pictures.viewRequested) as asked:
        pictures._matrix.cellChosen.emit(4, 9)
    assert asked.args == ["cell", None]


@pytest.mark.parametrize(
    ("count", "listed", "told"), [(0, 0, "no pictures"), (1, 1, "1"), (2000, 9, "9 of 2,000")]
)
def test_a_cell_tells_how_many_pictures_it_has_and_how_many_are_shown(
    pictures: PictureBoard, count: int, listed: int, told: str
) -> None:
    pictures.setView(TrainingView(cell=(4, 9)))
    _, frame = digits(30, pictures.watch())
    assert frame.predictions is not None
    confusion = frame.predictions.confusion.copy()
    confusion[4, 9] = count
    few = {
        name: getattr(frame.predictions, name)[:listed].copy()
        for name in ("wrongest", "true", "predicted", "probability", "true_probability")
    }
    pictures.draw(replace(frame, predictions=Predictions(confusion=confusion, **few)))
    assert pictures._title.text() == f"4 read as 9: {told}, step 0"


def test_the_layers_are_told_in_words(pictures: PictureBoard) -> None:
    pictures.setView(TrainingView(pictures="layers"))
    assert pictures._left.currentWidget() is pictures._layers
    words = pictures._layers._words.texts()
    assert words[-1] == "203,530 parameters in all."
    assert any("Linear(784, 256)" in line and "200,960 parameters" in line for line in words)


def test_a_number_typed_at_a_link_or_a_bias_is_asked_for(
    qtbot: QtBot, panel: TrainingPanel
) -> None:
    panel.draw(frame_of())
    with (
        qtbot.waitSignal(panel.gestureFinished),
        qtbot.waitSignal(panel.actionRequested) as asked,
    ):
        board_of(panel)._network.weightEdited.emit(1, 0, 3, 0.5)
    assert asked.args == [EditWeight(layer=1, target=0, source=3, value=0.5)]
    with qtbot.waitSignal(panel.actionRequested) as asked:
        board_of(panel)._network.biasEdited.emit(0, 2, -1.0)
    assert asked.args == [EditWeight(layer=0, target=2, value=-1.0)]


def test_the_curves_tell_what_they_are(panel: TrainingPanel) -> None:
    frame = frame_of(60)
    panel.draw(frame)
    names = [curve.name for curve in board_of(panel)._losses._curves]
    assert names == ["batch, as trained", "training data", "validation"]
    assert np.array_equal(board_of(panel)._losses._curves[2].y, frame.validation_loss)
    assert board_of(panel)._losses._title.text() == "Binary cross-entropy"
    assert "After 60 steps: train loss" in panel.description()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_is_drawn_in_both_themes(panel: TrainingPanel, theme: Any) -> None:
    panel.draw(frame_of())
    panel._style.setTheme(theme)
    laid_out(panel, 800, 500)
    assert panel.grab().toImage().width() == 800


def test_a_click_on_the_finder_takes_the_rate_and_trains(qtbot: QtBot) -> None:
    parameters = load(Training, {"experiment": {"kind": "finder", "steps": 100}})
    run = simulation_class(parameters)(parameters, torch.device("cpu"))
    advance(run, 100)
    panel = TrainingPanel(Style())
    qtbot.addWidget(panel)
    panel.setParameters(parameters)
    panel.draw(frame_of())  # of an older run: nothing is drawn
    frame = run.frame()
    panel.draw(frame)
    board = panel._board()
    assert isinstance(board, FinderBoard)
    assert np.array_equal(board._plot._curves[1].y, frame.smoothed)
    assert board._plot._fixed["x"] == (1e-6, 10.0)
    assert board._words.texts() == (board.description(),)
    assert f"a tenth of that, {frame.chosen:.3g}" in board.description()
    assert "rule of thumb" in board.description()
    with qtbot.waitSignal(panel.runRequested) as asked:
        board._plot.clicked.emit(0.01234, 0.5)
    assert asked.args == [(("optimizer.learning_rate", 0.012), ("experiment", "train"))]


@pytest.mark.parametrize("dataset", ["circle", "spiral", "sine"])
def test_the_maps_are_read_off_in_the_numbers_of_the_frame(
    panel: TrainingPanel, dataset: str
) -> None:
    parameters = load(Training, {"dataset": dataset})
    run = simulation_class(parameters)(parameters, torch.device("cpu"))
    advance(run, 30)
    frame = run.frame(panel.watch())
    assert isinstance(frame, TrainingFrame)
    panel.draw(frame)
    *columns, outputs = board_of(panel)._network._values.told
    for told, activations in zip(columns, frame.activations, strict=True):
        np.testing.assert_array_equal(told, activations)
    assert len(outputs) == frame.plan.neurons[-1]
    first = frame.response.reshape(-1, frame.response.shape[-1])[0]  # of the lower left corner
    np.testing.assert_array_equal(outputs[:, 0, 0], first[-len(outputs) :])


def test_a_finder_without_a_result_says_what_to_do(qtbot: QtBot) -> None:
    experiment = {"kind": "finder", "steps": 50, "highest": 1e-4}
    parameters = load(Training, {"experiment": experiment})
    run = simulation_class(parameters)(parameters, torch.device("cpu"))
    advance(run, 50)
    assert run.finished is not None
    panel = TrainingPanel(Style())
    qtbot.addWidget(panel)
    panel.setParameters(parameters)
    laid_out(panel, 680, 470)  # of a window of 1024 x 640
    panel.draw(run.frame())
    QApplication.sendPostedEvents()
    board = panel._board()
    assert isinstance(board, FinderBoard)
    advice = "begin at a lower rate, end at a higher one, or take more steps."
    assert run.finished.sentence.endswith(advice)
    assert "".join(text for text, _ in board._words.shown()).endswith(advice)


def test_points_are_painted_where_the_data_are_painted(panel: TrainingPanel) -> None:
    asked: list[tuple[str, Any]] = []
    panel.parameterRequested.connect(lambda *told: asked.append(told))
    plane = board_of(panel)._plane
    plane.clicked.emit(1.0, 2.0)
    assert asked == []  # the circle cannot be painted
    parameters = load(Training, {"dataset": "points"})
    panel.setParameters(parameters)
    panel.setView(TrainingView(brush="C"))
    plane.clicked.emit(1.0, 7.0)
    (path, points), *_ = asked
    assert path == "dataset.points"
    before = parameters.dataset.points
    assert points == (*before, Point(x1=1.0, x2=6.0, label=2))
    panel.setParameters(load(Training, {"dataset": {"kind": "points", "points": points}}))
    plane.dragged.emit(1.1, 6.0)
    assert len(asked) == 1  # too near to the last
    plane.dragged.emit(1.5, 6.0)
    assert len(asked[1][1]) == len(before) + 2
    panel.setView(TrainingView(brush="erase"))
    plane.clicked.emit(0.0, 0.0)
    assert len(asked) == 2  # nothing is there
    plane.dragged.emit(1.2, 5.8)
    assert asked[2] == ("dataset.points", before)


def test_all_painted_points_are_seen(panel: TrainingPanel) -> None:
    parameters = load(Training, {"dataset": "points"})
    run = simulation_class(parameters)(parameters, torch.device("cpu"))
    panel.draw(run.frame(panel.watch()))
    seen = [len(group.x) for group in board_of(panel)._plane._still]
    assert sum(seen) == len(parameters.dataset.points)


def test_a_table_and_a_folder_become_the_data(panel: TrainingPanel, tmp_path: Path) -> None:
    assert panel.dropParameters("my.csv") == (("dataset", {"kind": "csv", "file": "file:my.csv"}),)
    dropped = panel.dropParameters(str(tmp_path))
    assert dropped is not None
    assert load(Training, dict(dropped)).dataset.folder == f"file:{tmp_path}"
    assert panel.dropParameters("my.txt") is None


def test_histograms_of_the_layers_and_advice_of_a_bad_run(panel: TrainingPanel) -> None:
    given = {"optimizer": {"kind": "adam", "learning_rate": 10.0}}
    parameters = load(Training, given)
    run = simulation_class(parameters)(parameters, torch.device("cpu"))
    advance(run, 400)
    panel.setView(TrainingView(beside="histograms"))
    frame = run.frame(panel.watch())
    panel.draw(frame)
    board = board_of(panel)
    assert board._beside.currentWidget() is board._histograms
    names = [name for name, _ in board._histograms._rows]
    assert names == ["linear1", "linear2", "output"]
    (edges, counts), *_ = board._histograms._rows[0][1]
    assert counts.sum() == 8
    assert edges[0] == pytest.approx(frame.weights[0].min())
    bar, advice = board._advice, frame.advice[0]
    assert bar.sentence.text() == f"{advice.title}. {advice.sentence}"
    assert advice.why in bar.details.toPlainText()
    assert f"It is said where: {advice.rule}" in bar.details.toPlainText()
    asked: list[tuple[str, Any]] = []
    panel.parameterRequested.connect(lambda *told: asked.append(told))
    bar.action.click()
    assert tuple(asked) == advice.apply
    bar.dismiss()
    panel.draw(frame)
    assert all(a.key == advice.key for a in frame.advice) == bar.isHidden()


def test_digits_get_advice_without_histograms(pictures: PictureBoard) -> None:
    assert LAYERS not in pictures.watch()  # which are dear
    assert pictures._advice.isHidden()
    optimizer = {"kind": "sgd", "learning_rate": 1000.0}
    _, frame = digits(20, pictures.watch() | {PREDICTIONS}, optimizer=optimizer)
    assert frame.layers == ()
    pictures.draw(frame)
    assert pictures._advice.sentence.text().startswith("The loss is no number.")


def test_histograms_are_watched_where_they_are_shown(panel: TrainingPanel) -> None:
    assert panel.watch() == {ADVICE, RESPONSE}
    panel.setView(TrainingView(beside="histograms"))
    assert panel.watch() == {ADVICE, LAYERS, RESPONSE}


def test_a_healthy_run_is_left_alone(panel: TrainingPanel) -> None:
    panel.draw(frame_of(200))
    assert board_of(panel)._advice.isHidden()


def test_the_batch_in_use_has_its_pictures_and_labels(pictures: PictureBoard) -> None:
    pictures.setView(TrainingView(pictures="batch"))
    frame = pictures._frame
    assert frame is not None
    assert pictures._batch_title.text() == "The batch of step 30: 50 pictures"
    labels = frame.plan.dataset.train.targets[frame.batch]
    assert [word for (word,) in pictures._batch._words] == [str(label) for label in labels]
    assert pictures._left.currentIndex() == 3
    assert len(set(frame.batch.tolist())) == 50


def test_the_first_weights_are_watched_where_they_are_shown(pictures: PictureBoard) -> None:
    assert FIRST_LAYER not in pictures.watch()
    pictures.setView(TrainingView(pictures="weights"))
    assert FIRST_LAYER in pictures.watch()
    _, frame = digits(30, pictures.watch())
    pictures.draw(frame)
    assert pictures._left.currentWidget() is pictures._weights
    assert pictures._weights.title.text() == (
        "Weights of the first 64 of 256 units of linear2, step 30"
    )


def test_batch_normalisation_stands_beside_the_loss(panel: TrainingPanel) -> None:
    network = {
        "kind": "wide",
        "layers": [{"kind": "linear", "units": 3}, {"kind": "batch-norm"}],
    }
    assert not any(name.startswith("normalization") for name in panel.watch())
    panel.setView(TrainingView(beside="normalization", norm_channel=2))
    assert "normalization.0.1" in panel.watch()
    parameters = load(Training, {"network": network, "dataset": "sine"})
    run = simulation_class(parameters)(parameters, torch.device("cpu"))
    advance(run, 20)
    panel.draw(run.frame(panel.watch()))
    board = board_of(panel)
    assert board._beside.currentWidget() is board._normalization
    assert not board._beside.isHidden()  # though numbers have no accuracy
    assert board._normalization.title.text() == "batch_norm2, unit 2 of 3, step 20"


def test_the_rows_of_layers_tell_their_shapes_and_counts(
    qtbot: QtBot, panel: TrainingPanel
) -> None:
    parameters = load(Training, {"network": "2-8-8-8-1"})
    assert panel.rowNotes(parameters) == {}  # nothing is known of the data yet
    with qtbot.waitSignal(panel.notesChanged):
        panel.draw(frame_of(0))
    notes = panel.rowNotes(parameters)["network.layers"]
    assert notes == ["gives 8, 24 parameters", "gives 8, 72 parameters", "gives 8, 72 parameters"]
    with qtbot.assertNotEmitted(panel.notesChanged):
        panel.draw(frame_of(10))
    misfit = load(
        Training, {"network": {"kind": "wide", "layers": [{"kind": "linear"}, {"kind": "conv"}]}}
    )
    assert panel.rowNotes(misfit)["network.layers"][1] == ""  # its mistake is told there
