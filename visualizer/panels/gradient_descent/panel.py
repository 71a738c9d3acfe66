"""The gradient-descent panel: it shows each experiment on a board of its own."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from PySide6.QtWidgets import QWidget

from kernels.descent.gradient_descent import GradientDescent
from kernels.objectives.catalogue import LineParameters, LogisticParameters
from visualizer.panels.board_panel import BoardPanel
from visualizer.panels.gradient_descent.basins_board import BasinsBoard
from visualizer.panels.gradient_descent.board import AnyBoard
from visualizer.panels.gradient_descent.comparison_board import ComparisonBoard
from visualizer.panels.gradient_descent.curve_board import CurveBoard
from visualizer.panels.gradient_descent.map_board import MapBoard
from visualizer.panels.gradient_descent.race_board import RaceBoard
from visualizer.panels.gradient_descent.tuning_board import TuningBoard
from visualizer.panels.gradient_descent.view import GradientDescentView
from widgets.colors import Mark
from widgets.style import Style

BOARDS: dict[str, type[AnyBoard]] = {
    "race": RaceBoard,
    "comparison": ComparisonBoard,
    "basins": BasinsBoard,
    "map": MapBoard,
    "tuning": TuningBoard,
}


class GradientDescentPanel(BoardPanel):
    """Optimizers descend a loss surface: a race, basins, a map of hyper-parameters, a tuning."""

    View: ClassVar[type[GradientDescentView]] = GradientDescentView
    drops: ClassVar[tuple[str, ...]] = ("a table (.csv)",)

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(style, parent)
        self.setWindowTitle("Gradient descent")
        self._parameters: GradientDescent | None = None

    def setParameters(self, parameters: GradientDescent) -> None:
        self._parameters = parameters
        kind = BOARDS[parameters.experiment.kind]
        if kind is RaceBoard and parameters.objective.kind == "curve":
            kind = CurveBoard
        self.showBoard(kind)

    def rowMarks(self, parameters: GradientDescent) -> Mapping[str, Sequence[Mark]]:
        marks = [self._style.mark(i) for i in range(len(parameters.optimizers))]
        return {"optimizers": marks}

    def dropParameters(self, path: str) -> tuple[tuple[str, Any], ...] | None:
        """A CSV file becomes the data of the line, or of the logistic curve if that is shown."""
        if Path(path).suffix.lower() != ".csv":
            return None
        is_logistic = self._parameters is not None and isinstance(
            self._parameters.objective, LogisticParameters
        )
        kind = LogisticParameters if is_logistic else LineParameters
        return (
            ("objective", {"kind": kind().kind, "data": {"kind": "csv", "file": f"file:{path}"}}),
        )
