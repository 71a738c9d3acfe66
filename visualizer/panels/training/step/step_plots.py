"""The data with the batch of a step in them, and the sample of it that is looked at."""

from collections.abc import Sequence
from dataclasses import replace

from kernels.simulation import Array
from kernels.training.frame import TrainingFrame
from kernels.training.inside.inside import StepInside
from visualizer.panels.training.run.fit_plot import FitPlot
from visualizer.panels.training.run.response_plot import ResponsePlot
from visualizer.panels.training.view import TrainingView
from widgets.plots.shapes import Points

RING, CHOSEN = 15.0, 17.0  # the sizes of the rings


class BatchPlane(ResponsePlot):
    """The plane of the data, with rings around the batch."""

    def drawBatch(
        self, frame: TrainingFrame, inside: StepInside, view: TrainingView, chosen: int
    ) -> None:
        """Show the batch of the step `inside`; the sample with number `chosen` is set off."""
        coming = replace(frame, step=inside.number, batch=inside.samples)
        self.draw(coming, view.model_copy(update={"batch": True}))
        dataset = frame.plan.dataset
        at = dataset.places(dataset.train.inputs[inside.samples[chosen : chosen + 1]])
        self._setLayer("chosen", [_ring(at[:, 0], at[:, 1], "accent", CHOSEN)])


class BatchFit(FitPlot):
    """The data over a line, with rings around the batch."""

    _rings: tuple[Points, ...] = ()

    def drawBatch(
        self, frame: TrainingFrame, inside: StepInside, view: TrainingView, chosen: int
    ) -> None:
        """Show the batch of the step `inside`; the sample with number `chosen` is set off."""
        train, samples = frame.plan.dataset.train, inside.samples
        x, y = train.inputs[samples, 0], train.targets[samples, 0]
        one = slice(chosen, chosen + 1)
        self._rings = (_ring(x, y, "text", RING), _ring(x[one], y[one], "accent", CHOSEN + 3))
        self.draw(replace(frame, step=inside.number), view)

    def setPoints(self, points: Sequence[Points]) -> None:
        super().setPoints([*points, *self._rings])


def _ring(x: Array, y: Array, color: str, size: float) -> Points:
    return Points(x, y, color, size=size, outline=None, filled=False)
