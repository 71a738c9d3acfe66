"""What torch has one of in a process, shared out: processors and thread count.

Whoever steps a simulation beside others, in a thread, does it inside `computing`.
"""

import threading
from collections import deque
from collections.abc import Iterator
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
