"""The map of hyper-parameters: steps needed at each learning rate and momentum, with the theory."""

import numpy as np

from kernels.descent.hyperparameter_map_frame import DIVERGED, NOT_REACHED, HyperparameterMapFrame
from visualizer.panels.gradient_descent.board import Board
from visualizer.panels.gradient_descent.readouts import Readout
from widgets.numbers import format_compact, format_number
from widgets.plots.heat_map import HeatMap
from widgets.plots.number_table import Row
from widgets.plots.shapes import Curve, Points

BEST, PLAIN, THEORY = "#d55e00", "#c2255c", "text"
DIVERGED_COLOR = "#000000"


class MapBoard(Board[HyperparameterMapFrame]):
    """Every pixel a run."""

    Shown = HyperparameterMapFrame

    def _build(self) -> None:
        self._map = HeatMap(self._style)
        self._map.setAxes("learning rate", "momentum")
        self._map.setCategories((("diverged", DIVERGED_COLOR), ("not arrived", "line")))
        self._readout = Readout(self._style)
        self._grid.addWidget(self._map, 0, 0)
        self._grid.addWidget(self._readout, 0, 1)
        self._grid.setColumnStretch(0, 7)
        self._grid.setColumnStretch(1, 5)

    def description(self) -> str:
        return self._frame.sentence if self._frame is not None else ""

    def _draw(self, frame: HyperparameterMapFrame) -> None:
        rates, momenta = frame.learning_rates, frame.momenta
        start = ", ".join(format_compact(float(c), 3) for c in frame.start)
        self._map.setTitle(f"{frame.title} from ({start}), {frame.horizon} steps")
        self._map.setLog(x=frame.logarithmic)
        steps = np.where(frame.steps >= 0, np.maximum(frame.steps, 1), np.nan)
        self._map.setMatrix(
            steps,
            _edges(rates, logarithmic=frame.logarithmic),
            _edges(momenta, logarithmic=False),
            quantity=f"steps until the loss stays within {frame.tolerance:g} of the lowest",
            log=True,
            kinds=np.select([frame.steps == DIVERGED, frame.steps == NOT_REACHED], [0, 1], -1),
        )
        self._map.setCurves(self._theory(frame))
        self._map.setPoints(self._marks(frame))
        self._draw_readout(frame)

    def _theory(self, frame: HyperparameterMapFrame) -> list[Curve]:
        if not len(frame.limits):
            return []
        return [
            Curve("", frame.limits, frame.momenta, "base", (), 4.6),
            Curve("limit of theory", frame.limits, frame.momenta, THEORY, (6, 3), 2.4),
        ]

    def _marks(self, frame: HyperparameterMapFrame) -> list[Points]:
        found = []
        for rate, momentum, color, symbol, name in (
            (frame.theory_rate, frame.theory_momentum, THEORY, "o", "theory's fastest"),
            (frame.best_rate, frame.best_momentum, BEST, "star", "fewest steps"),
            (frame.plain_rate, 0.0, PLAIN, "d", "fewest without momentum"),
        ):
            if np.isfinite(rate + momentum):
                at = np.array([rate]), np.array([momentum])
                if symbol == "o":  # a ring of ink on a ring of ground shows on any colour
                    found.append(Points(*at, "base", symbol, 19, None))
                    found.append(Points(*at, color, symbol, 15, "base", name))
                    found.append(Points(*at, "base", symbol, 8, None))
                else:
                    found.append(Points(*at, color, symbol, 15, "base", name))
        return found

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
        self._readout.setTable(("learning rate", "momentum", "steps"), rows)
        diverged = f"{100 * float((frame.steps == DIVERGED).mean()):.0f} % of the pairs diverge"
        waiting = f"{100 * float((frame.steps == NOT_REACHED).mean()):.0f} % have not arrived"
        self._readout.setSentences(
            [frame.sentence, frame.theory, f"{diverged}, {waiting}.", frame.legend]
        )


def _told(rate: float, momentum: float, steps: int) -> tuple[str, str, str]:
    needed = "diverges" if steps == DIVERGED else "not arrived" if steps < 0 else str(steps)
    return format_number(rate), format_number(momentum, 3), needed


def _edges(nodes: np.ndarray, *, logarithmic: bool) -> tuple[float, float]:
    """The outer edges of cells around evenly spaced `nodes`."""
    values = np.log(nodes) if logarithmic else nodes
    half = (values[-1] - values[0]) / (len(values) - 1) / 2
    low, high = float(values[0] - half), float(values[-1] + half)
    return (float(np.exp(low)), float(np.exp(high))) if logarithmic else (low, high)
