"""What is told in numbers and words of a race."""

import math

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from kernels.descent.curvature import curves_downwards
from kernels.descent.race_frame import RaceFrame
from kernels.objectives.catalogue import Objective
from kernels.simulation import Array
from visualizer.panels.readout import FEW, Readout
from widgets.formula import FormulaLabel
from widgets.numbers import format_compact, format_number
from widgets.plots.table_rows import Row
from widgets.redraw_pace import is_on_screen
from widgets.style import Style

MOST_MINIMA = 6  # that are listed


class ObjectiveReadout(Readout):
    """A readout with the formula of the objective among its words."""

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        self._formula = FormulaLabel(style, "body")
        self._formula.setAlignment(Qt.AlignmentFlag.AlignLeft)
        self._last: RaceFrame | None = None
        super().__init__(style, parent)
        self._words.setFigure(self._formula)
        self._formula.caughtUp.connect(self._words.figureChanged)

    def setObjective(self, objective: Objective) -> None:
        self._formula.setTex(objective.formula)
        self._words.figureChanged()

    def draw(self, frame: RaceFrame, chosen: int) -> None:
        """Show the numbers of `frame`, unless it lacks what the last one of its run had."""
        last = self._last
        if last is None or last.scenery is not frame.scenery or last.watched <= frame.watched:
            self._last = frame
            self._draw(frame, chosen)

    def _draw(self, frame: RaceFrame, chosen: int) -> None:
        raise NotImplementedError


class RaceReadouts(ObjectiveReadout):
    """The numbers of a race: where each racer is, its loss, its slope, and how it goes.

    Learning rates that do not change stand in the names.
    """

    def _draw(self, frame: RaceFrame, chosen: int) -> None:
        headings = ["loss", "arrived", *frame.axes, "slope"]
        headings += [] if frame.keeps_rates else ["rate"]
        rows = []
        for index, name in enumerate(frame.names):
            mark = self._style.mark(index)
            values: tuple[str | float, ...] = (
                float(frame.loss[index]),
                arrival(frame, index),
                *map(float, frame.positions[index]),
                _length(frame.gradients[index]),
                *([] if frame.keeps_rates else [float(frame.learning_rates[index])]),
            )
            rows.append(Row(name, values, mark.color, mark.dash))
        self.setTable(headings, rows, chosen)
        self.setSentences(
            [
                curvature_sentence(frame, chosen),
                frame.sentences[chosen],
                *frame.scenery.objective.notes,
                objective_sentence(frame.scenery.objective),
                *endings(frame, chosen, briefly=len(frame.names) > FEW and not is_on_screen(self)),
            ]
        )


class CurveReadouts(ObjectiveReadout):
    """The numbers of a race on f(w): where, how steep, what was promised, what came, what is next.

    Where a racer arrived stands in its sentence: a small window has room for these in three digits.
    """

    def _draw(self, frame: RaceFrame, chosen: int) -> None:
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
        headings = ("w", "slope", "promised", "came: f", "next")
        self.setTable(headings, rows, chosen)
        told = curvature_sentence(frame, chosen), frame.sentences[chosen]
        self.setSentences([*told, *endings(frame, chosen)])


def objective_sentence(objective: Objective) -> str:
    """Where the known minima lie, and where the surface is from."""
    told = []
    if 0 < len(objective.minima) <= MOST_MINIMA:
        points = (
            f"({', '.join(map(_exact, m.point))}): {_exact(m.value)}" for m in objective.minima
        )
        kind = "Minimum" if len(objective.minima) == 1 else "Minima"
        told.append(f"{kind} {', '.join(points)}.")
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
    here = "" if frame.scenery.objective.is_quadratic else " here"
    listed = " and ".join(format_number(float(v)) for v in reversed(eigenvalues))
    told = f"{'Eigenvalues' if len(eigenvalues) > 1 else 'Curvature'}{here} {listed}"
    if len(eigenvalues) > 1 and eigenvalues[0] > 0:
        told += f", condition {format_number(float(frame.conditions[chosen]))}"
    limit = float(frame.limits[chosen])
    if curves_downwards(eigenvalues) and not math.isfinite(limit):
        told += f". It curves downwards{here}: no rate is stable"
    elif math.isfinite(limit):
        told += f". {frame.names[chosen]} is stable{here} up to a rate of {format_number(limit)}"
        rate = float(frame.learning_rates[chosen])
        if rate > limit:
            told += f", and {format_number(rate)} is above it"
        if frame.disturbance or frame.batch.size:
            told += ", with full batches and no noise"
    return told + "."


def endings(frame: RaceFrame, chosen: int, *, briefly: bool = False) -> list[str]:
    """How all racers but the chosen one, of those that have ended, did so.

    If `briefly`, as in a picture, which cannot be scrolled, only those that neither arrived at a
    minimum nor were stopped before: of these the table tells when, where, and the loss.
    """
    return [
        sentence
        for index, sentence in enumerate(frame.sentences)
        if index != chosen and frame.status[index] != "running"
        if not (briefly and (frame.status[index] == "stopped" or has_arrived(frame, index)))
    ]


def has_arrived(frame: RaceFrame, index: int) -> bool:
    """Whether a racer has converged, to where the loss is lowest around."""
    is_low = frame.grounds[index] in ("", "minimum", "infimum")
    return frame.status[index] == "converged" and is_low


def arrival(frame: RaceFrame, index: int) -> str:
    """After how many steps a racer arrived at a minimum, or what has become of it in a word.

    A step with an ellipsis: it has been there since, and has still to stay.
    """
    if frame.status[index] == "converged":
        has_come = has_arrived(frame, index)
        return str(frame.converged_at[index]) if has_come else frame.grounds[index]
    if frame.status[index] == "running" and frame.within_since[index] >= 0:
        return f"{frame.within_since[index]} …"
    return {"diverged": "left", "unbounded below": "falls", "stopped": "no"}.get(
        frame.status[index], ""
    )


def _exact(value: float) -> str:
    """Four digits, without zeros behind them: known minima do not move."""
    return format_compact(value, 4)


def _length(vector: Array) -> float:
    return math.hypot(*map(float, vector))
