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


def walk_share(paths: Tensor) -> float:
    """The share of variance in the best plane of pure random walks like `paths`, (R, T, D).

    Each begins where one of them does, and its T - 1 steps are as long as that one's, by the root
    of their mean square. In many dimensions such steps are at right angles to each other and to
    where all began, so that the inner products of the points are known: those of where they began,
    and along one walk min(i, j) times the square of a step. One long walk has 7.5 / pi^2 = 76%,
    whatever its steps are. In few dimensions walks have more. NaN where there is none. It waits
    for the device.
    """
    points = paths.shape[1]
    starts = (paths[:, 0] - paths[:, 0].mean(0)).double()
    lengths = paths.double().diff(dim=1).square().sum(2).mean(1)  # (R,), squares
    times = torch.arange(points, device=paths.device, dtype=starts.dtype)
    walk = torch.minimum(times, times.unsqueeze(1))  # (T, T)
    products = torch.kron(starts @ starts.T, torch.ones_like(walk))
    products += torch.kron(lengths.diag(), walk)  # (R T, R T)
    centred = products - products.mean(0)
    centred -= centred.mean(1, keepdim=True)
    if not centred.isfinite().all():
        return math.nan
    variances = torch.linalg.eigvalsh(centred)  # ascending
    share = float(variances[-2:].sum() / variances.sum())
    return share if math.isfinite(share) else math.nan
