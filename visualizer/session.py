"""What is open: a panel with its parameters, view and run; every change of it can be undone.

Gestures and forms ask here. A change of live fields reaches the running simulation; any other
starts a new run, and undo brings the old one back, at the step where it was left.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QUndoCommand, QUndoStack

from kernels.editing import (
    dump,
    get_value,
    is_live_change,
    load,
    with_item,
    with_value,
    without_item,
)
from kernels.errors import LayerscopeError, ParameterError
from kernels.parameters import Action, Parameters, View
from kernels.simulation import AnySimulation
from visualizer.player import Player
from visualizer.recording import inputs_of, journal_of, last_parameters
from visualizer.registry import PanelInfo, find_panel
from visualizer.run import build_simulation, thread_count
from visualizer.scene import Play, Scene
from visualizer.timeline import Journal


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """All that is open at one moment; `base` are the parameters with which the run began."""

    info: PanelInfo
    base: Parameters
    parameters: Parameters
    view: View
    play: Play
    journal: Journal = ()
    step: int = 0


class Session(QObject):
    """The open scene and its run.

    Signals
    -------
    panelChanged(info)
        Another panel is open now.
    parametersChanged(parameters), viewChanged(view), playChanged(play)
        What is computed, looked at, or how it is played changed, by whomever.
    refused(path, sentence, span)
        What was asked for is not allowed; everything stays as it was.
    """

    panelChanged = Signal(object)
    parametersChanged = Signal(object)
    viewChanged = Signal(object)
    playChanged = Signal(object)
    refused = Signal(str, str, object)

    def __init__(self, player: Player, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._player = player
        self._now: Snapshot | None = None
        self._gesture = 0
        self.undo_stack = QUndoStack(self)

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

    def scene(self) -> Scene:
        """What is open, as a scene that shows it again, with all that was done to the run."""
        now = self._snapshot()
        return Scene(
            panel=now.info.key,
            parameters=dump(now.base),
            view=dump(now.view),
            play=now.play,
            inputs=inputs_of(now.base, self._player.journal()),
        )

    def open(self, scene: Scene) -> None:
        """Show `scene`. Raises `LayerscopeError` if it cannot be; everything stays as it is then."""
        info = find_panel(scene.panel)
        base = load(info.load_parameters(), scene.parameters)
        view = load(info.load_panel().View, scene.view)
        journal = journal_of(info, base, scene.inputs)
        after = Snapshot(
            info=info,
            base=base,
            parameters=last_parameters(base, journal),
            view=view,
            play=scene.play,
            journal=journal,
        )
        if self._now is None:
            self._show(after)
        else:
            self._do(after, f"open {info.title}")

    # ---- what is asked for -----------------------------------------------------------------

    @Slot(str, object)
    def edit(self, path: str, value: Any) -> None:
        """Set the parameter at `path`."""
        self._change(path, partial(with_value, self.parameters, path, value))

    @Slot(str, int, object)
    def insert_row(self, path: str, index: int, row: Any) -> None:
        """Put a row (the name of a variant, or its fields) into the list at `path`."""
        self._change(path, partial(with_item, self.parameters, path, index, row))

    @Slot(str, int)
    def remove_row(self, path: str, index: int) -> None:
        self._change(path, partial(without_item, self.parameters, path, index))

    @Slot(str, int, int)
    def move_row(self, path: str, index: int, to: int) -> None:
        rows = list(get_value(self.parameters, path))
        rows.insert(to, rows.pop(index))
        self._change(path, partial(with_value, self.parameters, path, rows))

    @Slot(str, object)
    def edit_view(self, path: str, value: Any) -> None:
        """Set what is looked at; nothing is computed anew."""
        try:
            view = with_value(self.view, path, value)
        except LayerscopeError as error:
            self._refuse(path, error)
            return
        self._do(replace(self._moment(), view=view), f"change {path}")

    def reset(self) -> None:
        """All parameters as the panel has them by default."""
        self._change("", lambda: self.info.load_parameters()())

    @Slot(object)
    def act(self, action: Action) -> None:
        """Do something to the running simulation."""
        before = self._moment()
        self._player.act(action)
        self.undo_stack.push(_Acted(self, before, action))

    @Slot()
    def end_gesture(self) -> None:
        """All that was asked for since the last time is one entry of undo."""
        self._gesture += 1

    def set_play(self, **changes: Any) -> None:
        """How it is played; not a matter of undo."""
        play = load(Play, dump(self.play) | changes)
        threads_changed = (
            thread_count(play) != thread_count(self.play) or play.device != self.play.device
        )
        self._now = replace(self._snapshot(), play=play)
        self.playChanged.emit(play)
        if threads_changed:
            self.restart()

    def restart(self) -> None:
        """Begin the run anew, with the parameters as they are now."""
        now = self._moment()
        self._start(replace(now, base=now.parameters, journal=(), step=0))

    # ---- how it is done --------------------------------------------------------------------

    def _snapshot(self) -> Snapshot:
        assert self._now is not None, "no scene is open"
        return self._now

    def _moment(self) -> Snapshot:
        """What is open, with the run as it is now."""
        position = self._player.position
        step = position.step if position is not None else 0
        return replace(self._snapshot(), journal=self._player.journal(), step=step)

    def _change(self, path: str, make: Callable[[], Parameters]) -> None:
        try:
            parameters = make()
        except LayerscopeError as error:
            self._refuse(path, error)
            return
        before = self._moment()
        if parameters == before.parameters:
            self.parametersChanged.emit(parameters)
            return
        after = replace(before, parameters=parameters)
        if not is_live_change(before.parameters, parameters):
            after = replace(after, base=parameters, journal=(), step=0)
        self._do(after, f"change {path or 'all'}")

    def _do(self, after: Snapshot, text: str) -> None:
        self.undo_stack.push(_Changed(self, self._moment(), after, self._gesture, text))

    def _refuse(self, path: str, error: LayerscopeError) -> None:
        if isinstance(error, ParameterError) and error.path:
            path = error.path
        self.refused.emit(path, str(error), getattr(error, "span", None))

    def _show(self, wanted: Snapshot) -> None:
        """Make `wanted` what is open."""
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
        if before is None or before.base != wanted.base:
            self._start(wanted)
        elif before.parameters != wanted.parameters:
            self._player.adjust(wanted.parameters)

    def _start(self, wanted: Snapshot) -> None:
        self._now = wanted
        build: Callable[[], AnySimulation] = partial(
            build_simulation, wanted.info, wanted.base, wanted.play
        )
        self._player.load((build,), thread_count(wanted.play), wanted.journal)
        if wanted.step:
            self._player.seek(wanted.step)


class _Changed(QUndoCommand):
    """From one moment to another; changes of one gesture become one."""

    def __init__(
        self, session: Session, before: Snapshot, after: Snapshot, gesture: int, text: str
    ) -> None:
        super().__init__(text)
        self._session, self._before, self._after, self._gesture = session, before, after, gesture

    def id(self) -> int:
        return self._gesture & 0x7FFFFFFF

    def mergeWith(self, other: QUndoCommand) -> bool:
        if not isinstance(other, _Changed):
            return False
        self._after = other._after
        return True

    def redo(self) -> None:
        self._session._show(self._after)

    def undo(self) -> None:
        self._session._show(self._before)


class _Acted(QUndoCommand):
    """An action on the running simulation, already done when this is pushed."""

    def __init__(self, session: Session, before: Snapshot, action: Action) -> None:
        super().__init__(f"{type(action).__name__}")
        self._session, self._before, self._action = session, before, action
        self._done = True

    def redo(self) -> None:
        if not self._done:
            self._session._player.act(self._action)
        self._done = True

    def undo(self) -> None:
        self._done = False
        self._session._player.rewrite(self._before.journal)
