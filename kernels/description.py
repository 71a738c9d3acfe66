"""The fields of given parameters, told so plainly that a form needs to know nothing else."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Literal, get_args, get_origin

from kernels.annotations import (
    default_of,
    extra_of,
    is_optional,
    item_of,
    join_path,
    label_of,
    marks_of,
    model_of,
    unwrapped,
    variants_of,
)
from kernels.parameters import KIND, Parameters, ScaleName

FieldKind = Literal[
    "boolean", "integer", "number", "choice", "text", "source", "vector", "group", "variant", "list"
]

_SINGLE: dict[Any, FieldKind] = {bool: "boolean", int: "integer", float: "number", str: "text"}


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several values, and the words for it."""

    value: Any
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldDescription:
    """A field with its present value, told so plainly that a form needs to know nothing else.

    `minimum` and `maximum` are what is allowed, for a `vector` of each component; `slider` is the
    range of its slider. For a `variant`, `value` is the name of the variant and `children` are its
    fields. For a `list`, each child is a row; `choices` are what a new row may be. `minimum_items`
    and `maximum_items` count the rows of a list and the components of a `vector`. `default` is what
    the group or variant around the field has for it by default. `when` tells, in a catalogue, for
    which variant the field exists (``objective.kind=line``). `remark` is put behind the name of a
    variant.
    """

    path: str
    name: str
    label: str
    kind: FieldKind
    value: Any
    default: Any
    help: str
    unit: str = ""
    scale: ScaleName = "linear"
    minimum: float | None = None
    maximum: float | None = None
    exclusive_minimum: bool = False
    exclusive_maximum: bool = False
    slider: tuple[float, float] | None = None
    choices: tuple[Choice, ...] = ()
    minimum_items: int = 0
    maximum_items: int | None = None
    live: bool = False
    optional: bool = False
    source: str = ""
    remark: str = ""
    when: str = ""
    children: tuple["FieldDescription", ...] = ()

    def walk(self) -> Iterator["FieldDescription"]:
        """The field and all below it, in reading order."""
        yield self
        for child in self.children:
            yield from child.walk()


def describe(
    parameters: Parameters, prefix: str = "", live: bool = False
) -> tuple[FieldDescription, ...]:
    """The fields of `parameters` with their present values, as a tree for a form.

    Those that are idle, that is without effect as the others are, are left out. `prefix` is the
    path at which they stand, `live` whether all of them act at once, as those of a view. Else the
    values below a live field do, but not another variant or row there, which starts a new run.
    """
    fields = _described(parameters, None, prefix, live, frozenset())
    return fields if live else tuple(map(_exchanged, fields))


def _exchanged(field: FieldDescription) -> FieldDescription:
    """`field` with no variant and no list, in it or below it, called live."""
    live = field.live and field.kind not in ("variant", "list")
    return replace(field, live=live, children=tuple(map(_exchanged, field.children)))


def catalogue(model: type[Parameters]) -> tuple[FieldDescription, ...]:
    """Every field that `model` can have, those of all variants too, flat: what a person may set.

    Values are defaults; ``N`` in a path stands for the number of a row.
    """
    return tuple(_catalogue(model, None, "", ""))


def _catalogue(
    model: type[Parameters], given: Parameters | None, prefix: str, when: str
) -> Iterator[FieldDescription]:
    for name, info in model.model_fields.items():
        if name == KIND:
            continue
        path = join_path(prefix, name)
        value = default_of(info) if given is None else getattr(given, name)
        field = _field(model, name, value, value, path, _known(model, name).live, frozenset())
        yield replace(field, children=(), when=when)
        item = item_of(info.annotation)
        below = info.annotation if item is None else item
        place = path if item is None else f"{path}.N"
        for kind, variant in _models_of(below).items():
            known = value if type(value) is variant else None
            condition = f"{place}.{KIND}={kind}" if kind else when
            yield from _catalogue(variant, known, place, condition)


def _models_of(annotation: Any) -> Mapping[str, type[Parameters]]:
    """The models that may stand for an annotation, by their kind, or as "" where there is one."""
    if variants := variants_of(annotation):
        return variants
    model = model_of(annotation)
    return {} if model is None else {"": model}


def _described(
    parameters: Parameters,
    defaults: Parameters | None,
    prefix: str,
    live: bool,
    idle: frozenset[str],
) -> tuple[FieldDescription, ...]:
    """The fields of `parameters` but for those whose paths are `idle`, or which it says are."""
    model = type(parameters)
    idle |= {join_path(prefix, path) for path in parameters.idle()}
    fixed = parameters.fixed()
    return tuple(
        _offering(
            _field(
                model,
                name,
                getattr(parameters, name),
                getattr(defaults, name) if type(defaults) is model else _known(model, name).default,
                join_path(prefix, name),
                live or (_known(model, name).live and name not in fixed),
                idle,
            ),
            parameters,
        )
        for name, info in model.model_fields.items()
        if name != KIND
        and extra_of(info).get("in_form", True)
        and join_path(prefix, name) not in idle
    )


def _offering(field: FieldDescription, parameters: Parameters) -> FieldDescription:
    """`field` of `parameters` as a choice, if there are words to choose from."""
    extra = extra_of(type(parameters).model_fields[field.name])
    words = extra["offers"](parameters) if extra.get("offers") else ()
    if not words:
        return field
    if field.value not in words:  # so that the form shows what is in force
        words = (*words, field.value)
    labels: Mapping[str, str] = extra["labels"]
    choices = tuple(Choice(word, labels.get(word, word)) for word in words)
    return replace(field, kind="choice", choices=choices)


def _field(
    model: type[Parameters],
    name: str,
    value: Any,
    default: Any,
    path: str,
    live: bool,
    idle: frozenset[str],
) -> FieldDescription:
    """The field `name` of `model`; `live` tells whether it, or a field above it, is live."""
    known = _known(model, name)
    field = replace(known, path=path, value=value, default=default, live=live)
    match field.kind:
        case "list":
            return _list(field, idle)
        case "group" | "variant":
            return _model(field, idle)
        case _:
            return field


@cache
def _known(model: type[Parameters], name: str) -> FieldDescription:
    """What is so of the field `name` of `model` whatever its value, path and surroundings."""
    info = model.model_fields[name]
    extra = extra_of(info)
    annotation = info.annotation
    field = FieldDescription(
        path=name,
        name=name,
        label=extra.get("label") or label_of(name),
        kind="group",
        value=None,
        default=default_of(info),
        help=info.description or "",
        unit=extra.get("unit", ""),
        scale=extra.get("scale", "linear"),
        slider=extra.get("slider"),
        live=bool(extra.get("live")),
        optional=is_optional(annotation),
        source=extra.get("source", ""),
    )
    labels: Mapping[str, str] = extra.get("labels") or {}
    marks = [*info.metadata, *marks_of(annotation)]
    item = item_of(annotation)
    if _models_of(item):
        choices = _choices(variants_of(item), labels)
        return replace(field, kind="list", choices=choices, **_item_counts(marks))
    if variants := variants_of(annotation):
        return replace(field, kind="variant", choices=_choices(variants, labels))
    if _models_of(annotation):
        return field
    return _plain(field, annotation, labels, marks)


def _list(field: FieldDescription, idle: frozenset[str]) -> FieldDescription:
    words = {choice.value: choice.label for choice in field.choices}
    rows = tuple(
        FieldDescription(
            path=join_path(field.path, i),
            name=str(i),
            label=words.get(getattr(row, KIND, field.name)) or field.label,
            kind="variant" if words else "group",
            value=getattr(row, KIND, None),
            default=None,
            help=field.help,
            live=field.live,
            choices=field.choices,
            children=_described(row, None, join_path(field.path, i), field.live, idle),
        )
        for i, row in enumerate(field.value or ())
    )
    return replace(field, value=None, default=None, children=rows)


def _model(field: FieldDescription, idle: frozenset[str]) -> FieldDescription:
    value, default, is_variant = field.value, field.default, field.kind == "variant"
    below = () if value is None else _described(value, default, field.path, field.live, idle)
    return replace(
        field,
        value=getattr(value, KIND, None) if is_variant else None,
        default=getattr(default, KIND, None) if is_variant else None,
        remark=value.remark() if is_variant and value is not None else "",
        children=below,
    )


def _plain(
    field: FieldDescription, annotation: Any, labels: Mapping[str, str], marks: Iterable[Any]
) -> FieldDescription:
    bare = unwrapped(annotation)
    if get_origin(bare) is tuple:
        parts = get_args(bare)
        fixed = {"minimum_items": len(parts), "maximum_items": len(parts)}
        counts = fixed if item_of(annotation) is None else _item_counts(marks)
        return replace(field, kind="vector", **counts, **_bounds(marks_of(parts[0])))
    if get_origin(bare) is Literal:
        return replace(field, kind="choice", choices=_choices(get_args(bare), labels))
    if bare not in _SINGLE:
        raise TypeError(f"{field.path}: a form cannot show a field of type {annotation}")
    kind: FieldKind = "source" if field.source else _SINGLE[bare]
    return replace(field, kind=kind, **_bounds(marks))


def _choices(values: Iterable[Any], labels: Mapping[str, str]) -> tuple[Choice, ...]:
    return tuple(Choice(value, _word(value, labels)) for value in values)


def _word(value: Any, labels: Mapping[str, str]) -> str:
    return labels.get(value) or label_of(str(value))


def _item_counts(marks: Iterable[Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for mark in marks:
        if (count := getattr(mark, "min_length", None)) is not None:
            found["minimum_items"] = count
        if (count := getattr(mark, "max_length", None)) is not None:
            found["maximum_items"] = count
    return found


def _bounds(marks: Iterable[Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for mark in marks:
        for name, side in (
            ("ge", "minimum"),
            ("gt", "minimum"),
            ("le", "maximum"),
            ("lt", "maximum"),
        ):
            if (bound := getattr(mark, name, None)) is not None:
                found |= {side: bound, f"exclusive_{side}": name in ("gt", "lt")}
    return found
