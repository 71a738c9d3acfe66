"""The window in tests: open on a scene, used with mouse and keys."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from PySide6.QtCore import QSettings
from pytestqt.qtbot import QtBot

from kernels.editing import get_value
from tests.visualizer.toys import walk
from visualizer.playing.apart.run import Apart
from visualizer.playing.computing import warm_up
from visualizer.scenes.scene import Scene, scene_from_text
from visualizer.window.main_window import MainWindow
from visualizer.window.workbench import Workbench
from widgets.style import Style

ENDLESS = 'panel = "roll"\n[parameters]\ntolerance = "none"\n'


class Bench:
    """A window with its workbench, and what tests ask of them."""

    def __init__(self, qtbot: QtBot) -> None:
        self.qtbot = qtbot
        self.style = Style()
        self.window = MainWindow(self.style)
        self.workbench = Workbench(self.window, self.style)
        self.window.install(self.workbench)
        self.session = self.workbench.session
        self.player = self.workbench.player

    def show(self) -> None:
        self.window.show()
        self.window.activateWindow()
        self.qtbot.waitUntil(lambda: self.window.isActiveWindow())

    def open(self, scene: Scene | str = ENDLESS) -> None:
        """Open `scene`, or its text, and have it rest at step 0."""
        read = scene_from_text(scene) if isinstance(scene, str) else scene
        self.session.open(read)
        self.player.pause()
        self.shows(0)

    def shows(self, step: int) -> None:
        """Wait until `step` is shown."""
        self.qtbot.waitUntil(lambda: self.step() == step)

    def step(self) -> int | None:
        return self.player.position.step if self.player.position is not None else None

    def plays(self, on: bool = True) -> None:
        """Wait until it plays, or rests."""
        self.qtbot.waitUntil(lambda: self.player.playing is on)

    def value(self, path: str) -> Any:
        return get_value(self.session.parameters, path)

    def told(self) -> str:
        """What the banner says; nothing if it is not there."""
        return "" if self.window.banner.isHidden() else self.window.banner.sentence.text()

    def do(self, key: str) -> None:
        """Trigger an action of the menus."""
        self.window.actions_by_key[key].trigger()


@contextmanager
def opened(qtbot: QtBot) -> Iterator[Bench]:
    """A window as at its first start; it is closed in the end."""
    QSettings().clear()
    warm_up()
    Apart([walk()], threads=1)  # no test waits for that process
    bench = Bench(qtbot)
    qtbot.addWidget(bench.window)
    try:
        yield bench
    finally:
        bench.window.close()
