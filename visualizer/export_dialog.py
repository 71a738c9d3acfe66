"""Export from the window: a process of its own does it, so that the window stays free.

The process runs the command line's export on a copy of the scene; what comes out is the same.
"""

import sys
import tempfile
import time
from pathlib import Path

from PySide6.QtCore import QProcess, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from kernels.errors import LayerscopeError
from visualizer.export import Progress, remaining_seconds
from visualizer.scene import Scene
from visualizer.scene_store import save_scene
from visualizer.target import OPAQUE, suffix_of
from widgets.colors import ThemeName

SIZES = ("1280x720", "1920x1080", "2560x1440", "3840x2160", "1080x1080", "1024x640", "640x360")
FILTER = (
    "Film (*.mp4 *.webm *.gif *.webp *.apng);;Picture (*.png *.svg *.pdf);;"
    "Numbers (*.json *.csv *.npz);;All files (*)"
)
GRACE = 5000  # milliseconds that a cancelled export has to tidy up


class ExportDialog(QDialog):
    """Asks how a scene is to be exported, and does it, with progress, cancel and remaining time.

    `done_` is emitted with the path when the export is complete.
    """

    exported = Signal(str)

    def __init__(self, scene: Scene, theme: ThemeName, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Export")
        self._scene = scene
        self._folder = tempfile.TemporaryDirectory(prefix="layerscope-")
        self._process = QProcess(self)
        self._process.readyReadStandardOutput.connect(self._read_progress)
        self._process.finished.connect(self._ended)
        self._process.errorOccurred.connect(self._not_started)
        self._begun = 0.0
        self._cancelled = False

        self._target = QLineEdit(str(Path.home() / f"{scene.panel}.mp4"))
        self._target.setAccessibleName("File")
        browse = QPushButton("Browse…")
        browse.clicked.connect(self._browse)
        target = QHBoxLayout()
        target.addWidget(self._target)
        target.addWidget(browse)
        self._size = QComboBox(editable=True)
        self._size.addItems(SIZES)
        self._size.setAccessibleName("Size")
        self._frames = QSpinBox(minimum=1, maximum=1_000_000, value=scene.play.frames)
        self._stride = QSpinBox(
            minimum=1, maximum=1_000_000, value=max(1, scene.play.steps_per_frame)
        )
        self._rate = QSpinBox(minimum=1, maximum=240, value=round(scene.play.frames_per_second))
        self._spacing = QComboBox()
        self._spacing.addItems(["linear", "log"])
        self._theme = QComboBox()
        self._theme.addItems(["light", "dark"])
        self._theme.setCurrentText(theme)
        self._transparent = QCheckBox("Leave out the ground")
        self._target.textChanged.connect(self._suffix_changed)

        self._form = QWidget()
        form = QFormLayout(self._form)
        form.addRow("File", target)
        form.addRow("Size", self._size)
        form.addRow("Pictures, at most", self._frames)
        form.addRow("Steps a picture", self._stride)
        form.addRow("Spacing", self._spacing)
        form.addRow("Pictures a second", self._rate)
        form.addRow("Theme", self._theme)
        form.addRow("", self._transparent)

        self._progress = QProgressBar()
        self._progress.setVisible(False)
        self._told = QLabel()
        self._told.setWordWrap(True)
        self._buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self._start = self._buttons.addButton("Export", QDialogButtonBox.ButtonRole.AcceptRole)
        self._buttons.accepted.connect(self.start)
        self._buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        for widget in (self._form, self._progress, self._told, self._buttons):
            layout.addWidget(widget)

    def setTarget(self, path: Path) -> None:
        self._target.setText(str(path))

    def start(self) -> None:
        """Begin the export that the form describes."""
        target = Path(self._target.text()).expanduser()
        scene = Path(self._folder.name) / "scene.toml"
        try:
            suffix_of(target)
            save_scene(self._scene, scene)
        except LayerscopeError as error:
            self._told.setText(str(error))
            return
        self._cancelled = False
        self._begun = time.monotonic()
        self._form.setEnabled(False)
        self._start.setEnabled(False)
        self._progress.setRange(0, 0)
        self._progress.setVisible(True)
        self._told.setText("Starting…")
        self._process.start(sys.executable, ["-m", "visualizer", *self._arguments(scene, target)])

    def reject(self) -> None:
        """Cancel the export that runs; close if none does."""
        if self._process.state() == QProcess.ProcessState.NotRunning:
            super().reject()
            return
        self._cancelled = True
        self._told.setText("Cancelling…")
        self._process.closeWriteChannel()  # the process reads the end of its input as "stop"

    def _arguments(self, scene: Path, target: Path) -> list[str]:
        given = ["export", str(scene), "-o", str(target), "--progress", "lines"]
        given += ["--size", self._size.currentText(), "--theme", self._theme.currentText()]
        given += ["--frames", str(self._frames.value()), "--fps", str(self._rate.value())]
        given += ["--steps-per-frame", str(self._stride.value())]
        given += ["--spacing", self._spacing.currentText()]
        return [*given, "--transparent"] if self._transparent.isChecked() else given

    def _browse(self) -> None:
        name, _ = QFileDialog.getSaveFileName(self, "Export to", self._target.text(), FILTER)
        if name:
            self._target.setText(name)

    def _suffix_changed(self, text: str) -> None:
        opaque = Path(text).suffix.lower() in OPAQUE
        self._transparent.setEnabled(not opaque)
        if opaque:
            self._transparent.setChecked(False)

    def _read_progress(self) -> None:
        lines = bytes(self._process.readAllStandardOutput().data()).decode().split("\n")
        numbers = [line.split() for line in lines if line.count(" ") == 1]
        if not numbers or self._cancelled:
            return
        progress = Progress(*map(int, numbers[-1]))
        self._progress.setRange(0, progress.total)
        self._progress.setValue(progress.done)
        left = remaining_seconds(time.monotonic() - self._begun, progress)
        self._told.setText(
            f"Picture {progress.done} of at most {progress.total}, {left or 0:.0f} s left"
        )

    def _ended(self, code: int) -> None:
        self._form.setEnabled(True)
        self._start.setEnabled(True)
        self._progress.setVisible(False)
        if self._cancelled:
            self._told.setText("Cancelled; nothing was written.")
        elif code == 0:
            self._told.setText(f"{self._target.text()} is written.")
            self.exported.emit(self._target.text())
        else:
            said = bytes(self._process.readAllStandardError().data()).decode().strip()
            self._told.setText(said.split("\n")[-1].removeprefix("layerscope: "))

    def _not_started(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart:
            self._ended(1)
            self._told.setText(f"Python cannot be started as {sys.executable}. Install it again.")

    def done(self, result: int) -> None:
        if self._process.state() != QProcess.ProcessState.NotRunning:
            self._process.closeWriteChannel()
            if not self._process.waitForFinished(GRACE):
                self._process.kill()
                self._process.waitForFinished(GRACE)
        self._folder.cleanup()
        super().done(result)
