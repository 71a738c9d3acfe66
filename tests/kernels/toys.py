"""Small simulations for the tests of the contract."""

from dataclasses import dataclass
from typing import ClassVar

import torch

from kernels.device import make_generator
from kernels.parameters import Parameters, setting
from kernels.simulation import Array, Finish, Frame, Simulation, to_host


class NoisyParameters(Parameters):
    seed: int = setting(0, help="Where chance starts.")
    rate: float = setting(0.1, help="How far.", live=True)
    stop_at: int | None = setting(None, help="The step at which it stops.")
    length: int | None = setting(None, help="How many steps there are.")


@dataclass(frozen=True, slots=True, kw_only=True)
class NoisyFrame(Frame):
    """`weights` (4, 2) and the loss."""

    weights: Array
    loss: float


class Noisy(Simulation[NoisyParameters, NoisyFrame]):
    """Adam on a bowl with noise: every sort of state, from modules to generators."""

    observe_every: ClassVar[int] = 4
    shared: ClassVar[frozenset[str]] = frozenset({"data"})

    def __init__(self, parameters: NoisyParameters, device: torch.device) -> None:
        super().__init__(parameters, device)
        self.generator = make_generator(device, parameters.seed)
        self.data = torch.ones(1000, 2, device=device)
        with torch.device(device):
            self.model = torch.nn.Linear(2, 4, bias=False)
        torch.nn.init.ones_(self.model.weight)
        self.batches = [self.data[:8]]  # refers to what is shared
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=parameters.rate)
        self.path = torch.zeros(100, 2, device=device)
        self.last = self.path[-1]  # a view of a buffer that is written in place
        self.observed: list[tuple[int, int]] = []

    @property
    def length(self) -> int | None:
        return self.parameters.length

    def step(self, n: int = 1) -> None:
        if self.length is not None:
            n = min(n, self.length - self.step_count)
        for _ in range(n):
            noise = torch.randn(8, 4, generator=self.generator, device=self.device)
            loss = (self.model(self.batches[0]) + noise).square().mean()
            self.optimizer.zero_grad()
            loss.backward()
            self.optimizer.step()
            self.last.add_(self.model.weight.detach()[0])
            self.step_count += 1

    def observe(self) -> None:
        self.observed.append((self.step_count, len(self.observed)))
        if self.parameters.stop_at is not None and self.step_count >= self.parameters.stop_at:
            self.finished = Finish(reason="stop rule", sentence="It was told to stop.")

    def frame(self, watch: frozenset[str] = frozenset()) -> NoisyFrame:
        weights = self.model.weight
        loss = weights.square().mean().item()
        return NoisyFrame(step=self.step_count, weights=to_host(weights), loss=loss)
