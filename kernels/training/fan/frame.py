"""What there is to see of one network from many seeds."""

from dataclasses import dataclass

from kernels.simulation import Array, Frame, Scalar
from kernels.training.frame import Plan, plain_last

LEVELS = (0.1, 0.25, 0.5, 0.75, 0.9)  # of the quantiles
LEVEL_NAMES = ("loss_10", "loss_25", "median_loss", "loss_75", "loss_90")
MEMBER = "member."  # with a place among the seeds behind it, such as "member.17": what is watched


@dataclass(frozen=True, slots=True, kw_only=True)
class FanFrame(Frame):
    """M runs of one network after `step` updates each.

    Runs
        `seeds`, (M,), those of first weights and order of samples; `data_seed`, that of the data.
    Curves
        `measured_at`, (T,), and `losses`, `accuracies`, (M, T): in evaluation mode, of
        `measured_on`, such as "validation data". Both are NaN where the loss of a run is no finite
        number, and accuracies where numbers are to be found. `spread`, (5, T): the quantiles of the
        losses by `LEVELS`, of the runs whose loss is finite.
    Ends, at the last step of `measured_at`
        `order`, (M,): the places of the runs, the lowest loss first and those without one last.
        `diverged`, (M,), and `solved`, (M,), booleans: the accuracy is `solved_accuracy` or more.
    One run
        `member`, its place among the seeds, and, if it and "response" are watched and the data have
        features, not too many to be drawn, its `response`, `train_answers` and `validation_answers`
        as `TrainingFrame` has them; and `batch`, (B,), the samples of its last step.
    Words
        `sentence` on the ends, and `notes`, what is to be known of all of it.
    """

    plan: Plan
    seeds: Array
    data_seed: int
    measured_at: Array
    measured_on: str
    losses: Array
    accuracies: Array
    spread: Array
    order: Array
    diverged: Array
    solved: Array
    solved_accuracy: float
    member: int
    batch: Array
    response: Array
    train_answers: Array
    validation_answers: Array
    sentence: str
    notes: tuple[str, ...]

    def row(self) -> dict[str, Scalar]:
        """A row of a table: the step, the last quantiles, and how many diverged and solved it."""
        row: dict[str, Scalar] = {"step": self.step, "measured_at": int(self.measured_at[-1])}
        for name, curve in zip(LEVEL_NAMES, self.spread, strict=True):
            row[name] = plain_last(curve)
        row["diverged"] = int(self.diverged.sum())
        row["solved"] = int(self.solved.sum()) if self.plan.dataset.classes else None
        return row
