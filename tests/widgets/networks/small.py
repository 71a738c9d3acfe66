"""A small network in a view, and what the view reports."""

from itertools import pairwise
from typing import Any

import numpy as np
from PySide6.QtCore import QPoint

from widgets.networks.diagram import Link, Neuron
from widgets.networks.network_view import NetworkView

COUNTS = [2, 3, 1]


def numbers(weight: float = 0.25, bias: float = 0.12) -> list[Any]:
    weights = [np.full((b, a), weight) for a, b in pairwise(COUNTS)]
    biases = [np.full(n, bias) for n in COUNTS[1:]]
    return [[None, np.zeros((3, 5, 5)), np.zeros((1, 5, 5))], weights, biases]


def pixel(view: NetworkView, item: Neuron | Link) -> QPoint:
    return view.diagram().anchor(item).toPoint()


class Heard:
    """All that a view reports, in order."""

    NAMES = (
        "linkHovered",
        "linkChosen",
        "neuronHovered",
        "neuronChosen",
        "left",
        "weightEdited",
        "biasEdited",
    )

    def __init__(self, view: NetworkView) -> None:
        self.all: list[tuple[Any, ...]] = []
        for name in self.NAMES:
            getattr(view, name).connect(lambda *values, name=name: self.all.append((name, *values)))
