"""The network as text: run, it gives what the network gives."""

from collections import OrderedDict
from typing import Any

import pytest
import torch
from hypothesis import assume, given
from torch import nn

from kernels.errors import ParameterError
from kernels.networks.code import network_code
from kernels.networks.initialization import initialize_
from kernels.networks.layers import LayerParameters, LinearLayer
from kernels.networks.network import build, rows
from kernels.networks.presets import NETWORKS
from tests.kernels.networks.layer_lists import fitting

LENET = """\
# (N, 1, 28, 28) -> (N, 10); 61,706 parameters
network = nn.Sequential(
    OrderedDict(
        [
            ("conv1", nn.Conv2d(1, 6, 5, padding=2)),
            ("tanh1", nn.Tanh()),  # (N, 6, 28, 28)
            ("average_pool2", nn.AvgPool2d(2)),  # (N, 6, 14, 14)
            ("conv3", nn.Conv2d(6, 16, 5)),
            ("tanh3", nn.Tanh()),  # (N, 16, 10, 10)
            ("average_pool4", nn.AvgPool2d(2)),  # (N, 16, 5, 5)
            ("flatten5", nn.Flatten()),  # (N, 400)
            ("linear6", nn.Linear(400, 120)),
            ("tanh6", nn.Tanh()),  # (N, 120)
            ("linear7", nn.Linear(120, 84)),
            ("tanh7", nn.Tanh()),  # (N, 84)
            ("output", nn.Linear(84, 10)),  # (N, 10)
        ]
    )
)
"""


def run(text: str) -> nn.Module:
    room: dict[str, Any] = {"OrderedDict": OrderedDict, "nn": nn}
    exec(compile(text, "network.py", "exec"), room)
    network: nn.Module = room["network"]
    return network


@given(fitting())
def test_the_text_is_the_network(case: tuple[tuple[LayerParameters, ...], tuple[int, ...]]) -> None:
    layers, shape = case
    assume(not any(row.mistake for row in rows(layers, shape, 3)))
    generator = torch.Generator().manual_seed(1)
    network = build(layers, shape, 3)
    initialize_(network, "he", generator)
    with torch.random.fork_rng():
        written = run(network_code(layers, shape, 3))
    assert written.load_state_dict(network.state_dict()) == ([], [])
    assert repr(written) == repr(network)
    inputs = torch.randn(4, *shape, generator=generator)
    assert torch.equal(written.eval()(inputs), network.eval()(inputs))


def test_the_text_is_fit_to_be_read() -> None:
    assert network_code(NETWORKS["lenet-5"]().layers, (1, 28, 28), 10) == LENET


def test_what_does_not_fit_is_not_written() -> None:
    with pytest.raises(ParameterError, match="needs a row of numbers"):
        network_code((LinearLayer(),), (1, 28, 28), 10)
