"""What lies under a point, against functions of which it is known."""

import math

import pytest
import torch

from kernels.objectives.catalogue import (
    CurveParameters,
    FormulaParameters,
    SurfaceParameters,
    make_objective,
)
from kernels.objectives.ground import ground_at, lowest_near, rises_around
from kernels.objectives.surfaces import SURFACES

CPU = torch.device("cpu")


def surface(name):
    return make_objective(SurfaceParameters(name=name), CPU, torch.float64)


def formula(text):
    return make_objective(FormulaParameters(text=text), CPU, torch.float64)


def curve(text):
    return make_objective(CurveParameters(text=text), CPU, torch.float64)


def ground(objective, *point, tolerance=1e-6):
    return ground_at(objective, torch.tensor(point, dtype=torch.float64), tolerance)


@pytest.mark.parametrize("name", SURFACES)
def test_known_minima_and_saddles_are_told_as_such(name):
    objective = surface(name)
    for minimum in objective.minima[:6]:
        assert ground(objective, *minimum.point, tolerance=1e-5).kind == "minimum"
    for point in objective.saddles[:6]:
        assert ground(objective, *map(float, point), tolerance=1e-5).kind == "saddle"


def test_second_derivatives_decide_where_they_can():
    found = ground(surface("saddle"), 0.0, 0.0)
    assert found.phrase == "a saddle"
    assert found.eigenvalues == pytest.approx((-2, 2))
    assert found.ways_down == -1
    assert ground(formula("-x**2 - 2*y**2"), 0.0, 0.0).kind == "maximum"


def test_the_monkey_saddle_is_left_to_the_ring():
    found = ground(surface("monkey-saddle"), 0.0, 0.0)
    assert (found.kind, found.ways_down) == ("saddle", 3)
    assert "3 ways down" in found.phrase
    assert "second derivatives cannot decide" in found.phrase


@pytest.mark.parametrize(
    ("text", "kind", "ways_down"),
    [
        ("x**3 + y**2", "slope", 1),  # its Hessian is positive definite there
        ("-x**3 - y**2", "slope", 1),  # negative definite
        ("x**3 - 3*x*y**2", "saddle", 3),  # one up, one down
    ],
)
def test_a_ring_gainsays_second_derivatives_beside_a_cubic(text, kind, ways_down):
    found = ground(formula(text), 5e-4, 0.0)  # slope 7.5e-7, curvature 3e-3
    assert (found.kind, found.ways_down) == (kind, ways_down)
    assert "a ring of probes does" in found.phrase
    assert found.slope < 1e-6 < 1e-3 < max(map(abs, found.eigenvalues))


def test_in_one_dimension_a_ring_gainsays_them_too():
    assert ground(curve("w**3"), 5e-4).kind == "slope"
    assert ground(curve("w**2"), 1e-7).phrase == "a minimum"


def test_a_ring_that_sees_too_little_does_not_gainsay():
    found = ground(formula("1e9 + x**2 - 1e-3*y**2"), 0.0, 0.0)  # the fall is lost in rounding
    assert found.phrase == "a saddle"


@pytest.mark.parametrize(
    ("text", "kind", "phrase"),
    [
        ("x**4 + y**4", "minimum", "a minimum;"),
        ("-(x**4 + y**4)", "maximum", "a maximum;"),
        ("x**4 - y**4", "saddle", "a saddle with 2 ways down;"),
        ("x**2 - y**4", "saddle", "a saddle with 2 ways down;"),
        ("x**2", "minimum", "the floor of a trough;"),
        ("-x**2", "maximum", "the top of a ridge;"),
        ("5", "plateau", "a plateau;"),
        ("x**3 + y", "slope", "a slope"),
        ("x**3", "slope", "a slope, all but level just here, that falls to one side;"),
    ],
)
def test_what_the_ring_decides(text, kind, phrase):
    found = ground(formula(text), 0.0, 0.0)
    assert found.kind == kind
    assert found.phrase.startswith(phrase)


def test_a_far_plateau_is_a_plateau_and_its_foot_is_a_slope():
    objective = surface("plateau")
    assert ground(objective, 3.9, 3.9).kind == "plateau"
    foot = ground(objective, 4.0, 0.0)  # the slope is 9e-7, the curvature -7e-6: no saddle
    assert foot.slope == pytest.approx(8 * math.exp(-16), rel=1e-9)
    assert foot.kind == "slope"


def test_the_tip_of_ackleys_funnel_is_a_minimum_though_the_slope_does_not_vanish_around_it():
    objective = surface("ackley")
    assert ground(objective, 0.0, 0.0).kind == "minimum"
    near = ground(objective, 1e-5, 0.0)
    assert near.slope > 2.8  # 4 / sqrt(2), the slope of the cone
    assert near.kind == "minimum"
    assert "kink" in near.phrase


def test_a_smooth_minimum_near_by_is_not_called_a_kink():
    found = ground(formula("x**2 + 30*y**2"), 1e-4, 1e-5)
    assert found.kind == "minimum"
    assert "kink" not in found.phrase
    assert found.phrase.startswith("ground within 0.03 of a minimum")


def test_one_dimension():
    assert ground(curve("3*w**2 - 4*w + 5"), 2 / 3).kind == "minimum"
    assert ground(curve("w**3"), 0.0).kind == "slope"
    assert ground(curve("w**4"), 0.0).kind == "minimum"
    assert "kink" in ground(curve("abs(w)"), 1e-3).phrase
    assert ground(curve("w"), 0.0).phrase == "a slope"


def test_where_there_is_no_value():
    assert ground(curve("log(w)"), -1.0).kind == "undefined"


def test_the_ring_itself():
    rises = rises_around(formula("x"), torch.zeros(2, dtype=torch.float64), 0.5)
    assert rises == pytest.approx([0.5 * math.cos(math.radians(5 * k)) for k in range(72)])
    assert rises_around(curve("w"), torch.ones(1, dtype=torch.float64), 0.25).tolist() == [
        -0.25,
        0.25,
    ]


def test_the_search_without_derivatives_finds_the_tip():
    point = lowest_near(surface("ackley"), torch.tensor([0.01, -0.02]).double(), 0.05)
    assert point.abs().max() < 1e-9
