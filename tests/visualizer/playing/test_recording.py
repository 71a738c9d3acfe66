"""A recording replays to the bit what was done to a run that was watched."""

from functools import partial
from typing import Any

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kernels.editing import dump, with_value
from kernels.errors import SceneError
from kernels.parameters import Action, Parameters
from kernels.simulation import advance
from tests.visualizer.toy_panel import Kick, Noise, Roll, RollFrame, Rolling
from visualizer.playing.ensemble import Ensemble
from visualizer.playing.recording import inputs_of, journal_of, last_parameters
from visualizer.playing.run import Run, build_simulation
from visualizer.registry import PanelInfo
from visualizer.scenes.scene import Input, Play, Scene, scene_from_text, scene_to_text

BASE = Roll(noise=Noise(low=-0.1, high=0.1), tolerance=None)
RATES = st.floats(0.01, 1)
GIVEN = st.one_of(
    st.builds(Kick, by=st.floats(-10, 10)),
    st.tuples(st.just("rate"), RATES),
    st.tuples(st.just("noise"), st.floats(-5, 0), st.floats(0, 5)),
)


def given_to(parameters: Roll, what: Any) -> Parameters | Action:
    """What `what` means for a run that has come to `parameters`."""
    match what:
        case Action():
            return what
        case ("rate", rate):
            return with_value(parameters, "balls.0.learning_rate", rate)
        case (_, low, high):
            return parameters.model_copy(update={"noise": Noise(low=low, high=high)})


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 6), GIVEN), max_size=6), st.integers(1, 5))
def test_a_live_run_is_replayed_to_the_bit(
    toy: PanelInfo, events: list[tuple[int, Any]], stride: int
) -> None:
    live = Ensemble((partial(build_simulation, toy, BASE, Play()),), threads=1)
    for later, what in events:
        live.advance(live.step + later)
        live.frames()
        live.give(given_to(last_parameters(BASE, live.timeline.journal), what))
    live.advance(live.step + 3)
    (seen,) = live.frames()

    inputs = inputs_of(BASE, live.timeline.journal)
    recorded = Scene(panel="roll", parameters=dump(BASE), play=Play(threads=1), inputs=inputs)
    run = Run(scene_from_text(scene_to_text(recorded)))
    while run.step < live.step:
        run.advance(min(stride, live.step - run.step))
        run.frame()
    replayed = run.frame()
    assert isinstance(seen, RollFrame)
    assert isinstance(replayed, RollFrame)
    assert replayed.places.tobytes() == seen.places.tobytes()
    assert run.parameters == last_parameters(BASE, live.timeline.journal)


def test_a_replay_is_what_a_plain_loop_gives(toy: PanelInfo) -> None:
    faster = with_value(BASE, "balls.0.learning_rate", 0.5)
    torch.manual_seed(0)
    plain = Rolling(BASE, torch.device("cpu"))
    advance(plain, 4)
    plain.adjust(faster)
    plain.act(Kick(by=2.0))
    advance(plain, 6)
    inputs = (
        Input(step=4, set={"balls.0.learning_rate": 0.5}, action={"kind": "kick", "by": 2.0}),
    )
    run = Run(Scene(panel="roll", parameters=dump(BASE), play=Play(threads=1), inputs=inputs))
    run.advance(10)
    replayed = run.frame()
    assert isinstance(replayed, RollFrame)
    assert replayed.places.tobytes() == plain.frame().places.tobytes()


def test_the_journal_and_the_inputs_are_each_others_inverse(toy: PanelInfo) -> None:
    first = with_value(BASE, "noise.low", -3.0)
    second = with_value(first, "balls.0.learning_rate", 0.25)
    journal = ((0, first), (7, Kick()), (7, second), (9, BASE))
    inputs = inputs_of(BASE, journal)
    assert [(i.step, i.set) for i in inputs] == [
        (0, {"noise.low": -3.0}),
        (7, {}),
        (7, {"balls.0.learning_rate": 0.25}),
        (9, {"balls.0.learning_rate": 0.1, "noise.low": -0.1}),
    ]
    assert inputs[1].action == {"kind": "kick", "by": 1.0}
    assert journal_of(toy, BASE, inputs) == journal


def test_values_that_hold_only_together_are_set_together(toy: PanelInfo) -> None:
    wanted = BASE.model_copy(update={"noise": Noise(low=4.0, high=5.0)})
    ((_, came),) = journal_of(toy, BASE, inputs_of(BASE, ((1, wanted),)))
    assert came == wanted


def test_inputs_come_in_the_order_of_their_steps(toy: PanelInfo) -> None:
    inputs = (Input(step=9, action={"kind": "kick"}), Input(step=2, set={"noise.high": 3}))
    journal = journal_of(toy, BASE, inputs)
    assert [step for step, _ in journal] == [2, 9]
    changed = last_parameters(BASE, journal)
    assert last_parameters(BASE, journal, 1) == BASE
    assert last_parameters(BASE, journal, 2) == changed
    assert isinstance(changed, Roll)
    assert changed.noise.high == 3.0


def test_an_input_that_changes_nothing_is_none(toy: PanelInfo) -> None:
    assert journal_of(toy, BASE, (Input(step=3, set={"noise.high": 0.1}), Input(step=4))) == ()


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"set": {"seed": 3}}, "sets seed, which cannot change while a run goes on"),
        ({"set": {"balls": []}}, "balls"),
        ({"set": {"ground": {"kind": "table"}}}, "which cannot change while a run goes on"),
        ({"set": {"noise.colour": 3}}, "no parameter 'colour' in noise"),
        ({"set": {"balls.3.learning_rate": 1}}, "no row 3 in balls"),
        ({"set": {"balls.0.learning_rate": -1}}, "balls.0.learning_rate is -1; it must be"),
        ({"set": {"noise.low": 7}}, "low is above high"),
        ({"set": {"noise.low.x": 7}}, "noise.low is a single value"),
        ({"set": {"": 7}}, "no parameter ''"),
        ({"action": {"kind": "kik"}}, "'kik' is nothing that can be done.*Did you mean 'kick'"),
        ({"action": {}}, "None is nothing that can be done in this panel; it knows kick"),
        ({"action": {"kind": ["kick"]}}, "is nothing that can be done"),
        ({"action": {"kind": "kick", "by": 99}}, "action.by is 99; it must be at most 10"),
        ({"action": {"kind": "kick", "far": 1}}, "no parameter 'far' in action"),
    ],
)
def test_an_input_that_cannot_come_is_told(toy: PanelInfo, given: Any, told: str) -> None:
    with pytest.raises(SceneError, match=f"The input at step 5.*{told}"):
        journal_of(toy, BASE, (Input(step=5, **given),))
