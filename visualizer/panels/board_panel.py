"""A panel that shows each experiment on a board of its own."""

from typing import Any

from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from visualizer.panel import Panel
from visualizer.panels.board import AnyBoard
from widgets.style import Style


class BoardPanel(Panel):
    """A stack of boards, each made when it is shown first; what they ask for, the panel asks for.

    A concrete one calls `showBoard` where its parameters change.
    """

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(style, parent)
        self._view = self.View()
        self._boards: dict[type[AnyBoard], AnyBoard] = {}
        self._stack = QStackedWidget()
        layout = QVBoxLayout(self)
        layout.addWidget(self._stack)
        style.changed.connect(self._restyle)
        self._restyle()

    def showBoard(self, kind: type[AnyBoard]) -> AnyBoard:
        """Show the board of this kind, and give it."""
        if kind not in self._boards:
            self._add(kind)
        board = self._boards[kind]
        if self._stack.currentWidget() is not board:
            self._stack.setCurrentWidget(board)
            self.watchChanged.emit()
        return board

    def setView(self, view: Any) -> None:
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

    def _board(self) -> AnyBoard | None:
        widget = self._stack.currentWidget()
        return widget if widget is not None else None  # type: ignore[return-value]

    def _add(self, kind: type[AnyBoard]) -> None:
        board = self._boards[kind] = kind(self._style)
        board.parameterRequested.connect(self.parameterRequested)
        board.runRequested.connect(self.runRequested)
        board.viewRequested.connect(self.viewRequested)
        board.actionRequested.connect(self.actionRequested)
        board.stepRequested.connect(self.stepRequested)
        board.released.connect(self.gestureFinished)
        board.setView(self._view)
        self._stack.addWidget(board)

    def _restyle(self) -> None:
        margin = round(self._style.px(10))
        layout = self.layout()
        assert layout is not None
        layout.setContentsMargins(margin, margin, margin, margin)
