"""Scenes in and out of the window: files, the clipboard, and what is dropped on it."""

import logging
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QSettings, QStandardPaths, QTimer, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QMainWindow

from kernels.errors import LayerscopeError, SceneError
from visualizer.panel import Panel
from visualizer.scenes.scene import Scene, scene_from_text, scene_to_text
from visualizer.scenes.sources import changed_sources
from visualizer.scenes.store import SUFFIX, open_scene, save_scene
from visualizer.window.edits import Edits
from visualizer.window.errands import Errands
from visualizer.window.session import Session

FILTER = "Scenes (*.toml);;All files (*)"
OPENED = "Scenes, data and weights (*.toml *.csv *.safetensors *.pt *.pth);;All files (*)"
PAUSE = 2000  # milliseconds without a change after which what is open is kept
PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".webp", ".tif", ".tiff", ".svg")


logger = logging.getLogger("layerscope")


def last_scene() -> Path:
    """The file that keeps what was made last, even if the program or the machine failed then."""
    kind = QStandardPaths.StandardLocation.AppLocalDataLocation
    return Path(QStandardPaths.writableLocation(kind)) / f"last{SUFFIX}"


class SceneFiles(QObject):
    """Opens and saves what a session shows; `show` is called with a scene to be opened.

    `told` is emitted with a sentence about what was done, `refused` with one about what was not, or
    with those about what is not as it was.
    """

    told = Signal(str)
    refused = Signal(str)

    def __init__(
        self,
        window: QMainWindow,
        session: Session,
        edits: Edits,
        errands: Errands,
        show: Callable[[Scene], None],
    ) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._edits = edits
        self._errands = errands
        self._show = show
        self._paths: dict[int, Path] = {}  # of the scenes that were opened, by their openings
        self._settings = QSettings()
        self._pause = QTimer(self, singleShot=True, interval=PAUSE)
        self._pause.timeout.connect(self.keep_last)
        session.undo_stack.indexChanged.connect(self._wait)

    # ---- the actions of the menu "File" ----------------------------------------------------

    def open_scene(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self._window, "Open", self._folder(), OPENED)
        if name:
            self.open_path(Path(name))

    def reopen_scene(self) -> None:
        """Open what a person made of a scene last, saved or not."""
        path = last_scene()
        try:
            if not path.exists():
                raise SceneError("Nothing is kept: nothing was ever changed in a window.")
            self.open(open_scene(path))
            self._session.set_play(start=0)  # that it was left there is no part of what was made
        except LayerscopeError as error:
            self.refused.emit(str(error))

    @Slot()
    def _wait(self) -> None:
        self._pause.start()

    @Slot()
    def keep_last(self) -> None:
        """Keep what is open, and where it is, for `reopen_scene`, if anything was done to it."""
        self._pause.stop()
        if self._session.undo_stack.count():
            scene, step = self._session.scene(), self._session.player.heading
            left = scene.model_copy(update={"play": scene.play.model_copy(update={"start": step})})
            self._errands.run(partial(_kept, left, last_scene()), _warn)

    def save_scene(self) -> None:
        path = self._path()
        if path is None:
            self.save_scene_as()
        else:
            self._save(path)

    def save_scene_as(self) -> None:
        start = self._path() or Path(self._folder()) / f"{self._session.info.key}{SUFFIX}"
        name, _ = QFileDialog.getSaveFileName(self._window, "Save scene as", str(start), FILTER)
        if name:
            path = Path(name)
            self._save(path if path.suffix else path.with_suffix(SUFFIX))

    def copy_scene(self) -> None:
        QGuiApplication.clipboard().setText(scene_to_text(self._session.scene()))
        self.told.emit("The scene is in the clipboard, as text.")

    def paste_scene(self) -> None:
        try:
            text = QGuiApplication.clipboard().text()
            if not text.strip():
                raise SceneError(
                    "The clipboard holds no text. Copy a scene first, with 'Copy scene as text'."
                )
            self.open(scene_from_text(text, "The text in the clipboard"))
        except LayerscopeError as error:
            self.refused.emit(str(error))

    # ---- files -----------------------------------------------------------------------------

    def open(self, scene: Scene, path: Path | None = None) -> None:
        """Show `scene`, which is from the file `path` if it is from any.

        Raises `LayerscopeError` if it cannot be shown.
        """
        self._show(scene)
        if path is not None:
            self._paths[self._session.opening] = path
        if scene.sources:
            self._errands.run(partial(changed_sources, scene), self._tell_changed)

    def open_path(self, path: Path, panel: Panel | None = None) -> None:
        """Do with a file what a person expects: open a scene, give data to `panel`."""
        try:
            if path.suffix.lower() == SUFFIX:
                self.open(open_scene(path), path)
            else:
                self._give(path, panel)
        except LayerscopeError as error:
            self.refused.emit(str(error))
            return
        self._settings.setValue("folder", str(path.parent))

    def _give(self, path: Path, panel: Panel | None) -> None:
        """Give a file that is no scene to `panel`. Raises `SceneError` if it has no use for it."""
        wanted = panel.dropParameters(str(path)) if panel is not None else None
        if wanted is None:
            what = "a picture" if path.suffix.lower() in PICTURES else "no scene"
            raise SceneError(
                f"{path.name} is {what}, and '{self._session.info.title}' does not know what to do "
                f"with it. Open a scene ({SUFFIX}), or a file that this panel can use."
            )
        self._session.end_gesture()
        for name, value in wanted:
            self._edits.set_value(name, value)
        self._session.end_gesture()

    def _tell_changed(self, changed: tuple[str, ...]) -> None:
        if changed:
            self.refused.emit("\n".join(changed))

    def _save(self, path: Path) -> None:
        work = partial(_saved, self._session.scene(), path)
        self._errands.run(work, partial(self._tell_saved, path, self._session.opening))

    def _tell_saved(self, path: Path, opening: int, mistake: str) -> None:
        if mistake:
            self.refused.emit(mistake)
            return
        self._paths[opening] = path
        self._settings.setValue("folder", str(path.parent))
        self.told.emit(f"Saved as {path.name}.")

    def _path(self) -> Path | None:
        """The file of the scene that is open; undo may have gone back to another."""
        return self._paths.get(self._session.opening)

    def _folder(self) -> str:
        return str(self._settings.value("folder") or Path.home())


def _saved(scene: Scene, path: Path) -> str:
    """Save `scene`; gives why that is not possible, or nothing."""
    try:
        save_scene(scene, path)
    except LayerscopeError as error:
        return str(error)
    return ""


def _kept(scene: Scene, path: Path) -> str:
    """The same in a folder that may be missing."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        return str(error)
    return _saved(scene, path)


def _warn(mistake: str) -> None:
    if mistake:
        logger.warning("What is open could not be kept: %s", mistake)
