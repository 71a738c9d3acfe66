"""First weights: torch's own bits, closed forms of bounds and variances, one generator alone."""

import math
from collections import OrderedDict
from typing import Any, get_args

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn
from torch._subclasses.fake_tensor import FakeTensorMode

from kernels.networks.code import network_code
from kernels.networks.initialization import (
    INITIALIZATION_LABELS,
    TOO_LARGE,
    Initialization,
    initialize_,
)
from kernels.networks.layers import BatchNormLayer, ConvLayer, FlattenLayer, LinearLayer
from kernels.networks.network import build

LAYERS = (
    ConvLayer(channels=40, kernel_size=5),
    BatchNormLayer(),
    FlattenLayer(),
    LinearLayer(units=300),
    BatchNormLayer(),
)
SHAPE = (12, 9, 9)
FANS = {  # what comes into a unit, and how many each input feeds
    "conv1": (12 * 25, 40 * 25),
    "linear4": (40 * 25, 300),
}
SCHEMES: tuple[Initialization, ...] = get_args(Initialization)


def begun(scheme: Initialization, seed: int = 0, dtype: torch.dtype = torch.float32) -> nn.Module:
    network = build(LAYERS, SHAPE, 4, dtype=dtype)
    initialize_(network, scheme, torch.Generator().manual_seed(seed))
    return network


@given(st.integers(0, 2**32 - 1))
def test_the_default_is_torchs_own_to_the_last_bit(seed: int) -> None:
    layers = (ConvLayer(), BatchNormLayer(), FlattenLayer(), LinearLayer(bias=False))
    network = build(layers, (1, 5, 5), 2)
    initialize_(network, "default", torch.Generator().manual_seed(seed))
    room: dict[str, Any] = {"OrderedDict": OrderedDict, "nn": nn}
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        exec(network_code(layers, (1, 5, 5), 2), room)
    theirs = room["network"].state_dict()
    assert list(theirs) == list(network.state_dict())
    for name, ours in network.state_dict().items():
        assert torch.equal(ours, theirs[name]), name


@pytest.mark.parametrize("name", sorted(FANS))
@pytest.mark.parametrize("scheme", ["default", "xavier"])
def test_uniform_weights_fill_their_bounds(scheme: Initialization, name: str) -> None:
    inputs, fed = FANS[name]
    bound = {"default": 1 / math.sqrt(inputs), "xavier": math.sqrt(6 / (inputs + fed))}[scheme]
    weight = begun(scheme).get_parameter(f"{name}.weight").detach().double()
    assert 0.999 * bound < weight.abs().max() <= bound * (1 + 1e-6)
    assert weight.var().item() == pytest.approx(bound**2 / 3, rel=0.05)
    assert weight.mean().abs() < 5 * bound / math.sqrt(3 * weight.numel())


@pytest.mark.parametrize("name", sorted(FANS))
@pytest.mark.parametrize(("scheme", "times"), [("he", 1.0), ("too-large", TOO_LARGE)])
def test_normal_weights_have_their_variance(
    scheme: Initialization, times: float, name: str
) -> None:
    deviation = times * math.sqrt(2 / FANS[name][0])
    weight = begun(scheme).get_parameter(f"{name}.weight").detach().double()
    assert weight.std().item() == pytest.approx(deviation, rel=0.03)
    assert weight.mean().abs() < 5 * deviation / math.sqrt(weight.numel())
    kurtosis = ((weight - weight.mean()) / weight.std()).pow(4).mean()
    assert kurtosis.item() == pytest.approx(3, abs=0.3)


@pytest.mark.parametrize("scheme", sorted(SCHEMES))
def test_biases_and_batch_normalisation(scheme: Initialization) -> None:
    state = begun(scheme).state_dict()
    for name in ("conv1", "linear4", "output"):
        assert bool(state[f"{name}.bias"].any()) == (scheme == "default")
        assert bool(state[f"{name}.weight"].any()) == (scheme != "zeros")
    for name in ("batch_norm2", "batch_norm5"):
        assert torch.equal(state[f"{name}.weight"], torch.ones_like(state[f"{name}.weight"]))
        assert torch.equal(state[f"{name}.running_var"], state[f"{name}.weight"])
        assert not state[f"{name}.bias"].any()
        assert not state[f"{name}.running_mean"].any()
        assert state[f"{name}.num_batches_tracked"] == 0


@pytest.mark.parametrize("scheme", sorted(SCHEMES))
def test_the_seed_alone_fixes_the_weights(scheme: Initialization) -> None:
    before = torch.get_rng_state()
    first, again, other = begun(scheme, 3), begun(scheme, 3), begun(scheme, 4)
    assert torch.equal(torch.get_rng_state(), before)
    pairs = list(zip(first.parameters(), again.parameters(), strict=True))
    assert all(torch.equal(a, b) for a, b in pairs)
    assert all(a.requires_grad and a.grad is None for a, _ in pairs)
    same = torch.equal(first.get_parameter("output.weight"), other.get_parameter("output.weight"))
    assert same == (scheme == "zeros")


@pytest.mark.parametrize("scheme", sorted(SCHEMES))
def test_it_runs_on_a_device_without_values(scheme: Initialization) -> None:
    meta = torch.device("meta")
    before = torch.get_rng_state()
    with FakeTensorMode(allow_non_fake_inputs=True):
        network = build(LAYERS, SHAPE, 4, meta)
        initialize_(network, scheme, None)
        assert {t.device.type for t in network.state_dict().values()} == {"meta"}
        assert network(torch.zeros(3, *SHAPE, device=meta)).shape == (3, 4)
    assert torch.equal(torch.get_rng_state(), before)


def test_every_scheme_has_its_words() -> None:
    assert set(INITIALIZATION_LABELS) == set(SCHEMES)
