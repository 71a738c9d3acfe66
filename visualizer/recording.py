"""What was done to a run, by step: as a scene file keeps it, and as a run takes it."""

from typing import Any

from kernels.editing import differences, is_live_change, with_value
from kernels.errors import SceneError
from kernels.parameters import Action, Parameters
from kernels.simulation import AnySimulation
from visualizer.registry import PanelInfo
from visualizer.scene import Input

Journal = tuple[tuple[int, Parameters | Action], ...]  # (after how many steps, what came)


def apply_input(simulation: AnySimulation, given: Parameters | Action) -> None:
    """Give a running simulation what a person gave it."""
    if isinstance(given, Action):
        simulation.act(given)
    else:
        simulation.adjust(given)


def journal_of(info: PanelInfo, base: Parameters, inputs: tuple[Input, ...]) -> Journal:
    """The inputs of a recording that began with `base`, checked, in the order of their steps.

    Raises `ParameterError` or `SceneError` if an input names what is not there, or sets what cannot
    change while a run goes on.
    """
    journal: list[tuple[int, Parameters | Action]] = []
    parameters = base
    for given in sorted(inputs, key=lambda item: item.step):
        changed = parameters
        for path, value in given.set.items():
            changed = with_value(changed, path, value)
        if changed != parameters and not is_live_change(parameters, changed):
            raise SceneError(
                f"The input at step {given.step} sets {', '.join(given.set)}, which cannot change "
                "while a run goes on. Set it under [parameters] instead."
            )
        if changed != parameters:
            parameters = changed
            journal.append((given.step, changed))
        if given.action is not None:
            journal.append((given.step, _action(info.load_simulation()(base), given.action)))
    return tuple(journal)


def last_parameters(base: Parameters, journal: Journal) -> Parameters:
    """The parameters in force when all of `journal` has come."""
    changes = [given for _, given in journal if isinstance(given, Parameters)]
    return changes[-1] if changes else base


def inputs_of(base: Parameters, journal: Journal) -> tuple[Input, ...]:
    """`journal` as a recording: what each input set, path by path, or did."""
    inputs = []
    parameters = base
    for step, given in journal:
        if isinstance(given, Action):
            inputs.append(Input(step=step, action=given.model_dump(mode="json")))
        else:
            changes = {path: new for path, (_, new) in differences(parameters, given).items()}
            inputs.append(Input(step=step, set=changes))
            parameters = given
    return tuple(inputs)


def _action(kind: type[AnySimulation], data: dict[str, Any]) -> Action:
    for action in kind.actions:
        if action.model_fields["kind"].default == data.get("kind"):
            return action.model_validate(data)
    raise SceneError(
        f"The recording does '{data.get('kind')}', which this panel does not know. "
        "Remove that input from the scene."
    )
