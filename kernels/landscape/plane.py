"""A plane through the space of the weights, what lies on it, and how far from it the rest is."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn


@dataclass(frozen=True, slots=True, eq=False)
class Plane:
    """The points ``origin + x directions[0] + y directions[1]``: (D,) and (2, D).

    The directions need be neither orthogonal nor of length one. D is the number of parameters of
    a network, in the order of `nn.Module.parameters`.
    """

    origin: Tensor
    directions: Tensor

    def at(self, coordinates: Tensor) -> Tensor:
        """The weights at `coordinates`, (P, 2) -> (P, D)."""
        return self.origin + coordinates @ self.directions

    def project(self, weights: Tensor) -> tuple[Tensor, Tensor]:
        """What `Projector` gives."""
        return Projector(self)(weights)


class Projector:
    """Gives the points of `plane` that are nearest to weights. It computes in float64."""

    def __init__(self, plane: Plane) -> None:
        self.plane = plane
        self._origin, self._basis = plane.origin.double(), plane.directions.double()
        gram = self._basis @ self._basis.T
        self._inverse = self._basis.T @ torch.linalg.pinv(gram, hermitian=True)  # (D, 2)

    def __call__(self, weights: Tensor) -> tuple[Tensor, Tensor]:
        """The coordinates of the nearest points, (..., D) -> (..., 2), and how far they are, (...).

        The distances are Euclidean lengths in the space of the weights. Where both directions are
        parallel the coordinates are the smallest of those that are as near.
        """
        away = weights.double() - self._origin
        coordinates = away @ self._inverse  # least squares
        return coordinates, torch.linalg.vector_norm(away - coordinates @ self._basis, dim=-1)


def flat(model: nn.Module) -> Tensor:
    """A copy of all parameters of `model` as one vector, (D,)."""
    return torch.cat([parameter.detach().flatten() for parameter in model.parameters()])


def unflattened(vectors: Tensor, model: nn.Module) -> dict[str, Tensor]:
    """`vectors`, (..., D), as the parameters of `model` by name, (..., *shape) each."""
    named = dict(model.named_parameters())
    parts = torch.split(vectors, [parameter.numel() for parameter in named.values()], dim=-1)
    return {
        name: part.reshape(*vectors.shape[:-1], *parameter.shape)
        for (name, parameter), part in zip(named.items(), parts, strict=True)
    }
