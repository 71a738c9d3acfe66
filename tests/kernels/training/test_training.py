"""Training against a plain loop of PyTorch, bit for bit, and what is told of it."""

import math
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from kernels.datasets import Batches
from kernels.device import make_generator
from kernels.editing import load
from kernels.errors import ParameterError
from kernels.networks.initialization import initialize_
from kernels.networks.network import build
from kernels.samples.catalogue import load_dataset
from kernels.simulation import advance, state_bytes
from kernels.training.actions import EditWeight
from kernels.training.experiments import simulation_class
from kernels.training.parameters import Training
from kernels.training.seen.response import RESPONSE
from kernels.training.training import PictureTrainingRun, TrainingRun
from tests.kernels.fake_device import run_on_meta

CPU = torch.device("cpu")
WATCHED = frozenset({RESPONSE})
DROPOUT = {
    "kind": "wide",
    "layers": [{"kind": "linear", "units": 8}, {"kind": "dropout", "rate": 0.5}],
}


def made(**given: Any) -> TrainingRun:
    parameters = load(Training, given)
    return simulation_class(parameters)(parameters, CPU)


def plain_loop(parameters: Training, steps: int) -> tuple[nn.Module, list[float]]:
    """The oracle: what anybody would write with torch alone, for two classes."""
    dataset = load_dataset(parameters.dataset, parameters.seed)
    inputs = torch.tensor(dataset.train.inputs)
    targets = torch.tensor(dataset.train.targets).float()
    model = build(parameters.network.layers, dataset.shape, 1)
    initialize_(model, parameters.initialization, make_generator(CPU, parameters.seed))
    torch.manual_seed(parameters.seed)  # of what dropout draws
    optimizer = torch.optim.Adam(model.parameters(), lr=0.005, foreach=False)
    size = parameters.batch_size or 10
    batches = Batches(len(inputs), size, parameters.seed)
    losses = []
    for step in range(steps):
        picked = torch.tensor(batches.order(batches.epoch_of(step))[batches.part(step)])
        optimizer.zero_grad()
        scores = model(inputs[picked])[:, 0]
        loss = functional.binary_cross_entropy_with_logits(scores, targets[picked])
        losses.append(loss.item())
        loss.backward()
        optimizer.step()
    return model, losses


@pytest.mark.parametrize(
    "given",
    [{"dataset": "circle"}, {"dataset": "xor"}, {"dataset": "spiral"}, {"network": DROPOUT}],
    ids=str,
)
def test_it_learns_what_a_plain_loop_learns_to_the_last_bit(given):
    with torch.random.fork_rng():
        run = made(**given, seed=3)
        advance(run, 57)
        model, losses = plain_loop(run.parameters, 57)
    frame = run.frame()
    assert frame.batch_losses.tolist() == losses
    assert frame.batch_steps.tolist() == list(range(57))
    for ours, theirs in zip(run.model.parameters(), model.parameters(), strict=True):
        assert torch.equal(ours, theirs)
        assert torch.equal(ours.grad, theirs.grad)


def test_looking_changes_nothing_and_a_frame_stays_as_it_is():
    looked, other = made(network="2-8-8-8-1"), made(network="2-8-8-8-1")
    first = looked.frame(WATCHED)
    kept = {name: array.copy() for name, array in first.arrays().items()}
    weights = [w.copy() for w in first.weights]
    for _ in range(30):
        advance(looked, 1)
        looked.frame(WATCHED)
    advance(other, 30)
    for ours, theirs in zip(looked.model.parameters(), other.model.parameters(), strict=True):
        assert torch.equal(ours, theirs)
    for name, array in first.arrays().items():
        assert np.array_equal(array, kept[name], equal_nan=True)
        assert not array.flags.writeable
    assert all(np.array_equal(a, b) for a, b in zip(first.weights, weights, strict=True))


@pytest.mark.parametrize("network", ["2-4-2-1", DROPOUT])
@pytest.mark.parametrize("optimizer", ["adam", "momentum", "sgd"])
def test_a_state_leads_back_to_the_same_bits(network, optimizer):
    run = made(network=network, optimizer={"kind": optimizer})
    advance(run, 23)
    state, random = run.state(), torch.get_rng_state()
    advance(run, 40)
    expected = [p.detach().clone() for p in run.model.parameters()]
    curves = run.frame()
    run.restore(state)
    torch.set_rng_state(random)
    advance(run, 40)
    for ours, theirs in zip(run.model.parameters(), expected, strict=True):
        assert torch.equal(ours, theirs)
    assert np.array_equal(run.frame().batch_losses, curves.batch_losses)
    assert np.array_equal(run.frame().validation_loss, curves.validation_loss)


def test_a_state_does_not_hold_the_data():
    run = made(dataset={"kind": "circle", "count": 5000})
    few = made(dataset={"kind": "circle", "count": 100})
    answers = 4 * (2500 - 50)  # bytes of those to the validation data, which it does hold
    assert state_bytes(run.state()) == state_bytes(few.state()) + answers


def test_the_measurements_are_those_of_evaluation_mode():
    run = made(network=DROPOUT)
    advance(run, 20)
    data = run.dataset.validation
    run.model.eval()
    with torch.no_grad():
        scores = run.model(torch.tensor(data.inputs))[:, 0]
    targets = torch.tensor(data.targets)
    loss = functional.binary_cross_entropy_with_logits(scores, targets.float())
    frame = run.frame()
    assert frame.measured_at.tolist() == [0, 10, 20]
    assert frame.validation_loss[-1] == pytest.approx(loss.item(), rel=1e-6)
    assert frame.validation_accuracy[-1] == ((scores > 0) == (targets == 1)).float().mean()
    assert frame.row()["validation_loss"] == frame.validation_loss[-1]


def test_where_not_all_samples_are_measured_it_is_told_how_many():
    assert made().frame().plan.notes == ()
    circle = {"kind": "circle", "count": 5000, "train_share": 0.6}
    run = made(dataset=circle)
    assert run.frame().plan.notes == (
        "Measured in evaluation mode: the first 2,000 of 3,000 training samples.",
    )
    run.model.eval()
    with torch.no_grad():
        scores = run.model(torch.tensor(run.dataset.train.inputs[:2000]))[:, 0]
    targets = torch.tensor(run.dataset.train.targets[:2000]).float()
    loss = functional.binary_cross_entropy_with_logits(scores, targets)
    assert run.frame().train_loss[0] == pytest.approx(loss.item(), rel=1e-6)
    pictures = made(dataset={"kind": "mnist", "training_digits": 1200}, network="784-256-10")
    assert pictures.frame().plan.notes[-1] == (
        "Measured in evaluation mode: the first 1,000 of 1,200 training samples and the first "
        "2,000 of 5,000 validation samples."
    )


def test_it_ends_after_its_epochs_and_is_measured_there():
    run = made(epochs=1, batch_size=7)
    assert run.length == math.ceil(250 / 7)
    advance(run, 1000)
    assert run.step_count == run.length
    assert run.finished is None
    frame = run.frame()
    assert frame.epoch == 1
    assert frame.measured_at[-1] == run.length
    assert len(frame.batch) == 250 - 7 * (run.length - 1)


def test_l1_and_l2_pull_as_their_formulas_say():
    plain, pulled = made(optimizer="sgd"), made(optimizer="sgd", l1=0.3, l2=0.2)
    advance(plain, 1)
    advance(pulled, 1)
    start = made(optimizer="sgd")
    rate = start.parameters.optimizer.learning_rate
    pairs = zip(plain.model.parameters(), pulled.model.parameters(), strict=True)
    for (ours, theirs), first in zip(pairs, start.model.parameters(), strict=True):
        pull = 0.3 * first.sign() + 0.2 * first if first.ndim > 1 else torch.zeros_like(first)
        assert torch.allclose(ours - theirs, rate * pull, atol=1e-6)


def test_gradients_are_clipped_over_the_whole_network():
    run = made(optimizer={"kind": "sgd", "clip_norm": 1e-3})
    before = [p.detach().clone() for p in run.model.parameters()]
    advance(run, 1)
    moved = [(a - b).detach() for a, b in zip(before, run.model.parameters(), strict=True)]
    length = torch.linalg.vector_norm(torch.cat([m.flatten() for m in moved]))
    assert float(length) == pytest.approx(1e-3 * run.parameters.optimizer.learning_rate, rel=1e-3)


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ({"target_loss": 10.0}, "is at most 10"),
        ({"target_accuracy": 0.01}, "is at least 1.00%"),
        ({"patience": 1, "optimizer": {"kind": "sgd", "learning_rate": 1e-9}}, "for 1 epochs"),
    ],
)
def test_stop_rules_end_it_with_a_sentence(rule, told):
    run = made(**rule)
    advance(run, 500)
    assert run.finished is not None
    assert run.finished.reason == "stop rule"
    assert told in run.finished.sentence
    assert run.step_count < 500


def test_it_ends_at_the_very_accuracy_that_was_asked_for():
    whole = made()
    advance(whole, 600)
    frame, count = whole.frame(), len(whole.dataset.validation)
    shares = [round(count * float(share)) / count for share in frame.validation_accuracy]
    reached = [i for i, share in enumerate(shares) if i and share > max(shares[:i])]
    rounded_down = [i for i in reached if shares[i] > float(np.float32(shares[i]))]
    run = made(target_accuracy=shares[rounded_down[0]])
    advance(run, 600)
    assert run.finished is not None
    assert run.step_count == frame.measured_at[rounded_down[0]]


def test_a_loss_that_is_no_number_ends_it():
    run = made(optimizer={"kind": "sgd", "learning_rate": 1000.0}, dataset="plane", loss="mse")
    advance(run, 2000)
    assert run.finished is not None
    assert run.finished.reason == "diverged"
    assert "lower the learning rate" in run.finished.sentence


def test_a_weight_is_written_over_while_it_trains():
    run = made()
    advance(run, 5)
    run.act(EditWeight(layer=1, target=1, source=2, value=0.25))
    run.act(EditWeight(layer=0, target=3, value=-2.0))
    frame = run.frame()
    assert frame.weights[1][1, 2] == 0.25
    assert frame.biases[0][3] == -2.0
    with pytest.raises(ParameterError, match="There is no weight from neuron 9"):
        run.act(EditWeight(layer=0, target=0, source=9, value=1.0))
    advance(run, 5)
    assert run.frame().weights[1][1, 2] != 0.25


def test_a_live_rate_is_used_at_once():
    run = made(optimizer={"kind": "sgd", "learning_rate": 0.1})
    advance(run, 3)
    before = [p.detach().clone() for p in run.model.parameters()]
    changed = load(Training, {"optimizer": {"kind": "sgd", "learning_rate": 1e-30}})
    run.adjust(changed)
    advance(run, 3)
    for ours, theirs in zip(run.model.parameters(), before, strict=True):
        assert torch.equal(ours, theirs)


def test_the_response_is_the_network_at_the_middles_of_cells():
    run = made(dataset="moons", seed=1)
    advance(run, 50)
    frame = run.frame(WATCHED)
    assert frame.response.shape == (200, 200, 2)
    (low, high), (bottom, top) = run.dataset.domain
    row, column = 30, 170
    point = [
        low + (high - low) * (column + 0.5) / 200,
        bottom + (top - bottom) * (row + 0.5) / 200,
    ]
    run.model.eval()
    score = run.model(torch.tensor([point]))[0, 0]
    assert frame.response[row, column, 1] == pytest.approx(score.sigmoid().item(), abs=1e-6)
    assert np.allclose(frame.response.sum(-1), 1)
    assert frame.plan.neurons == (2, 4, 2, 1)
    assert [a.shape for a in frame.activations] == [(2, 40, 40), (4, 40, 40), (2, 40, 40)]
    assert np.abs(frame.activations[1]).max() <= 1  # tanh
    assert run.frame().response.size == 0


def test_one_feature_is_answered_on_a_line():
    run = made(dataset="sine", network="wide")
    frame = run.frame(WATCHED)
    assert frame.response.shape == (512, 1)
    assert frame.activations[1].shape == (50, 1, 40)
    assert np.isnan(frame.validation_accuracy).all()
    assert "validation_accuracy" not in run.summary()


@pytest.mark.parametrize(("hidden", "is_drawn"), [(6, True), (7, False)])
def test_a_row_of_more_columns_than_have_room_is_not_drawn(hidden, is_drawn):
    layers = [{"kind": "linear", "units": 2}] * hidden
    run = made(network={"kind": "wide", "layers": layers})
    assert bool(run.frame().plan.neurons) == is_drawn


def test_digits_are_trained_and_tested():
    run = made(dataset={"kind": "mnist", "training_digits": 2000}, network="784-256-10", epochs=2)
    assert isinstance(run, PictureTrainingRun)
    advance(run, run.length)
    summary = run.summary()
    assert summary["parameter_count"] == 784 * 256 + 256 + 256 * 10 + 10
    assert summary["test_accuracy"] > 0.85
    inputs, targets = run.dataset.test.inputs, run.dataset.test.targets
    run.model.eval()
    with torch.no_grad():
        found = run.model(torch.tensor(inputs)).argmax(-1).numpy()
    assert summary["test_accuracy"] == pytest.approx((found == targets).mean(), abs=1e-6)
    frame = run.frame(WATCHED)
    assert frame.plan.neurons == ()
    assert frame.response.size == 0


def test_batch_normalisation_refuses_a_batch_of_one_row():
    layers = [{"kind": "linear", "units": 4}, {"kind": "batch-norm"}]
    with pytest.raises(ParameterError, match="Batches of 3 of 250 samples leave a batch of one"):
        made(network={"kind": "wide", "layers": layers}, batch_size=3)
    advance(made(network={"kind": "wide", "layers": layers}, batch_size=10), 30)


@pytest.mark.parametrize("size", [14, 16])
def test_batch_normalisation_refuses_one_picture_of_one_pixel_but_not_one_of_four(size):
    layers = [{"kind": "max-pool", "size": size}, {"kind": "batch-norm"}, {"kind": "flatten"}]
    given = {
        "dataset": {"kind": "mnist", "training_digits": 100},
        "network": {"kind": "lenet-5", "layers": layers},
        "batch_size": 1,
    }
    if size == 16:
        with pytest.raises(ParameterError, match="or of a picture of one pixel, needs two"):
            made(**given)
    else:
        advance(made(**given), 3)


def test_it_computes_on_any_device_without_waiting():
    for network in ("2-4-2-1", "2-8-8-8-1"):
        parameters = load(Training, {"network": network, "dataset": {"kind": "circle"}})
        run_on_meta(lambda device: TrainingRun(parameters, device))  # noqa: B023


@pytest.mark.parametrize("optimizer", ["adam", "sgd", "momentum", "rmsprop"])
def test_pictures_are_learned_as_in_a_plain_loop_with_the_fused_optimizer(optimizer):
    digits = {"kind": "mnist", "training_digits": 300}
    run = made(dataset=digits, network="784-256-10", optimizer=optimizer, annealing="none")
    parameters, data = run.parameters, run.dataset.train
    model = build(parameters.network.layers, run.dataset.shape, 10)
    initialize_(model, parameters.initialization, make_generator(CPU, 0))
    rate = parameters.optimizer.learning_rate
    weights = list(model.parameters())
    plain = {
        "adam": lambda: torch.optim.Adam(weights, lr=rate, fused=True),
        "sgd": lambda: torch.optim.SGD(weights, lr=rate, fused=True),
        "momentum": lambda: torch.optim.SGD(weights, lr=rate, momentum=0.9, fused=True),
        "rmsprop": lambda: torch.optim.RMSprop(weights, lr=rate, foreach=False),  # has no such step
    }[optimizer]()
    batches = Batches(len(data), 64, 0)
    inputs, targets = torch.tensor(data.inputs), torch.tensor(data.targets)
    advance(run, 12)
    for step in range(12):
        picked = torch.tensor(batches.order(batches.epoch_of(step))[batches.part(step)])
        plain.zero_grad()
        functional.cross_entropy(model(inputs[picked]), targets[picked]).backward()
        plain.step()
    assert all(torch.equal(a, b) for a, b in zip(run.model.parameters(), weights, strict=True))


@pytest.mark.parametrize(
    ("given", "falls"),
    [
        ({"dataset": {"kind": "mnist", "training_digits": 300}, "network": "784-256-10"}, True),
        ({}, False),
        ({"annealing": "cosine"}, True),
        ({"annealing": "cosine", "optimizer": {"kind": "sgd", "schedule": "step"}}, False),
    ],
)
def test_the_rate_falls_along_half_a_cosine_to_the_end_of_the_run(given, falls):
    run = made(epochs=2, **given)
    spec, length = run.parameters.optimizer, run.length
    for step in (0, 3, length - 1):
        factor = 0.5 * (1 + math.cos(math.pi * step / length)) if falls else 1.0
        advance(run, step + 1 - run.step_count)  # so that step number `step` is the last
        used = run._learner.optimizer.param_groups[0]["lr"]
        assert used == pytest.approx(spec.rate(step) * factor, abs=1e-15)
    run.adjust(run.parameters.model_copy(update={"epochs": 4}))
    rate = run.frame().learning_rate
    half = 0.5 * (1 + math.cos(math.pi * length / run.length)) if falls else 1.0
    assert rate == pytest.approx(spec.rate(length) * half)
