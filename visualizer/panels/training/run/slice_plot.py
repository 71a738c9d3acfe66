"""More than two features: a slice through what the network says, and projections of the data."""

from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from kernels.samples.samples import Dataset, Samples
from kernels.simulation import Array
from visualizer.panels.training.run.answered import Answered
from visualizer.panels.training.run.notes import Notes
from visualizer.panels.training.run.response_plot import ResponsePlot, class_entries
from visualizer.panels.training.view import TrainingView
from widgets.plots.key import Key
from widgets.plots.shapes import Points
from widgets.style import Style

RING, GAP, BATCH = 14.0, 9.5, 18.0  # pixels across, around points of 7
MEANING = (
    "Regions: the slice through the mean; points: projections; "
    "rings: what the network says of the point itself."
)


class RingedPlot(ResponsePlot):
    """The plane of the first two principal components; each point is ringed by its own answer."""

    def _setPoints(self, frame: Answered, view: TrainingView) -> None:
        dataset = frame.plan.dataset
        rings, points = [], []
        for samples, answers, is_trained in _parts(frame, view):
            count = len(answers)
            places = dataset.places(samples.inputs[:count])
            rings += self._rings(places, answers, dataset)
            if dataset.classes or not is_trained:  # what has no edge of its own needs a gap
                rings.append(Points(places[:, 0], places[:, 1], "base", size=GAP, outline=None))
            points += self._kinds(places, samples.targets[:count], dataset, filled=is_trained)
        if view.batch and frame.step and len(frame.batch) < len(dataset.train):
            x, y = dataset.places(dataset.train.inputs[frame.batch]).T
            rings.insert(0, Points(x, y, "text", size=BATCH, outline=None, filled=False))
        self._setLayer("points", rings + points)

    def _explain(self, dataset: Dataset) -> None:
        """Nothing: the key is below it, on the page around it."""

    def _rings(self, places: Array, answers: Array, dataset: Dataset) -> list[Points]:
        """Rings around `places`, (N, 2), in the colours of `answers`, (N,)."""
        kinds, drawn = self._told(answers, dataset)
        edge = "base" if dataset.classes else "muted"
        x, y = places.T
        return [
            Points(x[kinds == i], y[kinds == i], color, size=RING, outline=edge)
            for i, (color, _) in enumerate(drawn)
        ]


class SlicePlot(QWidget):
    """That plot, and what is to be seen in it in words."""

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._style = style
        self.plot, self.key, self.words = RingedPlot(style), Key(style), Notes(style)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.plot, 1)
        column.addWidget(self.key)
        column.addWidget(self.words)

    def draw(self, frame: Answered, view: TrainingView, title: str | None = None) -> None:
        """Show `frame`; the picture of an older one stays where it has none."""
        if not len(frame.train_answers):
            return
        self.plot.draw(frame, view, title)
        dataset = frame.plan.dataset
        cut = [
            f"the first {len(answers):,} of {len(samples):,} points"
            for samples, answers, _ in _parts(frame, view)
            if len(answers) < len(samples)
        ]
        limit = [f"Drawn: {' and '.join(cut)}."] if cut else []
        self.words.setTexts([MEANING, *limit])
        self.key.setEntries(class_entries(dataset, self._style))

    def hasHeightForWidth(self) -> bool:
        return False  # else the rows of the key would push the curves out of the board

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._style.color("base"))
        painter.end()


def _parts(frame: Answered, view: TrainingView) -> list[tuple[Samples, Array, bool]]:
    """The samples that are drawn, the answers to the first, and whether they are trained on."""
    dataset = frame.plan.dataset
    parts = [(dataset.train, frame.train_answers, True)]
    if view.validation:
        parts.append((dataset.validation, frame.validation_answers, False))
    return parts
