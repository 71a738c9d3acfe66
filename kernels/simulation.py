"""The contract of everything that can be watched: Parameters -> Simulation -> Frame.

A `Simulation` is built from frozen `Parameters` on a device, advances by `step`, and is looked at
through `frame`. It knows neither Qt nor clocks. `advance` is the one way in which a player, a
replay, an export and a test move a simulation on, so that what happens in a run depends on step
numbers alone.
"""

import copy
from abc import ABC, abstractmethod
from collections import deque
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
    """A read-only NumPy copy of `tensor`, of the same shape, that the simulation never changes.

    The dtype is the same too, but for bfloat16, which NumPy lacks: it becomes float32.
    """
    dtype = torch.float32 if tensor.dtype == torch.bfloat16 else tensor.dtype
    copied = tensor.detach().to("cpu", dtype, copy=True)
    array = copied.resolve_conj().resolve_neg().numpy()
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
    """What there is to see after `step` steps, on the host: read-only arrays and plain numbers."""

    step: int

    def __post_init__(self) -> None:
        for array in self.arrays().values():
            array.flags.writeable = False

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


class Lasting:
    """What frames refer to that is one object for a whole run, and the same in all of them."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One line of a worked calculation: the rule, the rule with its numbers, and the result."""

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
    key: str = ""  # what its symbols mean, in words


@dataclass(frozen=True, slots=True)
class Document:
    """What a run can be saved as: the suffix of its file, and what it is called ("Weights").

    `loads` is the file filter of what can be loaded in its place, such as ``"Weights (*.pt)"``; its
    panel says in `dropParameters` what becomes of such a file. `note` is told when it is saved.
    """

    suffix: str
    title: str
    loads: str = ""
    note: str = ""


class Simulation(ABC, Generic[P, F]):
    """A computation that can be watched: it goes step by step and can be looked at after any.

    Only `__init__`, `step` and `frame` must be written. `step` launches work on the device and
    never waits for it: no ``.item()``, no ``.cpu()``, no Python branch on a tensor's value. Waiting
    happens in `observe` and `frame` alone.

    Attributes
    ----------
    dtype, prefers
        In what it computes, and where it is faster.
    observe_every
        `advance` calls `observe` after each multiple of this many steps.
    shared
        Names of attributes that are only read and are no part of a State, such as data sets.
    actions
        What `act` knows; each has a field `kind`.
    documents
        What `document` can write; pictures and tables of frames are none of these.
    apart
        Beside a window it is computed in a process of its own: where a step is many small
        operations, so that Python takes most of its time, or where every step counts. Parameters,
        actions and frames are pickled then.
    not_on_meta
        Why the fake-device test cannot build the class; empty if it can.
    """

    dtype: ClassVar[torch.dtype] = torch.float32
    prefers: ClassVar[Literal["cpu", "accelerator"]] = "accelerator"
    observe_every: ClassVar[int] = 1
    shared: ClassVar[frozenset[str]] = frozenset()
    actions: ClassVar[tuple[type[Action], ...]] = ()
    documents: ClassVar[tuple[Document, ...]] = ()
    apart: ClassVar[bool] = False
    not_on_meta: ClassVar[str] = ""

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
        """Decide, on the host, whatever needs a value: stop rules, validation, advice.

        May set `finished`.
        """

    def adjust(self, parameters: P) -> None:
        """Go on with other `parameters`, which differ from the present ones in live fields only."""
        self.parameters = parameters

    def act(self, action: Action) -> None:
        """Do what a person asked of the running simulation."""
        raise TypeError(f"{type(self).__name__} knows no action {type(action).__name__}")

    def explain(self, index: int = 0) -> Trace | None:
        """The next step of part `index` (an optimizer, a unit) worked through, on a copy.

        None if there is no telling.
        """
        return None

    def summary(self) -> dict[str, Scalar]:
        """What a person would write down at the end of the run."""
        return {}

    def document(self, suffix: str) -> Mapping[str, bytes]:
        """The files of the document with that suffix, by what follows their common name.

        One of them ends in `suffix` alone, such as ``.py``; another may be ``-data.npz``. The same
        run at the same step always gives the same bytes.
        """
        raise TypeError(f"{type(self).__name__} has no document {suffix}")

    def state(self) -> State:
        """All that is needed to go on from here, generators included, sharing no memory with it.

        By default a deep copy of all attributes but the `shared` ones. What belongs together stays
        together (an optimizer and its parameters, a buffer and its views), but for two things that
        torch does not copy: the ``.grad`` and the views of an `nn.Parameter`, and the hook that a
        scheduler of `torch.optim` puts into its optimizer.
        """
        kept = {name: value for name, value in vars(self).items() if name not in self.shared}
        return self._copied(kept)

    def restore(self, state: State) -> None:
        """Go back, or forward, to the moment at which `state` was taken; `state` stays usable."""
        restored = self._copied(state)
        shared = {name: value for name, value in vars(self).items() if name in self.shared}
        vars(self).clear()  # attributes that came later go, too
        vars(self).update(shared | restored)

    def _copied(self, kept: State) -> State:
        """A deep copy that refers to what is shared, and to frozen parameters, as it is."""
        common = [getattr(self, name) for name in self.shared if hasattr(self, name)]
        common += [value for value in kept.values() if isinstance(value, Parameters)]
        return copy.deepcopy(kept, {id(value): value for value in common})


AnySimulation: TypeAlias = Simulation[Any, Frame]


def advance(simulation: AnySimulation, n: int) -> int:
    """Move `simulation` on by `n` steps, or until it finishes; returns how many steps were done.

    It observes at the multiples of `observe_every` steps, and at the end where the length is known,
    so that any way of cutting a run into calls gives the same run.
    """
    start = simulation.step_count
    target = start + n
    while simulation.step_count < target and simulation.finished is None:
        before = simulation.step_count
        boundary = (before // simulation.observe_every + 1) * simulation.observe_every
        if simulation.length is not None and before < simulation.length:
            boundary = min(boundary, simulation.length)
        simulation.step(min(target, boundary) - before)
        if simulation.step_count == before:
            break
        if simulation.step_count == boundary:
            simulation.observe()
    return simulation.step_count - start


def state_bytes(state: object) -> int:
    """The memory of the tensors and arrays in a State, in bytes; what is shared counts once."""
    return _bytes_below(state, set())


_WITHOUT_ARRAYS = (bool, int, float, str, type, Parameters)  # most of a State, soon passed over


def _bytes_below(value: object, seen: set[int]) -> int:
    if value is None or isinstance(value, _WITHOUT_ARRAYS):
        return 0
    if isinstance(value, torch.Tensor):
        storage = value.untyped_storage()
        if storage.data_ptr() in seen:
            return 0
        seen.add(storage.data_ptr())
        return storage.nbytes() + _bytes_below(value.grad if value.is_leaf else None, seen)
    if id(value) in seen:
        return 0
    seen.add(id(value))
    if isinstance(value, np.ndarray):
        return value.nbytes if value.base is None else _bytes_below(value.base, seen)
    if isinstance(value, Mapping):
        return sum(_bytes_below(part, seen) for part in value.values())
    if isinstance(value, list | tuple | set | frozenset | deque):
        return sum(_bytes_below(part, seen) for part in value)
    slots = (name for kind in type(value).__mro__ for name in getattr(kind, "__slots__", ()))
    parts = [getattr(value, name, None) for name in ("__dict__", *slots)]
    return sum(_bytes_below(part, seen) for part in parts)
