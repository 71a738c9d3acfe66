"""Every panel and every scene that ships: built, played, looked at, misused, exported, closed."""

from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAccessible, QImage
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from kernels.description import describe
from tests.visualizer.windows import Bench, opened
from visualizer.exporting.export import export
from visualizer.exporting.settings import ExportSettings
from visualizer.registry import PANELS
from visualizer.scenes.scene import Scene
from visualizer.scenes.store import find_scene, panel_scene, shipped_scenes
from widgets.colors import THEMES
from widgets.style import Style

SCENES = sorted({*shipped_scenes()} | {info.key for info in PANELS})
SIZES = (QSize(1280, 720), QSize(1024, 640))
SLOWEST = 60_000  # milliseconds until a frame of the dearest scene is there, on a busy machine


@pytest.fixture(params=SCENES)
def scene(request: pytest.FixtureRequest) -> Scene:
    return find_scene(request.param)


@pytest.fixture
def shown(qtbot: QtBot, scene: Scene) -> Iterator[Bench]:
    """The window with the scene, a few frames on."""
    with opened(qtbot) as bench:
        bench.session.open(scene)
        bench.show()
        drawn: list[object] = []
        bench.player.frameReady.connect(drawn.append)
        bench.player.play()
        qtbot.waitUntil(lambda: len(drawn) >= 3, timeout=SLOWEST)
        bench.player.pause()
        bench.plays(False)
        yield bench


def test_a_scene_is_drawn_misused_and_closed(shown: Bench) -> None:
    check_names(shown)
    check_bad_input(shown)
    check_drawing(shown)
    assert shown.told() == ""


def check_drawing(shown: Bench) -> None:
    """It is drawn in every size and theme; a warning of Qt's is a failure."""
    panel = shown.workbench.display.panel
    assert panel is not None
    assert panel.description().endswith(".")
    for theme, factor in product(THEMES, (1.0, 2.0)):
        other = type(panel)(Style(theme, factor))
        shown.qtbot.addWidget(other)
        other.setParameters(shown.session.parameters)
        other.setView(shown.session.view)
        other.draw(shown.player.frames[0])
        for size in SIZES:
            other.resize(size)
            assert colors_in(other.grab().toImage()) > 8, (theme, factor, size)


def colors_in(picture: QImage) -> int:
    """How many colours there are, on a coarse grid."""
    xs, ys = range(0, picture.width(), 7), range(0, picture.height(), 7)
    return len({picture.pixel(x, y) for x in xs for y in ys})


def check_names(shown: Bench) -> None:
    """Every control has a name for those who do not see it."""
    tabs = shown.window.parameter_form, shown.window.view_form
    nameless = []
    for form in tabs:
        shown.window.findChild(QWidget, "controls").widget().setCurrentWidget(form)
        for widget in shown.window.findChildren(QWidget):
            takes_tab = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
            own = widget.focusProxy() is None and widget.objectName() != "qt_spinbox_lineedit"
            if takes_tab and own and widget.isVisible() and not name_of(widget):
                nameless.append(f"{type(widget).__name__} in {type(widget.parent()).__name__}")
    assert nameless == []


def name_of(widget: QWidget) -> str:
    interface = QAccessible.queryAccessibleInterface(widget)
    return interface.text(QAccessible.Text.Name) if interface is not None else ""


def check_bad_input(shown: Bench) -> None:
    """Bad input changes nothing, and the run goes on."""
    before = shown.session.parameters
    for field in describe(before):
        for value in ("nonsense", -1e300, [], {"kind": "nonsense"}):
            if value != field.value and shown.workbench.edits.mistake(field.path, value):
                shown.workbench.edits.set_value(field.path, value)
                shown.session.end_gesture()
    assert shown.session.parameters == before
    assert shown.session.undo_stack.count() == 0
    step = shown.step() or 0
    shown.player.step(1)
    shown.qtbot.waitUntil(
        lambda: (shown.step() or 0) > step or bool(shown.player.position.ended),
        timeout=SLOWEST,
    )


@pytest.mark.parametrize("info", PANELS, ids=lambda info: info.key)
def test_a_panel_is_exported(info: object, tmp_path: Path, qapp: object) -> None:
    settings = ExportSettings(frames=2, width=320, height=200)
    export(panel_scene(info), tmp_path / "frame-%02d.png", settings)
    names = sorted(path.name for path in tmp_path.iterdir())
    assert len(names) == 2
    assert all(QImage(str(tmp_path / name)).size() == QSize(320, 200) for name in names)
