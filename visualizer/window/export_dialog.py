"""Export from the window: asks how, and shows how far it is."""

import os
import time
from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
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
from visualizer.exporting.export import Progress, remaining_seconds
from visualizer.exporting.process import ExportProcess
from visualizer.exporting.target import OPAQUE, UNDRAWN, suffix_of
from visualizer.files import is_read_only
from visualizer.scenes.scene import Scene
from widgets.colors import ThemeName

SIZES = ("1280x720", "1920x1080", "2560x1440", "3840x2160", "1080x1080", "1024x640", "640x360")
FILTER = (
    "Film (*.mp4 *.webm *.gif *.webp *.apng);;Picture (*.png *.svg *.pdf);;"
    "Numbers (*.json *.csv *.npz);;All files (*)"
)
FILMS = (".mp4", ".webm", ".gif", ".webp", ".apng")


class ExportDialog(QDialog):
    """Asks how a scene is to be exported, and does it, with progress, cancel and remaining time.

    Parameters
    ----------
    scene
        What is exported, with all that was done to its run.
    reached
        The step that the run has reached: as proposed, the export goes as far at least.

    Signals
    -------
    told(sentence)
        The export is complete, and where.
    failed(sentence, details)
        An error in the program ended it.
    """

    told = Signal(str)
    failed = Signal(str, str)

    def __init__(
        self, scene: Scene, reached: int, theme: ThemeName, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Export")
        self._first = (0.0, 0)  # when the first picture was there, and its number
        self._process = ExportProcess(scene, self)
        self._process.advanced.connect(self._show_progress)
        self._process.ended.connect(self._show_end)

        stride = max(1, scene.play.steps_per_frame)
        frames = max(scene.play.frames, -(-reached // stride) + 1)
        self.target = QLineEdit(str(Path.home() / f"{scene.panel}.mp4"))
        self.size_box = QComboBox(editable=True)
        self.size_box.addItems(SIZES)
        self.frames = QSpinBox(minimum=1, maximum=1_000_000, value=frames)
        self.stride = QSpinBox(minimum=1, maximum=1_000_000, value=stride)
        self.rate = QDoubleSpinBox(minimum=0.1, maximum=240, value=scene.play.frames_per_second)
        self.spacing = QComboBox()
        self.spacing.addItems(["linear", "log"])
        self.theme = QComboBox()
        self.theme.addItems(["light", "dark"])
        self.theme.setCurrentText(theme)
        self.transparent = QCheckBox("Leave out the ground")
        self.progress = QProgressBar(textVisible=False)
        self.progress.hide()
        self.note = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)  # names files
        self._buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.start_button = self._buttons.addButton(
            "Export", QDialogButtonBox.ButtonRole.AcceptRole
        )
        self.close_button = self._buttons.button(QDialogButtonBox.StandardButton.Close)
        self._lay_out()
        self.target.textChanged.connect(self._show_target)
        self._buttons.accepted.connect(self.start)
        self._buttons.rejected.connect(self.reject)
        self._show_target(self.target.text())

    def start(self) -> None:
        """Begin the export that the form describes."""
        target = _path_of(self.target.text())
        try:
            suffix_of(target)
            self._process.begin(target, self._options())
        except LayerscopeError as error:
            self.note.setText(str(error))
            return
        self._first = (0.0, 0)
        self._show_running(True)
        self.progress.setRange(0, 0)
        self.note.setText("Starting…")

    def reject(self) -> None:
        """Cancel the export that runs; close if none does."""
        if self._process.isRunning():
            self.note.setText("Cancelling…")
            self._process.cancel()
        else:
            super().reject()

    def done(self, result: int) -> None:
        self._process.close()
        super().done(result)

    def _options(self) -> list[str]:
        given = ["--size", self.size_box.currentText(), "--theme", self.theme.currentText()]
        given += ["--frames", str(self.frames.value()), "--fps", f"{self.rate.value():g}"]
        given += ["--steps-per-frame", str(self.stride.value())]
        given += ["--spacing", self.spacing.currentText()]
        return [*given, "--transparent"] if self.transparent.isChecked() else given

    def _lay_out(self) -> None:
        self.setMinimumWidth(460)
        browse = QPushButton("Browse…")
        browse.clicked.connect(self._browse)
        place = QHBoxLayout()
        place.addWidget(self.target)
        place.addWidget(browse)
        self._form = QWidget()
        form = QFormLayout(self._form)
        form.setContentsMargins(0, 0, 0, 0)
        form.addRow("File", place)
        self.target.setAccessibleName("File")
        form.addRow("Size", self.size_box)
        form.addRow("Pictures, at most", self.frames)
        form.addRow("Steps a picture", self.stride)
        form.addRow("Spacing", self.spacing)
        form.addRow("Pictures a second", self.rate)
        form.addRow("Theme", self.theme)
        form.addRow("", self.transparent)
        layout = QVBoxLayout(self)
        for widget in (self._form, self.progress, self.note, self._buttons):
            layout.addWidget(widget)

    @Slot()
    def _browse(self) -> None:
        name, _ = QFileDialog.getSaveFileName(
            self, "Export to", self.target.text(), FILTER,
            options=QFileDialog.Option.DontConfirmOverwrite,
        )  # fmt: skip
        if name:
            self.target.setText(name)

    @Slot(str)
    def _show_target(self, text: str) -> None:
        """Offer what matters for this kind of file, and say what is about to be replaced."""
        path = _path_of(text)
        suffix = path.suffix.lower()
        self.start_button.setEnabled(bool(text.strip()))  # no name would mean the present folder
        draws = suffix not in UNDRAWN
        for widget in (self.size_box, self.theme):
            widget.setEnabled(draws)
        self.rate.setEnabled(suffix in FILMS)
        self.transparent.setEnabled(draws and suffix not in OPAQUE)
        if not self.transparent.isEnabled():
            self.transparent.setChecked(False)
        self.note.setText(_notice(path))

    def _show_running(self, running: bool) -> None:
        self._form.setEnabled(not running)
        self.start_button.setEnabled(not running)
        self.close_button.setText("Cancel" if running else "Close")
        self.progress.setVisible(running)

    @Slot(object)
    def _show_progress(self, progress: Progress) -> None:
        if not self._first[1]:
            self._first = (time.monotonic(), progress.done)
        self.progress.setRange(0, progress.total)
        self.progress.setValue(progress.done)
        begun, first = self._first  # what comes before the first picture says nothing of the rest
        since = Progress(progress.done - first, progress.total - first)
        left = remaining_seconds(time.monotonic() - begun, since)
        rest = "" if left is None else f", {left:.0f} s left"
        self.note.setText(f"Picture {progress.done} of at most {progress.total}{rest}")

    @Slot(bool, str, str)
    def _show_end(self, is_written: bool, sentence: str, details: str) -> None:
        self._show_running(False)
        self.note.setText(sentence)
        if is_written:
            self.told.emit(sentence)
        elif details:
            self.failed.emit(sentence, details)


def _notice(path: Path) -> str:
    """What to know before `path` is written."""
    if os.path.isfile(path):  # unlike Path's own, this never raises
        if is_read_only(path):
            return f"{path.name} is there and read-only. Choose another name."
        return f"{path.name} is there; it will be replaced."
    if not path.name or path.suffix:
        return ""
    replaced = ", in the place of those that are there" if os.path.isdir(path) else ""
    return f"Numbered pictures will be put in the folder {path.name}{replaced}."


def _path_of(text: str) -> Path:
    """The path that was typed; unlike Path's own, this takes ``~nobody`` as the name of a file."""
    return Path(os.path.expanduser(text.strip()))
