"""What forms and gestures ask of a session: other values, other rows, another view, an action."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Slot

from kernels.description import FieldDescription, describe
from kernels.editing import (
    get_value,
    is_live_change,
    keeps_past,
    reset_by,
    with_item,
    with_value,
    without_item,
)
from kernels.errors import LayerscopeError
from kernels.parameters import Action, Parameters
from visualizer.window.refusal import Refusal
from visualizer.window.session import Session
from visualizer.window.undo import Acted, Snapshot

NESTED = ("group", "variant", "list")  # the kinds of fields that hold others


class Edits(QObject):
    """Changes a session as a person asks, or has it refuse what is not allowed.

    What was refused only when it was to be built, such as a table whose first column is of no use,
    can be mended: what is asked for in it or in the fields that hang on it, such as another column
    of that table, is tried with it.
    """

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._refused: Refusal | None = None
        self._before: Any = None  # what was in force at its path
        session.refused.connect(self._keep)

    def refused(self) -> Refusal | None:
        """What could not be built and can be mended; None if there is no such thing any more."""
        refused = self._refused
        if refused is not None and self._at(refused.path) != self._before:
            self._refused = None
        return self._refused

    def forget(self) -> None:
        """Let what was refused be: the form shows what is in force."""
        if self._refused is not None:
            self._refused = None
            self._session.parametersChanged.emit(self._session.parameters)

    def is_taken_back(self, path: str, text: str) -> bool:
        """Whether `text` is in force where something else was refused."""
        refused = self.refused()
        return refused is not None and path == refused.path and text == self._at(path)

    def fields(self) -> tuple[FieldDescription, ...]:
        """The fields of a form: those in force, with what can be mended as it was asked for.

        A plain field has the value in force, all the same: what was refused stands there as typed.
        """
        refused, now = self.refused(), describe(self._session.parameters)
        if refused is None:
            return now
        plain = {f.path: f for root in now for f in root.walk() if f.kind not in NESTED}
        kept = plain.get(refused.path)
        return tuple(_with(field, kept) for field in describe(self._tried(refused)))

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
        def moved(parameters: Parameters) -> Parameters:
            rows = list(get_value(parameters, path))
            rows.insert(to, rows.pop(index))
            return with_value(parameters, path, rows)

        self._change(path, moved, f"order of {_words(path)}")

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
        self.forget()
        self._session.end_gesture()
        self._change("", lambda _: model(), "reset")
        self._session.end_gesture()

    def restart(self) -> None:
        """Begin again at step 0 with the parameters as they are now; what rests goes on resting.

        A run that was changed on its way makes room for a new one; undo brings it back.
        """
        session = self._session
        session.player.rest()
        if not session.is_touched():
            session.player.seek(0)
            return
        session.end_gesture()
        session.do(self._fresh(session.parameters), "restart")
        session.end_gesture()

    @Slot(object)
    def begin(self, changes: Iterable[tuple[str, Any]]) -> None:
        """Begin a run at step 0 with `changes`, (path, value)."""
        present = self._session.parameters
        self._begin(lambda: self._fresh(_with_all(present, changes)), "new run")

    def branch(self, changes: Iterable[tuple[str, Any]]) -> None:
        """Begin a run with `changes`, (path, value), that is given what was done to this one."""
        self._begin(lambda: self._with_its_past(lambda old: _with_all(old, changes)), "branch")

    def _begin(self, make: Callable[[], Snapshot], text: str) -> None:
        """Go over to the run that `make` gives, an entry of undo of its own."""
        session = self._session
        self.forget()
        session.end_gesture()
        try:
            session.do(make(), text)
        except LayerscopeError as error:
            session.refused.emit(Refusal.of(getattr(error, "path", ""), error))
            return
        session.end_gesture()

    def mistake(self, path: str, text: str) -> Refusal | None:
        """What would be wrong with `text` at `path`; nothing changes."""
        try:
            with_value(self._basis(path), path, text)
        except LayerscopeError as error:
            return Refusal.of(path, error)
        return None

    def _change(self, path: str, make: Callable[[Parameters], Parameters], text: str) -> None:
        session = self._session
        before, basis = session.parameters, self._basis(path)
        try:
            parameters = make(basis)
        except LayerscopeError as error:
            session.refused.emit(Refusal.of(path, error))
            return
        if parameters == before:
            if basis is not before:
                self._refused = None
            session.parametersChanged.emit(parameters)  # what was typed differently means the same
        elif is_live_change(before, parameters):
            session.do(replace(session.moment(), parameters=parameters), text)
        elif path and keeps_past(basis, path):
            session.do(self._with_its_past(lambda old: make(self._basis(path, old))), text)
        else:
            session.do(self._fresh(parameters), text)

    @Slot(object)
    def _keep(self, refused: Refusal) -> None:
        if refused.value is not None:
            self._refused, self._before = refused, self._at(refused.path)

    def _at(self, path: str) -> Any:
        """What is in force at `path`; None if there is no such place any more."""
        try:
            return get_value(self._session.parameters, path)
        except LayerscopeError:
            return None

    def _tried(self, refused: Refusal, now: Parameters | None = None) -> Parameters:
        return with_value(now or self._session.parameters, refused.path, refused.value)

    def _basis(self, path: str, parameters: Parameters | None = None) -> Parameters:
        """What a change at `path` is made to: what is in force, or what it can mend.

        The other `parameters` of a run are mended likewise.
        """
        now, refused = parameters or self._session.parameters, self.refused()
        if refused is None:
            return now
        hangs = not isinstance(refused.value, Parameters) and path in reset_by(now, refused.path)
        is_in = f"{path}.".startswith(f"{refused.path}.")
        return self._tried(refused, now) if hangs or is_in else now

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

    def _with_its_past(self, make: Callable[[Parameters], Parameters]) -> Snapshot:
        """A new run by other parameters, given what was done to the present one, at its step."""
        now = self._session.moment()
        journal = tuple(
            (step, make(given) if isinstance(given, Parameters) else given)
            for step, given in now.journal
        )
        return replace(
            now,
            base=make(now.base),
            parameters=make(now.parameters),
            run=self._session.new_run(),
            recorded=journal,
            journal=journal,
        )


def _with_all(parameters: Parameters, changes: Iterable[tuple[str, Any]]) -> Parameters:
    """`parameters` with `changes`, (path, value) each."""
    for path, value in changes:
        parameters = with_value(parameters, path, value)
    return parameters


def _words(path: str) -> str:
    """The name of what stands at `path`, in words."""
    names = [part for part in path.split(".") if not part.isdigit()]
    return names[-1].replace("_", " ")


def _with(field: FieldDescription, other: FieldDescription | None) -> FieldDescription:
    """`field` with `other` in its place, or in that of the one below it which has that path."""
    if other is None or field.path == other.path:
        return other or field
    return replace(field, children=tuple(_with(child, other) for child in field.children))
