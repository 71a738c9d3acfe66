"""The fake device lets a clean simulation pass, and catches each way of waiting for the device."""

from collections.abc import Callable

import pytest
import torch
from torch._subclasses.fake_tensor import (
    DataDependentOutputException,
    DynamicOutputShapeException,
)

from kernels.parameters import Parameters
from kernels.simulation import Frame, Simulation
from tests.kernels.fake_device import CopiedToHost, run_on_meta
from tests.kernels.toys import Noisy, NoisyParameters

Rule = Callable[[torch.Tensor], torch.Tensor]


class Toy(Simulation[Parameters, Frame]):
    """A tensor to which a rule is applied at every step."""

    def __init__(self, rule: Rule, device: torch.device) -> None:
        super().__init__(Parameters(), device)
        self.rule = rule
        self.weights = torch.ones(4, device=device)

    def step(self, n: int = 1) -> None:
        for _ in range(n):
            self.weights = self.rule(self.weights)
            self.step_count += 1

    def frame(self, watch: frozenset[str] = frozenset()) -> Frame:
        return Frame(step=self.step_count)


def on_meta(rule: Rule) -> None:
    run_on_meta(lambda device: Toy(rule, device))


REAL = torch.ones(4)  # made before: a data set


@pytest.mark.parametrize(
    "rule",
    [
        lambda w: w * 2,
        lambda w: torch.where(w.sum() > 1, w, -w),
        lambda w: w + torch.tensor([1.0, 2.0, 3.0, 4.0]).to(w.device),
        lambda w: w + REAL.to(w.device),
        lambda w: w + torch.tensor(3.0),  # a number may stay on the CPU
        lambda w: w.to(torch.float64).to(w.device),
    ],
)
def test_clean_steps_pass(rule):
    on_meta(rule)


@pytest.mark.parametrize(
    ("rule", "error"),
    [
        (lambda w: w * w.sum().item(), DataDependentOutputException),
        (lambda w: w if w.sum() > 0 else -w, DataDependentOutputException),
        (lambda w: w * w.tolist()[0], DataDependentOutputException),
        (lambda w: w[w > 0], DynamicOutputShapeException),
        (lambda w: w.cpu().to(w.device), CopiedToHost),
        (lambda w: w.to("cpu"), CopiedToHost),
        (lambda w: w * w.sum().to("cpu", non_blocking=True), CopiedToHost),
        (lambda w: torch.empty(4).copy_(w), CopiedToHost),
        (lambda w: torch.from_numpy(w.numpy()), (RuntimeError, TypeError)),
        (lambda w: w + torch.ones(4), RuntimeError),  # mixed devices
        (lambda w: torch.ones(4), AssertionError),  # not on its device at all
    ],
)
def test_waiting_is_caught(rule, error):
    with pytest.raises(error):
        on_meta(rule)


def test_waiting_in_the_constructor_is_caught():
    def build(device: torch.device) -> Toy:
        toy = Toy(torch.neg, device)
        toy.weights = toy.weights.cpu()
        return toy

    with pytest.raises(CopiedToHost):
        run_on_meta(build)


def test_a_simulation_that_does_not_count_is_caught():
    class Idle(Toy):
        def step(self, n: int = 1) -> None:
            self.weights = self.weights + 1

    with pytest.raises(AssertionError, match="count"):
        run_on_meta(lambda device: Idle(torch.neg, device))


def test_modules_and_optimizers_run_there():
    assert run_on_meta(lambda device: Noisy(NoisyParameters(), device), 5).step_count == 5
