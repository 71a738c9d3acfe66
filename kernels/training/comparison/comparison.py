"""Several runs on one axis of steps: from the start, or branching off from the first one."""

from collections.abc import Iterator
from typing import ClassVar, Literal

import torch

from kernels.errors import ParameterError
from kernels.generators import GlobalGenerators
from kernels.parameters import Action
from kernels.simulation import Finish, Scalar, Simulation, State
from kernels.training.comparison.differences import what_differs
from kernels.training.comparison.frame import ComparisonFrame
from kernels.training.comparison.parameters import run_names
from kernels.training.comparison.settings import (
    COMMON,
    run_parameters,
    setting_path,
    variants_of,
)
from kernels.training.parameters import Training
from kernels.training.training import FastTrainingRun, PictureTrainingRun, TrainingRun


class Comparison(Simulation[Training, ComparisonFrame]):
    """The run that goes by the parameters, and others beside it with some of them set otherwise.

    Each is to the last bit what it would be alone: one from step 0 a run with its settings, one
    that branches off at step k a run whose parameters were changed live at step k. A live change of
    the parameters comes to all of them, but for what a run has set otherwise; what is done by hand
    is done to this run, and to those that branch off from it later.
    """

    Run: ClassVar[type[TrainingRun]] = TrainingRun
    dtype: ClassVar[torch.dtype] = Run.dtype
    prefers: ClassVar[Literal["cpu", "accelerator"]] = Run.prefers
    observe_every: ClassVar[int] = Run.observe_every
    actions: ClassVar[tuple[type[Action], ...]] = Run.actions

    def __init__(self, parameters: Training, device: torch.device) -> None:
        super().__init__(parameters, device)
        self._variants = variants_of(parameters)
        self.names = run_names(self._variants)
        self._begins = (0, *(variant.from_step for variant in self._variants))
        wanted = self._wanted = run_parameters(parameters)
        self._generators = [GlobalGenerators(None, device) for _ in wanted]
        self._runs: list[TrainingRun] = []
        for index, (one, generators) in enumerate(zip(wanted, self._generators, strict=True)):
            with generators.in_use():
                self._runs.append(_built(self.Run, one, device, index))
        self._check()
        self._has_begun = [not step for step in self._begins]
        self._observed = [0] * len(wanted)  # the step at which each was observed last
        self._differences = what_differs(wanted, COMMON)

    def _check(self) -> None:
        """Raise `ParameterError` where a run cannot stand beside the first one."""
        first = self._runs[0]
        for index, (run, begins) in enumerate(zip(self._runs, self._begins, strict=True)):
            if run.dataset.is_picture != first.dataset.is_picture:
                raise ParameterError(
                    f"'{self.names[index]}' learns from {run.dataset.title} and this run from "
                    f"{first.dataset.title}; pictures and other data are not compared. Choose data "
                    "of one kind.",
                    setting_path(index, "settings"),
                )
            if begins > first.length:
                raise ParameterError(
                    f"'{self.names[index]}' branches off at step {begins:,}, and this run has only "
                    f"{first.length:,}. Choose an earlier step, or more epochs.",
                    setting_path(index, "from_step"),
                )

    @property
    def length(self) -> int:
        return max(run.length for run in self._runs)

    def run(self, index: int) -> TrainingRun:
        """Run number `index`, this one first; what it shows before it has begun is of no use."""
        return self._runs[index]

    # ---- steps -----------------------------------------------------------------------------

    def step(self, n: int = 1) -> None:
        target = min(self.step_count + n, self.length)
        while self.step_count < target:
            self._branch()
            end = min([target, *(step for step in self._begins if step > self.step_count)])
            for index in list(self._going()):
                with self._generators[index].in_use():
                    self._runs[index].step(end - self.step_count)
            self.step_count = end

    def _branch(self) -> None:
        """Begin the runs whose step has come, with all that the first one is and remembers."""
        first, generators = self._runs[0], self._generators[0]
        for index, begins in enumerate(self._begins):
            if self._has_begun[index] or not begins == first.step_count == self.step_count:
                continue
            run = self._runs[index]
            run.restore(first.state())
            run.adjust(self._wanted[index])
            self._generators[index].state = generators.current()
            self._has_begun[index], self._observed[index] = True, self._observed[0]

    def _going(self) -> Iterator[int]:
        """The numbers of the runs that do the next step; one that has ended stays behind."""
        for index, run in enumerate(self._runs):
            is_there = self._has_begun[index] and run.step_count == self.step_count
            if is_there and run.finished is None and run.step_count < run.length:
                yield index

    def observe(self) -> None:
        for index, run in enumerate(self._runs):
            if self._has_begun[index] and run.step_count > self._observed[index]:
                with self._generators[index].in_use():
                    run.observe()
                self._observed[index] = run.step_count
        endings = [self._ending(index) for index in range(len(self._runs))]
        if all(endings) and any(run.finished for run in self._runs):
            told = zip(self.names, endings, strict=True)
            self.finished = Finish(
                reason="complete",
                sentence=" ".join(f"{_capital(name)}: {ending}" for name, ending in told),
            )

    def _ending(self, index: int) -> str:
        """How a run has ended, in a sentence; empty while it goes on, or may still begin."""
        run, first, begins = self._runs[index], self._runs[0], self._begins[index]
        if not self._has_begun[index]:
            if first.step_count == self.step_count or begins <= first.step_count:
                return ""
            return (
                f"Never begun: this run ended after {first.step_count:,} steps, before step "
                f"{begins:,}."
            )
        if run.finished is not None:
            return run.finished.sentence
        has_ended = run.step_count < self.step_count or run.step_count >= run.length
        return f"All {run.parameters.epochs:,} epochs are over." if has_ended else ""

    def adjust(self, parameters: Training) -> None:
        super().adjust(parameters)
        self._wanted = run_parameters(parameters)
        for index, run in enumerate(self._runs):
            is_behind = self._has_begun[index] and run.step_count < self.step_count
            if not is_behind:  # else it has ended, and stays where it is
                run.adjust(self._wanted[index])
        self._differences = what_differs(self._wanted, COMMON)
        self.finished = None

    def act(self, action: Action) -> None:
        if self._runs[0].step_count < self.step_count:
            raise ParameterError(
                f"This run has ended after {self._runs[0].step_count:,} steps, and nothing more is "
                "done to it. Go back to a step before."
            )
        self._runs[0].act(action)
        self.finished = None

    # ---- what is seen ----------------------------------------------------------------------

    def frame(self, watch: frozenset[str] = frozenset()) -> ComparisonFrame:
        frames = []
        for run, generators, begun in zip(
            self._runs, self._generators, self._has_begun, strict=True
        ):
            with generators.in_use(keep=False):
                frames.append(run.frame(watch) if begun else None)
        return ComparisonFrame(
            step=self.step_count,
            names=self.names,
            begins=self._begins,
            runs=tuple(frames),
            endings=tuple(self._ending(index) for index in range(len(self._runs))),
            differences=self._differences,
        )

    def summary(self) -> dict[str, Scalar]:
        """The summaries of all runs, told apart by their names."""
        told = zip(self.names, self._runs, self._has_begun, strict=True)
        return {f"{n}, {k}": v for n, run, begun in told if begun for k, v in run.summary().items()}

    # ---- going back ------------------------------------------------------------------------

    def state(self) -> State:
        begun = zip(self._runs, self._has_begun, strict=True)
        return {
            "step_count": self.step_count,
            "finished": self.finished,
            "parameters": self.parameters,
            "observed": list(self._observed),
            "runs": [run.state() if has_begun else None for run, has_begun in begun],
            "generators": [generators.current() for generators in self._generators],
        }

    def restore(self, state: State) -> None:
        self.step_count, self.finished = state["step_count"], state["finished"]
        self.parameters, self._observed = state["parameters"], list(state["observed"])
        self._wanted = run_parameters(self.parameters)
        self._has_begun = [kept is not None for kept in state["runs"]]
        for index, (run, kept) in enumerate(zip(self._runs, state["runs"], strict=True)):
            if kept is None:
                run.adjust(self._wanted[index])
            else:
                run.restore(kept)
            self._generators[index].state = state["generators"][index]
        self._differences = what_differs(self._wanted, COMMON)


class FastComparison(Comparison):
    """Runs whose steps are compiled."""

    Run: ClassVar[type[TrainingRun]] = FastTrainingRun
    prefers: ClassVar[Literal["cpu", "accelerator"]] = Run.prefers
    observe_every: ClassVar[int] = Run.observe_every


class PictureComparison(Comparison):
    """Runs that learn pictures."""

    Run: ClassVar[type[TrainingRun]] = PictureTrainingRun
    prefers: ClassVar[Literal["cpu", "accelerator"]] = Run.prefers
    apart: ClassVar[bool] = Run.apart
    observe_every: ClassVar[int] = Run.observe_every


def _built(
    kind: type[TrainingRun], parameters: Training, device: torch.device, index: int
) -> TrainingRun:
    """A run; what is wrong with one beside the first is told of its settings."""
    try:
        return kind(parameters, device)
    except ParameterError as error:
        if not index:
            raise
        raise ParameterError(str(error), setting_path(index, "settings")) from error


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]
