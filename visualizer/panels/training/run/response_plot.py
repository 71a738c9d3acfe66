"""The plane of two features: what the network says everywhere, and the data."""

from functools import reduce

import numpy as np
from numpy.typing import NDArray
from PySide6.QtWidgets import QWidget

from kernels.samples.points import PointsData
from kernels.samples.samples import Dataset
from kernels.simulation import Array
from visualizer.panels.training.run.answered import Answered
from visualizer.panels.training.view import TrainingView
from widgets.colors import diverging
from widgets.numbers import format_compact, format_number
from widgets.pictures import color_table, rgb_of
from widgets.plots.image_plot import ImagePlot
from widgets.plots.legend import Entry
from widgets.plots.shapes import Points, named
from widgets.style import Style

STRONGEST = 0.72  # of the colour of a class, where the network is sure
MOST_NAMED = 10  # classes
SHADES = 7  # kinds of points where numbers are to be found


class ResponsePlot(ImagePlot):
    """The regions of the classes, stronger where the network is surer, or the numbers it gives."""

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(style, parent)
        self._dataset: Dataset | None = None  # whose points are drawn
        self._look: object = None  # how they are
        self._said: tuple[Array, Dataset] | None = None  # (G, G, K), on whose domain
        self.setEqualAspect(True)

    def draw(self, frame: Answered, view: TrainingView, title: str | None = None) -> None:
        """Show `frame`; the picture of an older one stays where it has none.

        By default the title tells the data and the step.
        """
        dataset = frame.plan.dataset
        (x_range, y_range) = dataset.domain
        if frame.response.ndim == 3:
            self._said = frame.response, dataset
            if dataset.classes:
                rgb = self._regions(frame.response, sharp=view.sharp)
                self.setImage(rgb, x_range, y_range, smooth=True)
            else:
                reach = _reach(dataset.train.targets)
                rgb = self._values(frame.response[..., 0], reach)
                self._put(rgb, x_range, y_range, smooth=True)
                self.setRange(x_range, y_range)
                low, high = format_compact(-reach, 3), format_compact(reach, 3)
                ends = (0.0, low), (0.5, "0"), (1.0, high)
                colors = color_table(diverging(), np.linspace(0, 1, 64))
                self.setShades(colors, ends, dataset.target)
        self.setAxes(*dataset.axes)
        self._explain(dataset)
        self._setPoints(frame, view)
        self.setTitle(f"{dataset.title}, step {frame.step:,}" if title is None else title)

    def _explain(self, dataset: Dataset) -> None:
        self.setKey(class_entries(dataset, self._style))

    def _regions(self, response: Array, *, sharp: bool) -> NDArray[np.uint8]:
        """Colours, (G, G, 3), of the class that wins, by how far it is above chance."""
        classes = response.shape[-1]
        colors = np.array([self._color(index) for index in range(classes)], dtype=np.float32)
        winner = response.argmax(-1)  # (G, G)
        if sharp:
            strength = np.ones(winner.shape, dtype=np.float32)
        else:  # by channels: NumPy takes forty times as long over a short last axis
            surest = reduce(np.maximum, np.moveaxis(response, -1, 0))
            strength = (surest - 1 / classes) / (1 - 1 / classes)
        strength = STRONGEST * np.clip(np.nan_to_num(strength), 0, 1)
        ground = rgb_of(self._style.color("base"))
        rgb = np.empty((*winner.shape, 3), dtype=np.uint8)
        for channel, (base, shades) in enumerate(zip(ground.tolist(), colors.T, strict=True)):
            rgb[..., channel] = np.rint(base + strength * (shades - base).take(winner))
        return rgb

    def _values(self, values: Array, reach: float) -> NDArray[np.uint8]:
        return color_table(diverging(), (values / reach + 1) / 2)

    def _readOff(self) -> str:
        """What the network says of the place under the cursor: the likeliest class, or a number."""
        if self._said is None or self._cursor is None:
            return ""
        response, dataset = self._said
        x, y = self.plane().fromPixels(self._cursor.x(), self._cursor.y())
        (x0, x1), (y0, y1) = dataset.domain
        if not (x0 <= x < x1 and y0 <= y < y1):
            return ""
        side = len(response)
        said = response[int(side * (y - y0) / (y1 - y0)), int(side * (x - x0) / (x1 - x0))]  # (K,)
        if not np.isfinite(said).all():
            return ""
        if not dataset.classes:
            return format_number(float(said[0]), 3)
        winner = int(said.argmax())
        return f"{dataset.classes[winner]} {format_number(float(said[winner]), 3)}"

    def _color(self, index: int) -> NDArray[np.uint8]:
        return rgb_of(named(self._style, self._style.mark(index).color))

    def _setPoints(self, frame: Answered, view: TrainingView) -> None:
        """Show the data, drawn anew only where they are others, and rings around the batch."""
        dataset = frame.plan.dataset
        with_validation = view.validation or _is_painted(dataset)
        look = (with_validation, self._style.theme())
        if dataset is not self._dataset or look != self._look:
            self._dataset, self._look = dataset, look
            self._setStill(tuple(self._points(dataset, with_validation=with_validation)))
        rings = []
        if view.batch and frame.step and len(frame.batch) < len(dataset.train.inputs):
            x, y = dataset.places(dataset.train.inputs[frame.batch]).T
            rings.append(Points(x, y, "text", size=11, outline=None, filled=False))
        self._setLayer("batch", rings)

    def _points(self, dataset: Dataset, *, with_validation: bool) -> list[Points]:
        groups = []
        parts = [(dataset.train, True)] + ([(dataset.validation, False)] if with_validation else [])
        for samples, is_trained in parts:
            places = dataset.places(samples.inputs)
            groups += self._kinds(places, samples.targets, dataset, filled=is_trained)
        return groups

    def _kinds(
        self, places: Array, targets: Array, dataset: Dataset, *, filled: bool
    ) -> list[Points]:
        """Points at `places`, (N, 2), a group for each class or for like numbers."""
        kinds, drawn = self._told(targets, dataset)
        edge = "base" if dataset.classes else "muted"  # a colour near white needs a dark edge
        x, y = places.T
        return [
            Points(x[kinds == i], y[kinds == i], color, symbol, 7, edge, filled=filled)
            for i, (color, symbol) in enumerate(drawn)
        ]

    def _told(self, targets: Array, dataset: Dataset) -> tuple[Array, list[tuple[str, str]]]:
        """The kind of each of `targets`, classes or numbers, and colour and symbol of the kinds."""
        if dataset.classes:
            marks = [self._style.mark(index) for index in range(len(dataset.classes))]
            return targets, [(mark.color, mark.symbol) for mark in marks]
        values = np.nan_to_num(targets.reshape(-1) / _reach(dataset.train.targets))
        kinds = np.clip(np.rint((values + 1) / 2 * (SHADES - 1)), 0, SHADES - 1).astype(int)
        table = color_table(diverging(), np.linspace(0, 1, SHADES))
        return kinds, [("#{:02x}{:02x}{:02x}".format(*color), "o") for color in table]


def class_entries(dataset: Dataset, style: Style) -> list[Entry]:
    """The symbols of the first classes, and how many more there are."""
    marks = [(name, style.mark(i)) for i, name in enumerate(dataset.classes[:MOST_NAMED])]
    entries = [Entry(name, mark.color, symbol=mark.symbol, line=False) for name, mark in marks]
    if more := len(dataset.classes) - len(entries):
        entries.append(Entry(f"and {more} more", "muted", line=False))
    return entries


def _is_painted(dataset: Dataset) -> bool:
    """Whether a person painted the points: none may vanish because it is not trained on."""
    return dataset.recipe is not None and isinstance(dataset.recipe[0], PointsData)


def _reach(targets: Array) -> float:
    """The largest target in size: the end of the colours."""
    return float(np.abs(targets).max()) or 1.0
