"""What layers hold and do, against numpy.histogram, torch.autograd and networks made by hand."""

import math
from collections import OrderedDict

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from kernels.device import make_generator
from kernels.errors import DataError
from kernels.networks.initialization import initialize_
from kernels.networks.layers import BatchNormLayer, DropoutLayer, LinearLayer
from kernels.networks.network import build
from kernels.networks.presets import LeNetNetwork, SmallConvNetwork
from kernels.training.seen.statistics import distribution, layer_distributions, layer_statistics

CPU = torch.device("cpu")
LAYERS = (
    LinearLayer(units=6, activation="relu"),
    DropoutLayer(rate=0.5),
    LinearLayer(units=5, activation="identity"),
    BatchNormLayer(activation="tanh"),
    LinearLayer(units=4, activation="sigmoid"),
)


def made(layers, shape, outputs):
    model = build(layers, shape, outputs)
    initialize_(model, "default", make_generator(CPU, 1))
    return model


def batch(*shape, classes=3):
    generator = make_generator(CPU, 2)
    inputs = torch.randn(shape, generator=generator)
    return inputs, torch.randint(classes, shape[:1], generator=generator)


def by_hand(weight, bias, activation):
    """One linear layer of these weights, its activation, and an output that adds all up."""
    linear, output = nn.Linear(len(weight[0]), len(weight)), nn.Linear(len(weight), 1, bias=False)
    with torch.no_grad():
        linear.weight.copy_(torch.tensor(weight))
        linear.bias.copy_(torch.tensor(bias))
        output.weight.fill_(1.0)
    parts = [("linear1", linear), ("activation1", activation), ("output", output)]
    return nn.Sequential(OrderedDict(parts))


def mean(outputs, targets):
    return outputs.mean()


def assert_lies_as(found, values):
    """`found` is the distribution that numpy finds in `values`."""
    values = values.detach().numpy().astype(np.float64).ravel()
    counts, edges = np.histogram(values, 60)
    assert np.array_equal(found.counts, counts)
    assert np.array_equal(found.edges, edges)
    assert found.mean == pytest.approx(np.mean(values), rel=1e-12, abs=1e-15)
    assert found.std == pytest.approx(np.std(values), rel=1e-12)
    assert found.zeros == (values == 0).mean()
    assert not found.edges.flags.writeable
    assert not found.counts.flags.writeable


@pytest.mark.parametrize("training", [True, False])
def test_it_tells_what_torch_and_numpy_find(training):
    """A pass written out by hand, in which dropout does nothing."""
    model, (inputs, targets) = made(LAYERS, (3,), 3), batch(40, 3)
    model.train(training)
    found = layer_statistics(model, functional.cross_entropy, inputs, targets)
    p = {name: value.detach().clone().requires_grad_() for name, value in model.named_parameters()}
    one = (inputs @ p["linear1.weight"].T + p["linear1.bias"]).relu()
    two = one @ p["linear3.weight"].T + p["linear3.bias"]
    if training:
        spread = (two.var(0, unbiased=False) + 1e-5).sqrt()
        normal = (two - two.mean(0)) / spread
    else:
        normal = two / math.sqrt(1 + 1e-5)
    three = torch.tanh(normal * p["batch_norm4.weight"] + p["batch_norm4.bias"])
    four = torch.sigmoid(three @ p["linear5.weight"].T + p["linear5.bias"])
    outputs = four @ p["output.weight"].T + p["output.bias"]
    names = ["linear1", "linear3", "batch_norm4", "linear5", "output"]
    weights = [p[f"{name}.weight"] for name in names]
    slopes = torch.autograd.grad(functional.cross_entropy(outputs, targets), weights)
    lie = layer_distributions(model, functional.cross_entropy, inputs, targets)
    assert [layer.name for layer in lie] == [layer.name for layer in found] == names
    assert [layer.activation for layer in found] == ["relu", "", "tanh", "sigmoid", ""]
    for layer, lies, weight, values, slope in zip(
        found, lie, weights, (one, two, three, four, outputs), slopes, strict=True
    ):
        assert layer.samples == 40
        assert layer.shape == weight.shape
        assert_lies_as(lies.weights, weight)
        assert lies.activations.mean == pytest.approx(values.mean().item(), abs=1e-6)
        assert lies.activations.std == pytest.approx(values.std(unbiased=False).item(), rel=1e-5)
        assert lies.activations.counts.sum() == values.numel()
        assert lies.gradients.edges[-1] == pytest.approx(slope.max().item(), rel=1e-3, abs=1e-7)
        assert layer.gradient_norm == pytest.approx(slope.norm().item(), rel=1e-4, abs=1e-7)
        assert layer.weight_norm == pytest.approx(weight.norm().item(), rel=1e-6)


@pytest.mark.parametrize("network", [LeNetNetwork(), SmallConvNetwork()])
def test_networks_of_pictures(network):
    model, (inputs, targets) = made(network.layers, (1, 28, 28), 10), batch(7, 1, 28, 28)
    model.train()
    found = layer_statistics(model, functional.cross_entropy, inputs, targets)
    lie = layer_distributions(model, functional.cross_entropy, inputs, targets)
    functional.cross_entropy(model(inputs), targets).backward()
    weights = {n: p for n, p in model.named_parameters() if n.endswith(".weight")}
    assert [f"{layer.name}.weight" for layer in found] == list(weights)
    for layer, lies, weight in zip(found, lie, weights.values(), strict=True):
        assert_lies_as(lies.weights, weight)
        assert_lies_as(lies.gradients, weight.grad)
        assert layer.gradient_norm == pytest.approx(weight.grad.norm().item(), rel=1e-5)
    first = model[:2](inputs) if isinstance(network, LeNetNetwork) else model[:1](inputs)
    assert_lies_as(lie[0].activations, first)


@pytest.mark.parametrize("training", [True, False])
def test_nothing_of_the_run_changes(training):
    model, (inputs, targets) = made(LAYERS, (3,), 3), batch(40, 3)
    model.train(training)
    functional.cross_entropy(model(inputs), targets).backward()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    slopes = [p.grad.clone() for p in model.parameters()]
    random = torch.get_rng_state()
    with torch.no_grad():
        layer_statistics(model, functional.cross_entropy, inputs, targets)
    assert torch.equal(torch.get_rng_state(), random)
    assert all(module.training == training for module in model.modules())
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
    assert all(torch.equal(p.grad, s) for p, s in zip(model.parameters(), slopes, strict=True))
    fresh = made(LAYERS, (3,), 3)
    layer_statistics(fresh, functional.cross_entropy, inputs, targets)
    assert all(p.grad is None for p in fresh.parameters())


def test_dead_units_are_counted():
    """Of x from -1 to 1: always off, on for some x, always on, and nothing but 0."""
    model = by_hand([[1.0], [1.0], [1.0], [0.0]], [-2.0, 0.0, 2.0, 0.0], nn.ReLU())
    inputs = torch.linspace(-1, 1, 21).unsqueeze(-1)
    linear, output = layer_statistics(model, mean, inputs, inputs)
    assert linear.dead == 0.5
    lies, _ = layer_distributions(model, mean, inputs, inputs)
    assert lies.activations.zeros == pytest.approx((21 + 11 + 0 + 21) / 84)
    assert math.isnan(output.dead)
    assert math.isnan(linear.saturated)
    leaky = by_hand([[1.0]], [-2.0], nn.LeakyReLU())
    assert math.isnan(layer_statistics(leaky, mean, inputs, inputs)[0].dead)


def test_a_channel_is_dead_where_all_of_its_picture_is():
    model = nn.Sequential(nn.Conv2d(1, 3, 1), nn.ReLU())
    with torch.no_grad():
        model[0].weight.copy_(torch.tensor([1.0, -1.0, 1.0]).reshape(3, 1, 1, 1))
        model[0].bias.copy_(torch.tensor([0.0, 0.0, -9.0]))
    inputs = torch.zeros(5, 1, 4, 4)
    inputs[2, 0, 3, 3] = 1.0
    (layer,) = layer_statistics(model, mean, inputs, inputs)
    assert layer.dead == pytest.approx(2 / 3)
    (lies,) = layer_distributions(model, mean, inputs, inputs)
    assert lies.activations.zeros == 1 - 1 / (5 * 3 * 16)


@pytest.mark.parametrize(
    ("activation", "slope", "largest"),
    [
        (nn.Tanh(), lambda x: 1 / np.cosh(x) ** 2, 1.0),
        (nn.Sigmoid(), lambda x: np.exp(-x) / (1 + np.exp(-x)) ** 2, 0.25),
    ],
)
def test_saturated_outputs_are_where_the_slope_is_small(activation, slope, largest):
    inputs = torch.linspace(-6, 6, 241).unsqueeze(-1)
    linear, output = layer_statistics(by_hand([[1.0]], [0.0], activation), mean, inputs, inputs)
    expected = (slope(inputs.double().numpy()) < 0.05 * largest).mean()
    assert 0.1 < expected < 0.9
    assert linear.saturated == expected
    assert math.isnan(output.saturated)
    assert math.isnan(linear.dead)


def test_an_activation_belongs_to_the_layer_right_before_it():
    normed = nn.Sequential(nn.Linear(1, 2), nn.BatchNorm1d(2), nn.ReLU())
    found = layer_statistics(normed, mean, torch.arange(4.0).unsqueeze(-1), None)
    assert [layer.activation for layer in found] == ["", "relu"]
    pooled = nn.Sequential(nn.Conv2d(1, 2, 3), nn.MaxPool2d(2), nn.ReLU())
    assert layer_statistics(pooled, mean, torch.ones(1, 1, 6, 6), None)[0].activation == ""
    dropped = nn.Sequential(nn.Linear(1, 2), nn.Dropout(), nn.Tanh(), nn.ReLU())
    assert layer_statistics(dropped, mean, torch.ones(3, 1), None)[0].activation == "tanh"


@pytest.mark.parametrize("value", [0.0, 1.0, -3.0, 1e-30, 1e30])
def test_one_number_has_room_on_both_sides(value):
    found = distribution(np.full(9, value, np.float32))
    assert found.counts.sum() == 9
    assert found.edges[0] < value < found.edges[-1]
    assert (np.diff(found.edges) > 0).all()
    assert found.std == pytest.approx(0, abs=1e-9 * abs(value))


@pytest.mark.parametrize("values", [[1.0, np.nan, 2.0], [np.inf, 1.0, 2.0, -np.inf]])
def test_numbers_that_are_none_are_left_out_of_the_histogram(values):
    found = distribution(np.array(values))
    assert found.counts.sum() == 2
    assert (found.edges[0], found.edges[-1]) == (1, 2)
    assert math.isnan(found.mean)
    assert math.isnan(found.std)
    assert math.isnan(found.zeros)
    assert distribution(np.full(3, np.nan)).counts.sum() == 0


def test_a_network_of_no_numbers_is_told_of():
    model = by_hand([[math.nan]], [0.0], nn.ReLU())
    linear, _ = layer_statistics(model, mean, torch.ones(3, 1), None)
    lies, _ = layer_distributions(model, mean, torch.ones(3, 1), None)
    assert lies.weights.counts.sum() == 0
    assert math.isnan(linear.weight_norm)
    assert linear.dead == 0


def test_what_has_no_weights_has_no_statistics_and_an_empty_batch_is_refused():
    assert layer_statistics(nn.Sequential(nn.ReLU()), mean, torch.ones(2, 1), None) == ()
    with pytest.raises(DataError, match="0 samples in the batch"):
        layer_statistics(nn.Sequential(nn.Linear(1, 1)), mean, torch.ones(0, 1), None)
