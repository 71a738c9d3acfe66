"""The scrubber: where a run is, how far it came, and where a person did something."""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QSlider, QWidget

from widgets.style import Style

_THROTTLE = 33  # ms between two seeks while dragging


class Timeline(QSlider):
    """A line of steps from 0 to the length of the run, or to the furthest step where none is known.

    The keys are those of a slider. While it is dragged, at most 30 seeks a second go out, the last
    one when the mouse is let go.

    Signals
    -------
    seekRequested(step)
        A person wants to be at another step; never emitted by a setter.
    """

    seekRequested = Signal(int)

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._style = style
        self._step = 0
        self._furthest = 0
        self._length: int | None = None
        self._marks: tuple[int, ...] = ()
        self._showing = False
        self._wanted: int | None = None
        self._throttle = QTimer(self)
        self._throttle.setSingleShot(True)
        self._throttle.setInterval(_THROTTLE)
        self._throttle.timeout.connect(self._send)
        self.setAccessibleName("Timeline")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)
        self.valueChanged.connect(self._on_moved)
        style.changed.connect(self._restyle)
        self._show_range()

    def step(self) -> int:
        """The step at which the run is, as it was told."""
        return self._step

    def furthest(self) -> int:
        """The last step that was reached."""
        return self._furthest

    def setStep(self, step: int, furthest: int | None = None) -> None:
        """Show that the run is at `step` and came to `furthest`, silently."""
        self._step = step
        self._furthest = max(self._furthest, step) if furthest is None else max(furthest, step)
        self._show_range()

    def setLength(self, length: int | None) -> None:
        """Show how many steps there are in all; None where nobody knows."""
        self._length = length
        self._show_range()

    def setMarks(self, steps: Sequence[int]) -> None:
        """Mark the `steps` at which a person did something."""
        self._marks = tuple(steps)
        self.update()

    def _show_range(self) -> None:
        end = max(self._furthest, self._length or 0, 1)
        self._showing = True
        self.setRange(0, end)
        self.setPageStep(max(1, end // 20))
        if not self.isSliderDown():
            self.setValue(self._step)
        self._showing = False
        self.setAccessibleDescription(f"Step {self._step} of {end}")
        self.update()

    def _on_moved(self, step: int) -> None:
        if self._showing:
            return
        self._wanted = step
        if not self._throttle.isActive():
            self._send()
            self._throttle.start()

    def _send(self) -> None:
        if self._wanted is None:
            return
        step, self._wanted = self._wanted, None
        self.seekRequested.emit(step)

    def _restyle(self) -> None:
        self.updateGeometry()
        self.update()

    # the mouse: a press anywhere goes there at once

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.setSliderDown(True)
            self.setValue(self._step_at(event.position().x()))
            event.accept()
        else:
            event.ignore()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        step = self._step_at(event.position().x())
        self.setToolTip(f"Step {step:,}")
        if self.isSliderDown():
            self.setValue(step)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self.isSliderDown():
            self.setSliderDown(False)
            self._throttle.stop()
            self._send()

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()

    # drawing

    def _line(self) -> tuple[float, float]:
        inset = self._style.px(9)
        return inset, max(self.width() - 2 * inset, 1.0)

    def _x_of(self, step: int) -> float:
        left, length = self._line()
        return left + length * min(step / self.maximum(), 1.0)

    def _step_at(self, x: float) -> int:
        left, length = self._line()
        return round(min(max((x - left) / length, 0.0), 1.0) * self.maximum())

    def sizeHint(self) -> QSize:
        return QSize(round(self._style.px(260)), round(self._style.px(30)))

    def minimumSizeHint(self) -> QSize:
        return QSize(round(self._style.px(100)), round(self._style.px(30)))

    def paintEvent(self, event: QPaintEvent) -> None:
        px, color = self._style.px, self._style.color
        middle, thick = self.height() / 2, px(5)
        left, length = self._line()
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            for end, shade in (
                (left + length, color("line")),
                (self._x_of(self._furthest), color("edge")),
                (self._x_of(self.value()), color("accent")),
            ):
                painter.setBrush(shade)
                bar = QRectF(left, middle - thick / 2, end - left, thick)
                painter.drawRoundedRect(bar, thick / 2, thick / 2)
            painter.setBrush(color("warning"))
            for step in self._marks:
                tick = QRectF(self._x_of(step) - px(1), middle - px(11), px(2), px(7))
                painter.drawRect(tick)
            self._paint_handle(painter, QPointF(self._x_of(self.value()), middle))

    def _paint_handle(self, painter: QPainter, at: QPointF) -> None:
        px = self._style.px
        accent = self._style.color("accent")
        if self.hasFocus():
            ring = QColor(accent)
            ring.setAlphaF(0.35)
            painter.setBrush(ring)
            painter.drawEllipse(at, px(11), px(11))
        painter.setBrush(accent if self.hasFocus() else self._style.color("base"))
        painter.setPen(self._style.pen("accent", 2))
        painter.drawEllipse(at, px(6), px(6))
