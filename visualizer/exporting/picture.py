"""A panel drawn off screen, at any size: into a picture, an SVG, a PDF."""

import hashlib
import re
from uuid import NAMESPACE_OID, uuid5

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import (
    QBuffer,
    QCoreApplication,
    QEvent,
    QHashSeed,
    QIODevice,
    QMarginsF,
    QRect,
    QSize,
    QSizeF,
    Qt,
    QUuid,
)
from PySide6.QtGui import QImage, QPageSize, QPainter, QPalette, QPdfWriter
from PySide6.QtSvg import QSvgGenerator

from kernels.parameters import Parameters, View
from kernels.simulation import Frame
from visualizer.exporting.offscreen import ensure_application
from visualizer.panel import Panel
from visualizer.registry import PanelInfo
from widgets.colors import ThemeName
from widgets.style import Style
from widgets.theme import apply_theme

REFERENCE = (1280, 720)  # the size at which a picture is drawn at factor 1
NO_ID = QUuid("{00000000-0000-4000-8000-000000000000}")  # until a PDF has its own
_DATES = re.compile(  # in the two places in which a PDF says when it was made
    rb'/(?:Creation|Mod)Date \(D:[^)]*\)|xmp:(?:Create|Modify|Metadata)Date="[^"]*"'
)
PNG_QUALITY = 70  # as Qt counts: level 2 of zlib, a quarter of the time of Qt's default


class PanelPicture:
    """A panel of its own, laid out at `size` pixels, whose letters and lines grow with the size."""

    def __init__(
        self,
        info: PanelInfo,
        size: tuple[int, int],
        *,
        theme: ThemeName = "light",
        transparent: bool = False,
    ) -> None:
        ensure_application()
        factor = min(size[0] / REFERENCE[0], size[1] / REFERENCE[1])
        self.style = Style(theme, factor, transparent=transparent)
        self.panel: Panel = info.load_panel()(self.style)
        self.size = QSize(*size)
        self._transparent = transparent
        self._dress()

    def show(self, parameters: Parameters, view: View) -> None:
        """Prepare for frames of `parameters`, seen through `view`."""
        self.panel.setParameters(parameters)
        self.panel.setView(view)
        self.panel.prepare(self.size)

    def draw(self, frame: Frame) -> None:
        self.panel.draw(frame)

    def image(self) -> QImage:
        """What is drawn: 32-bit RGB, or ARGB with premultiplied alpha if it is transparent."""
        formats = QImage.Format  # the two that Qt draws in fastest
        image = QImage(
            self.size,
            formats.Format_ARGB32_Premultiplied if self._transparent else formats.Format_RGB32,
        )
        image.fill(Qt.GlobalColor.transparent)
        self._paint(image)
        return image

    def svg(self) -> bytes:
        """What is drawn, as vectors where it is drawn with vectors."""
        buffer = _buffer()
        generator = QSvgGenerator()
        generator.setOutputDevice(buffer)
        generator.setSize(self.size)
        generator.setViewBox(QRect(0, 0, self.size.width(), self.size.height()))
        generator.setTitle(self.panel.windowTitle())
        self._paint(generator)
        return bytes(buffer.data().data())

    def pdf(self) -> bytes:
        """The same on a page as large as the picture, a pixel being a point."""
        buffer = _buffer()
        writer = QPdfWriter(buffer)
        writer.setResolution(72)
        size = QSizeF(self.size.width(), self.size.height())
        writer.setPageSize(
            QPageSize(size, QPageSize.Unit.Point, "", QPageSize.SizeMatchPolicy.ExactMatch)
        )
        writer.setPageMargins(QMarginsF(0, 0, 0, 0))
        writer.setTitle(self.panel.windowTitle())
        writer.setDocumentId(NO_ID)
        QHashSeed.setDeterministicGlobalSeed()  # fonts come in the order of a hash
        try:
            self._paint(writer)
        finally:
            QHashSeed.resetRandomGlobalSeed()
        return _timeless(bytes(buffer.data().data()))

    def close(self) -> None:
        """Give back what the panel holds."""
        self.panel.close()
        self.panel.deleteLater()
        QCoreApplication.sendPostedEvents(self.panel, QEvent.Type.DeferredDelete)  # no loop runs

    def _dress(self) -> None:
        apply_theme(self.panel, self.style)
        if self._transparent:
            palette = self.panel.palette()
            palette.setColor(QPalette.ColorRole.Window, Qt.GlobalColor.transparent)
            self.panel.setPalette(palette)

    def _paint(self, device: QImage | QSvgGenerator | QPdfWriter) -> None:
        painter = QPainter(device)
        try:
            self.panel.paint(painter)
        finally:
            painter.end()


def _timeless(pdf: bytes) -> bytes:
    """`pdf` without the time of day, and with an identity that is that of its content.

    Nothing in it moves, so that its table of places stays right.
    """
    pdf = _DATES.sub(lambda date: b" " * len(date.group()), pdf)
    none = NO_ID.toString(QUuid.StringFormat.WithoutBraces).encode()
    own = str(uuid5(NAMESPACE_OID, hashlib.sha256(pdf).hexdigest())).encode()
    return pdf.replace(none, own).replace(none.hex().encode(), own.hex().encode())


def png(image: QImage) -> bytes:
    """`image` as a PNG file."""
    buffer = _buffer()
    image.save(buffer, "PNG", PNG_QUALITY)  # type: ignore[call-overload]
    return bytes(buffer.data().data())


def to_bgra(image: QImage) -> NDArray[np.uint8]:
    """The pixels of a picture, (H, W, 4), uint8, BGRA: the order that Qt has them in."""
    if image.format() == QImage.Format.Format_RGB32:
        return _copied(image)
    return _copied(image.convertToFormat(QImage.Format.Format_ARGB32))


def _copied(image: QImage) -> NDArray[np.uint8]:
    bits = np.frombuffer(image.constBits(), np.uint8)  # valid only as long as the picture is
    return bits.reshape(image.height(), image.width(), 4).copy()


def _buffer() -> QBuffer:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    return buffer
