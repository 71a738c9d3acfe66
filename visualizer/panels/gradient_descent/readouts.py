"""Numbers in a table with sentences below it."""

import math
from collections.abc import Iterator, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from kernels.descent.race_frame import RaceFrame
from kernels.objectives.catalogue import Objective
from kernels.simulation import Array
from widgets.formula import FormulaLabel
from widgets.numbers import format_compact, format_number
from widgets.paragraphs import Paragraphs
from widgets.plots.number_table import ReadoutTable, Row
from widgets.redraw_pace import RedrawPace, is_on_screen
from widgets.style import Style

MOST_MINIMA = 6  # that are listed
TABLE = 0.62  # of the height, that the table takes
DENSE = 0.76  # of the height, that it may take if then all rows are seen; more rows are scrolled
MOST_ROWS = 8  # beside which there is room for a formula
FEW, LARGER = 4, 1.15  # up to so many rows leave room for larger words


class Readout(QWidget):
    """A table of numbers, and under it what is to be said in words.

    Of more rows than fit, those that are seen hold the chosen one, and the others are counted.
    """

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._style = style
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._table = ReadoutTable(style)
        self._table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._table.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._more = QLabel()
        self._more.hide()
        self._words = Paragraphs(style)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(0)
        self._layout.addWidget(self._table)
        self._layout.addWidget(self._more)
        self._layout.addWidget(self._words, 1)
        self._rows: Sequence[Row] = ()
        self._chosen = self._placed = 0
        self._said: tuple[str, ...] = ()
        self._pace = RedrawPace(self, self._show, inStep=True)
        style.changed.connect(self._restyle)
        self._restyle()

    def setTable(self, headings: Sequence[str], rows: Sequence[Row], chosen: int = 0) -> None:
        """Show `rows`, and row number `chosen` whatever the room."""
        self._table.setColumns(headings)
        self._rows, self._chosen = rows, chosen
        self._news()

    def setSentences(self, sentences: Sequence[str]) -> None:
        """Say `sentences`, a paragraph each, as far as there is room; empty ones are left out."""
        self._said = tuple(s for s in dict.fromkeys(sentences) if s)
        self._news()

    def _news(self) -> None:
        """Show what is new, at once or as fast as it can be read."""
        if is_on_screen(self):
            self._pace.news()
        else:
            self._pace.drawWhole()

    def _show(self, fine: bool) -> Iterator[None]:
        """Show what was set last, row by row."""
        said, before = self._said, (self._table.leastHeight(), self._placed)
        yield from self._table.changeRows(self._rows, whole=fine)
        if (self._table.leastHeight(), self._chosen) != before:
            self._place()
        self._words.setScale(LARGER if len(self._rows) <= FEW else 1.0)
        self._words.setTexts(said)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        """Leave a part of the height to the words, and count the rows that are not seen."""
        table, room = self._table, TABLE * self.height()
        free = self.height() - self._words.leastHeight() - self._formulaHeight()
        count = shown = len(self._rows)
        if table.leastHeight() > max(room, DENSE * self.height()):
            shown = max(1, sum(table.leastHeight(rows) <= room for rows in range(1, count + 1)))
        least = table.leastHeight(shown)
        table.setMaximumHeight(least if shown < count else max(round(min(room, free)), least))
        has_bar = shown < count and is_on_screen(self)
        policy = Qt.ScrollBarPolicy
        table.setVerticalScrollBarPolicy(
            policy.ScrollBarAsNeeded if has_bar else policy.ScrollBarAlwaysOff
        )
        self._more.setText(f"and {count - shown} more")
        self._more.setVisible(shown < count)
        self._layout.activate()
        self._placed = self._chosen
        table.showRow(self._chosen)

    def _formulaHeight(self) -> int:
        """The height of what stands between the table and the words."""
        return 0

    def _restyle(self) -> None:
        base = self._style.color("base")
        self.setStyleSheet(f"Readout {{ background: {base.name(base.NameFormat.HexArgb)} }}")
        self._more.setFont(self._style.font("small"))
        self._more.setIndent(round(self._style.px(36)))  # under the names
        self._more.setStyleSheet(f"color: {self._style.theme().muted}")
        self._place()


class ObjectiveReadout(Readout):
    """A readout with the formula of the objective below the table, where there is room for it."""

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        self._formula = FormulaLabel(style, "body")
        self._formula.setAlignment(Qt.AlignmentFlag.AlignLeft)
        self._last: RaceFrame | None = None
        super().__init__(style, parent)
        self._layout.insertWidget(2, self._formula)

    def setObjective(self, objective: Objective) -> None:
        self._formula.setTex(objective.formula)
        self._place()

    def _place(self) -> None:
        others = self._table.leastHeight() + self._words.leastHeight()
        has_room = others + self._formula.sizeHint().height() <= self.height()
        self._formula.setVisible(has_room and len(self._rows) <= MOST_ROWS)
        super()._place()

    def _formulaHeight(self) -> int:
        return 0 if self._formula.isHidden() else self._formula.sizeHint().height()

    def draw(self, frame: RaceFrame, chosen: int) -> None:
        """Show the numbers of `frame`, unless it lacks what the last one of its run had."""
        last = self._last
        if last is None or last.scenery is not frame.scenery or last.watched <= frame.watched:
            self._last = frame
            self._draw(frame, chosen)

    def _draw(self, frame: RaceFrame, chosen: int) -> None:
        raise NotImplementedError


class RaceReadouts(ObjectiveReadout):
    """The numbers of a race: where each racer is, its loss, its slope, and how it goes."""

    def _draw(self, frame: RaceFrame, chosen: int) -> None:
        headings = ["loss", "arrived", *frame.axes, "slope", "rate"]
        rows = []
        for index, name in enumerate(frame.names):
            slope = float(_length(frame.gradients[index]))
            rate = float(frame.learning_rates[index])
            mark = self._style.mark(index)
            values: tuple[str | float, ...] = (
                float(frame.loss[index]),
                arrival(frame, index),
                *map(float, frame.positions[index]),
                slope,
                rate,
            )
            rows.append(Row(name, values, mark.color, mark.dash))
        self.setTable(headings, rows, chosen)
        self.setSentences(
            [
                curvature_sentence(frame, chosen),
                frame.sentences[chosen],
                *endings(frame, chosen),
                *frame.scenery.objective.notes,
                objective_sentence(frame.scenery.objective),
            ]
        )


class CurveReadouts(ObjectiveReadout):
    """The numbers of a race on f(w): where, how high, how steep, what was promised, what came."""

    def _draw(self, frame: RaceFrame, chosen: int) -> None:
        rows = []
        for index, name in enumerate(frame.names):
            mark = self._style.mark(index)
            values = (
                arrival(frame, index),
                float(frame.positions[index, 0]),
                float(frame.gradients[index, 0]),
                float(frame.predicted[index]),
                float(frame.loss[index]),
                float(frame.promised[index]),
            )
            rows.append(Row(name, values, mark.color, mark.dash))
        headings = ("arrived", "w", "slope", "promised", "came: f", "promised next")
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
    here = "" if frame.scenery.objective.is_quadratic else " here"
    listed = " and ".join(format_number(float(v)) for v in reversed(eigenvalues))
    told = f"{'Eigenvalues' if len(eigenvalues) > 1 else 'Curvature'}{here} {listed}"
    if len(eigenvalues) > 1 and eigenvalues[0] > 0:
        told += f", condition {format_number(float(frame.conditions[chosen]))}"
    limit = float(frame.limits[chosen])
    if eigenvalues[0] < 0 and not math.isfinite(limit):
        told += f". It curves downwards{here}: no rate is stable"
    elif math.isfinite(limit):
        told += f". {frame.names[chosen]} is stable{here} up to a rate of {format_number(limit)}"
        if frame.disturbance or frame.batch.size:
            told += ", with full batches and no noise"
    return told + "."


def endings(frame: RaceFrame, chosen: int) -> list[str]:
    """How all racers but the chosen one, of those that have ended, did so."""
    return [
        sentence
        for index, sentence in enumerate(frame.sentences)
        if index != chosen and frame.status[index] != "running"
    ]


def arrival(frame: RaceFrame, index: int) -> str:
    """After how many steps a racer arrived at a minimum, or what has become of it in a word.

    A step with an ellipsis: it has been there since, and has still to stay.
    """
    if frame.status[index] == "converged":
        ground = frame.grounds[index]
        is_arrived = ground in ("", "minimum", "infimum")
        return str(frame.converged_at[index]) if is_arrived else ground
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
