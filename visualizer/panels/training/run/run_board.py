"""What the boards of a network in training have in common."""

from typing import ClassVar

from PySide6.QtWidgets import QStackedWidget

from kernels.diagnosis import Advice
from kernels.simulation import Frame
from kernels.training.frame import Plan, TrainingFrame
from kernels.training.training import ADVICE, LAYERS
from visualizer.panels.board import Board
from visualizer.panels.training.run.advice_bar import AdviceBar
from visualizer.panels.training.run.curves import AccuracyCurves, LossCurves
from visualizer.panels.training.run.normalization_sheet import NormalizationSheet, watched
from visualizer.panels.training.run.notes import Notes
from visualizer.panels.training.view import TrainingView
from widgets.plots.histograms import HistogramStack

COLUMNS = ("weights", "activations", "gradients")
BESIDE = ("accuracy", "histograms", "normalization")


class RunBoard(Board[TrainingFrame, TrainingView]):
    """Shows a run on the kind of data that it is for: the lower half, and advice below it."""

    Shown = TrainingFrame
    View: ClassVar[type[TrainingView]] = TrainingView
    learnsPictures: ClassVar[bool]

    def _build(self) -> None:
        style = self._style
        self._plan: Plan | None = None
        self._losses, self._accuracy = LossCurves(style), AccuracyCurves(style)
        self._histograms, self._advice = HistogramStack(style), AdviceBar(style)
        self._beside = QStackedWidget()
        self._normalization = NormalizationSheet(style)
        for widget in (self._accuracy, self._histograms, self._normalization):  # as in BESIDE
            self._beside.addWidget(widget)
        self._notes = Notes(style)
        self._advice.applied.connect(self._apply)
        self._grid.addWidget(self._losses, 1, 0)
        self._grid.addWidget(self._beside, 1, 1)
        self._grid.addWidget(self._advice, 2, 0, 1, 2)
        self._grid.addWidget(self._notes, 3, 0, 1, 2)
        self._grid.setRowStretch(0, 5)
        self._grid.setRowStretch(1, 3)
        self._grid.setColumnStretch(0, 1)
        self._grid.setColumnStretch(1, 1)

    def shows(self, frame: Frame) -> bool:
        if not isinstance(frame, TrainingFrame):
            return False
        return frame.plan.dataset.is_picture == self.learnsPictures

    def watch(self) -> frozenset[str]:
        beside = self._view.beside
        shown = {"histograms": {LAYERS}, "normalization": {watched(self._view)}}.get(beside, set())
        return frozenset({ADVICE} | shown)

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

    def _draw(self, frame: TrainingFrame) -> None:
        if frame.plan is not self._plan:
            self._plan = frame.plan
            self._advice.forget()
            self._notes.setTexts(frame.plan.notes)
            self._lay_out(frame.plan)
        self._losses.draw(frame, log=self._view.log_loss)
        self._accuracy.draw(frame)
        beside = self._view.beside
        has_beside = bool(frame.plan.dataset.classes) or beside != "accuracy"
        if has_beside == self._beside.isHidden():
            self._beside.setVisible(has_beside)
            self._grid.addWidget(self._losses, 1, 0, 1, 1 if has_beside else 2)
        self._beside.setCurrentIndex(BESIDE.index(beside))
        lower = 5 if beside == "normalization" else 3
        if lower != self._grid.rowStretch(1):  # it lays everything out anew
            self._grid.setRowStretch(1, lower)
        if watched(self._view) in frame.watched:
            self._normalization.draw(frame.normalization, frame.step)
        if LAYERS in frame.watched:
            self._draw_layers(frame)
        if ADVICE in frame.watched:
            self._advice.advise(frame.advice)

    def _draw_layers(self, frame: TrainingFrame) -> None:
        rows = [
            (layer.name, [(d.edges, d.counts) for d in (getattr(layer, c) for c in COLUMNS)])
            for layer in frame.layers
        ]
        self._histograms.setHistograms(rows, COLUMNS)

    def _lay_out(self, plan: Plan) -> None:
        """Show what suits this network and these data."""

    def _apply(self, advice: Advice) -> None:
        if advice.begins_anew:
            self.runRequested.emit(advice.apply)
            return
        for path, value in advice.apply:
            self.parameterRequested.emit(path, value)
        self.released.emit()
