"""A panel drawn off screen, at any size: into a picture, an SVG, a PDF."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QMarginsF, QRect, QSize, QSizeF, Qt
from PySide6.QtGui import QImage, QPageSize, QPainter, QPdfWriter
from PySide6.QtSvg import QSvgGenerator

from kernels.parameters import Parameters, View
from kernels.simulation import Frame
from visualizer.panel import Panel
from visualizer.registry import PanelInfo
from widgets.colors import ThemeName
from widgets.style import Style

REFERENCE_HEIGHT = 720  # the height at which a picture is drawn at factor 1
REFERENCE_WIDTH = 1280


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
        width, height = size
        factor = min(width / REFERENCE_WIDTH, height / REFERENCE_HEIGHT)
        self.style = Style(theme, factor, transparent=transparent)
        self.panel: Panel = info.load_panel()(self.style)
        self.size = QSize(width, height)

    def show(self, parameters: Parameters, view: View) -> None:
        """Prepare for frames of `parameters`, seen through `view`."""
        self.panel.setParameters(parameters)
        self.panel.setView(view)
        self.panel.prepare(self.size)

    def draw(self, frame: Frame) -> None:
        self.panel.draw(frame)

    def image(self) -> QImage:
        """What is drawn, as a picture of 8-bit RGBA."""
        image = QImage(self.size, QImage.Format.Format_RGBA8888_Premultiplied)
        image.fill(Qt.GlobalColor.transparent)
        self._paint(image)
        return image.convertToFormat(QImage.Format.Format_RGBA8888)

    def save_svg(self, path: Path) -> None:
        generator = QSvgGenerator()
        generator.setFileName(str(path))
        generator.setSize(self.size)
        generator.setViewBox(QRect(0, 0, self.size.width(), self.size.height()))
        generator.setTitle(self.panel.windowTitle())
        self._paint(generator)

    def save_pdf(self, path: Path) -> None:
        writer = QPdfWriter(str(path))
        writer.setResolution(72)
        size = QSizeF(self.size.width(), self.size.height())
        writer.setPageSize(
            QPageSize(size, QPageSize.Unit.Point, "", QPageSize.SizeMatchPolicy.ExactMatch)
        )
        writer.setPageMargins(QMarginsF(0, 0, 0, 0))
        self._paint(writer)

    def close(self) -> None:
        """Give back what the panel holds."""
        self.panel.close()
        self.panel.deleteLater()

    def _paint(self, device: QImage | QSvgGenerator | QPdfWriter) -> None:
        painter = QPainter(device)
        try:
            self.panel.paint(painter)
        finally:
            painter.end()


def to_array(image: QImage) -> NDArray[np.uint8]:
    """The pixels of an RGBA picture, (H, W, 4), uint8, copied while the picture is alive."""
    height, width, stride = image.height(), image.width(), image.bytesPerLine()
    rows = np.frombuffer(image.constBits(), np.uint8, height * stride).reshape(height, stride)
    return rows[:, : width * 4].reshape(height, width, 4).copy()
