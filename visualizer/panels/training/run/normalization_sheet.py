"""What batch normalisation does with the batch in use: histograms, and numbers in words."""

import numpy as np
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from kernels.simulation import Array
from kernels.training.seen.normalization import ALL, NORMALIZATION, Normalization, Normalized
from visualizer.panels.training.view import TrainingView
from widgets.numbers import format_compact
from widgets.paragraphs import Paragraphs
from widgets.plots.histograms import HistogramStack
from widgets.plots.title import Title
from widgets.style import Style

STAGES = ("before", "normalised", "scaled")
LINES = 1.7  # times those that words have at the least
MODES = "Training goes by the batch, evaluation by running averages: the newest batch weighs 0.1."
NONE = (
    "This network has no batch normalisation. Put a layer of it into the list of layers, and see "
    "here what it does."
)


class NormalizationSheet(QWidget):
    """The values of a layer by the statistics of the batch, of the run, and of one sample alone."""

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._style = style
        self.title, self.histograms = Title(style), HistogramStack(style)
        self.words = Paragraphs(style)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.title)
        column.addWidget(self.histograms, 3)
        column.addWidget(self.words, 2)
        style.changed.connect(self._restyle)
        self._restyle()

    def draw(self, found: Normalization | None, step: int) -> None:
        """Show what was `found` after `step` steps; None where there is no such layer."""
        self.histograms.setVisible(found is not None)
        if found is None:
            self.title.setText("Batch normalisation")
            self.words.setTexts([NONE])
            return
        used = f"step {step:,}" if step else "first batch"
        noun, channel = _noun(found), found.channel
        whose = f"{noun} {channel + 1} of" if channel is not None else "all"
        many = "" if channel is not None else f" {noun}s"
        self.title.setText(f"{found.name}, {whose} {found.channels}{many}, {used}")
        rows = [
            (f"batch of {found.samples:,}", found.batch),
            ("running", found.running),
            ("first alone", found.alone),
        ]
        if found.samples == 1:
            rows.pop()  # it is the batch
        self.histograms.setHistograms([(name, _bins(part)) for name, part in rows], STAGES)
        self.words.setTexts([_numbers(found), _alone(found), MODES])
        self._share()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._style.color("base"))
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share()

    def _restyle(self) -> None:
        self._share()

    def _share(self) -> None:
        """Leave the words what room the histograms do not need."""
        most = self.words.leastHeight() * LINES
        if not self.histograms.isHidden():
            left = self.height() - self.title.sizeHint().height() - self.histograms.leastHeight()
            most = min(most, max(left, self.words.leastHeight() / 3))
        self.words.setMaximumHeight(round(most))


def watched(view: TrainingView) -> str:
    """What is to be watched for what `view` wants to see of batch normalisation."""
    channel = view.norm_channel - 1 if view.norm_channel else ALL
    return f"{NORMALIZATION}{view.norm_layer - 1}.{channel}"


def _bins(part: Normalized) -> list[tuple[Array, Array]]:
    return [(d.edges, d.counts) for d in (part.before, part.normalized, part.scaled)]


def _numbers(found: Normalization) -> str:
    """Means, deviations, gamma and beta: of a channel, or between which they lie."""
    told = [
        f"{name} mean {_ends(part.mean, found)}, std {_ends(np.sqrt(part.variance), found)}"
        for name, part in (("batch", found.batch), ("running", found.running))
    ]
    told.append(f"γ {_ends(found.gamma, found)}, β {_ends(found.beta, found)}")
    if found.channel is None:
        told[0] = f"of {found.channels} {_noun(found)}s: {told[0]}"
    text = "; ".join(told)
    return f"{text[0].upper()}{text[1:]}."


def _noun(found: Normalization) -> str:
    return "unit" if found.values == found.samples else "channel"


def _alone(found: Normalization) -> str:
    """What would come of one sample alone."""
    if found.values == found.samples:
        return (
            "If the first sample were the batch, its variance would be 0: every value would come "
            "out as β, whatever it was."
        )
    pixels = f"{found.values // found.samples:,}"
    mean, std = _ends(found.alone.mean, found), _ends(np.sqrt(found.alone.variance), found)
    if found.samples == 1:
        return (
            f"A batch of one: in training each picture is normalised over its own {pixels} "
            "places, so that mean and spread of a channel tell no picture from another."
        )
    return f"The first sample alone, over its own {pixels} places: mean {mean}, std {std}."


def _ends(values: Array, found: Normalization) -> str:
    """The number of the channel that is shown, or the smallest and the largest of all."""
    if found.channel is not None:
        return format_compact(float(values[found.channel]), 3)
    low, high = format_compact(float(values.min()), 2), format_compact(float(values.max()), 2)
    return f"{low} to {high}"
