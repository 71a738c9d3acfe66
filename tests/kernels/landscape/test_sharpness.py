"""The largest curvature against the whole Hessian of a small network."""

import pytest
import torch
from torch import nn
from torch.func import functional_call
from torch.nn import functional

from kernels.landscape.plane import flat, unflattened
from kernels.landscape.sharpness import largest_curvature

MODEL = nn.Sequential(nn.Linear(2, 4), nn.Tanh(), nn.Linear(4, 2), nn.Tanh(), nn.Linear(2, 1))


def problem(dtype):
    generator = torch.Generator().manual_seed(4)
    for parameter in MODEL.parameters():
        nn.init.normal_(parameter, generator=generator)
    model = MODEL.to(dtype)
    inputs = torch.randn((40, 2), generator=generator, dtype=torch.float64).to(dtype)
    wanted = (inputs.square().sum(1, keepdim=True) < 1).to(dtype)

    def loss(vector):
        outputs = functional_call(model, unflattened(vector, model), (inputs,))
        return functional.binary_cross_entropy_with_logits(outputs, wanted)

    present = functional.binary_cross_entropy_with_logits(model(inputs), wanted)
    return model, present, torch.autograd.functional.hessian(loss, flat(model))


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_it_is_the_largest_eigenvalue_of_the_hessian(dtype):
    model, loss, hessian = problem(dtype)
    values, vectors = torch.linalg.eigh(hessian.double())
    value, vector = largest_curvature(loss, list(model.parameters()), torch.ones_like(flat(model)))
    close = 1e-5 if dtype == torch.float32 else 1e-10
    assert value.item() == pytest.approx(values[-1].item(), rel=close)
    assert abs(vector.double() @ vectors[:, -1]).item() == pytest.approx(1.0, abs=10 * close)


def test_a_few_steps_give_less_and_a_good_start_gives_all():
    model, loss, hessian = problem(torch.float64)
    values, vectors = torch.linalg.eigh(hessian)
    parameters = list(model.parameters())
    rough, _ = largest_curvature(loss, parameters, torch.ones_like(hessian[0]), steps=2)
    assert rough < values[-1] - 1e-6
    _, loss, _ = problem(torch.float64)
    exact, _ = largest_curvature(loss, parameters, vectors[:, -1], steps=2)
    assert exact.item() == pytest.approx(values[-1].item(), rel=1e-12)


def test_a_plain_linear_fit_is_known():
    x = torch.tensor([[1.0], [2.0], [3.0]], dtype=torch.float64)
    w = torch.zeros((1, 1), dtype=torch.float64, requires_grad=True)
    loss = functional.mse_loss(x @ w, x)
    value, vector = largest_curvature(loss, [w], torch.ones(1, dtype=torch.float64))
    assert value.item() == pytest.approx(2 * (1 + 4 + 9) / 3)
    assert vector.abs().item() == pytest.approx(1.0)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_from_the_eigenvector_itself_nothing_is_made_up(dtype):
    scales = torch.tensor([-3.0, -2.0, -1.0], dtype=dtype)
    w = torch.zeros(3, dtype=dtype, requires_grad=True)
    for start in torch.eye(3, dtype=dtype):
        loss = (scales * w.square()).sum() / 2
        value, vector = largest_curvature(loss, [w], start)
        assert value.item() == pytest.approx((scales @ start).item())  # all that it can reach
        assert vector.abs().tolist() == start.tolist()


def test_a_loss_that_is_no_number_has_no_curvature():
    w = torch.full((3,), torch.nan, requires_grad=True)
    start = torch.ones(3)
    value, vector = largest_curvature(w.pow(4).sum(), [w], start)
    assert value.isnan()
    assert torch.equal(vector, start)
