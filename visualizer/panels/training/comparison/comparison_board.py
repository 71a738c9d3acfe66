"""Runs side by side: what each says everywhere, their curves on one plot, and what differs."""

from typing import ClassVar

from PySide6.QtCore import QTimer, Slot
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from kernels.simulation import Frame
from kernels.training.comparison.frame import ComparisonFrame
from kernels.training.comparison.settings import variants_of
from kernels.training.frame import TrainingFrame
from kernels.training.parameters import PICTURES, Training
from kernels.training.seen.response import RESPONSE, has_response
from visualizer.panels.board import Board
from visualizer.panels.readout import Readout
from visualizer.panels.training.comparison.comparison_curves import ComparedCurves, headings, rows
from visualizer.panels.training.comparison.setting_editor import SettingEditor
from visualizer.panels.training.run.fit_plot import FitPlot
from visualizer.panels.training.run.response_plot import ResponsePlot
from visualizer.panels.training.view import TrainingView
from widgets.plots.key import Key
from widgets.plots.legend import Entry
from widgets.redraw_pace import is_on_screen
from widgets.style import Style

IN_A_ROW = 4  # pictures


class Picture(QWidget):
    """What one run says everywhere: regions of a plane or a fitted curve, under its name."""

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.key = Key(style)
        self.plane, self.fit = ResponsePlot(style), FitPlot(style)
        self._both = QStackedWidget()
        self._both.addWidget(self.plane)
        self._both.addWidget(self.fit)
        self.fit.setLegend(False)  # it would hide much of so small a picture
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.key)
        column.addWidget(self._both, 1)

    def hasHeightForWidth(self) -> bool:
        """No: the rows of the key take of the height that the picture has."""
        return False

    def draw(self, frame: TrainingFrame, view: TrainingView, entry: Entry) -> None:
        """Show `frame`; `entry` is the name of the run and its line."""
        is_line = len(frame.plan.dataset.domain) == 1
        plot: ResponsePlot | FitPlot = self.fit if is_line else self.plane
        self._both.setCurrentWidget(plot)
        plot.draw(frame, view, "")
        self.key.setEntries([entry])


class ComparisonBoard(Board[ComparisonFrame, TrainingView]):
    """Two runs or more; what is set otherwise in one is changed in the line below."""

    Shown = ComparisonFrame
    View: ClassVar[type[TrainingView]] = TrainingView

    def _build(self) -> None:
        style = self._style
        self._pictures: list[Picture] = []
        self._stale: list[int] = []  # the numbers of the pictures that are to be drawn, in order
        self._turn = QTimer(self, singleShot=True, interval=0)
        self._turn.timeout.connect(self._draw_next)
        self._rows = [QHBoxLayout(), QHBoxLayout()]
        self._losses = ComparedCurves(style, "loss")
        self._accuracies = ComparedCurves(style, "accuracy")
        self._readout = Readout(style)
        self._editor = SettingEditor(style)
        self._editor.settingsRequested.connect(self._set)
        self._editor.released.connect(self.released)
        self._editor.hide()  # in an exported picture nobody could use it
        for row, layout in enumerate(self._rows):
            self._grid.addLayout(layout, row, 0, 1, 2)
        self._grid.addWidget(self._accuracies, 2, 0, 1, 2)
        self._grid.addWidget(self._losses, 3, 0)
        self._grid.addWidget(self._readout, 3, 1)
        self._grid.addWidget(self._editor, 4, 0, 1, 2)
        self._grid.setColumnStretch(0, 4)
        self._grid.setColumnStretch(1, 5)  # the table needs the room

    def setParameters(self, parameters: Training) -> None:
        self._editor.setParameters(parameters)
        is_picture = parameters.dataset.kind in PICTURES
        self._lay_out(0 if is_picture else 1 + len(variants_of(parameters)))

    def watch(self) -> frozenset[str]:
        return frozenset({RESPONSE})

    def shows(self, frame: Frame) -> bool:
        return isinstance(frame, ComparisonFrame)

    def description(self) -> str:
        if self._frame is None:
            return ""
        told = [
            f"{name} validation loss {float(run.validation_loss[-1]):.4g}"
            for name, run in zip(self._frame.names, self._frame.runs, strict=True)
            if run is not None
        ]
        return f"After {self._frame.step:,} steps: {'; '.join(told)}."

    def _draw(self, frame: ComparisonFrame) -> None:
        shown = [
            run or frame.runs[0] for run in frame.runs
        ]  # one that is to branch off is that one
        runs = [run for run in shown if run is not None]
        has_pictures = all(has_response(run.plan.dataset) for run in runs)
        self._lay_out(len(runs) if has_pictures else 0)
        self._stale += [i for i in range(len(self._pictures)) if i not in self._stale]
        self._draw_next()
        while self._stale and not is_on_screen(self):
            self._draw_next()
        self._losses.draw(frame, log=self._view.log_loss)
        self._accuracies.setVisible(not has_pictures)
        if not has_pictures:
            self._accuracies.draw(frame, log=False)
        self._readout.setTable(headings(frame), rows(frame, self._style))
        self._readout.setSentences(_said(frame))
        self._editor.setVisible(is_on_screen(self))

    @Slot()
    def _draw_next(self) -> None:
        """Draw the picture that is longest due; on a screen the others come in their turn."""
        if not self._stale or self._frame is None:
            return
        index, frame = self._stale.pop(0), self._frame
        is_later, begins = frame.runs[index] is None, frame.begins[index]
        later = f": this run until step {begins:,}" if is_later else ""
        mark, name = self._style.mark(index), f"{frame.names[index]}{later}"
        run = frame.runs[index] or frame.runs[0]  # one that is to branch off is still that one
        if run is not None:
            self._pictures[index].draw(run, self._view, Entry(name, mark.color, mark.dash, 2.6))
        if self._stale:
            self._turn.start()

    def _lay_out(self, count: int) -> None:
        """Have `count` pictures, in one row or two."""
        if count == len(self._pictures):
            return
        self._stale.clear()
        while len(self._pictures) > count:
            gone = self._pictures.pop()
            for row in self._rows:
                row.removeWidget(gone)
            gone.hide()
            gone.deleteLater()
        while len(self._pictures) < count:
            self._pictures.append(Picture(self._style))
        a_row = count if count <= IN_A_ROW else (count + 1) // 2
        for index, picture in enumerate(self._pictures):
            self._rows[index // max(1, a_row)].addWidget(picture, 1)
        above = (5 if count else 0, 5 if count > IN_A_ROW else 0, 0 if count else 4)
        for place, stretch in enumerate((*above, 4)):
            self._grid.setRowStretch(place, stretch)

    def _set(self, index: int, text: str) -> None:
        self.parameterRequested.emit(f"experiment.runs.{index - 1}.settings", text)


def _said(frame: ComparisonFrame) -> list[str]:
    """That nothing differs where it does not, how runs have ended, and of when the numbers are."""
    said = []
    for ending in dict.fromkeys(filter(None, frame.endings)):
        told = zip(frame.names, frame.endings, strict=True)
        names = [name for name, its in told if its == ending]
        who = "all runs" if len(names) == len(frame.names) else ", ".join(names)
        said.append(f"{who[:1].upper()}{who[1:]}: {ending}")
    if not frame.differences:
        said.insert(0, "Nothing differs yet: set something otherwise in a run beside this one.")
    measured = max(int(run.measured_at[-1]) for run in frame.runs if run is not None)
    return [*said, f"Measured at step {measured:,}: validation bold, training thin."]
