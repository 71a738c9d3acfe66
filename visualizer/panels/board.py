"""A board: what a panel shows of one kind of frame."""

from typing import Any, ClassVar, Generic, TypeVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from kernels.parameters import View
from kernels.simulation import Frame
from widgets.style import Style

F = TypeVar("F", bound=Frame)
V = TypeVar("V", bound=View)

CAMERA = ("azimuth", "elevation", "distance")  # of a view with a surface in space


class Board(QWidget, Generic[F, V]):
    """Shows the frames of one kind of experiment.

    Signals
    -------
    parameterRequested(path, value), viewRequested(path, value), actionRequested(action)
        What a gesture wants.
    runRequested(changes)
        It wants a run from step 0 with `changes`, (path, value) of parameters each.
    stepRequested(n)
        It wants the run to rest, and then to go on by `n` steps, which may be none.
    released()
        A gesture has ended.
    """

    Shown: ClassVar[type[Frame]]  # the kind of frame that it draws
    View: ClassVar[type[View]]  # how it is looked at

    parameterRequested = Signal(str, object)
    runRequested = Signal(object)
    viewRequested = Signal(str, object)
    actionRequested = Signal(object)
    stepRequested = Signal(int)
    released = Signal()

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._style = style
        self._view: V = self.View()  # type: ignore[assignment] # a ClassVar knows no type variable
        self._frame: F | None = None
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._build()
        style.changed.connect(self._restyle)
        self._restyle()

    def setParameters(self, parameters: Any) -> None:
        """Know what is about to be computed."""

    def setView(self, view: V) -> None:
        """Look in another way at the last frame."""
        self._view = view
        self._draw_again()

    def draw(self, frame: F) -> None:
        self._frame = frame
        self._draw(frame)

    def shows(self, frame: Frame) -> bool:
        """Whether `frame` is of the kind that this board draws; one of an older run may not be."""
        return isinstance(frame, self.Shown)

    def watch(self) -> frozenset[str]:
        """Which dear parts of the frame are shown."""
        return frozenset()

    def description(self) -> str:
        """What is to be seen, in a sentence or two."""
        return ""

    def _build(self) -> None:
        """Make the widgets and lay them out in `_grid`."""
        raise NotImplementedError

    def _draw(self, frame: F) -> None:
        raise NotImplementedError

    def _draw_again(self) -> None:
        if self._frame is not None:
            self._draw(self._frame)

    def _turn_camera(self, *camera: float) -> None:
        """Look at the surface in space from another side, as a person turned it."""
        for name, value in zip(CAMERA, camera, strict=True):
            self.viewRequested.emit(name, value)

    def _restyle(self) -> None:
        self._grid.setSpacing(round(self._style.px(8)))
        self._draw_again()  # in the colours of the theme


AnyBoard = Board[Any, Any]
