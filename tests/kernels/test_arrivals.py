"""The latches on the device against a plain search through the whole record."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from kernels.arrivals import REACH, Arrivals
from kernels.objectives import FormulaParameters, SurfaceParameters, make_objective
from tests.kernels.races import CPU

BOWL = make_objective(SurfaceParameters(name="round-bowl"), CPU, torch.float64)  # domain +-3
HILLS = make_objective(SurfaceParameters(name="hills"), CPU, torch.float64)
UNKNOWN = make_objective(FormulaParameters(text="x**4 + y**4"), CPU, torch.float64)
TOLERANCE, SLOPE = 0.5, 0.1


def arrivals(objective, racers):
    return Arrivals(objective, racers, TOLERANCE, SLOPE, CPU, torch.float64)


def first(flags):
    return int(np.flatnonzero(flags)[0]) if np.any(flags) else -1


coordinates = st.sampled_from([0.0, 0.3, -0.6, 1.0, 2.5, 10.0])


@given(st.lists(st.tuples(coordinates, coordinates), min_size=1, max_size=12), st.booleans())
@settings(deadline=None, max_examples=60)
def test_first_arrivals_and_rests(path, twice):
    points = torch.tensor(path, dtype=torch.float64).unsqueeze(1)  # (T, 1, 2)
    latches = arrivals(BOWL, 1)
    for step, point in enumerate(points):
        for _ in range(1 + twice):
            latches.look(step, point, BOWL.loss(point), BOWL.gradient(point))
    noted = latches.noted()
    losses = (points**2).sum(-1)[:, 0].numpy()
    slopes = 2 * np.sqrt(losses)
    assert noted.reached_at.tolist() == [first(losses <= TOLERANCE)]
    moving = np.flatnonzero(slopes > SLOPE)
    since = (moving[-1] + 1 if len(moving) else 0) if slopes[-1] <= SLOPE else -1
    assert noted.resting_since.tolist() == [since]
    assert noted.left_at.tolist() == [-1]


def test_each_local_minimum_has_its_own_level_near_itself():
    deep, local = (minimum.point for minimum in HILLS.minima)
    points = torch.tensor([deep, local, deep], dtype=torch.float64)
    levels = [m.value for m in HILLS.minima]
    losses = torch.tensor([levels[1] + 0.1, levels[1] + 0.1, levels[0] + 0.1]).double()
    latches = arrivals(HILLS, 3)
    latches.look(4, points, losses, None)
    assert latches.noted().reached_at.tolist() == [-1, 4, 4]
    assert latches.noted().resting_since.tolist() == [-1] * 3


def test_without_a_known_minimum_nobody_reaches_one():
    latches = arrivals(UNKNOWN, 1)
    origin = torch.zeros(1, 2, dtype=torch.float64)
    latches.look(0, origin, UNKNOWN.loss(origin), UNKNOWN.gradient(origin))
    assert latches.noted().reached_at.tolist() == [-1]
    assert latches.noted().converged_at.tolist() == [0]


@pytest.mark.parametrize("far", [3.01 * REACH, math.inf, -math.inf, math.nan])
def test_who_leaves_is_put_back_and_stays_put(far):
    latches = arrivals(BOWL, 2)
    for step, x in enumerate([1.0, 2.99 * REACH, far, 1.0], start=1):
        positions = torch.tensor([[x, 0.0], [1.0, 1.0]], dtype=torch.float64)
        previous = torch.tensor([[float(step), 0.0], [0.5, 0.5]], dtype=torch.float64)
        latches.hold(step, positions, previous)
        expected = x if step < 3 else float(step)
        assert positions.tolist() == [[expected, 0.0], [1.0, 1.0]]
    assert latches.noted().left_at.tolist() == [3, -1]


def test_a_loss_without_value_is_noted_with_the_step_that_led_there():
    latches = arrivals(BOWL, 2)
    positions = torch.zeros(2, 2, dtype=torch.float64)
    latches.look(6, positions, torch.tensor([math.nan, 1.0]).double(), None)
    assert latches.noted().left_at.tolist() == [6, -1]


def test_a_copy_may_be_thrown_away_and_a_state_leads_back():
    latches = arrivals(BOWL, 1)
    origin = torch.zeros(1, 2, dtype=torch.float64)
    state = latches.state()
    twin = latches.copy()
    twin.look(3, origin, BOWL.loss(origin), None)
    assert twin.noted().reached_at.tolist() == [3]
    assert latches.noted().reached_at.tolist() == [-1]
    latches.look(5, origin, BOWL.loss(origin), None)
    latches.restore(state)
    assert latches.noted().reached_at.tolist() == [-1]
