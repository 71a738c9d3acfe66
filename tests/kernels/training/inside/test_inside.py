"""Inside one step: its quantities against those of the real step, and against torch alone."""

import copy
import math
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from kernels.editing import load
from kernels.optimizers.catalogue import OPTIMIZERS
from kernels.simulation import advance
from kernels.training.experiments import simulation_class
from kernels.training.inside.inside import INSIDE, ROWS, StepInside
from kernels.training.parameters import Training
from kernels.training.training import TrainingRun

CPU = torch.device("cpu")
WATCHED = frozenset({INSIDE})
DROPOUT = {
    "kind": "wide",
    "layers": [
        {"kind": "linear", "units": 8, "activation": "tanh"},
        {"kind": "dropout", "rate": 0.5},
        {"kind": "linear", "units": 5},
    ],
}
NORMALISED = {
    "kind": "wide",
    "layers": [{"kind": "linear", "units": 8}, {"kind": "batch-norm"}],
}
DIGITS = {
    "dataset": {"kind": "mnist", "training_digits": 500},
    "network": "cnn-25k",
    "batch_size": 50,
}


def made(**given: Any) -> TrainingRun:
    parameters = load(Training, given)
    run = simulation_class(parameters)(parameters, CPU)
    assert isinstance(run, TrainingRun)
    return run


def inside_of(run: TrainingRun) -> StepInside:
    inside = run.frame(WATCHED).inside
    assert inside is not None
    return inside


def numbers_of(run: TrainingRun) -> list[np.ndarray]:
    return [p.detach().numpy().copy() for p in run.model.parameters()]


CASES = {
    "plain": {},
    "momentum": {"optimizer": "momentum", "network": "2-8-8-8-1"},
    "clipped": {"optimizer": {"kind": "sgd", "clip_norm": 0.05, "clip_value": 0.02}},
    "penalties": {"l1": 0.01, "l2": 0.1, "dataset": "sine", "network": "wide"},
    "dropout": {"network": DROPOUT, "dataset": {"kind": "gaussians", "clouds": 3}},
    "normalised": {"network": NORMALISED, "label_smoothing": 0.2},
    "numbers": {"dataset": "multi-gauss", "loss": "huber"},
    "digits": DIGITS,
}


@pytest.mark.parametrize("case", CASES)
def test_what_is_told_is_what_the_step_then_does_to_the_last_bit(case):
    run = made(**CASES[case])
    advance(run, 7)
    before, inside = numbers_of(run), inside_of(run)
    advance(run, 1)
    frame = run.frame()
    assert inside.number == run.step_count == 8
    assert np.array_equal(inside.samples, frame.batch)
    assert np.float32(inside.loss) == frame.batch_losses[-1]
    gradients = [p.grad.numpy() for p in run.model.parameters()]
    parts = zip(inside.tensors, before, numbers_of(run), gradients, strict=True)
    for told, old, new, gradient in parts:
        assert told.shape == old.shape
        assert told.norm == _length(old)
        assert told.update == _length(new - old)
        assert told.received == _length(gradient)
        assert told.ratio == pytest.approx(_length(new - old) / _length(old) if old.any() else 1e99)
    assert inside.received_norm == pytest.approx(_length(*gradients), rel=1e-6)
    assert inside.learning_rate == run._learner.optimizer.param_groups[0]["lr"]
    if inside.row is None:
        assert case in ("digits", "normalised")
        return
    linear = [m for m in run.model if isinstance(m, nn.Linear)]
    for index, layer in enumerate(linear):
        assert np.array_equal(inside.row.weight_gradients[index], layer.weight.grad.numpy())
        assert np.array_equal(inside.row.bias_gradients[index], layer.bias.grad.numpy())
    updates = [new - old for old, new in zip(before, numbers_of(run), strict=True)]
    for found, wanted in zip(inside.row.weight_updates, updates[::2], strict=True):
        assert np.array_equal(found, wanted)
    for found, wanted in zip(inside.row.bias_updates, updates[1::2], strict=True):
        assert np.array_equal(found, wanted)


@pytest.mark.parametrize("case", ["dropout", "normalised", "clipped", "digits"])
def test_looking_inside_changes_nothing(case):
    torch.manual_seed(3)
    looked = made(**CASES[case])
    for _ in range(4):
        advance(looked, 1)
        looked.frame(WATCHED)
    torch.manual_seed(3)
    other = made(**CASES[case])
    advance(other, 4)
    for ours, theirs in zip(
        looked.model.state_dict().values(), other.model.state_dict().values(), strict=True
    ):
        assert torch.equal(ours, theirs)
    assert looked.frame().row() == other.frame().row()


def test_the_numbers_are_those_of_torch_alone():
    run = made(dataset={"kind": "gaussians", "clouds": 3}, l1=0.02, l2=0.3, label_smoothing=0.1)
    advance(run, 12)
    inside, data = inside_of(run), run.dataset.train
    model = copy.deepcopy(run.model).double()
    x = torch.tensor(data.inputs[inside.samples]).double()
    y = torch.tensor(data.targets[inside.samples])
    columns, values = [], x
    for module in model:
        values = module(values)
        if isinstance(module, nn.Linear):
            columns.append(values)
        else:
            columns[-1] = values
    for column in columns:
        column.retain_grad()
    loss = functional.cross_entropy(values, y, label_smoothing=0.1)
    loss.backward()
    assert inside.loss == pytest.approx(loss.item(), rel=1e-5)
    assert inside.row is not None
    close = {"rtol": 1e-4, "atol": 1e-7}
    for found, slope, wanted in zip(
        inside.row.activations, inside.row.slopes, columns, strict=True
    ):
        assert np.allclose(found, wanted.detach(), **close)
        assert np.allclose(slope, wanted.grad, **close)
    each = functional.cross_entropy(values, y, reduction="none", label_smoothing=0.1)
    assert np.allclose(inside.losses, each.detach(), **close)
    assert np.allclose(inside.probabilities, values.detach().softmax(-1), **close)
    weights = [p for p in model.parameters() if p.ndim > 1]
    assert inside.l1 == pytest.approx(0.02 * sum(w.abs().sum().item() for w in weights), rel=1e-5)
    assert inside.l2 == pytest.approx(0.15 * sum((w**2).sum().item() for w in weights), rel=1e-5)
    for told, parameter in zip(inside.tensors, model.parameters(), strict=True):
        assert told.gradient == pytest.approx(parameter.grad.norm().item(), rel=1e-4)
        is_weight = parameter.ndim > 1
        assert told.l1 == pytest.approx(0.02 * parameter.numel() ** 0.5 * is_weight, rel=1e-6)
        assert told.l2 == pytest.approx(0.3 * parameter.norm().item() * is_weight, rel=1e-5)
    assert [layer.name for layer in inside.layers] == [name for name, _ in model.named_children()]
    for layer, output in zip(inside.layers[1::2], columns, strict=False):
        assert layer.shape == tuple(output.shape)
        assert layer.mean == pytest.approx(output.mean().item(), abs=1e-6)
        assert layer.std == pytest.approx(output.std(correction=0).item(), rel=1e-5)


def test_the_share_of_zeros_is_that_of_a_relu():
    run = made(network="wide", dataset="circle")
    changed = made(network={"kind": "wide", "layers": [{"kind": "linear", "units": 20}]})
    for each, has_zeros in ((run, False), (changed, True)):
        inside = inside_of(each)
        assert inside.row is not None
        zeros = [float((a == 0).mean()) for a in inside.row.activations]
        assert inside.layers[1].zeros == pytest.approx(zeros[0])
        assert (zeros[0] > 0) == has_zeros


@pytest.mark.parametrize("is_clipped", [True, False])
def test_the_norm_before_clipping_and_after(is_clipped):
    plain = inside_of(made(optimizer="sgd", l2=0.1))
    limit = plain.gradient_norm * (0.5 if is_clipped else 2)
    inside = inside_of(made(optimizer={"kind": "sgd", "clip_norm": limit}, l2=0.1))
    assert plain.gradient_norm == pytest.approx(plain.received_norm, rel=1e-6)
    assert inside.gradient_norm == plain.gradient_norm
    wanted = limit if is_clipped else plain.gradient_norm
    assert inside.received_norm == pytest.approx(wanted, rel=1e-5)


@pytest.mark.parametrize("kind", OPTIMIZERS)
@pytest.mark.parametrize("at", [0, 13])
def test_the_rule_arrives_where_the_step_does(kind, at):
    run = made(optimizer={"kind": kind})
    advance(run, at)
    before, inside = numbers_of(run), inside_of(run)
    advance(run, 1)
    moved = [np.abs(new - old) for old, new in zip(before, numbers_of(run), strict=True)]
    if kind == "adafactor":
        assert inside.rule is None
        assert inside.phases[4].formula == r"\theta_t = \theta_{t-1} + \Delta_t"
        return
    assert inside.rule is not None
    largest = max(float(m.max()) for m in moved)
    which = next(i for i, m in enumerate(moved) if m.max() == largest)
    place = np.unravel_index(moved[which].argmax(), moved[which].shape)
    assert inside.rule.title.startswith(
        f"{inside.tensors[which].name}[{', '.join(map(str, place))}]"
    )
    after = float(numbers_of(run)[which][place])
    assert inside.rule.terms[-1].value[0] == pytest.approx(after, rel=1e-5)
    gradient = list(run.model.parameters())[which].grad[place]
    assert inside.rule.terms[0].value[0] == float(gradient)


def test_the_loss_after_the_update_has_the_same_masks():
    torch.manual_seed(1)
    run = made(network=DROPOUT)
    advance(run, 5)
    inside, drawn = inside_of(run), torch.get_rng_state()
    advance(run, 1)
    torch.set_rng_state(drawn)
    run.model.train()
    scores = run.model(torch.tensor(run.dataset.train.inputs[inside.samples]))[:, 0]
    wanted = torch.tensor(run.dataset.train.targets[inside.samples]).float()
    loss = functional.binary_cross_entropy_with_logits(scores, wanted)
    assert np.float32(inside.loss_after) == np.float32(loss.item())


def test_the_words_are_true_for_the_step_at_hand():
    inside = inside_of(made(epochs=3, batch_size=100))
    names = [phase.name for phase in inside.phases]
    assert names == ["Batch", "Forward", "Loss", "Backward", "Update"]
    assert inside.phases[0].sentence.startswith("Step 1 takes 100 of 250 training samples: batch 1")
    assert f"{inside.loss:.4g}" in inside.phases[2].sentence
    falls = "falls" if inside.loss_after < inside.loss else "rises"
    assert f"{falls} from {inside.loss:.4g} to {inside.loss_after:.4g}" in inside.phases[4].sentence
    assert "Adam updates 25 parameters at the learning rate 0.005" in inside.phases[4].sentence
    assert len(inside.outputs) == len(inside.losses) == ROWS
    whole = inside_of(made(batch_size=250))
    assert "all 250 training samples" in whole.phases[0].sentence


@pytest.mark.parametrize(
    ("given", "phase", "words"),
    [
        ({"network": DROPOUT}, 1, "dropout sets numbers at random to 0"),
        ({"network": NORMALISED}, 1, "mean and variance of this batch"),
        ({"label_smoothing": 0.2}, 2, "20% of each is spread"),
        ({"l1": 0.1}, 2, "L1 adds"),
        ({"l1": 0.1, "l2": 0.1}, 3, "with L1 and L2 of the weights W"),
        ({"l2": 0.1}, 4, "Penalties are not in these"),
        ({"optimizer": {"kind": "adam", "clip_norm": 0.01}}, 3, "and 0.01000 after clipping"),
    ],
)
def test_only_what_is_switched_on_is_told(given, phase, words):
    assert words in inside_of(made(**given)).phases[phase].sentence
    assert words not in inside_of(made()).phases[phase].sentence


def test_a_run_that_went_to_infinity_can_still_be_looked_into():
    run = made(optimizer={"kind": "sgd", "learning_rate": 1000.0}, dataset="sine", network="wide")
    advance(run, 60)
    inside = inside_of(run)
    assert not math.isfinite(inside.loss)
    assert "goes from" in inside.phases[4].sentence


def test_what_the_compiled_engine_then_does_is_told_too():
    run = made(engine="compiled")
    if run.frame().plan.engine != "compiled":
        pytest.skip("the compiled step cannot be had here")
    advance(run, 33)
    before, inside = numbers_of(run), inside_of(run)
    advance(run, 1)
    assert inside.loss == pytest.approx(float(run.frame().batch_losses[-1]), rel=1e-5)
    for told, old, new in zip(inside.tensors, before, numbers_of(run), strict=True):
        assert told.update == pytest.approx(_length(new - old), rel=1e-4)
    assert inside.rule is not None
    assert "first moment" in [term.name for term in inside.rule.terms]


def test_nothing_of_it_is_made_unless_it_is_watched_and_it_is_read_only():
    run = made()
    assert run.frame().inside is None
    inside = inside_of(run)
    assert inside.row is not None
    arrays = [inside.samples, inside.outputs, inside.probabilities, inside.losses]
    for name in type(inside.row).__slots__:
        arrays += getattr(inside.row, name)
    assert not any(array.flags.writeable for array in arrays)


def _length(*arrays: np.ndarray) -> float:
    return float(np.sqrt(sum((a.astype(np.float64) ** 2).sum() for a in arrays)))
