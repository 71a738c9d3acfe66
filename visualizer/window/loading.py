"""Loading what is slow behind the first picture of the window: torch, and then the panel.

`import torch` takes longer than to paint the window, and the first optimizer that is made imports
as much again. All that happens in a thread, so that the window is there meanwhile.
"""

import traceback
from contextlib import suppress

from PySide6.QtCore import QObject, QThread, Signal

from visualizer.playing.apart.process import computing_process
from visualizer.playing.player import prepare_process
from visualizer.registry import find_panel
from visualizer.scenes.store import find_scene


class Loader(QThread):
    """Imports torch, warms it up, and imports the panel of a scene.

    `loaded` is emitted when all is ready, `failed` with a sentence and details when torch is not to
    be had.
    """

    loaded = Signal()
    failed = Signal(str, str)

    def __init__(self, scene: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._scene = scene

    def run(self) -> None:
        prepare_process()
        computing_process()  # it loads torch at the same time
        try:
            from visualizer.playing.computing import warm_up  # here, since it imports torch

            warm_up()
        except Exception as error:  # whatever is wrong with the installation is told, not raised
            self.failed.emit(
                f"PyTorch cannot be loaded: {error}. Install Layerscope again, in an environment "
                "of its own; 'layerscope doctor' tells more.",
                traceback.format_exc(),
            )
            return
        with suppress(Exception):  # whoever opens the scene tells what is wrong with it
            _import_panel(self._scene)
        self.loaded.emit()


def _import_panel(scene: str) -> None:
    info = find_panel(find_scene(scene).panel)
    info.load_simulation()
    info.load_panel()
