"""A surface in space that can be turned, with paths and balls on it."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QHideEvent,
    QImage,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from widgets.plots.contour_plot import ContourPlot, Markers
from widgets.plots.contours import choose_levels
from widgets.plots.plane import Floats
from widgets.plots.ranges import Range
from widgets.plots.shapes import Path, Points
from widgets.plots.title import fitted
from widgets.redraw_pace import RedrawPace, is_on_screen
from widgets.style import Style
from widgets.surface.camera import Camera
from widgets.surface.flight import Flight
from widgets.surface.picture import SurfacePicture

NO_OPENGL = (
    "There is no OpenGL here, so the surface is shown as a map. "
    "'layerscope doctor' says how to mend that."
)

_LARGEST_FINE = 4096  # pixels a side up to which it is drawn twice as large and shrunk
_WHEELED = 400  # ms after a turn of the wheel, without another
_GRASP = 16.0  # pixels at factor 1 around a ball within which the mouse takes it


class SurfaceView(QWidget):
    """A shaded surface over the plane with paths that end in balls.

    Dragging turns it, the wheel brings it nearer. It is drawn off screen within a budget of time,
    finely as soon as nothing moves and always where it is not on a screen, as in an export.
    Without OpenGL it is a map, and says so.

    Signals, in the coordinates of the plane
    -------
    clicked(x, y)
        A place of the surface was clicked, or taken: a ball, or anything with Shift.
    dragged(x, y)
        What was taken is dragged over the surface.
    released()
        It was let go, or a turn, or a run of the wheel, is over.
    cameraChanged(azimuth, elevation, distance)
        The surface was turned or brought nearer; see `Camera`.
    """

    clicked = Signal(float, float)
    dragged = Signal(float, float)
    released = Signal()
    cameraChanged = Signal(float, float, float)

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._style = style
        self._camera = Camera()
        self._picture: SurfacePicture | None = None
        self._map: ContourPlot | None = None
        self._title = ""
        self._image: QImage | None = None
        self._seen = self._camera  # by which the image was drawn
        self._stale = True
        self._grasp = np.empty((0, 2))  # where the mouse can take hold, in the plane
        self._pressed: QPointF | None = None
        self._mode = ""  # of the button that is down: "press", "turn" or "place"
        self._pace = RedrawPace(self, self._redraw)
        self._wheel = QTimer(self, singleShot=True, interval=_WHEELED)
        self._wheel.timeout.connect(self.released)
        self.setMinimumSize(120, 100)
        try:
            self._picture = SurfacePicture()
        except RuntimeError:
            self._showMap()
        style.changed.connect(self._restyle)

    # what is shown
    def setTitle(self, title: str, heights: str = "") -> None:
        """Name what is shown; `heights` says how they are drawn, which a map leaves out."""
        self._title = f"{title}{heights}"
        if not self.accessibleName():
            self.setAccessibleName(self._title if self._map is None else title)
        if self._map is not None:
            self._map.setTitle(title)
        self.update()

    def setAxes(self, x_label: str, y_label: str, z_label: str = "") -> None:
        """Name the axes."""
        if self._picture is not None:
            self._picture.setNames((x_label, y_label, z_label))
        if self._map is not None:
            self._map.setAxes(x_label, y_label)
        self._news()

    def setSurface(
        self,
        heights: NDArray[np.floating],
        x_range: Range,
        y_range: Range,
        levels: NDArray[np.floating] | None = None,
        display: NDArray[np.floating] | None = None,
        z_range: Range | None = None,
        colors: NDArray[np.uint8] | None = None,
        log: bool = False,
    ) -> None:
        """Show `heights` (H, W): rows along y from low to high, columns along x, ends included.

        `levels` (K,), ascending, are those of colours and lines, as in `ContourPlot`. `display`
        (H, W), a rising function of the heights such as their logarithm, is what is drawn where
        the heights themselves are too steep; the numbers stay those of `heights`. The axis upwards
        reaches over `z_range`, in which all that is drawn lies, so that it can hold still; without
        it from the lowest to the highest. `colors` (n, 3), in space, are those from the lowest
        level to the highest; without them those of a map. `log` says that `display` is the
        logarithm to base 10: then the axis is numbered all along, also where no height is.
        """
        chosen = choose_levels(heights) if levels is None else np.asarray(levels, np.float64)
        if self._picture is not None:
            self._picture.setSurface(
                heights, x_range, y_range, chosen, display, z_range, colors, log=log
            )
        if self._map is not None:
            self._map.setSurface(heights, x_range, y_range, chosen)
        self._news()

    def setPaths(self, paths: Sequence[Path]) -> None:
        """Draw these paths over the surface, dashed as on a map, each with its ball at the end."""
        if self._picture is not None:
            self._picture.setPaths(paths)
            ends = [p.points[[0, -1]] for p in paths if len(p.points)]
            self._grasp = np.concatenate(ends) if ends else np.empty((0, 2))
        if self._map is not None:
            self._map.setPaths(paths)
        self._news()

    def setFlights(self, flights: Sequence[Flight]) -> None:
        """Draw these paths at heights of their own, with lines down or up to the surface.

        On a map, without OpenGL, they are paths.
        """
        if self._picture is not None:
            self._picture.setFlights(flights)
        if self._map is not None:
            self._map.setPaths(
                [Path(f.name, f.points[:, :2], f.color, f.dash, f.width, f.ball) for f in flights]
            )
        self._news()

    def setMarkers(self, markers: Sequence[Markers]) -> None:
        """Mark places of the surface, such as its minima, with small balls.

        Those with `points` (N, 3) stand in space, at heights as the surface is drawn, each with a
        line down or up to it.
        """
        if self._picture is not None:
            self._picture.setMarks([(m.points, m.color) for m in markers])
        if self._map is not None:
            self._map.setMarkers([_dots(marker) for marker in markers])
        self._news()

    def camera(self) -> Camera:
        return self._camera

    def setCamera(self, azimuth: float, elevation: float, distance: float) -> None:
        """Look from there; `cameraChanged` is not emitted."""
        self._camera = Camera(azimuth, elevation, distance).turned(0, 0).zoomed(1)
        self._news()

    def toPixels(self, x: float, y: float) -> QPointF:
        """The pixel of this widget at which a place of the surface is seen, if nothing hides it."""
        if self._picture is None:
            return QPointF(self._map.toPixels(x, y)) if self._map else QPointF()
        ((px, py),) = self._picture.pixelsOf(np.array([[x, y]]), self._camera, self.size())
        return QPointF(px, py)

    # drawing
    def _news(self) -> None:
        """Something changed: draw it soon, within the budget."""
        self._stale = True
        if is_on_screen(self):
            self._pace.news(at_hand=self._mode == "turn")
        else:
            self.update()

    def _restyle(self) -> None:
        """Draw it at once in other colours: numbers and names over the old ones are not read."""
        self._image = None
        self._news()
        self.update()

    def _redraw(self, fine: bool) -> Iterator[None]:
        if self._picture is not None and self.isVisible():
            yield from self._draw(fine)
            self.update()

    def _draw(self, fine: bool) -> Iterator[None]:
        """Draw, in parts, and fetch the picture: a software driver draws before the last part."""
        assert self._picture is not None
        before, camera, ratio = self._image, self._camera, self.devicePixelRatioF()
        pixels = QSize(round(self.width() * ratio), round(self.height() * ratio))
        finer = 2 if fine and max(pixels.width(), pixels.height()) <= _LARGEST_FINE else 1
        self._stale = False
        for _ in self._picture.draw(camera, pixels, self._style, finer, ratio):
            yield
            if self._image is not before:  # it had to be painted meanwhile
                return
        yield
        if self._image is not before:
            return
        self._image = self._picture.read(finer)
        self._image.setDevicePixelRatio(ratio)
        self._seen = camera
        if is_on_screen(self) and not fine:
            self._pace.settle()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._picture is None:
            return
        image, shown = self._image, is_on_screen(self)
        if shown and not self._picture.isReady():  # in parts, after which it is painted again
            self._pace.news()
            with QPainter(self) as painter:
                painter.fillRect(self.rect(), self._style.color("base"))
            return
        fits = image is not None and image.deviceIndependentSize().toSize() == self.size()
        if not fits or (self._stale and not shown):
            for _ in self._draw(fine=not shown):
                pass
        elif self._stale:
            self._news()
        assert self._image is not None
        painter = QPainter(self)
        self._paintOn(painter, self.size(), self._image, self._seen)
        painter.end()

    def _paintOn(self, painter: QPainter, size: QSize, image: QImage, camera: Camera) -> None:
        assert self._picture is not None
        painter.drawImage(QPointF(0, 0), image)
        self._picture.drawNumbers(painter, camera, size, self._style)
        if self._title:
            room = size.width() - self._style.px(8)
            font, title = fitted(self._title, self._style.font("label", bold=True), room)
            painter.setFont(font)
            painter.setPen(self._style.color("text"))
            high = painter.fontMetrics().height() + round(self._style.px(12))
            center = Qt.AlignmentFlag.AlignCenter
            painter.drawText(0, 0, size.width(), high, center, title)

    def hideEvent(self, event: QHideEvent) -> None:
        self._pace.stop()
        self._stale = True  # it may have been half done

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._stale = True

    # gestures
    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or self._picture is None:
            return
        self._endWheel()
        self._pressed = event.position()
        self._mode = "press"
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if (shift or self._atBall(event.position())) and (place := self._pick(event.position())):
            self._mode = "place"
            self.clicked.emit(*place)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None or not event.buttons() & Qt.MouseButton.LeftButton:
            return
        moved = event.position() - self._pressed
        if self._mode == "place":
            if place := self._pick(event.position()):
                self.dragged.emit(*place)
        elif self._mode == "turn" or moved.manhattanLength() > self._style.px(4):
            self._mode = "turn"
            self._pressed = event.position()
            across, down = moved.x() / self._style.factor(), moved.y() / self._style.factor()
            self._look(self._camera.turned(-0.4 * across, 0.4 * down))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or self._pressed is None:
            return
        if self._mode == "press" and (place := self._pick(event.position())):
            self.clicked.emit(*place)
            self.released.emit()
        elif self._mode != "press":
            self.released.emit()
        self._pressed, self._mode = None, ""

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self._picture is not None:
            self._look(self._camera.zoomed(0.999 ** event.angleDelta().y()))
            self._wheel.start()
            event.accept()

    def _endWheel(self) -> None:
        """Another gesture begins: the wheel is not a part of it."""
        if self._wheel.isActive():
            self._wheel.stop()
            self.released.emit()

    def _look(self, camera: Camera) -> None:
        if camera != self._camera:
            self._camera = camera
            self._news()
            self.cameraChanged.emit(camera.azimuth, camera.elevation, camera.distance)

    def _pick(self, at: QPointF) -> tuple[float, float] | None:
        assert self._picture is not None
        return self._picture.pick(self._camera, at.x(), at.y(), self.size())

    def _atBall(self, at: QPointF) -> bool:
        if self._picture is None or not len(self._grasp):
            return False
        pixels: Floats = self._picture.pixelsOf(self._grasp, self._camera, self.size())
        away = np.hypot(pixels[:, 0] - at.x(), pixels[:, 1] - at.y())
        return bool(np.any(away < self._style.px(_GRASP)))

    def _showMap(self) -> None:
        """Take a map in place of the surface."""
        self._map = ContourPlot(self._style)
        self._notice = QLabel(NO_OPENGL, alignment=Qt.AlignmentFlag.AlignCenter, wordWrap=True)
        self._styleNotice()
        self._style.changed.connect(self._styleNotice)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._map, 1)
        column.addWidget(self._notice)
        self._map.clicked.connect(self.clicked)
        self._map.dragged.connect(self.dragged)
        self._map.released.connect(self.released)

    def _styleNotice(self) -> None:
        self._notice.setFont(self._style.font("small"))
        base = self._style.color("base")  # may be transparent
        self._notice.setStyleSheet(
            f"background: {base.name(base.NameFormat.HexArgb)}; color: {self._style.theme().text}"
        )


def _dots(markers: Markers) -> Points:
    """`markers` as dots on a map, as they are balls in space."""
    x, y = markers.points[:, 0], markers.points[:, 1]
    return Points(x, y, markers.color, size=8)
