"""The map of hyper-parameters against torch.optim, run pixel by pixel, and the worked example."""

import math
from itertools import product

import numpy as np
import pytest
import torch

from kernels.descent.hyperparameter_map import HyperparameterMap, HyperparameterMapParameters
from kernels.descent.hyperparameter_map_frame import DIVERGED, NOT_REACHED
from kernels.errors import ParameterError
from kernels.objectives.catalogue import (
    CurveParameters,
    FormulaParameters,
    LineParameters,
    make_objective,
)
from kernels.objectives.surfaces import SurfaceParameters
from kernels.simulation import advance
from tests.kernels.experiments import CPU, check_contract, descent
from tests.kernels.fake_device import run_on_meta


def hyperparameter_map(objective, start=None, **settings):
    experiment = HyperparameterMapParameters(**settings)
    return HyperparameterMap(descent(experiment, objective, start=start), CPU)


def finished(simulation):
    advance(simulation, 10**6)
    assert simulation.finished is not None
    return simulation.frame()


def steps_alone(objective, start, rate, momentum, nesterov, steps, tolerance):
    """The step from which torch.optim.SGD stays within the tolerance, and where it ends."""
    point = torch.tensor(start, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.SGD([point], lr=rate, momentum=momentum, nesterov=nesterov)
    above = -1
    for step in range(steps + 1):
        optimizer.zero_grad()
        loss = objective.loss(point)
        if not loss.item() - objective.infimum < tolerance:
            above = step
        if step < steps:
            loss.backward()
            optimizer.step()
    return (above + 1 if above < steps else NOT_REACHED), point.detach().numpy()


# --- against torch ------------------------------------------------------------------------------


@pytest.mark.parametrize("nesterov", [False, True])
@pytest.mark.parametrize("spec", [LineParameters(), SurfaceParameters(name="himmelblau")])
def test_each_pixel_is_a_run_of_torch(spec, nesterov):
    settings = {"resolution": 10, "steps": 40, "nesterov": nesterov, "tolerance": 0.05}
    simulation = hyperparameter_map(spec, **settings)
    frame = finished(simulation)
    objective = make_objective(spec, CPU, torch.float64)
    arrived = 0
    for i, j in product(range(0, 10, 3), range(1, 10, 2)):
        rate, momentum = frame.learning_rates[j], frame.momenta[i]
        looks_ahead = nesterov and momentum > 0  # torch refuses Nesterov without momentum
        steps, point = steps_alone(
            objective, objective.start, rate, momentum, looks_ahead, 40, 0.05
        )
        if frame.steps[i, j] != DIVERGED:
            assert frame.steps[i, j] == steps
            np.testing.assert_allclose(
                simulation._points[10 * i + j].numpy(), point, rtol=1e-12, atol=1e-12
            )
            arrived += steps >= 0
        else:
            assert steps == NOT_REACHED
    assert arrived


# --- the worked example -------------------------------------------------------------------------


@pytest.mark.parametrize("logarithmic", [True, False])
def test_on_the_two_point_line_theory_takes_25_steps_and_plain_descent_92(logarithmic):
    frame = finished(hyperparameter_map(LineParameters(), logarithmic=logarithmic, resolution=32))
    assert (frame.theory_rate, frame.theory_momentum) == pytest.approx((4 / 9, 5 / 9), rel=1e-12)
    assert frame.theory_steps == 25
    assert frame.theory_plain_rate == pytest.approx(2 / 7, rel=1e-12)
    assert frame.theory_plain_steps == 92
    assert frame.theory_rate in frame.learning_rates
    assert frame.theory_momentum in frame.momenta
    assert frame.best_steps <= 25
    assert 85 <= frame.plain_steps <= 92
    assert "25 steps" in frame.sentence
    assert "92 steps" in frame.sentence


def test_the_best_is_the_least_of_the_map():
    frame = finished(hyperparameter_map(LineParameters(), resolution=24))
    arrived = frame.steps[frame.steps >= 0]
    assert frame.best_steps == arrived.min()
    row = int(np.flatnonzero(frame.momenta == frame.best_momentum)[0])
    column = int(np.flatnonzero(frame.learning_rates == frame.best_rate)[0])
    assert frame.steps[row, column] == frame.best_steps
    assert frame.momenta[0] == 0
    assert frame.plain_steps == frame.steps[0][frame.steps[0] >= 0].min()


def test_a_path_that_flies_through_the_minimum_has_not_arrived():
    # From (-1, 5) this pair passes within the tolerance at step 6 and is far off again at step 7.
    objective = make_objective(LineParameters(), CPU, torch.float64)
    point = torch.tensor([-1.0, 5.0], dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.SGD([point], lr=0.51473, momentum=0.87307)
    losses = []
    for _ in range(8):
        optimizer.zero_grad()
        loss = objective.loss(point)
        losses.append(loss.item())
        loss.backward()
        optimizer.step()
    assert losses[6] < 1e-3 < losses[7]
    settings = {"rate_from": 0.51473, "rate_to": 0.6, "momentum_to": 0.87307, "resolution": 8}
    assert finished(hyperparameter_map(LineParameters(), **settings)).steps[-1, 0] > 50


# --- theory over the map ------------------------------------------------------------------------


@pytest.mark.parametrize("nesterov", [False, True])
def test_on_a_quadratic_the_limit_parts_what_arrives_from_what_diverges(nesterov):
    frame = finished(hyperparameter_map("round-bowl", nesterov=nesterov, steps=2000, resolution=24))
    rates = np.broadcast_to(frame.learning_rates, frame.steps.shape)
    limits = frame.limits[:, None]
    assert (frame.steps[rates > 1.05 * limits] == DIVERGED).all()
    inside = (rates < 0.95 * limits) & (rates > 0.01)
    assert (frame.steps[inside] >= 0).all()
    assert np.array_equal(frame.speeds >= 1, rates >= limits * (1 - 1e-12))


def test_steps_follow_the_closed_form_without_momentum():
    frame = finished(hyperparameter_map("round-bowl", steps=3000, resolution=16))
    gap = 2.0**2 + 1.5**2  # at the start; a step multiplies it by (1 - 2 rate)^2
    for rate, steps in zip(frame.learning_rates, frame.steps[0], strict=True):
        if 0 < abs(1 - 2 * rate) < 0.999:
            needed = math.floor(math.log(1e-3 / gap) / (2 * math.log(abs(1 - 2 * rate)))) + 1
            assert steps == (needed if needed <= 3000 else NOT_REACHED)


def test_one_coordinate_will_do():
    frame = finished(hyperparameter_map(CurveParameters(), start=(3.0,), resolution=8))
    assert (frame.theory_rate, frame.theory_momentum) == pytest.approx((1 / 6, 0))
    assert frame.theory_steps == 1


def test_ackley_has_no_curvature_at_its_tip():
    frame = hyperparameter_map("ackley", start=(0.4, 0.3), resolution=8, steps=2).frame()
    assert frame.limits.size == 0
    assert math.isnan(frame.theory_rate)


def test_the_terms_are_told_and_exported():
    simulation = hyperparameter_map(
        LineParameters(batches={"kind": "mini", "size": 1}), resolution=16, steps=400
    )
    frame = finished(simulation)
    assert "list of optimizers is not used" in frame.legend
    assert "mini-batches set are left out" in frame.legend
    assert (frame.title, frame.horizon) == (simulation.objective.title, 400)
    assert frame.start.tolist() == [-1, 5]
    assert frame.row()["best_steps"] == frame.best_steps
    told = simulation.summary()
    assert told["fewest: steps"] == frame.best_steps
    assert told["theory's fastest: steps"] == 25
    assert told["theory's plain rate: learning rate"] == pytest.approx(2 / 7)
    early = hyperparameter_map(LineParameters(), resolution=8).frame().row()
    assert early["best_rate"] is None


# --- axes ---------------------------------------------------------------------------------------


def test_the_axes_are_what_was_asked_for_up_to_the_nodes_of_theory():
    settings = {"resolution": 20, "rate_from": 0.01, "rate_to": 0.5, "momentum_to": 0.9}
    frame = hyperparameter_map(LineParameters(), **settings).frame()
    moved = ~np.isclose(frame.learning_rates, np.geomspace(0.01, 0.5, 20), rtol=1e-12)
    assert moved.sum() == 2
    np.testing.assert_allclose(frame.learning_rates[moved], (2 / 7, 4 / 9))
    assert (np.diff(frame.learning_rates) > 0).all()
    assert (np.diff(frame.momenta) > 0).all()
    assert (~np.isclose(frame.momenta, np.linspace(0, 0.9, 20), rtol=1e-12)).sum() == 1


def test_what_lies_off_the_map_is_not_put_on_it():
    frame = finished(hyperparameter_map(LineParameters(), rate_from=0.5, rate_to=0.6, resolution=8))
    np.testing.assert_allclose(frame.learning_rates, np.geomspace(0.5, 0.6, 8))
    assert frame.theory_steps == frame.theory_plain_steps == NOT_REACHED
    assert "theory" not in frame.sentence


# --- the contract -------------------------------------------------------------------------------


@pytest.mark.parametrize("nesterov", [False, True])
def test_contract(nesterov):
    check_contract(
        lambda: hyperparameter_map("beale", nesterov=nesterov, resolution=8, steps=30), 30
    )


def test_a_step_never_waits_for_the_device():
    parameters = descent(HyperparameterMapParameters(resolution=8), "himmelblau")
    run_on_meta(lambda device: HyperparameterMap(parameters, device))


@pytest.mark.parametrize(
    ("objective", "why"),
    [("saddle", "has no floor"), (FormulaParameters(text="x**4 + y**4"), "not known")],
)
def test_without_a_known_floor_there_is_no_map(objective, why):
    with pytest.raises(ParameterError, match=why) as told:
        hyperparameter_map(objective)
    assert told.value.path == "objective"


def test_rates_that_do_not_rise_are_told():
    with pytest.raises(ValueError, match="must rise"):
        HyperparameterMapParameters(rate_from=0.2, rate_to=0.1)
    with pytest.raises(ParameterError, match="must rise"):
        hyperparameter_map(LineParameters(), rate_from=900.0)
