"""All that computes in the window: the session and the player, and what is asked of them."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QAbstractSlider

from kernels.errors import LayerscopeError
from kernels.parameters import Parameters
from visualizer.playing.player import Player
from visualizer.registry import PanelInfo, panels
from visualizer.scenes.scene import Scene
from visualizer.scenes.store import find_scene, panel_scene
from visualizer.window.display import Display
from visualizer.window.documents import Documents
from visualizer.window.edits import Edits
from visualizer.window.errands import Errands
from visualizer.window.export_dialog import ExportDialog
from visualizer.window.main_window import MainWindow
from visualizer.window.scene_files import SceneFiles
from visualizer.window.session import Session
from widgets.style import Style

MANY = 10  # steps at one press of Shift and an arrow


class Workbench(QObject):
    """The session and the player of a window, and all that a person asks of them."""

    def __init__(self, window: MainWindow, style: Style) -> None:
        super().__init__(window)
        self._window = window
        self._style = style
        self.player = Player(self)
        self.session = Session(self.player, self)
        self.edits = Edits(self.session, self)
        self.errands = Errands(self)
        self.files = SceneFiles(
            window, self.session, self.edits, self.errands, self.open, lambda: self.display.panel
        )
        self.documents = Documents(window, self.session, self.player, self.errands, self.open_path)
        self.session.refused.connect(self._show_fields)  # before the display says why
        self.display = Display(window, style, self.player, self.session, self.edits)
        self._export: ExportDialog | None = None
        self._connect()

    def open(self, scene: Scene) -> None:
        """Show `scene` and play it. Raises `LayerscopeError` if that cannot be."""
        self.session.open(scene)
        self.edits.forget()
        self._window.banner.dismiss()
        self.player.play()

    def open_default(self) -> None:
        """Show what the program opens with."""
        self.files.open(panel_scene(panels()[0]))

    def open_path(self, path: Path) -> None:
        """Do with a file what a person expects."""
        self.files.open_path(path)

    def close(self) -> None:
        """End what runs: an export within 1.5 seconds, the player within 2.

        What is still to be saved is saved.
        """
        if self._export is not None:
            self._export.done(0)
        self.files.kept.keep()
        self.errands.close()
        self.player.close()
        self.session.undo_stack.blockSignals(True)  # it tells of its own end, too

    # ---- actions ---------------------------------------------------------------------------

    def do(self, key: str) -> None:
        """Do the action `key` of the table of actions."""
        owner: Any = self.files if hasattr(self.files, key) else self
        getattr(owner, key)()

    def export(self) -> None:
        if self._export is None:
            position = self.player.position
            reached = position.furthest if position is not None else 0
            self._export = ExportDialog(
                self.session.scene(), reached, self._style.theme().name, self._window
            )
            self._export.told.connect(self._window.tell)
            self._export.failed.connect(self._window.warn)
            self._export.finished.connect(self._forget_export)
        self._export.show()
        self._export.activateWindow()

    def undo(self) -> None:
        self.edits.forget()
        self.session.undo_stack.undo()

    def redo(self) -> None:
        self.edits.forget()
        self.session.undo_stack.redo()

    def reset(self) -> None:
        self.edits.reset()

    def toggle_play(self) -> None:
        self._set_playing(not self._window.transport.isPlaying())

    def step(self) -> None:
        self.player.step(1)

    def step_back(self) -> None:
        self.player.step_back(1)

    def step_many(self) -> None:
        self.player.step(MANY)

    def step_back_many(self) -> None:
        self.player.step_back(MANY)

    def restart(self) -> None:
        self.edits.restart()

    def branch(self) -> None:
        panel, step = self.display.panel, self.player.heading
        changes = panel and panel.branchParameters(self.session.parameters, step)
        if changes:
            self.edits.branch(changes)

    def faster(self) -> None:
        self._move_speed(QAbstractSlider.SliderAction.SliderSingleStepAdd)

    def slower(self) -> None:
        self._move_speed(QAbstractSlider.SliderAction.SliderSingleStepSub)

    def full_speed(self) -> None:
        self._move_speed(QAbstractSlider.SliderAction.SliderToMaximum)

    def toggle_loop(self) -> None:
        self._set_loop(not self.session.play.loop)

    def _move_speed(self, action: QAbstractSlider.SliderAction) -> None:
        self._window.transport.speed.triggerAction(action)

    @Slot()
    def _forget_export(self) -> None:
        self._export = None

    # ---- wiring ----------------------------------------------------------------------------

    def _connect(self) -> None:
        window, edits = self._window, self.edits
        window.choices.panelChosen.connect(self._choose_panel)
        window.choices.sceneChosen.connect(self._choose_scene)
        form = window.parameter_form
        form.edited.connect(edits.set_value)
        form.rowInserted.connect(edits.insert_row)
        form.rowRemoved.connect(edits.remove_row)
        form.rowMoved.connect(edits.move_row)
        form.gestureFinished.connect(self.session.end_gesture)
        form.typed.connect(self._check_typed)
        window.view_form.edited.connect(edits.set_view)
        window.view_form.gestureFinished.connect(self.session.end_gesture)
        bar = window.transport
        bar.playToggled.connect(self._set_playing)
        bar.stepRequested.connect(self.player.step)
        bar.stepBackRequested.connect(self.player.step_back)
        bar.restartRequested.connect(self.restart)
        bar.seekRequested.connect(self.player.seek)
        bar.speedChanged.connect(self._set_speed)
        bar.loopToggled.connect(self._set_loop)
        for saver in (self.files, self.documents):
            saver.told.connect(window.tell)
            saver.refused.connect(window.warn)
        self.player.finished.connect(self._loop)
        self.session.parametersChanged.connect(self._show_refused)

    # ---- what was asked for ----------------------------------------------------------------

    @Slot(object)
    def _choose_panel(self, info: PanelInfo) -> None:
        self._open_shipped(info.key)

    @Slot(str)
    def _choose_scene(self, name: str) -> None:
        self._open_shipped(name)

    def _open_shipped(self, name: str) -> None:
        try:
            self.files.open(find_scene(name))
        except LayerscopeError as error:
            self._window.warn(str(error))

    @Slot(bool)
    def _set_playing(self, playing: bool) -> None:
        self._window.transport.setPlaying(playing)
        if not playing:
            self.player.pause()
            return
        position = self.player.position
        if position is not None and position.ended:
            self.edits.restart()  # with what was changed at the end
        self.player.play()

    @Slot()
    def _loop(self) -> None:
        """Begin again with what was changed on the way; a run as its scene has it loops itself."""
        position = self.player.position
        is_run = position is not None and position.step > 0
        if is_run and self.session.play.loop and self.session.is_touched():
            self.edits.restart()
            self.player.play()

    @Slot(str, str)
    def _check_typed(self, path: str, text: str) -> None:
        if self.edits.is_taken_back(path, text):
            self.edits.forget()
        mistake = self.edits.mistake(path, text)
        if mistake is not None:
            self.display.show_refusal(mistake)

    @Slot()
    def _show_fields(self) -> None:
        """Let the form show what was refused and can be mended."""
        if self.edits.refused() is not None:
            self._window.parameter_form.setFields(self.edits.fields())

    @Slot()
    def _show_refused(self) -> None:
        """The form shows what is in force again; what can be mended stays there all the same."""
        self._show_fields()
        refused = self.edits.refused()
        if refused is not None and isinstance(refused.value, Parameters):
            self.display.show_refusal(refused)

    @Slot(int)
    def _set_speed(self, steps_per_frame: int) -> None:
        self.session.set_play(steps_per_frame=steps_per_frame)

    @Slot(bool)
    def _set_loop(self, loop: bool) -> None:
        self.session.set_play(loop=loop)
