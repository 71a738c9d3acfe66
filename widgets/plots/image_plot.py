"""A plot whose ground is a picture: the base of contour maps and heat maps."""

from collections import deque
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QPixmap
from PySide6.QtWidgets import QWidget

from widgets.pictures import to_qimage
from widgets.plots.color_bar import ColorBar
from widgets.plots.kept_shapes import KeptShapes
from widgets.plots.key import Key
from widgets.plots.legend import Entry
from widgets.plots.plane import Plane
from widgets.plots.plot import Plot
from widgets.plots.ranges import Range
from widgets.plots.shapes import Shape, rect_of, write
from widgets.plots.strokes import is_vector
from widgets.redraw_pace import is_on_screen
from widgets.style import Style


class ImagePlot(Plot):
    """A picture over a plane, with a colour bar at its side and shapes on top.

    The picture and what belongs to it is kept as pixels until it or its size changes, so that
    balls and paths can move over it at no cost; SVG and PDF get it drawn anew.
    """

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        self._image: QImage | None = None
        self._extent: tuple[Range, Range] = ((0.0, 1.0), (0.0, 1.0))  # of the picture, on the axes
        self._smooth = True
        self._version = 0
        self._ground: tuple[object, QPixmap] | None = None
        self._below: tuple[object, QPixmap] | None = None  # the ground with what stands on it
        self._standing: tuple[Shape, ...] = ()  # what is seldom moved
        self._still: tuple[Shape, ...] = ()  # what stays where the picture changes
        self._kept = KeptShapes()  # of these
        self._layers: dict[str, tuple[Shape, ...]] = {}  # drawn in this order
        self._key: Key | None = None
        super().__init__(style, parent)
        self._bar = ColorBar(style)
        self._row.addWidget(self._bar)
        self._bar.hide()
        self._box.sigResized.connect(self._alignBar)

    def setImage(
        self, rgb: NDArray[np.uint8], x_range: Range, y_range: Range, *, smooth: bool = False
    ) -> None:
        """Show `rgb` (H, W, 3), uint8, cell by cell over the ranges; row 0 lies at the low y."""
        self._put(rgb, x_range, y_range, smooth=smooth)
        self.setRange(x_range, y_range)
        self._bar.hide()

    def setShades(
        self, colors: NDArray[np.uint8], labels: Sequence[tuple[float, str]], caption: str
    ) -> None:
        """Say beside the picture what its shades `colors` (n, 3) mean, from 0 below to 1 on top."""
        self._bar.setPlaces(colors, labels, caption)
        self._bar.show()

    def setKey(self, entries: Sequence[Entry]) -> None:
        """Say what symbols mean: beside the name of the lower axis, or below where that is long.

        A plot too low for names of its axes has no room for it.
        """
        if self._key is None:
            self._key = Key(self._style, self)
            self._key.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        if tuple(entries) != self._key.entries():
            self._key.setEntries(entries)
            self._letterbox()

    def _letterbox(self, *_: Any) -> None:
        if self._key is None:
            super()._letterbox()
            return
        key, across, up = self._key, self._axes["bottom"], self._axes["left"]
        key.setVisible(across.isNamed() and bool(key.entries()))
        wide, high, is_beside = self.width(), 0, False
        if not key.isHidden():
            axis = wide - up.minimumWidth() - self._beside() - self._edges()[1]
            name = up.minimumWidth() + (axis - across.nameWidth()) / 2  # where it begins
            is_beside = key.rowWidth() <= name
            wide = key.rowWidth() if is_beside else wide
            high = key.heightForWidth(wide)
        self._column.setContentsMargins(0, 0, 0, 0 if is_beside else high)
        super()._letterbox()
        spare = self._row.contentsMargins().bottom() - self._style.px(4) if is_beside else 0
        key.setGeometry(0, round(self.height() - spare - high), wide, high)

    def _put(self, rgb: NDArray[np.uint8], x_range: Range, y_range: Range, *, smooth: bool) -> None:
        """Lay `rgb` over these ranges; what is shown of the plane stays."""
        self._image = to_qimage(rgb[::-1])
        self._extent = self._onAxis("bottom", x_range), self._onAxis("left", y_range)
        self._smooth = smooth
        self._version += 1
        self._redraw()

    def _setStanding(self, shapes: Sequence[Shape]) -> None:
        self._standing = tuple(shapes)
        self._below = None
        self._redraw()

    def _setStill(self, shapes: tuple[Shape, ...]) -> None:
        """Show `shapes` under all layers; kept as pixels until another tuple is set."""
        if shapes is not self._still:
            self._still = shapes
            self._redraw()

    def _setLayer(self, name: str, shapes: Sequence[Shape]) -> None:
        self._layers[name] = tuple(shapes)
        self._redraw()

    # drawing
    def _drawBelow(self, painter: QPainter) -> None:
        if self._image is None:
            super()._drawBelow(painter)
            self._drawStanding(painter)
        elif is_vector(painter):
            self._drawGround(painter, self.plane())
            self._drawStanding(painter)
        else:
            painter.drawPixmap(QPointF(0, 0), self._keptBelow(painter.device().devicePixelRatioF()))

    def _keptBelow(self, ratio: float) -> QPixmap:
        plane = self.plane()
        key = (plane, ratio, self._version, self._style.theme(), self._style.factor())
        if self._ground is None or self._ground[0] != key:
            width, height = round(plane.width * ratio), round(plane.height * ratio)
            ground = QPixmap(max(width, 1), max(height, 1))
            ground.setDevicePixelRatio(ratio)
            ground.fill(self._style.color("base"))
            with QPainter(ground) as painter:
                self._drawGround(painter, plane)
            self._ground, self._below = (key, ground), None
        if self._below is None or self._below[0] != key:
            below = self._ground[1].copy()
            with QPainter(below) as painter:
                self._drawStanding(painter)
            self._below = key, below
        return self._below[1]

    def _drawStanding(self, painter: QPainter) -> None:
        for shape in self._standing:
            shape.paint(painter, self.plane(), self._style)

    def _drawGround(self, painter: QPainter, plane: Plane) -> None:
        """Draw the picture; a subclass adds what moves only with it."""
        if self._image is None:
            return
        (x0, x1), (y0, y1) = self._extent
        per_x, per_y = plane.perUnit()
        left = plane.left + (x0 - plane.x[0]) * per_x
        top = plane.top + (plane.y[1] - y1) * per_y
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, self._smooth)
        painter.drawImage(QRectF(left, top, (x1 - x0) * per_x, (y1 - y0) * per_y), self._image)

    def _drawAbove(self, painter: QPainter) -> None:
        plane = self.plane()
        self._drawStill(painter, plane)
        for shapes in self._layers.values():
            for shape in shapes:
                shape.paint(painter, plane, self._style)

    def _drawStill(self, painter: QPainter, plane: Plane) -> None:
        still, ratio = self._still, painter.device().devicePixelRatioF()
        if still and is_on_screen(self) and not self._kept.has(still, plane, self._style, ratio):
            deque(self._kept.keep(still, plane, self._style, ratio), maxlen=0)
        self._kept.paint(painter, still, plane, self._style)

    def _drawCursor(self, painter: QPainter) -> None:
        text = self._readOff()
        if self._cursor is None or not text:
            return
        style, rect = self._style, rect_of(self.plane())
        painter.setFont(style.font("small"))
        wide = painter.fontMetrics().horizontalAdvance(text) + style.px(6)
        high = painter.fontMetrics().height()
        x = self._cursor.x() + style.px(12)
        y = self._cursor.y() - style.px(10)
        x = x if x + wide < rect.right() else self._cursor.x() - wide - style.px(8)
        x = max(x, rect.left() + style.px(4))
        y = y if y - high > rect.top() else self._cursor.y() + high + style.px(14)
        write(painter, QPointF(x, y), text, style, style.color("text"), solid=True)

    def _readOff(self) -> str:
        """What is to be read beside the cursor."""
        return ""

    def _alignBar(self) -> None:
        rect = self._box.sceneBoundingRect()
        self._bar.setMargins(rect.top(), self._graphics.height() - rect.bottom())

    def _beside(self) -> int:
        return 0 if self._bar.isHidden() else self._bar.width()

    def _restyle(self) -> None:
        super()._restyle()
        self._version += 1
