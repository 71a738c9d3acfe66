"""What is said of an ending, by the numbers of the case."""

import math

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
from tests.kernels.races import CPU


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
