"""A network in training: its answers, its losses, and every neuron of it."""

import math
from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from PySide6.QtWidgets import QStackedWidget

from kernels.samples.points import Point, PointsData
from kernels.samples.toys import CLASS_NAMES
from kernels.simulation import Array
from kernels.training.actions import EditWeight
from kernels.training.frame import Plan, TrainingFrame
from kernels.training.parameters import Training
from kernels.training.response import RESPONSE, has_response
from visualizer.panels.training.fit_plot import FitPlot
from visualizer.panels.training.layer_table import LayerTable
from visualizer.panels.training.response_plot import ResponsePlot
from visualizer.panels.training.run_board import RunBoard
from widgets.networks.network_view import NetworkView

APART = 0.3  # in units of the plane: points of one stroke are not nearer to each other
BOUNDED = {"tanh", "sigmoid"}  # what these give lies between -1 and 1


class TrainingBoard(RunBoard):
    """A network in training: its neurons and links, what it says everywhere, loss and accuracy."""

    learnsPictures: ClassVar[bool] = False

    def _build(self) -> None:
        style = self._style
        super()._build()
        self._painted: PointsData | None = None
        self._network = NetworkView(style)
        self._layers = LayerTable(style)
        self._plane, self._fit = ResponsePlot(style), FitPlot(style)
        self._network.weightEdited.connect(self._edit_weight)
        self._network.biasEdited.connect(self._edit_bias)
        for gesture in (self._plane.clicked, self._plane.dragged):
            gesture.connect(self._paint)
        self._plane.released.connect(self.released)
        self._left, self._right = QStackedWidget(), QStackedWidget()
        self._left.addWidget(self._network)
        self._left.addWidget(self._layers)
        self._right.addWidget(self._plane)
        self._right.addWidget(self._fit)
        self._grid.addWidget(self._left, 0, 0)
        self._grid.addWidget(self._right, 0, 1)

    def watch(self) -> frozenset[str]:
        return super().watch() | {RESPONSE}

    def _draw(self, frame: TrainingFrame) -> None:
        super()._draw(frame)
        if frame.plan.neurons and frame.activations:
            maps = [*_tiles(frame), _output_tiles(frame)]
            self._network.setValues(maps, frame.weights, frame.biases)
        plot = self._right.currentWidget()
        if isinstance(plot, ResponsePlot | FitPlot) and has_response(frame.plan.dataset):
            plot.draw(frame, self._view)

    def _lay_out(self, plan: Plan) -> None:
        """Show what suits this network and these data."""
        is_line = len(plan.dataset.domain) == 1
        self._right.setCurrentWidget(self._fit if is_line else self._plane)
        self._right.setVisible(has_response(plan.dataset))
        self._left.setCurrentWidget(self._network if plan.neurons else self._layers)
        self._layers.draw(plan)
        if plan.neurons:
            self._network.setNetwork(_names(plan), plan.captions)

    def setParameters(self, parameters: Training) -> None:
        self._painted = parameters.dataset if isinstance(parameters.dataset, PointsData) else None

    def _paint(self, x1: float, x2: float) -> None:
        """Add a point of the class that is painted, where the data are painted ones."""
        if self._painted is None:
            return
        point = Point(x1=_within(x1), x2=_within(x2), label=CLASS_NAMES.index(self._view.brush))
        points = self._painted.points
        if not points or math.dist((point.x1, point.x2), (points[-1].x1, points[-1].x2)) > APART:
            self.parameterRequested.emit("dataset.points", (*points, point))

    def _edit_weight(self, layer: int, target: int, source: int, value: float) -> None:
        action = EditWeight(layer=layer, target=target, source=source, value=value)
        self.actionRequested.emit(action)
        self.released.emit()

    def _edit_bias(self, layer: int, target: int, value: float) -> None:
        self.actionRequested.emit(EditWeight(layer=layer, target=target, value=value))
        self.released.emit()


def _within(value: float) -> float:
    """`value` within the plane, in hundredths."""
    return round(min(max(value, -6.0), 6.0), 2)


def _names(plan: Plan) -> list[list[str]]:
    """The names of the neurons of each column."""
    inputs, *hidden, output = plan.neurons
    dataset = plan.dataset
    first = list(dataset.features) if len(dataset.features) == inputs else _numbered("x", inputs)
    last = list(dataset.classes) if len(dataset.classes) == output else _numbered("y", output)
    return [first, *(_numbered("h", count) for count in hidden), last]


def _numbered(letter: str, count: int) -> list[str]:
    return [f"{letter}{index + 1}" for index in range(count)]


def _tiles(frame: TrainingFrame) -> Sequence[Array]:
    """What inputs and hidden neurons give, scaled to lie between -1 and 1."""
    captions = frame.plan.captions
    tiles = []
    for caption, column in zip(captions, frame.activations, strict=False):
        reach = 1.0 if caption in BOUNDED else float(np.abs(column).max()) or 1.0
        tiles.append(column / reach)
    return tiles


def _output_tiles(frame: TrainingFrame) -> Array:
    """What the outputs say, (n, H, W) between -1 and 1."""
    coarse = frame.response[:: max(1, frame.response.shape[0] // 40)]
    if coarse.ndim == 3:
        coarse = coarse[:, :: max(1, frame.response.shape[1] // 40)]
    else:
        coarse = coarse[None]  # (1, W, K)
    channels = np.moveaxis(coarse, -1, 0)  # (K, H, W)
    if frame.plan.dataset.classes:
        scaled = 2 * channels - 1
        return scaled[1:] if frame.plan.neurons[-1] == 1 else scaled
    return channels / (float(np.abs(frame.plan.dataset.train.targets).max()) or 1.0)
