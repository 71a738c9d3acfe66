"""The latches on the device against a plain search through the whole record."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from kernels.descent.arrivals import REACH, SETTLE, Arrivals
from kernels.objectives.catalogue import (
    FormulaParameters,
    LogisticParameters,
    SurfaceParameters,
    make_objective,
)
from tests.kernels.races import CPU

BOWL = make_objective(SurfaceParameters(name="round-bowl"), CPU, torch.float64)  # domain +-3
HILLS = make_objective(SurfaceParameters(name="hills"), CPU, torch.float64)
UNKNOWN = make_objective(FormulaParameters(text="x**4 + y**4"), CPU, torch.float64)
TOLERANCE, SLOPE = 0.5, 0.1


def arrivals(objective, racers):
    return Arrivals(objective, racers, TOLERANCE, SLOPE, CPU, torch.float64)


def since(flags):
    """The step since which `flags` have held up to the end; -1 if they do not."""
    if not flags[-1]:
        return -1
    broken = np.flatnonzero(np.logical_not(flags))
    return int(broken[-1]) + 1 if len(broken) else 0


def looked(objective, path, racers=1):
    """The latches after all of `path`, (T, 2), with the updates between its points."""
    latches = arrivals(objective, racers)
    points = torch.as_tensor(path, dtype=torch.float64).unsqueeze(1)  # (T, 1, 2)
    for step, point in enumerate(points):
        if step:
            latches.hold(step, point.clone(), points[step - 1])
        latches.look(step, point, objective.loss(point), objective.gradient(point))
    return latches


coordinates = st.sampled_from([0.0, 0.3, -0.6, 1.0, 2.5, 10.0])


@given(st.lists(st.tuples(coordinates, coordinates), min_size=1, max_size=12), st.booleans())
@settings(deadline=None, max_examples=60)
def test_who_stays_has_arrived_and_who_neither_slopes_nor_steps_rests(path, twice):
    points = torch.tensor(path, dtype=torch.float64).unsqueeze(1)  # (T, 1, 2)
    latches = arrivals(BOWL, 1)
    for step, point in enumerate(points):
        if step:
            latches.hold(step, point.clone(), points[step - 1])
        for _ in range(1 + twice):
            latches.look(step, point, BOWL.loss(point), BOWL.gradient(point))
    noted = latches.noted()
    losses = (points**2).sum(-1)[:, 0].numpy()
    assert noted.within_since.tolist() == [since(losses <= TOLERANCE)]
    # At rest after step k: level there, and the step from there led nowhere.
    is_level = 2 * np.sqrt(losses) <= SLOPE
    stays = (np.diff(np.array(path), axis=0) == 0).all(axis=1)  # (T - 1,)
    still = is_level[:-1] & stays
    expected = since(still) if len(still) and is_level[-1] else -1
    assert noted.resting_since.tolist() == [expected]
    assert noted.left_at.tolist() == [-1]


def test_flying_through_is_no_arrival():
    path = np.stack([np.linspace(-2, 2, 41), np.zeros(41)], axis=-1)
    noted = looked(BOWL, path[:25]).noted()
    assert noted.within_since.tolist() == [13]  # x = -0.7, within 0.5 of the floor
    assert not noted.settled(0)
    noted = looked(BOWL, path).noted()
    assert noted.within_since.tolist() == [-1]


@pytest.mark.parametrize("before", [0, 8, 400])
def test_an_arrival_counts_after_25_steps_and_a_quarter_of_the_way(before):
    needed = max(SETTLE, math.ceil(before / 4))
    path = [(2.0, 0.0)] * before + [(0.5, 0.0)] * needed  # level nowhere
    early, late = looked(BOWL, path).noted(), looked(BOWL, [*path, (0.5, 0.0)]).noted()
    assert early.within_since.tolist() == late.within_since.tolist() == [before]
    assert (early.settled(0), late.settled(0)) == (False, True)


def test_a_full_stride_over_level_ground_is_no_rest():
    plateau = make_objective(SurfaceParameters(name="plateau"), CPU, torch.float64)
    path = [(-3.9 + 1e-3 * k, 3.9) for k in range(60)]  # slopes below 1e-12
    assert looked(plateau, path).noted().resting_since.tolist() == [-1]
    assert looked(plateau, path[:1] * 60).noted().resting_since.tolist() == [0]


def test_the_slope_beside_a_local_minimum_is_not_that_minimum():
    camel = make_objective(SurfaceParameters(name="six-hump-camel"), CPU, torch.float64)
    names = {(1.705, -0.0007): -1, (1.7, 0.0): -1}
    names |= {minimum.point: i for i, minimum in enumerate(camel.minima)}
    latches = Arrivals(camel, len(names), 1e-3, SLOPE, CPU, torch.float64)
    points = torch.tensor(list(names), dtype=torch.float64)
    latches.look(0, points, camel.loss(points), None)
    assert latches.noted().goals.tolist() == list(names.values())


def test_the_goal_is_the_minimum_at_hand_and_not_one_that_is_as_low():
    himmelblau = make_objective(SurfaceParameters(name="himmelblau"), CPU, torch.float64)
    points = torch.tensor([m.point for m in himmelblau.minima]).double() + 1e-3  # (4, 2)
    latches = arrivals(himmelblau, 4)
    latches.look(3, points, himmelblau.loss(points), None)
    assert latches.noted().goals.tolist() == [0, 1, 2, 3]
    latches.look(4, points.flip(0).contiguous(), himmelblau.loss(points.flip(0)), None)
    assert latches.noted().goals.tolist() == [3, 2, 1, 0]
    assert latches.noted().within_since.tolist() == [4] * 4  # others than before


def test_an_infimum_without_a_point_is_a_goal_too():
    separable = make_objective(LogisticParameters(data="separable"), CPU, torch.float64)
    latches = Arrivals(separable, 2, 1e-3, SLOPE, CPU, torch.float64)
    points = torch.tensor([[100.0, 0.0], [1.0, 0.0]], dtype=torch.float64)
    latches.look(5, points, separable.loss(points), None)
    assert latches.noted().goals.tolist() == [0, -1]
    assert latches.noted().within_since.tolist() == [5, -1]


def test_each_local_minimum_has_its_own_level_near_itself():
    deep, local = (minimum.point for minimum in HILLS.minima)
    points = torch.tensor([deep, local, deep], dtype=torch.float64)
    levels = [m.value for m in HILLS.minima]
    losses = torch.tensor([levels[1] + 0.1, levels[1] + 0.1, levels[0] + 0.1]).double()
    latches = arrivals(HILLS, 3)
    latches.look(4, points, losses, None)
    assert latches.noted().within_since.tolist() == [-1, 4, 4]
    assert latches.noted().resting_since.tolist() == [-1] * 3


def test_without_a_known_minimum_nobody_reaches_one():
    latches = arrivals(UNKNOWN, 1)
    origin = torch.zeros(1, 2, dtype=torch.float64)
    for step in range(2):
        latches.look(step, origin, UNKNOWN.loss(origin), UNKNOWN.gradient(origin))
        assert latches.noted().within_since.tolist() == [-1]
        assert latches.noted().resting_since.tolist() == [step - 1]  # a step must have been taken


@pytest.mark.parametrize("far", [3.01 * REACH, math.inf, -math.inf, math.nan])
def test_who_leaves_is_put_back_and_stays_put(far):
    latches = arrivals(BOWL, 2)
    for step, x in enumerate([1.0, 2.99 * REACH, far, 1.0], start=1):
        positions = torch.tensor([[x, 0.0], [1.0, 1.0]], dtype=torch.float64)
        previous = torch.tensor([[float(step), 0.0], [0.5, 0.5]], dtype=torch.float64)
        latches.hold(step, positions, previous)
        expected = x if step < 3 else float(step)
        assert positions.tolist() == [[expected, 0.0], [1.0, 1.0]]
    noted = latches.noted()
    assert noted.left_at.tolist() == [3, -1]
    assert np.array_equal(noted.exits, [[far, 0.0], [math.nan] * 2], equal_nan=True)


def test_a_loss_without_value_is_noted_with_the_step_that_led_there():
    latches = arrivals(BOWL, 2)
    positions = torch.zeros(2, 2, dtype=torch.float64)
    latches.look(6, positions, torch.tensor([math.nan, 1.0]).double(), None)
    assert latches.noted().left_at.tolist() == [6, -1]
    assert latches.noted().exits[0].tolist() == [0.0, 0.0]


def test_a_state_leads_back():
    latches = arrivals(BOWL, 1)
    origin = torch.zeros(1, 2, dtype=torch.float64)
    state = latches.state()
    latches.look(5, origin, BOWL.loss(origin), None)
    assert latches.noted().within_since.tolist() == [5]
    latches.restore(state)
    assert latches.noted().within_since.tolist() == [-1]
