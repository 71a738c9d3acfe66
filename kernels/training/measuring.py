"""What is measured of a run in evaluation mode, again and again, and when that ends it."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from kernels.history import Thinned
from kernels.simulation import Array, Finish, to_host
from kernels.training.learner import Learner
from kernels.training.parameters import Training
from kernels.training.tensors import Tensors

ENOUGH = 1e-12  # a loss that is lower by less is not lower
ROUNDED = 1e-6  # an accuracy in float32 may be as far off, and one sample is 1e-4 at least


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """What was measured after `step` steps: equal to itself alone.

    `values`, (4,), are the losses of the training and of the validation data and then the two
    accuracies; `answers`, (V, outputs), the outputs for the validation data.
    """

    step: int
    values: Tensor
    answers: Tensor


class Measurements:
    """Losses and accuracies of the training and the validation data, every `every` steps.

    Of each the first samples are measured, at most as many as `most` says.

    Attributes
    ----------
    last
        What was measured last.
    """

    last: Measured

    def __init__(
        self, every: int, most: tuple[int, int], device: torch.device, dtype: torch.dtype
    ) -> None:
        self._most = most
        self._kept = Thinned((4,), device=device, dtype=dtype, stride=every)
        self._best = math.inf, 0  # the lowest validation loss, and the step at which it came

    def measure(self, learner: Learner, train: Tensors, validation: Tensors, step: int) -> None:
        """Note loss and accuracy after `step` steps, on the device, without waiting."""
        trained = learner.evaluate(train.first(self._most[0]))
        measured = validation.first(self._most[1])
        answers = learner.outputs(measured.inputs)
        validated = learner.judge(answers, measured.targets)
        values = torch.stack([trained[0], validated[0], trained[1], validated[1]])
        self.last = Measured(step, values, answers)
        self._kept.record(step, values)

    def notes(self, train: Tensors, validation: Tensors) -> tuple[str, ...]:
        """A sentence on how many samples are measured, where these are not all."""
        parts = (("training", len(train)), ("validation", len(validation)))
        told = [
            f"the first {most:,} of {there:,} {name} samples"
            for (name, there), most in zip(parts, self._most, strict=True)
            if there > most
        ]
        return (f"Measured in evaluation mode: {' and '.join(told)}.",) if told else ()

    def curves(self) -> tuple[Array, Array]:
        """The steps of all that is kept, (M,), and it, (4, M): two losses, two accuracies."""
        steps, (curves,) = self._kept.up_to(self.last.step, self.last.values)
        return steps, to_host(curves)

    def ending(self, wanted: Training, per_epoch: int) -> Finish | None:
        """Why a run ends after what was measured last, by the stop rules `wanted`, or None."""
        train_loss, loss, _, accuracy = map(float, to_host(self.last.values))
        step = self.last.step
        if loss < self._best[0] - ENOUGH:
            self._best = loss, step
        numbers = {"step": step, "validation loss": loss, "validation accuracy": accuracy}
        if not math.isfinite(train_loss):
            return Finish(
                reason="diverged",
                sentence=f"The loss is no number any more after {step:,} steps. Go back to an "
                "earlier step and lower the learning rate.",
                numbers=numbers,
            )
        since_best = (step - self._best[1]) / per_epoch
        if wanted.target_loss and loss <= wanted.target_loss:
            told = f"the validation loss {loss:.4g} is at most {wanted.target_loss:g}"
        elif wanted.target_accuracy and accuracy >= wanted.target_accuracy - ROUNDED:
            told = (
                f"the validation accuracy {accuracy:.2%} is at least {wanted.target_accuracy:.2%}"
            )
        elif wanted.patience and since_best >= wanted.patience:
            told = (
                f"the validation loss has not been below {self._best[0]:.4g} for "
                f"{wanted.patience} epochs"
            )
        else:
            return None
        return Finish(
            reason="stop rule", sentence=f"Stopped after {step:,} steps: {told}.", numbers=numbers
        )
