"""What there is to see of several runs side by side."""

from dataclasses import dataclass

from kernels.simulation import Array, Frame, Scalar
from kernels.training.comparison.differences import Difference
from kernels.training.frame import TrainingFrame


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparisonFrame(Frame):
    """A run and the others beside it after `step` steps.

    For each run, this one first: `names`; `begins`, the step at which it branches off from this
    run, 0 where it is one of its own; `runs`, its own frame, whose curves are those of this run up
    to there, and None where it has not begun; `endings`, a sentence on how it ended, empty while it
    goes on. `differences` are the settings that are not the same in all of them.
    """

    names: tuple[str, ...]
    begins: tuple[int, ...]
    runs: tuple[TrainingFrame | None, ...]
    endings: tuple[str, ...]
    differences: tuple[Difference, ...]

    def row(self) -> dict[str, Scalar]:
        """The rows of all runs, told apart by their names; None where one has not begun."""
        row: dict[str, Scalar] = {"step": self.step}
        for name, run in zip(self.names, self.runs, strict=True):
            values = self._first().row() if run is None else run.row()
            row |= {f"{name}.{k}": None if run is None else v for k, v in values.items()}
        return row

    def arrays(self) -> dict[str, Array]:
        pairs = zip(self.names, self.runs, strict=True)
        return {f"{n}.{k}": v for n, run in pairs if run for k, v in run.arrays().items()}

    def _first(self) -> TrainingFrame:
        first = self.runs[0]
        assert first is not None, "this run begins at once"
        return first
