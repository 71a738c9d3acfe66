"""What there is to see of a race of optimizers."""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from kernels.objectives.scenery import Scenery
from kernels.simulation import Array, Frame, Scalar, Trace

Status = Literal["running", "converged", "diverged", "unbounded below", "stopped"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RaceFrame(Frame):
    """R racers on one objective of d coordinates after `step` steps; NaN where there is no value.

    Of all of them
        `names` on the screen, all different; `axes`, the names of the coordinates; `steps`, (T,),
        the step numbers of the curves, the present one last; `disturbance`, what makes the
        gradients uncertain, such as "gradient noise", "" for nothing.
    Curves
        `paths`, (R, T, d), and `losses`, (R, T), over all data; NaN after the step that left.
    Now
        Of who has left there is only the position, which is the last within reach.
        `positions`, (R, d), `loss`, (R,), `gradients`, (R, d), over all data and without noise;
        `learning_rates`, (R,), of the step to come: what schedules, and ASGD itself, make of them;
        `keeps_rates`, whether these make nothing of them, so that they are those in the names.
    The step just taken
        `last_steps`, (R, d); `predicted`, (R,), the loss that the slope at its beginning promised
        for its end: f - learning rate times slope squared, for plain SGD (NaN over two coordinates,
        where nothing compares the two); `batch`, (B,), the samples that it used, or that the first
        step will use: empty where it uses all of them; `epoch`, how often the data have been gone
        through, and `epochs`, after how many times the race stops, 0 where it counts its steps.
    The step to come
        `promised`, (R,), f - learning rate times slope squared, what plain gradient descent is
        promised; NaN for other optimizers.
    The optimizer's memory, as torch keeps it
        `velocities`, (R, d), the momentum or mean gradient; `second_moments`, (R, d), the mean, or
        sum, of squared gradients.
    Curvature, where it is the same everywhere or "curvature" is watched
        `eigenvalues` of the Hessian at each racer, (R, d), rising; `limits`, (R,), the learning
        rate above which each optimizer is unstable there, with full batches and without noise;
        NaN where the smallest eigenvalue, with the weight decay, is not positive.
    What stays
        `scenery`, the objective and its surface, one object for the whole run.
    How it goes
        `status` and a sentence of each; `grounds`, what each stood on when it ended: "minimum",
        "saddle", "maximum", "plateau", "slope", "undefined", or "infimum" where it came down to one
        that no point reaches; "" for the others. `converged_at`, (R,), the step since which each
        has stayed where it converged, -1 if it has not; `within_since`, (R,), the step since which
        it has been within the tolerance of a minimum so far, -1 if it is not: it may pass on.
    Who left
        `left_at`, (R,), the step that led out of reach or to where the loss is no number, -1 for
        the others; `exits`, (R, d), where that step led, and `exit_losses`, (R,), the loss there.
    How its end was judged
        `rings`, (R,), the radius of the ring of probes by which its end was judged,
        0 without one; `trace`, the next update of one racer worked through, if "update.N" is
        watched.
    What is in it
        `watched`, the names of the dear parts that were asked for.
    """

    scenery: Scenery
    names: tuple[str, ...]
    axes: tuple[str, ...]
    steps: Array
    paths: Array
    losses: Array
    positions: Array
    loss: Array
    gradients: Array
    learning_rates: Array
    keeps_rates: bool
    last_steps: Array
    predicted: Array
    promised: Array
    batch: Array
    epoch: float
    epochs: int
    velocities: Array
    second_moments: Array
    eigenvalues: Array
    limits: Array
    disturbance: str
    status: tuple[Status, ...]
    grounds: tuple[str, ...]
    sentences: tuple[str, ...]
    converged_at: Array
    within_since: Array
    left_at: Array
    exits: Array
    exit_losses: Array
    rings: Array
    trace: Trace | None
    watched: frozenset[str]

    @property
    def progress(self) -> str:
        """The epoch that `batch` is of, such as "epoch 3 of 10"; "" where all samples are used."""
        if not self.batch.size:
            return ""
        number = max(1, math.ceil(self.epoch))
        return f"epoch {number} of {self.epochs}" if self.epochs else f"epoch {number}"

    @property
    def conditions(self) -> Array:
        """The condition number of each Hessian, (R,): largest over smallest eigenvalue in size."""
        sizes = np.abs(self.eigenvalues)
        smallest = sizes.min(axis=1)
        conditions = np.full(len(sizes), math.nan)
        np.divide(sizes.max(axis=1), smallest, out=conditions, where=smallest > 0)
        conditions[smallest == 0] = math.inf
        return conditions

    def row(self) -> dict[str, Scalar]:
        """A row of a table: of each racer its loss, place, slope, learning rate and status."""
        row: dict[str, Scalar] = {"step": self.step, "epoch": self.epoch}
        for i, name in enumerate(self.names):
            row[f"name.{i}"] = name
            row[f"loss.{i}"] = plain(self.loss[i])
            for axis, value, slope in zip(
                self.axes, self.positions[i], self.gradients[i], strict=True
            ):
                row[f"{axis}.{i}"] = plain(value)
                row[f"d{axis}.{i}"] = plain(slope)
            row[f"learning_rate.{i}"] = plain(self.learning_rates[i])
            row[f"status.{i}"] = self.status[i]
            row[f"converged_at.{i}"] = int(self.converged_at[i])
        return row


def plain(value: float) -> float | None:
    """A plain number, or None where there is none: a table has no NaN."""
    return float(value) if math.isfinite(value) else None


def blanked(values: Array, rows: Array) -> Array:
    """A copy of `values`, (R, ...), that is NaN in the `rows`, (R,), that are True."""
    copied = values.copy()
    copied[rows] = math.nan
    return copied


def ended(losses: Array, steps: Array, left_at: Array, exit_losses: Array) -> Array:
    """`losses`, (R, T), of `steps`, (T,), up to the one that left, `left_at`, and NaN after it."""
    is_out = (left_at[:, None] >= 0) & (steps >= left_at[:, None])  # (R, T)
    is_exit = steps == left_at[:, None]  # (R, T)
    return np.where(is_out, np.where(is_exit, exit_losses[:, None], math.nan), losses)
