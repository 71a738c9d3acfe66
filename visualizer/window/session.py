"""What is open: a panel with its parameters, view and run; every change of it can be undone.

Gestures and forms ask here. A change of live fields reaches the running simulation; any other
starts a new run, and undo brings the old one back, at the step where it was left.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import takewhile
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QUndoStack

from kernels.editing import dump, load
from kernels.errors import LayerscopeError
from kernels.parameters import Parameters, View
from kernels.simulation import AnySimulation
from visualizer.playing.ensemble import Position
from visualizer.playing.player import Player
from visualizer.playing.recording import inputs_of, journal_of, last_parameters, with_given
from visualizer.playing.run import build_simulation, device_of, thread_count
from visualizer.playing.timeline import Journal
from visualizer.registry import PanelInfo, find_panel
from visualizer.scenes.scene import Play, Scene
from visualizer.window.refusal import Refusal, what_differs
from visualizer.window.undo import Acted, Changed, Snapshot

__all__ = ["Refusal", "Session"]


class Session(QObject):
    """The open scene and its run.

    Signals
    -------
    panelChanged(info)
        Another panel is open now.
    parametersChanged(parameters), viewChanged(view), playChanged(play)
        What is computed, looked at, or how it is played changed, by whomever.
    refused(refusal)
        What was asked for is not allowed; everything stays as it was.
    """

    panelChanged = Signal(object)
    parametersChanged = Signal(object)
    viewChanged = Signal(object)
    playChanged = Signal(object)
    refused = Signal(object)

    def __init__(self, player: Player, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.player = player
        self.undo_stack = QUndoStack(self)
        self._now: Snapshot | None = None
        self._load = 0  # the number of the run of `_now`
        self._built = 0  # that of the last run that could be built; 0 before the first
        self._left: dict[int, Snapshot] = {}  # runs that others were begun after, by their numbers
        self._is_told = True  # whether the journal tells of the last live change
        self._gesture = 0
        self._runs = 0
        player.positionChanged.connect(self._follow)
        player.journalChanged.connect(self._compare)
        player.built.connect(self._confirm)
        player.rejected.connect(self._return)
        player.failed.connect(self._settle)

    # ---- what is open ----------------------------------------------------------------------

    @property
    def info(self) -> PanelInfo:
        return self._snapshot().info

    @property
    def parameters(self) -> Parameters:
        return self._snapshot().parameters

    @property
    def view(self) -> View:
        return self._snapshot().view

    @property
    def play(self) -> Play:
        return self._snapshot().play

    @property
    def opening(self) -> int:
        """The number of the opening of the scene that is open; undo goes back to others."""
        return self._snapshot().opening

    def scene(self) -> Scene:
        """What is open, as a scene that shows it again, with all that was done to the run."""
        now = self._snapshot()
        return Scene(
            panel=now.info.key,
            parameters=dump(now.base),
            view=dump(now.view),
            play=now.play,
            inputs=inputs_of(now.base, self._journal()),
        )

    def moment(self) -> Snapshot:
        """What is open, with the run as it is now."""
        return replace(self._snapshot(), journal=self._journal(), step=self.player.heading)

    def _journal(self) -> Journal:
        """What was done to the run, with a live change that is still on its way to it."""
        journal, step = self.player.journal(), self.player.heading
        if self._is_told:
            return journal
        now = self._snapshot()
        return with_given(now.base, journal, step, now.parameters)

    def open(self, scene: Scene) -> None:
        """Show `scene`. Raises `LayerscopeError` if it cannot be; everything stays as it is then.

        What only building it can tell, such as a table with a wrong column, is refused later.
        """
        info = find_panel(scene.panel)
        base = load(info.load_parameters(), scene.parameters)
        view = load(info.load_panel().View, scene.view)
        journal = journal_of(info, base, scene.inputs)
        device_of(info, base, scene.play)
        run = self.new_run()
        after = Snapshot(
            info=info,
            base=base,
            parameters=_in_force(base, journal, scene.play.start),
            view=view,
            play=scene.play,
            run=run,
            opening=run,
            recorded=journal,
            journal=journal,
            step=scene.play.start,
        )
        if self._now is None:
            self.show(after)
            return
        self.end_gesture()
        self.do(after, f"opening of {info.title}")
        self.end_gesture()

    def set_play(self, **changes: Any) -> None:
        """How it is played; not a matter of undo."""
        play = load(Play, dump(self.play) | changes)
        self._now = replace(self._snapshot(), play=play)
        self.playChanged.emit(play)

    def is_touched(self) -> bool:
        """Whether something was done to the run that its scene does not do."""
        return self._journal() != self._snapshot().recorded

    def is_changed(self) -> bool:
        """Whether what is computed is other than when the scene was opened, by a person's doing."""
        stack = self.undo_stack
        done = (stack.command(index) for index in range(stack.index()))
        return any(c.changes(self.opening) for c in done if isinstance(c, Changed | Acted))

    # ---- how it changes --------------------------------------------------------------------

    def do(self, after: Snapshot, text: str) -> None:
        """Go over to `after`; undo comes back. `text` names the step."""
        self.undo_stack.push(Changed(self, self.moment(), after, self._gesture, text))

    @Slot()
    def end_gesture(self) -> None:
        """All that was done since the last time is one entry of undo."""
        self._gesture += 1

    def show(self, wanted: Snapshot) -> None:
        """Make `wanted` what is open; its run begins, unless it is the one that goes on."""
        before = self._now
        if before is not None:
            self._left[self._load] = self.moment()
        self._announce(wanted)
        if before is None or before.run != wanted.run:
            self._start(wanted)

    def look(self, view: View) -> None:
        """Look in another way."""
        self._announce(replace(self._snapshot(), view=view))

    def give(self, parameters: Parameters) -> None:
        """Let the run go on with other live parameters."""
        self._announce(replace(self._snapshot(), parameters=parameters))
        self._is_told = False
        self.player.adjust(parameters)

    def _snapshot(self) -> Snapshot:
        assert self._now is not None, "no scene is open"
        return self._now

    def new_run(self) -> int:
        """The number of a run that is to begin."""
        self._runs += 1
        return self._runs

    def _announce(self, wanted: Snapshot) -> None:
        """Make `wanted` what is open, and tell what of it is new."""
        before, self._now = self._now, wanted
        if before is None or before.info != wanted.info:
            self.panelChanged.emit(wanted.info)
            before = None
        if before is None or before.play != wanted.play:
            self.playChanged.emit(wanted.play)
        if before is None or before.view != wanted.view:
            self.viewChanged.emit(wanted.view)
        if before is None or before.parameters != wanted.parameters:
            self.parametersChanged.emit(wanted.parameters)

    def _start(self, wanted: Snapshot) -> None:
        self._is_told = True
        build: Callable[[], AnySimulation] = partial(
            build_simulation, wanted.info, wanted.base, wanted.play
        )
        kind = wanted.info.load_simulation()(wanted.base)
        self._load = self.player.load(
            (build,), thread_count(wanted.play), wanted.journal, apart=kind.apart
        )
        if wanted.step:
            self.player.seek(wanted.step)

    # ---- what comes of it ------------------------------------------------------------------

    @Slot(object)
    def _follow(self, position: Position) -> None:
        """Show the parameters in force at the step that is shown."""
        if self._is_told:
            now = self._snapshot()
            parameters = _in_force(now.base, self.player.journal(), position.step)
            self._announce(replace(now, parameters=parameters))

    @Slot(object)
    def _compare(self, journal: Journal) -> None:
        """See whether the last live change has come to the run."""
        now = self._snapshot()
        self._is_told = self._is_told or last_parameters(now.base, journal) == now.parameters

    @Slot()
    def _settle(self) -> None:
        """What was given to the run may have been refused; the journal tells."""
        self._is_told = True

    @Slot(int)
    def _confirm(self, number: int) -> None:
        """The run with this number was built; what was before it is gone."""
        self._built = number
        self._left = {load: left for load, left in self._left.items() if load >= number}

    @Slot(object)
    def _return(self, error: Exception) -> None:
        """The run could not be built: back to the one before, which has gone on meanwhile."""
        refused, built = self._snapshot(), self._left.get(self._built)
        path, value = "", None
        if built is not None:
            path, value = what_differs(built.parameters, refused.parameters)
            self._load = self._built
            self._announce(built)
            self._strike(refused.run, built)
        if isinstance(error, LayerscopeError) and (path or getattr(error, "path", "")):
            self.refused.emit(Refusal.of(path, error, value))

    def _strike(self, run: int, built: Snapshot) -> None:
        """Take `run`, which could not be built, out of what can be undone and done again."""
        stack = self.undo_stack
        done = stack.command(stack.index() - 1)
        undone = stack.command(stack.index())
        if isinstance(done, Changed) and done.after.run == run:
            if done.before.run == built.run:
                done.setObsolete(True)
                stack.undo()
            else:
                done.after = built  # a drag, whose beginning could be built
        elif isinstance(undone, Changed) and undone.before.run == run:
            stack.redo()


def _in_force(base: Parameters, journal: Journal, step: int) -> Parameters:
    """The parameters of a run after `step` steps."""
    return last_parameters(base, tuple(takewhile(lambda entry: entry[0] <= step, journal)))
