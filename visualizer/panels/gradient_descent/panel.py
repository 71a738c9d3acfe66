"""The gradient-descent panel: it shows each experiment on a board of its own."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from kernels.descent.gradient_descent import GradientDescent
from kernels.objectives.catalogue import LineParameters, LogisticParameters
from visualizer.panel import Panel
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


class GradientDescentPanel(Panel):
    """Optimizers descend a loss surface: a race, basins, a map of hyper-parameters, a tuning."""

    View: ClassVar[type[GradientDescentView]] = GradientDescentView

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(style, parent)
        self.setWindowTitle("Gradient descent")
        self._parameters: GradientDescent | None = None
        self._view = GradientDescentView()
        self._boards: dict[type[AnyBoard], AnyBoard] = {}
        self._stack = QStackedWidget()
        layout = QVBoxLayout(self)
        layout.addWidget(self._stack)
        style.changed.connect(self._restyle)
        self._restyle()

    def setParameters(self, parameters: GradientDescent) -> None:
        self._parameters = parameters
        self._show_board()

    def setView(self, view: GradientDescentView) -> None:
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

    def _board(self) -> AnyBoard | None:
        widget = self._stack.currentWidget()
        return widget if widget is not None else None  # type: ignore[return-value]

    def _show_board(self) -> None:
        assert self._parameters is not None
        kind = BOARDS[self._parameters.experiment.kind]
        if kind is RaceBoard and self._parameters.objective.kind == "curve":
            kind = CurveBoard
        if kind not in self._boards:
            board = kind(self._style)
            board.parameterRequested.connect(self.parameterRequested)
            board.viewRequested.connect(self.viewRequested)
            board.released.connect(self.gestureFinished)
            board.setView(self._view)
            self._boards[kind] = board
            self._stack.addWidget(board)
        if self._stack.currentWidget() is not self._boards[kind]:
            self._stack.setCurrentWidget(self._boards[kind])
            self.watchChanged.emit()

    def _restyle(self) -> None:
        margin = round(self._style.px(10))
        layout = self.layout()
        assert layout is not None
        layout.setContentsMargins(margin, margin, margin, margin)
