"""Small simulations for the tests of the player, and what their frames are in a plain loop."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar, Literal

import torch

from kernels.device import make_generator
from kernels.errors import DataError
from kernels.parameters import Action, Parameters, setting
from kernels.simulation import (
    Array,
    Document,
    Finish,
    Frame,
    Simulation,
    Term,
    Trace,
    advance,
    to_host,
)
from visualizer.playing.computing import computing

CPU = torch.device("cpu")


class WalkParameters(Parameters):
    seed: int = setting(0, help="Where its own generator starts.")
    size: int = setting(8, help="How many walkers.")
    rate: float = setting(0.1, help="How far they go in a step.", live=True)
    length: int | None = setting(None, help="How many steps there are.")
    finish_at: int | None = setting(None, help="The step at which it converges.")
    fail_in: Literal["", "constructor", "step", "frame", "adjust", "sentence"] = setting(
        "", help="Where it fails."
    )
    fail_at: int = setting(0, help="From which step on it fails.")


class Jump(Action):
    kind: Literal["jump"] = "jump"
    by: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class WalkFrame(Frame):
    rate: float
    position: Array  # (size,)
    seen: tuple[str, ...] = ()


class Walk(Simulation[WalkParameters, WalkFrame]):
    """A random walk that draws from a generator of its own and, as dropout does, from torch's."""

    dtype: ClassVar[torch.dtype] = torch.float64
    observe_every: ClassVar[int] = 5
    actions: ClassVar[tuple[type[Action], ...]] = (Jump,)
    documents: ClassVar[tuple[Document, ...]] = (Document(".safetensors", "Position"),)

    def __init__(self, parameters: WalkParameters, device: torch.device = CPU) -> None:
        super().__init__(parameters, device)
        if parameters.fail_in == "constructor":
            raise RuntimeError("no such thing")
        if parameters.fail_in == "sentence":
            raise DataError("The file has no rows. Give one with rows.")
        self.generator = make_generator(device, parameters.seed)
        self.position = torch.rand(parameters.size, dtype=torch.float64)  # global generator

    @property
    def length(self) -> int | None:
        return self.parameters.length

    def step(self, n: int = 1) -> None:
        for _ in range(n):
            if self.step_count == self.parameters.length:
                return
            if self.parameters.fail_in == "step" and self.step_count >= self.parameters.fail_at:
                self.position.fill_(float("nan"))  # leaves a mess
                raise ZeroDivisionError("a step that cannot be done")
            noise = torch.randn(self.position.shape, dtype=torch.float64, generator=self.generator)
            kept = torch.nn.functional.dropout(self.position, 0.3)
            self.position += self.parameters.rate * (noise - 0.01 * kept)
            self.step_count += 1

    def observe(self) -> None:
        finish_at = self.parameters.finish_at
        if finish_at is not None and self.step_count >= finish_at:
            self.finished = Finish(reason="converged", sentence="It is there.")

    def frame(self, watch: frozenset[str] = frozenset()) -> WalkFrame:
        if self.parameters.fail_in == "frame" and self.step_count >= self.parameters.fail_at:
            raise KeyError("a frame that cannot be made")
        torch.rand(3)  # looking must leave no trace
        return WalkFrame(
            step=self.step_count,
            rate=self.parameters.rate,
            position=to_host(self.position),
            seen=tuple(sorted(watch)),
        )

    def adjust(self, parameters: WalkParameters) -> None:
        self.parameters = parameters
        if parameters.fail_in == "adjust":
            self.position.fill_(float("nan"))
            raise ValueError("a change that cannot be made")

    def act(self, action: Action) -> None:
        assert isinstance(action, Jump)
        self.position += action.by * torch.rand(1, dtype=torch.float64)  # global generator

    def explain(self, index: int = 0) -> Trace | None:
        term = Term(name="rate", symbol="r", formula="r", numbers="r", value=(float(index),))
        return Trace(title=f"step {self.step_count + 1}", terms=(term,))

    def document(self, suffix: str) -> dict[str, bytes]:
        torch.rand(3)  # saving must leave no trace
        return {suffix: self.position.numpy().tobytes()}


def walk(**parameters: Any) -> Callable[[], Walk]:
    """What builds a `Walk`."""
    return partial(Walk, WalkParameters(**parameters))


def straight(
    steps: Iterable[int], journal: tuple[tuple[int, Any], ...] = (), **parameters: Any
) -> dict[int, WalkFrame]:
    """The frames at `steps` of a walk made in a plain loop, by step; the oracle of the player.

    A player that is on its way somewhere must not draw from torch's generator meanwhile.
    """
    with computing(torch.get_num_threads()):
        return _straight(steps, journal, **parameters)


def _straight(
    steps: Iterable[int], journal: tuple[tuple[int, Any], ...], **parameters: Any
) -> dict[int, WalkFrame]:
    torch.manual_seed(0)
    simulation = Walk(WalkParameters(**parameters))
    wanted, found = set(steps), {}
    for step in range(max(wanted) + 1):
        for at, given in journal:
            if at == step:
                (simulation.act if isinstance(given, Action) else simulation.adjust)(given)
        if step in wanted:
            with torch.random.fork_rng(devices=[]):
                found[step] = simulation.frame()
        advance(simulation, 1)
    return found


def same(one: Frame, other: Frame) -> bool:
    """Whether two frames of walks are equal to the last bit."""
    assert isinstance(one, WalkFrame)
    assert isinstance(other, WalkFrame)
    return (
        one.step == other.step
        and one.rate == other.rate
        and one.position.tobytes() == other.position.tobytes()
    )
