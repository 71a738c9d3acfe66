"""A check without a GPU that a simulation never waits for its device.

On the device `meta` tensors have a shape and no values. Under torch's fake mode whatever needs a
value there raises: ``.item()``, ``.tolist()``, ``.numpy()``, a branch on a tensor, a boolean mask,
and the mixing of devices. A copy to the CPU does not; the mode below sees to that.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from kernels.simulation import AnySimulation

META = torch.device("meta")


class CopiedToHost(AssertionError):
    """A step copied from the device to the CPU, which waits for the device."""


class _Watch(TorchDispatchMode):
    """Fails on an operation that takes a tensor from `meta` and gives one on the CPU."""

    def __init__(self) -> None:
        super().__init__()
        self.computed = 0  # operations that gave something on `meta`

    def __torch_dispatch__(
        self, func: Any, types: Any, args: Any = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        result = func(*args, **(kwargs or {}))
        given, made = _devices((args, kwargs)), _devices(result)
        if "meta" in given and "cpu" in made:
            raise CopiedToHost(f"{func} copies from the device to the CPU")
        self.computed += "meta" in made
        return result


def _devices(tree: Any) -> set[str]:
    return {leaf.device.type for leaf in tree_leaves(tree) if isinstance(leaf, torch.Tensor)}


def run_on_meta(build: Callable[[torch.device], AnySimulation], steps: int = 3) -> AnySimulation:
    """The simulation that `build` makes on the device `meta`, after `steps` single steps.

    Raises `CopiedToHost`, or what torch's fake mode raises, if building or stepping it waits for
    the device; AssertionError if it does nothing there.
    """
    watch = _Watch()
    with FakeTensorMode(allow_non_fake_inputs=True), watch:
        simulation = build(META)
        watch.computed = 0
        for _ in range(steps):
            simulation.step()
    assert simulation.step_count == steps, "it did not count its steps"
    assert watch.computed > 0, "it computed nothing on its device"
    return simulation
