"""What torch has one of in a process, shared out: processors, thread count, global generators.

Whoever steps a simulation beside others, in a thread, does it inside `computing`; its library
layers (dropout) draw inside `GlobalGenerators.in_use`. Then two runs do not disturb each other.
"""

import threading
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import torch


def warm_up() -> None:
    """Have done what torch does at the first optimizer: it imports for seconds."""
    weight = torch.zeros(1, requires_grad=True)
    optimizer = torch.optim.Adam([weight])
    weight.grad = torch.ones(1)
    optimizer.step()


class FairLock:
    """A lock given in the order of asking: a busy loop lets others in between two of its turns."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[threading.Lock] = deque()
        self._taken = False

    def __enter__(self) -> None:
        with self._guard:
            if not self._taken:
                self._taken = True
                return
            turn = threading.Lock()
            turn.acquire()
            self._waiting.append(turn)
        turn.acquire()  # released by the one before, who hands the lock over

    def __exit__(self, *_: object) -> None:
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._taken = False


_LOCK = FairLock()


@contextmanager
def computing(threads: int) -> Iterator[None]:
    """Compute with `threads` intra-op threads, alone in the process. Not to be nested."""
    with _LOCK:
        if torch.get_num_threads() != threads:
            torch.set_num_threads(threads)
        yield


class GlobalGenerators:
    """torch's global generators as one simulation sees them, kept apart from everybody else's.

    Parameters
    ----------
    seed
        What they start from; the state of the process is left as it was.
    device
        Where the simulation computes; of accelerators only this one is looked after.
    """

    def __init__(self, seed: int, device: torch.device) -> None:
        self.device = device
        outer = self._read()
        torch.manual_seed(seed)
        self.state = self._read()
        self._write(outer)
        self._held = False

    @contextmanager
    def in_use(self, *, keep: bool = True) -> Iterator[None]:
        """The global generators are this simulation's; without `keep`, drawing leaves no trace."""
        if self._held:
            yield
            return
        outer = self._read()
        self._write(self.state)
        self._held = True
        try:
            yield
        finally:
            self._held = False
            if keep:
                self.state = self._read()
            self._write(outer)

    def current(self) -> dict[str, torch.Tensor]:
        """The state as it is now, in use or not; to be put into `state` later."""
        return self._read() if self._held else self.state

    def _read(self) -> dict[str, torch.Tensor]:
        states = {"cpu": torch.get_rng_state()}
        if self.device.type == "cuda":
            states["cuda"] = torch.cuda.get_rng_state(self.device)
        elif self.device.type == "mps":
            states["mps"] = torch.mps.get_rng_state()
        return states

    def _write(self, states: Mapping[str, torch.Tensor]) -> None:
        torch.set_rng_state(states["cpu"])
        if "cuda" in states:
            torch.cuda.set_rng_state(states["cuda"], self.device)
        elif "mps" in states:
            torch.mps.set_rng_state(states["mps"])
