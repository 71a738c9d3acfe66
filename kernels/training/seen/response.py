"""What a network answers all over the plane, or the line, of its inputs, and to samples."""

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor, nn

from kernels.samples.samples import Dataset
from kernels.simulation import Array, to_host
from kernels.training.objective import Criterion
from kernels.training.seen.neurons import activated
from kernels.training.tensors import Tensors

RESPONSE = "response"  # what a viewer watches to get it
PLANE, LINE = 200, 512  # points a side of the plane, and of the line
TILE = 40  # points a side of what a single neuron answers
MOST_RINGED = 400  # samples of each part that are told the answer to, as fast as they are drawn


def grid(dataset: Dataset, side: int, device: torch.device) -> Tensor:
    """Inputs all over the domain: (side, 1), or (side * side, features) by rows.

    They are at the middles of `side` cells along each axis; row 0 lies at the low end of the
    second. Of more than two features they lie in the plane of the projection: mean + a times the
    first component + b times the second.
    """
    axes = []
    for low, high in dataset.domain:
        middles = (torch.arange(side, device=device) + 0.5) / side
        axes.append(low + (high - low) * middles)
    if len(axes) == 1:
        return axes[0].unsqueeze(-1)
    x2, x1 = torch.meshgrid(axes[1], axes[0], indexing="ij")  # (side, side) each
    places = torch.stack([x1, x2], dim=-1).flatten(0, 1)
    plane = dataset.projection
    if plane is None:
        return places
    mean, components = (torch.tensor(a, device=device) for a in (plane.mean, plane.components))
    inputs: Tensor = mean + places @ components
    return inputs


def has_response(dataset: Dataset) -> bool:
    """Whether there is a line or a plane of the inputs to be drawn."""
    return len(dataset.domain) in (1, 2)


def responses(
    outputs_of: Callable[[Tensor], Tensor],
    criterion: Criterion,
    dataset: Dataset,
    train: Tensors,
    validation: Tensors,
    watch: frozenset[str],
) -> tuple[Array, Array, Array]:
    """`response`, `train_answers` and `validation_answers` as `TrainingFrame` has them.

    `outputs_of` is what a network gives in evaluation mode, (N, features) -> (N, outputs).
    """
    if RESPONSE not in watch or not has_response(dataset):
        return np.empty(0), np.empty(0), np.empty(0)
    is_line = len(dataset.domain) == 1
    side = LINE if is_line else PLANE
    outputs = outputs_of(grid(dataset, side, train.inputs.device))
    if dataset.classes:
        outputs = criterion.probabilities(outputs)
    response = to_host(outputs if is_line else outputs.reshape(side, side, -1))
    if dataset.projection is None:  # each sample is drawn where it is asked for
        return response, np.empty(0), np.empty(0)
    ringed = (outputs_of(data.first(MOST_RINGED).inputs) for data in (train, validation))
    train_answers, validation_answers = (
        to_host(criterion.predicted(outputs) if criterion.classes else outputs[:, 0])
        for outputs in ringed
    )
    return response, train_answers, validation_answers


def activations_on_grid(
    model: nn.Sequential, dataset: Dataset, device: torch.device
) -> tuple[Array, ...]:
    """What each input and each hidden neuron gives all over the domain, in evaluation mode.

    An (n, H, W) array for each column of neurons but the last; of one feature H is 1.
    """
    points = grid(dataset, TILE, device)
    model.eval()
    with torch.no_grad():
        columns = [points, *activated(model, points)[:-1]]
    shape = (1, TILE) if len(dataset.domain) == 1 else (TILE, TILE)
    return tuple(to_host(column.T.reshape(-1, *shape)) for column in columns)
