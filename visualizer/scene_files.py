"""Scenes in and out of the window: files, the clipboard, and what is dropped on it."""

from pathlib import Path

from PySide6.QtCore import QObject, QSettings, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QMainWindow

from kernels.errors import LayerscopeError, SceneError
from visualizer.panel import Panel
from visualizer.scene import scene_from_text, scene_to_text
from visualizer.scene_store import open_scene, panel_scene, save_scene
from visualizer.session import Session

FILTER = "Scenes (*.toml);;All files (*)"
LARGEST_TEXT = 1_000_000  # characters; a scene has some thousand


class SceneFiles(QObject):
    """Opens and saves what a session shows.

    `told` is emitted with a sentence about what was done, `refused` with one about what was not.
    """

    told = Signal(str)
    refused = Signal(str)

    def __init__(self, window: QMainWindow, session: Session) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._path: Path | None = None
        self._settings = QSettings()

    # ---- the actions of the menu "File" ----------------------------------------------------

    def open_scene(self) -> None:
        name, _ = QFileDialog.getOpenFileName(
            self._window, "Open", self._folder(), "Scenes and data (*.toml *.csv);;All files (*)"
        )
        if name:
            self.open_path(Path(name))

    def save_scene(self) -> None:
        if self._path is None:
            self.save_scene_as()
        else:
            self._save(self._path)

    def save_scene_as(self) -> None:
        start = self._path or Path(self._folder()) / f"{self._session.info.key}.toml"
        name, _ = QFileDialog.getSaveFileName(self._window, "Save scene as", str(start), FILTER)
        if name:
            path = Path(name)
            self._save(path if path.suffix else path.with_suffix(".toml"))

    def copy_scene(self) -> None:
        QGuiApplication.clipboard().setText(scene_to_text(self._session.scene()))
        self.told.emit("The scene is in the clipboard, as text.")

    def paste_scene(self) -> None:
        text = QGuiApplication.clipboard().text()
        try:
            if not text.strip() or len(text) > LARGEST_TEXT:
                raise SceneError(
                    "The clipboard holds no scene. Copy one first, with 'Copy scene as text'."
                )
            self._session.open(scene_from_text(text, "The clipboard"))
        except LayerscopeError as error:
            self.refused.emit(str(error))
            return
        self._path = None

    def reset_scene(self) -> None:
        """The scene with which the panel opens."""
        self._session.open(panel_scene(self._session.info))
        self._path = None

    # ---- files -----------------------------------------------------------------------------

    def open_path(self, path: Path, panel: Panel | None = None) -> None:
        """Do with a file what a person expects: open a scene, give data to the panel."""
        try:
            wanted = panel.dropParameters(str(path)) if panel is not None else None
            if wanted is not None:
                for name, value in wanted:
                    self._session.edit(name, value)
                self._session.end_gesture()
                return
            self._session.open(open_scene(path))
        except LayerscopeError as error:
            self.refused.emit(str(error))
            return
        self._path = path
        self._settings.setValue("folder", str(path.parent))

    def _save(self, path: Path) -> None:
        try:
            save_scene(self._session.scene(), path)
        except LayerscopeError as error:
            self.refused.emit(str(error))
            return
        self._path = path
        self._settings.setValue("folder", str(path.parent))
        self.told.emit(f"Saved as {path.name}.")

    def _folder(self) -> str:
        return str(self._settings.value("folder") or Path.home())
