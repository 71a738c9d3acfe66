"""What stays while optimizers move: the objective, and its surface on a grid as it is drawn.

Loss surfaces differ by orders of magnitude between floor and rim; drawn as they are, the floor is
flat and nothing is seen of it. In space they are drawn as ``((z - low) / (high - low)) ** (1 /
p)``, with the order p chosen so that the median of the surface lies at half its height, but 1 where
that already lies above a quarter. Whoever draws it says p.
"""

import math
from dataclasses import dataclass

import numpy as np
import torch

from kernels.objectives.catalogue import Objective
from kernels.simulation import Array, Lasting, to_host

RESOLUTION = 201  # points an axis
LARGEST_ORDER = 8.0
EVEN = 0.25  # a median above this share of the height needs no root


@dataclass(frozen=True, slots=True, eq=False)
class Scenery(Lasting):
    """An objective and its loss over its domain: one object for a whole run.

    `x` is (W,); `y` is (H,), empty for an objective of one coordinate; `z`, the loss over all data,
    is (H, W), or (W,) over one coordinate. `heights`, shaped as `z`, are how it is drawn in space:
    the root of order `order` of the loss above its lowest, from 0 to 1, NaN where the loss is none.
    """

    objective: Objective
    x: Array
    y: Array
    z: Array
    heights: Array
    order: float


def make_scenery(objective: Objective, device: torch.device, dtype: torch.dtype) -> Scenery:
    """The surface of `objective`, whose data are on `device` in `dtype`, over its domain."""
    axes = [
        torch.linspace(*ends, RESOLUTION, device=device, dtype=dtype) for ends in objective.domain
    ]
    rows = torch.meshgrid(*reversed(axes), indexing="ij")  # y before x
    with torch.no_grad():
        z = to_host(objective.loss(torch.stack(rows[::-1], dim=-1)))  # (H, W, d) -> (H, W)
    shares = _shares(z)
    order = _order(shares)
    heights = shares ** (1 / order)
    heights.flags.writeable = False
    y = axes[1] if len(axes) == 2 else torch.empty(0)
    return Scenery(objective, to_host(axes[0]), to_host(y), z, heights, order)


def _shares(z: Array) -> Array:
    """Where each of `z` lies between the lowest, 0, and the highest, 1; NaN where not finite."""
    finite = np.where(np.isfinite(z), z, np.nan)
    if np.isnan(finite).all():
        return finite
    low, high = float(np.nanmin(finite)), float(np.nanmax(finite))
    return (finite - low) / (high - low) if high > low else np.zeros_like(finite)


def _order(shares: Array) -> float:
    median = float(np.nanmedian(shares)) if np.isfinite(shares).any() else 0.5
    if median >= EVEN:
        return 1.0
    return min(math.log(median) / math.log(0.5), LARGEST_ORDER) if median > 0 else LARGEST_ORDER
