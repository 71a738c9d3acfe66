"""The arrays of a data set as tensors on a device."""

import warnings
from dataclasses import dataclass

import torch
from torch import Tensor

from kernels.samples.samples import Samples


@dataclass(frozen=True, slots=True)
class Tensors:
    """N samples on a device: `inputs`, (N, *shape), and `targets`, (N,) classes or (N, K)."""

    inputs: Tensor
    targets: Tensor

    def __len__(self) -> int:
        return len(self.inputs)

    def take(self, picked: Tensor) -> tuple[Tensor, Tensor]:
        """The inputs and targets of the samples with the numbers `picked`, (B,)."""
        # In a quarter of the time that brackets take.
        return self.inputs.index_select(0, picked), self.targets.index_select(0, picked)

    def first(self, n: int) -> "Tensors":
        """The first `n` samples, sharing memory."""
        return Tensors(self.inputs[:n], self.targets[:n])


def tensors_of(samples: Samples, device: torch.device) -> Tensors:
    """`samples` on `device`; on the CPU they share the memory of the arrays, and are only read."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # that nobody may write into them
        inputs, targets = torch.from_numpy(samples.inputs), torch.from_numpy(samples.targets)
    return Tensors(inputs.to(device), targets.to(device))
