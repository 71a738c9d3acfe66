"""What is drawn of a landscape: the surface, and where the paths lie on its plane."""

import math

import numpy as np
from torch import Tensor

from kernels.landscape.plane import Plane, Projector
from kernels.landscape.refinement import Refinement
from kernels.simulation import Array, to_host
from kernels.training.landscape.frame import Landscape
from kernels.training.landscape.parameters import LandscapeExperiment


class Shown:
    """Keeps what was drawn last, so that it is worked out once for as long as it stays the same.

    It is no part of a State: anew it comes out the same, to the last bit.
    """

    def __init__(self, experiment: LandscapeExperiment, parameter_count: int) -> None:
        self._experiment, self._parameter_count = experiment, parameter_count
        self._landscape: tuple[Tensor, Landscape] | None = None
        self._projected: tuple[Projector, dict[int, tuple[Array, Array]]] | None = None

    def landscape(self, refined: Refinement, surface: Tensor) -> Landscape:
        """The `surface` of `refined`, one object for as long as it is the same."""
        if self._landscape is None or self._landscape[0] is not surface:
            drawn = Landscape(
                plane=self._experiment.plane,
                surface=to_host(surface),
                x_range=refined.x_range,
                y_range=refined.y_range,
                step=refined.step,
                explained=refined.explained,
                chance=refined.chance,
                snapshots=refined.snapshots,
                parameter_count=self._parameter_count,
                has_statistics=bool(refined.buffers),
                runs=self._experiment.runs,
            )
            self._landscape = surface, drawn
        return self._landscape[1]

    def paths(self, plane: Plane | None, steps: Array, weights: Tensor) -> tuple[Array, Array]:
        """Where the paths, (R, T, D), lie on `plane`, (R, T, 2), and how far from it, (R, T).

        `steps`, (T,), are those of the points; a point of a step is the same whenever it is asked
        for. NaN without a plane.
        """
        runs, points, _ = weights.shape
        if plane is None:
            return np.full((runs, points, 2), math.nan), np.full((runs, points), math.nan)
        if self._projected is None or self._projected[0].plane is not plane:
            self._projected = Projector(plane), {}
        project, known = self._projected
        for index, step in enumerate(steps.tolist()):
            if step not in known:  # one by one: so the bits are the same whatever was known
                places, away = project(weights[:, index])
                known[step] = to_host(places), to_host(away)
        found = [known[step] for step in steps.tolist()]
        return np.stack([p for p, _ in found], axis=1), np.stack([d for _, d in found], axis=1)
