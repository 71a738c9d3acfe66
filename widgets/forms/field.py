"""What a form is told of a field, and what it says about it: ranges, help, refusals."""

from collections.abc import Hashable, Sequence
from typing import Any, Protocol

from widgets.number_text import full_number, short_number
from widgets.numbers import with_minus


class ChoiceLike(Protocol):
    """One of several values, and the words for it."""

    @property
    def value(self) -> Any: ...
    @property
    def label(self) -> str: ...


class BoundedLike(Protocol):
    """What a field for one number must know: its name and what is allowed."""

    @property
    def label(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def minimum(self) -> float | None: ...
    @property
    def maximum(self) -> float | None: ...
    @property
    def exclusive_minimum(self) -> bool: ...
    @property
    def exclusive_maximum(self) -> bool: ...


class FieldLike(BoundedLike, Protocol):
    """A field with its present value, told so plainly that a form needs to know nothing else.

    `kind` is one of boolean, integer, number, choice, text, source, vector, group, variant, list.
    `minimum` and `maximum` are what is allowed; `slider` is the range of its slider. For a variant,
    `value` is the name of the variant and `children` are its fields. For a list, each child is a
    row and `choices` are what a new row may be. `minimum_items` and `maximum_items` bound the rows
    of a list and the components of a vector. `source` is the filter of a file to be chosen, or
    "folder" where it is a folder. `remark` is put behind the name of a variant.
    """

    @property
    def path(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def value(self) -> Any: ...
    @property
    def default(self) -> Any: ...
    @property
    def help(self) -> str: ...
    @property
    def unit(self) -> str: ...
    @property
    def scale(self) -> str: ...
    @property
    def slider(self) -> tuple[float, float] | None: ...
    @property
    def choices(self) -> Sequence[ChoiceLike]: ...
    @property
    def minimum_items(self) -> int: ...
    @property
    def maximum_items(self) -> int | None: ...
    @property
    def live(self) -> bool: ...
    @property
    def optional(self) -> bool: ...
    @property
    def source(self) -> str: ...
    @property
    def remark(self) -> str: ...
    @property
    def children(self) -> "Sequence[FieldLike]": ...


def signature(field: FieldLike) -> Hashable:
    """What decides which editor a field needs: all but its values and its children."""
    bounds = (field.minimum, field.maximum, field.exclusive_minimum, field.exclusive_maximum)
    choices = tuple((choice.value, choice.label) for choice in field.choices)
    items = (field.minimum_items, field.maximum_items)
    words = (field.label, field.help, field.unit, field.source)
    flags = (field.live, field.optional)
    return (field.path, field.kind, words, field.scale, bounds, field.slider, choices, items, flags)


def has_default(field: FieldLike) -> bool:
    """Whether there is a default to go back to, and the value is another."""
    known = field.default is not None or field.optional
    return known and field.kind not in ("group", "list") and field.value != field.default


def slider_range(field: FieldLike) -> tuple[float, float] | None:
    """From where to where its slider goes; None if it is bounded on neither account."""
    if field.slider is not None:
        return field.slider
    if field.minimum is None or field.maximum is None or field.minimum >= field.maximum:
        return None
    return field.minimum, field.maximum


def refusal(field: BoundedLike, value: float) -> str:
    """Why `value` is not allowed, as a sentence; empty if it is."""
    name = f"{field.label} is {short_number(value, 6)}"
    low, high = field.minimum, field.maximum
    if low is not None and (value < low or (field.exclusive_minimum and value == low)):
        bound = "greater than" if field.exclusive_minimum else "at least"
        return f"{name}; it must be {bound} {short_number(low)}. Give a larger value."
    if high is not None and (value > high or (field.exclusive_maximum and value == high)):
        bound = "less than" if field.exclusive_maximum else "at most"
        return f"{name}; it must be {bound} {short_number(high)}. Give a smaller value."
    return ""


def range_text(field: BoundedLike) -> str:
    """What is allowed, in words; empty if everything is."""
    parts = []
    if field.minimum is not None:
        word = "greater than" if field.exclusive_minimum else "at least"
        parts.append(f"{word} {short_number(field.minimum)}")
    if field.maximum is not None:
        word = "less than" if field.exclusive_maximum else "at most"
        parts.append(f"{word} {short_number(field.maximum)}")
    return " and ".join(parts)


def value_text(field: FieldLike, value: Any) -> str:
    """A value of `field` as a person reads it."""
    if value is None:
        return "not set"
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, int | float):
        return full_number(value)
    if isinstance(value, tuple | list):
        return ", ".join(value_text(field, part) for part in value)
    words = {choice.value: choice.label for choice in field.choices}
    return str(words.get(value, value))


def help_lines(field: FieldLike) -> tuple[str, ...]:
    """What is to be known of a field: its help, its range, its default, and when a change acts."""
    lines = [field.help] if field.help else []
    allowed = range_text(field)
    if allowed:
        lines.append(with_minus(f"Range: {allowed}{' ' + field.unit if field.unit else ''}."))
    if field.kind not in ("group", "list") and (field.default is not None or field.optional):
        lines.append(with_minus(f"Default: {value_text(field, field.default)}."))
    acts = "Acts while the run goes on." if field.live else "A change starts a new run."
    return (*lines, acts)


def plain_value(field: FieldLike) -> Any:
    """The present value of a field with all below it, as plain dictionaries and lists."""
    if field.kind == "list":
        return [plain_value(row) for row in field.children]
    if field.kind not in ("group", "variant"):
        return field.value
    if field.kind == "variant" and field.value is None:
        return None
    below = {child.name: plain_value(child) for child in field.children}
    return below if field.value is None else {"kind": field.value} | below
