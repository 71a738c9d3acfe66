"""What there is to see of a network in training."""

from dataclasses import dataclass

from kernels.diagnosis import Advice
from kernels.networks.network import Row
from kernels.samples.samples import Dataset
from kernels.simulation import Array, Frame, Lasting, Scalar
from kernels.training.inside.inside import StepInside
from kernels.training.parameters import EngineName
from kernels.training.seen.first_layer import FirstLayer
from kernels.training.seen.normalization import Normalization
from kernels.training.seen.predictions import Predictions
from kernels.training.seen.statistics import LayerDistributions


@dataclass(frozen=True, slots=True, eq=False)
class Plan(Lasting):
    """What stays the same for a whole run.

    `rows` are the layers with shapes and parameter counts, `neurons` the number of them in each
    column of the picture of the network, inputs first, and `captions` what is written over each;
    both are empty where the network is no row of small linear layers. `axes`, (2, G) or (1, G), are
    the coordinates of the response maps. `engine` takes the steps; `not_compiled` says why it is
    PyTorch where compiled steps were asked for, as a clause; "" otherwise. `notes` are sentences on
    the data, and on how many of them the curves are measured.
    """

    dataset: Dataset
    rows: tuple[Row, ...]
    loss: str
    parameter_count: int
    steps_per_epoch: int
    neurons: tuple[int, ...]
    captions: tuple[str, ...]
    engine: EngineName = "torch"
    not_compiled: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingFrame(Frame):
    """A network after `step` updates.

    What stays
        `plan`.
    Curves
        `batch_steps`, (T,), and `batch_losses`, (T,): the loss of each batch as it was trained,
        before its update, with dropout and the statistics of the batch, and without penalties.
        `measured_at`, (M,), and `train_loss`, `validation_loss`, `train_accuracy`,
        `validation_accuracy`, (M,): in evaluation mode, of the first training and validation
        samples, of how many `plan.notes` say; accuracies are NaN where numbers are to be found.
    Now
        `epoch`, how often the data have been gone through; `learning_rate` of the step to come;
        `batch`, (B,), the samples that the last step used, or the first will.
    The network, where it is a row of linear layers
        `weights`, a (n, m) array for each layer, and `biases`, (n,); empty otherwise.
    If "response" is watched and the data have features, not too many to be drawn
        `response`, (G, G, K) or (G, K): what the network says on a grid over the domain, row 0 at
        the low x2: probabilities of classes, or outputs; without a size otherwise. Of more than two
        features the grid lies in the plane of `Dataset.projection`.
    and if these are more than two
        `train_answers` and `validation_answers`, (N,): what the network says of the first 400
        samples of each part, on all features of them: classes, or numbers; without a size
        otherwise.
    and if the network is such a row
        `activations`, an (n, H, W) array for each column of the network but the last: the inputs,
        and what the neurons give after their activation, on a coarser grid.
    If "predictions" is watched and there are classes
        `predictions` for the validation data, as they were at the last step of `measured_at`; with
        "cell.T.P" the samples of class T that were taken for P are listed, not the wrongest.
    If "layers" is watched
        `layers`, how all that each layer holds and gives on the first 256 training samples lies, in
        evaluation mode.
    If "advice" is watched
        `advice`, what the rules of `kernels.diagnosis` find, the gravest first. It is looked for
        when something new was measured or set, or the loss of a batch is no number.
    If "first_layer" is watched and the data are pictures
        `first_layer`, its weights as pictures; None where it does not look at pixels.
    If "normalization.L.C" is watched, and such a layer is there
        `normalization`, what layer L of batch normalisation, from 0, does with `batch`: of channel
        C, from 0, or of "all".
    If "inside" is watched
        `inside`, the step to come, worked through.
    """

    plan: Plan
    epoch: float
    learning_rate: float
    batch: Array
    batch_steps: Array
    batch_losses: Array
    measured_at: Array
    train_loss: Array
    validation_loss: Array
    train_accuracy: Array
    validation_accuracy: Array
    weights: tuple[Array, ...]
    biases: tuple[Array, ...]
    response: Array
    activations: tuple[Array, ...]
    train_answers: Array
    validation_answers: Array
    predictions: Predictions | None
    layers: tuple[LayerDistributions, ...]
    advice: tuple[Advice, ...]
    first_layer: FirstLayer | None
    normalization: Normalization | None
    inside: StepInside | None
    watched: frozenset[str]

    def row(self) -> dict[str, Scalar]:
        """A row of a table: step, epoch, rate, and the last of each curve."""
        row: dict[str, Scalar] = {
            "step": self.step,
            "epoch": self.epoch,
            "learning_rate": self.learning_rate,
            "batch_loss": plain_last(self.batch_losses),
            "measured_at": int(self.measured_at[-1]),
        }
        for name in ("train_loss", "validation_loss", "train_accuracy", "validation_accuracy"):
            row[name] = plain_last(getattr(self, name))
        return row


def plain_last(curve: Array) -> float | None:
    """The last number of a curve; None where there is none."""
    return float(curve[-1]) if len(curve) and curve[-1] == curve[-1] else None
