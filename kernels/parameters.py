"""Parameters: what is computed, as frozen pydantic models.

A field states its range, unit, scale and line of help once, with `setting`; the form, the command
line, scene files and error sentences all read that. `kernels.description` tells the fields of given
parameters, `kernels.editing` changes them by path, `kernels.sentences` words what is wrong.
"""

from collections.abc import Mapping
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

KIND = "kind"  # the field that tells the variants of a union apart

ScaleName = Literal["linear", "log"]


class Parameters(BaseModel):
    """What is computed: frozen, checked, refusing what it does not know."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, protected_namespaces=()
    )


class Action(BaseModel):
    """What a person does to a running simulation."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class View(Parameters):
    """What is looked at and how; it redraws the last frame and never reaches a simulation."""


M = TypeVar("M", bound=Parameters)


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
    }
    extra |= {"labels": dict(labels or {}), "source": source, "in_form": in_form}
    return Field(default, description=help, json_schema_extra=extra, **constraints)
