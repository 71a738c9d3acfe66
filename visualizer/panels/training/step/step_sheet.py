"""One step in five phases, each with its words, its formula, a picture and its numbers."""

from PySide6.QtCore import QModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from kernels.training.frame import TrainingFrame
from visualizer.panels.training.step.step_picture import StepPicture
from visualizer.panels.training.step.step_tables import table_of
from visualizer.panels.training.view import PHASES, TrainingView
from widgets.bars.stages import StageStrip
from widgets.formula import FormulaLabel
from widgets.plots.number_table import ReadoutTable
from widgets.redraw_pace import is_on_screen
from widgets.style import Style

LARGEST = 1.45  # how far the table grows into a large room
PACE = 1200  # ms that a phase is shown while the step is played
BY_TORCH = "(Worked through by PyTorch; compiled steps differ by rounding.)"


class StepSheet(QWidget):
    """Stages to choose from on top; what happens in the chosen one below them.

    Signals
    -------
    phaseRequested(phase), sampleRequested(index)
        A person wants to see another phase, or another sample of the batch; playing, too.
    stepRequested(n)
        The run is to rest while its step is played, `n` 0, and then to take it, 1.
    released()
        A gesture, or the playing, is over.
    """

    phaseRequested = Signal(str)
    sampleRequested = Signal(int)
    stepRequested = Signal(int)
    released = Signal()

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._style = style
        self._count = 0  # samples that are shown
        self._shape: object = None  # of the table
        self._is_whole = False  # the table is as high as it is long
        self._high = 0  # the formula, when the table was fitted into its room
        self._strip = StageStrip(style, [phase.title() for phase in PHASES])
        self._button = QPushButton("Play the step")
        self._button.setToolTip("Show the phases one after the other, then take the step.")
        self._words, self._formula = QLabel(), FormulaLabel(style)
        self._words.setWordWrap(True)
        self._words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._large = Style(style.theme().name, style.factor(), self)  # grows to fill the room
        self._picture, self._table = StepPicture(style), ReadoutTable(self._large)
        self._table.setToolTip("Click a sample to see what becomes of it.")
        self._formula.caughtUp.connect(self._catch_up)
        self._filler = QTimer(self, singleShot=True, interval=0)
        self._filler.timeout.connect(self._fill)
        self._timer = QTimer(self, interval=PACE)
        self._timer.timeout.connect(self._next)
        self._button.clicked.connect(self._play_or_stop)
        self._strip.stageChosen.connect(self._choose)
        self._picture.sampleChosen.connect(self._choose_sample)
        self._table.clicked.connect(self._clicked)
        self._lay_out()
        style.changed.connect(self._restyle)
        self._restyle()

    def _lay_out(self) -> None:
        body, scroll = QWidget(), QScrollArea(widgetResizable=True)
        self._column, self._row, top = QVBoxLayout(self), QHBoxLayout(body), QHBoxLayout()
        for layout in (self._column, self._row):
            layout.setContentsMargins(0, 0, 0, 0)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(body)
        scroll.setAccessibleName("What happens in the phase")
        for widget in (scroll.viewport(), body):  # this is their ground
            widget.setAutoFillBackground(False)
        top.addWidget(self._strip, 1)
        top.addWidget(self._button)
        self._row.addWidget(self._picture, 6)
        self._row.addWidget(self._table, 5)
        self._column.addLayout(top)
        self._column.addWidget(self._words)
        self._column.addWidget(self._formula)
        self._column.addWidget(scroll, 1)

    def draw(self, frame: TrainingFrame, view: TrainingView) -> None:
        """Show the step inside `frame`, which has one."""
        inside, dataset = frame.inside, frame.plan.dataset
        assert inside is not None
        self._count = len(inside.losses)
        chosen = min(view.sample, self._count) - 1
        index = PHASES.index(view.phase)
        phase = inside.phases[index]
        self._strip.setStage(index)
        is_compiled = frame.plan.engine == "compiled"
        self._words.setText(f"{phase.sentence} {BY_TORCH}" if is_compiled else phase.sentence)
        self._picture.draw(view.phase, frame, view, chosen)
        is_worked_through = view.phase == "update" and inside.rule is not None
        self._formula.setHidden(is_worked_through)  # it is in there
        if not is_worked_through:  # what is seen is set in a thread
            self._formula.setTex(phase.formula)
        headings, rows = table_of(view.phase, inside, dataset, chosen)
        self._table.setColumns(headings)
        self._table.setRows(rows)
        self._table.setVisible(not (dataset.is_picture and view.phase == "batch"))
        self._is_whole = is_worked_through  # then picture and table are one page
        shape = view.phase, len(rows), headings
        if shape != self._shape:
            self._shape = shape
            self._refill()

    def _catch_up(self) -> None:
        """The formula is shown: it may leave the table another room."""
        if self._formula.sizeHint().height() != self._high:
            self._refill()

    def _refill(self) -> None:
        """Fill the room anew; on a screen after what is under way, which took its time, too."""
        if is_on_screen(self):
            self._filler.start()
        else:
            self._fill()

    def description(self) -> str:
        """What is said of the phase."""
        return self._words.text()

    # ---- gestures --------------------------------------------------------------------------

    def _choose(self, index: int) -> None:
        self._stop()
        self.phaseRequested.emit(PHASES[index])
        self.released.emit()

    def _choose_sample(self, index: int) -> None:
        self.sampleRequested.emit(index)
        self.released.emit()

    def _clicked(self, index: QModelIndex) -> None:
        """A row of samples was clicked; other tables have none."""
        if PHASES[self._strip.stage()] in ("batch", "loss") and index.row() < self._count:
            self._choose_sample(index.row())

    # ---- playing ---------------------------------------------------------------------------

    def _play_or_stop(self) -> None:
        if self._timer.isActive():
            self._stop()
            self.released.emit()
            return
        self._timer.start()
        self._button.setText("Stop")
        self.stepRequested.emit(0)
        self.phaseRequested.emit(PHASES[0])

    def _next(self) -> None:
        """Go on to the next phase; after the last one the step is taken, and the next begins."""
        index = self._strip.stage() + 1
        if index < len(PHASES):
            self.phaseRequested.emit(PHASES[index])
        else:
            self._stop()
            self.phaseRequested.emit(PHASES[0])
            self.released.emit()
            self.stepRequested.emit(1)

    def _stop(self) -> None:
        self._timer.stop()
        self._button.setText("Play the step")

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._stop()

    # ---- looks -----------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fill()

    def _fill(self) -> None:
        """Let the letters of the table grow as far as there is room, up to `LARGEST` times."""
        self._high = self._formula.sizeHint().height()
        self._table.setMinimumHeight(
            self._table.sizeIn(self._style).height() if self._is_whole else 0
        )
        self._column.activate()
        self._row.activate()
        room = self._table.size()
        for growth in (LARGEST, 1.3, 1.15, 1.0):
            factor = self._style.factor() * growth
            need = self._table.sizeIn(Style(factor=factor))
            if need.width() <= room.width() and need.height() <= room.height():
                break
        self._large.setFactor(factor)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._style.color("base"))
        painter.end()

    def _restyle(self) -> None:
        style = self._style
        self._large.setTheme(style.theme().name)
        self._words.setFont(style.font("label"))
        self._words.setStyleSheet(f"QLabel {{ color: {style.theme().text}; }}")
        self._button.setFont(style.font("label"))
        self._column.setSpacing(round(style.px(6)))
        self._row.setSpacing(round(style.px(8)))
        self._fill()
