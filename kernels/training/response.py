"""What a network answers all over the plane, or the line, of its inputs."""

import torch
from torch import Tensor, nn

from kernels.samples.samples import Dataset
from kernels.simulation import Array, to_host
from kernels.training.neurons import activated

RESPONSE = "response"  # what a viewer watches to get it
PLANE, LINE = 200, 512  # points a side of the plane, and of the line
TILE = 40  # points a side of what a single neuron answers


def grid(dataset: Dataset, side: int, device: torch.device) -> Tensor:
    """Points all over the domain of one or two features: (side, 1), or (side * side, 2) by rows.

    They are the middles of `side` cells along each axis; row 0 lies at the low x2.
    """
    axes = []
    for low, high in dataset.domain:
        middles = (torch.arange(side, device=device) + 0.5) / side
        axes.append(low + (high - low) * middles)
    if len(axes) == 1:
        return axes[0].unsqueeze(-1)
    x2, x1 = torch.meshgrid(axes[1], axes[0], indexing="ij")  # (side, side) each
    return torch.stack([x1, x2], dim=-1).flatten(0, 1)


def has_response(dataset: Dataset) -> bool:
    """Whether the inputs are few enough to be drawn whole."""
    return len(dataset.domain) in (1, 2)


def on_grid(values: Tensor, dataset: Dataset, side: int) -> Tensor:
    """`values` (points, K) of a `grid` as (side, K), or (side, side, K)."""
    return values if len(dataset.domain) == 1 else values.reshape(side, side, -1)


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


def side_of(dataset: Dataset) -> int:
    """How many points a side the response has."""
    return LINE if len(dataset.domain) == 1 else PLANE
