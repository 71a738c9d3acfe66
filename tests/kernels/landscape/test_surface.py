"""The loss on a plane against setting the weights and evaluating plainly."""

import copy

import pytest
import torch
from torch import nn
from torch.nn import functional
from torch.nn.utils import vector_to_parameters

from kernels.landscape import surface
from kernels.landscape.plane import Plane, flat
from kernels.landscape.surface import PlaneLoss

ROW = nn.Sequential(
    nn.Linear(5, 7), nn.Tanh(), nn.Dropout(0.5), nn.Linear(7, 6, bias=False), nn.GELU(),
    nn.Linear(6, 3),
)  # fmt: skip
PICTURES = nn.Sequential(nn.Flatten(), nn.Linear(20, 9), nn.ReLU(), nn.Linear(9, 3))
LINEAR = nn.Sequential(nn.Linear(5, 3))
CONVOLUTION = nn.Sequential(
    nn.Conv2d(1, 3, 3), nn.BatchNorm2d(3), nn.ReLU(), nn.Flatten(), nn.Linear(3 * 2 * 3, 3)
)
NORMALISED = nn.Sequential(nn.Linear(5, 4), nn.BatchNorm1d(4), nn.ReLU(), nn.Linear(4, 3))
CASES = [
    (ROW, (5,)),
    (PICTURES, (1, 4, 5)),
    (LINEAR, (5,)),
    (CONVOLUTION, (1, 4, 5)),
    (NORMALISED, (5,)),
]


def case(module, shape, samples=50):
    generator = torch.Generator().manual_seed(1)
    model = copy.deepcopy(module)
    for parameter in model.parameters():
        nn.init.normal_(parameter, generator=generator)
    inputs = torch.randn((samples, *shape), generator=generator)
    model.train()
    with torch.no_grad():
        model(inputs)  # statistics that are not those of the start
    origin = flat(model)
    directions = torch.randn((2, len(origin)), generator=generator)
    targets = torch.randint(3, (samples,), generator=generator)
    return model, inputs, targets, Plane(origin, directions)


def plainly(model, criterion, inputs, targets, weights):
    other = copy.deepcopy(model).eval()
    vector_to_parameters(weights, other.parameters())
    with torch.no_grad():
        return criterion(other(inputs), targets)


@pytest.mark.parametrize(("module", "shape"), CASES)
@pytest.mark.parametrize("tile", [1, 200, 2**19])
def test_it_is_the_loss_with_these_weights(module, shape, tile, monkeypatch):
    monkeypatch.setattr(surface, "TILE", tile)
    monkeypatch.setattr(surface, "ROWS", 16)
    monkeypatch.setattr(surface, "ANSWERS", 1000)
    model, inputs, targets, plane = case(module, shape)
    coordinates = torch.randn((11, 2), generator=torch.Generator().manual_seed(2))
    found = PlaneLoss(model, functional.cross_entropy, inputs, targets, plane).at(coordinates)
    expected = torch.stack(
        [
            plainly(model, functional.cross_entropy, inputs, targets, w)
            for w in plane.at(coordinates)
        ]
    )
    assert found.shape == (11,)
    assert expected.std() > 0.1
    torch.testing.assert_close(found, expected, rtol=1e-5, atol=1e-5)


def test_other_losses_go_through_too():
    model, inputs, _, plane = case(ROW, (5,))
    wanted = torch.randn((50, 3), generator=torch.Generator().manual_seed(3))
    coordinates = torch.tensor([[0.0, 0.0], [0.5, -1.0]])
    found = PlaneLoss(model, functional.huber_loss, inputs, wanted, plane).at(coordinates)
    expected = [
        plainly(model, functional.huber_loss, inputs, wanted, plane.at(c)) for c in coordinates
    ]
    torch.testing.assert_close(found, torch.stack(expected))


def test_the_statistics_are_those_that_were_given():
    model, inputs, targets, plane = case(NORMALISED, (5,))
    kept = {name: buffer.clone() for name, buffer in model.named_buffers()}
    loss = PlaneLoss(model, functional.cross_entropy, inputs, targets, plane, kept)
    before = loss.at(torch.zeros((1, 2)))
    model.train()
    model(3 * inputs + 1)
    assert torch.equal(loss.at(torch.zeros((1, 2))), before)
    present = PlaneLoss(model, functional.cross_entropy, inputs, targets, plane)
    assert not torch.equal(present.at(torch.zeros((1, 2))), before)


def test_the_network_is_only_read():
    model, inputs, targets, plane = case(CONVOLUTION, (1, 4, 5))
    before = {name: value.clone() for name, value in model.state_dict().items()}
    PlaneLoss(model, functional.cross_entropy, inputs, targets, plane).at(torch.ones((2, 2)))
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
