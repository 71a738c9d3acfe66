"""Parameters: what is computed, as frozen pydantic models.

A field states its range, unit, scale and line of help once, with `setting`; the form, the command
line, scene files and error sentences all read that. `kernels.description` tells the fields of given
parameters, `kernels.editing` changes them by path, `kernels.sentences` words what is wrong.
"""

from collections.abc import Callable, Mapping
from typing import Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, model_validator

KIND = "kind"  # the field that tells the variants of a union apart
NONE = "none"  # how None is written where there is no word for it, as in TOML

ScaleName = Literal["linear", "log"]


class Given(BaseModel):
    """What a person gives: frozen, checked, refusing what it does not know.

    An optional field also takes the word "none", unless it is a text: an optional text is None by
    default. The name of a variant stands for the variant as it is by default.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, protected_namespaces=()
    )

    @model_validator(mode="before")
    @classmethod
    def _read_words(cls, data: Any) -> Any:
        if not isinstance(data, Mapping):
            return data
        return {
            name: cls._read_word(name, value) if isinstance(value, str) else value
            for name, value in data.items()
        }

    @classmethod
    def _read_word(cls, name: str, word: str) -> Any:
        if word == NONE and cls.reads_none(name):
            return None
        info = cls.model_fields.get(name)
        return {KIND: word} if info is not None and info.discriminator == KIND else word

    @classmethod
    def reads_none(cls, name: str) -> bool:
        """Whether the word "none" means None in the field `name`."""
        members = get_args(cls.model_fields[name].annotation) if name in cls.model_fields else ()
        is_word = any(member is str or NONE in get_args(member) for member in members)
        return type(None) in members and not is_word


class Parameters(Given):
    """What is computed."""

    def idle(self) -> frozenset[str]:
        """The paths of its fields that have no effect as it is; a form does not show them."""
        return frozenset()

    def fixed(self) -> frozenset[str]:
        """The names of its live fields that, as it is, take effect in a new run only."""
        return frozenset()

    def remark(self) -> str:
        """A word that a form puts behind the name of the variant that it is, or nothing."""
        return ""


class View(Parameters):
    """What is looked at and how; it redraws the last frame and never reaches a simulation."""


class Action(Given):
    """What a person does to a running simulation; a concrete one has a field `kind`."""


Requires = Mapping[str, Mapping[str, str]] | Callable[[Any], Mapping[str, str]]


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
    offers: Callable[[Any], tuple[str, ...]] | None = None,
    in_form: bool = True,
    keeps_past: bool = False,
    resets: tuple[str, ...] = (),
    requires: Requires | None = None,
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
        (*.csv)"``, or ``"folder"`` where it is a folder.
    offers
        For a field of type `str` whose values depend on the fields beside it: what gives, for the
        parameters as they are, the words to choose from; where it gives none, one types. It is
        asked at every change, so it must answer at once.
    in_form
        Whether a form shows it; what is set by a gesture alone is not shown.
    keeps_past
        Whether the new run that a change of it, or below it, begins is given what was done to the
        present one, at the same steps.
    resets
        The fields beside it that take their defaults when it changes; for a union, when another
        variant is chosen. For a `kind`: the fields of its variant that take nothing over from
        the variant before.
    requires
        For a union: by the names of its variants, which variant each field beside it must be then,
        such as ``{"comparison": {"objective": "logistic"}}``; to choose the one chooses the other.
        Or what gives that, ``{"network": "cnn-25k"}``, for the parameters with the variant chosen.
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
        "offers": offers,
        "in_form": in_form,
        "keeps_past": keeps_past,
        "resets": resets,
        "requires": requires or {},
    }
    return Field(default, description=help, json_schema_extra=extra, **constraints)
