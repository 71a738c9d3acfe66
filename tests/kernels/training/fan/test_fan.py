"""The fan of seeds against plain runs, and what it tells of its ends."""

from typing import Any

import numpy as np
import pytest
import torch

from kernels.editing import is_live_change, load
from kernels.simulation import advance
from kernels.training.experiments import simulation_class
from kernels.training.fan.fan import CAPACITY, Fan, PictureFan, quantiles
from kernels.training.fan.frame import LEVELS
from kernels.training.parameters import Training
from kernels.training.seen.response import RESPONSE
from kernels.training.training import TrainingRun
from tests.kernels.experiments import check_contract
from tests.kernels.fake_device import run_on_meta

CPU = torch.device("cpu")
ADAM = {"kind": "adam", "learning_rate": 0.03}


def fan(count: int = 5, **given: Any) -> Fan:
    given = {"dataset": "xor", "optimizer": ADAM} | given
    experiment = {"kind": "fan", "count": count} | given.pop("experiment", {})
    parameters = load(Training, given | {"experiment": experiment})
    run = simulation_class(parameters)(parameters, CPU)
    assert isinstance(run, Fan)
    return run


def test_each_run_is_the_plain_run_of_its_seed_on_the_same_data():
    run = fan(3, seed=11)
    advance(run, 125)  # the last measurement is no multiple of those that are kept
    run.observe()
    frame = run.frame(frozenset({RESPONSE, "member.2"}))
    assert frame.seeds.tolist() == [11, 12, 13]
    for k, seed in enumerate(frame.seeds):
        parameters = load(
            Training,
            {"dataset": "xor", "optimizer": ADAM, "seed": int(seed), "data_seed": 11},
        )
        plain = TrainingRun(parameters, CPU)
        advance(plain, 125)
        plain.observe()
        expected = plain.frame(frozenset({RESPONSE}))
        assert np.array_equal(frame.measured_at, expected.measured_at)
        assert np.allclose(frame.losses[k], expected.validation_loss, rtol=1e-4)
        assert np.allclose(frame.accuracies[k], expected.validation_accuracy, atol=1e-6)
        if k == frame.member:
            assert np.allclose(frame.response, expected.response, atol=1e-4)
            assert np.array_equal(frame.batch, expected.batch)
    assert frame.member == 2


def test_the_seed_of_the_data_alone_decides_on_the_data():
    one, other = fan(2, seed=4, data_seed=9), fan(2, seed=9)
    assert np.array_equal(one.dataset.train.inputs, other.dataset.train.inputs)
    assert not np.allclose(one.frame().losses, other.frame().losses)


def test_the_quantiles_are_those_of_the_runs_that_are_left():
    losses = torch.rand(23, 4, generator=torch.Generator().manual_seed(1))
    losses[3, 1:] = losses[8, 2:] = torch.nan
    losses[:, 3] = torch.nan
    found = quantiles(losses)
    for t in range(3):
        left = losses[:, t][~losses[:, t].isnan()].numpy()
        assert np.allclose(found[:, t], np.quantile(left, LEVELS))
    assert np.isnan(found[:, 3]).all()


def test_the_ends_are_told_with_their_criterion():
    run = fan(12, experiment={"solved_accuracy": 0.9})
    advance(run, 150)
    frame = run.frame()
    last = frame.losses[:, -1]
    assert frame.order.tolist() == sorted(range(12), key=lambda k: last[k])
    assert np.array_equal(frame.solved, frame.accuracies[:, -1] >= 0.9)
    count = int(frame.solved.sum())
    assert 0 < count < 12
    assert f"{count} of 12 seeds ({count / 12:.0%}) have an accuracy of 0.9 or" in frame.sentence
    assert f"Median loss {np.median(last):.3g}" in frame.sentence
    summary = run.summary()
    assert summary["solved_share"] == pytest.approx(count / 12)
    assert summary["best_seed"] == int(np.argmin(last))
    assert summary["worst_loss"] == pytest.approx(float(last.max()))
    assert summary["median_loss"] == pytest.approx(float(np.median(last)))
    assert frame.row()["solved"] == count


def test_the_criterion_may_change_while_it_runs():
    run = fan(3)
    changed = load(
        Training, {"experiment": {"kind": "fan", "count": 3, "solved_accuracy": 0.01}} | GIVEN
    )
    assert is_live_change(run.parameters, changed)
    run.adjust(changed)
    assert run.frame().solved.all()


GIVEN = {"dataset": "xor", "optimizer": ADAM}


def test_what_diverged_is_counted_apart():
    run = fan(4)
    run._ensemble._points[2] = torch.nan
    advance(run, 20)
    frame = run.frame()
    assert frame.diverged.tolist() == [False, False, True, False]
    assert not frame.solved[2]
    assert frame.order[-1] == 2
    assert np.isnan(frame.accuracies[2, -1])
    assert np.isfinite(frame.spread).all()
    assert "1 diverged: they are in no median." in frame.sentence
    assert run.summary()["diverged"] == 1
    assert run.finished is None


def test_it_ends_where_all_diverged():
    run = fan(2)
    run._ensemble._points[:] = torch.nan
    advance(run, 50)
    assert run.finished is not None
    assert run.finished.reason == "diverged"
    assert run.step_count == 10
    summary = run.summary()
    assert "best_seed" not in summary
    assert summary["median_loss"] is None


def test_it_ends_with_its_epochs_and_not_with_a_stop_rule():
    run = fan(2, epochs=3, target_loss=100.0, patience=1)
    advance(run, 10_000)
    assert run.step_count == run.length
    assert run.finished is not None
    assert run.finished.reason == "complete"
    assert run.finished.sentence == run.frame().sentence
    assert run.frame().measured_at[-1] == run.length
    assert {"target_loss", "target_accuracy", "patience"} <= run.parameters.idle()
    assert "epochs" not in run.parameters.idle()


def test_curves_stay_short(monkeypatch):
    monkeypatch.setattr(Fan, "observe_every", 1)  # as long as ten times so many steps
    run = fan(2, dataset={"kind": "xor", "count": 40})
    advance(run, 2 * CAPACITY + 3)
    frame = run.frame()
    assert frame.losses.shape == (2, len(frame.measured_at))
    assert frame.measured_at.tolist() == [*range(0, 2 * CAPACITY + 3, 4), 2 * CAPACITY + 3]


def test_numbers_have_no_accuracy_and_nothing_to_solve():
    run = fan(3, dataset="sine", network="wide")
    advance(run, 20)
    frame = run.frame(frozenset({RESPONSE}))
    assert np.isnan(frame.accuracies).all()
    assert not frame.diverged.any()
    assert frame.sentence.startswith("Median loss")
    assert "solved_share" not in run.summary()
    assert frame.response.shape == (512, 1)


def test_without_validation_data_it_is_measured_on_the_training_data():
    points = [{"x1": -1, "x2": 1, "label": 0}, {"x1": 1, "x2": 1, "label": 1}]
    run = fan(2, dataset={"kind": "points", "points": points})
    assert len(run.dataset.validation) == 0
    frame = run.frame()
    assert frame.measured_on == "training data"
    assert np.isfinite(frame.losses).all()


def test_pictures_are_measured_on_some_of_many():
    dataset = {"kind": "mnist", "training_digits": 100}
    run = fan(2, dataset=dataset, network="784-256-10")
    assert isinstance(run, PictureFan)
    frame = run.frame(frozenset({RESPONSE}))
    assert frame.response.size == 0
    assert len(run._measured_data) == min(len(run.dataset.validation), 2000)


def test_the_contract_of_a_simulation():
    check_contract(lambda: fan(4), 40)


def test_it_computes_on_any_device_without_waiting():
    layers = [{"kind": "linear", "units": 4}, {"kind": "batch-norm"}]
    for network in ("2-4-2-1", {"kind": "wide", "layers": layers}):
        given = {"dataset": "xor", "network": network, "experiment": {"kind": "fan", "count": 3}}
        parameters = load(Training, given)
        run_on_meta(lambda device, p=parameters: Fan(p, device))
