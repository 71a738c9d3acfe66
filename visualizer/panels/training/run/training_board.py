"""A network in training: its answers, its losses, and every neuron of it."""

import math
from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from PySide6.QtWidgets import QStackedWidget, QWidget

from kernels.networks.layers import BOUNDED_ACTIVATIONS
from kernels.samples.points import Point, PointsData
from kernels.samples.samples import Dataset
from kernels.samples.toys import CLASS_NAMES
from kernels.simulation import Array
from kernels.training.actions import EditWeight
from kernels.training.frame import Plan, TrainingFrame
from kernels.training.parameters import Training
from kernels.training.seen.response import RESPONSE, has_response
from visualizer.panels.training.run.fit_plot import FitPlot
from visualizer.panels.training.run.layer_table import LayerTable
from visualizer.panels.training.run.names import neuron_names
from visualizer.panels.training.run.output_surface import OutputSurface
from visualizer.panels.training.run.response_plot import ResponsePlot
from visualizer.panels.training.run.run_board import RunBoard
from visualizer.panels.training.run.slice_plot import SlicePlot
from widgets.networks.network_view import NetworkView
from widgets.plots.key import with_key

APART = 0.3  # in units of the plane: points of one stroke are not nearer to each other
RUBBER = 0.4  # in the same: what is not farther away is erased


class TrainingBoard(RunBoard):
    """A network in training: its neurons and links, what it says everywhere, loss and accuracy."""

    learnsPictures: ClassVar[bool] = False

    def _build(self) -> None:
        style = self._style
        super()._build()
        self._painted: PointsData | None = None
        self._network = NetworkView(style)
        self._layers = LayerTable(style)
        self._plane, self._fit, self._slice = ResponsePlot(style), FitPlot(style), SlicePlot(style)
        self._surface: OutputSurface | None = None  # made when it is wanted first: it is dear
        self._in_space: QWidget  # it and its key
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
        self._right.addWidget(self._slice)
        self._grid.addWidget(self._left, 0, 0)
        self._grid.addWidget(self._right, 0, 1)

    def watch(self) -> frozenset[str]:
        return super().watch() | {RESPONSE}

    def _draw(self, frame: TrainingFrame) -> None:
        super()._draw(frame)
        if frame.plan.neurons and frame.activations:
            said = _said(frame)
            maps = [*_tiles(frame), _scaled(said, frame.plan.dataset)]
            told = [*frame.activations, said]
            self._network.setValues(maps, frame.weights, frame.biases, told)
        if has_response(frame.plan.dataset):
            plot = self._plot(frame.plan.dataset)
            self._right.setCurrentWidget(self._in_space if plot is self._surface else plot)
            plot.draw(frame, self._view)

    def _lay_out(self, plan: Plan) -> None:
        """Show what suits this network and these data."""
        self._right.setVisible(has_response(plan.dataset))
        self._grid.addWidget(self._left, 0, 0, 1, 1 if has_response(plan.dataset) else 2)
        self._left.setCurrentWidget(self._network if plan.neurons else self._layers)
        self._layers.draw(plan)
        if plan.neurons:
            self._network.setNetwork(neuron_names(plan), plan.captions)

    def _plot(self, dataset: Dataset) -> ResponsePlot | FitPlot | SlicePlot | OutputSurface:
        """What shows the answers to such data."""
        if len(dataset.domain) == 1:
            return self._fit
        if self._view.right == "surface":
            return self._space()
        return self._plane if dataset.projection is None else self._slice

    def _space(self) -> OutputSurface:
        if self._surface is None:
            self._surface = OutputSurface(self._style)
            self._surface.clicked.connect(self._paint)
            self._surface.released.connect(self.released)
            self._surface.cameraChanged.connect(self._turn_camera)
            self._in_space = with_key(self._surface, self._surface.key)
            self._right.addWidget(self._in_space)
        return self._surface

    def setParameters(self, parameters: Training) -> None:
        self._painted = parameters.dataset if isinstance(parameters.dataset, PointsData) else None

    def _paint(self, x1: float, x2: float) -> None:
        """Add a point of the class that is painted, or erase, where the data are painted ones."""
        if self._painted is None:
            return
        if self._view.brush == "erase":
            self._erase(self._painted.points, (x1, x2))
            return
        point = Point(x1=_within(x1), x2=_within(x2), label=CLASS_NAMES.index(self._view.brush))
        points = self._painted.points
        if not points or math.dist((point.x1, point.x2), (points[-1].x1, points[-1].x2)) > APART:
            self.parameterRequested.emit("dataset.points", (*points, point))

    def _erase(self, points: Sequence[Point], at: tuple[float, float]) -> None:
        left = tuple(p for p in points if math.dist((p.x1, p.x2), at) > RUBBER)
        if len(left) < len(points):
            self.parameterRequested.emit("dataset.points", left)

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


def _tiles(frame: TrainingFrame) -> Sequence[Array]:
    """What inputs and hidden neurons give, scaled to lie between -1 and 1."""
    captions = frame.plan.captions
    tiles = []
    for caption, column in zip(captions, frame.activations, strict=False):
        reach = 1.0 if caption in BOUNDED_ACTIVATIONS else float(np.abs(column).max()) or 1.0
        tiles.append(column / reach)
    return tiles


def _said(frame: TrainingFrame) -> Array:
    """What the outputs say, shares or numbers, (n, H, W)."""
    coarse = frame.response[:: max(1, frame.response.shape[0] // 40)]
    if coarse.ndim == 3:
        coarse = coarse[:, :: max(1, frame.response.shape[1] // 40)]
    else:
        coarse = coarse[None]  # (1, W, K)
    channels = np.moveaxis(coarse, -1, 0)  # (K, H, W)
    is_one = bool(frame.plan.dataset.classes) and frame.plan.neurons[-1] == 1
    return channels[1:] if is_one else channels


def _scaled(said: Array, dataset: Dataset) -> Array:
    """What the outputs say, scaled to lie between -1 and 1."""
    if dataset.classes:
        return 2 * said - 1
    return said / (float(np.abs(dataset.train.targets).max()) or 1.0)
