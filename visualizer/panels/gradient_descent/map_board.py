"""The map of hyper-parameters: steps needed at each learning rate and momentum, with the theory."""

import numpy as np

from kernels.descent.hyperparameter_map_frame import DIVERGED, NOT_REACHED, HyperparameterMapFrame
from visualizer.panels.gradient_descent.board import Board
from visualizer.panels.readout import Readout
from widgets.numbers import format_compact, format_number
from widgets.plots.heat_map import HeatMap
from widgets.plots.key import Key, with_key
from widgets.plots.legend import Entry
from widgets.plots.shapes import Curve, Points
from widgets.plots.table_rows import Row

BEST, PLAIN, THEORY = "#d55e00", "#c2255c", "text"
DIVERGED_COLOR = "#000000"
MARKS = (
    Entry("theory's fastest", THEORY, symbol="o", line=False, filled=False),
    Entry("fewest steps", BEST, symbol="star", line=False),
    Entry("without momentum", PLAIN, symbol="d", line=False),
)
LIMIT = Entry("limit of theory", THEORY, (6, 3), 2.4)


class MapBoard(Board[HyperparameterMapFrame]):
    """Every pixel a run."""

    Shown = HyperparameterMapFrame

    def _build(self) -> None:
        self._map = HeatMap(self._style)
        self._map.setAxes("learning rate", "momentum")
        self._map.setCategories((("diverged", DIVERGED_COLOR), ("not arrived", "line")))
        self._key = Key(self._style)
        self._readout = Readout(self._style)
        self._grid.addWidget(with_key(self._map, self._key), 0, 0)
        self._grid.addWidget(self._readout, 0, 1)
        self._grid.setColumnStretch(0, 7)
        self._grid.setColumnStretch(1, 5)

    def description(self) -> str:
        return self._frame.sentence if self._frame is not None else ""

    def _draw(self, frame: HyperparameterMapFrame) -> None:
        rates, momenta = frame.learning_rates, frame.momenta
        start = ", ".join(format_compact(float(c), 3) for c in frame.start)
        self._map.setTitle(f"{frame.title} from ({start})")
        self._map.setLog(x=frame.logarithmic)
        steps = np.where(frame.steps >= 0, np.maximum(frame.steps, 1), np.nan)
        self._map.setMatrix(
            steps,
            _edges(rates, logarithmic=frame.logarithmic),
            _edges(momenta, logarithmic=False),
            quantity=f"steps to within {frame.tolerance:g}",
            log=True,
            kinds=np.select([frame.steps == DIVERGED, frame.steps == NOT_REACHED], [0, 1], -1),
        )
        self._draw_marks(frame)
        self._draw_readout(frame)

    def _draw_marks(self, frame: HyperparameterMapFrame) -> None:
        """The limit of theory as a line, and the pairs of note as points."""
        curves = [
            Curve("", frame.limits, frame.momenta, "base", (), 4.6),
            Curve("", frame.limits, frame.momenta, LIMIT.color, LIMIT.dash, LIMIT.width),
        ]
        entries = [LIMIT] if len(frame.limits) else []
        points = []
        pairs = (
            (frame.theory_rate, frame.theory_momentum),
            (frame.best_rate, frame.best_momentum),
            (frame.plain_rate, 0.0),
        )
        for (rate, momentum), mark in zip(pairs, MARKS, strict=True):
            if not np.isfinite(rate + momentum):
                continue
            entries.append(mark)
            at = np.array([rate]), np.array([momentum])
            if mark.filled:
                points.append(Points(*at, mark.color, str(mark.symbol), 15, "base"))
            else:  # a ring of ink on a ring of ground shows on any colour
                points.append(Points(*at, "base", str(mark.symbol), 19, None))
                points.append(Points(*at, mark.color, str(mark.symbol), 15, "base"))
                points.append(Points(*at, "base", str(mark.symbol), 8, None))
        self._map.setCurves(curves if len(frame.limits) else [])
        self._map.setPoints(points)
        self._key.setEntries(entries)

    def _draw_readout(self, frame: HyperparameterMapFrame) -> None:
        rows = [
            Row(
                "fewest steps", _told(frame.best_rate, frame.best_momentum, frame.best_steps), BEST
            ),
            Row("without momentum", _told(frame.plain_rate, 0.0, frame.plain_steps), PLAIN),
        ]
        if np.isfinite(frame.theory_rate):
            pair = _told(frame.theory_rate, frame.theory_momentum, frame.theory_steps)
            rows.append(Row("theory's fastest", pair, THEORY))
            plain = _told(frame.theory_plain_rate, 0.0, frame.theory_plain_steps)
            rows.append(Row("theory's plain rate", plain, THEORY))
        self._readout.setTable(("steps", "learning rate", "momentum"), rows)
        diverged = f"{100 * float((frame.steps == DIVERGED).mean()):.0f}% of the pairs diverge"
        waiting = f"{100 * float((frame.steps == NOT_REACHED).mean()):.0f}% have not arrived"
        self._readout.setSentences(
            [frame.sentence, frame.theory, f"{diverged}, {waiting}.", frame.legend]
        )


def _told(rate: float, momentum: float, steps: int) -> tuple[str, str, str]:
    needed = "diverged" if steps == DIVERGED else "–" if steps < 0 else str(steps)
    return needed, format_number(rate), format_number(momentum, 3)


def _edges(nodes: np.ndarray, *, logarithmic: bool) -> tuple[float, float]:
    """The outer edges of cells around evenly spaced `nodes`."""
    values = np.log(nodes) if logarithmic else nodes
    half = (values[-1] - values[0]) / (len(values) - 1) / 2
    low, high = float(values[0] - half), float(values[-1] + half)
    return (float(np.exp(low)), float(np.exp(high))) if logarithmic else (low, high)
