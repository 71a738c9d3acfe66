"""What forms and gestures ask of a session: other values, other rows, another view, an action."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Slot

from kernels.editing import get_value, is_live_change, with_item, with_value, without_item
from kernels.errors import LayerscopeError
from kernels.parameters import Action, Parameters
from visualizer.window.session import Refusal, Session
from visualizer.window.undo import Acted, Snapshot


class Edits(QObject):
    """Changes a session as a person asks, or has it refuse what is not allowed."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session

    @Slot(str, object)
    def set_value(self, path: str, value: Any) -> None:
        """Set the parameter at `path`."""
        self._change(path, partial(with_value, path=path, value=value), f"change of {_words(path)}")

    @Slot(str, int, object)
    def insert_row(self, path: str, index: int, row: Any) -> None:
        """Put a row (the name of a variant, or its fields) into the list at `path`."""
        make = partial(with_item, path=path, index=index, item=row)
        self._change(path, make, f"row of {_words(path)}")

    @Slot(str, int)
    def remove_row(self, path: str, index: int) -> None:
        make = partial(without_item, path=path, index=index)
        self._change(path, make, f"removal from {_words(path)}")

    @Slot(str, int, int)
    def move_row(self, path: str, index: int, to: int) -> None:
        rows = list(get_value(self._session.parameters, path))
        rows.insert(to, rows.pop(index))
        self._change(path, partial(with_value, path=path, value=rows), f"order of {_words(path)}")

    @Slot(str, object)
    def set_view(self, path: str, value: Any) -> None:
        """Set what is looked at; nothing is computed anew."""
        session = self._session
        try:
            view = with_value(session.view, path, value)
        except LayerscopeError as error:
            session.refused.emit(Refusal.of(path, error, in_view=True))
            return
        if view != session.view:
            session.do(replace(session.moment(), view=view), f"change of {_words(path)}")

    @Slot(object)
    def act(self, action: Action) -> None:
        """Do something to the running simulation."""
        self._session.undo_stack.push(Acted(self._session, self._session.moment(), action))

    def reset(self) -> None:
        """All parameters as the panel has them by default."""
        model = self._session.info.load_parameters()
        self._session.end_gesture()
        self._change("", lambda _: model(), "reset")
        self._session.end_gesture()

    def restart(self) -> None:
        """Begin again at step 0 with the parameters as they are now.

        A run that was changed on its way makes room for a new one; undo brings it back.
        """
        session = self._session
        if not session.is_touched():
            session.player.seek(0)
            return
        session.end_gesture()
        session.do(self._fresh(session.parameters), "restart")
        session.end_gesture()

    def mistake(self, path: str, text: str) -> Refusal | None:
        """What would be wrong with `text` at `path`; nothing changes."""
        try:
            with_value(self._session.parameters, path, text)
        except LayerscopeError as error:
            return Refusal.of(path, error)
        return None

    def _change(self, path: str, make: Callable[[Parameters], Parameters], text: str) -> None:
        session = self._session
        before = session.parameters
        try:
            parameters = make(before)
        except LayerscopeError as error:
            session.refused.emit(Refusal.of(path, error))
            return
        if parameters == before:
            session.parametersChanged.emit(parameters)  # what was typed differently means the same
        elif is_live_change(before, parameters):
            session.do(replace(session.moment(), parameters=parameters), text)
        else:
            session.do(self._fresh(parameters), text)

    def _fresh(self, parameters: Parameters) -> Snapshot:
        """A new run with `parameters` in the place of the present one."""
        return replace(
            self._session.moment(),
            base=parameters,
            parameters=parameters,
            run=self._session.new_run(),
            recorded=(),
            journal=(),
            step=0,
        )


def _words(path: str) -> str:
    """The name of what stands at `path`, in words."""
    names = [part for part in path.split(".") if not part.isdigit()]
    return names[-1].replace("_", " ")
