"""What differs among several sets of parameters, a row for each setting."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from kernels.annotations import join_path
from kernels.description import FieldDescription, describe
from kernels.editing import differences, get_value
from kernels.errors import ParameterError
from kernels.parameters import KIND, Parameters

NOT_THERE = "–"  # where a variant has no such field


@dataclass(frozen=True, slots=True)
class Difference:
    """A setting that is not the same everywhere.

    `label` is what it is called on the screen, such as "Optimizer: Learning rate"; `values` are
    what it is in each of the sets: numbers, or words.
    """

    path: str
    label: str
    values: tuple[float | str, ...]


def what_differs(
    sets: Sequence[Parameters], besides: frozenset[str] = frozenset()
) -> tuple[Difference, ...]:
    """The settings that are not the same in all of `sets`, in the order of their fields.

    Where variants differ (SGD, Adam), so does what these have in common, if it does, and what only
    one has, if it is not as by default. `besides` are fields at the top that are left out.
    """
    first = sets[0]
    paths: dict[str, None] = {}
    for other in sets[1:]:
        for path, (old, new) in differences(first, other).items():
            if path.partition(".")[0] not in besides:
                paths |= dict.fromkeys(_below(path, old, new))
    order = {name: i for i, name in enumerate(type(first).model_fields)}
    told = [_fields(one) for one in sets]
    return tuple(
        Difference(path, _label(path, told), _values(path, sets, told))
        for path in sorted(paths, key=lambda path: (order[path.partition(".")[0]], path))
    )


def _values(
    path: str, sets: Sequence[Parameters], told: Sequence[dict[str, FieldDescription]]
) -> tuple[float | str, ...]:
    return tuple(_value(path, one, fields) for one, fields in zip(sets, told, strict=True))


def _below(path: str, old: Any, new: Any) -> list[str]:
    """`path`, and the fields of two different variants there that differ, too."""
    found = [path]
    if not (isinstance(old, Parameters) and isinstance(new, Parameters)):
        return found
    mine, theirs = type(old).model_fields, type(new).model_fields
    for name in dict.fromkeys((*mine, *theirs)):
        if name == KIND:
            continue
        if name in mine and name in theirs:
            differs = getattr(old, name) != getattr(new, name)
        else:
            owner = old if name in mine else new
            differs = getattr(owner, name) != type(owner).model_fields[name].get_default()
        if differs and not isinstance(getattr(old, name, None), Parameters | tuple):
            found.append(join_path(path, name))
    return found


def _fields(parameters: Parameters) -> dict[str, FieldDescription]:
    """Every field of `parameters` by its path, under its labels from the top."""
    return {field.path: field for root in describe(parameters) for field in root.walk()}


def _label(path: str, told: Sequence[dict[str, FieldDescription]]) -> str:
    """The labels on the way to `path`."""
    parts = path.split(".")
    labels = []
    for count in range(1, len(parts) + 1):
        at = ".".join(parts[:count])
        known = next((fields[at].label for fields in told if at in fields), None)
        labels.append(known or parts[count - 1].replace("_", " "))
    return ": ".join(labels)


def _value(path: str, parameters: Parameters, fields: dict[str, FieldDescription]) -> float | str:
    """What stands at `path`, as a number or in words."""
    try:
        value = get_value(parameters, path)
    except ParameterError:
        return NOT_THERE
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, int | float):
        return float(value)
    if value is None:
        return "not set"
    if isinstance(value, tuple):
        return f"{len(value)} rows" if value and isinstance(value[0], Parameters) else str(value)
    word = getattr(value, KIND, value)
    choices = fields[path].choices if path in fields else ()
    return str(next((choice.label for choice in choices if choice.value == word), word))
