"""What there is to see of the landscape of a network in training."""

import math
from dataclasses import dataclass

from kernels.landscape.refinement import Range
from kernels.simulation import Array, Frame, Lasting, Scalar
from kernels.training.landscape.parameters import PlaneName

SMALL = 0.001  # a share of which tenths of a percent say nothing


@dataclass(frozen=True, slots=True, eq=False)
class Landscape(Lasting):
    """The loss on a plane through the weights: one object for as long as it stays as it is.

    `surface`, (n, n), rows along the second direction from low to high; `step` is that of the
    weights that it goes through, or of the end of the path whose plane it is. `explained` is the
    share of the variance of the path until then, of `snapshots` points, that lies along the plane;
    NaN where there is none. `chance` is what a plane of pure random walks that begin there and have
    steps as long holds of theirs, NaN if the plane is a random one. `parameter_count` is the number
    of dimensions of the whole space, and `has_statistics` whether there is batch normalisation,
    whose running statistics are left as they are.
    """

    plane: PlaneName
    surface: Array
    x_range: Range
    y_range: Range
    step: int
    explained: float
    chance: float
    snapshots: int
    parameter_count: int
    has_statistics: bool
    runs: int

    def sentences(self) -> tuple[str, ...]:
        """What this slice is, and how much of the path it holds."""
        if self.plane == "random":
            what = (
                f"A slice through the weights of step {self.step:,} in two random directions, "
                "scaled filter by filter (Li et al. 2018)."
            )
        else:
            whose = "the path" if self.runs == 1 else f"the {self.runs} paths"
            what = (
                f"A slice along the first two principal components of {whose} until step "
                f"{self.step:,}."
            )
        if math.isfinite(self.explained):  # in one paragraph, so that neither is shown alone
            whose = "path's" if self.runs == 1 else "paths'"
            what += (
                f" It holds {_percent(self.explained)} of the {whose} variance; {self._beside()}"
            )
        told = [what]
        if self.has_statistics:
            told.append(
                "All over it batch normalisation keeps the running statistics of that step."
            )
        return tuple(told)

    def _beside(self) -> str:
        """What chance alone gives."""
        if self.plane == "random":
            share = min(1.0, 2 / self.parameter_count)
            return f"two directions drawn uniformly hold {_percent(share)} of any on average."
        walk = f"a pure random walk of {self.snapshots} points"
        if self.runs > 1:  # how far apart they begin is a part of the variance
            walk = f"pure random walks of {self.snapshots} points, as far apart and as fast,"
        return f"of {walk} in many dimensions it is {self.chance:.1%}."


@dataclass(frozen=True, slots=True, kw_only=True)
class LandscapeFrame(Frame):
    """The landscape of a network, or of some, after `step` steps of which `trained` were updates.

    What is drawn on
        `landscape`, None before the first coarse surface is complete.
    The paths of R runs, thinned, the present last
        `path_steps`, (T,), their `losses`, (R, T), on the samples of the surface, in evaluation
        mode and without penalties; `paths`, (R, T, 2), the nearest points of the plane, and
        `distances`, (R, T), how far from it they are in the space of the weights; both NaN where
        there is no landscape.
    Curvature, where each step goes through all samples
        `curvature_steps`, (K,), and `curvature`, (K,): the largest eigenvalue of the Hessian of the
        loss, with its L2 penalty, of the first run. `stable`, (K,), is what descent at the learning
        rate of that step can follow, by `rule`; NaN and empty where no such rule holds. `uncurved`
        says why there is no curvature.
    """

    title: str
    loss: str
    trained: int
    landscape: Landscape | None
    names: tuple[str, ...]
    path_steps: Array
    paths: Array
    losses: Array
    distances: Array
    curvature_steps: Array
    curvature: Array
    stable: Array
    rule: str
    uncurved: str

    def arrays(self) -> dict[str, Array]:
        """The surface is one of them, too, where there is one."""
        surface = {} if self.landscape is None else {"surface": self.landscape.surface}
        return super(LandscapeFrame, self).arrays() | surface

    def row(self) -> dict[str, Scalar]:
        """A row of a table: the last of each curve, of every run."""
        row: dict[str, Scalar] = {"step": self.step, "trained": self.trained}
        row["surface_step"] = None if self.landscape is None else self.landscape.step
        for index in range(len(self.names)):
            row[f"loss_{index + 1}"] = _plain(self.losses[index, -1])
            row[f"distance_{index + 1}"] = _plain(self.distances[index, -1])
        row["curvature"] = _plain(self.curvature[-1]) if len(self.curvature) else None
        return row

    def sentences(self) -> tuple[str, ...]:
        """What is to be known of the picture."""
        if self.landscape is None:
            why = "There is no surface yet: it comes in steps, and on a path after three points."
            return why, *self._curved()
        return (*self.landscape.sentences(), *self._curved())

    def _curved(self) -> tuple[str, ...]:
        """Why there is no curvature, or when its limit is one."""
        if self.uncurved:
            return (self.uncurved,)
        if not self.rule:
            return ("No limit: here the curvature alone decides nothing.",)
        return ("The limit: exact for a quadratic loss.",)


def _percent(share: float) -> str:
    """`share` in percent, with two digits where it is small."""
    return f"{share:.1%}" if share >= SMALL else f"{100 * share:.2g}%"


def _plain(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
