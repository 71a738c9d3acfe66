"""Runs whose steps are compiled: against torch's, cut in any way, changed while they go on."""

from typing import Any

import numpy as np
import pytest
import torch

from kernels.editing import load
from kernels.errors import LayerscopeError
from kernels.samples.catalogue import load_dataset
from kernels.simulation import advance, state_bytes
from kernels.training import engine
from kernels.training.actions import EditWeight
from kernels.training.engine import compiled_engine
from kernels.training.experiments import simulation_class
from kernels.training.learner import Learner
from kernels.training.parameters import Training
from kernels.training.tensors import Tensors
from kernels.training.training import ADVICE, PictureTrainingRun, TrainingRun
from tests.kernels.experiments import assert_same_tensors, check_contract, same_frames
from tests.kernels.fake_device import run_on_meta

CPU = torch.device("cpu")
STEPS = 250
CHANGES = (
    {"optimizer": {"kind": "momentum", "learning_rate": 0.02, "momentum": 0.0}},
    {"optimizer": {"kind": "momentum", "learning_rate": 0.02}, "l1": 0.01},
    {"optimizer": {"kind": "momentum", "clip_norm": 0.1, "weight_decay": 0.1}, "l2": 0.1},
    {"optimizer": {"kind": "momentum", "schedule": {"kind": "constant"}}},
)


def made(name: str = "compiled", **given: Any) -> TrainingRun:
    parameters = load(Training, {"engine": name, **given})
    return simulation_class(parameters)(parameters, CPU)


def learners(**given: Any) -> tuple[Learner, Learner, Tensors]:
    """Two equal learners of `given` parameters in float64, and their data."""
    parameters = load(Training, {"engine": "compiled", **given})
    dataset = load_dataset(parameters.dataset, parameters.dataset_seed)
    targets = torch.tensor(dataset.train.targets)
    train = Tensors(torch.tensor(dataset.train.inputs, dtype=torch.float64), targets)
    if targets.is_floating_point():
        train = Tensors(train.inputs, targets.double())
    return Learner(parameters, dataset, train), Learner(parameters, dataset, train), train


def assert_near(ours: Any, theirs: Any, tolerance: float) -> None:
    ours, theirs = (np.asarray(torch.as_tensor(a).detach()) for a in (ours, theirs))
    assert ours.shape == theirs.shape
    assert ours.dtype == theirs.dtype
    assert np.abs(ours - theirs).max() <= tolerance * max(np.abs(theirs).max(), 1e-3)


def assert_same_learners(ours: Learner, theirs: Learner, tolerance: float) -> None:
    """Weights, their gradients, and all that the optimizers keep and are set to."""
    for a, b in zip(ours.model.parameters(), theirs.model.parameters(), strict=True):
        assert_near(a, b, tolerance)
        assert_near(a.grad, b.grad, tolerance)
        kept = {key for key, value in theirs.optimizer.state[b].items() if value is not None}
        assert {k for k, v in ours.optimizer.state[a].items() if v is not None} == kept
        for key in kept:
            assert_near(ours.optimizer.state[a][key], theirs.optimizer.state[b][key], tolerance)
    group, other = (learner.optimizer.param_groups[0] for learner in (ours, theirs))
    assert {k: v for k, v in group.items() if k != "params"} == {
        k: v for k, v in other.items() if k != "params"
    }


@pytest.mark.parametrize(
    "given",
    [
        {"optimizer": {"kind": "sgd", "schedule": "step"}, "l1": 0.001, "l2": 0.01},
        {"optimizer": {"kind": "momentum", "schedule": "cosine"}, "dataset": "xor"},
        {"optimizer": {"kind": "nesterov", "schedule": "exponential"}, "dataset": "plane"},
        {"optimizer": {"kind": "adam", "schedule": "one-cycle"}, "loss": "huber"},
        {"optimizer": {"kind": "adamw", "schedule": "linear-warmup"}, "batch_size": 7},
        {"optimizer": {"kind": "adam", "amsgrad": True, "clip_value": 0.01}, "loss": "mse"},
        {"dataset": {"kind": "spiral", "arms": 5}, "label_smoothing": 0.1, "batch_size": 64},
        {"dataset": "sine", "network": "wide", "batch_size": 12},
        {"label_smoothing": 0.2, "loss": "cross-entropy", "optimizer": "sgd"},
    ],
)
def test_it_learns_what_torch_learns(given):
    ours, theirs, train = learners(**{"network": "2-8-8-8-1", **given})
    compiled, reason = compiled_engine(ours, train)
    assert compiled is not None
    assert reason == ""
    for first, n in [(0, 1), (1, 30), (31, STEPS - 31)]:
        losses = compiled.learn(ours, first, n)
        expected = [theirs.learn(train, k) for k in range(first, first + n)]
        assert_near(losses, torch.stack(expected), 1e-8)
        assert_same_learners(ours, theirs, 1e-6)


def test_live_changes_reach_it_as_they_reach_torch():
    """Momentum off and on again, penalties, clipping, decay: a start that each engine takes."""
    ours, theirs, train = learners(optimizer={"kind": "momentum"})
    compiled, _ = compiled_engine(ours, train)
    assert compiled is not None
    for at, change in enumerate((*CHANGES, CHANGES[0], CHANGES[1])):
        for learner in (ours, theirs):
            learner.adjust(load(Training, {"engine": "compiled", **change}), 20 * at)
        losses = compiled.learn(ours, 20 * at, 20)
        expected = [theirs.learn(train, k) for k in range(20 * at, 20 * at + 20)]
        assert_near(losses, torch.stack(expected), 1e-10)
        assert_same_learners(ours, theirs, 1e-8)


def changed_run(cuts: list[int], frames: bool = False) -> TrainingRun:
    """A run with live changes and an edited weight, gone through in pieces of `cuts` steps."""
    run, pieces = made(optimizer={"kind": "momentum"}, seed=4), iter(cuts)
    for change in CHANGES:
        goal = run.step_count + 130
        while run.step_count < goal:
            advance(run, min(next(pieces, 130), goal - run.step_count))
            if frames:
                run.frame(frozenset({ADVICE}))
        run.adjust(load(Training, {"engine": "compiled", "seed": 4, **change}))
        run.act(EditWeight(layer=1, target=1, source=2, value=0.25))
        assert run.frame().weights[1][1, 2] == 0.25
    advance(run, 50)
    return run


def test_how_a_run_is_cut_and_looked_at_changes_no_bit():
    whole = changed_run([])
    for other in (changed_run([1] * 100 + [7] * 40), changed_run([13] * 9, frames=True)):
        assert_same_tensors(whole, other)
        assert same_frames(whole.frame(), other.frame())


@pytest.mark.parametrize("optimizer", ["sgd", "nesterov", "adamw"])
def test_a_frame_stays_and_a_state_leads_back_to_the_same_bits(optimizer):
    check_contract(lambda: made(optimizer=optimizer, network="2-8-8-8-1"), 330)


def test_a_state_holds_nothing_of_the_engine():
    assert state_bytes(made().state()) == state_bytes(made("torch").state())


def test_each_batch_leaves_its_loss_in_the_curve():
    ours, theirs = made(epochs=200, seed=1), made("torch", epochs=200, seed=1)
    assert ours.observe_every == 100
    for run in (ours, theirs):
        advance(run, run.length)
    frame, other = ours.frame(), theirs.frame()
    assert frame.batch_steps.tolist() == other.batch_steps.tolist()
    assert frame.batch_losses[:50] == pytest.approx(other.batch_losses[:50], rel=1e-4)
    assert frame.train_loss[-1] == pytest.approx(other.train_loss[-1], rel=0.05)
    assert frame.learning_rate == other.learning_rate
    assert ours.step_count == ours.length


def test_what_takes_the_steps_is_told():
    assert made().frame().plan.engine == made().summary()["engine"] == "compiled"
    plain = made("torch")
    assert type(plain) is TrainingRun
    assert plain.frame().plan.engine == plain.summary()["engine"] == "torch"
    assert "not_compiled" not in made().summary() | plain.summary()
    assert load(Training, {}).engine == "torch"  # what a plain loop gives, to the last bit


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"optimizer": "rmsprop"}, "RMSprop is not among the optimizers that are compiled"),
        (
            {"network": {"kind": "wide", "layers": [{"kind": "linear"}, {"kind": "batch-norm"}]}},
            "the network has a layer BatchNorm1d",
        ),
        (
            {"network": {"kind": "wide", "layers": [{"kind": "linear", "units": 65}]}},
            "2 x 65 weights are no tiny layer",
        ),
    ],
)
def test_where_it_does_not_apply_torch_takes_the_steps_and_says_why(given, reason):
    run, plain = made(**given), made("torch", **given)
    for either in (run, plain):
        advance(either, 20)
    for ours, theirs in zip(run.model.parameters(), plain.model.parameters(), strict=True):
        assert torch.equal(ours, theirs)
    frame = run.frame(frozenset({ADVICE}))
    assert frame.plan.engine == "torch"
    assert reason in frame.plan.not_compiled
    assert reason in str(run.summary()["not_compiled"])
    told = [advice for advice in frame.advice if advice.key == "not-compiled"]
    assert reason in told[0].sentence
    assert plain.frame().plan.not_compiled == ""
    assert not [a for a in plain.frame(frozenset({ADVICE})).advice if a.key == "not-compiled"]


def test_pictures_are_learned_by_torch():
    run = made(dataset={"kind": "mnist", "training_digits": 100}, network="cnn-25k")
    assert isinstance(run, PictureTrainingRun)
    assert "the network has a layer Conv2d" in run.frame().plan.not_compiled


def test_on_another_device_torch_takes_the_steps():
    parameters = load(Training, {"engine": "compiled", "dataset": {"kind": "circle"}})
    run = run_on_meta(lambda device: simulation_class(parameters)(parameters, device))
    assert run._not_compiled == "the network is on the device meta"


def test_machine_code_that_cannot_be_made_is_never_replaced_in_silence(monkeypatch):
    def broken(dtype: torch.dtype) -> None:
        raise OSError("no room")

    monkeypatch.setattr(engine, "warm_up", broken)
    with pytest.raises(LayerscopeError, match=r"cannot be made here: no room\. Choose PyTorch"):
        made()


@pytest.mark.parametrize("experiment", ["train", "comparison", "finder", "sampling", "fan"])
def test_the_choice_is_offered_where_it_has_an_effect(experiment):
    has_effect = experiment in ("train", "comparison")
    assert ("engine" in load(Training, {"experiment": experiment}).idle()) != has_effect
