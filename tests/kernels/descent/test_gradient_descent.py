"""The parameters of the panel: its experiments, its defaults, its file form, and what is live."""

import contextlib
import json

import numpy as np
import pytest
import torch

from kernels.descent.comparison import LogisticComparison
from kernels.descent.gradient_descent import EXPERIMENT_LABELS, SIMULATIONS, GradientDescent
from kernels.descent.race import Race
from kernels.description import describe
from kernels.editing import (
    differences,
    dump,
    get_value,
    is_live_change,
    load,
    with_item,
    with_value,
)
from kernels.errors import ParameterError
from kernels.objectives.catalogue import LogisticParameters
from kernels.optimizers.catalogue import OPTIMIZERS
from kernels.simulation import advance
from tests.kernels.races import CPU


def test_every_experiment_has_a_simulation_and_a_name():
    kinds = {with_value(GradientDescent(), "experiment", k).experiment.kind for k in SIMULATIONS}
    assert kinds == set(SIMULATIONS) == set(EXPERIMENT_LABELS)
    for simulation in SIMULATIONS.values():
        assert simulation.prefers == "cpu"
        assert simulation.dtype == torch.float64


def test_it_opens_with_the_line_through_two_points():
    race = Race(GradientDescent(), CPU)
    frame = race.frame()
    assert frame.names == ("SGD 0.1", "Momentum 0.4444, β 0.5556")
    assert frame.axes == ("m", "b")
    assert frame.positions.tolist() == [[-1, 5]] * 2


def test_a_scene_of_every_optimizer_comes_back_from_its_file_form():
    parameters = GradientDescent()
    for kind in sorted(OPTIMIZERS)[:10]:
        parameters = with_item(parameters, "optimizers", 0, kind)
    text = json.dumps(dump(parameters))
    assert load(GradientDescent, json.loads(text)) == parameters


@pytest.mark.parametrize(
    ("path", "value", "is_live"),
    [
        ("optimizers.1.momentum", 0.2, True),
        ("optimizers.0.learning_rate", 0.2, True),
        ("optimizers.0.clip_norm", 1.0, True),
        ("optimizers.0.kind", "adam", False),
        ("optimizers.0.schedule", "cosine", False),
        ("noise", 0.1, True),
        ("steps", 10, True),
        ("seed", 1, False),
        ("start", (0.0, 0.0), False),
        ("tolerance", 1e-5, False),
        ("objective", "surface", False),
    ],
)
def test_what_may_change_while_it_runs(path, value, is_live):
    old = GradientDescent()
    new = with_value(old, path, value)
    assert differences(old, new)
    assert is_live_change(old, new) == is_live


@pytest.mark.parametrize("experiment", ["tuning", "basins"])
def test_another_setting_of_an_optimizer_begins_it_anew_and_the_form_says_so(experiment):
    race = GradientDescent()
    other = with_value(race, "experiment", experiment)
    for parameters, is_live in ((race, True), (other, False)):
        new = with_value(parameters, "optimizers.1.momentum", 0.2)
        assert is_live_change(parameters, new) == is_live
        (rows,) = (field for field in describe(parameters) if field.path == "optimizers")
        (momentum,) = (f for f in rows.children[1].children if f.name == "momentum")
        assert momentum.live == is_live


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("optimizers.0.learning_rate", 0.0, "must be greater than 0"),
        ("optimizers.1.momentum", 1.0, "must be less than 1"),
        ("optimizers.0.rate", 1.0, "There is no parameter 'rate'"),
        ("optimizers.0.schedule.gamma", 1.0, "There is no parameter 'gamma'"),
        ("optimizers.0.kind", "adan", "Did you mean 'adam"),
        ("experiment", "racing", "Did you mean 'race'"),
        ("start", (1.0, 2.0, 3.0), "needs two numbers"),
        ("start", (1e12, 0.0), "each number must lie between"),
        ("noise", -1.0, "must be at least 0"),
    ],
)
def test_mistakes_get_a_sentence_with_their_place(path, value, message):
    with pytest.raises(ParameterError, match=message) as caught:
        with_value(GradientDescent(), path, value)
    assert caught.value.path.startswith(path.partition(".")[0])


OTHERS = {
    "noise": 0.5,
    "seed": 7,
    "steps": 9,
    "start": (0.5, 0.5),
    "tolerance": 0.5,
    "gradient_tolerance": 0.5,
    "optimizers": [{"kind": "adam"}],
    "objective.batches": {"kind": "mini", "size": 3},
    "objective.loss": "mse",
    "experiment.sweep_from": 0.02,
    "experiment.sweep_to": 0.5,
}


def shown(parameters):
    return {field.path for root in describe(parameters) for field in root.walk()}


def arrays(parameters):
    simulation = SIMULATIONS[parameters.experiment.kind](parameters, CPU)
    advance(simulation, 12)
    return simulation.frame().arrays()


@pytest.mark.parametrize("kind", SIMULATIONS)
def test_what_is_not_shown_has_no_effect(kind):
    base = {"objective": "logistic"} if kind == "comparison" else {}
    size = {"starts": 4, "rates": 3} if kind == "tuning" else {"resolution": 8}
    experiment = {"kind": kind} | (size if kind in ("basins", "map", "tuning") else {})
    parameters = load(GradientDescent, base | {"experiment": experiment})
    before, idle = arrays(parameters), set(OTHERS) - shown(parameters)
    assert "seed" in idle
    for path in idle & set(_paths(parameters)):
        after = arrays(with_value(parameters, path, OTHERS[path]))
        assert before.keys() == after.keys()
        for name, array in before.items():
            np.testing.assert_array_equal(array, after[name], err_msg=f"{path}: {name}")


def _paths(parameters):
    for path in OTHERS:
        with contextlib.suppress(ParameterError):
            get_value(parameters, path)
            yield path


def test_what_has_an_effect_is_shown():
    race = GradientDescent()
    assert {"noise", "steps", "start", "objective.batches"} <= shown(race)
    assert "seed" in shown(with_value(race, "noise", 0.1))
    assert "objective.loss" in shown(with_value(race, "objective", "logistic"))
    basins = with_value(race, "experiment", "basins")
    assert "experiment.sweep_to" in shown(with_value(basins, "experiment.sweep", 5))
    mini = with_value(race, "objective.batches", "mini")
    assert "objective.batches.seed" in shown(mini)
    ordered = with_value(mini, "objective.batches.shuffle", False)
    assert "objective.batches.seed" not in shown(ordered)


@pytest.mark.parametrize("kind", ["line", "curve", "surface"])
def test_the_comparison_brings_the_logistic_curve_with_it(kind):
    start = (1.0,) if kind == "curve" else (1.0, 2.0)
    before = with_value(with_value(GradientDescent(), "objective", kind), "start", start)
    after = with_value(before, "experiment", "comparison")
    assert set(differences(before, after)) == {"experiment", "objective", "start"}
    assert after.objective == LogisticParameters()
    assert LogisticComparison(after, CPU).races[0].objective.axes == ("w", "b")
    back = with_value(after, "experiment", "race")
    assert back.objective == after.objective


def test_the_comparison_keeps_the_logistic_curve_that_is_there():
    fields = {"kind": "logistic", "data": "separable", "batches": {"kind": "mini", "size": 8}}
    before = GradientDescent(objective=fields, start=(1.0, 2.0))
    after = with_value(before, "experiment", "comparison")
    assert set(differences(before, after)) == {"experiment"}
