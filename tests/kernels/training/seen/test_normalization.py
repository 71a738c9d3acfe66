"""What batch normalisation does with a batch, against torch.nn.BatchNorm in both modes."""

from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from kernels.device import make_generator
from kernels.editing import load
from kernels.simulation import advance
from kernels.training.experiments import simulation_class
from kernels.training.parameters import Training
from kernels.training.seen.normalization import normalization
from kernels.training.training import TrainingRun

CPU = torch.device("cpu")
EVERY = torch.arange(12)


def made_up(module: nn.Module, *shape: int) -> tuple[nn.Module, torch.Tensor]:
    """A layer with a past, gamma and beta of its own, and twelve samples for it."""
    generator = make_generator(CPU, 5)

    def random(*size: int) -> torch.Tensor:
        return torch.randn(size, generator=generator)

    with torch.no_grad():
        module.weight.copy_(1 + 0.5 * random(shape[0]))
        module.bias.copy_(random(shape[0]))
        for _ in range(3):
            module(2 + 3 * random(20, *shape))
    return module, 1 + 2 * random(12, *shape)


def bins_of(values: torch.Tensor, like: Any) -> list[int]:
    """The counts that numpy finds in `values`, in the bins of `like`."""
    return np.histogram(values.detach().double().numpy(), like.edges)[0].tolist()


@pytest.mark.parametrize("channel", [None, 0, 2])
@pytest.mark.parametrize(("kind", "shape"), [(nn.BatchNorm1d, (3,)), (nn.BatchNorm2d, (3, 5, 4))])
def test_it_is_what_torch_does_in_training_and_in_evaluation(kind, shape, channel):
    norm, x = made_up(kind(3), *shape)
    told = "all" if channel is None else str(channel)
    found = normalization(
        nn.Sequential(norm), x, EVERY, frozenset({"other", f"normalization.0.{told}"})
    )
    assert found is not None
    assert (found.channel, found.channels, found.samples) == (channel, 3, 12)
    assert found.values == x[:, 0].numel()
    picked = slice(None) if channel is None else slice(channel, channel + 1)
    plain = kind(3, affine=False)  # the same without gamma and beta
    plain.load_state_dict(norm.state_dict(), strict=False)
    evaluated = norm.eval()(x)[:, picked], plain.eval()(x)[:, picked]
    kept = norm.running_mean.clone(), norm.running_var.clone()
    norm.momentum = plain.momentum = 1.0  # torch then keeps what it found in the batch
    trained = norm.train()(x)[:, picked], plain.train()(x)[:, picked]
    for part, (scaled, normalized) in ((found.batch, trained), (found.running, evaluated)):
        assert part.before.counts.tolist() == bins_of(x[:, picked], part.before)
        for told, right in ((part.normalized, normalized), (part.scaled, scaled)):
            assert np.abs(told.counts - bins_of(right, told)).sum() <= 4  # rounding at an edge
            assert told.mean == pytest.approx(right.mean().item(), abs=1e-5)
            assert told.std == pytest.approx(right.std(correction=0).item(), rel=1e-5)
    n = x[:, 0].numel()
    assert found.batch.mean == pytest.approx(norm.running_mean.numpy(), rel=1e-5)
    assert found.batch.variance * n / (n - 1) == pytest.approx(norm.running_var.numpy(), rel=1e-5)
    assert np.array_equal(found.running.mean, kept[0].numpy())
    assert np.array_equal(found.running.variance, kept[1].numpy())
    assert np.array_equal(found.gamma, norm.weight.detach().numpy())
    assert np.array_equal(found.beta, norm.bias.detach().numpy())


def test_all_histograms_have_the_same_bins():
    norm, x = made_up(nn.BatchNorm1d(3), 3)
    found = normalization(nn.Sequential(norm), x, EVERY, frozenset({"normalization.0.all"}))
    assert found is not None
    stages = [
        getattr(part, stage)
        for part in (found.batch, found.running, found.alone)
        for stage in ("before", "normalized", "scaled")
    ]
    assert all(np.array_equal(stage.edges, stages[0].edges) for stage in stages)
    assert [stage.counts.sum() for stage in stages] == [36] * 6 + [3] * 3


def test_one_sample_of_a_row_of_numbers_comes_out_as_beta():
    norm, x = made_up(nn.BatchNorm1d(3), 3)
    found = normalization(nn.Sequential(norm), x, EVERY, frozenset({"normalization.0.1"}))
    assert found is not None
    assert found.alone.variance.tolist() == [0, 0, 0]
    assert np.array_equal(found.alone.mean, x[0].numpy())
    assert found.alone.normalized.zeros == 1
    assert found.alone.scaled.mean == pytest.approx(norm.bias[1].item(), rel=1e-6)


def test_one_picture_is_normalised_over_its_pixels():
    norm, x = made_up(nn.BatchNorm2d(2), 2, 6, 6)
    found = normalization(nn.Sequential(norm), x, EVERY[4:], frozenset({"normalization.0.1"}))
    right = norm.train()(x[4:5])[:, 1]
    assert found is not None
    assert found.alone.scaled.counts.sum() == 36
    assert found.alone.scaled.mean == pytest.approx(right.mean().item(), abs=1e-6)
    assert found.alone.scaled.std == pytest.approx(right.std(correction=0).item(), rel=1e-5)


def test_the_values_come_through_the_layers_before_but_not_through_dropout():
    first, x = made_up(nn.BatchNorm1d(3), 3)
    second, _ = made_up(nn.BatchNorm1d(4), 4)
    linear = nn.Linear(3, 4)
    model = nn.Sequential(first, nn.Dropout(0.9), linear, nn.Tanh(), second).eval()
    random = torch.get_rng_state()
    kept = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    found = normalization(model, x, EVERY, frozenset({"normalization.7.9"}))  # beyond the last
    assert found is not None
    assert (found.index, found.layers, found.channel) == (1, 2, 3)
    assert found.name == "4"
    assert torch.equal(torch.get_rng_state(), random)
    assert not any(module.training for module in model.modules())
    assert all(torch.equal(tensor, kept[name]) for name, tensor in model.state_dict().items())
    before = torch.tanh(linear(first.train()(x)))
    assert found.batch.mean == pytest.approx(before.mean(0).detach().numpy(), abs=1e-6)


def test_without_such_a_layer_or_anybody_who_looks_there_is_nothing():
    norm, x = made_up(nn.BatchNorm1d(3), 3)
    watched = frozenset({"normalization.0.all"})
    assert normalization(nn.Sequential(nn.Linear(3, 3)), x, EVERY, watched) is None
    assert normalization(nn.Sequential(norm), x, EVERY, frozenset({"layers"})) is None


def test_numbers_that_are_none_leave_the_rest():
    norm, x = made_up(nn.BatchNorm1d(3), 3)
    x[0, 0] = torch.nan
    found = normalization(nn.Sequential(norm), x, EVERY, frozenset({"normalization.0.all"}))
    assert found is not None
    assert np.isnan(found.batch.before.mean)
    assert found.batch.before.counts.sum() == 35
    assert found.batch.normalized.counts.sum() == 24


def run_of(batch_size: int = 8, **given: Any) -> TrainingRun:
    linear = {"kind": "linear", "units": 4, "activation": "identity"}
    layers = [linear, {"kind": "batch-norm", "activation": "tanh"}]
    network = {"kind": "wide", "layers": layers}
    parameters = load(Training, {"network": network, "batch_size": batch_size} | given)
    run = simulation_class(parameters)(parameters, CPU)
    assert isinstance(run, TrainingRun)
    return run


def test_a_run_tells_of_the_batch_that_it_used_and_stays_as_it_is():
    looked, other = run_of(), run_of()
    watched = frozenset({"normalization.0.2"})
    for _ in range(9):
        advance(looked, 1)
        looked.frame(watched)
    advance(other, 9)
    frame = looked.frame(watched)
    found = frame.normalization
    assert found is not None
    assert found.samples == len(frame.batch) == 8
    assert other.frame().normalization is None
    for ours, theirs in zip(
        looked.model.state_dict().values(), other.model.state_dict().values(), strict=True
    ):
        assert torch.equal(ours, theirs)
    inputs = torch.tensor(looked.dataset.train.inputs[frame.batch])
    before = looked.model[0](inputs)[:, 2]
    assert found.batch.before.mean == pytest.approx(before.mean().item(), abs=1e-6)
    assert found.running.mean == pytest.approx(looked.model[1].running_mean.numpy())
    kept = found.batch.mean.copy(), found.gamma.copy()
    advance(looked, 10)
    assert np.array_equal(found.batch.mean, kept[0])
    assert np.array_equal(found.gamma, kept[1])
