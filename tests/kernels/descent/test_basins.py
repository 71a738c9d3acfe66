"""Basins against torch.optim run start by start, and against closed forms."""

import math

import numpy as np
import pytest
import torch

from kernels.descent.attractors import Ending
from kernels.descent.basins import Basins
from kernels.descent.basins_parameters import BasinsParameters
from kernels.errors import ParameterError
from kernels.objectives.catalogue import CurveParameters, FormulaParameters, LineParameters
from kernels.optimizers.catalogue import (
    AdafactorParameters,
    AdagradParameters,
    AdamParameters,
    AdamWParameters,
    ASGDParameters,
    MomentumParameters,
    NAdamParameters,
    NesterovParameters,
    RAdamParameters,
    RMSpropParameters,
    RpropParameters,
    SGDParameters,
)
from kernels.optimizers.schedules import CosineSchedule
from kernels.simulation import advance, state_bytes
from tests.kernels.experiments import CPU, check_contract, descent, same_frames
from tests.kernels.fake_device import run_on_meta


def basins(objective, row, **settings):
    return Basins(descent(BasinsParameters(**settings), objective, row), CPU)


def finished(simulation):
    advance(simulation, 10**6)
    assert simulation.finished is not None
    return simulation.frame()


# --- the descents -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "row",
    [
        SGDParameters(learning_rate=0.005),
        SGDParameters(learning_rate=0.5, clip_norm=0.3, weight_decay=0.1),
        MomentumParameters(learning_rate=0.003, momentum=0.6, clip_value=5.0),
        NesterovParameters(learning_rate=0.003),
        AdagradParameters(learning_rate=0.5),
        RMSpropParameters(learning_rate=0.05),
        AdamParameters(learning_rate=0.1, amsgrad=True),
        AdamParameters(learning_rate=0.2, schedule=CosineSchedule(total_steps=40)),
        RpropParameters(learning_rate=0.1),
    ],
    ids=lambda row: row.label,
)
def test_each_start_goes_the_way_it_goes_alone(row):
    simulation = basins("himmelblau", row, resolution=16, steps=50)
    frame = finished(simulation)
    for i, j in ((0, 0), (3, 12), (15, 7), (9, 9)):
        point = torch.tensor([frame.x[j], frame.y[i]], dtype=torch.float64, requires_grad=True)
        optimizer = row.build([point])
        for step in range(50):
            row.update(optimizer, row.rate(step))
            optimizer.zero_grad()
            x, y = point
            ((x * x + y - 11) ** 2 + (x + y * y - 7) ** 2).backward()
            if row.clip_norm:
                torch.nn.utils.clip_grad_norm_([point], row.clip_norm)
            if row.clip_value:
                torch.nn.utils.clip_grad_value_([point], row.clip_value)
            optimizer.step()
        np.testing.assert_allclose(
            frame.end_points[i, j], point.detach().numpy(), rtol=1e-9, atol=1e-9
        )


def test_all_together_go_as_one_tensor_goes_to_the_last_bit():
    simulation = basins("himmelblau", AdamParameters(learning_rate=0.05), resolution=64, steps=100)
    frame = finished(simulation)
    y, x = np.meshgrid(frame.y, frame.x, indexing="ij")
    points = torch.tensor(np.stack([x, y], axis=-1), requires_grad=True)  # (H, W, 2)
    optimizer = torch.optim.Adam([points], lr=0.05, fused=True)
    for _ in range(100):
        optimizer.zero_grad()
        x, y = points.unbind(-1)
        ((x * x + y - 11) ** 2 + (x + y * y - 7) ** 2).sum().backward()
        optimizer.step()
    np.testing.assert_array_equal(frame.end_points, points.detach().numpy())


def test_a_state_holds_no_more_than_it_needs():
    simulation = basins("himmelblau", AdamParameters(), resolution=64)
    advance(simulation, 3)
    points = 64 * 64 * 2 * 8  # bytes
    assert state_bytes(simulation.state()) < 3.2 * points  # the points, two moments, steps


def test_the_grid_holds_the_middles_of_its_pixels():
    frame = basins("ravine", SGDParameters(), resolution=10).frame()
    np.testing.assert_allclose(frame.x, np.arange(-4.5, 5, 1))
    np.testing.assert_allclose(frame.y, np.arange(-2.25, 2.5, 0.5))
    np.testing.assert_array_equal(frame.end_points[2, 7], (frame.x[7], frame.y[2]))
    assert frame.labels.shape == frame.steps.shape == (10, 10)


def test_single_precision_is_what_it_says():
    row = SGDParameters(learning_rate=0.1)
    frame = finished(basins("round-bowl", row, resolution=8, dtype="float32"))
    assert frame.end_points.dtype == np.float32
    assert set(frame.labels.flat) == {0}


# --- what they end at ---------------------------------------------------------------------------


def test_a_bowl_is_one_basin_and_the_steps_are_those_of_the_formula():
    rate, tolerance = 0.1, 1e-3
    row = SGDParameters(learning_rate=rate)
    frame = finished(basins("round-bowl", row, resolution=20, tolerance=tolerance))
    assert set(frame.labels.flat) == {0}
    assert frame.shares[0] == 1
    slope = 2 * np.hypot(frame.x[None, :], frame.y[:, None])  # shrinks by 1 - 2 rate a step
    needed = np.ceil(np.log(tolerance / slope) / math.log(1 - 2 * rate))
    np.testing.assert_array_equal(frame.steps, needed)
    assert "100.0% end at (0, 0)" in frame.sentence


def test_on_its_stable_axis_the_saddle_is_where_it_rests_and_beside_it_all_leave():
    simulation = basins("saddle", SGDParameters(learning_rate=0.1), resolution=9)
    frame = finished(simulation)
    assert frame.y[4] == 0
    assert set(frame.labels[4]) == {Ending.SADDLE}
    assert set(np.delete(frame.labels, 4, axis=0).flat) == {Ending.FALLING}
    assert frame.limits.size == frame.ends.size == 0


def test_the_monkey_saddle_holds_who_comes_down_its_ridge():
    # On the axis, x' = x - 3 rate x^2 creeps to the saddle from above, and leaves below it.
    row = SGDParameters(learning_rate=0.02)
    frame = finished(basins("monkey-saddle", row, resolution=9, steps=600))
    assert frame.x[4] == frame.y[4] == 0
    assert set(frame.labels[4, 4:]) == {Ending.SADDLE}
    assert set(frame.labels[4, :4]) == {Ending.FALLING}


def test_who_still_moves_at_the_horizon_is_not_put_to_a_minimum():
    frame = finished(basins("himmelblau", SGDParameters(learning_rate=1e-4), resolution=8, steps=5))
    assert set(frame.labels.flat) <= {Ending.MOVING, Ending.NEAR}
    assert set(frame.steps.flat) == {-1}


def test_rmsprop_orbits_and_is_said_to_stay_near():
    frame = finished(
        basins("round-bowl", RMSpropParameters(learning_rate=0.05), resolution=8, steps=1500)
    )
    assert set(frame.labels.flat) == {Ending.NEAR}
    assert set(frame.nearest.flat) == {0}
    assert math.isnan(frame.limits[0])
    assert frame.limit_rule == ""


def test_the_line_fit_is_one_basin():
    frame = finished(
        basins(LineParameters(), SGDParameters(learning_rate=0.25), steps=400, resolution=16)
    )
    assert frame.shares[0] == 1
    np.testing.assert_allclose(frame.ends, [(2, 1)])
    np.testing.assert_allclose(frame.limits, 0.2918, atol=5e-5)


def test_rastrigin_sends_each_start_to_the_bottom_of_its_own_box():
    row = SGDParameters(learning_rate=0.002)
    frame = finished(basins("rastrigin", row, resolution=64))
    boxes = np.abs(frame.x) < 5.0  # the outermost half boxes have no minimum in the domain
    labels = frame.labels[np.ix_(boxes, boxes)]
    assert labels.min() >= 0
    x, y = np.meshgrid(frame.x[boxes], frame.y[boxes])
    found = frame.ends[labels]  # (H, W, 2)
    rounded = np.stack([np.round(x), np.round(y)], axis=-1)
    inside = np.abs(np.stack([x, y], axis=-1) - rounded).max(axis=-1) < 0.4
    np.testing.assert_array_equal(np.round(found)[inside], rounded[inside])


@pytest.mark.parametrize(("objective", "rate"), [("round-bowl", 1.2), ("himmelblau", 0.2)])
def test_who_overshoots_has_left_and_does_not_fall(objective, rate):
    frame = finished(basins(objective, SGDParameters(learning_rate=rate), resolution=8))
    assert Ending.DIVERGED in frame.labels
    assert "no number, or beyond 3 times the domain" in frame.sentence
    assert Ending.FALLING not in frame.labels


def test_on_a_saddle_who_leaves_uphill_diverges():
    # y = 0 is kept, and 1 - 2 rate = -1.4 throws x ever farther up.
    row = SGDParameters(learning_rate=1.2)
    frame = finished(basins("saddle", row, resolution=9))
    assert set(frame.labels[4][[0, 1, 2, 3, 5, 6, 7, 8]]) == {Ending.DIVERGED}
    assert set(np.delete(frame.labels, 4, axis=0).flat) == {Ending.FALLING}
    assert "fall for ever: the loss has no floor" in frame.sentence


@pytest.mark.parametrize(
    "row",
    [SGDParameters(learning_rate=0.1, weight_decay=0.02), ASGDParameters(lambd=0.02)],
    ids=["weight decay", "decay of the point"],
)
def test_with_weight_decay_it_rests_where_slope_and_decay_cancel(row):
    row = row.model_copy(update={"learning_rate": 0.1})
    spec = FormulaParameters(text="(x - 1)**2 + (y + 1)**2")
    frame = finished(basins(spec, row, resolution=8, tolerance=1e-6))
    resting = 2 / 2.02  # 2 (x - 1) + 0.02 x = 0
    np.testing.assert_allclose(frame.end_points[..., 0], resting, atol=1e-4)
    assert set(frame.labels.flat) == {0}
    assert (frame.steps > 0).all()


MINIMA = [(3.0, 2.0), (-2.805118, 3.131313), (-3.77931, -3.283186), (3.584428, -1.848127)]


def himmelblau_with_decay(decay, point):
    """The slope, (2,), and the second derivatives, (2, 2), of the function with L2 decay."""
    x, y = point
    a, b = x * x + y - 11, x + y * y - 7
    slope = np.array([4 * x * a + 2 * b + decay * x, 2 * a + 4 * y * b + decay * y])
    xx, yy, xy = 12 * x * x + 4 * y - 42 + decay, 12 * y * y + 4 * x - 26 + decay, 4 * (x + y)
    return slope, np.array([[xx, xy], [xy, yy]])


def test_strong_weight_decay_pulls_the_ends_away_and_they_keep_their_minimum():
    decay, rests = 4.0, []
    for point in MINIMA:
        for _ in range(30):
            slope, second = himmelblau_with_decay(decay, point)
            point = point - np.linalg.solve(second, slope)
        rests.append(point)
    row = SGDParameters(learning_rate=0.01, weight_decay=decay)
    frame = finished(basins("himmelblau", row, resolution=16, steps=1000, tolerance=1e-6))
    assert set(frame.labels.flat) == {0, 1, 2, 3}
    assert len(frame.ends) == 4
    for index, rest in enumerate(rests):
        ends = frame.end_points[frame.labels == index]
        np.testing.assert_allclose(ends, np.tile(rest, (len(ends), 1)), atol=1e-6)
    farthest = max(np.linalg.norm(np.subtract(*pair)) for pair in zip(rests, MINIMA, strict=True))
    assert f"up to {farthest:.2g} from their minimum" in frame.sentence


def test_decay_that_is_too_strong_holds_all_on_a_slope():
    row = SGDParameters(learning_rate=0.002, weight_decay=40.0)
    frame = finished(basins("himmelblau", row, resolution=8, steps=2000))
    assert set(frame.labels.flat) == {Ending.HELD}
    slope, _ = himmelblau_with_decay(0.0, frame.end_points[0, 0])
    assert np.linalg.norm(slope) > 1
    assert "rest on a slope, held there by weight decay" in frame.sentence


@pytest.mark.parametrize(
    "row",
    [
        AdamWParameters(learning_rate=0.1),
        AdamWParameters(learning_rate=0.1, amsgrad=True, beta2=0.9),
        NAdamParameters(learning_rate=0.1, weight_decay=0.01, decoupled_weight_decay=True),
        RAdamParameters(
            learning_rate=0.1, beta2=0.99, weight_decay=0.01, decoupled_weight_decay=True
        ),
    ],
    ids=lambda row: row.label,
)
def test_a_decay_apart_from_the_gradient_is_balanced_and_keeps_the_minimum(row):
    spec = FormulaParameters(text="3*(x - 2)**2 + (y + 1)**2")
    frame = finished(basins(spec, row, resolution=8, steps=1200))
    assert set(frame.labels.flat) <= {0, Ending.NEAR}  # some orbit still
    assert (frame.labels == 0).mean() > 0.5
    # One start alone, with torch's own optimizer: it rests where a step changes next to nothing.
    point = torch.tensor([frame.x[1], frame.y[6]], dtype=torch.float64, requires_grad=True)
    optimizer = row.build([point])
    for _ in range(1200):
        optimizer.zero_grad()
        (3 * (point[0] - 2) ** 2 + (point[1] + 1) ** 2).backward()
        before = point.detach().clone()
        optimizer.step()
    end = point.detach()
    slope = torch.tensor([6 * (end[0] - 2), 2 * (end[1] + 1)])
    pull = end * row.pull(optimizer.state[point], 1200)
    torch.testing.assert_close(slope, -pull, rtol=0.05, atol=0.01)
    assert (end - before).norm() < 0.01 * row.learning_rate
    np.testing.assert_allclose(frame.end_points[6, 1], end, atol=1e-6)
    assert "Weight decay pulls them towards (0, 0)" in frame.sentence


def test_the_default_weight_decay_of_adamw_leaves_no_start_without_its_minimum():
    row = AdamWParameters(learning_rate=0.1)
    frame = finished(basins("himmelblau", row, resolution=32))
    assert np.isin(frame.labels, [0, 1, 2, 3, Ending.NEAR]).all()
    assert (frame.labels >= 0).mean() > 0.9
    at = np.linalg.norm(frame.end_points - np.array(frame.ends)[frame.nearest], axis=-1)
    rests = frame.labels >= 0
    np.testing.assert_array_equal(frame.labels[rests], frame.nearest[rests])
    assert f"up to {at[rests].max():.2g} from their minimum" in frame.sentence
    slopes = np.array([himmelblau_with_decay(0.0, p)[0] for p in frame.end_points[rests]])
    assert np.median(np.linalg.norm(slopes, axis=-1)) > 0.1  # it does not rest at the minimum


def test_who_creeps_along_a_cubic_is_at_no_minimum():
    row = SGDParameters(learning_rate=0.05)
    frame = finished(basins(FormulaParameters(text="x**3 + y**2"), row, resolution=32))
    creeps = frame.end_points[..., 0] > 0
    assert creeps.any()
    assert set(frame.labels[creeps]) == {Ending.UNDECIDED}
    assert len(frame.ends) == 0


def test_a_minimum_that_nobody_has_listed_is_found_where_it_lies():
    row = SGDParameters(learning_rate=0.005)
    spec = FormulaParameters(text="(x**2 - 1)**2 + (y - 0.5)**2 * (1 + x**2)")
    frame = finished(basins(spec, row, resolution=32, steps=800, tolerance=0.1, radius=0.05))
    np.testing.assert_allclose(frame.ends, [(-1, 0.5), (1, 0.5)], atol=1e-5)
    assert set(frame.labels.flat) <= {0, 1, Ending.SADDLE}


def test_on_a_saddle_who_is_below_it_falls_though_it_has_not_left():
    frame = finished(basins("saddle", SGDParameters(learning_rate=0.01), resolution=32))
    x, y = np.meshgrid(frame.x * 0.98**200, frame.y * 1.02**200)  # the eigenvalues are 2 and -2
    np.testing.assert_allclose(frame.end_points, np.stack([x, y], axis=-1))
    np.testing.assert_array_equal(frame.labels == Ending.FALLING, np.abs(y) > np.abs(x))
    first = basins("saddle", SGDParameters(learning_rate=0.01), resolution=32).frame()
    falls = np.abs(first.y)[:, None] > np.abs(first.x)[None, :]
    np.testing.assert_array_equal(first.labels == Ending.FALLING, falls)
    assert set(first.labels[~falls]) == {Ending.MOVING}


def test_weight_decay_may_end_the_fall():
    row = SGDParameters(learning_rate=0.1, weight_decay=3.0)  # x**2 - y**2 + 1.5 (x**2 + y**2)
    simulation = basins("saddle", row, resolution=8)
    assert Ending.FALLING not in simulation.frame().labels
    frame = finished(simulation)
    np.testing.assert_allclose(frame.end_points, 0, atol=1e-2)
    assert set(frame.labels.flat) == {Ending.SADDLE}


def test_a_kink_has_no_limit_and_says_so():
    row = SGDParameters(learning_rate=0.01)
    frame = basins("ackley", row, resolution=8).frame()
    origin = int(np.flatnonzero((np.abs(frame.ends[: frame.known]) < 1e-9).all(axis=-1))[0])
    assert frame.kinks[origin]
    assert math.isnan(frame.limits[origin])
    assert "At (0, 0) the slope jumps" in frame.sentence
    smooth = basins("himmelblau", row, resolution=8).frame()
    assert not smooth.kinks.any()
    assert np.isfinite(smooth.limits).all()
    assert "jumps" not in smooth.sentence


def test_it_says_that_batches_and_noise_are_left_out():
    settings = descent(
        BasinsParameters(resolution=8), LineParameters(batches={"kind": "mini", "size": 1})
    )
    noisy = settings.model_copy(update={"noise": 0.1})
    assert "mini-batches set are left out" in Basins(settings, CPU).frame().sentence
    assert "mini-batches and gradient noise set are left" in Basins(noisy, CPU).frame().sentence
    plain = settings.model_copy(update={"objective": LineParameters()})
    assert "left out" not in Basins(plain, CPU).frame().sentence


# --- the learning rate --------------------------------------------------------------------------


def test_the_limits_of_himmelblau_are_those_of_its_second_derivatives():
    plain = basins("himmelblau", SGDParameters(), resolution=8).frame()
    x, y = plain.ends.T
    xx, yy, xy = 12 * x**2 + 4 * y - 42, 12 * y**2 + 4 * x - 26, 4 * (x + y)
    largest = (xx + yy) / 2 + np.sqrt((xx - yy) ** 2 / 4 + xy**2)
    np.testing.assert_allclose(plain.limits, 2 / largest)
    np.testing.assert_allclose(sorted(plain.limits), (0.01495, 0.0190, 0.0243, 0.0248), atol=5e-5)
    assert plain.limit_rule == "2/λ"
    heavy = basins("himmelblau", MomentumParameters(momentum=0.5), resolution=8).frame()
    np.testing.assert_allclose(heavy.limits, 1.5 * plain.limits)


@pytest.mark.parametrize("index", range(4))
def test_a_minimum_holds_below_its_limit_and_lets_go_above_it(index):
    limit = basins("himmelblau", SGDParameters(), resolution=8).frame().limits[index]
    for factor, holds in ((0.98, True), (1.02, False)):
        row = SGDParameters(learning_rate=factor * limit)
        frame = finished(basins("himmelblau", row, resolution=24, steps=400))
        assert (frame.labels == index).any() == holds


def test_a_sweep_is_the_runs_one_after_another():
    settings = {"resolution": 24, "steps": 60}
    sweep = basins(
        "himmelblau", SGDParameters(), sweep=4, sweep_from=0.005, sweep_to=0.03, **settings
    )
    assert sweep.length == 240
    advance(sweep, 60)
    first = sweep.frame()
    assert (first.run, first.picture_step, len(first.sweep_rates)) == (0, 60, 1)
    frame = finished(sweep)
    np.testing.assert_allclose(frame.sweep_rates, np.geomspace(0.005, 0.03, 4))
    assert frame.learning_rate == pytest.approx(0.03)
    for rate, of_rate in zip(frame.sweep_rates, frame.sweep_shares, strict=True):
        single = finished(basins("himmelblau", SGDParameters(learning_rate=rate), **settings))
        np.testing.assert_array_equal(of_rate, single.shares)
    assert frame.sweep_shares[0, :4].min() > 0.1
    assert frame.sweep_shares[-1, :4].max() == 0


def test_the_learning_rate_may_change_while_it_runs():
    simulation = basins("round-bowl", SGDParameters(learning_rate=0.5), resolution=8, steps=20)
    advance(simulation, 1)
    assert set(simulation.frame().labels.flat) == {0}  # one step of 1 / lambda
    away = basins("round-bowl", SGDParameters(learning_rate=1e-6), resolution=8, steps=20)
    slow = away.parameters
    advance(away, 1)
    fast = slow.model_copy(update={"optimizers": (SGDParameters(learning_rate=0.5),)})
    away.adjust(fast)
    assert away.frame().learning_rate == 0.5
    advance(away, 1)
    assert set(away.frame().labels.flat) == {0}


def test_after_going_back_the_picture_of_the_other_way_is_not_shown():
    slow, changed = (
        basins("round-bowl", SGDParameters(learning_rate=1e-6), resolution=8, steps=20)
        for _ in range(2)
    )
    state = changed.state()
    fast = {"optimizers": (SGDParameters(learning_rate=0.5),)}
    changed.adjust(changed.parameters.model_copy(update=fast))
    for simulation in (slow, changed):
        advance(simulation, 1)
    assert not same_frames(slow.frame(), changed.frame())
    changed.restore(state)
    advance(changed, 1)
    assert same_frames(slow.frame(), changed.frame())


# --- the contract -------------------------------------------------------------------------------


@pytest.mark.parametrize("row", [AdamParameters(learning_rate=0.1), MomentumParameters()])
def test_contract(row):
    check_contract(lambda: basins("himmelblau", row, resolution=8, steps=40), 40)
    check_contract(lambda: basins("himmelblau", row, resolution=8, steps=15, sweep=3), 45)


def test_a_step_never_waits_for_the_device():
    parameters = descent(
        BasinsParameters(resolution=8, steps=2, sweep=2), "himmelblau", AdamParameters()
    )
    run_on_meta(lambda device: Basins(parameters, device))


def test_between_two_pictures_the_older_one_is_shown_with_its_step():
    simulation = basins("himmelblau", SGDParameters(learning_rate=0.01), resolution=8, steps=500)
    shown = []
    for _ in range(25):
        shown.append(simulation.frame().picture_step)
        advance(simulation, 1)
    assert shown == [10 * (step // 10) for step in range(25)]


@pytest.mark.parametrize(
    ("settings", "objective", "row", "path", "word"),
    [
        ({}, CurveParameters(), SGDParameters(), "objective", "two coordinates"),
        ({}, "saddle", AdafactorParameters(), "experiment.optimizer", "couples"),
        ({"optimizer": 3}, "saddle", SGDParameters(), "experiment.optimizer", "counted from 0"),
    ],
)
def test_what_cannot_be_is_told(settings, objective, row, path, word):
    with pytest.raises(ParameterError, match=word) as told:
        basins(objective, row, **settings)
    assert told.value.path == path


def test_a_sweep_that_does_not_rise_is_told():
    with pytest.raises(ValueError, match="must rise"):
        BasinsParameters(sweep=3, sweep_from=0.1, sweep_to=0.1)
