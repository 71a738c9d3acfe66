"""A panel drawn off screen looks alike at any size, and is vectors where it can be."""

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer
from pytestqt.qtbot import QtBot

from kernels.training.parameters import Training
from tests.visualizer.toy_panel import Ball, Roll, RollView
from visualizer.exporting.picture import PanelPicture, png, to_bgra
from visualizer.panels.training.run.advice_bar import AdviceBar
from visualizer.panels.training.view import TrainingView
from visualizer.playing.run import Run
from visualizer.registry import PanelInfo, find_panel
from visualizer.scenes.scene import Scene
from widgets.colors import THEMES, ThemeName

pytestmark = pytest.mark.usefixtures("qapp")

BALLS = (Ball(name="slow", learning_rate=0.02), Ball(name="fast", learning_rate=0.2))


@pytest.fixture
def draw(toy: PanelInfo) -> Callable[..., PanelPicture]:
    """A picture of two balls after 30 steps."""
    made: list[PanelPicture] = []
    parameters = Roll(balls=BALLS, tolerance=None)
    run = Run(Scene(panel="roll", parameters=parameters.model_dump()))
    run.advance(30)

    def drawn(
        width: int = 320, height: int = 180, theme: ThemeName = "light", transparent: bool = False
    ) -> PanelPicture:
        picture = PanelPicture(toy, (width, height), theme=theme, transparent=transparent)
        picture.show(parameters, RollView())
        picture.draw(run.frame(picture.panel.watch()))
        made.append(picture)
        return picture

    return drawn


def ink(pixels: np.ndarray) -> np.ndarray:
    """How far each pixel is from the ground, (H, W), 0 to 1."""
    ground = pixels[2, 2, :3].astype(float)
    return np.abs(pixels[..., :3] - ground).max(axis=2) / 255


def shrunk(pixels: np.ndarray, by: int) -> np.ndarray:
    """`pixels` (H, W, 4) as means of squares of `by` x `by`."""
    height, width, channels = pixels.shape
    return pixels.reshape(height // by, by, width // by, by, channels).mean(axis=(1, 3))


def test_a_picture_three_times_as_large_looks_alike(draw: Callable[..., PanelPicture]) -> None:
    small, large = to_bgra(draw(1280, 720).image()), to_bgra(draw(3840, 2160).image())
    assert small.shape == (720, 1280, 4)
    assert large.shape == (2160, 3840, 4)
    # Lines and letters of as many pixels as before would leave a third, or a ninth, of the ink.
    # What is thinner than a pixel at the small size, the grid, is a pixel there.
    assert ink(large).mean() == pytest.approx(ink(small).mean(), rel=0.12)
    difference = np.abs(shrunk(large, 12) - shrunk(small, 4)).max(axis=2)
    assert (difference > 40).mean() < 0.005


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_ground_is_that_of_the_theme(
    theme: ThemeName, draw: Callable[..., PanelPicture]
) -> None:
    pixels = to_bgra(draw(theme=theme).image())
    assert QColor(*pixels[2, 2, 2::-1]).name() == THEMES[theme].base
    assert (pixels[..., 3] == 255).all()


def test_the_ground_can_be_left_out(draw: Callable[..., PanelPicture]) -> None:
    opaque, clear = to_bgra(draw().image()), to_bgra(draw(transparent=True).image())
    assert (clear[[2, 2, -3, -3], [2, -3, 2, -3], 3] == 0).all()
    assert 0.02 < (clear[..., 3] > 0).mean() < 0.5
    alpha = clear[..., 3:] / 255
    over_white = clear[..., :3] * alpha + 255 * (1 - alpha)
    assert np.abs(over_white - opaque[..., :3]).mean() < 2


def test_the_same_frame_is_drawn_alike_again(draw: Callable[..., PanelPicture]) -> None:
    picture = draw()
    first = png(picture.image())
    assert png(picture.image()) == first
    assert png(draw().image()) == first


def test_pixels_come_in_the_order_that_is_said() -> None:
    image = QImage(3, 2, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(QColor(255, 0, 0, 128))
    image.setPixelColor(2, 1, QColor(0, 0, 255))
    pixels = to_bgra(image)
    assert pixels.shape == (2, 3, 4)
    assert pixels[0, 0].tolist() == [0, 0, 255, 128]
    assert pixels[1, 2].tolist() == [255, 0, 0, 255]
    opaque = QImage(3, 2, QImage.Format.Format_RGB32)
    opaque.fill(QColor(1, 2, 3))
    assert to_bgra(opaque)[0, 0].tolist() == [3, 2, 1, 255]


def test_an_svg_is_vectors_and_letters(draw: Callable[..., PanelPicture]) -> None:
    picture = draw(640, 360)
    svg = picture.svg()
    root = ElementTree.fromstring(svg)
    tags = [element.tag.rpartition("}")[2] for element in root.iter()]
    texts = {
        "".join(element.itertext()).strip() for element in root.iter() if "text" in element.tag
    }
    assert "image" not in tags
    assert sum(tag in ("path", "polyline") for tag in tags) >= 2
    assert {"slow", "fast", "step", "distance", "Step 30"} <= texts
    assert root.attrib["viewBox"] == "0 0 640 360"

    image = QImage(QSize(640, 360), QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    painter = QPainter(image)
    QSvgRenderer(svg).render(painter)
    painter.end()
    assert np.abs(to_bgra(image).astype(int) - to_bgra(picture.image())).mean() < 4


def test_a_pdf_holds_no_time_and_has_an_identity_of_its_own(
    draw: Callable[..., PanelPicture],
) -> None:
    light, dark = draw().pdf(), draw(theme="dark").pdf()
    assert draw().pdf() == light
    for pdf in (light, dark):
        assert b"Date" not in pdf
        start = int(re.findall(rb"startxref\n(\d+)", pdf)[0])
        assert pdf[start:].startswith(b"xref")  # nothing has moved
    marks = [re.findall(rb"uuid:([0-9a-f-]{36})", pdf)[0] for pdf in (light, dark)]
    assert len({*marks, b"00000000-0000-4000-8000-000000000000"}) == 3
    assert all(mark.hex().encode() in pdf for mark, pdf in zip(marks, (light, dark), strict=True))


def test_a_pdf_is_a_page_of_the_size_of_the_picture(draw: Callable[..., PanelPicture]) -> None:
    pdf = draw(640, 360).pdf()
    assert pdf.startswith(b"%PDF")
    assert re.search(rb"/MediaBox \[0 0 640\.0* 360\.0*\]", pdf)
    assert b"/Font" in pdf
    assert b"/Subtype /Image" not in pdf


def test_advice_can_be_read_on_dark_ground(qtbot: QtBot) -> None:
    picture = PanelPicture(find_panel("training"), (1024, 640), theme="dark")
    picture.show(Training(), TrainingView())  # which makes the board
    bar = picture.panel.findChild(AdviceBar)
    assert bar is not None
    bar.showMessage("info", "It overfits.")
    bar.sentence.ensurePolished()
    color = bar.sentence.palette().color(bar.sentence.foregroundRole())
    assert color == picture.style.color("text")
    picture.close()
