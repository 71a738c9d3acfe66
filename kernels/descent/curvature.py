"""Second derivatives where racers are, and the learning rates that they allow."""

import math

import numpy as np
from torch import Tensor

from kernels.objectives.catalogue import Objective
from kernels.objectives.ground import FLAT
from kernels.optimizers.catalogue import OptimizerParameters
from kernels.simulation import Array, to_host


def eigenvalues_at(objective: Objective, points: Tensor) -> Array:
    """The eigenvalues of the Hessian at `points`, (N, d) -> (N, d), rising; NaN for none."""
    hessians = to_host(objective.hessian(points))  # (N, d, d)
    eigenvalues = np.full(hessians.shape[:-1], math.nan)
    is_finite = np.isfinite(hessians).all(axis=(-2, -1))
    eigenvalues[is_finite] = np.linalg.eigvalsh(hessians[is_finite])
    eigenvalues.flags.writeable = False
    return eigenvalues


def curves_downwards(eigenvalues: Array) -> bool:
    """Whether the least of `eigenvalues`, (d,), rising, is below 0 and does not count as 0."""
    return bool(eigenvalues[0] < -FLAT * max(1.0, float(abs(eigenvalues[-1]))))


def limits_at(specs: tuple[OptimizerParameters, ...], eigenvalues: Array) -> Array:
    """The learning rate above which each of `specs` is unstable at its `eigenvalues`, (R, d).

    (R,), by the largest eigenvalue; NaN where the smallest, with the weight decay, is not positive:
    there no rate is stable.
    """
    pairs = [
        (spec.limit(float(smallest)), spec.limit(float(largest)))
        for spec, smallest, largest in zip(
            specs, eigenvalues[:, 0], eigenvalues[:, -1], strict=True
        )
    ]
    return np.array([math.nan if None in pair else pair[1] for pair in pairs], dtype=float)
