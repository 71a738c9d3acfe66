"""What there is to see of the comparison of samplers."""

from dataclasses import dataclass

from kernels.samples.samples import Dataset
from kernels.simulation import Array, Frame, Lasting, Scalar


@dataclass(frozen=True, slots=True, eq=False)
class SamplingPlan(Lasting):
    """What stays: the data, the name of each sampler, random order first, loss and batches."""

    dataset: Dataset
    names: tuple[str, ...]
    repeats: int
    loss: str
    steps_per_epoch: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplingFrame(Frame):
    """S samplers after `step` updates of each, R repeats of them.

    `measured_at`, (M,), and `validation_loss` and `validation_accuracy`, (S, R, M), in evaluation
    mode; accuracies are NaN where numbers are to be found. `pool_sizes`, (S,), the samples in use
    now, and `seen`, (S, R), how many different ones have been in a batch so far. Of the sampler
    number `shown` and its first repeat `pool`, (n,), the training samples in use, and `batch`,
    (B,), those of the last step. `told` says which differ from random order by more than their
    repeats do.
    """

    plan: SamplingPlan
    epoch: float
    measured_at: Array
    validation_loss: Array
    validation_accuracy: Array
    pool_sizes: Array
    seen: Array
    shown: int
    pool: Array
    batch: Array
    told: str

    def row(self) -> dict[str, Scalar]:
        """Step, epoch, and of each sampler the mean loss and accuracy over its repeats."""
        row: dict[str, Scalar] = {"step": self.step, "epoch": self.epoch}
        for index, name in enumerate(self.plan.names):
            for what in ("validation_loss", "validation_accuracy"):
                value = float(getattr(self, what)[index, :, -1].mean())
                row[f"{name}: {what.replace('_', ' ')}"] = value if value == value else None
        return row
