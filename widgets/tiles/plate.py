"""The plate beside the cursor that says more: lines of words, and a picture above them."""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPen

from widgets.plots.title import fitted
from widgets.style import Style

_MIDDLE = Qt.AlignmentFlag.AlignCenter
_ALONG, _DOWN, _APART = 9, 6, 8  # pixels at factor 1: margins within, and around what it is of


def draw_plate(
    painter: QPainter,
    item: QRectF,
    lines: Sequence[str],
    bounds: QRectF,
    style: Style,
    image: QImage | None = None,
    edge: QColor | None = None,
) -> None:
    """Say `lines`, the first in bold, beside `item` and within `bounds`.

    Above them stands `image`, pixel by pixel of the device, framed in the colour `edge`.
    """
    px, room = style.px, bounds.width() - 2 * style.px(_ALONG)
    written = [
        fitted(line, style.font("body" if number == 0 else "small", bold=number == 0), room)
        for number, line in enumerate(lines)
    ]
    metrics = [QFontMetricsF(font) for font, _ in written]
    widths = (m.horizontalAdvance(text) for m, (_, text) in zip(metrics, written, strict=True))
    wide = max(widths, default=0.0)
    high = sum(m.height() for m in metrics)
    shown = QSizeF() if image is None else image.deviceIndependentSize()
    if image is not None:
        wide, high = max(wide, shown.width()), high + shown.height() + px(_DOWN)
    size = QSizeF(min(wide, room) + 2 * px(_ALONG), high + 2 * px(_DOWN))
    plate = QRectF(_place(item, size, bounds, px(_APART)), size)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(style.color("edge"), px(1)))
    painter.setBrush(QColor(style.theme().base))
    painter.drawRoundedRect(plate, px(6), px(6))
    top = plate.top() + px(_DOWN)
    if image is not None:
        left = round(plate.center().x() - shown.width() / 2)
        frame = QRectF(QPointF(left, round(top)), shown)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        if edge is not None:
            painter.fillRect(frame.adjusted(-px(2), -px(2), px(2), px(2)), edge)
        painter.drawImage(frame.topLeft(), image)
        top += shown.height() + px(_DOWN)
    _write(painter, written, QRectF(plate.left(), top, plate.width(), 0), style)


def _write(
    painter: QPainter, written: Sequence[tuple[QFont, str]], line: QRectF, style: Style
) -> None:
    for number, (font, text) in enumerate(written):
        line.setHeight(QFontMetricsF(font).height())
        painter.setFont(font)
        painter.setPen(style.color("muted" if number else "text"))
        painter.drawText(line, _MIDDLE | Qt.TextFlag.TextDontClip, text)
        line.translate(0, line.height())


def _place(item: QRectF, size: QSizeF, bounds: QRectF, apart: float) -> QPointF:
    """Where a plate stands: over the item, or below it, or at its side where that is free."""
    wide, high = size.width(), size.height()
    left, top = item.center().x() - wide / 2, item.top() - apart - high
    if top < bounds.top():
        top = item.bottom() + apart
    if top + high > bounds.bottom():
        top = item.center().y() - high / 2
        left = item.right() + apart
        if left + wide > bounds.right():
            left = item.left() - apart - wide
    left = max(bounds.left(), min(left, bounds.right() - wide))
    return QPointF(left, max(bounds.top(), min(top, bounds.bottom() - high)))
