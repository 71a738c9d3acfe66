"""Networks trained as one against networks trained one by one with torch.nn and torch.optim."""

import math
from typing import Any

import numpy as np
import pytest
import torch

from kernels.editing import load
from kernels.errors import ParameterError
from kernels.samples.catalogue import load_dataset
from kernels.training.fan import ensemble as module
from kernels.training.fan.ensemble import Ensemble
from kernels.training.learner import Learner
from kernels.training.parameters import Training
from kernels.training.tensors import Tensors, tensors_of

CPU = torch.device("cpu")
SEEDS = (3, 7, 8)
PICTURE_LAYERS = (
    {"kind": "conv", "channels": 3, "kernel_size": 7, "stride": 3, "activation": "identity"},
    {"kind": "batch-norm", "activation": "relu"},
    {"kind": "max-pool", "size": 2},
    {"kind": "conv", "channels": 4, "activation": "tanh"},
    {"kind": "average-pool", "size": 2},
    {"kind": "flatten"},
    {"kind": "linear", "units": 5, "activation": "gelu", "bias": False},
)


def both(steps: int, **given: Any) -> tuple[Ensemble, list[Learner], Tensors]:
    """An ensemble and, for each of its seeds, a `Learner`, after `steps` steps in float64."""
    parameters = load(Training, given)
    dataset = load_dataset(parameters.dataset, 0)
    train = tensors_of(dataset.train, CPU)
    targets = train.targets if dataset.classes else train.targets.double()
    train = Tensors(train.inputs.double(), targets)
    ensemble = Ensemble(parameters, dataset, train, SEEDS)
    learners = [
        Learner(parameters.model_copy(update={"seed": seed}), dataset, train) for seed in SEEDS
    ]
    for step in range(steps):
        ensemble.learn(train, step)
        for learner in learners:
            learner.learn(train, step)
    return ensemble, learners, train


def assert_same(ensemble: Ensemble, learners: list[Learner], data: Tensors, rtol: float) -> None:
    losses, accuracies = ensemble.evaluate(data)
    for k, learner in enumerate(learners):
        expected = learner.outputs(data.inputs)
        torch.testing.assert_close(ensemble.outputs_of(k, data.inputs), expected, rtol=rtol, atol=0)
        loss, accuracy = learner.judge(expected, data.targets)
        torch.testing.assert_close(losses[k], loss, rtol=rtol, atol=0)
        torch.testing.assert_close(accuracies[k], accuracy, rtol=0, atol=0, equal_nan=True)


OPTIMIZERS: list[dict[str, Any]] = [
    {"kind": "sgd", "learning_rate": 0.1, "weight_decay": 0.01},
    {"kind": "momentum", "learning_rate": 0.1, "clip_norm": 0.05},
    {"kind": "adam", "learning_rate": 0.02, "clip_value": 0.01},
    {"kind": "adamw", "learning_rate": 0.02, "schedule": {"kind": "cosine", "total_steps": 30}},
    {"kind": "rmsprop", "learning_rate": 0.01},
    {"kind": "rprop", "learning_rate": 0.01},
]


@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=lambda row: row["kind"])
def test_each_member_is_the_network_of_its_seed(optimizer: dict[str, Any]) -> None:
    given = {"dataset": "xor", "batch_size": 7, "l1": 1e-3, "l2": 1e-2, "optimizer": optimizer}
    assert_same(*both(40, **given), rtol=1e-8)  # through six epochs with a smaller last batch


def test_members_differ() -> None:
    ensemble, _, data = both(5, dataset="xor")
    losses, _ = ensemble.evaluate(data)
    assert len(set(losses.tolist())) == len(SEEDS)


@pytest.mark.parametrize(
    "given",
    [
        {"dataset": {"kind": "spiral", "arms": 3}, "loss": "cross-entropy", "label_smoothing": 0.1},
        {"dataset": "circle", "loss": "huber", "initialization": "he"},
        {"dataset": "sine", "network": "wide"},
        {"dataset": "circle", "network": "linear", "initialization": "zeros"},
    ],
    ids=lambda given: str(given["dataset"]),
)
def test_every_loss_is_that_of_a_network_alone(given: dict[str, Any]) -> None:
    assert_same(*both(20, **given), rtol=1e-8)


def test_convolutions_and_running_statistics_are_those_of_each_member() -> None:
    network = {"kind": "cnn-25k", "layers": PICTURE_LAYERS}
    dataset = {"kind": "mnist", "training_digits": 100}
    ensemble, learners, train = both(4, dataset=dataset, network=network, batch_size=16)
    assert_same(ensemble, learners, train, rtol=1e-7)
    for name in ("batch_norm2.running_mean", "batch_norm2.running_var"):
        for k, learner in enumerate(learners):
            torch.testing.assert_close(ensemble._buffers[name][k], learner.model.get_buffer(name))


def test_a_member_without_numbers_leaves_the_others_alone() -> None:
    ensemble, learners, train = both(3, dataset="xor", l2=1e-3)
    ensemble._points[1] = math.nan
    for step in range(3, 20):
        ensemble.learn(train, step)
        for learner in learners:
            learner.learn(train, step)
    losses, accuracies = ensemble.evaluate(train)
    assert losses.isnan().tolist() == accuracies.isnan().tolist() == [False, True, False]
    for k in (0, 2):
        torch.testing.assert_close(losses[k], learners[k].evaluate(train)[0], rtol=1e-8, atol=0)


def test_dropout_is_drawn_for_each_member_while_it_trains_alone() -> None:
    layers = ({"kind": "linear", "units": 40}, {"kind": "dropout", "rate": 0.5})
    network = {"kind": "wide", "layers": layers}
    ensemble, learners, train = both(0, dataset="xor", network=network)
    assert_same(ensemble, learners, train, rtol=1e-8)
    ensemble.model.train()
    alike = {name: w[:1].expand_as(w) for name, w in ensemble._weights().items()}
    outputs = ensemble._forward(alike, train.inputs.expand(3, -1, -1))
    assert not torch.equal(outputs[0], outputs[1])


def test_large_data_are_gone_through_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    ensemble, learners, train = both(2, dataset="xor")
    monkeypatch.setattr(module, "CHUNK", 50)
    assert_same(ensemble, learners, train, rtol=1e-8)


def test_it_begins_with_the_weights_of_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    def load_weights_(model: torch.nn.Module, source: str) -> None:
        for parameter in model.parameters():
            torch.nn.init.constant_(parameter, 0.25)

    monkeypatch.setattr("kernels.training.learner.load_weights_", load_weights_)
    ensemble, learners, data = both(0, weights="file:some.safetensors")
    assert torch.equal(ensemble._points, torch.full_like(ensemble._points, 0.25))
    assert_same(ensemble, learners, data, rtol=1e-8)


def test_what_couples_weights_is_refused() -> None:
    with pytest.raises(ParameterError, match="Adafactor couples the weights") as caught:
        both(0, optimizer="adafactor")
    assert caught.value.path == "optimizer"


def test_too_many_large_networks_are_refused_with_how_many_there_may_be() -> None:
    parameters = load(
        Training, {"network": {"kind": "wide", "layers": [{"kind": "linear", "units": 512}] * 4}}
    )
    dataset = load_dataset(parameters.dataset, 0)
    train = tensors_of(dataset.train, CPU)
    with pytest.raises(ParameterError, match=r"1,000 of these networks need .* MB") as caught:
        Ensemble(parameters, dataset, train, range(1000))
    assert caught.value.path == "experiment.count"
    (most,) = (int(word) for word in str(caught.value).split() if word.isdigit())
    learned = 3 * 512 + 3 * (512 * 512 + 512) + 513
    held = 4 * (5 * learned + 2 * 10 * (2 + 4 * 2 * 512 + 1) + len(train))
    assert most == module.BUDGET // held
    assert np.isclose(module.BUDGET / held, most, rtol=0.1)
