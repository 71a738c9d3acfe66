"""What was open last, and what was changed last, kept in files in case nobody saves it."""

import logging
from contextlib import suppress
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QStandardPaths, QTimer, Slot

from kernels.errors import LayerscopeError, SceneError
from visualizer.scenes.scene import Scene
from visualizer.scenes.sources import to_folder
from visualizer.scenes.store import SUFFIX, open_scene, write_scene
from visualizer.window.errands import Errands
from visualizer.window.session import Session

PAUSE = 2000  # milliseconds without a change after which what is open is kept
MINUTE = 60_000  # milliseconds after which it is kept while it goes on

logger = logging.getLogger("layerscope")


def last_file() -> Path:
    """The file that keeps what was open last, even if the program or the machine failed then."""
    kind = QStandardPaths.StandardLocation.AppLocalDataLocation
    return Path(QStandardPaths.writableLocation(kind)) / f"last{SUFFIX}"


def changed_file() -> Path:
    """The file that keeps what a person changed last; looking at other scenes leaves it alone."""
    return last_file().with_name(f"changed{SUFFIX}")


class Kept(QObject):
    """Keeps what a session shows, and where it is: soon after a change, and while it goes on."""

    def __init__(self, session: Session, errands: Errands, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._errands = errands
        self._kept: dict[Path, tuple[int, Scene]] = {}  # by this window, and in which opening
        self._earlier: dict[Path, Scene] = {}  # what was kept before that opening
        self._pause = QTimer(self, singleShot=True, interval=PAUSE)
        self._pause.timeout.connect(self.keep)
        self._clock = QTimer(self, interval=MINUTE)
        self._clock.timeout.connect(self.keep)
        self._clock.start()
        session.undo_stack.indexChanged.connect(self._wait)

    @Slot()
    def keep(self) -> None:
        """Keep what is open, if it has run or was changed."""
        self._pause.stop()
        step, is_changed = self._session.player.heading, self._session.is_changed()
        if step or is_changed:
            scene = self._session.scene()
            left = scene.model_copy(update={"play": scene.play.model_copy(update={"start": step})})
            paths = (last_file(), changed_file())[: 2 if is_changed else 1]
            for path in paths:
                self._note(left, path)
            self._errands.run(partial(_keep, left, paths), _warn)

    def last(self) -> Scene:
        """What was open before what is open. Raises `SceneError` if there was no such thing."""
        return self._other(last_file())

    def changed(self) -> Scene:
        """What was changed before what is open. Raises `SceneError` likewise."""
        return self._other(changed_file())

    def _other(self, path: Path) -> Scene:
        """What `path` keeps that is not what is open: of this window or of an earlier one."""
        opening, scene = self._kept.get(path, (0, None))
        if opening == self._session.opening:
            scene = self._earlier.get(path)
        elif scene is None and path.exists():
            scene = open_scene(path)
        if scene is None:
            what = "changed" if path == changed_file() else "open"
            raise SceneError(f"Nothing is kept: nothing was {what} before this.")
        return scene

    @Slot()
    def _wait(self) -> None:
        self._pause.start()

    def _note(self, scene: Scene, path: Path) -> None:
        opening = self._session.opening
        if path not in self._kept or self._kept[path][0] != opening:
            with suppress(LayerscopeError):  # nothing is there, or nothing that can be opened
                self._earlier[path] = self._other(path)
        self._kept[path] = (opening, scene)


def _keep(scene: Scene, paths: tuple[Path, ...]) -> str:
    """Save `scene` in files of one folder; gives why that is not possible, or nothing."""
    folder = paths[0].parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
        named = to_folder(scene, folder)
        for path in paths:
            write_scene(named, path)
    except (OSError, LayerscopeError) as error:
        return str(error)
    return ""


def _warn(mistake: str) -> None:
    if mistake:
        logger.warning("What is open could not be kept: %s", mistake)
