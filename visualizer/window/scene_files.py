"""Scenes in and out of the window: files, the clipboard, and what is dropped on it."""

import os
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QMainWindow

from kernels.errors import LayerscopeError, SceneError
from visualizer.panel import Panel
from visualizer.scenes.scene import Scene, naming, scene_from_text, scene_to_text
from visualizer.scenes.sources import changed_sources
from visualizer.scenes.store import SUFFIX, open_scene, save_scene
from visualizer.window.edits import Edits
from visualizer.window.errands import Errands
from visualizer.window.kept import Kept
from visualizer.window.last_folder import keep_folder_of, last_folder
from visualizer.window.session import Session

FILTER = "Scenes (*.toml);;All files (*)"
OPENED = "Scenes, data and weights (*.toml *.csv *.safetensors *.pt *.pth);;All files (*)"
CLIPBOARD = "The text in the clipboard"
PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".webp", ".tif", ".tiff", ".svg")


class SceneFiles(QObject):
    """Opens and saves what a session shows; `show` is called with a scene to be opened.

    `panel` gives the panel on the stage, which may have a use for a file that is no scene.

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
        panel: Callable[[], Panel | None],
    ) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._edits = edits
        self._errands = errands
        self._show = show
        self._panel = panel
        self._paths: dict[int, Path] = {}  # of the scenes that were opened, by their openings
        self.kept = Kept(session, errands, self)

    # ---- the actions of the menu "File" ----------------------------------------------------

    def open_scene(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self._window, "Open", str(last_folder()), OPENED)
        if name:
            self.open_path(Path(name))

    def reopen_scene(self) -> None:
        """Open what was open last, saved or not."""
        self._reopen(self.kept.last)

    def reopen_changed(self) -> None:
        """Open what a person changed last, saved or not."""
        self._reopen(self.kept.changed)

    def save_scene(self) -> None:
        path = self._path()
        if path is None:
            self.save_scene_as()
        else:
            self._save(path)

    def save_scene_as(self) -> None:
        start = self._path() or last_folder() / f"{self._session.info.key}{SUFFIX}"
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
            scene = scene_from_text(text, CLIPBOARD)
            with naming(CLIPBOARD):
                self.open(scene)
        except LayerscopeError as error:
            self.refused.emit(str(error))

    # ---- files -----------------------------------------------------------------------------

    def open(self, scene: Scene, path: Path | None = None) -> None:
        """Show `scene`, which is from the file `path` if it is from any.

        Raises `LayerscopeError` if it cannot be shown.
        """
        self.kept.keep()  # what is open now
        with naming(str(path)) if path is not None else nullcontext():
            self._show(scene)
        if path is not None:
            self._paths[self._session.opening] = path
        if scene.sources:
            self._errands.run(partial(changed_sources, scene), self._tell_changed)

    def open_path(self, path: Path) -> bool:
        """Do with a file what a person expects: open a scene, give data to the panel.

        Tells whether that could be begun.
        """
        try:
            if path.suffix.lower() == SUFFIX:
                self.open(open_scene(path), path)
            else:
                self._give(path)
        except LayerscopeError as error:
            self.refused.emit(str(error))
            return False
        keep_folder_of(path)
        return True

    def open_paths(self, paths: Sequence[Path]) -> None:
        """Do the same with the first of several files that is of use, a scene before all others."""
        scenes = [path for path in paths if path.suffix.lower() == SUFFIX]
        path = next(chain(scenes, filter(self._wanted, paths)), paths[0])
        others = [other.name for other in paths if other != path]
        if self.open_path(path) and others:
            self.told.emit(f"Took {path.name} and left out {', '.join(others)}: one at a time.")

    def _reopen(self, kept: Callable[[], Scene]) -> None:
        try:
            self.open(kept())
            self._session.set_play(start=0)  # that it was left there is no part of what was made
        except LayerscopeError as error:
            self.refused.emit(str(error))

    def _give(self, path: Path) -> None:
        """Give the panel a file that is no scene. Raises `SceneError` if it has no use for it."""
        panel, wanted = self._panel(), self._wanted(path)
        if wanted is None:
            takes = [f"a scene ({SUFFIX})", *(panel.drops if panel is not None else ())]
            raise SceneError(
                f"'{self._session.info.title}' can do nothing with {path.name}{_what(path)}. "
                f"It takes {'; '.join(takes)}. Choose one of these."
            )
        self._session.end_gesture()
        for name, value in wanted:
            self._edits.set_value(name, value)
        self._session.end_gesture()

    def _wanted(self, path: Path) -> tuple[tuple[str, Any], ...] | None:
        """What the panel makes of a file; None if it has no use for it."""
        panel = self._panel()
        return panel.dropParameters(str(path)) if panel is not None else None

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
        keep_folder_of(path)
        self.told.emit(f"Saved as {path.name}.")

    def _path(self) -> Path | None:
        """The file of the scene that is open; undo may have gone back to another."""
        return self._paths.get(self._session.opening)


def _what(path: Path) -> str:
    """What a file is of which one may have thought that it could be used."""
    if os.path.isdir(path):  # unlike Path's own, this never raises
        return ", a folder"
    return ", a picture" if path.suffix.lower() in PICTURES else ""


def _saved(scene: Scene, path: Path) -> str:
    """Save `scene`; gives why that is not possible, or nothing."""
    try:
        save_scene(scene, path)
    except LayerscopeError as error:
        return str(error)
    return ""
