"""Numbers in a table with sentences below it."""

import math
from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from kernels.objectives import Objective
from kernels.race_frame import RaceFrame
from kernels.simulation import Array
from widgets.formula import FormulaLabel
from widgets.number_table import ReadoutTable, Row
from widgets.numbers import format_compact, format_number
from widgets.style import Style

MOST_MINIMA = 6  # that are listed


class Readout(QWidget):
    """A table of numbers, and under it what is to be said in words."""

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._style = style
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._table = ReadoutTable(style)
        self._table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
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
        text = self._style.color("text")
        self.setStyleSheet(
            f"Readout {{ background: {base.name(base.NameFormat.HexArgb)} }}"
            f"QLabel {{ color: {text.name()} }}"
        )


class ObjectiveReadout(Readout):
    """A readout with the formula of the objective below the table."""

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        self._formula = FormulaLabel(style, "body")
        self._formula.setAlignment(Qt.AlignmentFlag.AlignLeft)
        super().__init__(style, parent)
        self._layout.insertWidget(1, self._formula)

    def setObjective(self, objective: Objective) -> None:
        self._formula.setTex(objective.formula)


class RaceReadouts(ObjectiveReadout):
    """The numbers of a race: where each racer is, its loss, its slope, and how it goes."""

    def draw(self, frame: RaceFrame, chosen: int) -> None:
        headings = [*frame.axes, "loss", "slope", "rate", "arrived"]
        rows = []
        for index, name in enumerate(frame.names):
            slope = float(_length(frame.gradients[index]))
            numbers = (*map(float, frame.positions[index]), float(frame.loss[index]), slope)
            rate = float(frame.learning_rates[index])
            mark = self._style.mark(index)
            rows.append(Row(name, (*numbers, rate, _arrival(frame, index)), mark.color, mark.dash))
        self.setTable(headings, rows)
        self.setSentences(
            [
                curvature_sentence(frame, chosen),
                frame.sentences[chosen],
                *frame.scenery.objective.notes,
                objective_sentence(frame.scenery.objective),
            ]
        )


class CurveReadouts(ObjectiveReadout):
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


def objective_sentence(objective: Objective) -> str:
    """Where the known minima lie, and where the surface is from."""
    told = []
    if 0 < len(objective.minima) <= MOST_MINIMA:
        points = (
            f"({', '.join(map(format_compact, m.point))}): {format_compact(m.value)}"
            for m in objective.minima
        )
        told.append(f"Minima {', '.join(points)}.")
    elif objective.minima:
        told.append(f"{len(objective.minima)} minima.")
    if objective.source:
        told.append(f"Source: {objective.source}")
    return " ".join(told)


def curvature_sentence(frame: RaceFrame, chosen: int) -> str:
    """Eigenvalues, condition and limit of the learning rate where the chosen racer is."""
    eigenvalues = frame.eigenvalues[chosen]
    has_gone = frame.status[chosen] in ("diverged", "unbounded below")
    if not all(map(math.isfinite, eigenvalues)) or (
        has_gone and not frame.scenery.objective.is_quadratic
    ):
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


def _arrival(frame: RaceFrame, index: int) -> str:
    """After how many steps a racer arrived, or what has become of it."""
    if frame.status[index] == "converged":
        return str(frame.converged_at[index])
    return {"diverged": "left", "unbounded below": "falls", "stopped": "no"}.get(
        frame.status[index], ""
    )


def _length(vector: Array) -> float:
    return math.hypot(*map(float, vector))
