"""torch's global generators, of which a process has one set, shared out among simulations.

Library layers (dropout) draw from them. Whoever steps several simulations by turns does it inside
`GlobalGenerators.in_use`; then none disturbs another.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import torch


class GlobalGenerators:
    """torch's global generators as one simulation sees them, kept apart from everybody else's.

    Parameters
    ----------
    seed
        What they start from; None for where they are. The state of the process is left as it was.
    device
        Where the simulation computes; of accelerators only this one is looked after.
    """

    def __init__(self, seed: int | None, device: torch.device) -> None:
        self.device = device
        outer = self.state = self._read()
        if seed is not None:
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
        if self.device.type == "meta":  # it has no generator
            return {}
        states = {"cpu": torch.get_rng_state()}
        if self.device.type == "cuda":
            states["cuda"] = torch.cuda.get_rng_state(self.device)
        elif self.device.type == "mps":
            states["mps"] = torch.mps.get_rng_state()
        return states

    def _write(self, states: Mapping[str, torch.Tensor]) -> None:
        if "cpu" in states:
            torch.set_rng_state(states["cpu"])
        if "cuda" in states:
            torch.cuda.set_rng_state(states["cuda"], self.device)
        elif "mps" in states:
            torch.mps.set_rng_state(states["mps"])
