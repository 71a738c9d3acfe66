"""A plot: a plane with axes, on which a subclass draws; it reports what the mouse does on it."""

import math
from collections.abc import Callable
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from widgets.plots.axes import Axis, draw_grid
from widgets.plots.plane import Plane
from widgets.plots.ranges import Range
from widgets.plots.title import Title
from widgets.style import Style

_LEFT = Qt.MouseButton.LeftButton
_LOW = 9  # lines of a plot below which its axes have no names


class Canvas(pg.GraphicsObject):  # type: ignore[misc]
    """What is drawn over the whole of a view box, in its pixels, by a function of the painter."""

    def __init__(self, box: pg.ViewBox, draw: Callable[[QPainter], None], z: float) -> None:
        super().__init__()
        self.setParentItem(box)
        self.setZValue(z)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self._box = box
        self._draw = draw
        box.sigResized.connect(self._resized)
        box.sigRangeChanged.connect(self._moved)

    def _resized(self, *_: Any) -> None:
        self.prepareGeometryChange()
        self.update()

    def _moved(self, *_: Any) -> None:
        self.update()

    def boundingRect(self) -> QRectF:
        return QRectF(self._box.rect())

    def paint(self, painter: QPainter, *_: Any) -> None:
        painter.save()
        painter.setClipRect(self.boundingRect())
        self._draw(painter)
        painter.restore()


class Graphics(pg.PlotWidget):  # type: ignore[misc]
    """pyqtgraph's plot without its own mouse and menu; gestures go to the `Plot` around it."""

    pressed = Signal(QPointF)
    moved = Signal(QPointF, bool)
    let_go = Signal()
    left = Signal()

    def __init__(self, axes: dict[str, Axis]) -> None:
        super().__init__(axisItems=axes)
        plot = self.getPlotItem()
        plot.setMenuEnabled(False)
        plot.hideButtons()
        plot.setMouseEnabled(False, False)
        self.setMouseTracking(True)
        self.setCacheMode(self.CacheModeFlag.CacheNone)  # a kept ground would be pixels in an SVG
        self.setFrameShape(self.Shape.NoFrame)
        self.viewport().setCursor(Qt.CursorShape.CrossCursor)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # no key does anything here
        self.viewport().setAutoFillBackground(False)  # the ground may be transparent

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == _LEFT:
            self.pressed.emit(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.moved.emit(event.position(), bool(event.buttons() & _LEFT))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == _LEFT:
            self.let_go.emit()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.mousePressEvent(event)

    def wheelEvent(self, event: Any) -> None:
        event.ignore()

    def leaveEvent(self, event: Any) -> None:
        self.left.emit()


class Plot(QWidget):
    """A plane with a title and two axes.

    Signals, in the coordinates of the plot
    -------
    clicked(x, y)
        The left button went down within the axes.
    dragged(x, y)
        The mouse moved with the button down; never beyond the axes.
    released()
        The button that went down there was let go.
    hovered(x, y)
        The mouse moved over the plot with no button down.
    """

    clicked = Signal(float, float)
    dragged = Signal(float, float)
    released = Signal()
    hovered = Signal(float, float)

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._style = style
        self._axes = {"left": Axis(style, "left"), "bottom": Axis(style, "bottom")}
        self._graphics = Graphics(self._axes)
        self._box: pg.ViewBox = self._graphics.getPlotItem().getViewBox()
        self._box.disableAutoRange()
        self._box.setDefaultPadding(0.0)
        self._title = Title(style)
        self._cursor: QPointF | None = None  # pixels within the box
        self._dragging = False
        self._isEqual = False

        self._row = QHBoxLayout()
        self._row.addWidget(self._graphics, 1)
        self._column = QVBoxLayout(self)
        self._column.addWidget(self._title)
        self._column.addLayout(self._row, 1)
        self._column.setContentsMargins(0, 0, 0, 0)

        self._canvases = [
            Canvas(self._box, self._drawBelow, -10),
            Canvas(self._box, self._drawAbove, 10),
            Canvas(self._box, self._drawCursor, 20),
        ]
        self._box.sigResized.connect(self._letterbox)
        self._graphics.pressed.connect(self._press)
        self._graphics.moved.connect(self._move)
        self._graphics.let_go.connect(self._letGo)
        self._graphics.left.connect(self._leave)
        style.changed.connect(self._restyle)
        self._restyle()

    # what is shown
    def setTitle(self, title: str) -> None:
        self._title.setText(title)
        if not self.accessibleName():
            self.setAccessibleName(title)

    def setAxes(self, x_label: str, y_label: str) -> None:
        """Name the axes; those that have these names already stay as they are drawn."""
        if (self._axes["bottom"].name(), self._axes["left"].name()) == (x_label, y_label):
            return
        self._axes["bottom"].setName(x_label)
        self._axes["left"].setName(y_label)
        self._restyle()

    def setCounted(self) -> None:
        """The axis at the bottom counts, such as steps: numbers stand at whole ones only."""
        self._axes["bottom"].setWhole(True)

    def setShares(self) -> None:
        """The axis at the left has shares: numbers stand up to 1, whatever room is above it."""
        self._axes["left"].setLast(1.0)

    def setLog(self, *, x: bool = False, y: bool = False) -> None:
        """Make axes logarithmic. What is not positive is not drawn on them."""
        self._axes["bottom"].setLog(x)
        self._axes["left"].setLog(y)
        self._redraw()

    def setRange(self, x: Range | None = None, y: Range | None = None) -> None:
        """Show these ranges of numbers, in the coordinates of the data on a log axis too."""
        across, up = self._box.targetRange()
        wanted = {}  # what is another: each call takes half a millisecond, however little it does
        if x is not None and (ends := self._onAxis("bottom", x)) != tuple(across):
            wanted["xRange"] = ends
        if y is not None and (ends := self._onAxis("left", y)) != tuple(up):
            wanted["yRange"] = ends
        if wanted:
            self._box.setRange(**wanted, padding=0)
        self._letterbox()

    def _onAxis(self, name: str, ends: Range) -> Range:
        if not self._axes[name].isLog():
            return ends
        high = ends[1] if ends[1] > 0 else 1.0
        low = ends[0] if ends[0] > 0 else high * 1e-6
        return math.log10(low), math.log10(high)

    def setEqualAspect(self, equal: bool) -> None:
        """Whether a unit is as long on the one axis as on the other.

        The ranges stay what they are: the plot leaves room free at its sides, or above and below.
        """
        self._isEqual = equal
        self._letterbox()

    def _nameAxes(self) -> None:
        """Leave out the names of axes that would be cut off, or take much of a low plot."""
        line = QFontMetricsF(self._style.font("small")).height()
        title = 0 if self._title.isHidden() else self._title.sizeHint().height()
        across, up = self._axes["bottom"], self._axes["left"]
        is_low = self.height() < _LOW * line
        across.setNamed(not is_low and across.nameWidth() <= self.width() - up.minimumWidth())
        up.setNamed(not is_low and up.nameWidth() <= self.height() - title - 2 * line)

    def _letterbox(self, *_: Any) -> None:
        """Leave so much room free that units are equal, or none."""
        sides = (0, 0)
        if self._isEqual:
            top, right = self._edges()
            above = 0 if self._title.isHidden() else self._title.sizeHint().height()
            beside = self._beside()
            wide = self.width() - beside - self._axes["left"].minimumWidth() - right
            below = self._axes["bottom"].minimumHeight() + self._column.contentsMargins().bottom()
            high = self.height() - above - below - top
            (x0, x1), (y0, y1) = self._box.viewRange()
            unit = min(wide / (x1 - x0), high / (y1 - y0))
            spare = wide - unit * (x1 - x0), high - unit * (y1 - y0)
            sides = round(max(0.0, spare[0]) / 2), round(max(0.0, spare[1]) / 2)
        self._row.setContentsMargins(sides[0], sides[1], sides[0], sides[1])

    def minimumSizeHint(self) -> QSize:
        """Without the room that is left free: it goes where the plot gets less."""
        return super().minimumSizeHint().shrunkBy(self._row.contentsMargins())

    def plane(self) -> Plane:
        """Where points fall, in pixels of the rectangle within the axes."""
        self._graphics.getPlotItem().layout.activate()
        rect = self._box.rect()
        (x0, x1), (y0, y1) = self._box.viewRange()
        log = {name: axis.isLog() for name, axis in self._axes.items()}
        return Plane(
            (x0, x1),
            (y0, y1),
            rect.left(),
            rect.top(),
            max(rect.width(), 1.0),
            max(rect.height(), 1.0),
            log["bottom"],
            log["left"],
        )

    def toPixels(self, x: float, y: float) -> QPoint:
        """The pixel of this widget at which a point is drawn."""
        ((px, py),) = self.plane().toPixels(x, y)
        inside = self._graphics.mapFromScene(self._box.mapToScene(QPointF(px, py)))
        there: QPoint = self._graphics.viewport().mapTo(self, inside)
        return there

    # what a subclass draws
    def _drawBelow(self, painter: QPainter) -> None:
        """Draw what lies under everything: the grid."""
        plane = self.plane()
        draw_grid(painter, plane, self._axes["bottom"], self._axes["left"], self._style)

    def _drawAbove(self, painter: QPainter) -> None:
        """Draw the data."""

    def _drawCursor(self, painter: QPainter) -> None:
        """Draw what the cursor reads off."""

    def _redraw(self) -> None:
        for canvas in self._canvases:
            canvas.update()

    def _beside(self) -> int:
        """The width of what a subclass put beside the axes."""
        return 0

    def _edges(self) -> tuple[int, int]:
        """The room above and right of the axes: half of a number reaches over the end."""
        return round(self._style.px(9)), round(self._style.px(18))

    def _restyle(self) -> None:
        style = self._style
        self._graphics.setBackground(style.color("base"))
        self._nameAxes()
        for axis in self._axes.values():
            axis.restyle()
        top, right = self._edges()
        self._graphics.getPlotItem().layout.setContentsMargins(0, top, right, 0)
        self._column.setSpacing(0)
        self._row.setSpacing(0)
        self._redraw()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._style.color("base"))
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._nameAxes()
        self._letterbox()

    # gestures
    def _inBox(self, position: QPointF) -> QPointF:
        return QPointF(self._box.mapFromScene(self._graphics.mapToScene(position.toPoint())))

    def _press(self, position: QPointF) -> None:
        at = self._inBox(position)
        if self._box.rect().contains(at):
            self._dragging = True
            self._leave()  # what was read off there is not where the button is let go
            self.clicked.emit(*self.plane().fromPixels(at.x(), at.y()))

    def _move(self, position: QPointF, down: bool) -> None:
        at, rect = self._inBox(position), self._box.rect()
        if down and self._dragging:
            px = min(max(at.x(), rect.left()), rect.right())
            py = min(max(at.y(), rect.top()), rect.bottom())
            self.dragged.emit(*self.plane().fromPixels(px, py))
        elif rect.contains(at):
            self._cursor = at
            self._canvases[-1].update()
            self.hovered.emit(*self.plane().fromPixels(at.x(), at.y()))
        else:
            self._leave()

    def _letGo(self) -> None:
        if self._dragging:
            self._dragging = False
            self.released.emit()

    def _leave(self) -> None:
        if self._cursor is not None:
            self._cursor = None
            self._canvases[-1].update()
