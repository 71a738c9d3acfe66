"""The numbers of a network that is drawn: its maps, weights, biases, and what its tiles say."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from PySide6.QtGui import QImage

from widgets.networks.diagram import Link, Neuron
from widgets.networks.signs import Floats, maps_image, strength


@dataclass(slots=True)
class Values:
    """What is drawn of a network, column by column; nothing where there are no numbers yet.

    A link is drawn half as strongly as can be where its number is `unit`.
    """

    images: list[QImage | None] = field(default_factory=list)  # the maps of a column, stacked
    weights: list[Floats] = field(default_factory=list)
    biases: list[Floats] = field(default_factory=list)
    told: Sequence[Floats] = ()  # what the maps of a column mean, (n, H, W)
    words: list[Sequence[str]] = field(default_factory=list)  # on the tiles of a column
    unit: float = 1.0

    def setMaps(self, maps: Sequence[Floats | None]) -> None:
        """Have these response maps, one array (n, H, W) or None for each column."""
        self.images = [None if m is None or not m.size else maps_image(m) for m in maps]

    def strength(self, numbers: Floats | np.float64) -> Floats:
        """How strongly links, or biases, of these numbers are drawn, 0 to 1."""
        return strength(numbers / self.unit)

    def word(self, neuron: Neuron) -> str:
        """What is written on a tile; "" for nothing."""
        known = self.words[neuron.column] if neuron.column < len(self.words) else ()
        return known[neuron.row] if neuron.row < len(known) else ""

    def at(self, neuron: Neuron, across: float, up: float) -> float | None:
        """What the map of a neuron says at these shares of it, from 0 to 1; None if nothing."""
        if not (neuron.column < len(self.told) and 0 <= across < 1 and 0 <= up < 1):
            return None
        numbers = self.told[neuron.column][neuron.row]
        said = float(numbers[int(up * numbers.shape[0]), int(across * numbers.shape[1])])
        return said if np.isfinite(said) else None

    def of(self, item: Neuron | Link) -> float | None:
        """The weight of a link, the bias of a neuron; None where it has none."""
        if isinstance(item, Link):
            known = self.weights[item.column : item.column + 1]
            return float(known[0][item.target, item.source]) if known else None
        if not 0 < item.column <= len(self.biases):
            return None
        return float(self.biases[item.column - 1][item.row])
