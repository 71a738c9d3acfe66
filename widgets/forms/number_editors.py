"""The editors of a form for numbers: one, several, and those that may be left open."""

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, QSignalBlocker
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from widgets.forms.field import FieldLike, refusal, slider_range
from widgets.forms.field_editors import Editor, TextEditor
from widgets.forms.log_slider import LinearSlider, LogSlider, NumberSlider
from widgets.forms.number_field import NumberField
from widgets.number_text import full_number, parse_integer, parse_number
from widgets.style import Style

_LOG_DEPTH = 1e-6  # how far below its top a logarithmic slider reaches whose range begins at zero

_MOST_POSITIONS = 100_000  # a seed is typed, not slid to


def make_slider(field: FieldLike) -> NumberSlider | None:
    """The slider for a number of `field`; None where its range is not known."""
    bounds = slider_range(field)
    if bounds is None:
        return None
    low, high = bounds
    integer = field.kind == "integer"
    if integer and field.slider is None and high - low > _MOST_POSITIONS:
        return None
    if field.scale == "log" and low >= 0 and high > 0:
        zero = field.minimum == 0 and not field.exclusive_minimum
        return LogSlider(low or high * _LOG_DEPTH, high, zero, integer)
    slider = LinearSlider(low, high, integer)
    shut_out_low = field.exclusive_minimum and field.minimum == low
    shut_out_high = field.exclusive_maximum and field.maximum == high
    slider.setRange(slider.minimum() + shut_out_low, slider.maximum() - shut_out_high)
    return slider


class NumberEditor(Editor):
    """A field for a number, and a slider below it where the range is known."""

    def __init__(self, field: FieldLike, style: Style, parent: QObject | None = None) -> None:
        super().__init__(field, style, parent)
        self._integer = field.kind == "integer"
        self.number = NumberField(field)
        self.slider = make_slider(field)
        self.inline, self.wide = self.number, self.slider
        self.number.numberEdited.connect(self._on_number)
        self.number.refused.connect(self.refused)
        if self.slider is not None:
            self.slider.numberEdited.connect(self._on_slider)
            self.slider.gestureFinished.connect(self.gestureFinished)

    def setField(self, field: FieldLike) -> None:
        if field.value is None:
            return
        self.number.setNumber(field.value)
        if self.slider is not None:
            self.slider.setNumber(field.value)

    def hasDraft(self) -> bool:
        return self.number.hasDraft()

    def _on_number(self, value: float) -> None:
        if self.slider is not None:
            self.slider.setNumber(value)
        self._give(value)

    def _on_slider(self, value: float) -> None:
        number = int(value) if self._integer else value
        self.refused.emit("")
        self.number.setNumber(number)
        self.edited.emit(number)


@dataclass(frozen=True)
class _Component:
    """One number of a vector, as a field of its own."""

    label: str
    kind: str
    minimum: float | None
    maximum: float | None
    exclusive_minimum: bool
    exclusive_maximum: bool


def _component(field: FieldLike, label: str, whole: bool) -> _Component:
    kind = "integer" if whole else "number"
    shut_out = field.exclusive_minimum, field.exclusive_maximum
    return _Component(label, kind, field.minimum, field.maximum, *shut_out)


class VectorEditor(Editor):
    """A field for each of a fixed number of components."""

    def __init__(self, field: FieldLike, style: Style, parent: QObject | None = None) -> None:
        super().__init__(field, style, parent)
        shown = field.value if field.value is not None else field.default
        count = len(shown) if shown is not None else field.minimum_items
        whole = bool(shown) and all(type(part) is int for part in shown)
        self._value: tuple[float, ...] = ()
        self._refusals: dict[QObject, str] = {}
        self.wide = QWidget()
        row = QHBoxLayout(self.wide)
        row.setContentsMargins(0, 0, 0, 0)
        self.fields = [
            NumberField(_component(field, f"{field.label} {i + 1}", whole)) for i in range(count)
        ]
        for i, number in enumerate(self.fields):
            number.setAccessibleName(f"{field.label} {i + 1}")
            row.addWidget(number, 1)
            number.numberEdited.connect(self._on_number)
            number.refused.connect(self._on_refused)

    def setField(self, field: FieldLike) -> None:
        if field.value is None:
            return
        self._value = tuple(field.value)
        for number, part in zip(self.fields, self._value, strict=True):
            number.setNumber(part)

    def targets(self) -> list[QWidget]:
        return [*self.fields]

    def named(self) -> list[QWidget]:
        return []

    def hasDraft(self) -> bool:
        return any(number.hasDraft() for number in self.fields)

    def _on_number(self) -> None:
        given = ((field.number(), old) for field, old in zip(self.fields, self._value, strict=True))
        self._value = tuple(old if new is None else new for new, old in given)
        self._give(self._value)

    def _on_refused(self, sentence: str) -> None:
        self._refusals[self.sender()] = sentence
        self.refused.emit(next(filter(None, self._refusals.values()), ""))


class SequenceEditor(TextEditor):
    """Any number of numbers, written with commas between them."""

    def __init__(self, field: FieldLike, style: Style, parent: QObject | None = None) -> None:
        super().__init__(field, style, parent)
        self._field = field
        self._whole = False
        self.line.typed.connect(self._on_typed)

    def setField(self, field: FieldLike) -> None:
        values = field.value or ()
        self._whole = bool(values) and all(type(part) is int for part in values)
        self.line.setValue(", ".join(map(full_number, values)))

    def setDraft(self, value: Any) -> None:
        self.line.setDraft(", ".join(map(full_number, value)))

    def _on_typed(self) -> None:
        self.refused.emit("")

    def _on_committed(self, text: str) -> None:
        parse = parse_integer if self._whole else parse_number
        values: list[float] = []
        at = 0  # where in the text the part begins
        for part in text.split(",") if text.strip() else []:
            try:
                values.append(parse(part.strip()))
                sentence = refusal(self._field, values[-1])
            except (ValueError, OverflowError):
                said = f"{self._field.label} has '{part.strip()}'"
                sentence = f"{said}; it must be numbers with commas between, as in 16, 32."
            if sentence:
                self.refused.emit(sentence)
                start = at + len(part) - len(part.lstrip())
                self.setMistake((start, at + len(part.rstrip())))
                return
            at += len(part) + 1
        sentence = self._wrong_count(len(values))
        self.refused.emit(sentence)
        if not sentence:
            self._give(tuple(values))

    def _wrong_count(self, count: int) -> str:
        least, most = self._field.minimum_items, self._field.maximum_items
        if count >= least and (most is None or count <= most):
            return ""
        allowed = f"at least {least}" if most is None else f"from {least} to {most}"
        return f"{self._field.label} has {count} numbers; it must have {allowed}."


class OptionalEditor(Editor):
    """A switch between "not set" (None) and a value, which another editor shows."""

    def __init__(
        self, inner: Editor, field: FieldLike, style: Style, parent: QObject | None = None
    ) -> None:
        super().__init__(field, style, parent)
        inner.setParent(self)
        self.inner = inner
        self._field = field
        self._last: Any = None
        self.switch = QCheckBox()
        self.switch.setAccessibleName(f"Set {field.label}")
        self.inline = self.switch
        self.wide = QWidget()
        below = QVBoxLayout(self.wide)
        below.setContentsMargins(0, 0, 0, 0)
        for part in (inner.inline, inner.wide):
            if part is not None:
                below.addWidget(part)
        self.switch.toggled.connect(self._on_toggled)
        inner.edited.connect(self.edited)
        inner.gestureFinished.connect(self.gestureFinished)
        inner.refused.connect(self.refused)
        inner.typed.connect(self.typed)

    def setField(self, field: FieldLike) -> None:
        self._field = field
        if field.value is not None:
            self._last = field.value
        with QSignalBlocker(self.switch):
            self.switch.setChecked(field.value is not None)
        self._show_state()
        self.inner.setField(field)

    def targets(self) -> list[QWidget]:
        return [self.switch, *self.inner.targets()]

    def named(self) -> list[QWidget]:
        return self.inner.named()

    def hasDraft(self) -> bool:
        return self.switch.isChecked() and self.inner.hasDraft()

    def setDraft(self, value: Any) -> None:
        if self.switch.isChecked():
            self.inner.setDraft(value)

    def setMistake(self, span: tuple[int, int] | None) -> None:
        self.inner.setMistake(span)

    def restyle(self) -> None:
        self.inner.restyle()

    def _show_state(self) -> None:
        on = self.switch.isChecked()
        self.switch.setText("set" if on else "not set")
        if self.wide is not None:
            self.wide.setVisible(on)

    def _on_toggled(self, on: bool) -> None:
        self._show_state()
        self._give(self._suggestion() if on else None)

    def _suggestion(self) -> Any:
        """The value with which it begins: the last one, the default, or one that is allowed."""
        for known in (self._last, self._field.default):
            if known is not None:
                return known
        low = 0.0 if self._field.minimum is None else self._field.minimum
        if self._field.exclusive_minimum or self._field.scale == "log":
            bounds = slider_range(self._field)
            low = bounds[1] if bounds is not None else low + 1.0
        if self._field.kind == "vector":
            return (float(low),) * self._field.minimum_items
        return int(low) if self._field.kind == "integer" else float(low)


class FixedEditor(Editor):
    """Shows that there are values which a form cannot edit, such as a painted grid."""

    def __init__(self, field: FieldLike, style: Style, parent: QObject | None = None) -> None:
        super().__init__(field, style, parent)
        self.note = QLabel()
        self.note.setProperty("tone", "muted")
        self.inline = self.note

    def setField(self, field: FieldLike) -> None:
        self.note.setText(f"{len(field.value or ())} values")

    def targets(self) -> list[QWidget]:
        return []
