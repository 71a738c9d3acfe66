"""What a network is trained to make small, and how its outputs are read."""

from typing import Literal, TypeAlias

import torch
from torch import Tensor
from torch.nn import functional

from kernels.errors import ParameterError
from kernels.samples.samples import Dataset

LossName = Literal["auto", "mse", "huber", "bce", "cross-entropy"]
Found: TypeAlias = Literal["mse", "huber", "bce", "cross-entropy"]

LOSS_LABELS = {
    "auto": "As suits the data",
    "mse": "Mean squared error",
    "huber": "Huber",
    "bce": "Binary cross-entropy",
    "cross-entropy": "Cross-entropy",
}


class Criterion:
    """The loss between the outputs of a network and the targets of a data set.

    Two classes are one output, the score of the second class, for every loss but cross-entropy; of
    more classes each has an output of its own. Binary cross-entropy and cross-entropy take scores
    before the sigmoid or the softmax (logits); mean squared error and Huber compare the outputs
    themselves with 0 and 1.

    Attributes
    ----------
    name, outputs
        The loss, with "auto" decided, and how many outputs the network needs.

    Raises
    ------
    ParameterError
        If the loss is for classes and the data have none.
    """

    def __init__(self, loss: LossName, dataset: Dataset, label_smoothing: float = 0.0) -> None:
        self.classes = len(dataset.classes)
        if not self.classes and loss in ("bce", "cross-entropy"):
            raise ParameterError(
                f"The loss '{LOSS_LABELS[loss]}' is for classes, and {dataset.title} has numbers "
                "to be found. Choose mean squared error or Huber.",
                "loss",
            )
        usual: Found = (
            "mse" if not self.classes else "bce" if self.classes == 2 else "cross-entropy"
        )
        self.name: Found = usual if loss == "auto" else loss
        self.label_smoothing = label_smoothing
        self.is_single = self.classes == 2 and self.name != "cross-entropy"
        self.outputs = 1 if self.is_single else dataset.outputs

    def __call__(self, outputs: Tensor, targets: Tensor) -> Tensor:
        """The mean loss of `outputs`, (N, outputs), for `targets`, (N,) classes or (N, K)."""
        if self.name == "cross-entropy":
            return functional.cross_entropy(outputs, targets, label_smoothing=self.label_smoothing)
        wanted = self.wanted(targets, outputs.dtype)
        if self.name == "bce":
            return functional.binary_cross_entropy_with_logits(outputs, wanted)
        if self.name == "huber":
            return functional.huber_loss(outputs, wanted)
        return functional.mse_loss(outputs, wanted)

    def each(self, outputs: Tensor, targets: Tensor) -> Tensor:
        """The loss of each sample, (N,), whose mean is that of all."""
        if self.name == "cross-entropy":
            return functional.cross_entropy(
                outputs, targets, label_smoothing=self.label_smoothing, reduction="none"
            )
        wanted = self.wanted(targets, outputs.dtype)
        if self.name == "bce":
            found = functional.binary_cross_entropy_with_logits(outputs, wanted, reduction="none")
        elif self.name == "huber":
            found = functional.huber_loss(outputs, wanted, reduction="none")
        else:
            found = functional.mse_loss(outputs, wanted, reduction="none")
        return found.mean(-1)

    def wanted(self, targets: Tensor, dtype: torch.dtype) -> Tensor:
        """The outputs, (N, outputs), that `targets` ask for; label smoothing is in them.

        Cross-entropy has a share for each class, which is what smoothed labels are.
        """
        if not self.classes:
            return targets.to(dtype)
        if self.is_single:
            wanted = targets.to(dtype).unsqueeze(-1)
            floor = self.label_smoothing / 2
        else:
            wanted = functional.one_hot(targets, self.classes).to(dtype)
            floor = self.label_smoothing / self.classes
        return wanted * (1 - self.label_smoothing) + floor

    def probabilities(self, outputs: Tensor) -> Tensor:
        """What `outputs`, (..., outputs), say of each class, (..., classes).

        Probabilities for the cross-entropies; for the other losses the outputs themselves, which
        need not add up to one.
        """
        if self.name == "cross-entropy":
            return outputs.softmax(-1)
        shares = outputs.sigmoid() if self.name == "bce" else outputs
        return torch.cat([1 - shares, shares], dim=-1) if self.is_single else shares

    def accuracy(self, outputs: Tensor, targets: Tensor) -> Tensor:
        """The share of `outputs`, (N, outputs), whose class is that of `targets`; NaN for numbers.

        Of the same device, a tensor without dimensions: nothing is waited for.
        """
        if not self.classes:
            return outputs.new_full((), torch.nan)
        return (self.predicted(outputs) == targets).to(outputs.dtype).mean()

    def predicted(self, outputs: Tensor) -> Tensor:
        """The class that each of `outputs`, (N, outputs), is for, (N,)."""
        if self.is_single:
            middle = 0.0 if self.name == "bce" else 0.5
            return (outputs[:, 0] > middle).long()
        return outputs.argmax(-1)
