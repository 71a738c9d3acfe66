"""What there is to see of a map of hyper-parameters, and in words how it compares with theory."""

from dataclasses import dataclass

from kernels.descent.race_frame import plain
from kernels.simulation import Array, Frame, Scalar

NOT_REACHED = -1
DIVERGED = -2


@dataclass(frozen=True, slots=True, kw_only=True)
class HyperparameterMapFrame(Frame):
    """How many steps each pair of learning rate and momentum has needed from one start.

    `learning_rates`, (W,), evenly spaced in their logarithms if `logarithmic`, and `momenta`, (H,),
    rise; the nodes nearest to theory's best are moved onto it. `steps`, (H, W), integers: the step
    from which the loss has stayed less than `tolerance` above the lowest there is, or `NOT_REACHED`
    (so far) or `DIVERGED`; row 0 is momentum 0. A path that only flies through the minimum has not
    arrived. `best_*` is the pixel with the fewest steps, `plain_*` that with momentum 0: steps is
    `NOT_REACHED` and the rest NaN while there is none. Of equals, the first by momentum, then rate.

    `title` names the objective, `start`, (d,), where all descend from, and `horizon` how many steps
    they have; `legend` tells the terms.

    Theory, empty or NaN where no curvature is known: `limits`, (H,), the learning rate at which
    each momentum turns unstable; `speeds`, (H, W), the factor by which the distance shrinks each
    step; `theory_*`, its fastest pair, with and without momentum, and the steps that these pixels
    have needed. `theory` says for what it holds, `sentence` compares it with the map.
    """

    title: str
    start: Array
    horizon: int
    legend: str
    tolerance: float
    logarithmic: bool
    learning_rates: Array
    momenta: Array
    steps: Array
    best_rate: float
    best_momentum: float
    best_steps: int
    plain_rate: float
    plain_steps: int
    limits: Array
    speeds: Array
    theory_rate: float
    theory_momentum: float
    theory_steps: int
    theory_plain_rate: float
    theory_plain_steps: int
    theory: str
    sentence: str

    def row(self) -> dict[str, Scalar]:
        row = super(HyperparameterMapFrame, self).row()  # a dataclass with slots is a new class
        return {k: plain(v) if isinstance(v, float) else v for k, v in row.items()}


def compared(frame: HyperparameterMapFrame) -> str:
    """The best of the map beside what theory calls the fastest."""
    if frame.best_steps == NOT_REACHED:
        tolerance = f"{frame.tolerance:g}"
        return f"After {frame.step} steps no pair has come within {tolerance} of the lowest loss."

    def told(steps: int) -> str:
        return f"{steps} steps" if steps >= 0 else "not arrived"

    parts = [
        f"The fewest steps on this map: {frame.best_steps}, at learning rate {frame.best_rate:.4g} "
        f"and momentum {frame.best_momentum:.4g}"
    ]
    if frame.theory_momentum in frame.momenta and frame.theory_rate in frame.learning_rates:
        parts.append(
            f"theory's fastest pair in the long run, {frame.theory_rate:.4g} and "
            f"{frame.theory_momentum:.4g}: {told(frame.theory_steps)}"
        )
    parts.append(
        f"without momentum: {told(frame.plain_steps)}"
        + (f" at {frame.plain_rate:.4g}" if frame.plain_steps >= 0 else "")
    )
    if frame.theory_plain_rate in frame.learning_rates:
        parts.append(
            f"theory's plain rate {frame.theory_plain_rate:.4g}: {told(frame.theory_plain_steps)}"
        )
    return "; ".join(parts) + "."
