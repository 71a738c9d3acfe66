"""Parameters: what is computed, as frozen pydantic models.

A field states its range, unit, scale and line of help once, with `setting`; the form, the command
line, scene files and error sentences all read that. `kernels.description` tells the fields of given
parameters, `kernels.editing` changes them by path, `kernels.sentences` words what is wrong.
"""

from collections.abc import Mapping
from typing import Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, model_validator

KIND = "kind"  # the field that tells the variants of a union apart
NONE = "none"  # how None is written where there is no word for it, as in TOML

ScaleName = Literal["linear", "log"]


class Parameters(BaseModel):
    """What is computed: frozen, checked, refusing what it does not know.

    An optional field also takes the word "none", unless it is a text: an optional text is None by
    default.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, protected_namespaces=()
    )

    @model_validator(mode="before")
    @classmethod
    def _read_none(cls, data: Any) -> Any:
        if not isinstance(data, Mapping):
            return data
        return {
            name: None
            if isinstance(value, str) and value == NONE and cls.reads_none(name)
            else value
            for name, value in data.items()
        }

    @classmethod
    def reads_none(cls, name: str) -> bool:
        """Whether the word "none" means None in the field `name`."""
        members = get_args(cls.model_fields[name].annotation) if name in cls.model_fields else ()
        is_word = any(member is str or NONE in get_args(member) for member in members)
        return type(None) in members and not is_word


class View(Parameters):
    """What is looked at and how; it redraws the last frame and never reaches a simulation."""


class Action(BaseModel):
    """What a person does to a running simulation; a concrete one has a field `kind`."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, protected_namespaces=()
    )


def setting(
    default: Any = ...,
    *,
    help: str,
    label: str = "",
    unit: str = "",
    scale: ScaleName = "linear",
    slider: tuple[float, float] | None = None,
    live: bool = False,
    labels: Mapping[str, str] | None = None,
    source: str = "",
    in_form: bool = True,
    resets: tuple[str, ...] = (),
    **constraints: Any,
) -> Any:
    """A field of `Parameters`.

    Parameters
    ----------
    default
        Its value when nobody gives one.
    help
        One line that tells a student what it does.
    label, unit
        How it is called on the screen (by default from its name) and in what it is measured.
    scale, slider
        Whether its slider is linear or logarithmic, and from where to where, if that is narrower
        than what is allowed.
    live
        Whether it, and all below it, may change while the simulation runs.
    labels
        The words on the screen for the values of a choice or the variants of a union.
    source
        For a field of type `str` that names something from outside: a file filter such as ``"CSV
        (*.csv)"``.
    in_form
        Whether a form shows it; what is set by a gesture alone is not shown.
    resets
        For a union: the fields beside it that take their defaults when another variant is chosen.
    constraints
        What pydantic's `Field` takes: ``ge``, ``gt``, ``le``, ``lt``, ``min_length``,
        ``max_length``, ``discriminator``.
    """
    extra: dict[str, Any] = {
        "label": label,
        "unit": unit,
        "scale": scale,
        "slider": slider,
        "live": live,
        "labels": dict(labels or {}),
        "source": source,
        "in_form": in_form,
        "resets": resets,
    }
    return Field(default, description=help, json_schema_extra=extra, **constraints)
