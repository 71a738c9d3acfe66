"""What is wrong with parameters, as a sentence: the path, the value, what is allowed, what to do."""

import difflib
import types
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeVar, Union, get_origin

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from kernels.annotations import annotation_below, unwrapped, join_path, variants_of
from kernels.errors import LayerscopeError, ParameterError
from kernels.parameters import KIND, Parameters

M = TypeVar("M", bound=Parameters)


def validated(model: type[M], data: Mapping[str, Any], walked: str) -> M:
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise sentence(model, error, walked) from error


def similar(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, list(known), 1)
    return f" Did you mean '{near[0]}'?" if near else ""


def unknown_field(model: type[Parameters], name: str, walked: str) -> str:
    known = list(model.model_fields)
    where = f" in {walked}" if walked else ""
    return f"There is no parameter '{name}'{where}; there are {', '.join(known)}.{similar(name, known)}"


def sentence(model: type[Parameters], error: ValidationError, walked: str) -> ParameterError:
    """The first error of a validation as a sentence with the path, the value, what is allowed and what to do."""
    details = error.errors()[0]
    path = walked
    for part in _public(model, details["loc"]):
        path = join_path(path, part)
    cause = details.get("ctx", {}).get("error")
    if isinstance(cause, LayerscopeError):
        path = (
            join_path(path, cause.path)
            if isinstance(cause, ParameterError) and cause.path
            else path
        )
        return ParameterError(str(cause), path, getattr(cause, "span", None))
    if details["type"] == "extra_forbidden":
        owner, _, name = path.rpartition(".")
        return ParameterError(
            unknown_field(_model_at(model, details["loc"][:-1]), name, owner), path
        )
    return ParameterError(_allowed(details, path), path)


def _allowed(details: ErrorDetails, path: str) -> str:
    value, context = details.get("input"), details.get("ctx", {})
    shown = repr(value) if not isinstance(value, str) else f"'{value}'"
    shown = shown if len(shown) <= 60 else shown[:57] + "..."
    name = path or "The whole"
    match details["type"]:
        case "greater_than":
            return f"{name} is {shown}; it must be greater than {context['gt']:g}. Give a larger value."
        case "greater_than_equal":
            return f"{name} is {shown}; it must be at least {context['ge']:g}. Give a larger value."
        case "less_than":
            return (
                f"{name} is {shown}; it must be less than {context['lt']:g}. Give a smaller value."
            )
        case "less_than_equal":
            return f"{name} is {shown}; it must be at most {context['le']:g}. Give a smaller value."
        case "literal_error":
            return (
                f"{name} is {shown}; it must be one of {context['expected']}. Choose one of these."
            )
        case "union_tag_invalid":
            return f"{name} cannot be '{context['tag']}'; it is one of {context['expected_tags']}. Choose one of these."
        case "union_tag_not_found":
            return f"{name} does not say which kind it is; write {name}.{KIND} = one of its kinds."
        case "int_parsing" | "int_type" | "int_from_float":
            return (
                f"{name} is {shown}; it must be a whole number. Write it without a decimal point."
            )
        case "float_parsing" | "float_type":
            return f"{name} is {shown}; it must be a number. Write it with digits, such as 0.1."
        case "finite_number":
            return (
                f"{name} is {shown}; it must be a finite number. Write it with digits, such as 0.1."
            )
        case "bool_parsing" | "bool_type":
            return f"{name} is {shown}; it must be true or false. Write one of these."
        case "string_type":
            return f"{name} is {shown}; it must be a text. Put it in quotation marks."
        case "missing":
            return f"{name} is missing and has no default. Give it a value."
        case "too_short":
            return f"{name} has {context['actual_length']} entries; it needs at least {context['min_length']}. Add some."
        case "too_long":
            return f"{name} has too many entries; it may have at most {context['max_length']}. Take some away."
        case "tuple_type":
            return f"{name} is {shown}; it must be a list. Write it in brackets, such as [1, 2]."
        case "model_type" | "model_attributes_type":
            return f"{name} is {shown}; it must be a group of named values. Write it as a table."
        case _:
            return f"{name} is {shown}: {details['msg'].lower()}. Correct this value."


def _public(model: type[Parameters], loc: tuple[int | str, ...]) -> Iterator[int | str]:
    """The parts of a pydantic location that a person's path has: without the names of variants."""
    annotation: Any = model
    for part in loc:
        variants = variants_of(annotation)
        if (
            variants
            and part in variants
            and get_origin(unwrapped(annotation)) in (Union, types.UnionType)
        ):
            annotation = variants[str(part)]
            continue
        yield part
        annotation = annotation_below(annotation, part)


def _model_at(model: type[Parameters], loc: tuple[int | str, ...]) -> type[Parameters]:
    annotation: Any = model
    for part in loc:
        variants = variants_of(annotation)
        is_union = get_origin(unwrapped(annotation)) in (Union, types.UnionType)
        annotation = (
            variants[str(part)]
            if variants and is_union and part in variants
            else annotation_below(annotation, part)
        )
    bare = unwrapped(annotation)
    return bare if isinstance(bare, type) and issubclass(bare, Parameters) else model
