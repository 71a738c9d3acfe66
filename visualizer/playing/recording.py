"""What was done to a run, by step: as a scene keeps it, and as a run takes it."""

from collections.abc import Mapping
from typing import Any, cast

from kernels.editing import differences, dump, get_value, is_live_change, load
from kernels.errors import ParameterError, SceneError
from kernels.parameters import KIND, Action, Parameters
from kernels.sentences import shown, similar, validated
from kernels.simulation import AnySimulation
from visualizer.playing.timeline import Given, Journal
from visualizer.registry import PanelInfo
from visualizer.scenes.scene import Input


def apply_input(simulation: AnySimulation, given: Parameters | Action) -> None:
    """Give a running simulation what a person gave it."""
    if isinstance(given, Action):
        simulation.act(given)
    else:
        simulation.adjust(given)


def journal_of(info: PanelInfo, base: Parameters, inputs: tuple[Input, ...]) -> Journal:
    """The inputs of a recording that began with `base`, checked, in the order of their steps.

    Raises `SceneError` if an input names what is not there, or sets what is not allowed or cannot
    change while a run goes on.
    """
    known = {action.model_fields[KIND].default: action for action in _actions(info, base, inputs)}
    journal: list[tuple[int, Parameters | Action]] = []
    parameters = base
    for given in sorted(inputs, key=lambda item: item.step):
        try:
            changed = _changed(parameters, given)
            if changed != parameters:
                parameters = changed
                journal.append((given.step, changed))
            if given.action is not None:
                journal.append((given.step, _action(known, given.action)))
        except ParameterError as error:
            raise SceneError(f"The input at step {given.step}: {error}") from error
    return tuple(journal)


def last_parameters(base: Parameters, journal: Journal, step: int | None = None) -> Parameters:
    """The parameters in force when all of `journal` has come, or what of it comes up to `step`."""
    changes = [
        given
        for at, given in journal
        if isinstance(given, Parameters) and (step is None or at <= step)
    ]
    return changes[-1] if changes else base


def with_given(base: Parameters | None, journal: Journal, step: int, given: Given) -> Journal:
    """`journal` up to `step`, and what is `given` after that step.

    Of parameters given one after another at one step the last count, if they change anything: what
    is taken back where it was done leaves no trace. `base` are the parameters with which the run
    began; None if there are several.
    """
    past = [entry for entry in journal if entry[0] <= step]
    if isinstance(given, Parameters):
        while past and past[-1][0] == step and isinstance(past[-1][1], Parameters):
            past.pop()
        changes = (entry for _, entry in reversed(past) if not isinstance(entry, Action))
        if given == next(changes, base):
            return tuple(past)
    return (*past, (step, given))


def inputs_of(base: Parameters, journal: Journal) -> tuple[Input, ...]:
    """`journal`, of one run, as a recording: what each input set, path by path, or did."""
    inputs = []
    parameters = base
    for step, given in journal:
        assert not isinstance(given, tuple), "a recording is of one run"
        if isinstance(given, Action):
            inputs.append(Input(step=step, action=given.model_dump(mode="json")))
        else:
            changes = {path: new for path, (_, new) in differences(parameters, given).items()}
            inputs.append(Input(step=step, set=changes))
            parameters = given
    return tuple(inputs)


def _changed(parameters: Parameters, given: Input) -> Parameters:
    """`parameters` with all that `given` sets, set at once: halfway they may not be allowed."""
    data = dump(parameters)
    for path, value in given.set.items():
        get_value(parameters, path)  # raises if there is no such place
        *above, last = path.split(".")
        place: Any = data
        for part in above:
            place = place[int(part) if isinstance(place, list) else part]
        place[int(last) if isinstance(place, list) else last] = value
    changed = load(type(parameters), data)
    if not is_live_change(parameters, changed):
        raise SceneError(
            f"The input at step {given.step} sets {', '.join(given.set)}, which cannot change "
            "while a run goes on. Set it under [parameters] instead."
        )
    return changed


def _actions(
    info: PanelInfo, base: Parameters, inputs: tuple[Input, ...]
) -> tuple[type[Action], ...]:
    """What can be done to the run; a panel is asked only if something is done."""
    acts = any(given.action is not None for given in inputs)
    return info.load_simulation()(base).actions if acts else ()


def _action(known: Mapping[str, type[Action]], data: dict[str, Any]) -> Action:
    kind = data.get(KIND)
    if not isinstance(kind, str) or kind not in known:
        has = f"it knows {', '.join(known)}" if known else "it knows none"
        raise ParameterError(
            f"{shown(kind)} is nothing that can be done in this panel; {has}."
            f"{similar(str(kind), known) or ' Take that input out of the scene.'}"
        )
    return cast("Action", validated(cast("Any", known[kind]), data, "action"))
