"""The training panel: it shows each experiment with a network on a board of its own."""

from pathlib import Path
from typing import Any, ClassVar

from PySide6.QtWidgets import QWidget

from kernels.training.experiments import PICTURES
from kernels.training.parameters import Training
from visualizer.panels.board import AnyBoard
from visualizer.panels.board_panel import BoardPanel
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


class TrainingPanel(BoardPanel):
    """A network in training, or the search for its learning rate."""

    View: ClassVar[type[TrainingView]] = TrainingView

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(style, parent)
        self.setWindowTitle("Training")

    def setParameters(self, parameters: Training) -> None:
        kind: str = parameters.experiment.kind
        if kind == "train" and parameters.dataset.kind in PICTURES:
            kind = "pictures"
        self.showBoard(BOARDS[kind]).setParameters(parameters)

    def dropParameters(self, path: str) -> tuple[tuple[str, Any], ...] | None:
        """A CSV file becomes the data, and so does a folder of pictures."""
        if Path(path).is_dir():
            return (("dataset", {"kind": "pictures", "folder": path}), ("network", "cnn-25k"))
        if Path(path).suffix.lower() == ".csv":
            return (("dataset", {"kind": "csv", "file": f"file:{path}"}),)
        return None
