"""What is told at the end of a race that really ran."""

import math

import numpy as np
import pytest

from tests.kernels.races import BATCHES, HIMMELBLAU, LINE, ROSENBROCK, SADDLE, curve, race, ran


def test_a_race_that_diverges_says_so_with_its_limit():
    frame = ran(race({"kind": "sgd", "learning_rate": 0.3}, objective=LINE))
    assert frame.status == ("diverged",)
    assert "0.3 is above 2/λ = 0.2918 at the curvature λ = 6.854." in frame.sentences[0]


def test_the_saddle_has_no_floor():
    simulation = race({"kind": "sgd", "learning_rate": 0.1}, {"kind": "sgd"}, objective=SADDLE)
    frame = ran(simulation)
    assert frame.status[0] == "unbounded below"
    assert "no floor" in frame.sentences[0]


def test_standing_on_a_saddle_is_not_called_a_minimum():
    simulation = race({"kind": "momentum"}, objective=SADDLE, start=(0.0, 0.0))
    frame = ran(simulation)
    assert frame.status == ("converged",)
    assert frame.converged_at.tolist() == [0]
    assert frame.sentences[0].endswith("a saddle.")


def test_starting_on_a_plateau_is_told():
    plateau = {"kind": "surface", "name": "plateau"}
    simulation = race({"kind": "sgd"}, objective=plateau, start=(3.9, 3.9))
    assert "a plateau; second derivatives cannot decide" in ran(simulation).sentences[0]


def test_rmsprop_orbits_the_tip_of_ackleys_funnel():
    ackley = {"kind": "surface", "name": "ackley"}
    row = {"kind": "rmsprop", "learning_rate": 0.01}
    simulation = race(row, objective=ackley, start=(0.02, 0.01), steps=300, tolerance=1e-9)
    frame = ran(simulation)
    assert simulation.finished.reason == "stop rule"
    assert "a minimum with a kink" in frame.sentences[0]
    assert "it orbits the minimum" in frame.sentences[0]


def test_a_function_without_a_value_at_the_start_is_no_way_out_of_it():
    simulation = race({"kind": "sgd"}, objective=curve("log(-1 - w**2)"), start=(0.5,))
    told = (
        "SGD 0.01 cannot start: at w = 0.5 the loss has no finite value. Choose another start, or "
        "a function that has one there."
    )
    assert simulation.frame().sentences == (told,)
    frame = ran(simulation)
    assert frame.sentences == (told,)
    assert simulation.finished.sentence == told


def test_a_formula_that_ends_in_no_value():
    frame = ran(
        race({"kind": "sgd", "learning_rate": 1.0}, objective=curve("log(w)"), start=(0.5,))
    )
    assert frame.status == ("diverged",)
    assert "where the loss has no finite value" in frame.sentences[0]


def test_the_rule_is_taken_where_the_racer_was_last_seen():
    simulation = race({"kind": "sgd", "learning_rate": 0.01}, objective=ROSENBROCK)
    ran(simulation)
    path = simulation.frame().paths[0]
    is_inside = (np.abs(path - [0, 1]) <= 2).all(axis=1)
    x, y = path[np.flatnonzero(is_inside)[-1]]
    hessian = [[2 - 400 * y + 1200 * x * x, -400 * x], [-400 * x, 200]]
    steepest = np.linalg.eigvalsh(hessian)[1]
    assert simulation.finished.numbers["curvature.0"] == pytest.approx(steepest)
    assert f"0.01 is above 2/λ = {2 / steepest:.4g}" in simulation.finished.sentence


def test_himmelblau_lets_go_where_its_rule_says():
    limits = {"below": 0.0150 * 0.99, "above": 0.0150 * 1.02}  # of the sharpest minimum
    status = {}
    for name, rate in limits.items():
        minimum = (-3.779310253377747, -3.2831859912861696)
        start = (minimum[0] + 1e-3, minimum[1] + 1e-3)
        row = {"kind": "sgd", "learning_rate": rate}
        simulation = race(row, objective=HIMMELBLAU, start=start, tolerance=1e-12)
        status[name] = math.dist(ran(simulation).positions[0], minimum)
    assert status["below"] < 1e-5
    assert status["above"] > 0.01


def test_who_bounces_about_a_minimum_is_told_that_it_cannot_hold_it():
    rows = [{"kind": "sgd", "learning_rate": rate} for rate in (0.0155, 0.02)]
    frame = ran(race(*rows, objective=HIMMELBLAU, start=(-3.5, -3.0)))
    for rate, sentence in zip((0.0155, 0.02), frame.sentences, strict=True):
        assert sentence.endswith(
            "It no longer gets ahead: the nearest minimum, at x = -3.779, y = -3.283, has the "
            f"curvature λ = 133.8 and cannot hold it, since learning rate {rate} is above "
            "2/λ = 0.01495."
        )


def test_who_moves_away_slowly_is_told_why_before_it_has_left():
    rows = [{"kind": "sgd", "learning_rate": rate} for rate in (0.34, 0.33)]
    frame = ran(race(*rows, objective=curve(), start=(3.0,), steps=60, tolerance=1e-6))
    assert frame.status == ("stopped", "stopped")
    assert frame.sentences[0].endswith(
        "It moves ever farther away: learning rate 0.34 is above 2/λ = 0.3333 at the curvature "
        "λ = 6."
    )
    assert "away" not in frame.sentences[1]


def test_weight_decay_holds_a_racer_off_the_minimum():
    row = {"kind": "sgd", "learning_rate": 0.1, "weight_decay": 0.5}
    frame = ran(race(row, objective=LINE, steps=400))
    # (H + 0.5) p = H (2, 1) with the Hessian [[5, 3], [3, 2]]
    expected = np.linalg.solve([[5.5, 3], [3, 2.5]], [13, 8])
    assert frame.positions[0] == pytest.approx(expected)
    assert "weight decay holds it off the minimum" in frame.sentences[0]


def test_a_racer_under_way_is_not_said_to_stand():
    frame = ran(race({"kind": "adam", "learning_rate": 0.001}, objective=ROSENBROCK, steps=300))
    assert frame.sentences[0].endswith("above the lowest there is.")


def test_the_minimum_is_named_at_which_it_stays():
    styblinski = {"kind": "surface", "name": "styblinski-tang"}
    row = {"kind": "momentum", "learning_rate": 0.01, "momentum": 0.9}
    frame = ran(race(row, objective=styblinski))
    assert frame.positions[0] == pytest.approx([2.7468, -2.9035], abs=0.01)
    assert "of -64.2, a local minimum, at x = 2.747, y = -2.904." in frame.sentences[0]


def test_a_constant_is_level_everywhere():
    frame = ran(race({"kind": "sgd"}, objective={"kind": "formula", "text": "5"}))
    assert frame.grounds == ("plateau",)
    assert "a plateau" in frame.sentences[0]
    assert "no point reaches" not in frame.sentences[0]


def creeping(start, rate, tolerance):
    """From where to where, and when, w -> w - 3 rate w^2 comes to a slope below `tolerance`."""
    w, count = start, 0
    while 3 * w * w > tolerance:
        w, count = w - 3 * rate * w * w, count + 1
    return w, count


@pytest.mark.parametrize(
    ("objective", "start"),
    [
        (curve("w**3"), (1.0,)),
        ({"kind": "formula", "text": "x**3 + y**2"}, (1.0, 0.0)),
    ],
)
def test_creeping_along_a_cubic_is_no_convergence(objective, start):
    row = {"kind": "sgd", "learning_rate": 0.2}
    simulation = race(row, objective=objective, start=start, steps=100_000)
    frame = ran(simulation)
    _, count = creeping(1.0, 0.2, 1e-6)
    assert simulation.step_count < 2 * count  # it is stopped, and does not go on to the horizon
    assert simulation.finished.reason == "stop rule"
    assert frame.status == ("stopped",)
    assert frame.grounds == ("slope",)
    assert frame.converged_at.tolist() == [-1]
    assert (
        f"its gradient has been below 1e-06 since step {count}, but this is no minimum but a "
        "slope, all but level just here, that falls to one side; second derivatives cannot "
        "decide this, a ring of probes does." in frame.sentences[0]
    )
    lower, center = start[0] - 2, frame.positions[0, 0]
    assert lower**3 < center**3  # downhill of it there is indeed lower ground


def test_creeping_over_a_plateau_is_no_convergence():
    plateau = {"kind": "surface", "name": "plateau"}
    simulation = race({"kind": "sgd"}, objective=plateau, start=(3.9, 3.9))
    frame = ran(simulation)
    assert simulation.finished.reason == "stop rule"
    assert (frame.status, frame.grounds) == (("stopped",), ("plateau",))
    # 1 - exp(-30.42) has the slope 2 * 3.9 * sqrt(2) * exp(-30.42)
    slope = 7.8 * math.sqrt(2) * math.exp(-30.42)
    assert simulation.finished.numbers["slope.0"] == pytest.approx(slope, rel=1e-6)


def test_a_slow_descent_into_a_flat_minimum_has_converged():
    simulation = race(
        {"kind": "sgd", "learning_rate": 0.1}, objective=curve("w**4"), start=(1.0,), steps=50_000
    )
    frame = ran(simulation)
    assert (frame.status, frame.grounds) == (("converged",), ("minimum",))


def test_who_falls_at_the_horizon_falls_for_ever_where_nothing_level_lies_below():
    row = {"kind": "sgd", "learning_rate": 0.01}
    simulation = race(row, objective=SADDLE, steps=300)
    frame = ran(simulation)
    x, y = -1.5 * 0.98**300, 0.01 * 1.02**300  # the eigenvalues are 2 and -2
    assert abs(y) < 1000 * 2  # it has not left
    assert frame.left_at.tolist() == [-1]
    assert frame.status == ("unbounded below",)
    assert simulation.finished.reason == "unbounded below"
    assert frame.sentences[0] == (
        "Unbounded below: this surface has no floor. SGD 0.01 had fallen to "
        f"{x * x - y * y:.4g} after 300 steps, below every level place of it, and was still "
        "falling."
    )
    simulation.adjust(simulation.parameters.model_copy(update={"steps": 310}))
    assert simulation.finished is None
    assert simulation.frame().status == ("running",)


@pytest.mark.parametrize(
    ("row", "steps"),
    [
        ({"kind": "sgd", "learning_rate": 0.01}, 30),  # it still comes down to the saddle
        ({"kind": "sgd", "learning_rate": 0.01, "weight_decay": 3.0}, 300),  # decay makes a floor
        ({"kind": "adamw", "learning_rate": 0.1}, 6000),  # its decay holds it near 1 / 0.01
    ],
)
def test_who_may_yet_come_to_rest_is_not_said_to_fall(row, steps):
    simulation = race(row, objective=SADDLE, steps=steps)
    frame = ran(simulation)
    assert frame.status != ("unbounded below",)
    assert "Unbounded below" not in frame.sentences[0]


def test_asgd_leaves_by_the_limit_of_its_rate():
    frame = ran(race({"kind": "asgd", "learning_rate": 0.35}, objective=LINE))
    assert frame.status == ("diverged",)
    assert "is above 2/(λ + decay) = 0.2918 at the curvature λ = 6.854." in frame.sentences[0]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"objective": LINE}, ""),
        ({"objective": LINE, "noise": 0.5}, "gradient noise"),
        ({"objective": BATCHES}, "the noise of mini-batches"),
        ({"objective": BATCHES, "noise": 0.5}, "the noise of mini-batches and of the gradient"),
    ],
)
def test_what_disturbs_is_told(fields, words):
    assert race({"kind": "sgd"}, **fields).frame().disturbance == words


def test_between_the_ends_a_sentence_says_how_far_it_is():
    simulation = race({"kind": "sgd", "learning_rate": 2 / 7}, objective=LINE)
    assert ran(simulation, 10).sentences[0].endswith("above the lowest there is.")
    near = ran(simulation, 84).sentences[0]
    assert near.startswith("SGD 0.2")
    assert "has been within 0.001 of 0 since step 92" in near
    assert "once it has stayed 25 steps" in near
