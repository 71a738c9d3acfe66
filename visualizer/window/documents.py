"""What the run that is open can be saved as beside a scene: entries of the menu for each."""

from collections.abc import Callable, Mapping
from functools import partial
from itertools import count
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog

from kernels.errors import LayerscopeError
from kernels.simulation import Document
from visualizer.exporting.target import workplace
from visualizer.playing.player import Player
from visualizer.window.actions import DOCUMENT_KEYS, with_keys
from visualizer.window.errands import Errands
from visualizer.window.last_folder import keep_folder_of, last_folder
from visualizer.window.main_window import MainWindow
from visualizer.window.session import Session


class Documents(QObject):
    """Saves documents of the run, such as its weights, at the step that it has reached.

    `open_path` is called with a file that is to be loaded in the place of one. `told` is emitted
    with a sentence about what was saved, `refused` with one about what was not.
    """

    told = Signal(str)
    refused = Signal(str)

    def __init__(
        self,
        window: MainWindow,
        session: Session,
        player: Player,
        errands: Errands,
        open_path: Callable[[Path], None],
    ) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._player = player
        self._errands = errands
        self._open_path = open_path
        self._known: tuple[Document, ...] = ()
        self._actions: list[QAction] = []
        self._numbers = count(1)
        self._wanted: dict[int, tuple[Path, Document]] = {}  # what is to go where, by its number
        session.parametersChanged.connect(self._offer)
        player.documented.connect(self._write)

    def actions(self) -> tuple[QAction, ...]:
        """The entries of the menu for the documents of the run that is open."""
        return tuple(self._actions)

    @Slot(object)
    def _offer(self, parameters: object) -> None:
        """Put the documents of a run with these parameters into the menu, below the export."""
        known = self._session.info.load_simulation()(parameters).documents
        if known == self._known:
            return
        self._known = known
        for action in self._actions:
            self._window.removeAction(action)  # at once, since the next ones have its key
            action.deleteLater()
        entries = self._window.file_menu.actions()
        behind = entries[entries.index(self._window.actions_by_key["export"]) + 1]
        self._actions = []
        for document in known:
            self._add(f"Save {_lower(document.title)}…", document, self._ask)
            if document.loads:
                self._add(f"Load {_lower(document.title)}…", document, self._load)
        for action, key in with_keys(self._actions, DOCUMENT_KEYS):
            action.setShortcut(key)
        self._window.addActions(self._actions)  # so that keys work while menus are hidden
        self._window.file_menu.insertActions(behind, self._actions)

    def _add(self, text: str, document: Document, do: Callable[[], None]) -> None:
        action = QAction(text.replace("&", "&&"), self)
        action.setData(document)
        action.triggered.connect(do)
        self._actions.append(action)

    @Slot()
    def _load(self) -> None:
        """Ask for a file, and do with it what the panel does with it when it is dropped."""
        title, document = self._sent()
        filters = f"{document.loads};;All files (*)"
        name, _ = QFileDialog.getOpenFileName(self._window, title, str(last_folder()), filters)
        if name:
            self._open_path(Path(name))

    @Slot()
    def _ask(self) -> None:
        """Ask where to, then ask the run for it."""
        title, document = self._sent()
        suffix = document.suffix
        start = last_folder() / f"{self._session.info.key}{suffix}"
        filters = f"{document.title} (*{suffix});;All files (*)"
        name, _ = QFileDialog.getSaveFileName(self._window, title, str(start), filters)
        if name:
            named = Path(name) if name.lower().endswith(suffix) else Path(f"{name}{suffix}")
            number = next(self._numbers)
            self._wanted[number] = named, document
            self._player.document(number, suffix)

    @Slot(int, object, int)
    def _write(self, number: int, files: Mapping[str, bytes], step: int) -> None:
        """Write what the run gave to where it was wanted."""
        wanted = self._wanted.pop(number, None)
        if wanted is None:  # somebody else asked
            return
        path, document = wanted
        named = {f"{path.stem}{ending}": data for ending, data in files.items()}
        told = f"Saved as {' and '.join(named)}, after step {step:,}. {document.note}".rstrip()
        self._errands.run(partial(_written, path, named), partial(self._tell, path, told))

    def _sent(self) -> tuple[str, Document]:
        """The text of the entry that was chosen, and its document."""
        action = self.sender()
        assert isinstance(action, QAction)
        return action.text().replace("&&", "&").rstrip("…"), action.data()

    def _tell(self, path: Path, told: str, mistake: str) -> None:
        if mistake:
            self.refused.emit(mistake)
            return
        keep_folder_of(path)
        self.told.emit(told)


def _lower(title: str) -> str:
    """`title` within a sentence."""
    return title[:1].lower() + title[1:]


def _written(path: Path, files: Mapping[str, bytes]) -> str:
    """Write `files` beside `path`, whole or not at all; gives why that is not possible."""
    try:
        with workplace(path) as folder:
            for name, data in files.items():
                (folder / name).write_bytes(data)
    except LayerscopeError as error:
        return str(error)
    return ""
