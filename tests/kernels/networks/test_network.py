"""Shapes and counts against torch's own, over generated lists of layers."""

import pytest
import torch
from hypothesis import example, given
from hypothesis import strategies as st
from torch import nn

from kernels.errors import ParameterError
from kernels.networks.initialization import initialize_
from kernels.networks.layers import (
    ACTIVATIONS,
    BatchNormLayer,
    ConvLayer,
    DropoutLayer,
    FlattenLayer,
    LayerParameters,
    LinearLayer,
    MaxPoolLayer,
)
from kernels.networks.network import MOST_PARAMETERS, Row, build, rows
from tests.kernels.networks.layer_lists import fitting, shuffled

ON_ROWS = (LinearLayer, BatchNormLayer, DropoutLayer, FlattenLayer)

Given = tuple[tuple[LayerParameters, ...], tuple[int, ...]]


def number_of(name: str, count: int) -> int:
    """The row, from 0, to which the module `name` belongs in a network of `count` layers."""
    return count if name == "output" else int(name.lstrip("abcdefghijklmnopqrstuvwxyz_")) - 1


ODD = (  # where strides and windows leave a rest on both sides
    (ConvLayer(stride=2, padding=1), MaxPoolLayer(size=3), FlattenLayer()),
    (2, 16, 22),
)


@example(ODD, 3)
@given(fitting() | shuffled, st.integers(1, 12))
def test_rows_are_what_torch_makes(case: Given, outputs: int) -> None:
    layers, shape = case
    told = rows(layers, shape, outputs)
    assert len(told) == len(layers) + 1
    mistakes = [i for i, row in enumerate(told) if row.mistake]
    if mistakes:
        (first,) = mistakes
        assert all(row == Row() for row in told[first + 1 :])
        assert told[first] == Row(mistake=told[first].mistake)
        with pytest.raises(ParameterError) as caught:
            build(layers, shape, outputs)
        assert str(caught.value) == told[first].mistake
        is_last = first == len(layers)
        assert caught.value.path == ("network.layers" if is_last else f"network.layers.{first}")
        start = "The output layer, Linear, " if is_last else f"Layer {first + 1}, "
        assert str(caught.value).startswith(start)
        return
    network = build(layers, shape, outputs)
    initialize_(network, "default", torch.Generator().manual_seed(0))
    network.eval()
    signal = torch.zeros(2, *shape)
    counts, shapes = [0] * len(told), {}
    for name, module in network.named_children():
        signal = module(signal)
        row = number_of(name, len(layers))
        counts[row] += sum(p.numel() for p in module.parameters())
        shapes[row] = tuple(signal.shape[1:])
    assert [row.parameters for row in told] == counts
    assert [row.shape for row in told] == [shapes[i] for i in range(len(told))]
    assert signal.shape == (2, outputs)


@given(fitting())
def test_the_name_is_the_call_that_makes_the_modules(case: Given) -> None:
    layers, shape = case
    told = rows(layers, shape, 3)
    if any(row.mistake for row in told):
        return
    made = [m for row in told for m in eval(f"[{row.name}]", vars(nn).copy())]
    assert list(map(repr, made)) == list(map(repr, build(layers, shape, 3)))


def torch_refuses(layer: LayerParameters, shape: tuple[int, ...]) -> bool:
    """Whether torch refuses `shape` for the modules of `layer`, or mixes up pictures and rows."""
    if isinstance(layer, LinearLayer) and len(shape) != 1:
        return True
    if not isinstance(layer, ON_ROWS) and len(shape) == 1:
        return True
    try:
        modules = [eval(str(part), vars(nn).copy()) for part in layer.parts(shape)]
        nn.Sequential(*modules).eval()(torch.zeros(2, *shape))
    except (RuntimeError, ValueError):
        return True
    return False


@given(fitting() | shuffled)
def test_what_is_refused_is_what_torch_refuses(case: Given) -> None:
    layers, shape = case
    for index, layer in enumerate(layers):
        try:
            given_shape, shape = shape, layer.out_shape(shape, index)
        except ParameterError:
            assert torch_refuses(layer, shape)
            return
        assert not torch_refuses(layer, given_shape)


def test_what_a_small_network_is() -> None:
    layers = (LinearLayer(units=4, activation="tanh"), LinearLayer(units=2, bias=False))
    assert rows(layers, (2,), 1) == (
        Row("Linear(2, 4), Tanh()", (4,), 12),
        Row("Linear(4, 2, bias=False), ReLU()", (2,), 8),
        Row("Linear(2, 1)", (1,), 3),
    )
    network = build(layers, (2,), 1)
    assert [name for name, _ in network.named_children()] == [
        "linear1",
        "tanh1",
        "linear2",
        "relu2",
        "output",
    ]
    assert list(network.state_dict()) == [
        "linear1.weight",
        "linear1.bias",
        "linear2.weight",
        "output.weight",
        "output.bias",
    ]


def test_building_draws_nothing_and_takes_device_and_type() -> None:
    layers = (ConvLayer(), BatchNormLayer(), FlattenLayer(), LinearLayer())
    before = torch.get_rng_state()
    network = build(layers, (1, 5, 5), 2, dtype=torch.float64)
    meta = build(layers, (1, 5, 5), 2, torch.device("meta"))
    assert torch.equal(torch.get_rng_state(), before)
    assert {p.dtype for p in network.parameters()} == {torch.float64}
    assert {t.device.type for t in network.state_dict().values()} == {"cpu"}
    assert {t.device.type for t in meta.state_dict().values()} == {"meta"}
    assert network.training
    assert all(p.requires_grad for p in network.parameters())


@pytest.mark.parametrize("name", sorted(set(ACTIVATIONS) - {"identity"}))
def test_an_activation_is_a_module_of_its_own(name: str) -> None:
    layer = LinearLayer.model_validate({"units": 3, "activation": name})
    modules = dict(build((layer,), (2,), 1).named_children())
    kind = ACTIVATIONS[layer.activation]
    assert list(map(type, modules.values())) == [nn.Linear, kind, nn.Linear]
    assert list(modules)[1] == name.replace("-", "_") + "1"


def test_a_network_that_is_too_large_is_refused() -> None:
    row = rows((FlattenLayer(), LinearLayer(units=512)), (3, 256, 256), 2)[1]
    assert row.mistake == (
        "Layer 2, Linear, brings the network to 100,663,808 parameters; 20,000,000 is the most. "
        "Give it fewer units or channels, or make the picture smaller before it."
    )
    assert MOST_PARAMETERS < 3 * 256 * 256 * 512 + 512
    wide = rows((ConvLayer(channels=512, padding=1),), (1, 100, 100), 2)[0]
    assert wide.mistake == (
        "Layer 1, Convolution, makes 5,120,000 numbers of each sample; 4,000,000 is the most. "
        "Give it fewer channels, or make the picture smaller before it."
    )
