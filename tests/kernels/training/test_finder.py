"""The learning-rate finder against a plain loop, and the rate that it names."""

import math

import numpy as np
import pytest
import torch

from kernels.editing import load
from kernels.errors import ParameterError
from kernels.simulation import advance
from kernels.training.experiments import simulation_class
from kernels.training.finder import LearningRateFinder, smoothed
from kernels.training.learner import Learner
from kernels.training.parameters import Training
from kernels.training.tensors import tensors_of
from tests.kernels.fake_device import run_on_meta

CPU = torch.device("cpu")


def finder(**experiment: object) -> LearningRateFinder:
    parameters = load(Training, {"experiment": {"kind": "finder", **experiment}})
    run = simulation_class(parameters)(parameters, CPU)
    assert isinstance(run, LearningRateFinder)
    return run


def test_the_rate_rises_by_one_factor_from_the_first_to_the_last():
    run = finder(lowest=1e-5, highest=1.0, steps=101)
    rates = [run.rate(i) for i in range(101)]
    assert rates[0] == pytest.approx(1e-5)
    assert rates[-1] == pytest.approx(1.0)
    ratios = np.divide(rates[1:], rates[:-1])
    assert np.allclose(ratios, 10 ** (5 / 100))


def test_its_losses_are_those_of_steps_at_these_rates():
    run = finder(steps=50)
    advance(run, 30)
    train = tensors_of(run.dataset.train, CPU)
    learner = Learner(run.parameters, run.dataset, train)
    expected = [learner.learn(train, i, run.rate(i)).item() for i in range(30)]
    frame = run.frame()
    assert frame.losses.tolist() == expected
    assert frame.rates.tolist() == [run.rate(i) for i in range(30)]


def test_it_ends_where_the_loss_leaves_and_names_a_tenth_of_the_lowest():
    run = finder(steps=400, highest=100.0)
    advance(run, 400)
    assert run.finished is not None
    assert run.finished.reason == "complete"
    frame = run.frame()
    whole = frame.smoothed[10:-10]  # means of 21 losses
    lowest = frame.rates[10:][int(np.argmin(whole))]
    assert frame.lowest == pytest.approx(lowest)
    assert frame.chosen == pytest.approx(lowest / 10)
    assert run.finished.numbers["chosen"] == frame.chosen
    assert f"a tenth of that, {frame.chosen:.3g}" in run.finished.sentence
    assert run.summary()["learning_rate"] == frame.chosen
    assert 1e-3 < frame.chosen < 0.3


@pytest.mark.parametrize("steps", [60, 200, 1000])
def test_a_loss_that_does_not_fall_gives_no_rate(steps):
    run = finder(lowest=1e-12, highest=1e-10, steps=steps)
    advance(run, steps)
    assert math.isnan(run.frame().chosen)
    assert run.finished is not None
    assert "hardly fallen" in run.finished.sentence
    assert run.summary()["learning_rate"] is None


def test_while_the_loss_still_falls_no_rate_is_named():
    run = finder(steps=400)
    advance(run, 400)
    lowest = int(np.searchsorted(run.frame().rates, run.frame().lowest * 0.999))
    early = finder(steps=400)
    advance(early, lowest)
    assert early.frame().smoothed[-1] < 0.8 * early.frame().smoothed[0]  # it has fallen by far
    assert math.isnan(early.frame().chosen)
    falling = finder(highest=0.03, steps=400)  # to its very end
    advance(falling, 400)
    assert falling.finished is not None
    assert "end at a higher one" in falling.finished.sentence


def test_smoothing_takes_as_many_on_either_side():
    losses = np.array([1.0, 5.0, 3.0, 7.0, 9.0])
    assert smoothed(losses, 3).tolist() == pytest.approx([1, 3, 5, 19 / 3, 9])
    assert smoothed(losses[:0], 3).size == 0


def test_a_falling_range_is_refused():
    with pytest.raises(ParameterError, match=r"would rise from 1 to 0\.1"):
        finder(lowest=1.0, highest=0.1)


def test_a_state_leads_back():
    run = finder(steps=80)
    advance(run, 20)
    state = run.state()
    advance(run, 40)
    expected = run.frame().losses
    run.restore(state)
    advance(run, 40)
    assert np.array_equal(run.frame().losses, expected)


def test_it_computes_on_any_device_without_waiting():
    parameters = load(Training, {"experiment": "finder"})
    run_on_meta(lambda device: LearningRateFinder(parameters, device))
