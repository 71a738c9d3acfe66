"""The theory of momentum against the recurrence itself and published values."""

import math

import numpy as np
import pytest
import torch

from kernels.descent.momentum_theory import MomentumTheory, theory_at_minimum
from kernels.objectives.catalogue import LineParameters, make_objective
from kernels.objectives.surfaces import SurfaceObjective, SurfaceParameters

CPU = torch.device("cpu")


def spectral_radius(curvature, rate, momentum, nesterov):
    """Of the matrix that takes (point, velocity) one step of torch.optim.SGD further."""
    velocity = np.array([curvature, momentum])
    direction = np.array([curvature, 0]) + momentum * velocity if nesterov else velocity
    point = np.array([1, 0]) - rate * direction
    return np.abs(np.linalg.eigvals([point, velocity])).max()


@pytest.mark.parametrize("nesterov", [False, True])
def test_speed_is_the_spectral_radius_of_a_step(nesterov):
    theory = MomentumTheory(least=0.3, largest=7.0, nesterov=nesterov)
    rates, momenta = np.geomspace(1e-3, 1.0, 17), np.linspace(0, 0.95, 12)
    expected = [
        [max(spectral_radius(c, rate, beta, nesterov) for c in (0.3, 7.0)) for rate in rates]
        for beta in momenta
    ]
    np.testing.assert_allclose(theory.speeds(rates, momenta), expected, rtol=1e-6)


@pytest.mark.parametrize("nesterov", [False, True])
def test_the_limit_is_where_the_speed_becomes_one(nesterov):
    theory = MomentumTheory(least=0.3, largest=7.0, nesterov=nesterov)
    for momentum in (0.0, 0.4, 0.9):
        (limit,) = theory.limits(np.array([momentum]))
        below, at, above = theory.speeds(limit * np.array([0.99, 1, 1.01]), np.array([momentum]))[0]
        assert below < 1 < above
        assert at == pytest.approx(1)


@pytest.mark.parametrize("nesterov", [False, True])
@pytest.mark.parametrize("condition", [1.5, 46.98, 1000])
def test_no_pair_of_a_fine_grid_is_faster_than_the_best(nesterov, condition):
    theory = MomentumTheory(least=1.0, largest=condition, nesterov=nesterov)
    rate, momentum = theory.best
    best = theory.speeds(np.array([rate]), np.array([momentum]))[0, 0]
    root = math.sqrt(3 * condition + 1) if nesterov else math.sqrt(condition)
    published = 1 - 2 / root if nesterov else (root - 1) / (root + 1)
    assert best == pytest.approx(published, abs=1e-6)
    rates = rate * np.linspace(0.5, 2.0, 301)
    momenta = np.clip(momentum + np.linspace(-0.3, 0.3, 301), 0, 0.999)
    assert theory.speeds(rates, momenta).min() > best - 1e-6


def test_the_two_point_line_has_its_best_at_four_ninths_and_five_ninths():
    objective = make_objective(LineParameters(), CPU, torch.float64)
    theory = theory_at_minimum(objective, objective.start, False, CPU)
    assert theory.best == pytest.approx((4 / 9, 5 / 9), rel=1e-12)
    assert theory.plain_rate == pytest.approx(2 / 7, rel=1e-12)
    assert (theory.largest, theory.least) == pytest.approx((6.854, 0.146), abs=5e-4)
    assert "exact" in theory.validity


def test_it_is_of_the_minimum_next_to_the_start_and_says_so():
    himmelblau = SurfaceObjective(SurfaceParameters(name="himmelblau"))
    theory = theory_at_minimum(himmelblau, (-3.0, -3.0), False, CPU)
    assert 2 / theory.largest == pytest.approx(0.01495, abs=1e-5)
    assert "only near the minimum (-3.779, -3.283)" in theory.validity


def test_without_a_minimum_there_is_none():
    saddle = SurfaceObjective(SurfaceParameters(name="saddle"))
    assert theory_at_minimum(saddle, (1.0, 1.0), False, CPU) is None
