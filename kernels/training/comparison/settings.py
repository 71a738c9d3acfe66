"""What the runs beside this one are set to, and what can be set in them."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from kernels.assignments import write_assignment
from kernels.description import FieldDescription, describe
from kernels.editing import differences, get_value, is_live_change, with_value
from kernels.errors import ParameterError
from kernels.parameters import KIND
from kernels.training.comparison.parameters import MOST_RUNS, ComparisonExperiment, Variant
from kernels.training.parameters import TrainExperiment, Training

COMMON = frozenset({"experiment", "engine"})  # to all runs
NO_VALUE = frozenset({"group", "list"})  # kinds of fields


def variants_of(parameters: Training) -> tuple[Variant, ...]:
    """The runs beside this one."""
    assert isinstance(parameters.experiment, ComparisonExperiment)
    return parameters.experiment.runs


def setting_path(index: int, name: str) -> str:
    """Where field `name` of run number `index` stands; this one, number 0, has no such fields."""
    return f"experiment.runs.{index - 1}.{name}"


def run_parameters(parameters: Training) -> tuple[Training, ...]:
    """The parameters of this run and of each beside it.

    Raises `ParameterError` if a run sets what is not there, what is not allowed, or, where it
    branches off, what cannot change while a run goes on.
    """
    alone = parameters.model_copy(update={"experiment": TrainExperiment()})
    runs = enumerate(variants_of(parameters), 1)
    return (alone, *(_changed(alone, run, index) for index, run in runs))


def _changed(alone: Training, run: Variant, index: int) -> Training:
    """`alone` with what `run` has set otherwise."""
    changed, path = alone, setting_path(index, "settings")
    for name, value in run.assignments().items():
        if name.partition(".")[0] in COMMON:
            raise ParameterError(
                f"A run of the comparison cannot set {name}, which is the same for all. Set "
                "something else.",
                path,
            )
        try:
            changed = with_value(changed, name, value)
        except ParameterError as error:
            raise ParameterError(str(error), path) from error
    if run.from_step and not is_live_change(alone, changed):
        fixed = [
            name
            for name, (old, new) in differences(alone, changed).items()
            if not is_live_change(alone, with_value(alone, name, new))
        ]
        raise ParameterError(
            f"A run that branches off at step {run.from_step:,} has the network, data and "
            f"optimizer of this run; {' and '.join(fixed)} cannot change there. Let it begin at "
            "step 0, or set what acts while a run goes on, such as optimizer.learning_rate.",
            path,
        )
    return changed


def branching(parameters: Training, step: int) -> tuple[tuple[str, Any], ...] | None:
    """What to set, as (path, value), so that another run branches off at `step`.

    None where there are too many already, or what is done is no training of one network.
    """
    run = Variant(from_step=step)
    if isinstance(parameters.experiment, TrainExperiment):
        return (("experiment", ComparisonExperiment(runs=(run,))),)
    if isinstance(parameters.experiment, ComparisonExperiment):
        runs = parameters.experiment.runs
        return (("experiment.runs", (*runs, run)),) if len(runs) < MOST_RUNS else None
    return None


def settable(parameters: Training, index: int) -> tuple[FieldDescription, ...]:
    """The fields that can be set in run number `index`, flat, each with its labels from the top.

    Their values are those of that run, their defaults those of this one. Of a run that branches off
    they are those that act while a run goes on.
    """
    runs, branches = run_parameters(parameters), variants_of(parameters)[index - 1].from_step > 0
    return tuple(
        replace(field, default=_plain(runs[0], field), live=False)
        for root in describe(runs[index])
        if root.name not in COMMON
        for field in _flat(root, "")
        if not branches or (field.live and field.kind != "variant")
    )


def with_setting(parameters: Training, index: int, path: str, value: Any) -> str:
    """The settings of run number `index` with `value` at `path`.

    What is as in this run is left out, and what no longer fits, such as the momentum of another
    optimizer. Raises `ParameterError` if the value is not allowed.
    """
    changed = run_parameters(parameters)[0]
    wanted = variants_of(parameters)[index - 1].assignments() | {path: value}
    kept = []
    for name in sorted(wanted):
        try:
            tried = with_value(changed, name, wanted[name])
        except ParameterError:
            if name == path:
                raise
            continue
        if tried != changed:
            kept.append(write_assignment(name, wanted[name]))
            changed = tried
    return "; ".join(kept)


def _flat(field: FieldDescription, above: str) -> Iterator[FieldDescription]:
    """`field` and all below it that have a value, without their children."""
    label = f"{above}: {field.label}" if above else field.label
    if field.kind not in NO_VALUE:
        yield replace(field, label=label, children=())
    if field.kind != "list":
        for child in field.children:
            yield from _flat(child, label)


def _plain(this: Training, field: FieldDescription) -> Any:
    """What this run has where `field` is; None if it has no such field."""
    try:
        value = get_value(this, field.path)
    except ParameterError:
        return None
    return getattr(value, KIND, value)
