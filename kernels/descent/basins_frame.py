"""What there is to see of basins of attraction."""

from dataclasses import dataclass

from kernels.objectives.scenery import Scenery
from kernels.simulation import Array, Frame


@dataclass(frozen=True, slots=True, kw_only=True)
class BasinsFrame(Frame):
    """Where the starts of a grid have come to.

    `x`, (W,), and `y`, (H,), are the middles of the pixels; row 0 of all pictures is the lowest y.
    The pictures are those after `picture_step` steps of run number `run` at `learning_rate`:
    `labels`, (H, W), int16, the index of a minimum in `ends` or a code of `Ending`; `steps`,
    (H, W), int16, the step from which the gradient has stayed under the tolerance, -1 where it is
    above; `nearest`, (H, W), int16, the known minimum within the radius, at rest or not, or -1;
    `end_points`, (H, W, 2), where each start is.

    `ends`, (K, 2), are the `known` minima, then those found. `limits`, (known,), is the learning
    rate above which each lets go by the rule `limit_rule` of the optimizer; NaN, and "", where it
    has none. `kinks`, (known,), booleans: the slope jumps there, so that no curvature and no limit
    exist. `shares`, (S,), are the shares of the starts by `share_names`: each known minimum,
    other minima, and the endings. `sweep_rates`, (R,), and `sweep_shares`, (R, S), are the complete
    runs of a sweep, `sweep_ends` the first and the last rate of all its runs, None without one.
    """

    scenery: Scenery
    picture_step: int
    run: int
    learning_rate: float
    known: int
    limit_rule: str
    sentence: str
    x: Array
    y: Array
    labels: Array
    steps: Array
    nearest: Array
    end_points: Array
    ends: Array
    limits: Array
    kinks: Array
    shares: Array
    share_names: tuple[str, ...]
    sweep_rates: Array
    sweep_shares: Array
    sweep_ends: tuple[float, float] | None
