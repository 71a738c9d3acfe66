"""Numbers in a table with sentences below it."""

import math
from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from kernels.race_frame import RaceFrame
from kernels.simulation import Array
from widgets.number_table import ReadoutTable, Row
from widgets.numbers import format_number
from widgets.style import Style


class Readout(QWidget):
    """A table of numbers, and under it what is to be said in words."""

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._style = style
        self._table = ReadoutTable(style)
        self._table.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._words = QLabel(alignment=Qt.AlignmentFlag.AlignTop)
        self._words.setWordWrap(True)
        self._words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(0)
        self._layout.addWidget(self._table)
        self._layout.addWidget(self._words, 1)
        style.changed.connect(self._restyle)
        self._restyle()

    def setTable(self, headings: Sequence[str], rows: Sequence[Row]) -> None:
        self._table.setColumns(headings)
        self._table.setRows(rows)

    def setSentences(self, sentences: Sequence[str]) -> None:
        """Say `sentences`, each as a paragraph; empty ones are left out."""
        self._words.setText("\n".join(s for s in dict.fromkeys(sentences) if s))

    def _restyle(self) -> None:
        px = self._style.px
        self._words.setFont(self._style.font("body"))
        self._words.setMargin(round(px(8)))
        base = self._style.color("base")
        self._words.setStyleSheet(f"background: {base.name(base.NameFormat.HexArgb)}")


class RaceReadouts(Readout):
    """The numbers of a race: where each racer is, its loss, its slope, and how it goes."""

    def draw(self, frame: RaceFrame, chosen: int) -> None:
        headings = [*frame.axes, "loss", "slope", "rate", "status"]
        rows = []
        for index, name in enumerate(frame.names):
            slope = float(_length(frame.gradients[index]))
            numbers = (*map(float, frame.positions[index]), float(frame.loss[index]), slope)
            rate = float(frame.learning_rates[index])
            mark = self._style.mark(index)
            rows.append(Row(name, (*numbers, rate, _status(frame, index)), mark.color, mark.dash))
        self.setTable(headings, rows)
        self.setSentences(
            [
                curvature_sentence(frame, chosen),
                frame.sentences[chosen],
                *frame.scenery.objective.notes,
            ]
        )


class CurveReadouts(Readout):
    """The numbers of a race on f(w): where, how high, how steep, what was promised, what came."""

    def draw(self, frame: RaceFrame, chosen: int) -> None:
        rows = []
        for index, name in enumerate(frame.names):
            mark = self._style.mark(index)
            values = (
                float(frame.positions[index, 0]),
                float(frame.gradients[index, 0]),
                float(frame.predicted[index]),
                float(frame.loss[index]),
                float(frame.promised[index]),
            )
            rows.append(Row(name, values, mark.color, mark.dash))
        self.setTable(("w", "slope", "promised", "came: f", "promised next"), rows)
        self.setSentences([curvature_sentence(frame, chosen), *frame.sentences])


def curvature_sentence(frame: RaceFrame, chosen: int) -> str:
    """Eigenvalues, condition and limit of the learning rate where the chosen racer is."""
    eigenvalues = frame.eigenvalues[chosen]
    if not all(map(math.isfinite, eigenvalues)):
        return ""
    where = "everywhere" if frame.scenery.objective.is_quadratic else "here"
    listed = " and ".join(format_number(float(v)) for v in reversed(eigenvalues))
    told = f"Curvature {where}: {listed}"
    if len(eigenvalues) > 1 and eigenvalues[0] > 0:
        told += f", condition {format_number(float(frame.conditions[chosen]))}"
    limit = float(frame.limits[chosen])
    if math.isfinite(limit):
        told += f". {frame.names[chosen]} is stable {where} up to a rate of {format_number(limit)}"
    return told + "."


def _status(frame: RaceFrame, index: int) -> str:
    """How it goes with a racer, in a word, and since when."""
    status = frame.status[index]
    return f"home at {frame.converged_at[index]}" if status == "converged" else status


def _length(vector: Array) -> float:
    return math.hypot(*map(float, vector))
