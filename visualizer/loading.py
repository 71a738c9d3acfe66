"""Loading what is slow behind the first picture of the window: torch, and its first optimizer.

`import torch` takes longer than to paint the window, and the first optimizer that is made imports
as much again. Both happen in a thread, so that the window is there meanwhile.
"""

import contextlib
import sys
import traceback

from PySide6.QtCore import QObject, QThread, Signal

SWITCH_INTERVAL = 0.0005  # seconds; how long a Python thread may make the window wait for the GIL


class TorchLoader(QThread):
    """Imports torch and warms it up.

    `loaded` is emitted when torch is ready, `failed` with a sentence and details when it is not to
    be had.
    """

    loaded = Signal()
    failed = Signal(str, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)

    def run(self) -> None:
        sys.setswitchinterval(SWITCH_INTERVAL)
        try:
            import torch

            weight = torch.zeros(1, requires_grad=True)
            optimizer = torch.optim.Adam([weight])
            weight.grad = torch.ones(1)
            optimizer.step()
        except Exception as error:  # whatever is wrong with the installation is told, not raised
            self.failed.emit(
                f"PyTorch cannot be loaded: {error}. Install Layerscope again, in an environment "
                "of its own; 'layerscope doctor' tells more.",
                traceback.format_exc(),
            )
            return
        with contextlib.suppress(ImportError):
            from widgets.formula import formula_svg

            formula_svg("x", "#000000")  # the first one reads a typeface, for half a second
        self.loaded.emit()
