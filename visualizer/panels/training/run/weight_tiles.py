"""The weights of the first layer as pictures, in the colours of their signs."""

import math

import numpy as np
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from kernels.simulation import Array
from kernels.training.seen.first_layer import FirstLayer
from widgets.colors import diverging
from widgets.pictures import color_table
from widgets.plots.color_bar import ColorBar
from widgets.plots.title import Title
from widgets.style import Style
from widgets.tiles.tile_grid import TileGrid

ENDS = (1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 7.0, 10.0)  # times a power of ten: of the colours
_NEARLY = 1 - 1e-6  # 0.3 of float32 is a little more than that of float64
MOST_NAMED = 16  # tiles that are numbered; more of them need the room
NONE = "The first layer with weights does not look at pixels"


class WeightTiles(QWidget):
    """A tile for each unit or kernel; all of them have one scale, which is the same to both sides.

    The channels of a picture stand beside each other.
    """

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._style = style
        self.title, self.tiles, self.bar = Title(style), TileGrid(style), ColorBar(style)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(0)
        grid.addWidget(self.title, 0, 0, 1, 2)
        grid.addWidget(self.tiles, 1, 0)
        grid.addWidget(self.bar, 1, 1)
        grid.setColumnStretch(0, 1)
        grid.setRowStretch(1, 1)
        style.changed.connect(self._restyle)
        self._restyle()

    def draw(self, found: FirstLayer | None, step: int) -> None:
        """Show the weights that were `found` after `step` steps; None where there are none."""
        self.tiles.setVisible(found is not None)
        self.bar.setVisible(found is not None)
        if found is None:
            self.title.setText(NONE)
            return
        self.title.setText(f"{_whose(found)} of {found.name}, step {step:,}")
        reach = reach_of(found.pictures)
        rgb = color_table(diverging(), (side_by_side(found.pictures) / reach + 1) / 2)
        is_named = len(rgb) <= MOST_NAMED
        names = [str(index + 1) if is_named else "" for index in range(len(rgb))]
        self.tiles.setTiles(rgb, names, ["line"] * len(rgb))
        self.bar.setTicks(diverging(), [-reach, 0.0, reach], (-reach, reach), caption="weight")

    def _restyle(self) -> None:
        margin = self._style.px(10)  # for the numbers at the ends of the bar
        self.bar.setMargins(margin, margin)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._style.color("base"))
        painter.end()


def reach_of(pictures: Array) -> float:
    """The end of the colours: the largest weight in size, rounded up, so that it seldom moves."""
    largest = float(np.abs(pictures[np.isfinite(pictures)]).max(initial=0.0)) or 1.0
    power = 10.0 ** math.floor(math.log10(largest))
    return next((end * power for end in ENDS if end * power >= largest * _NEARLY), 10 * power)


def side_by_side(pictures: Array) -> Array:
    """`pictures` (n, C, H, W) with their channels beside each other, a column of 0 between."""
    count, channels, height, width = pictures.shape
    parted = np.zeros((count, height, channels * (width + 1)), pictures.dtype)
    for channel in range(channels):
        parted[:, :, channel * (width + 1) :][:, :, :width] = pictures[:, channel]
    return parted[:, :, :-1]


def _whose(found: FirstLayer) -> str:
    """Whose weights they are."""
    kind = "kernel" if found.is_kernel else "unit"
    shown = len(found.pictures)
    if shown < found.units:
        return f"Weights of the first {shown} of {found.units} {kind}s"
    return f"Weights of the {shown} {kind}s" if shown > 1 else f"Weights of the {kind}"
