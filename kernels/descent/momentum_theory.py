r"""What theory says of gradient descent with momentum on a quadratic.

Its curvatures reach from mu to L, and kappa = L / mu (Polyak 1964; Goh, Why Momentum Really Works,
Distill 2017; Lessard, Recht and Packard, SIAM J. Optim. 26(1), 2016, table 1, for Nesterov):

- stable below 2 (1 + beta) / L, with Nesterov below 2 (1 + beta) / ((1 + 2 beta) L);
- fastest at 4 / (sqrt L + sqrt mu)^2 and ((sqrt kappa - 1) / (sqrt kappa + 1))^2, with Nesterov at
  4 / (3 L + mu) and (sqrt(3 kappa + 1) - 2) / (sqrt(3 kappa + 1) + 2);
- fastest without momentum at 2 / (L + mu).
"""

import math
from dataclasses import dataclass

import numpy as np
import torch

from kernels.descent.attractors import eigenvalues, kinks
from kernels.objectives.catalogue import Objective
from kernels.simulation import Array, to_host


@dataclass(frozen=True, slots=True, kw_only=True)
class MomentumTheory:
    """The theory for curvatures from `least` (mu) to `largest` (L), both above 0.

    `validity` says in a sentence where it holds.
    """

    least: float
    largest: float
    nesterov: bool
    validity: str = ""

    @property
    def plain_rate(self) -> float:
        """The fastest learning rate without momentum."""
        return 2.0 / (self.largest + self.least)

    @property
    def best(self) -> tuple[float, float]:
        """The fastest learning rate and momentum."""
        if self.nesterov:
            root = math.sqrt(3.0 * self.largest / self.least + 1.0)
            return 4.0 / (3.0 * self.largest + self.least), (root - 2.0) / (root + 2.0)
        low, high = math.sqrt(self.least), math.sqrt(self.largest)
        return 4.0 / (high + low) ** 2, ((high - low) / (high + low)) ** 2

    def limits(self, momenta: Array) -> Array:
        """The learning rate at which each of `momenta`, (H,), turns unstable, (H,)."""
        ahead = 1.0 + 2.0 * momenta if self.nesterov else 1.0
        return np.asarray(2.0 * (1.0 + momenta) / (ahead * self.largest))

    def speeds(self, rates: Array, momenta: Array) -> Array:
        """By what the distance shrinks each step in the long run, (W,) and (H,) -> (H, W).

        From 1 on it does not shrink.
        """
        radii = [
            self._radius(curvature, rates, momenta) for curvature in (self.least, self.largest)
        ]
        return np.asarray(np.maximum(*radii))

    def _radius(self, curvature: float, rates: Array, momenta: Array) -> Array:
        """The larger root, in size, of z^2 - trace z + determinant, the recurrence's polynomial."""
        beta, left = momenta[:, None], 1.0 - rates[None, :] * curvature
        trace = (1.0 + beta) * left if self.nesterov else beta + left
        determinant = beta * left if self.nesterov else np.broadcast_to(beta, trace.shape)
        discriminant = trace**2 - 4.0 * determinant
        real = (np.abs(trace) + np.sqrt(np.maximum(discriminant, 0.0))) / 2.0
        return np.where(discriminant < 0.0, np.sqrt(np.abs(determinant)), real)


def theory_at_minimum(
    objective: Objective, start: tuple[float, ...], nesterov: bool, device: torch.device
) -> MomentumTheory | None:
    """The theory for the known minimum nearest to `start`.

    None if no minimum is known, if its curvature is not positive or a kink leaves it with none, and
    on `meta`, where no curvature can be read.
    """
    if not objective.minima or device.type == "meta":
        return None
    minimum = min(objective.minima, key=lambda m: math.dist(m.point, start))
    point = torch.tensor(minimum.point, dtype=torch.float64, device=device)
    least, largest = (float(e) for e in eigenvalues(to_host(objective.hessian(point))))
    if not least > 1e-12 * largest > 0.0 or kinks(objective, point.unsqueeze(0)).any():
        return None
    where = ", ".join(f"{c:.4g}" for c in minimum.point)
    validity = (
        "The surface is a quadratic: the limit is exact, and the speed is that of a long run."
        if objective.is_quadratic
        else f"The surface is no quadratic: limit and speed hold only near the minimum ({where})."
    )
    return MomentumTheory(least=least, largest=largest, nesterov=nesterov, validity=validity)
