"""What there is to see inside one step of training: batch, forward, loss, backward, update."""

import math
from dataclasses import dataclass

from kernels.simulation import Array, Trace

INSIDE = "inside"  # what a viewer watches to get it
ROWS, PICTURES = 10, 40  # samples of the batch, and pictures, that somebody looks at


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """One of the five parts of a step: what happens, in sentences, and its formula in TeX."""

    name: str
    sentence: str
    formula: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerOutput:
    """What a module gives for the whole batch.

    `name` is that of the module, such as ``linear1``; `shape`, (B, ...), `mean`, `std` (the root of
    the mean squared deviation) and `zeros`, the share that is exactly 0, are those of its output.
    """

    name: str
    shape: tuple[int, ...]
    mean: float
    std: float
    zeros: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TensorStep:
    """What the step does with one tensor of parameters, as Euclidean norms.

    `norm` is that of the parameters before the step. The gradient of the loss alone has `gradient`,
    those of the penalties `l1` and `l2`; `received` is what the optimizer gets: all together,
    clipped where that is switched on. `update` is how far the tensor moves.
    """

    name: str
    shape: tuple[int, ...]
    norm: float
    gradient: float
    l1: float
    l2: float
    received: float
    update: float

    @property
    def ratio(self) -> float:
        """The update as a share of the parameters; infinite where these alone are 0, or NaN."""
        if self.norm:
            return self.update / self.norm
        return math.inf if self.update else math.nan


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RowNumbers:
    """More of a row of small linear layers: its numbers, layer by layer.

    For each layer and the first R samples of the batch `activations`, (R, n), what its neurons
    give behind their activation function, and `slopes`, (R, n), those of the loss of the batch with
    respect to them; the gradients as the optimizer gets them and the updates of the weights,
    (n, m), and of the biases, (n,), which are 0 where there are none.
    """

    activations: tuple[Array, ...]
    slopes: tuple[Array, ...]
    weight_gradients: tuple[Array, ...]
    bias_gradients: tuple[Array, ...]
    weight_updates: tuple[Array, ...]
    bias_updates: tuple[Array, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StepInside:
    """The step that comes next, with the quantities that it makes; all arrays are read-only.

    Batch
        `number` of the step, from 1; `samples`, int64 (B,), the training samples that it takes. Of
        the first R of them more is told: 10, or 40 pictures.
    Forward
        `layers`, what each module gives for the batch.
    Loss
        `outputs`, (R, K), and `probabilities`, (R, C), as `Criterion.probabilities` has them,
        without a row where numbers are to be found; `losses`, (R,), of each sample alone; `loss`,
        the mean over the batch; `l1` and `l2`, what the penalties add to it.
    Backward
        `tensors`, each with its norms; `gradient_norm`, that of the whole gradient, penalties
        included, before it is clipped, and `received_norm`, as the optimizer gets it.
    Update
        `learning_rate`; `rule`, the update of the number that moves farthest, worked through, or
        None where the method does not treat each by itself; `loss_after`, of the same batch with
        the new weights, in training mode with the same masks of dropout.

    `phases` are the words of these five. `row` is None where the network is no row of small linear
    layers.
    """

    number: int
    samples: Array
    layers: tuple[LayerOutput, ...]
    outputs: Array
    probabilities: Array
    losses: Array
    loss: float
    l1: float
    l2: float
    tensors: tuple[TensorStep, ...]
    gradient_norm: float
    received_norm: float
    learning_rate: float
    rule: Trace | None
    loss_after: float
    row: RowNumbers | None
    phases: tuple[Phase, ...]
