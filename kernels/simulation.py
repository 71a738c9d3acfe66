"""The contract of everything that can be watched: Parameters -> Simulation -> Frame.

A `Simulation` is built from frozen `Parameters` on a device, advances by `step`, and is looked at
through `frame`. It knows neither Qt nor clocks. `advance` is the one way in which a player, a
replay, an export and a test move a simulation on, so that what happens in a run depends on step
numbers alone.
"""

import copy
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar, Generic, Literal, TypeAlias, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray

from kernels.parameters import Action, Parameters

Array: TypeAlias = NDArray[Any]
State: TypeAlias = dict[str, Any]  # tensors, numbers, and dictionaries, lists and tuples of them
Scalar: TypeAlias = float | int | str | bool | None

P = TypeVar("P", bound=Parameters)
F = TypeVar("F", bound="Frame", covariant=True)


def to_host(tensor: torch.Tensor) -> Array:
    """A read-only NumPy copy of `tensor`, of the same shape; it never changes when the simulation goes on."""
    array = tensor.detach().to("cpu", copy=True).numpy()
    array.flags.writeable = False
    return array


@dataclass(frozen=True, slots=True, kw_only=True)
class Finish:
    """Why a simulation ended, with the numbers: `sentence` is ready to be shown."""

    reason: Literal["converged", "diverged", "unbounded below", "stop rule", "complete"]
    sentence: str
    numbers: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What there is to see after `step` steps: read-only NumPy arrays and plain numbers, on the host."""

    step: int

    def row(self) -> dict[str, Scalar]:
        """The scalars of this frame, by name, as one row of an exported table."""
        return {
            f.name: v
            for f in fields(self)
            if isinstance(v := getattr(self, f.name), float | int | str | bool)
        }

    def arrays(self) -> dict[str, Array]:
        """The arrays of this frame, by name, as they are exported to ``.npz``."""
        return {
            f.name: v for f in fields(self) if isinstance(v := getattr(self, f.name), np.ndarray)
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One line of a worked calculation: what it gives, the rule, the rule with its numbers, and the result."""

    name: str  # in words, such as "first moment"
    symbol: str  # TeX
    formula: str  # TeX, in symbols
    numbers: str  # TeX, the formula with the numbers plugged in
    value: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """The next step with every intermediate quantity, in the order in which they are computed."""

    title: str
    terms: tuple[Term, ...]


class Simulation(ABC, Generic[P, F]):
    """A computation that can be watched: it advances step by step and can be looked at after any of them.

    Only `__init__`, `step` and `frame` must be written. `step` launches work on the device and
    never waits for it: no ``.item()``, no ``.cpu()``, no Python branch on a tensor's value. Waiting
    happens in `observe` and `frame` alone.
    """

    dtype: ClassVar[torch.dtype] = torch.float32
    prefers: ClassVar[Literal["cpu", "accelerator"]] = "accelerator"
    observe_every: ClassVar[int] = (
        1  # `advance` calls `observe` after each multiple of this many steps
    )
    shared: ClassVar[frozenset[str]] = (
        frozenset()
    )  # read-only attributes that are no part of a State (data sets)
    not_on_meta: ClassVar[str] = (
        ""  # why the fake-device test cannot build this class; empty if it can
    )

    def __init__(self, parameters: P, device: torch.device) -> None:
        self.parameters = parameters
        self.device = device
        self.step_count = 0
        self.finished: Finish | None = None

    @property
    def length(self) -> int | None:
        """How many steps there are in all, where that is known beforehand."""
        return None

    @abstractmethod
    def step(self, n: int = 1) -> None:
        """Do at most `n` further steps and add them to `step_count`."""

    @abstractmethod
    def frame(self, watch: frozenset[str] = frozenset()) -> F:
        """What there is to see now; parts that cost are made only if `watch` names them."""

    def observe(self) -> None:
        """Decide, on the host, whatever needs a value: stop rules, validation, advice. May set `finished`."""

    def adjust(self, parameters: P) -> None:
        """Go on with other `parameters`, which differ from the present ones in live fields only."""
        self.parameters = parameters

    def act(self, action: Action) -> None:
        """Do what a person asked of the running simulation."""
        raise TypeError(f"{type(self).__name__} knows no action {type(action).__name__}")

    def explain(self, index: int = 0) -> Trace | None:
        """The next step of part `index` (an optimizer, a unit) worked through, on a copy; None if there is no telling."""
        return None

    def summary(self) -> dict[str, Scalar]:
        """What a person would write down at the end of the run."""
        return {}

    def state(self) -> State:
        """All that is needed to go on from here, generators included, sharing no memory with the simulation."""
        kept = {name: value for name, value in vars(self).items() if name not in self.shared}
        return copy.deepcopy(kept)

    def restore(self, state: State) -> None:
        """Go back, or forward, to the moment at which `state` was taken; `state` stays usable."""
        vars(self).update(copy.deepcopy(state))


AnySimulation: TypeAlias = Simulation[Any, Frame]


def advance(simulation: AnySimulation, n: int) -> int:
    """Move `simulation` on by `n` steps, observing at the multiples of `observe_every`; stop where it finishes.

    Returns how many steps were done. Any way of cutting a run into calls gives the same run.
    """
    start = simulation.step_count
    target = start + n
    while simulation.step_count < target and simulation.finished is None:
        before = simulation.step_count
        boundary = (before // simulation.observe_every + 1) * simulation.observe_every
        simulation.step(min(target, boundary) - before)
        if simulation.step_count == before:
            break
        if simulation.step_count == boundary:
            simulation.observe()
    return simulation.step_count - start


def state_bytes(state: object) -> int:
    """The memory that the tensors and arrays of a State take, in bytes."""
    if isinstance(state, torch.Tensor):
        return state.element_size() * state.nelement()
    if isinstance(state, np.ndarray):
        return state.nbytes
    if isinstance(state, Mapping):
        return sum(map(state_bytes, state.values()))
    if isinstance(state, list | tuple):
        return sum(map(state_bytes, state))
    if hasattr(state, "state_dict"):
        return state_bytes(state.state_dict())
    return 0
