"""What all experiments on gradient descent share: what is descended, by whom and from where."""

from typing import Self

from pydantic import model_validator

from kernels.errors import ParameterError
from kernels.objectives.catalogue import (
    OBJECTIVE_LABELS,
    CurveParameters,
    LineParameters,
    Objective,
    ObjectiveParameters,
)
from kernels.objectives.data_objective import MiniBatches
from kernels.optimizers.catalogue import (
    OPTIMIZER_LABELS,
    MomentumParameters,
    OptimizerSpec,
    SGDParameters,
)
from kernels.parameters import KIND, Parameters, setting

LARGEST_START = 1e9
MOST_STEPS = 1_000_000
MOST_OPTIMIZERS = 10_000  # their recorded paths take 48 kB each, half a gigabyte in all


RACE_ONLY = frozenset(
    {"noise", "seed", "steps", "tolerance", "gradient_tolerance", "objective.batches"}
)
IDLE = {  # what has no effect in an experiment
    "comparison": frozenset({"objective.loss"}),
    "basins": RACE_ONLY | {"start"},
    "map": RACE_ONLY | {"optimizers"},
    "tuning": RACE_ONLY | {"start"},
}


class Descent(Parameters):
    """An objective, the optimizers that descend it, their start, and when they have arrived."""

    experiment: Parameters
    objective: ObjectiveParameters = setting(
        LineParameters(), labels=OBJECTIVE_LABELS, resets=("start",), help="What is descended."
    )
    optimizers: tuple[OptimizerSpec, ...] = setting(
        (
            SGDParameters(learning_rate=0.1),
            MomentumParameters(learning_rate=4 / 9, momentum=5 / 9),
        ),
        min_length=1,
        max_length=MOST_OPTIMIZERS,
        live=True,
        labels=OPTIMIZER_LABELS,
        help="Who descends, all from one start; one may be there twice with other settings.",
    )
    start: tuple[float, ...] | None = setting(
        None, help="Where all start, a number for each coordinate; empty for the objective's own."
    )
    noise: float = setting(
        0.0,
        ge=0,
        le=1000,
        slider=(0.0, 10.0),
        live=True,
        label="Gradient noise",
        help="Standard deviation of the Gaussian noise on each coordinate of the gradient.",
    )
    seed: int = setting(0, ge=0, le=2**32 - 1, help="What the gradient noise is drawn from.")
    steps: int = setting(
        500,
        ge=1,
        le=MOST_STEPS,
        slider=(10, 10_000),
        scale="log",
        unit="steps",
        live=True,
        label="Horizon",
        help="Where the run stops if it has not ended before; mini-batches may set it in epochs.",
    )
    tolerance: float = setting(
        1e-3,
        gt=0,
        le=1e6,
        scale="log",
        slider=(1e-9, 1.0),
        help="How far above a known minimum a loss may be to count as arrived.",
    )
    gradient_tolerance: float = setting(
        1e-6,
        gt=0,
        le=1.0,
        scale="log",
        slider=(1e-12, 1e-2),
        help="A gradient shorter than this counts as none: the point has come to rest.",
    )

    def idle(self) -> frozenset[str]:
        idle = IDLE.get(getattr(self.experiment, KIND), frozenset())
        return idle if self.noise else idle | {"seed"}

    def fixed(self) -> frozenset[str]:
        """A path may bend, but what is said of a basin or a score holds for one setting."""
        is_path = getattr(self.experiment, KIND) in ("race", "comparison")
        return frozenset() if is_path else frozenset({"optimizers"})

    def horizon(self, objective: Objective) -> int:
        """After how many steps on `objective` a race stops: its epochs, where it is to count them.

        Raises `ParameterError` if they are too many steps.
        """
        epochs, per_epoch = self.epochs(objective), objective.steps_per_epoch
        if epochs * per_epoch > MOST_STEPS:
            raise ParameterError(
                f"{epochs} epochs of {per_epoch} mini-batches are {epochs * per_epoch} steps; a "
                f"run may have at most {MOST_STEPS}. Give fewer epochs, or larger batches.",
                "objective.batches.epochs",
            )
        return epochs * per_epoch or self.steps

    def epochs(self, objective: Objective) -> int:
        """After how many epochs on `objective` a race stops; 0 if its steps are counted."""
        batches = getattr(self.objective, "batches", None)
        if not isinstance(batches, MiniBatches) or objective.steps_per_epoch == 1:
            return 0
        return batches.epochs

    @model_validator(mode="after")
    def _start_fits(self) -> Self:
        if self.start is None:
            return self
        count = 1 if isinstance(self.objective, CurveParameters) else 2
        if len(self.start) != count:
            numbers = "one number" if count == 1 else "two numbers"
            raise ParameterError(
                f"start is {list(self.start)}; this objective needs {numbers}, "
                "one for each coordinate. Give as many, or leave it empty for the usual start.",
                "start",
            )
        if any(abs(value) > LARGEST_START for value in self.start):
            raise ParameterError(
                f"start is {list(self.start)}; each number must lie between -{LARGEST_START:g} and "
                f"{LARGEST_START:g}. Choose a start nearer to the picture.",
                "start",
            )
        return self
