"""All that computes in the window: the session, the player, and the panel that is shown.

It connects the window's controls with them, both ways; nothing is decided here.
"""

from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QTimer, Slot

from kernels.description import describe
from kernels.errors import LayerscopeError
from kernels.parameters import Parameters, View
from visualizer.ensemble import Position
from visualizer.export_dialog import ExportDialog
from visualizer.panel import Panel
from visualizer.player import Player, Statistics
from visualizer.registry import PanelInfo, panels
from visualizer.run import device_of
from visualizer.scene import Play, Scene
from visualizer.scene_files import SceneFiles
from visualizer.scene_store import panel_scene
from visualizer.session import Session
from visualizer.window import MainWindow
from widgets.style import Style

MANY = 10  # steps at one press of Shift and an arrow
SPEEDS = (1, 2, 3, 5, 10, 20, 30, 50, 100, 200, 300, 500, 1000, 2000, 3000, 5000, 10_000, 0)


class Workbench(QObject):
    """The session, the player and the panel of a window."""

    def __init__(self, window: MainWindow, style: Style) -> None:
        super().__init__(window)
        self._window = window
        self._style = style
        self.player = Player(self)
        self.session = Session(self.player, self)
        self.files = SceneFiles(window, self.session)
        self._panel: Panel | None = None
        self._connect_session()
        self._connect_player()
        self._connect_window()

    def open(self, scene: Scene) -> None:
        """Show `scene` and play it. Raises `LayerscopeError` if that cannot be."""
        self.session.open(scene)
        self.player.play()

    def open_default(self) -> None:
        """Show what the program opens with."""
        self.open(panel_scene(panels()[0]))

    def open_path(self, path: Path) -> None:
        """Do with a file what a person expects."""
        self.files.open_path(path, self._panel)

    def close(self) -> None:
        self.player.close()

    # ---- actions ---------------------------------------------------------------------------

    def do(self, key: str) -> None:
        """Do the action `key` of the table of actions."""
        owner: Any = self.files if hasattr(self.files, key) else self
        getattr(owner, key)()

    def export(self) -> None:
        self.player.pause()
        scene = self.session.scene()
        dialog = ExportDialog(scene, self._style.theme().name, self._window)
        dialog.exported.connect(self._window.tell)
        dialog.exec()

    def undo(self) -> None:
        self.session.undo_stack.undo()

    def redo(self) -> None:
        self.session.undo_stack.redo()

    def reset(self) -> None:
        self.session.reset()
        self.session.end_gesture()

    def toggle_play(self) -> None:
        self.player.toggle()

    def step(self) -> None:
        self.player.step(1)

    def step_back(self) -> None:
        self.player.step_back()

    def step_many(self) -> None:
        self.player.step(MANY)

    def step_back_many(self) -> None:
        self._step_back(MANY)

    def restart(self) -> None:
        self.player.seek(0)

    def faster(self) -> None:
        self._shift_speed(1)

    def slower(self) -> None:
        self._shift_speed(-1)

    def full_speed(self) -> None:
        self._set_speed(0)

    def toggle_loop(self) -> None:
        self._set_loop(not self.session.play.loop)

    def _shift_speed(self, by: int) -> None:
        present = self.session.play.steps_per_frame
        if present == 0:
            index = len(SPEEDS) - 1
        else:
            index = min(range(len(SPEEDS) - 1), key=lambda i: abs(SPEEDS[i] - present))
        self._set_speed(SPEEDS[min(max(index + by, 0), len(SPEEDS) - 1)])

    # ---- wiring ----------------------------------------------------------------------------

    def _connect_session(self) -> None:
        session, actions = self.session, self._window.actions_by_key
        session.panelChanged.connect(self._show_panel)
        session.parametersChanged.connect(self._show_parameters)
        session.viewChanged.connect(self._show_view)
        session.playChanged.connect(self._show_play)
        session.refused.connect(self._show_refusal)
        for key, signal in (
            ("undo", session.undo_stack.canUndoChanged),
            ("redo", session.undo_stack.canRedoChanged),
        ):
            signal.connect(actions[key].setEnabled)
        self.files.told.connect(self._window.tell)
        self.files.refused.connect(self._window.warn)

    def _connect_player(self) -> None:
        player = self.player
        player.frameReady.connect(self._draw)
        player.positionChanged.connect(self._show_position)
        player.playingChanged.connect(self._show_playing)
        player.finished.connect(self._show_finish)
        player.failed.connect(self._window.warn)
        player.measured.connect(self._show_speed)
        player.journalChanged.connect(self._show_journal)

    def _connect_window(self) -> None:
        window, session = self._window, self.session
        window.panelChosen.connect(self._choose_panel)
        form = window.parameter_form
        form.edited.connect(session.edit)
        form.rowInserted.connect(session.insert_row)
        form.rowRemoved.connect(session.remove_row)
        form.rowMoved.connect(session.move_row)
        form.gestureFinished.connect(session.end_gesture)
        window.view_form.edited.connect(session.edit_view)
        window.view_form.gestureFinished.connect(session.end_gesture)
        bar = window.transport
        bar.playToggled.connect(self._set_playing)
        bar.stepRequested.connect(self.player.step)
        bar.stepBackRequested.connect(self._step_back)
        bar.restartRequested.connect(self.restart)
        bar.seekRequested.connect(self.player.seek)
        bar.speedChanged.connect(self._set_speed)
        bar.loopToggled.connect(self._set_loop)

    # ---- what was asked for ----------------------------------------------------------------

    @Slot(object)
    def _choose_panel(self, info: PanelInfo) -> None:
        try:
            self.open(panel_scene(info))
        except LayerscopeError as error:
            self._window.warn(str(error))

    @Slot(bool)
    def _set_playing(self, playing: bool) -> None:
        self.player.play() if playing else self.player.pause()

    @Slot(int)
    def _step_back(self, n: int) -> None:
        position = self.player.position
        self.player.pause()
        self.player.seek(position.step - n if position else 0)

    @Slot(int)
    def _set_speed(self, steps_per_frame: int) -> None:
        self.session.set_play(steps_per_frame=steps_per_frame)

    @Slot(bool)
    def _set_loop(self, loop: bool) -> None:
        self.session.set_play(loop=loop)

    # ---- what came of it -------------------------------------------------------------------

    @Slot(object)
    def _show_panel(self, info: PanelInfo) -> None:
        panel = info.load_panel()(self._style)
        panel.parameterRequested.connect(self.session.edit)
        panel.viewRequested.connect(self.session.edit_view)
        panel.actionRequested.connect(self.session.act)
        panel.gestureFinished.connect(self.session.end_gesture)
        panel.watchChanged.connect(self._watch)
        self._panel = panel
        self._window.showPanel(info, panel)

    @Slot(object)
    def _show_parameters(self, parameters: Parameters) -> None:
        form = self._window.parameter_form
        form.clearErrors()
        form.setFields(describe(parameters))
        self._window.status.setValue("seed", str(getattr(parameters, "seed", "none")))
        self._window.status.setValue(
            "device", str(device_of(self.session.info, parameters, self.session.play))
        )
        if self._panel is not None:
            for path, marks in self._panel.rowMarks(parameters).items():
                form.setRowMarks(path, [(m.color, m.symbol, m.dash) for m in marks])
            self._panel.setParameters(parameters)
            self._watch()

    @Slot(object)
    def _show_view(self, view: View) -> None:
        self._window.view_form.clearErrors()
        self._window.view_form.setFields(describe(view))
        if self._panel is not None:
            self._panel.setView(view)
            self._watch()

    @Slot(object)
    def _show_play(self, play: Play) -> None:
        self.player.set_steps_per_frame(play.steps_per_frame)
        self.player.set_frames_per_second(play.frames_per_second)
        self.player.set_loop(play.loop)
        self._window.transport.setSpeed(play.steps_per_frame)
        self._window.transport.setLoop(play.loop)
        self._window.actions_by_key["toggle_loop"].setChecked(play.loop)

    @Slot(str, str, object)
    def _show_refusal(self, path: str, sentence: str, span: tuple[int, int] | None) -> None:
        shown = self._window.parameter_form.setError(path, sentence, span)
        if not (shown or self._window.view_form.setError(path, sentence, span)):
            self._window.warn(sentence)

    @Slot()
    def _watch(self) -> None:
        if self._panel is not None:
            self.player.watch(self._panel.watch())

    @Slot(object)
    def _draw(self, frames: tuple[Any, ...]) -> None:
        if self._panel is not None:
            self._panel.draw(frames[0])
            self._panel.setAccessibleDescription(self._panel.description())
        # After the events that are waiting, the paint events among them.
        QTimer.singleShot(0, self.player.painted)

    @Slot(object)
    def _show_position(self, position: Position) -> None:
        self._window.transport.setLength(position.length)
        self._window.transport.setStep(position.step, position.furthest)

    @Slot(bool)
    def _show_playing(self, playing: bool) -> None:
        self._window.transport.setPlaying(playing)

    @Slot(object)
    def _show_finish(self, finishes: tuple[Any, ...]) -> None:
        for finish in finishes:
            if finish is not None:
                self._window.tell(finish.sentence)

    @Slot(object)
    def _show_speed(self, speed: Statistics) -> None:
        self._window.status.setValue("steps", f"{speed.steps_per_second:,.0f}")
        self._window.status.setValue("frames", f"{speed.frames_per_second:.0f}")

    @Slot(object)
    def _show_journal(self, journal: tuple[Any, ...]) -> None:
        self._window.transport.setMarks([step for step, _ in journal])
