"""The transport bar: play and pause, single steps, the scrubber, the speed, and the loop."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from widgets.bars.speed_slider import SpeedSlider, speed_text
from widgets.bars.timeline import Timeline
from widgets.icons import icon
from widgets.style import Style

# px at factor 1: from which width on all stands in one line, in two, and in three.
_ROOM_FOR_ONE_LINE, _ROOM_FOR_TWO_LINES, _LEAST = 1000, 500, 300


class TransportBar(QWidget):
    """Controls for the time of a run; it shows what it is told and asks for what a person wants.

    Signals
    -------
    playToggled(on), loopToggled(on)
        Play or pause, loop or not.
    stepRequested(n), stepBackRequested(n)
        Go `n` steps on or back.
    restartRequested()
        Begin again at step 0.
    seekRequested(step)
        Go to a step; while the scrubber is dragged, at most 30 times a second.
    speedChanged(n)
        Do `n` steps per frame, 0 for as many as can be done.
    """

    playToggled = Signal(bool)
    stepRequested = Signal(int)
    stepBackRequested = Signal(int)
    restartRequested = Signal()
    seekRequested = Signal(int)
    speedChanged = Signal(int)
    loopToggled = Signal(bool)

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._style = style
        self._lines: int | None = None
        self.restart = _button("Restart", "Begin again at step 0")
        self.step_back = _button("Step back", "Go one step back")
        self.play = _button("Play", "Play or pause")
        self.step = _button("Step", "Go one step on")
        self.loop = _button("Loop", "Begin again when the run has ended")
        self.play.setCheckable(True)
        self.loop.setCheckable(True)
        self.timeline = Timeline(style)
        self.counter = QLabel()
        self.counter.setFixedWidth(0)  # until there is something to count
        self.speed = SpeedSlider()
        self.speed_read_out = QLabel()
        self._length: int | None = None
        self._lay_out()
        self._connect()
        self.setSpeed(1)
        self.setStep(0)
        style.changed.connect(self._restyle)
        self._restyle()

    def _lay_out(self) -> None:
        self._column = QVBoxLayout(self)
        self._column.setSizeConstraint(QVBoxLayout.SizeConstraint.SetNoConstraint)
        self._rows = [QHBoxLayout() for _ in range(3)]
        for row in self._rows:
            self._column.addLayout(row)
        self._buttons = QHBoxLayout()
        for button in (self.restart, self.step_back, self.play, self.step, self.loop):
            self._buttons.addWidget(button)
        self._pace = QHBoxLayout()
        self._caption = QLabel("Speed")
        self._caption.setBuddy(self.speed)
        for part in (self._caption, self.speed, self.speed_read_out):
            self._pace.addWidget(part)
        self.counter.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.speed.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def _connect(self) -> None:
        self.play.toggled.connect(self._on_play)
        self.loop.toggled.connect(self.loopToggled)
        self.step.clicked.connect(self._on_step)
        self.step_back.clicked.connect(self._on_step_back)
        self.restart.clicked.connect(self._on_restart)
        self.timeline.seekRequested.connect(self.seekRequested)
        self.speed.speedEdited.connect(self._on_speed)

    def setKeys(self, keys: Mapping[str, str]) -> None:
        """Name the key of each button, by the name of its attribute, in its tooltip."""
        for name, key in keys.items():
            button = getattr(self, name)
            button.setToolTip(f"{button.toolTip()} ({key})")

    def isPlaying(self) -> bool:
        return self.play.isChecked()

    def setPlaying(self, on: bool) -> None:
        """Show whether the run goes on, silently."""
        with QSignalBlocker(self.play):
            self.play.setChecked(on)
        self._show_play()

    def setLoop(self, on: bool) -> None:
        """Show whether the run begins again at its end, silently."""
        with QSignalBlocker(self.loop):
            self.loop.setChecked(on)

    def setSpeed(self, speed: int) -> None:
        """Show the speed in steps per frame, 0 for Max, silently."""
        self.speed.setSpeed(speed)
        self.speed_read_out.setText(speed_text(speed))

    def setStep(self, step: int, furthest: int | None = None) -> None:
        """Show that the run is at `step` and came to `furthest`, silently."""
        self.timeline.setStep(step, furthest)
        end = f" / {self._length:,}" if self._length is not None else ""
        self.counter.setText(f"step {step:,}{end}")
        self._fit_counter(self.counter.maximumWidth())

    def setLength(self, length: int | None) -> None:
        """Show how many steps there are in all; None where nobody knows."""
        if length == self._length:
            return
        self._length = length
        self.timeline.setLength(length)
        self.setStep(self.timeline.step(), self.timeline.furthest())

    def setMarks(self, steps: Sequence[int]) -> None:
        """Mark on the scrubber the steps at which a person did something."""
        self.timeline.setMarks(steps)

    def _on_play(self, on: bool) -> None:
        self._show_play()
        self.playToggled.emit(on)

    def _show_play(self) -> None:
        playing = self.play.isChecked()
        self.play.setIcon(icon("pause" if playing else "play", self._style, "on_accent"))
        self.play.setAccessibleName("Pause" if playing else "Play")

    def _on_step(self) -> None:
        self.stepRequested.emit(1)

    def _on_step_back(self) -> None:
        self.stepBackRequested.emit(1)

    def _on_restart(self) -> None:
        self.restartRequested.emit()

    def _on_speed(self, speed: int) -> None:
        self.speed_read_out.setText(speed_text(speed))
        self.speedChanged.emit(speed)

    def _restyle(self) -> None:
        style, px = self._style, self._style.px
        self.setFont(style.font("body"))
        icons = {
            self.restart: "restart",
            self.step_back: "step-back",
            self.step: "step",
            self.loop: "loop",
        }
        for button, name in icons.items():
            button.setIcon(icon(name, style))
        for button in (*icons, self.play):
            side = round(px(22 if button is self.play else 18))
            button.setIconSize(QSize(side, side))
        self._show_play()
        width = self.fontMetrics().horizontalAdvance(speed_text(10_000))
        self.speed_read_out.setMinimumWidth(width)
        self.speed.setFixedWidth(round(px(130)))
        for row in (self._buttons, self._pace):
            row.setSpacing(round(px(5)))
        for row in self._rows:
            row.setSpacing(round(px(14)))
        self._column.setSpacing(round(px(4)))
        margins = (round(px(10)), round(px(6)))
        self._column.setContentsMargins(*margins, *margins)
        self._place()

    def _place(self) -> None:
        width = self.width() / self._style.px(1)
        lines = 1 if width >= _ROOM_FOR_ONE_LINE else 2 if width >= _ROOM_FOR_TWO_LINES else 3
        room = self.counter.fontMetrics().horizontalAdvance("step 88,888 / 88,888")
        self._fit_counter(room if lines < 3 else 0)
        if lines == self._lines:
            return
        self._lines = lines
        self._caption.setVisible(lines == 1)
        for row in self._rows:
            while row.count():
                row.takeAt(0)
        first, second, third = self._rows
        for layout in (self._buttons, self._pace):
            layout.setParent(None)
        if lines == 1:
            first.addLayout(self._buttons)
        first.addWidget(self.timeline, 1)
        first.addWidget(self.counter)
        if lines > 1:
            second.addLayout(self._buttons)
            second.addStretch(1)
        (first, second, third)[lines - 1].addLayout(self._pace)
        if lines == 3:
            third.addStretch(1)

    def _fit_counter(self, least: int) -> None:
        """Fix the size of the counter: a label of any other lays out the window with each text."""
        size = self.counter.sizeHint().expandedTo(QSize(least, 0))
        if size != self.counter.maximumSize():
            self.counter.setFixedSize(size)

    def minimumSizeHint(self) -> QSize:
        """That of three lines, however many there are now."""
        return QSize(round(self._style.px(_LEAST)), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()


def _button(name: str, tip: str) -> QToolButton:
    button = QToolButton()
    button.setProperty("primary" if name == "Play" else "flat", "true")
    button.setAccessibleName(name)
    button.setToolTip(tip)
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    return button
