"""The training panel: it shows each experiment with a network on a board of its own."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from PySide6.QtWidgets import QWidget

from kernels.networks.network import rows
from kernels.networks.weights import SAFETENSORS, STATE_DICTS
from kernels.samples.samples import Dataset
from kernels.training.comparison.parameters import ComparisonExperiment
from kernels.training.comparison.settings import branching
from kernels.training.parameters import PICTURES, Training
from visualizer.panels.board import AnyBoard
from visualizer.panels.board_panel import BoardPanel
from visualizer.panels.training.comparison.comparison_board import ComparisonBoard
from visualizer.panels.training.fan_board import FanBoard
from visualizer.panels.training.finder_board import FinderBoard
from visualizer.panels.training.landscape_board import LandscapeBoard
from visualizer.panels.training.run.picture_board import PictureBoard
from visualizer.panels.training.run.training_board import TrainingBoard
from visualizer.panels.training.sampling_board import SamplingBoard
from visualizer.panels.training.step.step_board import StepBoard
from visualizer.panels.training.view import TrainingView
from widgets.colors import Mark
from widgets.style import Style

BOARDS: dict[str, type[AnyBoard]] = {
    "train": TrainingBoard,
    "pictures": PictureBoard,
    "step": StepBoard,
    "finder": FinderBoard,
    "comparison": ComparisonBoard,
    "fan": FanBoard,
    "landscape": LandscapeBoard,
    "sampling": SamplingBoard,
}


class TrainingPanel(BoardPanel):
    """A network in training, or the search for its learning rate."""

    View: ClassVar[type[TrainingView]] = TrainingView
    drops: ClassVar[tuple[str, ...]] = (
        "a table (.csv)",
        "a folder of pictures",
        f"weights ({', '.join((SAFETENSORS, *STATE_DICTS))})",
    )

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(style, parent)
        self.setWindowTitle("Training")
        self._parameters: Training | None = None
        self._dataset: Dataset | None = None  # of the last frame
        self._view: TrainingView

    def setParameters(self, parameters: Training) -> None:
        self._parameters = parameters
        kind: str = parameters.experiment.kind
        if kind == "train" and self._view.inside:
            kind = "step"
        elif kind == "train" and parameters.dataset.kind in PICTURES:
            kind = "pictures"
        self.showBoard(BOARDS[kind]).setParameters(parameters)

    def setView(self, view: TrainingView) -> None:
        was_inside = self._view.inside
        super().setView(view)
        if view.inside != was_inside and self._parameters is not None:
            self.setParameters(self._parameters)

    def draw(self, frame: Any) -> None:
        super().draw(frame)
        dataset = getattr(getattr(frame, "plan", None), "dataset", None)
        if dataset is not None and dataset is not self._dataset:
            self._dataset = dataset
            self.notesChanged.emit()

    def rowNotes(self, parameters: Training) -> Mapping[str, Sequence[str]]:
        """The shape of one sample behind each layer, and how many numbers the layer learns."""
        if self._dataset is None:
            return {}
        shape, outputs = self._dataset.shape, self._dataset.outputs
        told = [
            f"gives {' × '.join(map(str, row.shape))}, {row.parameters:,} parameters"
            if row.shape
            else ""
            for row in rows(parameters.network.layers, shape, outputs)
        ]
        return {"network.layers": told[:-1]}

    def rowMarks(self, parameters: Training) -> Mapping[str, Sequence[Mark]]:
        if not isinstance(parameters.experiment, ComparisonExperiment):
            return {}
        count = len(parameters.experiment.runs)
        return {"experiment.runs": [self._style.mark(index + 1) for index in range(count)]}

    def branchParameters(
        self, parameters: Training, step: int
    ) -> tuple[tuple[str, Any], ...] | None:
        """Another run, beside the one that is there or those that are compared."""
        return branching(parameters, step)

    def dropParameters(self, path: str) -> tuple[tuple[str, Any], ...] | None:
        """A CSV file becomes the data, a folder of pictures too, and weights the first ones."""
        if Path(path).is_dir():
            return (
                ("dataset", {"kind": "pictures", "folder": f"file:{path}"}),
                ("network", "cnn-25k"),
            )
        if Path(path).suffix.lower() == ".csv":
            return (("dataset", {"kind": "csv", "file": f"file:{path}"}),)
        if Path(path).suffix.lower() in (SAFETENSORS, *STATE_DICTS):
            return (("weights", f"file:{path}"),)
        return None
