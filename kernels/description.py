"""The fields of given parameters, told so plainly that a form needs to know nothing else."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args, get_origin

from pydantic.fields import FieldInfo

from kernels.annotations import unwrapped, extra_of, item_of, join_path, label_of, variants_of
from kernels.parameters import KIND, Parameters, ScaleName

FieldKind = Literal[
    "boolean", "integer", "number", "choice", "text", "source", "vector", "group", "variant", "list"
]


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several values, and the words for it."""

    value: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldDescription:
    """A field with its present value, told so plainly that a form needs to know nothing else.

    `minimum` and `maximum` are what is allowed; `slider` is the range of its slider. For a
    `variant`, `value` is the name of the variant and `children` are its fields. For a `list`, each
    child is a row; `choices` are what a new row may be. `when` tells, in a catalogue, for which
    variant the field exists (``objective.kind=line``).
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
    when: str = ""
    children: tuple["FieldDescription", ...] = ()

    def walk(self) -> Iterator["FieldDescription"]:
        """This field and all below it, in reading order."""
        yield self
        for child in self.children:
            yield from child.walk()


def describe(
    parameters: Parameters, prefix: str = "", live: bool = False
) -> tuple[FieldDescription, ...]:
    """The fields of `parameters` with their present values, as a tree for a form."""
    fields = type(parameters).model_fields
    return tuple(
        _describe(
            info, info.annotation, getattr(parameters, name), join_path(prefix, name), name, live
        )
        for name, info in fields.items()
        if name != KIND and extra_of(info).get("in_form", True)
    )


def catalogue(model: type[Parameters]) -> tuple[FieldDescription, ...]:
    """Every field that `model` can have, flat, those of all variants included: what a command line may set."""
    return tuple(_catalogue(model(), "", ""))


def _catalogue(parameters: Parameters, prefix: str, when: str) -> Iterator[FieldDescription]:
    for name, info in type(parameters).model_fields.items():
        if name == KIND:
            continue
        path, value = join_path(prefix, name), getattr(parameters, name)
        flat = _describe(info, info.annotation, value, path, name, False)
        variants = variants_of(info.annotation)
        item = item_of(info.annotation)
        yield _replaced(flat, children=(), when=when)
        if isinstance(value, Parameters) and not variants:
            yield from _catalogue(value, path, when)
        for kind, variant in variants.items():
            yield from _catalogue(variant(), path, f"{path}.{KIND}={kind}")
        if item is not None:
            for kind, variant in variants_of(item).items():
                yield from _catalogue(variant(), f"{path}.N", f"{path}.N.{KIND}={kind}")


def _replaced(field: FieldDescription, **changes: Any) -> FieldDescription:
    values = {name: getattr(field, name) for name in FieldDescription.__slots__}
    return FieldDescription(**(values | changes))


def _bounds(info: FieldInfo) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for mark in info.metadata:
        for name, key, exclusive in (("ge", "minimum", False), ("gt", "minimum", True)):
            if (bound := getattr(mark, name, None)) is not None:
                found |= {key: bound, "exclusive_minimum": exclusive}
        for name, key, exclusive in (("le", "maximum", False), ("lt", "maximum", True)):
            if (bound := getattr(mark, name, None)) is not None:
                found |= {key: bound, "exclusive_maximum": exclusive}
        if (count := getattr(mark, "min_length", None)) is not None:
            found["minimum_items"] = count
        if (count := getattr(mark, "max_length", None)) is not None:
            found["maximum_items"] = count
    return found


def _describe(
    info: FieldInfo, annotation: Any, value: Any, path: str, name: str, live: bool
) -> FieldDescription:
    extra = extra_of(info)
    live = live or bool(extra.get("live"))
    labels = extra.get("labels") or {}
    default = (
        None
        if info.is_required()
        else info.get_default(call_default_factory=True, validated_data={})
    )
    bounds = _bounds(info)
    common: dict[str, Any] = {
        "path": path,
        "name": name,
        "help": info.description or "",
        "live": live,
    }
    common["label"] = extra.get("label") or label_of(name)
    common |= {
        "unit": extra.get("unit", ""),
        "scale": extra.get("scale", "linear"),
        "source": extra.get("source", ""),
    }
    common["optional"] = type(None) in get_args(annotation)
    common["slider"] = extra.get("slider")
    bare = unwrapped(annotation)

    def words(kinds: Mapping[str, type[Parameters]] | tuple[str, ...]) -> tuple[Choice, ...]:
        return tuple(Choice(k, labels.get(k, label_of(k))) for k in kinds)

    item = item_of(annotation)
    variants = variants_of(item) if item is not None else {}
    if item is not None and (
        variants or (isinstance(unwrapped(item), type) and issubclass(unwrapped(item), Parameters))
    ):
        rows = tuple(
            FieldDescription(
                path=join_path(path, i),
                name=str(i),
                label=labels.get(getattr(row, KIND, ""), label_of(getattr(row, KIND, name))),
                kind="variant" if variants else "group",
                value=getattr(row, KIND, None),
                default=None,
                help=info.description or "",
                live=live,
                choices=words(variants),
                children=describe(row, join_path(path, i), live),
            )
            for i, row in enumerate(value)
        )
        common |= {k: v for k, v in bounds.items() if k.endswith("_items")}
        return FieldDescription(
            kind="list", value=None, default=None, choices=words(variants), children=rows, **common
        )
    if variants := variants_of(annotation):
        return FieldDescription(
            kind="variant",
            value=None if value is None else getattr(value, KIND),
            default=getattr(default, KIND, None),
            choices=words(variants),
            children=() if value is None else describe(value, path, live),
            **common,
        )
    if isinstance(value, Parameters):
        return FieldDescription(
            kind="group", value=None, default=None, children=describe(value, path, live), **common
        )
    if get_origin(bare) is tuple:
        return FieldDescription(kind="vector", value=value, default=default, **common)
    common |= {k: v for k, v in bounds.items() if not k.endswith("_items")}
    if get_origin(bare) is Literal:
        return FieldDescription(
            kind="choice", value=value, default=default, choices=words(get_args(bare)), **common
        )
    kinds: dict[Any, FieldKind] = {bool: "boolean", int: "integer", float: "number", str: "text"}
    kind = kinds.get(bare)
    if kind is None:
        raise TypeError(f"{path}: a form cannot show a field of type {annotation}")
    if kind == "text" and common["source"]:
        kind = "source"
    return FieldDescription(kind=kind, value=value, default=default, **common)
