"""Changing parameters by path, and telling what differs between two sets of them.

A path is dotted: ``optimizers.1.learning_rate``. A field of a discriminated union is switched by
giving the name of its variant (``objective = "line"``, or ``objective.kind = "line"``); what
somebody chose in a field that both variants have is carried over where it fits.
"""

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar, cast

from pydantic import ValidationError

from kernels.annotations import (
    annotation_below,
    default_of,
    extra_of,
    is_optional,
    item_of,
    join_path,
    variants_of,
)
from kernels.errors import ParameterError
from kernels.parameters import KIND, NONE, Parameters, Requires
from kernels.sentences import cut, shown, unknown_field, unknown_kind, validated

M = TypeVar("M", bound=Parameters)


def load(model: type[M], data: Mapping[str, Any]) -> M:
    """`data` as checked parameters.

    Raises `ParameterError`, a sentence for the first thing that is wrong.
    """
    return validated(model, data, "")


def dump(parameters: Parameters) -> dict[str, Any]:
    """`parameters` as plain dictionaries, lists, numbers and strings; `load` gives the same back.

    None is left out where it is the default, and is the word "none" elsewhere: TOML has no null.
    """
    return cast("dict[str, Any]", _without_null(parameters, parameters.model_dump(mode="json")))


def get_value(parameters: Parameters, path: str) -> Any:
    """What stands at `path`. Raises `ParameterError` if there is nothing."""
    value: Any = parameters
    walked = ""
    for part in path.split("."):
        value = _child(value, part, walked)
        walked = join_path(walked, part)
    return value


def with_value(parameters: M, path: str, value: Any) -> M:
    """`parameters` with `value` at `path`, all else the same.

    Raises `ParameterError` if there is no such place or the value is not allowed there.
    """
    return cast("M", _put(parameters, type(parameters), path.split("."), value, ""))


def with_item(parameters: M, path: str, index: int, item: Any) -> M:
    """`parameters` with `item` put at `index` into the list at `path`, before what stands there.

    `item` is the name of a variant, the fields of a row, or a row. Raises `ParameterError` if there
    is no such list or place in it, or the item is not allowed there.
    """
    rows = _rows(parameters, path)
    if not 0 <= index <= len(rows):
        raise ParameterError(_no_row(index, path, len(rows)), join_path(path, index))
    is_kind = isinstance(item, str) and variants_of(item_of(_annotation_at(parameters, path)))
    new = {KIND: item} if is_kind else item
    return with_value(parameters, path, (*rows[:index], new, *rows[index:]))


def without_item(parameters: M, path: str, index: int) -> M:
    """`parameters` without the row at `index` of the list at `path`.

    Raises `ParameterError` if there is no such row or the list cannot do without it.
    """
    rows = _rows(parameters, path)
    if not 0 <= index < len(rows):
        raise ParameterError(_no_row(index, path, len(rows)), join_path(path, index))
    return with_value(parameters, path, (*rows[:index], *rows[index + 1 :]))


def differences(old: Parameters, new: Parameters) -> dict[str, tuple[Any, Any]]:
    """What differs, as path -> (old, new), at the deepest path where both are of the same shape."""
    return dict(_differences(old, new, ""))


def is_live_change(old: Parameters, new: Parameters) -> bool:
    """Whether a running simulation may go on from `old` to `new`: all that differs is live.

    Rows and variants are never exchanged live, only the plain values in them.
    """
    return type(old) is type(new) and all(
        _is_live(old, path) and not any(isinstance(v, Parameters | tuple) for v in values)
        for path, values in differences(old, new).items()
    )


def keeps_past(parameters: Parameters, path: str) -> bool:
    """Whether the run that a change at `path` begins is given what was done to the present one."""
    return any(_noted(parameters, path, "keeps_past"))


def reset_by(parameters: Parameters, path: str) -> tuple[str, ...]:
    """The paths of the fields that take their defaults when the value at `path` becomes another."""
    above, _, name = path.rpartition(".")
    owner = get_value(parameters, above) if above else parameters
    if not isinstance(owner, Parameters):
        return ()
    return tuple(join_path(above, below) for below in _reset_by(type(owner), name))


def _is_live(parameters: Parameters, path: str) -> bool:
    """Whether a live field lies on `path`."""
    return any(name not in owner.fixed() for owner, name in _noted(parameters, path, "live"))


def _noted(parameters: Parameters, path: str, note: str) -> Iterator[tuple[Parameters, str]]:
    """The fields with this `note` on `path`: whose they are, and their names."""
    value: Any = parameters
    for part in path.split("."):
        if isinstance(value, Parameters) and extra_of(type(value).model_fields[part]).get(note):
            yield value, part
        value = _child(value, part, "")


def _differences(old: Any, new: Any, path: str) -> Iterator[tuple[str, tuple[Any, Any]]]:
    if isinstance(old, Parameters) and type(old) is type(new):
        for name in type(old).model_fields:
            yield from _differences(getattr(old, name), getattr(new, name), join_path(path, name))
    elif isinstance(old, tuple) and isinstance(new, tuple) and len(old) == len(new):
        for i, (a, b) in enumerate(zip(old, new, strict=True)):
            yield from _differences(a, b, join_path(path, i))
    elif old != new:
        yield path, (old, new)


def _without_null(value: Any, data: Any) -> Any:
    """`data`, which is `value` in plain types, without None."""
    if isinstance(value, Parameters):
        fields = type(value).model_fields
        return {
            name: _without_null(getattr(value, name), plain)
            for name, plain in data.items()
            if plain is not None
            or fields[name].is_required()
            or default_of(fields[name]) is not None
        }
    if isinstance(value, tuple | list):
        return [_without_null(v, plain) for v, plain in zip(value, data, strict=True)]
    if isinstance(value, Mapping):
        return {key: _without_null(value[key], plain) for key, plain in data.items()}
    return NONE if data is None else data


def _child(value: Any, part: str, walked: str) -> Any:
    path = join_path(walked, part)
    if isinstance(value, Parameters):
        if part in type(value).model_fields:
            return getattr(value, part)
        raise ParameterError(unknown_field(type(value), part, walked), path)
    if isinstance(value, tuple):
        if part in map(str, range(len(value))):
            return value[int(part)]
        raise ParameterError(_no_row(part, walked, len(value)), path)
    what = "not set" if value is None else "a single value"
    raise ParameterError(
        f"{walked} is {what} and has no part {shown(part)}. Leave out what follows {walked}.", path
    )


def _rows(parameters: Parameters, path: str) -> tuple[Any, ...]:
    value = get_value(parameters, path)
    if isinstance(value, tuple):
        return value
    raise ParameterError(f"{path} is {shown(value)} and no list. Set its value instead.", path)


def _no_row(index: object, path: str, count: int) -> str:
    has = "no rows" if count == 0 else "only row 0" if count == 1 else f"rows 0 to {count - 1}"
    return f"There is no row {cut(str(index))} in {path}; it has {has}. Add one, or use another."


def _annotation_at(parameters: Parameters, path: str) -> Any:
    above, _, name = path.rpartition(".")
    owner = get_value(parameters, above) if above else parameters
    return annotation_below(type(owner), name)


def _put(old: Any, annotation: Any, parts: list[str], value: Any, path: str) -> Any:
    """`old`, which is of the type `annotation`, with `value` where `parts` lead below it."""
    variants = variants_of(annotation)
    if variants and (parts == [KIND] or (not parts and isinstance(value, str))):
        if value == NONE and NONE not in variants and is_optional(annotation):
            return None
        return _switched(old, variants, value, path)
    if not parts:
        return value
    part, rest = parts[0], parts[1:]
    child = _child(old, part, path)
    below = join_path(path, part)
    if isinstance(old, tuple):
        i = int(part)
        new = _put(child, annotation_below(annotation, i), rest, value, below)
        return (*old[:i], new, *old[i + 1 :])
    new = _put(child, type(old).model_fields[part].annotation, rest, value, below)
    fields = {name: getattr(old, name) for name in type(old).model_fields} | {part: new}
    if getattr(child, KIND, child) == getattr(new, KIND, new):
        return validated(type(old), fields, path)
    fields = {n: v for n, v in fields.items() if n not in _reset_by(type(old), part)}
    made = validated(type(old), fields, path)
    for name, kind in _required_by(made, part, new).items():
        made = _put(made, type(made), [name], kind, path)
    return made


def _reset_by(model: type[Parameters], name: str) -> tuple[str, ...]:
    """The fields that take their defaults when field `name` becomes another one."""
    resets: tuple[str, ...] = extra_of(model.model_fields[name]).get("resets", ())
    return resets


def _required_by(parameters: Parameters, name: str, chosen: Any) -> Mapping[str, str]:
    """The variants that fields must be now that `chosen` is the variant of field `name`."""
    requires: Requires = extra_of(type(parameters).model_fields[name]).get("requires", {})
    if callable(requires):
        return requires(parameters)
    return requires.get(getattr(chosen, KIND, ""), {})


def _switched(
    old: Any, variants: Mapping[str, type[Parameters]], kind: object, path: str
) -> Parameters:
    """The variant `kind` by default, with what was chosen in `old` for the fields of both.

    Left out are the defaults of `old`, what does not fit, and what the new `kind` resets.
    """
    if str(kind) not in variants:
        raise ParameterError(unknown_kind(kind, variants, path), path)
    if getattr(old, KIND, None) == kind:
        return cast("Parameters", old)
    model = variants[str(kind)]
    new = model()
    fields = type(old).model_fields if isinstance(old, Parameters) else {}
    own = {KIND, *_reset_by(model, KIND)}
    for name in model.model_fields:
        if name in fields and name not in own and getattr(old, name) != default_of(fields[name]):
            present = {n: getattr(new, n) for n in model.model_fields}
            try:
                new = model.model_validate(present | {name: getattr(old, name)})
            except ValidationError:
                continue
    return new
