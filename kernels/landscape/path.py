"""The plane in which a path through the weights varies most, and what that plane is worth.

The path of a pure random walk lies mostly in a plane, too: its first two principal components hold
three quarters of its variance, however many dimensions there are. So the share of a path says
something only beside that of a walk.

Source: Antognini and Sohl-Dickstein, PCA of high dimensional random walks with comparison to neural
network training (NeurIPS 2018), section 3.
"""

import math

import torch
from torch import Tensor

from kernels.landscape.plane import Plane


def path_plane(snapshots: Tensor, last: Plane | None = None) -> Plane:
    """The plane of the first two principal components of `snapshots`, (T, D), with T of 2 or more.

    Its origin is their mean, its directions are orthogonal and of length one; one in which they do
    not vary is zero. The sign of a component means nothing: each points to the side to which that
    of the plane `last` points, or else to where the path ends.
    """
    origin = snapshots.mean(0)
    centred = (snapshots - origin).double()
    variances, found = torch.linalg.eigh(centred @ centred.T)  # ascending; T is small, D is not
    lengths = variances[-2:].flip(0).clamp(min=0).sqrt()  # (2,)
    rows = found[:, -2:].flip(1).T  # (2, T)
    is_there = lengths > torch.finfo(snapshots.dtype).eps * lengths[0].clamp(min=1e-30)
    scales = torch.where(is_there, 1 / lengths, torch.zeros_like(lengths))
    directions = (scales * (rows @ centred).T).T  # (2, D)
    toward = centred[-1:] if last is None else last.directions.double()
    sides = (directions * toward).sum(1)
    directions = torch.where((sides < 0).unsqueeze(1), -directions, directions)
    return Plane(origin, directions.to(snapshots.dtype))


def explained_share(plane: Plane, snapshots: Tensor) -> float:
    """The share of the variance of `snapshots`, (T, D), that lies along `plane`, 0 to 1.

    NaN where they do not vary. It waits for the device.
    """
    centred = (snapshots - snapshots.mean(0)).double()
    total = centred.square().sum()
    _, beside = Plane(torch.zeros_like(centred[0]), plane.directions).project(centred)
    share = float(1 - beside.square().sum() / total)
    return share if math.isfinite(share) else math.nan


def walk_share(snapshots: int) -> float:
    r"""The share of variance in the best plane of a random walk of so many snapshots, 3 or more.

    In many dimensions their inner products are those of a walk, min(i, j), and centred these have
    the eigenvalues 1 / (4 sin^2(\pi k / 2T)), k = 1 to T - 1, since their inverse is the Laplacian
    of a row of T points; they sum to (T^2 - 1) / 6. For many snapshots it comes down to
    7.5 / \pi^2 = 76%. In few dimensions a walk has more.
    """
    first, second = (1 / (4 * math.sin(math.pi * k / (2 * snapshots)) ** 2) for k in (1, 2))
    return (first + second) * 6 / (snapshots**2 - 1)
