"""What is said of an ending, by the numbers of the case."""

import math

import numpy as np
import pytest
import torch

from kernels.descent.endings import Course, left, reached, rested, together, unfinished
from kernels.objectives.catalogue import (
    CurveParameters,
    FormulaParameters,
    LineParameters,
    LogisticParameters,
    SurfaceParameters,
    make_objective,
)
from kernels.objectives.ground import Ground
from kernels.optimizers.catalogue import (
    AdagradParameters,
    AdamParameters,
    MomentumParameters,
    NesterovParameters,
    SGDParameters,
)
from tests.kernels.races import BATCHES, CPU, HIMMELBLAU, LINE, ROSENBROCK, SADDLE, curve, race, ran


def objective(parameters):
    return make_objective(parameters, CPU, torch.float64)


def course(optimizer, **changes):
    values = {
        "label": optimizer.label,
        "optimizer": optimizer,
        "step": 7,
        "rate": optimizer.learning_rate,
        "point": (1.0, 2.0),
        "loss": 1e6,
        "first_loss": 5.0,
    }
    return Course(**(values | changes))


LINE_OBJECTIVE = objective(LineParameters())
STEEPEST = 3.5 + math.sqrt(11.25)  # eigenvalues of [[5, 3], [3, 2]] are 3.5 +- sqrt(11.25)


@pytest.mark.parametrize(
    ("optimizer", "rule"),
    [
        (SGDParameters(learning_rate=0.3), "0.3 is above 2/λ = 0.2918"),
        (MomentumParameters(learning_rate=0.6, momentum=0.9), "0.6 is above 2(1+β)/λ = 0.5544"),
        (
            NesterovParameters(learning_rate=0.3, momentum=0.9),
            "0.3 is above 2(1+β)/((1+2β)λ) = 0.198",
        ),
        (
            SGDParameters(learning_rate=0.3, weight_decay=1.0),
            "0.3 is above 2/(λ + weight decay) = 0.2546",
        ),
    ],
)
def test_who_left_is_told_by_the_rule_of_its_optimizer(optimizer, rule):
    ending = left(LINE_OBJECTIVE, course(optimizer), STEEPEST)
    assert ending.reason == "diverged"
    assert ending.sentence == (
        f"{optimizer.label} left after 7 steps: learning rate {rule} at the curvature λ = 6.854."
    )
    assert ending.numbers["limit"] == optimizer.limit(STEEPEST)
    assert ending.numbers["curvature"] == STEEPEST


def test_a_curvature_that_is_not_everywhere_the_same_is_told_with_its_place():
    rosenbrock = objective(SurfaceParameters(name="rosenbrock"))
    sentence = left(rosenbrock, course(SGDParameters(learning_rate=0.1)), 1000.0).sentence
    assert sentence.endswith("at the curvature λ = 1000 where it was last in the picture.")


def test_a_rate_below_the_limit_is_not_blamed():
    rosenbrock = objective(SurfaceParameters(name="rosenbrock"))
    sentence = left(rosenbrock, course(SGDParameters(learning_rate=1e-4)), 1000.0).sentence
    assert "is above" not in sentence
    assert "although learning rate 0.0001 is not above 2/λ = 0.002" in sentence


def test_without_upward_curvature_no_limit_is_claimed():
    rosenbrock = objective(SurfaceParameters(name="rosenbrock"))
    ending = left(rosenbrock, course(SGDParameters()), -3.0)
    assert "does not curve upwards" in ending.sentence
    assert "limit" not in ending.numbers


def test_no_limit_is_invented_for_adam():
    ending = left(LINE_OBJECTIVE, course(AdamParameters(learning_rate=900.0)), STEEPEST)
    assert "no limit such as 2/λ" in ending.sentence
    assert "limit" not in ending.numbers


def test_no_floor_is_said_only_where_there_is_none():
    saddle = objective(SurfaceParameters(name="saddle"))
    ending = left(saddle, course(SGDParameters(), loss=-1e6), 2.0)
    assert ending.reason == "unbounded below"
    assert ending.sentence == (
        "Unbounded below: this surface has no floor. "
        "SGD 0.01 had fallen to -1e+06 after 7 steps, and would fall for ever."
    )
    typed = objective(FormulaParameters(text="x**3 + y**4"))
    ending = left(typed, course(SGDParameters(), loss=-1e6), 2.0)
    assert ending.reason == "diverged"
    assert "whether this surface has a floor is not known" in ending.sentence
    assert left(saddle, course(SGDParameters(), loss=1e6), 2.0).reason == "diverged"


def test_where_the_loss_has_no_value():
    typed = objective(CurveParameters(text="log(w)"))
    ending = left(typed, course(SGDParameters(), point=(-0.5,), loss=math.nan, step=1), 2.0)
    assert ending.sentence == (
        "SGD 0.01 ran to w = -0.5 in 1 step, where the loss has no finite value."
    )


def test_converged_tells_the_minimum_and_the_criterion():
    himmelblau = objective(SurfaceParameters(name="himmelblau"))
    near = course(SGDParameters(), point=(3.01, 1.99), loss=1e-4, step=41)
    ending = reached(himmelblau, near, himmelblau.minima[0], 1e-3)
    assert ending.sentence == (
        "SGD 0.01 converged after 41 steps: its loss has stayed within 0.001 of 0, "
        "the lowest there is, at x = 3, y = 2."
    )
    hills = objective(SurfaceParameters(name="hills"))
    local = hills.minima[1]
    ending = reached(hills, course(SGDParameters(), point=local.point), local, 1e-3)
    assert "a local minimum, at x = 1.176, y = -0.4701" in ending.sentence


def test_an_infimum_that_no_point_reaches_is_no_minimum():
    separable = objective(LogisticParameters(data="separable"))
    ending = reached(separable, course(SGDParameters(), loss=1e-4), None, 1e-3)
    assert ending.sentence.endswith("within 0.001 of 0, which no point reaches.")
    late = unfinished(separable, course(SGDParameters(), loss=0.25), SLOPE).sentence
    assert late.endswith("its loss is 0.25, 0.25 above 0, which no point reaches.")
    assert "the lowest" not in ending.sentence + late


def test_a_level_trough_has_a_lowest_loss_though_no_minimum_is_listed():
    trough = objective(FormulaParameters(text="(x + y)**2 + 3"))
    ending = reached(trough, course(SGDParameters()), None, 1e-3)
    assert ending.sentence.endswith("within 0.001 of 3, the lowest there is.")
    late = unfinished(trough, course(SGDParameters(), loss=3.5), SLOPE).sentence
    assert late.endswith("its loss is 3.5, 0.5 above the lowest there is.")


def test_the_horizon_on_a_surface_without_floor_says_so():
    saddle = objective(SurfaceParameters(name="saddle"))
    ending = unfinished(saddle, course(SGDParameters(), loss=-40.0), SLOPE)
    assert ending.sentence.endswith("its loss is -40, and this surface has no floor.")
    typed = objective(FormulaParameters(text="x**3 + y**4"))
    assert "floor" not in unfinished(typed, course(SGDParameters(), loss=-40.0), SLOPE).sentence


def test_noise_is_the_reason_where_it_is_used():
    slow = course(SGDParameters(learning_rate=0.2), disturbance="the noise of mini-batches")
    told = left(LINE_OBJECTIVE, slow, STEEPEST).sentence
    assert told.endswith(
        "although learning rate 0.2 is not above 2/λ = 0.2918 at the curvature λ = 6.854; "
        "the rule holds for full batches without noise, and here is the noise of mini-batches."
    )
    quiet = left(LINE_OBJECTIVE, course(SGDParameters(learning_rate=0.2)), STEEPEST).sentence
    assert "farther off" not in quiet  # on a quadratic there is nothing farther off


LEVEL = Ground(kind="minimum", phrase="a minimum", eigenvalues=(1.0, 2.0), slope=0.0)
SLOPE = Ground(kind="slope", phrase="a slope", eigenvalues=(1.0, 2.0), slope=0.4)


def test_coming_to_rest_tells_on_what():
    ending = rested(LINE_OBJECTIVE, course(SGDParameters(), step=30), LEVEL, 1e-6)
    assert ending.sentence == (
        "SGD 0.01 came to rest after 30 steps at m = 1, b = 2, where the gradient is below 1e-06: "
        "a minimum."
    )


@pytest.mark.parametrize(
    ("optimizer", "changes", "why"),
    [
        (AdamParameters(learning_rate=0.5), {}, "it orbits the minimum"),
        (AdagradParameters(), {}, "its steps shrink by themselves"),
        (SGDParameters(weight_decay=0.3), {"stride": 0.0}, "weight decay holds it off the minimum"),
        (SGDParameters(weight_decay=0.3), {"stride": 0.1, "drift": 0.1}, ""),
        (SGDParameters(), {"disturbance": "gradient noise"}, "gradient noise keeps it"),
        (SGDParameters(), {"disturbance": "gradient noise", "drift": 0.05}, ""),
        (SGDParameters(), {}, ""),
        (AdamParameters(), {"drift": 0.09}, ""),
        (AdamParameters(schedule={"kind": "cosine"}), {}, ""),
    ],
)
def test_the_horizon_tells_why_only_who_no_longer_gets_ahead(optimizer, changes, why):
    values = {"loss": 0.25, "step": 500, "stride": 0.1, "drift": 0.001} | changes
    ending = unfinished(LINE_OBJECTIVE, course(optimizer, **values), SLOPE)
    assert ending.reason == "stop rule"
    assert (
        "stopped after 500 steps at m = 1, b = 2, on a slope; its loss is 0.25" in ending.sentence
    )
    assert "0.25 above the lowest there is" in ending.sentence
    assert (" It " in ending.sentence) == bool(why)
    assert why in ending.sentence


def test_several_endings_share_a_reason_or_not():
    saddle = objective(SurfaceParameters(name="saddle"))
    home = reached(LINE_OBJECTIVE, course(SGDParameters()), LINE_OBJECTIVE.minima[0], 1e-3)
    gone = left(LINE_OBJECTIVE, course(SGDParameters(learning_rate=1.0)), STEEPEST)
    fell = left(saddle, course(SGDParameters(), loss=-1e6), 2.0)
    late = unfinished(LINE_OBJECTIVE, course(SGDParameters()), SLOPE)
    assert together((home, home)).reason == "converged"
    assert together((gone, gone)).reason == "diverged"
    assert together((fell, fell)).reason == "unbounded below"
    assert together((fell, gone)).reason == "diverged"
    assert together((home, gone)).reason == "complete"
    assert together((home, late)).reason == "stop rule"
    both = together((home, gone))
    assert both.sentence == f"{home.sentence} {gone.sentence}"
    assert both.numbers["limit.1"] == gone.numbers["limit"]


# --- told by a race that really ran ---------------------------------------------------------------


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
