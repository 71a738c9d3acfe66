"""A network that learns pictures: what it takes for what, and the pictures of its mistakes."""

from collections.abc import Iterator
from typing import ClassVar

from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from kernels.training.frame import Plan, TrainingFrame
from kernels.training.seen.first_layer import FIRST_LAYER
from kernels.training.seen.predictions import CELL, PREDICTIONS, Predictions
from visualizer.panels.training.run.layer_table import LayerTable
from visualizer.panels.training.run.pictures import pictures_of
from visualizer.panels.training.run.run_board import RunBoard
from visualizer.panels.training.run.weight_tiles import WeightTiles
from widgets.plots.title import Title
from widgets.redraw_pace import RedrawPace, is_on_screen
from widgets.tiles.confusion_matrix import ConfusionMatrix
from widgets.tiles.tile_grid import TileGrid

LEFT = ("mistakes", "layers", "weights", "batch")
MOST_OF_A_BATCH = 100  # pictures that somebody looks at


class PictureBoard(RunBoard):
    """The wrongest answers, or those of a cell of the confusion matrix, and the curves."""

    learnsPictures: ClassVar[bool] = True

    def _build(self) -> None:
        style = self._style
        super()._build()
        self._told: tuple[TrainingFrame, Predictions] | None = None  # what is shown, or soon
        self._drawn: tuple[object, ...] = ()
        self._pace = RedrawPace(self, self._show_predictions, inStep=True)
        self._title, self._tiles = Title(style), TileGrid(style)
        self._matrix, self._heading = ConfusionMatrix(style), Title(style)
        self._layers, self._weights = LayerTable(style), WeightTiles(style)
        self._batch_title, self._batch = Title(style), TileGrid(style)
        self._left = QStackedWidget()
        self._left.addWidget(_titled(self._title, self._tiles))
        self._left.addWidget(self._layers)
        self._left.addWidget(self._weights)
        self._left.addWidget(_titled(self._batch_title, self._batch))  # as in LEFT
        self._matrix.cellChosen.connect(self._choose_cell)
        self._grid.addWidget(self._left, 0, 0)
        self._grid.addWidget(_titled(self._heading, self._matrix), 0, 1)

    def watch(self) -> frozenset[str]:
        cell = self._view.cell
        chosen = {f"{CELL}{cell[0]}.{cell[1]}"} if cell else set()
        weights = {FIRST_LAYER} if self._view.pictures == "weights" else set()
        return super().watch() | {PREDICTIONS} | chosen | weights

    def _draw(self, frame: TrainingFrame) -> None:
        super()._draw(frame)
        self._left.setCurrentIndex(LEFT.index(self._view.pictures))
        if FIRST_LAYER in frame.watched:
            self._weights.draw(frame.first_layer, frame.step)
        if self._view.pictures == "batch":
            self._draw_batch(frame)
        if frame.predictions is not None:
            self._draw_predictions(frame, frame.predictions)

    def _lay_out(self, plan: Plan) -> None:
        self._layers.draw(plan)
        self._pace.stop()  # what was to be shown is of another run
        self._drawn = ()

    def _draw_batch(self, frame: TrainingFrame) -> None:
        dataset, picked = frame.plan.dataset, frame.batch[:MOST_OF_A_BATCH]
        count, first = len(frame.batch), "" if len(picked) == len(frame.batch) else "first "
        told = f"batch of step {frame.step:,}" if frame.step else "first batch"
        pictures = f"{first}{len(picked)} of {count:,} pictures" if first else f"{count} pictures"
        self._batch_title.setText(f"The {told}: {'1 picture' if count == 1 else pictures}")
        names = [dataset.classes[label] for label in dataset.train.targets[picked]]
        tiles = pictures_of(dataset, dataset.train, picked)
        self._batch.setTiles(tiles, names, ["line"] * len(names))

    def _draw_predictions(self, frame: TrainingFrame, found: Predictions) -> None:
        parts = found.confusion, found.wrongest, found.probability
        told = (frame.measured_at[-1], frame.watched, self._style.theme().name)
        drawn = *told, *(part.tobytes() for part in parts)
        if drawn == self._drawn:  # they are measured now and then only
            return
        self._drawn, self._told = drawn, (frame, found)
        if is_on_screen(self):
            self._pace.news()
        else:
            self._pace.drawWhole()

    def _show_predictions(self, fine: bool) -> Iterator[None]:
        """Show what is told, the matrix and the pictures each painted at once, in its turn."""
        assert self._told is not None
        (frame, found), is_seen = self._told, is_on_screen(self) and not fine
        dataset, at = frame.plan.dataset, int(frame.measured_at[-1])
        names = dataset.classes
        self._heading.setText(f"{int(found.confusion.sum()):,} validation pictures, step {at:,}")
        if len(names) == len(found.confusion) <= 26:
            self._matrix.setMatrix(found.confusion, names)
        if is_seen:
            self._matrix.repaint()
            yield
        wrong = int(found.confusion.sum() - found.confusion.trace())
        cell = self._view.cell
        if cell is not None and f"{CELL}{cell[0]}.{cell[1]}" in frame.watched:
            what = f"{names[cell[0]]} read as {names[cell[1]]}: {_counted(found, cell)}"
        else:
            what = f"The wrongest of {wrong:,} mistakes" if wrong else "No mistakes"
        self._title.setText(f"{what}, step {at:,}")
        self._tiles.setTiles(
            pictures_of(dataset, dataset.validation, found.wrongest),
            [
                (f"{names[t]} read as {names[p]}" if p != t else names[t]) + f"\n{q:.0%}"
                for t, p, q in zip(found.true, found.predicted, found.probability, strict=True)
            ],
            [
                self._style.mark(2 if p == t else 1).color
                for t, p in zip(found.true, found.predicted, strict=True)
            ],
        )
        if is_seen:
            self._tiles.repaint()

    def _choose_cell(self, true: int, predicted: int) -> None:
        """Show the pictures of this cell; a second time the wrongest again."""
        is_chosen = self._view.cell == (true, predicted)
        self.viewRequested.emit("cell", None if is_chosen else (true, predicted))
        self.released.emit()


def _counted(found: Predictions, cell: tuple[int, int]) -> str:
    """How many pictures there are in a cell, and how many of them are shown."""
    count, listed = int(found.confusion[cell]), len(found.wrongest)
    if not count:
        return "no pictures"
    return f"{count:,}" if listed == count else f"{listed} of {count:,}"


def _titled(title: QWidget, widget: QWidget) -> QWidget:
    """`widget` with a title over it."""
    both = QWidget()
    layout = QVBoxLayout(both)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(0)
    layout.addWidget(title)
    layout.addWidget(widget, 1)
    return both
