"""What every panel is: a widget that draws frames and asks for new inputs.

A panel holds no mathematics and never changes a simulation. What a gesture wants goes out as a
signal; what comes of it arrives as new parameters, a new view or a new frame.
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QApplication, QWidget

from kernels.parameters import View
from widgets.colors import Mark
from widgets.style import Style


class Panel(QWidget):
    """One room of the program: it draws the frames of its simulations and reports gestures.

    Signals
    -------
    parameterRequested(path, value)
        A gesture wants another value of a parameter.
    runRequested(changes)
        A gesture wants a run from step 0 with `changes`, (path, value) of parameters each.
    viewRequested(path, value)
        A gesture wants another value of the view.
    actionRequested(action)
        A gesture wants something done to the running simulation.
    stepRequested(n)
        A gesture wants the run to rest, and then to go on by `n` steps, which may be none.
    gestureFinished()
        The mouse was let go: all that was requested since the last one is one entry of undo.
    notesChanged()
        `rowNotes` gives something else now.
    watchChanged()
        `watch` gives something else now; a new frame is wanted.

    Attributes
    ----------
    View
        What can be chosen of how it is looked at.
    drops
        What `dropParameters` has a use for, in words such as "a table (.csv)".
    """

    parameterRequested = Signal(str, object)
    runRequested = Signal(object)
    viewRequested = Signal(str, object)
    actionRequested = Signal(object)
    stepRequested = Signal(int)
    gestureFinished = Signal()
    notesChanged = Signal()
    watchChanged = Signal()

    View: ClassVar[type[View]] = View
    drops: ClassVar[tuple[str, ...]] = ()

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._style = style

    def setParameters(self, parameters: Any) -> None:
        """Show what is about to be computed; a frame of it follows."""

    def setView(self, view: Any) -> None:
        """Look in another way at the last frame."""

    def draw(self, frame: Any) -> None:
        """Show `frame`."""
        raise NotImplementedError

    def rowMarks(self, parameters: Any) -> Mapping[str, Sequence[Mark]]:
        """How the rows of lists among the parameters are drawn, by the path of the list."""
        return {}

    def rowNotes(self, parameters: Any) -> Mapping[str, Sequence[str]]:
        """What comes of the rows of lists among the parameters, by the path of the list."""
        return {}

    def watch(self) -> frozenset[str]:
        """Which of the dear parts of a frame are on the screen now.

        While steps go as fast as they can, ten frames a second have them; the others lack them.
        """
        return frozenset()

    def description(self) -> str:
        """What is to be seen, in a sentence or two, for those who do not see it."""
        return ""

    def dropParameters(self, path: str) -> tuple[tuple[str, Any], ...] | None:
        """What a file or folder dropped here sets, as (path, value); None if nothing."""
        return None

    def branchParameters(self, parameters: Any, step: int) -> tuple[tuple[str, Any], ...] | None:
        """What to set, as (path, value), so that another run branches off at `step`; None if none.

        The run that is there is seen beside it as it was: it is given all that was done to it.
        """
        return None

    def prepare(self, size: QSize) -> None:
        """Lay the panel out at `size` pixels without showing it, as `paint` needs it."""
        self.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
        self.resize(size)
        self.show()
        QApplication.sendPostedEvents()

    def paint(self, painter: QPainter) -> None:
        """Draw what the panel shows with any painter: of a picture, an SVG, a PDF, a printer."""
        self.setUpdatesEnabled(False)  # else all that waits would be painted here, and again below
        for _ in range(2):  # what `draw` moved settles in layouts, and these move what is in them
            QApplication.sendPostedEvents()
        self.setUpdatesEnabled(True)
        self.render(painter, QPoint(0, 0))
