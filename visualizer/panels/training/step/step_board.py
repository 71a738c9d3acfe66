"""The board of one step in slow motion."""

from typing import ClassVar

from kernels.simulation import Frame
from kernels.training.frame import TrainingFrame
from kernels.training.inside.inside import INSIDE
from kernels.training.seen.response import RESPONSE
from visualizer.panels.board import Board
from visualizer.panels.training.step.step_sheet import StepSheet
from visualizer.panels.training.view import TrainingView


class StepBoard(Board[TrainingFrame, TrainingView]):
    """The step that comes next, of a network in training on any data, phase by phase."""

    Shown = TrainingFrame
    View: ClassVar[type[TrainingView]] = TrainingView

    def _build(self) -> None:
        self._sheet = StepSheet(self._style)
        self._sheet.phaseRequested.connect(self._request_phase)
        self._sheet.sampleRequested.connect(self._request_sample)
        self._sheet.stepRequested.connect(self.stepRequested)
        self._sheet.released.connect(self.released)
        self._grid.addWidget(self._sheet, 0, 0)

    def shows(self, frame: Frame) -> bool:
        """Only what was looked into; between such frames the one before stays."""
        return isinstance(frame, TrainingFrame) and frame.inside is not None

    def watch(self) -> frozenset[str]:
        return frozenset({INSIDE, RESPONSE})

    def description(self) -> str:
        return self._sheet.description()

    def _draw(self, frame: TrainingFrame) -> None:
        self._sheet.draw(frame, self._view)

    def _request_phase(self, phase: str) -> None:
        self.viewRequested.emit("phase", phase)

    def _request_sample(self, index: int) -> None:
        self.viewRequested.emit("sample", index + 1)
