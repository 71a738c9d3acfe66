"""What is wrong with parameters, in a sentence: path, value, what is allowed, what to do."""

import difflib
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar, get_args

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from kernels.annotations import (
    annotation_below,
    is_union,
    join_path,
    model_of,
    unwrapped,
    variants_of,
)
from kernels.errors import LayerscopeError, ParameterError
from kernels.parameters import KIND, Parameters

M = TypeVar("M", bound=Parameters)

_LONGEST_VALUE = 60  # characters of a wrong value that a sentence shows

# Per type of a pydantic error: what is allowed, and what to do. Braces take from its context.
_RULES = {
    "greater_than": ("it must be greater than {gt}", "Give a larger value"),
    "greater_than_equal": ("it must be at least {ge}", "Give a larger value"),
    "less_than": ("it must be less than {lt}", "Give a smaller value"),
    "less_than_equal": ("it must be at most {le}", "Give a smaller value"),
    "multiple_of": ("it must be a multiple of {multiple_of}", "Give such a value"),
    "literal_error": ("it must be one of {expected}", "Choose one of these"),
    "int_parsing": ("it must be a whole number", "Write it without a decimal point"),
    "float_parsing": ("it must be a number", "Write it with digits, such as 0.1"),
    "finite_number": ("it must be a finite number", "Write it with digits, such as 0.1"),
    "int_parsing_size": ("it must have fewer digits", "Give a smaller value"),
    "bool_parsing": ("it must be true or false", "Write one of these"),
    "string_type": ("it must be a text", "Put it in quotation marks"),
    "string_too_short": ("it must have at least {min_length} characters", "Write more"),
    "string_too_long": ("it may have at most {max_length} characters", "Shorten it"),
    "string_pattern_mismatch": ("it must be of the form {pattern}", "Correct it"),
    "too_short": ("it must have at least {min_length} entries", "Add some"),
    "too_long": ("it may have at most {max_length} entries", "Take some away"),
    "tuple_type": (
        "it must be a list",
        'Write it in brackets, such as [1, 2] or [{kind = "sgd"}]',
    ),
    "dict_type": ("it must be a group of named values", "Write it as a table"),
    "model_type": ("it must be a group of named values", "Write it as a table"),
}
_SAME_RULE = {
    "int_type": "int_parsing",
    "int_from_float": "int_parsing",
    "float_type": "float_parsing",
    "bool_type": "bool_parsing",
    "model_attributes_type": "model_type",
}


def validated(model: type[M], data: object, walked: str) -> M:
    """`data` as a checked `model`; `walked` is the path at which it stands."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise sentence(model, error, walked) from error


def similar(name: str, known: Iterable[str]) -> str:
    """A question that offers the name of `known` which is most like `name`; empty if none is."""
    near = difflib.get_close_matches(name, list(known), 1)
    return f" Did you mean '{near[0]}'?" if near else ""


def shown(value: object) -> str:
    """A wrong value as a sentence shows it."""
    return cut(repr(value))


def cut(text: str) -> str:
    """`text` as far as a sentence shows it."""
    return text if len(text) <= _LONGEST_VALUE else text[: _LONGEST_VALUE - 3] + "..."


def unknown_field(model: type[Parameters], name: str, walked: str) -> str:
    known = list(model.model_fields)
    where = f" in {walked}" if walked else ""
    if not known:
        return f"There is no parameter {shown(name)}{where}; there is none at all. Leave it out."
    return (
        f"There is no parameter {shown(name)}{where}; there are {', '.join(known)}."
        f"{similar(name, known) or ' Use one of these.'}"
    )


def unknown_kind(kind: object, variants: Mapping[str, type[Parameters]], path: str) -> str:
    return (
        f"{path} cannot be {shown(kind)}; it must be one of {', '.join(variants)}."
        f"{similar(str(kind), variants) or ' Choose one of these.'}"
    )


def sentence(model: type[Parameters], error: ValidationError, walked: str) -> ParameterError:
    """The first thing that is wrong: the path, the value, what is allowed and what to do."""
    details = error.errors(include_url=False)[0]
    path, annotation = _located(model, details["loc"], walked)
    context = details.get("ctx", {})
    cause = context.get("error")
    if isinstance(cause, LayerscopeError):
        if isinstance(cause, ParameterError):
            place = join_path(path, cause.path) if cause.path else path
            return ParameterError(str(cause), place, cause.span)
        return ParameterError(f"{path}: {cause}", path, getattr(cause, "span", None))
    if details["type"] == "extra_forbidden":
        owner, annotation = _located(model, details["loc"][:-1], walked)
        name = str(details["loc"][-1])
        return ParameterError(unknown_field(model_of(annotation) or model, name, owner), path)
    variants = variants_of(annotation)
    if details["type"] == "union_tag_invalid":
        return ParameterError(unknown_kind(context["tag"], variants, path), path)
    if details["type"] == "union_tag_not_found":
        allowed = f"does not say which kind it is; it is one of {', '.join(variants)}"
        return ParameterError(f"{path} {allowed}. Write {path}.{KIND}, too.", path)
    choices = map(str, get_args(unwrapped(annotation)))
    return ParameterError(_ruled(details, path, choices), path)


def _ruled(details: ErrorDetails, path: str, choices: Iterable[str]) -> str:
    name = path or "The whole"
    kind, value, context = details["type"], details["input"], details.get("ctx", {})
    if kind == "missing":
        return f"{name} is missing and has no default. Give it a value."
    rule = _RULES.get(_SAME_RULE.get(kind, kind))
    if rule is None:
        reason = str(context.get("error", details["msg"])).rstrip(".")
        return f"{name} is {shown(value)}: {reason}. Correct this value."
    allowed, remedy = rule
    told = {k: f"{v:.12g}" if isinstance(v, float) else v for k, v in context.items()}
    hint = similar(str(value), choices) if kind == "literal_error" else ""
    return f"{name} is {shown(value)}; {allowed.format_map(told)}.{hint or f' {remedy}.'}"


def _located(
    model: type[Parameters], location: tuple[int | str, ...], walked: str
) -> tuple[str, Any]:
    """The path and the annotation at a pydantic location.

    Where there is a union, pydantic also names the member that it tried: a path does not.
    """
    path = walked
    annotation: Any = model
    for part in location:
        if is_union(unwrapped(annotation)):
            annotation = variants_of(annotation).get(str(part))
        else:
            path = join_path(path, part)
            annotation = annotation_below(annotation, part)
    return path, annotation
