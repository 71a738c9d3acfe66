"""Changing parameters by path, and telling what differs between two sets of them.

A path is dotted: ``optimizers.1.learning_rate``. A field of a discriminated union is switched by
giving the name of its variant (``objective = "line"``, or ``objective.kind = "line"``); fields that
both variants have are carried over where they fit.
"""

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar, cast

from pydantic import ValidationError

from kernels.annotations import annotation_below, extra_of, join_path, variants_of
from kernels.errors import ParameterError
from kernels.parameters import KIND, Parameters
from kernels.sentences import similar, unknown_field, validated

M = TypeVar("M", bound=Parameters)


def load(model: type[M], data: Mapping[str, Any]) -> M:
    """`data` as checked parameters. Raises `ParameterError` with a sentence for the first thing that is wrong."""
    return validated(model, data, "")


def dump(parameters: Parameters) -> dict[str, Any]:
    """`parameters` as plain dictionaries, lists, numbers and strings; what is None is left out."""
    return parameters.model_dump(mode="json", exclude_none=True)


def get_value(parameters: Parameters, path: str) -> Any:
    """What stands at `path`. Raises `ParameterError` if there is nothing."""
    value: Any = parameters
    walked = ""
    for part in path.split("."):
        value = _child(value, part, walked)
        walked = join_path(walked, part)
    return value


def with_value(parameters: M, path: str, value: Any) -> M:
    """`parameters` with `value` at `path`, all else the same. Raises `ParameterError` if that is not allowed."""
    return cast("M", _put(parameters, type(parameters), path.split("."), value, ""))


def with_item(parameters: M, path: str, index: int, item: Any) -> M:
    """`parameters` with `item` (the name of a variant, or its fields) put at `index` into the list at `path`."""
    rows = list(get_value(parameters, path))
    rows.insert(index, {KIND: item} if isinstance(item, str) else item)
    return with_value(parameters, path, rows)


def without_item(parameters: M, path: str, index: int) -> M:
    """`parameters` without the row at `index` of the list at `path`."""
    rows = list(get_value(parameters, path))
    del rows[index]
    return with_value(parameters, path, rows)


def differences(old: Parameters, new: Parameters) -> dict[str, tuple[Any, Any]]:
    """What differs, as path -> (old, new), at the deepest path where both sides are of the same shape."""
    return dict(_differences(old, new, ""))


def is_live_change(old: Parameters, new: Parameters) -> bool:
    """Whether a running simulation may go on from `old` to `new`: all that differs is declared live."""
    return type(old) is type(new) and all(_is_live(old, path) for path in differences(old, new))


def _is_live(parameters: Parameters, path: str) -> bool:
    """Whether a live field lies on `path`, and a plain value at its end: a row or a variant is never exchanged live."""
    value: Any = parameters
    live = False
    for part in path.split("."):
        live = live or (
            isinstance(value, Parameters)
            and bool(extra_of(type(value).model_fields[part]).get("live"))
        )
        value = _child(value, part, "")
    return live and not isinstance(value, Parameters | tuple)


def _differences(old: Any, new: Any, path: str) -> Iterator[tuple[str, tuple[Any, Any]]]:
    if isinstance(old, Parameters) and type(old) is type(new):
        for name in type(old).model_fields:
            yield from _differences(getattr(old, name), getattr(new, name), join_path(path, name))
    elif isinstance(old, tuple) and isinstance(new, tuple) and len(old) == len(new):
        for i, (a, b) in enumerate(zip(old, new, strict=True)):
            yield from _differences(a, b, join_path(path, i))
    elif old != new:
        yield path, (old, new)


def _child(value: Any, part: str, walked: str) -> Any:
    if isinstance(value, Parameters):
        if part in type(value).model_fields:
            return getattr(value, part)
        raise ParameterError(unknown_field(type(value), part, walked), join_path(walked, part))
    if isinstance(value, tuple):
        if part.isdigit() and int(part) < len(value):
            return value[int(part)]
        raise ParameterError(
            f"There is no row {part} in {walked}; it has {len(value)} rows, counted from 0.",
            join_path(walked, part),
        )
    raise ParameterError(
        f"{walked} is a single value and has no part '{part}'.", join_path(walked, part)
    )


def _put(old: Any, annotation: Any, parts: list[str], value: Any, path: str) -> Any:
    """`old`, which is of the type `annotation`, with `value` where `parts` lead below it."""
    variants = variants_of(annotation)
    if variants and (parts == [KIND] or (not parts and isinstance(value, str))):
        return _switched(old, variants, str(value), path)
    if not parts:
        return value
    part, rest = parts[0], parts[1:]
    child = _child(old, part, path)
    if isinstance(old, tuple):
        new = _put(
            child, annotation_below(annotation, int(part)), rest, value, join_path(path, part)
        )
        return (*old[: int(part)], new, *old[int(part) + 1 :])
    new = _put(child, type(old).model_fields[part].annotation, rest, value, join_path(path, part))
    return validated(
        type(old), {name: getattr(old, name) for name in type(old).model_fields} | {part: new}, path
    )


def _switched(
    old: Any, variants: Mapping[str, type[Parameters]], kind: str, path: str
) -> Parameters:
    """The variant `kind` with its defaults, and what `old` has in common with it where that is allowed."""
    if kind not in variants:
        raise ParameterError(
            f"{path} cannot be '{kind}'; it is one of {', '.join(variants)}.{similar(kind, variants)}",
            path,
        )
    if getattr(old, KIND, None) == kind:
        return cast("Parameters", old)
    model = variants[kind]
    new = model()
    common = set(model.model_fields) & set(
        type(old).model_fields if isinstance(old, Parameters) else ()
    ) - {KIND}
    for name in sorted(common):
        try:
            new = model.model_validate(
                {n: getattr(new, n) for n in model.model_fields} | {name: getattr(old, name)}
            )
        except ValidationError:
            continue
    return new
