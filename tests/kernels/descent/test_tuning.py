"""Fair tuning against torch.optim, run one start at a time, and against closed forms."""

import math

import numpy as np
import pytest
import torch

from kernels.descent.tuning import Tuning, TuningParameters, best_rates, spread_points
from kernels.errors import ParameterError
from kernels.objectives.catalogue import CurveParameters, LineParameters, make_objective
from kernels.objectives.formulas import FormulaParameters
from kernels.objectives.surfaces import SurfaceObjective, SurfaceParameters
from kernels.optimizers.catalogue import (
    AdafactorParameters,
    AdamParameters,
    MomentumParameters,
    RMSpropParameters,
    SGDParameters,
)
from kernels.simulation import advance
from tests.kernels.experiments import CPU, check_contract, descent
from tests.kernels.fake_device import run_on_meta


def tuning(objective, *rows, **settings):
    return Tuning(descent(TuningParameters(**settings), objective, *rows), CPU)


def finished(simulation):
    advance(simulation, 10**6)
    assert simulation.finished is not None
    return simulation.frame()


def steps_alone(objective, row, rate, start, steps, tolerance):
    point = torch.tensor(start, dtype=torch.float64, requires_grad=True)
    optimizer = row.build([point])
    above = -1
    for step in range(steps + 1):
        optimizer.param_groups[0]["lr"] = rate
        optimizer.zero_grad()
        loss = objective.loss(point)
        if not loss.item() - objective.infimum < tolerance:
            above = step
        if step < steps:
            loss.backward()
            optimizer.step()
    return above + 1 if above < steps else None


def test_scores_are_those_of_single_runs():
    rows = (
        SGDParameters(),
        MomentumParameters(momentum=0.5),
        AdamParameters(),
        RMSpropParameters(),
    )
    settings = {"rates": 4, "rate_from": 1e-3, "rate_to": 1.0, "starts": 3, "steps": 50}
    frame = finished(tuning("himmelblau", *rows, tolerance=0.5, seed=3, **settings))
    objective = SurfaceObjective(SurfaceParameters(name="himmelblau"))
    for r, row in enumerate(rows):
        for k, rate in enumerate(frame.learning_rates):
            alone = [steps_alone(objective, row, rate, s, 50, 0.5) for s in frame.starts]
            assert frame.arrived[r, k] == sum(a is not None for a in alone) / 3
            censored = sorted(50 if a is None else a for a in alone)
            assert frame.scores[:, r, k].tolist() == censored
    assert frame.arrived.max() == 1


def test_the_best_plain_rate_of_a_bowl_is_found():
    frame = finished(
        tuning("round-bowl", SGDParameters(), rates=41, rate_from=0.05, rate_to=5.0, steps=60)
    )
    rates = frame.learning_rates
    assert rates[frame.best[0]] == pytest.approx(0.5, rel=0.06)  # 1 / lambda lands at once
    start = np.sort(np.hypot(*frame.starts.T))
    for k, rate in enumerate(rates):
        if 0.01 < abs(1 - 2 * rate) < 0.9:
            shrink = 2 * math.log(abs(1 - 2 * rate))
            needed = [max(0, math.floor(math.log(1e-3 / r**2) / shrink) + 1) for r in start]
            assert frame.scores[1, 0, k] == sorted(min(60, n) for n in needed)[31]
    assert (frame.arrived[0, rates > 1.01] < 0.05).all()


def test_the_horizon_counts_for_who_has_not_arrived():
    frame = finished(
        tuning("himmelblau", SGDParameters(), rates=2, rate_from=1e-6, rate_to=10.0, steps=12)
    )
    assert (frame.scores == 12).all()
    assert (frame.arrived == 0).all()
    assert "nowhere" in frame.sentences[0]
    assert frame.best[0] == 0
    assert frame.row()["best_rate.0"] is None  # the first is no better than the others


def test_before_the_horizon_it_says_what_is_known_so_far():
    settings = {"rates": 5, "rate_from": 0.1, "rate_to": 1.6, "starts": 9, "steps": 40}
    simulation = tuning("round-bowl", SGDParameters(), tolerance=1e-4, **settings)
    advance(simulation, 3)
    frame = simulation.frame()
    assert not frame.is_over()
    slow, fast = frame.scores[:, 0, 0], frame.scores[:, 0, frame.best[0]]
    assert (slow == np.inf).all()
    assert frame.learning_rates[frame.best[0]] == pytest.approx(0.4)  # the nearest to 1 / lambda
    assert fast[2] == np.inf  # |1 - 2 * 0.4| ** 3 takes no start from afar there
    assert frame.sentences[0].startswith("So far, after 3 of 40 steps, SGD ")
    assert "40 steps or more" not in frame.sentences[0]
    assert frame.row()["upper_quartile.0"] is None
    slower = tuning("round-bowl", SGDParameters(), tolerance=1e-4, **settings | {"rate_to": 0.2})
    advance(slower, 3)
    assert slower.frame().sentences[0].endswith("has arrived nowhere yet, at no learning rate.")
    advance(simulation, 36)
    early = simulation.frame()
    assert not early.is_over()
    final = finished(simulation)
    assert final.is_over()
    known = np.isfinite(early.scores)
    np.testing.assert_array_equal(early.scores[known], final.scores[known])
    assert known.any()
    assert (final.scores[~known] >= 39).all()
    assert "So far" not in final.sentences[0]
    assert final.sentences[0].startswith("SGD does best at learning rate 0.4: ")


def test_of_equal_medians_that_with_more_arrivals_is_best_then_the_lower_mean():
    medians = np.array([[9.0, 5.0, 5.0, 5.0, 5.0]])
    arrived = np.array([[1.0, 0.6, 0.8, 0.8, 0.8]])
    means = np.array([[9.0, 1.0, 7.0, 6.0, 6.0]])
    assert best_rates(medians, arrived, means).tolist() == [3]
    unknown = np.full_like(arrived, np.nan)
    assert best_rates(medians, unknown, means).tolist() == [1]


def test_at_the_edge_of_the_grid_it_says_so():
    inside = finished(tuning("round-bowl", SGDParameters(), rates=3, rate_from=0.05, rate_to=5.0))
    assert "edge" not in inside.sentences[0]
    outside = finished(tuning("round-bowl", SGDParameters(), rates=3, rate_from=0.01, rate_to=0.1))
    assert "edge" in outside.sentences[0]


def test_where_no_floor_is_known_the_loss_reached_is_the_score():
    formula = FormulaParameters(text="x**4 + y**4 + 1")
    settings = {"rates": 3, "rate_from": 1e-3, "rate_to": 10.0, "starts": 9, "steps": 40}
    frame = finished(tuning(formula, SGDParameters(), **settings))
    assert frame.criterion == "loss"
    assert np.isnan(frame.arrived).all()
    points = torch.tensor(frame.starts.copy(), requires_grad=True)
    optimizer = torch.optim.SGD([points], lr=frame.learning_rates[1])
    for _ in range(40):
        optimizer.zero_grad()
        (points**4).sum().backward()
        optimizer.step()
    losses = np.sort((points.detach() ** 4).sum(-1).numpy() + 1)
    losses[~np.isfinite(losses)] = np.inf
    np.testing.assert_allclose(frame.scores[:, 0, 1], np.sort(losses)[[2, 4, 6]])
    assert frame.scores[1, 0, 2] == np.inf
    assert frame.best[0] < 2


def test_the_legend_names_the_terms():
    plain = tuning(LineParameters(), SGDParameters(), starts=2, steps=7).frame()
    assert plain.legend.startswith("Horizon 7 steps; score: steps until")  # what must not be cut
    frame = tuning(
        "himmelblau", SGDParameters(), starts=17, seed=5, steps=123, tolerance=0.02
    ).frame()
    for term in ("17 starts", "seed 5", "123 steps", "within 0.02", "25 learning rates"):
        assert term in frame.legend
    assert frame.labels == ("SGD",)


def test_more_starts_of_a_seed_hold_the_fewer_and_are_spread_evenly():
    objective = make_objective(LineParameters(), CPU, torch.float64)
    points = spread_points(objective, 256, 4)
    np.testing.assert_array_equal(points[:64], spread_points(objective, 64, 4))
    assert not np.array_equal(points, spread_points(objective, 256, 5))
    low, high = np.array(objective.domain).T
    shares = (points - low) / (high - low)
    counts = np.histogram2d(*shares.T, bins=8, range=[(0, 1), (0, 1)])[0]
    assert counts.sum() == 256
    assert counts.min() >= 2  # chance alone leaves a cell of mean 4 with fewer nine times in ten
    assert counts.max() <= 6


def test_one_coordinate_will_do():
    frame = finished(
        tuning(CurveParameters(), SGDParameters(), rates=9, rate_from=1e-2, rate_to=1.0)
    )
    assert frame.starts.shape == (64, 1)
    assert frame.learning_rates[frame.best[0]] == pytest.approx(1 / 6, rel=0.4)


def test_rows_and_summary_hold_the_best_of_each():
    rows = (SGDParameters(), AdamParameters())
    simulation = tuning("round-bowl", *rows, rates=5, rate_from=0.01, rate_to=1.0, starts=9)
    frame = finished(simulation)
    row, told = frame.row(), simulation.summary()
    for i, label in enumerate(("SGD", "Adam")):
        best = frame.best[i]
        assert row[f"name.{i}"] == label
        assert row[f"best_rate.{i}"] == frame.learning_rates[best]
        assert row[f"median.{i}"] == frame.scores[1, i, best]
        assert told[f"{label}: best learning rate"] == frame.learning_rates[best]
        assert told[f"{label}: upper quartile"] == frame.scores[2, i, best]
        assert told[f"{label}: share arrived"] == frame.arrived[i, best]


def test_the_loss_at_the_start_is_the_median_of_the_starts():
    frame = tuning("round-bowl", SGDParameters(), starts=9).frame()
    assert frame.start_loss == pytest.approx(np.median((frame.starts**2).sum(-1)))


def test_it_says_that_batches_are_left_out():
    batches = tuning(
        LineParameters(batches={"kind": "mini", "size": 1}), SGDParameters(), starts=2
    ).frame()
    assert "mini-batches set are left out" in batches.legend
    assert "left out" not in tuning(LineParameters(), SGDParameters(), starts=2).frame().legend


def test_contract():
    rows = (SGDParameters(), AdamParameters())
    check_contract(lambda: tuning("beale", *rows, rates=4, starts=5, steps=20), 20)


def test_a_step_never_waits_for_the_device():
    parameters = descent(
        TuningParameters(rates=3, starts=4), "himmelblau", SGDParameters(), AdamParameters()
    )
    run_on_meta(lambda device: Tuning(parameters, device))


@pytest.mark.parametrize(
    ("objective", "row", "path"),
    [("saddle", SGDParameters(), "objective"), ("beale", AdafactorParameters(), "optimizers.0")],
)
def test_what_cannot_be_is_told(objective, row, path):
    with pytest.raises(ParameterError) as told:
        tuning(objective, row)
    assert told.value.path == path


def test_rates_that_do_not_rise_are_told():
    with pytest.raises(ValueError, match="must rise"):
        TuningParameters(rate_from=0.2, rate_to=0.1)
