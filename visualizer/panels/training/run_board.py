"""What the boards of a network in training have in common."""

from typing import ClassVar

from kernels.simulation import Frame
from kernels.training.frame import TrainingFrame
from visualizer.panels.board import Board
from visualizer.panels.training.view import TrainingView


class RunBoard(Board[TrainingFrame, TrainingView]):
    """Shows a run on the kind of data that it is for."""

    Shown = TrainingFrame
    View: ClassVar[type[TrainingView]] = TrainingView
    learnsPictures: ClassVar[bool]

    def shows(self, frame: Frame) -> bool:
        if not isinstance(frame, TrainingFrame):
            return False
        return frame.plan.dataset.is_picture == self.learnsPictures

    def description(self) -> str:
        if self._frame is None:
            return ""
        row = self._frame.row()
        told = ", ".join(
            f"{name.replace('_', ' ')} {row[name]:.4g}"
            for name in ("train_loss", "validation_loss", "validation_accuracy")
            if row[name] is not None
        )
        return f"After {self._frame.step} steps: {told}."
