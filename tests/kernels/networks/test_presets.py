"""The presets: their sizes as published, their place in scenes and forms."""

import pytest
import torch

from kernels.description import describe
from kernels.editing import dump, load, with_item, with_value
from kernels.errors import ParameterError
from kernels.networks.layers import ConvLayer, LinearLayer
from kernels.networks.network import build, rows
from kernels.networks.presets import (
    MOST_LAYERS,
    NETWORK_LABELS,
    NETWORKS,
    NetworkSpec,
    SmallConvNetwork,
    SmallNetwork,
)
from kernels.parameters import Parameters, setting

DIGIT = (1, 28, 28)


class Lab(Parameters):
    network: NetworkSpec = setting(SmallNetwork(), labels=NETWORK_LABELS, help="What is trained.")


@pytest.mark.parametrize(
    ("kind", "shape", "outputs", "count"),
    [
        ("linear", (2,), 1, 3),
        ("2-4-2-1", (2,), 1, 25),
        ("2-8-8-8-1", (2,), 1, 177),
        ("wide", (1,), 1, 151),
        ("784-256-10", DIGIT, 10, 203_530),
        ("784-512-512-10", DIGIT, 10, 669_706),
        ("lenet-5", DIGIT, 10, 61_706),
        ("cnn-25k", DIGIT, 10, 20_586),
    ],
)
def test_sizes(kind: str, shape: tuple[int, ...], outputs: int, count: int) -> None:
    layers = NETWORKS[kind]().layers
    told = rows(layers, shape, outputs)
    assert not any(row.mistake for row in told)
    assert sum(row.parameters for row in told) == count
    network = build(layers, shape, outputs, torch.device("meta")).eval()
    assert sum(p.numel() for p in network.parameters()) == count
    assert network(torch.zeros(5, *shape, device="meta")).shape == (5, outputs)


def test_lenet_has_the_maps_of_the_paper() -> None:
    told = rows(NETWORKS["lenet-5"]().layers, DIGIT, 10)
    assert [row.shape for row in told] == [
        (6, 28, 28),
        (6, 14, 14),
        (16, 10, 10),
        (16, 5, 5),
        (400,),
        (120,),
        (84,),
        (10,),
    ]


def test_the_small_convolutional_network_is_small() -> None:
    assert sum(row.parameters for row in rows(SmallConvNetwork().layers, DIGIT, 10)) < 25_000


@pytest.mark.parametrize("kind", sorted(NETWORKS))
def test_a_preset_survives_a_scene_and_fills_a_form(kind: str) -> None:
    lab = load(Lab, {"network": kind})
    assert lab.network == NETWORKS[kind]()
    assert load(Lab, dump(lab)) == lab
    (field,) = describe(lab)
    assert field.value == kind
    (listed,) = field.children
    assert (listed.kind, listed.maximum_items, listed.live) == ("list", MOST_LAYERS, False)
    assert len(listed.children) == len(lab.network.layers)
    assert NETWORK_LABELS[kind] == NETWORKS[kind].title


def test_layers_are_edited_by_path() -> None:
    lab = with_value(Lab(), "network.layers.0.units", 7)
    assert lab.network.layers[0] == LinearLayer(units=7, activation="tanh")
    lab = with_item(lab, "network.layers", 0, "conv")
    assert lab.network.layers[0] == ConvLayer()
    with pytest.raises(ParameterError, match="at most 512"):
        with_value(lab, "network.layers.1.units", 513)
    full = with_value(Lab(), "network.layers", (LinearLayer(),) * MOST_LAYERS)
    with pytest.raises(ParameterError, match="at most 12 entries"):
        with_item(full, "network.layers", 0, "linear")


def test_a_form_says_that_a_preset_was_edited() -> None:
    def remark(lab: Lab) -> str:
        (network,) = (field for field in describe(lab) if field.path == "network")
        return network.remark

    edited = with_value(Lab(), "network.layers.0.units", 7)
    assert (remark(Lab()), remark(edited)) == ("", "edited")
    assert remark(with_value(edited, "network.layers.0.units", 4)) == ""
    assert all(model().remark() == "" for model in NETWORKS.values())


def test_choosing_a_preset_fills_the_list() -> None:
    edited = with_value(Lab(), "network.layers.0.units", 7)
    for kind, model in NETWORKS.items():
        chosen = with_value(edited, "network", kind).network
        assert chosen == (edited.network if kind == "2-4-2-1" else model())
    assert with_value(edited, "network.kind", "wide").network == NETWORKS["wide"]()
