"""The comparison of losses against two races, and against what is known of the two losses."""

import math

import numpy as np
import pytest
import torch

from kernels.descent.comparison import LogisticComparison, LogisticComparisonParameters
from kernels.descent.gradient_descent import GradientDescent
from kernels.descent.race import Race
from kernels.editing import with_value
from kernels.errors import ParameterError
from kernels.simulation import advance
from tests.kernels.experiments import check_contract
from tests.kernels.fake_device import run_on_meta
from tests.kernels.races import CPU, LINE

ROWS = ({"kind": "sgd", "learning_rate": 0.5}, {"kind": "adam", "learning_rate": 0.1})


def parameters(**fields):
    objective = {"kind": "logistic"} | fields.pop("objective", {})
    return GradientDescent(
        experiment=LogisticComparisonParameters(),
        optimizers=fields.pop("optimizers", ROWS),
        objective=objective,
        **fields,
    )


def comparison(**fields):
    return LogisticComparison(parameters(**fields), CPU)


def test_each_side_is_the_race_by_that_loss_from_one_start():
    simulation = comparison(objective={"batches": {"kind": "mini", "size": 8}}, noise=0.01)
    advance(simulation, 30)
    frame = simulation.frame()
    for loss, side in (("mse", frame.mse), ("cross-entropy", frame.cross_entropy)):
        alone = Race(
            parameters(
                objective={"batches": {"kind": "mini", "size": 8}, "loss": loss},
                noise=0.01,
                start=tuple(frame.mse.paths[0, 0].tolist()),
            ),
            CPU,
        )
        advance(alone, 30)
        assert np.array_equal(alone.frame().paths, side.paths)
    assert np.array_equal(frame.mse.paths[:, 0], frame.cross_entropy.paths[:, 0])
    assert not np.array_equal(frame.mse.paths, frame.cross_entropy.paths)


def test_squared_error_is_flat_where_the_curve_is_surely_wrong():
    frame = comparison().frame()
    z = torch.tensor(frame.logits, requires_grad=True)
    p = torch.sigmoid(z)
    (squared,) = torch.autograd.grad(((p - 1) ** 2).sum(), z, retain_graph=True)
    (entropy,) = torch.autograd.grad(-p.log().sum(), z)
    assert frame.mse_slopes == pytest.approx(squared.numpy(), abs=1e-14)
    assert frame.cross_entropy_slopes == pytest.approx(entropy.numpy(), abs=1e-14)
    assert abs(frame.mse_slopes[0]) < 1e-3
    assert frame.cross_entropy_slopes[0] == pytest.approx(-1, abs=1e-3)


def test_it_ends_when_both_have_ended():
    simulation = comparison(optimizers=({"kind": "adam", "learning_rate": 0.2},), steps=3000)
    advance(simulation, 10_000)
    frame = simulation.frame()
    needed = frame.mse.converged_at[0], frame.cross_entropy.converged_at[0]
    assert min(needed) >= 0
    stay = max(needed) + max(25, max(needed) / 4)
    assert simulation.step_count == math.ceil(stay / 25) * 25
    assert simulation.finished.reason == "converged"
    assert simulation.finished.sentence.startswith("Squared error: Adam")
    assert simulation.summary()["mse, Adam 0.2: steps needed"] == needed[0]


def test_the_horizon_moves_for_both():
    simulation = comparison(steps=10)
    advance(simulation, 100)
    assert simulation.finished.reason == "stop rule"
    simulation.adjust(with_value(simulation.parameters, "steps", 20))
    assert simulation.finished is None
    assert advance(simulation, 100) == 10


def test_a_row_and_the_arrays_hold_both():
    frame = comparison().frame()
    row = frame.row()
    assert {"step", "mse.loss.0", "cross-entropy.loss.1"} <= set(row)
    assert {"logits", "mse.paths", "cross-entropy.paths"} <= set(frame.arrays())


def test_every_racer_of_both_sides_is_explained():
    simulation = comparison()
    gradients = [simulation.explain(i).terms[0].value for i in range(4)]
    assert gradients[0] == gradients[1] != gradients[2] == gradients[3]


def test_the_contract():
    check_contract(
        lambda: comparison(objective={"batches": {"kind": "mini", "size": 8}}, noise=0.1), 40
    )


def test_a_step_waits_for_nothing():
    run_on_meta(lambda device: LogisticComparison(parameters(), device))


def test_other_objectives_are_refused():
    with pytest.raises(ParameterError, match="Choose the objective 'logistic'"):
        LogisticComparison(
            GradientDescent(experiment=LogisticComparisonParameters(), objective=LINE), CPU
        )
