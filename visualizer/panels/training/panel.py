"""The training panel: it shows each experiment with a network on a board of its own."""

from pathlib import Path
from typing import Any, ClassVar

from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from kernels.training.experiments import PICTURES
from kernels.training.parameters import Training
from visualizer.panel import Panel
from visualizer.panels.board import AnyBoard
from visualizer.panels.training.finder_board import FinderBoard
from visualizer.panels.training.picture_board import PictureBoard
from visualizer.panels.training.training_board import TrainingBoard
from visualizer.panels.training.view import TrainingView
from widgets.style import Style

BOARDS: dict[str, type[AnyBoard]] = {
    "train": TrainingBoard,
    "pictures": PictureBoard,
    "finder": FinderBoard,
}


class TrainingPanel(Panel):
    """A network in training, or the search for its learning rate."""

    View: ClassVar[type[TrainingView]] = TrainingView

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(style, parent)
        self.setWindowTitle("Training")
        self._view = TrainingView()
        self._boards: dict[str, AnyBoard] = {}
        self._stack = QStackedWidget()
        layout = QVBoxLayout(self)
        layout.addWidget(self._stack)
        style.changed.connect(self._restyle)
        self._restyle()

    def setParameters(self, parameters: Training) -> None:
        kind: str = parameters.experiment.kind
        if kind == "train" and parameters.dataset.kind in PICTURES:
            kind = "pictures"
        if kind not in self._boards:
            self._add(kind)
        board = self._boards[kind]
        board.setParameters(parameters)
        if self._stack.currentWidget() is not board:
            self._stack.setCurrentWidget(board)
            self.watchChanged.emit()

    def setView(self, view: TrainingView) -> None:
        self._view = view
        for board in self._boards.values():
            board.setView(view)

    def draw(self, frame: Any) -> None:
        board = self._board()
        if board is not None and board.shows(frame):
            board.draw(frame)

    def watch(self) -> frozenset[str]:
        board = self._board()
        return board.watch() if board is not None else frozenset()

    def description(self) -> str:
        board = self._board()
        return board.description() if board is not None else ""

    def dropParameters(self, path: str) -> tuple[tuple[str, Any], ...] | None:
        """A CSV file becomes the data, and so does a folder of pictures."""
        if Path(path).is_dir():
            return (("dataset", {"kind": "pictures", "folder": path}), ("network", "cnn-25k"))
        if Path(path).suffix.lower() == ".csv":
            return (("dataset", {"kind": "csv", "file": f"file:{path}"}),)
        return None

    def _board(self) -> AnyBoard | None:
        widget = self._stack.currentWidget()
        return widget if widget is not None else None  # type: ignore[return-value]

    def _add(self, kind: str) -> None:
        board = self._boards[kind] = BOARDS[kind](self._style)
        board.parameterRequested.connect(self.parameterRequested)
        board.viewRequested.connect(self.viewRequested)
        board.actionRequested.connect(self.actionRequested)
        board.released.connect(self.gestureFinished)
        board.setView(self._view)
        self._stack.addWidget(board)

    def _restyle(self) -> None:
        margin = round(self._style.px(10))
        layout = self.layout()
        assert layout is not None
        layout.setContentsMargins(margin, margin, margin, margin)
