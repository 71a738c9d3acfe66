"""Where descents end: at which minimum, at a saddle, nowhere yet, or far away.

A point rests where the slope has come under a tolerance, or where slope and weight decay cancel. At
what it rests is told by the known minima of the objective, and where there is none nearby, by the
second derivatives: a minimum that nobody has listed, a saddle (or a top), or a place where they
cannot decide. Of a point that weight decay holds on a slope Newton's method tells the minimum from
which it is pulled.
"""

import math
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import torch
from torch import Tensor

from kernels.objectives.base import Objective, read_only
from kernels.simulation import Array, to_host

WINDOW = 3.0  # beyond this many times the domain, about its middle, a point has left
UNKNOWN = -8  # rests at no known minimum; never leaves this module
CELLS_PER_RADIUS = 4  # so finely is nearness told
FOLLOWED = 20  # steps of Newton's method, none longer than the radius
BALANCE = 0.05  # of a pull that fades: slope and pull cancel but for this share of it
KINK_RINGS = (1e-3, 1e-5)  # radii, in widths of the domain, between which a smooth slope vanishes


class Ending(IntEnum):
    """What a label below 0 says of an end point; labels from 0 are indices of minima."""

    MOVING = -1  # the slope is still above the tolerance
    SADDLE = -2  # rests where the loss falls away in some direction: a saddle or a top
    UNDECIDED = -3  # rests where the second derivatives are too small to decide
    DIVERGED = -4  # has left the window, or is no number, and not because the loss has no floor
    NEAR = -5  # lies within the radius of a known minimum, but does not rest
    FALLING = -6  # goes down, or has left the window downhill, on a loss that has no floor
    HELD = -7  # rests on a slope that weight decay balances, at no minimum


ENDING_WORDS = {
    Ending.MOVING: "still move",
    Ending.NEAR: "still move near a minimum",
    Ending.SADDLE: "rest at a saddle or top",
    Ending.UNDECIDED: "rest where second derivatives cannot decide",
    Ending.HELD: "rest on a slope, held there by weight decay",
    Ending.FALLING: "fall for ever: the loss has no floor",
    Ending.DIVERGED: "have left",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Endings:
    """What N end points belong to.

    `labels`, (N,), int16: the index of a minimum in `ends`, or a code of `Ending`. `nearest`, (N,),
    int16: the index of the known minimum within the radius, at rest or not; -1 if there is none.
    `ends`, (K, 2), float64: the known minima, then those that were found, in rising order of y.
    """

    labels: Array
    nearest: Array
    ends: Array


class Attractors:
    """The places where descents on an objective of two coordinates can end.

    Parameters
    ----------
    tolerance
        The slope below which a point rests; a curvature below ``tolerance / radius`` cannot be told
        from none.
    radius
        How near to a minimum a point must be to belong to it, as a share of the domain's width
        along each axis.
    """

    def __init__(
        self,
        objective: Objective,
        *,
        tolerance: float,
        radius: float,
        device: torch.device,
        dtype: torch.dtype,
    ) -> None:
        self.known = read_only(np.reshape([m.point for m in objective.minima], (-1, 2)))
        self._objective = objective
        self._tolerance = tolerance
        self._radius = radius
        self._cells = math.ceil(WINDOW / radius * CELLS_PER_RADIUS)  # along each axis of the window
        low, high = np.array(objective.domain, dtype=np.float64).T  # (2,) each
        self._widths = high - low
        self._scale = self._cells / (WINDOW * self._widths)  # cells per unit along x and y
        self._middle = (low + high) / 2
        self._flat = tolerance / (radius * float(self._widths.max()))
        self._nearest = self._nearest_of_cells(device, dtype)  # (C,), C = cells ** 2 + 1
        is_near = self._nearest >= 0
        moving = torch.where(is_near, int(Ending.NEAR), int(Ending.MOVING))
        resting = torch.where(is_near, self._nearest, UNKNOWN)
        moving[-1:] = resting[-1:] = int(Ending.DIVERGED)
        self._labels = torch.cat([moving.to(torch.int16), resting])  # (2 C,)

    def classify(self, points: Tensor, at_rest: Tensor, falls: Tensor | None = None) -> Endings:
        """What `points`, (N, 2), some of them `at_rest`, (N,), belong to. Waits for the device.

        Those that move, or have left the window, fall for ever where `falls`, (N,), holds.
        """
        cells = self._cells_of(points)  # (N,)
        labels = self._labels.index_select(0, at_rest.mul(len(self._nearest)).add_(cells))
        if falls is not None:
            goes = (labels == int(Ending.DIVERGED)) | (labels == int(Ending.MOVING))
            labels = torch.where(goes & falls, int(Ending.FALLING), labels).to(torch.int16)
        unknown = (labels == UNKNOWN).nonzero().squeeze(-1)  # (U,)
        host_labels = labels.to("cpu", copy=True).numpy()
        ends = self.known
        if unknown.numel():
            found, ends = self._examine(points[unknown], cells[unknown])
            host_labels[to_host(unknown)] = found
        host_labels.flags.writeable = False
        nearest = to_host(self._nearest.index_select(0, cells))
        return Endings(labels=host_labels, nearest=nearest, ends=ends)

    def _cells_of(self, points: Tensor) -> Tensor:
        """The cell of the window where each point lies, (N, 2) -> (N,); ``cells ** 2`` outside."""
        n, half = self._cells, self._cells / 2
        column, row = (
            coordinate.mul(float(scale)).sub_(float(middle * scale))  # counted from the middle
            for coordinate, scale, middle in zip(
                points.unbind(-1), self._scale, self._middle, strict=True
            )
        )
        inside = torch.maximum(column.abs(), row.abs()) < half  # False for NaN
        cells = row.add_(half).floor_().mul_(n).add_(column.add_(half).floor_())
        return torch.where(inside, cells, n * n).to(torch.int32)

    def _nearest_of_cells(self, device: torch.device, dtype: torch.dtype) -> Tensor:
        """The known minimum within the radius of each cell's middle, as an index or -1."""
        n = self._cells
        shape = (n, n)
        best = torch.full(shape, float(self._radius**2), device=device, dtype=dtype)
        nearest = torch.full(shape, -1, device=device, dtype=torch.int16)
        # From the corner of the window, in widths of the domain:
        middles = (torch.arange(n, device=device, dtype=dtype) + 0.5) * (WINDOW / n)  # (n,)
        for index, point in enumerate(self.known):
            x, y = ((point - self._middle) / self._widths + WINDOW / 2).tolist()
            columns, rows = self._cells_about(x), self._cells_about(y)
            distance = (middles[None, columns] - x) ** 2 + (middles[rows, None] - y) ** 2
            closer = distance <= best[rows, columns]
            best[rows, columns] = torch.where(closer, distance, best[rows, columns])
            nearest[rows, columns] = torch.where(closer, index, nearest[rows, columns])
        outside = nearest.new_full((1,), -1)
        return torch.cat([nearest.flatten(), outside])

    def _cells_about(self, coordinate: float) -> slice:
        """The cells along one axis whose middles can lie within the radius of `coordinate`."""
        first = int((coordinate - self._radius) * self._cells / WINDOW)
        last = int((coordinate + self._radius) * self._cells / WINDOW)
        return slice(max(0, first), max(0, last + 1))

    def _examine(self, points: Tensor, cells: Tensor) -> tuple[Array, Array]:
        """Labels, (U,), of resting points that are at no known minimum, and all ends, (K, 2)."""
        _, first, inverse = np.unique(to_host(cells), return_index=True, return_inverse=True)
        witnesses = points[torch.as_tensor(first, device=points.device)]  # (V, 2), one of each cell
        least, is_held = self._ground(witnesses)
        labels = np.where(least < -self._flat, int(Ending.SADDLE), int(Ending.UNDECIDED))
        labels[self._at_known_saddle(to_host(witnesses))] = int(Ending.SADDLE)
        labels[is_held] = int(Ending.HELD)
        curved = np.flatnonzero(least > self._flat)
        bottoms = self._followed(witnesses[torch.as_tensor(curved, device=points.device)])
        least, is_slope = self._ground(bottoms)
        is_bottom = (least > self._flat) & ~is_slope
        curved, bottoms = curved[is_bottom], bottoms[torch.as_tensor(is_bottom)]  # (M,), (M, 2)
        if not len(curved):
            return labels[inverse], self.known
        places = self._cells_of(bottoms)  # (M,)
        belongs = to_host(self._nearest.index_select(0, places)).astype(labels.dtype)
        is_new = belongs < 0
        if not is_new.any():
            labels[curved] = belongs
            return labels[inverse], self.known
        occupied, of_place = np.unique(to_host(places)[is_new], return_inverse=True)
        cluster = connected_cells(occupied, self._cells)[of_place]
        belongs[is_new] = len(self.known) + cluster
        labels[curved] = belongs
        found = _centres(to_host(bottoms)[is_new], cluster)
        return labels[inverse], read_only(np.concatenate([self.known, found]))

    def _ground(self, points: Tensor) -> tuple[Array, Array]:
        """The least curvature at `points`, (V, 2), 0 for next to none, and whether they slope."""
        least, largest = eigenvalues(to_host(self._objective.hessian(points)))
        slopes = torch.linalg.vector_norm(self._objective.gradient(points), dim=-1)  # (V,)
        flat = np.abs(least) <= 1e-9 * np.abs(largest)
        return np.where(flat, 0.0, least), to_host(slopes > self._tolerance)

    def _followed(self, points: Tensor) -> Tensor:
        """Where Newton's method leads from `points`, (V, 2), as long as it goes downhill."""
        reach = torch.as_tensor(self._radius * self._widths).to(points)  # (2,)
        for _ in range(FOLLOWED if len(points) else 0):
            x, y = self._objective.gradient(points).unbind(-1)
            hessian = self._objective.hessian(points)
            xx, xy, yy = hessian[:, 0, 0], hessian[:, 0, 1], hessian[:, 1, 1]  # (V,) each
            determinant = xx * yy - xy * xy
            steps = torch.stack([xy * y - yy * x, xy * x - xx * y], dim=-1)
            steps = steps / determinant.unsqueeze(-1)
            steps = steps / (steps.abs() / reach).amax(-1, keepdim=True).clamp(min=1)
            is_bowl = (determinant > 0) & (xx + yy > 0)
            points = torch.where(is_bowl.unsqueeze(-1), points + steps, points)
        return points

    def _at_known_saddle(self, points: Array) -> Array:
        """Whether each of `points`, (V, 2), lies within the radius of a known saddle, (V,)."""
        saddles = np.array(self._objective.saddles, dtype=np.float64).reshape(-1, 1, 2)
        distances = np.linalg.norm((points - saddles) / self._widths, axis=-1)  # (saddles, V)
        return np.asarray((distances <= self._radius).any(axis=0))


def rests(slopes: Tensor, points: Tensor, pull: Tensor | float, tolerance: float) -> Tensor:
    """Whether each of `points`, (..., 2), rests where the loss has `slopes`, (..., 2) -> (...).

    Slope and weight decay, `pull` times the point, cancel within the tolerance. A pull that is a
    tensor, (..., 2), fades with the memory of past gradients, and who rests follows it.
    """
    decays = isinstance(pull, Tensor) or pull != 0
    bound: Tensor | float = tolerance**2
    if decays:
        pulls = points * pull
        slopes = slopes + pulls
        if isinstance(pull, Tensor):
            bound = pulls.square().sum(-1).mul_(BALANCE**2).clamp_(min=bound)
    x, y = slopes.unbind(-1)
    return (x * x).addcmul_(y, y) <= bound  # False for NaN


def brink(objective: Objective, device: torch.device, dtype: torch.dtype) -> Tensor | None:
    """The loss below which nothing is level, on a loss without a floor, (); None on others."""
    is_known = objective.is_quadratic or bool(objective.saddles or objective.minima)
    if objective.infimum != -math.inf or not is_known:
        return None
    level = [*objective.saddles, *(minimum.point for minimum in objective.minima)]
    if not level:  # a top, a ridge, or a slope all over
        return torch.tensor(math.inf, device=device, dtype=dtype)
    return objective.loss(torch.tensor(level, device=device, dtype=dtype)).amin()


def eigenvalues(matrices: Array) -> tuple[Array, Array]:
    """The least and the largest eigenvalue of symmetric `matrices`, (..., d, d) -> two of (...).

    d is 1 or 2. A NaN in a matrix gives NaN.
    """
    if matrices.shape[-1] == 1:
        return matrices[..., 0, 0], matrices[..., 0, 0]
    a, b, d = matrices[..., 0, 0], matrices[..., 0, 1], matrices[..., 1, 1]
    middle, half = (a + d) / 2, np.hypot((a - d) / 2, b)
    return middle - half, middle + half


def kinks(objective: Objective, points: Tensor) -> Array:
    """Whether the slope jumps at each of the minima `points`, (K, d) -> (K,): no curvature there.

    Around a smooth minimum the slope shrinks with the distance; around a kink, such as the tip of
    Ackley's funnel, it stays as long as it is.
    """
    axes = torch.eye(objective.dimension, device=points.device, dtype=points.dtype)
    sides = torch.cat([axes, -axes])  # (2 d, d)
    width = min(high - low for low, high in objective.domain)
    outer, inner = (
        torch.linalg.vector_norm(
            objective.gradient(points.unsqueeze(-2) + radius * width * sides), dim=-1
        )
        for radius in KINK_RINGS
    )  # (K, 2 d) each
    jumps = (inner > outer / 2).any(-1) & (outer > 0).all(-1)
    return to_host(jumps)


def _centres(points: Array, groups: Array) -> Array:
    """The mean of the points of each group, (U, 2) and (U,) -> (G, 2); below 0 is no group."""
    grouped = groups >= 0
    groups, points = groups[grouped], points[grouped]
    sums = [np.bincount(groups, weights=column) for column in points.T]
    return np.stack(sums, axis=-1) / np.bincount(groups)[:, None]


def connected_cells(cells: Array, width: int) -> Array:
    """The number, from 0, of the patch of touching cells to which each belongs, (V,) -> (V,).

    `cells` are rising indices ``row * width + column``; cells touch along edges and at corners.
    Patches are numbered by their first cell.
    """
    around = []
    for shift in (-width - 1, -width, -width + 1, -1, 1, width - 1, width, width + 1):
        place = np.minimum(np.searchsorted(cells, cells + shift), len(cells) - 1)
        wraps = np.abs(cells[place] % width - cells % width) > 1  # from one row's end to the next
        there = (cells[place] == cells + shift) & ~wraps
        around.append(np.where(there, place, np.arange(len(cells))))
    patch = np.arange(len(cells))
    while True:
        lowest = np.min([patch, *(patch[place] for place in around)], axis=0)
        lowest = lowest[lowest]  # jump ahead: long patches need few rounds
        if np.array_equal(lowest, patch):
            return np.unique(patch, return_inverse=True)[1]
        patch = lowest


def share_names(objective: Objective) -> tuple[str, ...]:
    """What each share of `shares` is of, in words that follow "30%"."""
    points = (", ".join(f"{c:.4g}" for c in minimum.point) for minimum in objective.minima)
    known = (f"end at ({point})" for point in points)
    return (*known, "end at unlisted minima", *ENDING_WORDS.values())


def shares(labels: Array, known: int) -> Array:
    """The share of `labels` at each of the `known` minima, at others, and of each ending."""
    least = min(Ending)
    counts = np.bincount(labels - least, minlength=known - least)  # from the lowest code up
    minima = counts[-least:]
    endings = [counts[code - least] for code in ENDING_WORDS]
    return read_only(np.array([*minima[:known], minima[known:].sum(), *endings]) / len(labels))
