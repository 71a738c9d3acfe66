"""What there is to see of a fair tuning."""

from dataclasses import dataclass
from typing import Literal

from kernels.descent.race_frame import plain
from kernels.simulation import Array, Frame, Scalar


@dataclass(frozen=True, slots=True, kw_only=True)
class TuningFrame(Frame):
    """How R optimizers do at L learning rates from S starts, up to now.

    `learning_rates`, (L,). `scores`, (3, R, L): the lower quartile, the median and the upper
    quartile over the starts of what `criterion` says: the steps needed ("steps"), infinite as long
    as they are not known (at the end, a start that has not arrived counts as the horizon, so that a
    quartile there means "or more"); or the loss reached ("loss"), infinite where it is no number,
    if no lowest loss is known. `arrived`, (R, L): the share of the starts that have arrived, NaN
    for "loss". `best`, (R,), is the index of the learning rate with the lowest median up to now,
    those who have not arrived taken at the horizon; of equals that with more arrivals, then with
    the lower mean, then the smaller. `labels` names the optimizers, `sentences` tells the best of
    each, `legend` the terms of the comparison. `starts` are the starting points, (S, d), and
    `start_loss` the median of the loss at them.
    """

    criterion: Literal["steps", "loss"]
    horizon: int
    learning_rates: Array
    scores: Array
    arrived: Array
    best: Array
    starts: Array
    start_loss: float
    labels: tuple[str, ...]
    sentences: tuple[str, ...]
    legend: str

    def is_over(self) -> bool:
        """Whether the horizon is reached, so that nothing changes any more."""
        return self.step >= self.horizon

    def best_rate(self, i: int) -> float | None:
        """The best learning rate of optimizer `i`; None if it has arrived nowhere, at none."""
        if self.criterion == "steps" and not self.arrived[i].any():
            return None
        return float(self.learning_rates[self.best[i]])

    def row(self) -> dict[str, Scalar]:
        """A row of a table: of each optimizer its best learning rate, and how it does there."""
        row: dict[str, Scalar] = {"step": self.step, "criterion": self.criterion}
        for i, (label, best) in enumerate(zip(self.labels, self.best, strict=True)):
            row[f"name.{i}"] = label
            row[f"best_rate.{i}"] = self.best_rate(i)
            for j, quartile in enumerate(("lower_quartile", "median", "upper_quartile")):
                row[f"{quartile}.{i}"] = plain(self.scores[j, i, best])
            row[f"arrived.{i}"] = plain(self.arrived[i, best])
        return row
