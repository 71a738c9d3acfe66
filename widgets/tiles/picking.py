"""The base of widgets that show things in rows and columns, to be picked with mouse or keys."""

from abc import abstractmethod
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QWidget

from widgets.pictures import clear_pixels
from widgets.plots.strokes import is_vector
from widgets.style import Style
from widgets.tiles.plate import draw_plate

_HOW = "Arrow keys move, Enter chooses."


class PickingWidget(QWidget):
    """Things counted row by row from 0, in so many columns; one may be under the cursor or current.

    What is drawn of them is kept as pixels until it or its size changes; SVG and PDF get it drawn
    anew. Arrow keys, Home and End move what is current, Enter, Space and a click pick, and Escape
    lets go. A plate tells more of what is under the cursor, or else, in focus, of what is current.
    """

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._style = style
        self._cursor: QPointF | None = None
        self._hovered: int | None = None
        self._current: int | None = None
        self._kept: tuple[object, QPixmap] | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleDescription(_HOW)
        style.changed.connect(self._restyle)

    # what a subclass says of its things
    @abstractmethod
    def _columns(self) -> int:
        """How many there are in a row."""

    @abstractmethod
    def _count(self) -> int:
        """How many are shown."""

    @abstractmethod
    def _rect(self, index: int) -> QRectF:
        """Where one lies."""

    @abstractmethod
    def _draw(self, painter: QPainter) -> None:
        """Draw all, on a ground that is there already."""

    @abstractmethod
    def _lines(self, index: int) -> Sequence[str]:
        """What the plate says."""

    @abstractmethod
    def _pick(self, index: int) -> None:
        """Report that a person chose one."""

    def _enlarged(self, index: int) -> tuple[QImage, QColor] | None:
        """A picture for the plate, and the colour of its edge."""
        return None

    def _relay(self) -> None:
        """Lay out anew."""

    # drawing
    def _changed(self) -> None:
        """Draw anew what is shown, and look again at what is under the cursor."""
        self._kept = None
        self._relay()
        self._hovered = self._at(self._cursor)
        if self._current is not None and self._current >= self._count():
            self._current = None
        self._describe()
        self.update()

    def _restyle(self) -> None:
        self.updateGeometry()
        self._changed()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._changed()

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), self._style.color("base"))
            self.paint(painter)

    def paint(self, painter: QPainter) -> None:
        """Draw it with any painter, as large as the widget."""
        if is_vector(painter):
            self._draw(painter)
        else:
            painter.drawPixmap(QPointF(0, 0), self._pixels(painter.device().devicePixelRatioF()))
        style, bounds = self._style, QRectF(self.rect()).adjusted(2, 2, -2, -2)
        if self._hovered is not None:
            self._outline(painter, self._rect(self._hovered), "text", 1.5)
        if self._current is not None:
            self._outline(painter, self._rect(self._current), "accent", 3)
        if self.hasFocus():
            painter.setPen(style.pen("accent", 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(bounds, style.px(6), style.px(6))
        said = self._current if self._hovered is None and self.hasFocus() else self._hovered
        if said is not None:
            more = self._enlarged(said) or (None, None)
            draw_plate(painter, self._rect(said), self._lines(said), bounds, style, *more)

    def _pixels(self, ratio: float) -> QPixmap:
        key = ratio, self.size().toTuple()
        if self._kept is None or self._kept[0] != key:
            pixels = clear_pixels(self.width(), self.height(), ratio)
            with QPainter(pixels) as painter:
                self._draw(painter)
            self._kept = key, pixels
        return self._kept[1]

    def _outline(self, painter: QPainter, rect: QRectF, color: str, width: float) -> None:
        """Frame `rect` on the outside, set off from what is around it."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        px = self._style.px
        for name, wide in (("base", width + 2), (color, width)):
            pen = self._style.pen(name, wide)
            pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
            painter.setPen(pen)
            half = px(width) / 2
            painter.drawRect(rect.adjusted(-half, -half, half, half))

    # picking
    def current(self) -> int | None:
        """The number of the one that is set off; None for none."""
        return self._current

    def setCurrent(self, index: int | None) -> None:
        """Set off one of those that are shown, or none; silently."""
        if index is not None and not 0 <= index < self._count():
            raise ValueError(f"number {index} of the {self._count()} that are shown is not there")
        self._current = index
        self._describe()
        self.update()

    def _describe(self) -> None:
        """Tell a screen reader what is current."""
        lines = () if self._current is None else self._lines(self._current)
        said = ", ".join(lines) + "." if lines else _HOW
        if said != self.accessibleDescription():
            self.setAccessibleDescription(said)

    def _at(self, point: QPointF | None) -> int | None:
        """The number of the one at a point."""
        found = (i for i in range(self._count()) if point and self._rect(i).contains(point))
        return next(found, None)

    def _hover(self, point: QPointF | None) -> None:
        self._cursor = point
        item = self._at(point)
        if item != self._hovered:
            self._hovered = item
            hand, arrow = Qt.CursorShape.PointingHandCursor, Qt.CursorShape.ArrowCursor
            self.setCursor(arrow if item is None else hand)
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover(event.position())

    def leaveEvent(self, event: QEvent) -> None:
        self._hover(None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        item = self._at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and item is not None:
            self.setCurrent(item)
            self._pick(item)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key == Qt.Key.Key_Escape and self._current is not None:
            self.setCurrent(None)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            if self._current is not None:
                self._pick(self._current)
        elif (item := self._stepped(key)) is not None:
            self.setCurrent(item)
        else:
            super().keyPressEvent(event)

    def _stepped(self, key: Qt.Key) -> int | None:
        """Where a key leads; None where it leads nowhere."""
        count, columns = self._count(), self._columns()
        steps = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Up: -columns,
            Qt.Key.Key_Down: columns,
        }
        if not count or key not in {*steps, Qt.Key.Key_Home, Qt.Key.Key_End}:
            return None
        if key == Qt.Key.Key_End:
            return count - 1
        if self._current is None or key == Qt.Key.Key_Home:
            return 0
        moved = self._current + steps[key]
        return moved if 0 <= moved < count else self._current

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()
