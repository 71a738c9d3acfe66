"""A loss surface on a grid, as it is drawn: heights, their compression, and the levels of contours.

Loss surfaces differ by orders of magnitude between floor and rim; drawn as they are, the floor is
flat and nothing is seen. Heights are therefore drawn as ``((z - low) / (high - low)) ** (1 / p)``,
with the order p chosen so that the median of the surface lies at half its height. Whoever draws it
says p, and labels with true values.
"""

import math
from dataclasses import dataclass

import numpy as np
import torch

from kernels.objectives import Objective
from kernels.simulation import Array, to_host

LARGEST_ORDER = 8.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Landscape:
    """A surface over a grid of two coordinates, or a curve over one.

    `x` is (W,), `y` is (H,) (empty for a curve), `z` is (H, W), or (W,) for a curve: the loss in
    float64. `low`, `high` bound the finite part of `z`; `order` is p, 1 for heights as they are.
    `levels` are the losses at which contours are drawn, (L,), rising.
    """

    x: Array
    y: Array
    z: Array
    low: float
    high: float
    order: float
    levels: Array

    def height(self, loss: Array) -> Array:
        """Where `loss`, of any shape, is drawn between floor 0 and rim 1; above the rim it is cut."""
        share = (np.asarray(loss) - self.low) / (self.high - self.low)
        return np.clip(share, 0.0, 1.0) ** (1.0 / self.order)


def make_landscape(objective: Objective, resolution: int = 200, contours: int = 16) -> Landscape:
    """The loss of `objective` over its domain, at `resolution` points an axis."""
    axes = [torch.linspace(low, high, resolution, dtype=torch.float64) for low, high in objective.domain]
    if objective.dimension == 1:
        points = axes[0].unsqueeze(-1)  # (W, 1)
    else:
        rows, columns = torch.meshgrid(axes[1], axes[0], indexing="ij")  # (H, W)
        points = torch.stack([columns, rows], dim=-1)  # (H, W, 2)
    with torch.no_grad():
        z = to_host(objective.loss(points))
    finite = z[np.isfinite(z)]
    low = float(finite.min()) if finite.size else 0.0
    high = float(finite.max()) if finite.size else 1.0
    if objective.infimum is not None and math.isfinite(objective.infimum):
        low = min(low, objective.infimum)
    if not high > low:
        high = low + 1.0
    order = _order(finite, low, high)
    shares = (np.arange(1, contours + 1) / (contours + 1)) ** order
    return Landscape(
        x=to_host(axes[0]),
        y=to_host(axes[1]) if objective.dimension == 2 else np.empty(0),
        z=z,
        low=low,
        high=high,
        order=order,
        levels=low + (high - low) * shares,
    )


def _order(finite: Array, low: float, high: float) -> float:
    """The order p at which the median lies at half the height: between 1 and `LARGEST_ORDER`."""
    share = float(np.median(finite) - low) / (high - low) if finite.size else 0.5
    if not 0.0 < share < 0.5:
        return 1.0 if share >= 0.5 else LARGEST_ORDER
    return min(math.log(share) / math.log(0.5), LARGEST_ORDER)
