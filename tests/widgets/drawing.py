"""Lay widgets out without a screen, and look at what they draw."""

import re

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QBuffer, QPoint, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget


def laid_out(widget: QWidget, width: int = 480, height: int = 360) -> QWidget:
    widget.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
    widget.resize(width, height)
    widget.show()
    QApplication.sendPostedEvents()
    return widget


def picture(widget: QWidget) -> NDArray[np.uint8]:
    """What a widget draws, (H, W, 3)."""
    image = QImage(widget.size(), QImage.Format.Format_RGB32)
    image.fill(QColor("#ff00ff"))
    QWidget.render(widget, image)
    return pixels_of(image)


def pixels_of(image: QImage) -> NDArray[np.uint8]:
    image = image.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1)
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).copy()


def like(pixels: NDArray[np.uint8], color: str, within: int = 60) -> NDArray[np.bool_]:
    """Where `pixels` (H, W, 3) have about `color`."""
    wanted = QColor(color)
    rgb = np.array([wanted.red(), wanted.green(), wanted.blue()])
    return np.abs(pixels.astype(int) - rgb).sum(axis=-1) < within


def center_of(mask: NDArray[np.bool_]) -> tuple[float, float]:
    """The middle (x, y) of what is true."""
    rows, columns = np.nonzero(mask)
    return float(columns.mean()), float(rows.mean())


def svg_of(widget: QWidget) -> str:
    buffer = QBuffer()
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setSize(QSize(widget.width(), widget.height()))
    painter = QPainter(generator)
    widget.render(painter, QPoint(0, 0))
    painter.end()
    return bytes(buffer.data().data()).decode()


def count_tags(svg: str, tag: str) -> int:
    return len(re.findall(rf"<{tag}\b", svg))


def under(widget: QWidget, at: QPoint) -> tuple[QWidget, QPoint]:
    """The inmost child at a pixel of a widget, and the pixel within it."""
    child = widget.childAt(at) or widget
    return child, child.mapFrom(widget, at)


def press(widget: QWidget, at: QPoint, shift: bool = False) -> None:
    child, inside = under(widget, at)
    keys = Qt.KeyboardModifier.ShiftModifier if shift else Qt.KeyboardModifier.NoModifier
    QTest.mousePress(child, Qt.MouseButton.LeftButton, keys, inside)


def release(widget: QWidget, at: QPoint) -> None:
    child, inside = under(widget, at)
    QTest.mouseRelease(child, Qt.MouseButton.LeftButton, pos=inside)


def move(widget: QWidget, at: QPoint, down: bool = False) -> None:
    """Move the mouse over a widget, with the left button `down` or not."""
    from PySide6.QtCore import QEvent, QPointF
    from PySide6.QtGui import QMouseEvent

    child, inside = under(widget, at)
    button = Qt.MouseButton.LeftButton if down else Qt.MouseButton.NoButton
    event = QMouseEvent(
        QEvent.Type.MouseMove,
        QPointF(inside),
        QPointF(child.mapToGlobal(inside)),
        Qt.MouseButton.NoButton,
        button,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(child, event)
