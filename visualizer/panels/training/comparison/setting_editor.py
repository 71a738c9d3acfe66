"""A line below the compared runs: in which run, what is set otherwise, and to which value."""

from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from kernels.description import Choice, FieldDescription
from kernels.errors import LayerscopeError
from kernels.training.comparison.parameters import run_names
from kernels.training.comparison.settings import settable, variants_of, with_setting
from kernels.training.parameters import Training
from widgets.forms.choice_field import ChoiceBox
from widgets.forms.field import signature
from widgets.forms.field_view import FieldView, FormContext
from widgets.forms.form import make_view
from widgets.style import Style

FIRST = "optimizer.learning_rate"  # what is offered before anybody chose


@dataclass(frozen=True, slots=True)
class _Held:
    """The editor that is shown, and the signature of its field."""

    view: FieldView
    key: object


class SettingEditor(QWidget):
    """Sets one thing at a time, with the editor that the form has for it.

    Signals
    -------
    settingsRequested(index, text)
        Run number `index`, this one being 0, is to have the settings `text`.
    released()
        A drag was let go or an entry finished.
    """

    settingsRequested = Signal(int, str)
    released = Signal()

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._style = style
        self._parameters: Training | None = None
        self._context = context = FormContext(style, make_view, self)
        context.edited.connect(self._on_edited)
        context.gestureFinished.connect(self.released)
        self._offered: dict[str, tuple[Choice, ...]] = {"Run": (), "Setting": ()}
        self.run, self.setting = ChoiceBox(()), ChoiceBox(())
        self._held: _Held | None = None
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        for part, share in ((QLabel("Set in"), 0), (self.run, 5), (self.setting, 6)):
            self._row.addWidget(part, share, Qt.AlignmentFlag.AlignVCenter)
        style.changed.connect(self._restyle)
        self._restyle()

    def view(self) -> FieldView | None:
        """The editor of the present setting."""
        return self._held.view if self._held is not None else None

    def setParameters(self, parameters: Training) -> None:
        """Offer what can be set in the runs beside this one; of more than before, in the last."""
        before = len(self._offered["Run"])
        chosen = self.run.choice()
        names = run_names(variants_of(parameters))[1:]
        choices = tuple(Choice(index, name) for index, name in enumerate(names, 1))
        self.run = self._offering("Run", self.run, choices)
        self.run.setChoice(chosen if len(names) == before else len(names))
        self._parameters = parameters
        self._show()

    def _offering(self, name: str, box: ChoiceBox, choices: tuple[Choice, ...]) -> ChoiceBox:
        """The box with `choices`: `box`, or another in its place."""
        if self._offered[name] == choices:
            return box
        self._offered[name] = choices
        new = ChoiceBox(choices)
        new.setAccessibleName(name)
        new.chosen.connect(self._show)
        self._row.replaceWidget(box, new)
        box.hide()
        box.deleteLater()
        return new

    def _show(self) -> None:
        """Offer the fields of the chosen run, and the editor of the chosen one."""
        if self._parameters is None:
            return
        try:
            fields = settable(self._parameters, self.run.choice())
        except LayerscopeError:  # said where it is refused; what is in force comes next
            return
        by_path = {field.path: field for field in fields}
        chosen = self.setting.choice()
        chosen = chosen if chosen in by_path else FIRST
        choices = tuple(Choice(path, field.label) for path, field in by_path.items())
        self.setting = self._offering("Setting", self.setting, choices)
        self.setting.setChoice(chosen)
        field = by_path[chosen]  # the list before it says where it belongs
        for box in (self.run, self.setting):
            box.setToolTip(box.currentText())
        self._edit(replace(field, label=field.label.rpartition(": ")[2]))

    def _edit(self, field: FieldDescription) -> None:
        key = signature(field)
        if self._held is None or self._held.key != key:
            old, self._held = self._held, _Held(make_view(field, self._context), key)
            if old is not None:
                self._row.removeWidget(old.view)
                old.view.hide()
                old.view.deleteLater()
            self._row.addWidget(self._held.view, 8)
        for _ in self._held.view.fill(field):
            pass
        self._held.view.clearError()

    def _on_edited(self, path: str, value: Any) -> None:
        if self._parameters is None:
            return
        index = self.run.choice()
        try:
            text = with_setting(self._parameters, index, path, value)
        except LayerscopeError as error:
            if self._held is not None:
                self._held.view.setError(str(error))
            return
        self.settingsRequested.emit(index, text)

    def _restyle(self) -> None:
        self.setFont(self._style.font("body"))
        self._row.setSpacing(round(self._style.px(8)))
        if self._held is not None:
            self._held.view.restyle()
