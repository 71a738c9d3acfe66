"""Which runs are trained side by side: what each has set otherwise, and where it branches off."""

from typing import Any, Literal, Self

from pydantic import model_validator

from kernels.assignments import assignments_in, read_assignment
from kernels.errors import ParameterError
from kernels.parameters import Parameters, setting

THIS_RUN = "this run"
MOST_RUNS = 6  # beside this one
LAST_STEP = 100_000_000


class Variant(Parameters):
    """A run beside this one: where it begins, and what is set otherwise in it."""

    name: str = setting(
        "",
        max_length=60,
        help="How it is called; without a name, where it branches off or what it has set.",
    )
    from_step: int = setting(
        0,
        ge=0,
        le=LAST_STEP,
        slider=(0, 10_000),
        help="At which step of this run it branches off, with its very weights; with 0 it is a "
        "run of its own from the start.",
    )
    settings: str = setting(
        "",
        max_length=2000,
        help="What is set otherwise, as optimizer.learning_rate = 0.003; between two settings "
        "stands a semicolon.",
    )

    @model_validator(mode="after")
    def _readable(self) -> Self:
        for text in assignments_in(self.settings):
            found = read_assignment(text)
            if found is None or (not found[1] and found[1] == ""):
                start = self.settings.index(text)
                raise ParameterError(
                    f"'{text}' sets nothing; a setting has a path and a value. Write, for "
                    "instance, optimizer.learning_rate = 0.003.",
                    "settings",
                    (start, start + len(text)),
                )
        return self

    def assignments(self) -> dict[str, Any]:
        """What is set otherwise, by path."""
        return dict(found for t in assignments_in(self.settings) if (found := read_assignment(t)))


class ComparisonExperiment(Parameters):
    """A run and others beside it, on one axis of steps."""

    kind: Literal["comparison"] = "comparison"
    runs: tuple[Variant, ...] = setting(
        (Variant(settings="optimizer.learning_rate = 0.05"),),
        label="Other runs",
        min_length=1,
        max_length=MOST_RUNS,
        keeps_past=True,
        help="The runs beside this one, which goes by the parameters below.",
    )

    @model_validator(mode="after")
    def _told_apart(self) -> Self:
        names = [THIS_RUN, *(run.name for run in self.runs)]
        for index, name in enumerate(names):
            if name and name in names[:index]:
                raise ParameterError(
                    f"Two runs are called '{name}'. Give each a name of its own, or none.",
                    f"runs.{index - 1}.name",
                )
        return self


def run_names(runs: tuple[Variant, ...]) -> tuple[str, ...]:
    """How this run and `runs` are called, each otherwise."""
    names = [THIS_RUN]
    for index, run in enumerate(runs, 1):
        name = run.name or _told(run) or f"run {index}"
        is_taken = name in names or name in (r.name for r in runs if r is not run)
        names.append(f"{name} ({index})" if is_taken else name)
    return tuple(names)


def _told(run: Variant) -> str:
    """Where a run without a name branches off, or what it has set."""
    if run.from_step:
        return f"branch at {run.from_step:,}"
    return ", ".join(
        f"{path.rpartition('.')[2].replace('_', ' ')} {value}"
        for path, value in run.assignments().items()
    )
