"""What the session and the player tell, shown in the window: the panel, the forms, the bars."""

from collections.abc import Iterable
from typing import Any

from PySide6.QtCore import QObject, QTimer, Slot

from kernels.description import describe
from kernels.errors import LayerscopeError
from kernels.parameters import Parameters, View
from visualizer.panel import Panel
from visualizer.playing.player import Player, Statistics
from visualizer.playing.run import device_of
from visualizer.registry import PanelInfo
from visualizer.scenes.scene import Play
from visualizer.window.edits import Edits
from visualizer.window.main_window import MainWindow
from visualizer.window.session import Refusal, Session
from widgets.redraw_pace import RedrawPace
from widgets.style import Style

SOON = 400  # milliseconds in which most runs are there: nothing is said of those
READABLE = 30.0  # frames a second, up to which all that is shown is of the same step


class Display(QObject):
    """Keeps a window in step with a session and its player, and puts their panel on its stage."""

    def __init__(
        self, window: MainWindow, style: Style, player: Player, session: Session, edits: Edits
    ) -> None:
        super().__init__(window)
        self._window = window
        self._style = style
        self._player = player
        self._session = session
        self._edits = edits
        self._failure = ""  # the sentence on the last run, until there is another
        self._pace = RedrawPace(self, self._show_position, inStep=True)
        self._slow = QTimer(self, singleShot=True, interval=SOON)
        self._slow.timeout.connect(self._show_loading)
        self.panel: Panel | None = None
        self._connect()

    def _connect(self) -> None:
        session, player = self._session, self._player
        session.panelChanged.connect(self._show_panel)
        session.parametersChanged.connect(self._show_parameters)
        session.viewChanged.connect(self._show_view)
        session.playChanged.connect(self._show_play)
        session.refused.connect(self.show_refusal)
        for change in ("canUndoChanged", "canRedoChanged", "undoTextChanged", "redoTextChanged"):
            getattr(session.undo_stack, change).connect(self._show_undo)
        player.loading.connect(self._slow.start)
        player.loading.connect(self._window.hush)
        player.frameReady.connect(self._draw)
        for there_is_a_run in (player.frameReady, player.failed):
            there_is_a_run.connect(self._hide_loading)
        player.positionChanged.connect(self._move)
        player.playingChanged.connect(self._show_playing)
        player.finished.connect(self._show_finish)
        player.failed.connect(self._show_failure)
        player.measured.connect(self._show_speed)
        player.journalChanged.connect(self._show_journal)
        self._style.changed.connect(self._show_marks)

    # ---- the session -----------------------------------------------------------------------

    @Slot(object)
    def _show_panel(self, info: PanelInfo) -> None:
        panel = info.load_panel()(self._style)
        panel.parameterRequested.connect(self._edits.set_value)
        panel.runRequested.connect(self._edits.begin)
        panel.viewRequested.connect(self._edits.set_view)
        panel.actionRequested.connect(self._edits.act)
        panel.stepRequested.connect(self._player.step)
        panel.gestureFinished.connect(self._session.end_gesture)
        panel.notesChanged.connect(self._show_notes)
        panel.watchChanged.connect(self._watch)
        self.panel = panel
        self._window.showPanel(info, panel)

    @Slot(object)
    def _show_parameters(self, parameters: Parameters) -> None:
        form, status = self._window.parameter_form, self._window.status
        form.clearErrors()
        form.setFields(describe(parameters))
        seed = "none" if "seed" in parameters.idle() else getattr(parameters, "seed", "none")
        status.setValue("seed", str(seed))
        status.setValue("device", self._device(parameters))
        self._show_marks()
        self._show_notes()
        if self.panel is not None:
            self.panel.setParameters(parameters)
            can_branch = self.panel.branchParameters(parameters, 0) is not None
            self._window.actions_by_key["branch"].setEnabled(can_branch)
            self._watch()

    def _device(self, parameters: Parameters) -> str:
        try:
            return str(device_of(self._session.info, parameters, self._session.play))
        except LayerscopeError:  # told when the run is built
            return "none"

    @Slot()
    def _show_marks(self) -> None:
        if self.panel is None:
            return
        for path, marks in self.panel.rowMarks(self._session.parameters).items():
            shown = [(mark.color, mark.symbol, mark.dash) for mark in marks]
            self._window.parameter_form.setRowMarks(path, shown)

    @Slot()
    def _show_notes(self) -> None:
        if self.panel is None:
            return
        for path, notes in self.panel.rowNotes(self._session.parameters).items():
            self._window.parameter_form.setRowNotes(path, notes)

    @Slot(object)
    def _show_view(self, view: View) -> None:
        self._window.view_form.clearErrors()
        self._window.view_form.setFields(describe(view, live=True))
        if self.panel is not None:
            self.panel.setView(view)
            self._watch()

    @Slot(object)
    def _show_play(self, play: Play) -> None:
        self._player.set_steps_per_frame(play.steps_per_frame)
        self._player.set_frames_per_second(play.frames_per_second)
        self._window.transport.setSpeed(play.steps_per_frame)
        self._window.transport.setLoop(play.loop)
        self._window.actions_by_key["toggle_loop"].setChecked(play.loop)
        self._set_loop()

    def _set_loop(self) -> None:
        """The player loops a run as its scene has it; the window one that was changed."""
        self._player.set_loop(self._session.play.loop and not self._session.is_touched())

    @Slot(object)
    def show_refusal(self, refusal: Refusal) -> None:
        """Say beside the field what is not allowed there, or in the banner if there is no field."""
        window = self._window
        form = window.view_form if refusal.in_view else window.parameter_form
        if refusal.value is not None:
            form.setDraft(refusal.path, refusal.value)
        beside = refusal.sentence.removeprefix(f"{refusal.path}: ")
        if not form.setError(refusal.path, beside, refusal.span):
            window.warn(refusal.sentence)

    @Slot()
    def _show_undo(self) -> None:
        stack, actions = self._session.undo_stack, self._window.actions_by_key
        actions["undo"].setEnabled(stack.canUndo())
        actions["redo"].setEnabled(stack.canRedo())
        actions["undo"].setText(f"Undo {stack.undoText()}".strip())
        actions["redo"].setText(f"Redo {stack.redoText()}".strip())

    # ---- the player ------------------------------------------------------------------------

    @Slot()
    def _show_loading(self) -> None:
        """What is seen is not yet of the run that the form tells of; the timeline is."""
        self._window.notice.say("Loading…")
        self._window.transport.setLength(None)
        self._window.transport.setStep(self._player.heading, 0)

    @Slot()
    def _hide_loading(self) -> None:
        self._slow.stop()
        self._window.notice.say("")

    @Slot()
    def _watch(self) -> None:
        if self.panel is not None:
            self._player.watch(self.panel.watch())

    @Slot(object)
    def _draw(self, frames: tuple[Any, ...]) -> None:
        if self.panel is not None:
            self.panel.draw(frames[0])
            play, playing = self._session.play, self._player.playing
            is_read = play.steps_per_frame and play.frames_per_second <= READABLE
            if is_read or not playing:
                RedrawPace.keepStep()
            if not playing:
                self._describe()
        # After the events that are waiting, the paint events among them.
        QTimer.singleShot(0, self._painted)

    @Slot()
    def _painted(self) -> None:
        self._player.painted()
        RedrawPace.frame()

    def _describe(self) -> None:
        """Say in words what is to be seen."""
        if self.panel is not None:
            self.panel.setAccessibleDescription(self.panel.description())

    @Slot()
    def _move(self) -> None:
        self._pace.news()

    def _show_position(self, fine: bool) -> Iterable[None]:
        """Show where the run is; while frames come, as often as can be read."""
        position = self._player.position
        if position is not None:
            transport = self._window.transport
            transport.setLength(position.length)
            transport.setStep(position.step, position.furthest)
            if not fine:  # else it is painted with all others
                transport.timeline.repaint()
                transport.counter.repaint()
        return ()

    @Slot(bool)
    def _show_playing(self, playing: bool) -> None:
        self._window.transport.setPlaying(playing)
        if not playing:
            RedrawPace.keepStep()  # what rests from drawing would be of another step meanwhile

    @Slot(object)
    def _show_finish(self, finishes: tuple[Any, ...]) -> None:
        for finish in finishes:
            if finish is not None:
                self._window.tell(finish.sentence)

    @Slot(object)
    def _show_speed(self, speed: Statistics) -> None:
        self._window.status.setValue("steps", f"{speed.steps_per_second:,.0f}")
        self._window.status.setValue("frames", f"{speed.frames_per_second:.0f}")
        self._describe()  # twice a second is enough for those who listen

    @Slot(object)
    def _show_journal(self, journal: tuple[Any, ...]) -> None:
        self._window.transport.setMarks([step for step, _ in journal])
        self._set_loop()
        banner = self._window.banner
        if self._failure and banner.sentence.text() == self._failure:
            banner.dismiss()  # there is a run again
        self._failure = ""

    @Slot(str, str)
    def _show_failure(self, sentence: str, details: str) -> None:
        self._failure = sentence
        self._window.warn(sentence, details)
