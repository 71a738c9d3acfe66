"""Reading the annotations of `Parameters`: unions of variants, lists, what lies below a path."""

import types
from collections.abc import Iterator
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from kernels.parameters import KIND, Parameters


def is_union(annotation: Any) -> bool:
    return get_origin(annotation) in (Union, types.UnionType)


def unwrapped(annotation: Any) -> Any:
    """An annotation without `Annotated` and without ``| None``."""
    if get_origin(annotation) is Annotated:
        return unwrapped(get_args(annotation)[0])
    if is_union(annotation):
        rest = [a for a in get_args(annotation) if a is not type(None)]
        if len(rest) == 1:
            return unwrapped(rest[0])
    return annotation


def is_optional(annotation: Any) -> bool:
    """Whether None is allowed."""
    if get_origin(annotation) is Annotated:
        return is_optional(get_args(annotation)[0])
    return is_union(annotation) and type(None) in get_args(annotation)


def model_of(annotation: Any) -> type[Parameters] | None:
    """The model that an annotation is; None if it is something else."""
    bare = unwrapped(annotation)
    return bare if isinstance(bare, type) and issubclass(bare, Parameters) else None


def variants_of(annotation: Any) -> dict[str, type[Parameters]]:
    """The variants of a union of models by their `kind`; empty if it is no such union."""
    bare = unwrapped(annotation)
    found = {}
    for member in get_args(bare) if is_union(bare) else (bare,):
        model = model_of(member)
        if model is not None and KIND in model.model_fields:
            found[str(model.model_fields[KIND].default)] = model
        elif member is not type(None):
            return {}
    return found


def item_of(annotation: Any) -> Any:
    """What a ``tuple[X, ...]`` holds; None if the annotation is something else."""
    bare = unwrapped(annotation)
    args = get_args(bare)
    return args[0] if get_origin(bare) is tuple and len(args) == 2 and args[1] is Ellipsis else None


def annotation_below(annotation: Any, part: int | str) -> Any:
    """The annotation of a field of a model or of an entry of a tuple; None if there is none."""
    if (model := model_of(annotation)) is not None:
        return model.model_fields[str(part)].annotation if part in model.model_fields else None
    if (item := item_of(annotation)) is not None:
        return item
    bare = unwrapped(annotation)
    args = get_args(bare)
    if get_origin(bare) is tuple and isinstance(part, int) and part < len(args):
        return args[part]
    return None


def marks_of(annotation: Any) -> Iterator[Any]:
    """The constraints within an annotation, such as ``Annotated[float, Field(ge=0)] | None``."""
    if get_origin(annotation) is Annotated:
        inner, *marks = get_args(annotation)
        yield from marks_of(inner)
        for mark in marks:
            yield from mark.metadata if isinstance(mark, FieldInfo) else (mark,)
    elif is_union(annotation):
        for member in get_args(annotation):
            yield from marks_of(member)


def extra_of(info: FieldInfo) -> dict[str, Any]:
    """What `setting` has noted about a field."""
    return info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}


def default_of(info: FieldInfo) -> Any:
    """The default of a field; None if it has none."""
    return None if info.is_required() else info.get_default(call_default_factory=True)


def label_of(name: str) -> str:
    """A name as a person reads it: ``learning_rate`` is "Learning rate"."""
    return name.replace("_", " ").capitalize()


def join_path(prefix: str, name: str | int) -> str:
    return f"{prefix}.{name}" if prefix else str(name)
