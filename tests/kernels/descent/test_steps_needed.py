"""Who of a race has arrived, rests or has left, and after how many steps."""

import math

import numpy as np
import pytest
import torch

from kernels.editing import with_value
from kernels.simulation import advance
from tests.kernels.races import HIMMELBLAU, LINE, curve, plain_loop, race, ran, same_bits

BOWL = {"kind": "surface", "name": "round-bowl"}


def test_momentum_needs_25_steps_where_the_best_plain_rate_needs_92():
    momentum = {"kind": "momentum", "learning_rate": 4 / 9, "momentum": 5 / 9}
    plain = {"kind": "sgd", "learning_rate": 2 / 7}
    simulation = race(momentum, plain, objective=LINE)
    frame = ran(simulation)
    assert frame.converged_at.tolist() == [25, 92]
    assert simulation.finished.reason == "converged"
    assert simulation.step_count == 125
    assert simulation.summary()[f"{frame.names[1]}: steps needed"] == 92
    assert frame.grounds == ("minimum", "minimum")
    alone = race(momentum, objective=LINE)
    seen = [(n, alone.frame()) for n in (24, 25, 49, 50) if advance(alone, n - alone.step_count)]
    assert [int(f.within_since[0]) for _, f in seen] == [-1, 25, 25, 25]
    assert [f.status[0] for _, f in seen] == ["running"] * 3 + ["converged"]
    assert alone.finished is not None


@pytest.mark.parametrize(
    ("objective", "row", "passes"),
    [
        (HIMMELBLAU, {"kind": "momentum", "learning_rate": 0.003}, None),
        (HIMMELBLAU, {"kind": "adam", "learning_rate": 0.05}, None),
        (BOWL, {"kind": "momentum", "learning_rate": 0.01, "momentum": 0.9}, 14),
        (curve(), {"kind": "adam", "learning_rate": 0.5}, 5),
    ],
)
def test_arrival_is_where_the_whole_curve_stays_within_from_then_on(objective, row, passes):
    simulation = race(row, objective=objective, steps=3000)
    frame = ran(simulation)
    above = frame.losses[0] - simulation.objective.infimum > 1e-3
    since = int(np.flatnonzero(above)[-1]) + 1
    assert frame.converged_at.tolist() == frame.within_since.tolist() == [since]
    assert frame.status == ("converged",)
    assert since + 25 <= frame.step <= since + max(25, since / 4) + 25
    if passes is not None:  # it flew through before
        assert passes < since
        assert not above[passes]


def test_a_local_minimum_counts_as_arrival():
    hills = {"kind": "surface", "name": "hills"}
    simulation = race({"kind": "sgd", "learning_rate": 0.05}, objective=hills, start=(1.5, -0.5))
    frame = ran(simulation)
    local = simulation.objective.minima[1]
    assert frame.status == ("converged",)
    below = frame.losses[0] - local.value <= 1e-3
    assert frame.converged_at[0] == np.flatnonzero(below)[0]
    assert "a local minimum" in frame.sentences[0]


def test_passing_a_local_minimums_level_elsewhere_is_no_arrival():
    hills = {"kind": "surface", "name": "hills"}
    simulation = race({"kind": "sgd", "learning_rate": 0.05}, objective=hills, start=(-1.2, 2.0))
    frame = ran(simulation)
    deepest = simulation.objective.minima[0].value
    assert frame.converged_at[0] == np.flatnonzero(frame.losses[0] <= deepest + 1e-3)[0]


def test_where_no_minimum_is_known_the_gradient_decides():
    simulation = race(
        {"kind": "sgd", "learning_rate": 0.1},
        objective={"kind": "formula", "text": "x**2 + y**2 + x**4"},
        steps=400,
    )
    frame = ran(simulation)
    x, y = frame.paths[0].T
    slopes = np.hypot(2 * x + 4 * x**3, 2 * y)
    assert frame.converged_at[0] == np.flatnonzero(slopes <= 1e-6)[0]
    assert "came to rest" in frame.sentences[0]


def test_the_horizon_stops_it_to_the_step_and_may_be_moved():
    simulation = race({"kind": "sgd", "learning_rate": 0.01}, objective=LINE, steps=37)
    frame = ran(simulation)
    assert simulation.step_count == 37
    assert simulation.finished.reason == "stop rule"
    assert frame.status == ("stopped",)
    simulation.adjust(with_value(simulation.parameters, "steps", 60))
    assert simulation.finished is None
    assert ran(simulation).step == 60
    assert simulation.finished.reason == "stop rule"
    simulation.adjust(with_value(simulation.parameters, "steps", 20))
    assert simulation.finished.reason == "stop rule"


def test_who_left_stays_where_it_was_last_in_reach():
    simulation = race(
        {"kind": "sgd", "learning_rate": 0.5},
        {"kind": "sgd", "learning_rate": 0.007},
        objective=LINE,
    )
    frame = ran(simulation, 150)
    assert frame.status[0] == "diverged"
    assert np.isfinite(frame.paths).all()
    assert np.isfinite(frame.losses[1]).all()
    objective = simulation.objective
    path = plain_loop(
        lambda points: torch.optim.SGD(points, lr=0.5), objective, objective.start, 150
    )
    middle = np.mean(objective.domain, axis=1)
    half = np.ptp(objective.domain, axis=1) / 2
    last = np.flatnonzero((np.abs(path - middle) > 1000 * half).any(axis=1))[0] - 1
    same_bits(frame.paths[0, : last + 1], path[: last + 1])
    assert (frame.paths[0, last:] == path[last]).all()
    assert frame.left_at.tolist() == [last + 1, -1]
    same_bits(frame.exits[0], path[last + 1])
    assert frame.exit_losses[0] == pytest.approx(_squares(path[last + 1]))
    # Its curve goes up to the step that left, and no further; nothing else of it is shown.
    expected = [_squares(point) for point in path[: last + 2]]
    assert frame.losses[0, : last + 2] == pytest.approx(expected)
    assert np.isnan(frame.losses[0, last + 2 :]).all()
    for name in ("loss", "gradients", "last_steps", "predicted", "promised", "velocities"):
        assert np.isnan(getattr(frame, name)[0]).all(), name
    assert np.isnan(frame.exits[1]).all()
    assert math.isnan(frame.exit_losses[1])


def _squares(point):
    """The mean squared error of the line through (1, 3) and (2, 5)."""
    m, b = point
    return ((m + b - 3) ** 2 + (2 * m + b - 5) ** 2) / 2


def test_no_full_stride_over_a_plateau_is_a_rest():
    plateau = {"kind": "surface", "name": "plateau"}
    row = {"kind": "adam", "learning_rate": 0.001}
    simulation = race(row, objective=plateau, start=(-2.85, 2.85), steps=4000)
    assert ran(simulation, 50).status == ("running",)
    frame = ran(simulation)
    assert frame.grounds == ("minimum",)
    assert frame.positions[0] == pytest.approx([0, 0], abs=0.05)


def test_a_slope_beside_a_local_minimum_is_no_arrival():
    camel = {"kind": "surface", "name": "six-hump-camel"}
    row = {"kind": "sgd", "learning_rate": 0.001}
    simulation = race(row, objective=camel, start=(1.7, 0.0))
    assert simulation.frame().within_since.tolist() == [-1]
    frame = ran(simulation)
    assert frame.positions[0] == pytest.approx([1.7036067, -0.7960836], abs=0.05)
    assert frame.converged_at[0] > 100


def test_who_passes_on_after_it_was_told_to_have_arrived_has_not():
    row = {"kind": "sgd", "learning_rate": 0.2}
    simulation = race(row, row | {"learning_rate": 0.001}, objective=LINE, steps=400)
    assert ran(simulation, 175).status == ("converged", "running")
    simulation.adjust(with_value(simulation.parameters, "optimizers.0.learning_rate", 0.5))
    frame = ran(simulation, 50)
    assert frame.status[0] in ("running", "diverged")
    assert frame.converged_at[0] == -1
