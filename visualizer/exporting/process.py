"""An export in a process of its own, so that the window stays free.

The process runs the command line's export on a copy of the scene; what comes out is the same. It
ends when its input ends, and tidies up; what does not is killed, and tidied up after.
"""

import secrets
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QProcess, QTimer, Signal, Slot

from visualizer.exporting.export import Progress
from visualizer.exporting.target import hidden_folder
from visualizer.scenes.scene import Scene
from visualizer.scenes.sources import from_folder
from visualizer.scenes.store import write_scene

PATIENCE = 5000  # milliseconds that a cancelled export has to end and tidy up,
PATIENCE_AT_CLOSE = 1500  # and those that it has when the window is closed
SAID = "layerscope: "  # what precedes a sentence of the command line


def command(arguments: Sequence[str]) -> list[str]:
    """The program that does what the command line is told by `arguments`."""
    return [sys.executable, "-m", "visualizer", *arguments]


class ExportProcess(QObject):
    """Exports a scene to a file, and can be stopped without leaving half of it.

    Signals
    -------
    advanced(progress)
        How far it is.
    ended(is_written, sentence, details)
        It is over, and how; `details` tell of an error in the program.
    """

    advanced = Signal(object)
    ended = Signal(bool, str, str)

    def __init__(self, scene: Scene, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._scene = scene
        self._target = Path()
        self._cancelled = False
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._hidden = Path()  # where the process writes
        self._process = QProcess(self)
        self._process.readyReadStandardOutput.connect(self._read)
        self._process.finished.connect(self._finish)
        self._process.errorOccurred.connect(self._explain)
        self._patience = QTimer(self, singleShot=True)
        self._patience.timeout.connect(self._process.kill)

    def begin(self, target: Path, options: Sequence[str]) -> None:
        """Write `target`, with further options of the command line.

        Raises `SceneError` if there is no room for a copy of the scene.
        """
        self._folder = tempfile.TemporaryDirectory(prefix="layerscope-")
        scene = Path(self._folder.name) / "scene.toml"
        write_scene(from_folder(self._scene, Path()), scene)
        self._target, self._cancelled = target, False
        self._hidden = hidden_folder(target, secrets.token_hex(4))
        given = ["export", str(scene), "-o", str(target), "--hidden", str(self._hidden)]
        program, *arguments = command([*given, "--progress", "lines", *options])
        self._process.start(program, arguments)

    def isRunning(self) -> bool:
        return self._process.state() != QProcess.ProcessState.NotRunning

    def cancel(self) -> None:
        """Stop; `ended` follows when everything is tidied up."""
        if not self._cancelled:
            self._cancelled = True
            self._process.closeWriteChannel()
            self._patience.start(PATIENCE)

    def close(self) -> None:
        """Stop, and wait for that; nothing is emitted from then on."""
        self.blockSignals(True)
        if self.isRunning():
            self.cancel()
            if not self._process.waitForFinished(PATIENCE_AT_CLOSE):
                self._process.kill()
                self._process.waitForFinished()
        self._tidy_up()

    def _tidy_up(self) -> None:
        self._patience.stop()
        if self._folder is not None:
            shutil.rmtree(self._hidden, ignore_errors=True)
            self._folder.cleanup()
            self._folder = None

    @Slot()
    def _read(self) -> None:
        progress = None
        while self._process.canReadLine():
            done, total = map(int, bytes(self._process.readLine().data()).split())
            progress = Progress(done, total)
        if progress is not None and not self._cancelled:
            self.advanced.emit(progress)

    @Slot(int)
    def _finish(self, code: int) -> None:
        self._tidy_up()
        said = bytes(self._process.readAllStandardError().data()).decode(errors="replace").strip()
        last = said.split("\n")[-1]
        if code == 0 and self._process.exitStatus() == QProcess.ExitStatus.NormalExit:
            self.ended.emit(True, f"{self._target} is written.", "")
        elif self._cancelled:
            self.ended.emit(False, "The export was cancelled; nothing was written.", "")
        elif last.startswith(SAID):
            self.ended.emit(False, last.removeprefix(SAID), "")
        else:
            told = "The export ended because of an error in the program; nothing was written."
            self.ended.emit(False, told, said or f"The process ended with code {code}.")

    @Slot(QProcess.ProcessError)
    def _explain(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart:
            self._tidy_up()
            told = f"Python cannot be started as {sys.executable}. Install Layerscope again."
            self.ended.emit(False, told, "")
