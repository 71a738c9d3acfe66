"""Reading the annotations of `Parameters`: unions of variants, lists, and what lies below a path."""

import types
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from kernels.parameters import KIND, Parameters


def unwrapped(annotation: Any) -> Any:
    """An annotation without `Annotated` and without ``| None``."""
    if get_origin(annotation) is Annotated:
        return unwrapped(get_args(annotation)[0])
    if get_origin(annotation) in (Union, types.UnionType):
        rest = [a for a in get_args(annotation) if a is not type(None)]
        if len(rest) == 1:
            return unwrapped(rest[0])
    return annotation


def variants_of(annotation: Any) -> dict[str, type[Parameters]]:
    """The variants of a union of models by their `kind`; empty if the annotation is no such union."""
    bare = unwrapped(annotation)
    members = get_args(bare) if get_origin(bare) in (Union, types.UnionType) else (bare,)
    found = {}
    for member in map(unwrapped, members):
        if (
            not (isinstance(member, type) and issubclass(member, Parameters))
            or KIND not in member.model_fields
        ):
            return {}
        found[str(member.model_fields[KIND].default)] = member
    return found


def item_of(annotation: Any) -> Any:
    """What a ``tuple[X, ...]`` holds; None if the annotation is something else."""
    bare = unwrapped(annotation)
    args = get_args(bare)
    return args[0] if get_origin(bare) is tuple and len(args) == 2 and args[1] is Ellipsis else None


def label_of(name: str) -> str:
    return name.replace("_", " ").capitalize()


def join_path(prefix: str, name: str | int) -> str:
    return f"{prefix}.{name}" if prefix else str(name)


def extra_of(info: FieldInfo) -> dict[str, Any]:
    return info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}


def annotation_below(annotation: Any, part: int | str) -> Any:
    bare = unwrapped(annotation)
    if isinstance(bare, type) and issubclass(bare, Parameters) and part in bare.model_fields:
        return bare.model_fields[str(part)].annotation
    if isinstance(part, int) and get_origin(bare) is tuple:
        args = get_args(bare)
        return (
            args[0]
            if len(args) == 2 and args[1] is Ellipsis
            else args[part]
            if part < len(args)
            else None
        )
    return None
