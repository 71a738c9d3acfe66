"""What a network says all over the plane, as a surface in space with the data on it."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtWidgets import QWidget

from kernels.samples.samples import Dataset
from kernels.simulation import Array
from kernels.training.frame import Plan, TrainingFrame
from kernels.training.objective import LOSS_LABELS
from visualizer.panels.training.run.response_plot import SHADES, STRONGEST, class_entries
from visualizer.panels.training.view import TrainingView
from widgets.colors import diverging
from widgets.pictures import color_table, rgb_of
from widgets.plots.contour_plot import Markers
from widgets.plots.key import Key
from widgets.plots.legend import Entry
from widgets.plots.ranges import HeldRange, Range
from widgets.plots.shapes import named
from widgets.style import Style
from widgets.surface.view import SurfaceView

EVERY = 2  # of the points of the response: as fine as software draws in time
LEVELS = 11
MOST_POINTS = 1000
NUMBERS = (  # what is drawn of them
    Entry("training data", "muted", symbol="o", line=False),
    Entry("error", "text", width=1.2),
)
PROBABLE = {LOSS_LABELS["bce"], LOSS_LABELS["cross-entropy"]}  # losses whose outputs are shares


class OutputSurface(SurfaceView):
    """The probability of a class, or the number that is to be found, over two features.

    Points of classes lie on it; numbers stand at their own heights, joined with it by lines. `key`
    says what is what, beside it.
    """

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(style, parent)
        self.key = Key(style)
        self._reach = HeldRange()
        self._held: tuple[Plan, int] | None = None  # for what the axis upwards holds still

    def draw(self, frame: TrainingFrame, view: TrainingView) -> None:
        """Show `frame`; the surface of an older one stays where it has none."""
        camera = view.camera()
        if camera != self.camera():
            self.setCamera(camera.azimuth, camera.elevation, camera.distance)
        if frame.response.ndim != 3:
            return
        plan, dataset = frame.plan, frame.plan.dataset
        output = min(view.surface_class, frame.response.shape[-1]) - 1 if dataset.classes else 0
        heights = frame.response[::EVERY, ::EVERY, output]
        z_range = self._span(heights, plan, output)
        self.setSurface(
            heights,
            *_ranges(dataset, frame.response.shape[0]),
            np.linspace(*z_range, LEVELS),
            z_range=z_range,
            colors=self._colors(z_range, dataset, output),
        )
        self.setMarkers(self._balls(dataset))
        self.key.setEntries(self._entries(dataset))
        x_name, y_name = dataset.axes
        self.setAxes(x_name, y_name, _told(plan, output))
        self.setTitle(f"{_named(dataset)}, step {frame.step:,}")

    def _span(self, heights: Array, plan: Plan, output: int) -> Range:
        """What the axis upwards reaches over: it holds still while the network learns."""
        if plan.dataset.classes and plan.loss in PROBABLE:
            return 0.0, 1.0
        if self._held != (plan, output):
            self._held = plan, output
            self._reach.reset()
        wanted = np.array([0.0, 1.0]) if plan.dataset.classes else plan.dataset.train.targets
        numbers = np.concatenate([heights[np.isfinite(heights)], wanted.ravel()])
        return self._reach.fit(float(numbers.min()), float(numbers.max()))

    def _colors(self, z_range: Range, dataset: Dataset, output: int) -> NDArray[np.uint8]:
        """The colours of the map of regions, (256, 3), from the lowest height to the highest."""
        z = np.linspace(*z_range, 256)
        if not dataset.classes:
            reach = float(np.abs(dataset.train.targets).max()) or 1.0
            return color_table(diverging(), (z / reach + 1) / 2)
        chance = 1 / len(dataset.classes)
        above = np.clip((z - chance) / (1 - chance), 0, 1)
        mixed = self._mixed(above, output)
        if len(dataset.classes) == 2:  # below one half the other class wins
            mixed = np.where(z[:, None] < chance, self._mixed(1 - 2 * z, 1 - output), mixed)
        return np.rint(mixed).astype(np.uint8)

    def _mixed(self, strength: Array, index: int) -> Array:
        """The colour of a class, (n, 3), so strong on a grey that is seen on both themes."""
        share = STRONGEST * np.clip(strength, 0, 1)[:, None]
        ground = rgb_of(self._style.color("line")).astype(float)
        color = rgb_of(named(self._style, self._style.mark(index).color)).astype(float)
        return ground * (1 - share) + color * share

    def _entries(self, dataset: Dataset) -> list[Entry]:
        """What the balls are, and the lines from them."""
        if dataset.classes:
            return [replace(entry, symbol="o") for entry in class_entries(dataset, self._style)]
        return list(NUMBERS) if _stands(dataset) and self._map is None else []

    def _balls(self, dataset: Dataset) -> list[Markers]:
        """The training data, in the colours of their classes or numbers."""
        samples = dataset.train
        places = dataset.places(samples.inputs[:MOST_POINTS])
        targets = samples.targets[:MOST_POINTS]
        if dataset.classes:
            colors = [self._style.mark(index).color for index in range(len(dataset.classes))]
            kinds = targets
        else:
            table = color_table(diverging(), np.linspace(0, 1, SHADES))
            colors = ["#{:02x}{:02x}{:02x}".format(*color) for color in table]
            reach = float(np.abs(samples.targets).max()) or 1.0
            shades = (targets[:, 0] / reach + 1) / 2 * (SHADES - 1)
            kinds = np.clip(np.rint(np.nan_to_num(shades)), 0, SHADES - 1).astype(int)
            if _stands(dataset):
                places = np.column_stack([places, targets[:, 0]])
        return [Markers("minimum", places[kinds == i], color) for i, color in enumerate(colors)]


def _stands(dataset: Dataset) -> bool:
    """Whether the height of a point is its number: a slice does not say what its own error is."""
    return not dataset.classes and dataset.projection is None


def _ranges(dataset: Dataset, side: int) -> tuple[Range, Range]:
    """Where the first and the last of the drawn points lie, along both axes.

    They are at the middles of `side` cells, of which every `EVERY`th is drawn.
    """
    last = (side - 1) // EVERY * EVERY
    first, second = (
        (low + 0.5 * (high - low) / side, low + (last + 0.5) * (high - low) / side)
        for low, high in dataset.domain
    )
    return first, second


def _told(plan: Plan, output: int) -> str:
    """What stands upwards."""
    classes = plan.dataset.classes
    if not classes:
        return "output"
    name = classes[output]
    return f"P({name})" if plan.loss in PROBABLE else f"output for {name}"


def _named(dataset: Dataset) -> str:
    """The data, and what of them is not drawn as it is."""
    told = dataset.title
    if dataset.projection is not None:
        told += ": a slice through the mean, points projected"
    if len(dataset.train) > MOST_POINTS:
        told += f", the first {MOST_POINTS:,} points"
    return told
