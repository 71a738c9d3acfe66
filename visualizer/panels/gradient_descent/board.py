"""What the boards of the panel have in common."""

from typing import Any, ClassVar, TypeVar

from kernels.simulation import Frame
from visualizer.panels import board
from visualizer.panels.gradient_descent.view import GradientDescentView

F = TypeVar("F", bound=Frame)


class Board(board.Board[F, GradientDescentView]):
    """Shows the frames of one kind of experiment; a click may start all from another point."""

    View: ClassVar[type[GradientDescentView]] = GradientDescentView

    def _request_start(self, x: float, y: float) -> None:
        self.parameterRequested.emit("start", (x, y))


AnyBoard = Board[Any]
