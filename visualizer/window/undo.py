"""What undo goes back to: moments of a session, and the steps between them."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtGui import QUndoCommand

from kernels.parameters import Action, Parameters, View
from visualizer.playing.timeline import Journal
from visualizer.registry import PanelInfo
from visualizer.scenes.scene import Play

if TYPE_CHECKING:
    from visualizer.window.session import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """All that is open at one moment.

    `run` tells runs apart, `base` are the parameters with which it began, `recorded` is what its
    scene does to it, `journal` is what was done to it, and `step` is where it was. `opening` tells
    apart the scenes that were opened.
    """

    info: PanelInfo
    base: Parameters
    parameters: Parameters
    view: View
    play: Play
    run: int
    opening: int = 0
    recorded: Journal = ()
    journal: Journal = ()
    step: int = 0


class Changed(QUndoCommand):
    """From one moment to another; changes of one gesture become one."""

    def __init__(
        self, session: "Session", before: Snapshot, after: Snapshot, gesture: int, text: str
    ) -> None:
        super().__init__(text)
        self._session = session
        self._gesture = gesture
        self._opens = before.play != after.play
        self._is_done = False
        self.before, self.after = before, after

    def changes(self, opening: int) -> bool:
        """Whether this changed what is computed in that opening of a scene; a look does not."""
        before, after = self.before, self.after
        is_other = self._starts_run() or before.parameters != after.parameters
        return is_other and before.opening == after.opening == opening

    def id(self) -> int:
        return self._gesture & 0x7FFFFFFF

    def mergeWith(self, other: QUndoCommand) -> bool:
        if not isinstance(other, Changed):
            return False
        self.after = other.after
        return True

    def redo(self) -> None:
        if self._is_done and self._starts_run():
            self.before = self._session.moment()  # undo comes back to where it is left
        self._is_done = True
        self._go(self.before, self.after)

    def undo(self) -> None:
        if self._starts_run():
            self.after = self._session.moment()
        self._go(self.after, self.before)

    def _starts_run(self) -> bool:
        return self.before.run != self.after.run

    def _go(self, source: Snapshot, target: Snapshot) -> None:
        if self._starts_run():
            # How it is played is no matter of undo, unless a scene was opened that says how.
            play = target.play if self._opens else self._session.play
            self._session.show(replace(target, play=play))
            return
        if source.view != target.view:
            self._session.look(target.view)
        if source.parameters != target.parameters:
            self._session.give(target.parameters)


class Acted(QUndoCommand):
    """An action on the running simulation."""

    def __init__(self, session: "Session", before: Snapshot, action: Action) -> None:
        super().__init__(type(action).__name__)
        self._session, self._before, self._action = session, before, action
        self._done: Journal | None = None  # what was done to the run, before this was undone

    def changes(self, opening: int) -> bool:
        """Whether this was done in that opening of a scene."""
        return self._before.opening == opening

    def redo(self) -> None:
        if self._done is None:
            self._session.player.act(self._action)
        else:  # at the step at which it was done
            self._session.player.rewrite(self._done)

    def undo(self) -> None:
        journal = self._session.player.journal()
        self._done = journal if journal != self._before.journal else None  # not told of it yet
        self._session.player.rewrite(self._before.journal)
