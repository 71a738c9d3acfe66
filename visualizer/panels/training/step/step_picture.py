"""What goes on in a phase of a step, as a picture: the batch, the neurons, the rule of a weight."""

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from kernels.networks.layers import BOUNDED_ACTIVATIONS
from kernels.simulation import Array
from kernels.training.frame import Plan, TrainingFrame
from kernels.training.inside.inside import RowNumbers, StepInside
from kernels.training.seen.response import has_response
from visualizer.panels.training.run.names import neuron_names
from visualizer.panels.training.run.pictures import pictures_of
from visualizer.panels.training.step.step_plots import BatchFit, BatchPlane
from visualizer.panels.training.step.step_tables import CHOSEN, sample_name
from visualizer.panels.training.view import TrainingView
from visualizer.panels.update_sheet import UpdateSheet
from widgets.networks.network_view import NetworkView
from widgets.numbers import format_number
from widgets.plots.title import Title
from widgets.style import Style
from widgets.tiles.tile_grid import TileGrid

STRONGEST = 3.0  # times the number that is drawn half as strongly as can be: the largest gradient
MOST_COLUMNS = 8  # of neurons that a picture of a network has room for


class StepPicture(QWidget):
    """The batch in the plane or as pictures, the network with its numbers, the rule worked through.

    Signals
    -------
    sampleChosen(index)
        A person picked one of the pictures of the batch.
    """

    sampleChosen = Signal(int)

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._plan: Plan | None = None
        self._title, self._pages = Title(style), QStackedWidget()
        self._plane, self._fit = BatchPlane(style), BatchFit(style)
        self._tiles, self._network = TileGrid(style), NetworkView(style)
        self._rule = UpdateSheet(style, whole=True)
        for page in (self._plane, self._fit, self._tiles, self._network, self._rule):
            self._pages.addWidget(page)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._title)
        layout.addWidget(self._pages, 1)
        self._tiles.chosen.connect(self.sampleChosen)

    def draw(self, phase: str, frame: TrainingFrame, view: TrainingView, chosen: int) -> None:
        """Show `phase` of the step inside `frame`, of sample `chosen`; hidden if there is none."""
        inside, dataset = frame.inside, frame.plan.dataset
        assert inside is not None
        has_network = inside.row is not None and len(frame.plan.neurons) <= MOST_COLUMNS
        if phase == "batch" and has_response(dataset):
            self._draw_batch(frame, inside, view, chosen)
        elif phase == "update" and inside.rule is not None:
            self._turn_to(self._rule)
            self._rule.draw(inside.rule)
        elif phase in ("forward", "loss", "backward", "update") and has_network:
            self._draw_network(phase, frame, inside, chosen)
        elif phase in ("batch", "forward", "loss") and dataset.is_picture:
            self._draw_pictures(frame, inside, chosen)
        else:
            self.hide()

    def _turn_to(self, page: QWidget, title: str = "") -> None:
        """Have this page seen before it is drawn: formulas that are seen are set in a thread."""
        policy = QSizePolicy.Policy  # unseen it is not to claim its height
        high = policy.Preferred if page is self._rule else policy.Ignored
        self._rule.setSizePolicy(policy.Preferred, high)
        self._pages.setCurrentWidget(page)
        self._title.setText(title)
        self.show()

    def _draw_batch(
        self, frame: TrainingFrame, inside: StepInside, view: TrainingView, chosen: int
    ) -> None:
        """The data, with rings around those that this step takes."""
        plot = self._fit if len(frame.plan.dataset.domain) == 1 else self._plane
        self._turn_to(plot)
        plot.drawBatch(frame, inside, view, chosen)

    def _draw_pictures(self, frame: TrainingFrame, inside: StepInside, chosen: int) -> None:
        dataset, count = frame.plan.dataset, len(inside.losses)
        picked, size = inside.samples[:count], len(inside.samples)
        first = f"The first {count} of {size:,}" if count < size else f"All {size:,}"
        told = f"{first} pictures of the batch" if size > 1 else "The one picture of the batch"
        self._turn_to(self._tiles, told)
        self._tiles.setTiles(
            pictures_of(dataset, dataset.train, picked),
            [dataset.classes[label] for label in dataset.train.targets[picked]],
            [CHOSEN if index == chosen else "line" for index in range(count)],
        )

    # ---- the network -----------------------------------------------------------------------

    def _draw_network(
        self, phase: str, frame: TrainingFrame, inside: StepInside, chosen: int
    ) -> None:
        """The neurons of a sample with the weights, their gradients, or their updates."""
        plan, row, network = frame.plan, inside.row, self._network
        assert row is not None
        if plan is not self._plan:
            self._plan = plan
            network.setNetwork(neuron_names(plan), plan.captions)
        sample = sample_name(inside, plan.dataset, chosen)
        if phase in ("backward", "update"):
            links, biases = row.weight_gradients, row.bias_gradients
            symbol = "gradient"
            if phase == "update":
                links, biases, symbol = row.weight_updates, row.bias_updates, "update"
            unit = max(_reach(array) for array in (*links, *biases)) / STRONGEST
            network.setQuantity(symbol, f"{symbol} of bias", unit, editable=False)
            numbers = [None, *(slope[chosen] for slope in row.slopes)]
            reaches = [1.0, *(_reach(slope) for slope in row.slopes)]
            title = f"Links: {symbol}s of the weights. Tiles: ∂L/∂a of {sample.lower()}"
        else:
            links, biases = frame.weights, frame.biases
            network.setQuantity("w", "bias", 1.0, editable=False)
            numbers, reaches = self._activations(frame, inside, row, chosen)
            loss = f"loss {format_number(float(inside.losses[chosen]))}"
            title = f"{sample}: {loss if phase == 'loss' else 'what every neuron gives'}"
        self._turn_to(network, title)
        maps = [
            None if values is None else (values / reach)[:, None, None]
            for values, reach in zip(numbers, reaches, strict=True)
        ]
        network.setValues(maps, links, biases)
        network.setWords([_words(values) for values in numbers])

    def _activations(
        self, frame: TrainingFrame, inside: StepInside, row: RowNumbers, chosen: int
    ) -> tuple[list[Array | None], list[float]]:
        """What each column gives for the sample, inputs first, and the end of its colours."""
        plan = frame.plan
        inputs = plan.dataset.train.inputs[inside.samples[: len(inside.losses)]]
        columns = [inputs.reshape(len(inputs), -1), *row.activations]
        reaches = [
            1.0 if caption in BOUNDED_ACTIVATIONS else _reach(column)
            for caption, column in zip(plan.captions, columns, strict=True)
        ]
        return [column[chosen] for column in columns], reaches


def _reach(values: Array) -> float:
    """The largest number in size, 1 where all are 0 or there is none."""
    finite = values[np.isfinite(values)]
    return float(np.abs(finite).max(initial=0.0)) or 1.0


def _words(values: Array | None) -> Sequence[str]:
    return () if values is None else [format_number(float(value), 2) for value in values]
