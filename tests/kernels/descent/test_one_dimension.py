"""The race in one dimension, against what its closed forms say of 3w^2 - 4w + 5."""

import math

import numpy as np
import pytest

from tests.kernels.races import curve, race, ran


def one_dimension(rate, steps, **fields):
    simulation = race({"kind": "sgd", "learning_rate": rate}, objective=curve(), **fields)
    return ran(simulation, steps)


def test_the_slope_at_three_predicts_less_than_comes():
    start = one_dimension(0.1, 0)
    assert start.axes == ("w",)
    assert (start.positions[0, 0], start.gradients[0, 0], start.loss[0]) == (3, 14, 20)
    assert start.promised[0] == pytest.approx(0.4)
    assert math.isnan(start.predicted[0])
    after = one_dimension(0.1, 1)
    assert after.positions[0, 0] == pytest.approx(1.6)
    assert after.predicted[0] == pytest.approx(0.4)
    assert after.loss[0] == pytest.approx(6.28)
    assert after.last_steps[0, 0] == pytest.approx(-1.4)


def test_one_sixth_lands_at_once():
    frame = one_dimension(1 / 6, 1)
    assert frame.positions[0, 0] == pytest.approx(2 / 3, abs=1e-15)
    assert frame.within_since.tolist() == [1]
    assert one_dimension(1 / 6, 500).converged_at.tolist() == [1]


@pytest.mark.parametrize("rate", [0.18, 0.25, 0.32])
def test_between_one_sixth_and_one_third_it_bounces_home(rate):
    offsets = one_dimension(rate, 20, tolerance=1e-12).paths[0, :8, 0] - 2 / 3
    assert (np.sign(offsets[1:]) == -np.sign(offsets[:-1])).all()
    assert (np.abs(offsets[1:]) < np.abs(offsets[:-1])).all()
    assert one_dimension(rate, 500).status == ("converged",)


@pytest.mark.parametrize("rate", [0.02, 0.1, 0.16])
def test_below_one_sixth_it_comes_down_one_side(rate):
    offsets = one_dimension(rate, 20, tolerance=1e-12).paths[0, :8, 0] - 2 / 3
    assert (offsets > 0).all()
    assert (np.diff(offsets) < 0).all()


def test_above_one_third_it_flies_off():
    frame = one_dimension(0.34, 500)
    assert frame.status == ("diverged",)
    assert "0.34 is above 2/λ = 0.3333 at the curvature λ = 6." in frame.sentences[0]


def test_who_leaves_at_once_does_not_report_that_a_promise_was_kept():
    frame = one_dimension(1000.0, 25)
    assert frame.left_at.tolist() == [1]
    assert frame.exits.tolist() == [[3 - 1000 * 14]]
    assert np.isnan(frame.predicted).all()
    assert np.isnan(frame.loss).all()
    assert np.isnan(frame.losses[0, 2:]).all()
    assert frame.losses[0, 1] == frame.exit_losses[0] == 3 * 13997**2 + 4 * 13997 + 5
