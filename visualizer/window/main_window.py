"""The window: the chooser, the controls, the panel, the transport bar and the status bar.

It is painted before torch is imported; `Workbench`, which holds all that computes, is put in when
torch is there.
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Slot
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QIcon, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QDockWidget,
    QLabel,
    QMainWindow,
    QStackedWidget,
    QTabWidget,
    QToolBar,
    QVBoxLayout,
    QWidget,
)

from visualizer.registry import PanelInfo
from visualizer.window.actions import ACTIONS, fill_menus, make_actions
from visualizer.window.appearance import Appearance
from visualizer.window.choices import Choices
from visualizer.window.focus import FieldUndo, keeps_key, press_focused
from widgets.bars.banner import Banner
from widgets.bars.notice import Notice
from widgets.bars.status import StatusReadout
from widgets.bars.transport import TransportBar
from widgets.forms.form import ParameterForm
from widgets.icons import icon
from widgets.style import Style

if TYPE_CHECKING:
    from visualizer.window.workbench import Workbench

SIZE = QSize(1280, 800)
SMALLEST = QSize(640, 420)
CONTROLS, CONTROLS_SHARE = 330, 0.4  # px at factor 1, and the most of the window
TOOLS = (
    "open_scene",
    "save_scene",
    "export",
    "undo",
    "redo",
    "branch",
    "toggle_theme",
    "full_screen",
    "keys",
)
KEYED = {  # the buttons of the transport bar, and the actions whose keys do the same
    "restart": "restart",
    "step_back": "step_back",
    "play": "toggle_play",
    "step": "step",
    "loop": "toggle_loop",
}
STATUS = {"device": "Device", "seed": "Seed", "steps": "Steps/s", "frames": "Frames/s"}


class MainWindow(QMainWindow):
    """The frame round a panel; what is done in it is asked of the workbench."""

    def __init__(self, style: Style) -> None:
        super().__init__()
        self._style = style
        self._workbench: Workbench | None = None
        self._factor = style.factor()
        self.setWindowTitle("Layerscope")
        self.setMinimumSize(SMALLEST)
        self.resize(SIZE)
        self.setAcceptDrops(True)

        self.banner = Banner(style)
        self.transport = TransportBar(style)
        self.stage = QStackedWidget()
        self.stage.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.notice = Notice(style, self.stage)
        self._loading = QLabel()
        self._loading.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.stage.addWidget(self._loading)
        self.showLoading("Loading…")
        self.setCentralWidget(_column(self.banner, self.stage, self.transport))

        self.parameter_form = ParameterForm(style)
        self.view_form = ParameterForm(style)
        self.status = StatusReadout(style, STATUS)
        self.statusBar().addPermanentWidget(self.status)
        self._dock = self._make_dock()
        self._tools = QToolBar("Tools")
        self.appearance = Appearance(
            self, style, [self._dock, self._tools, self.transport, self.statusBar(), self.menuBar()]
        )
        self.actions_by_key = make_actions(self, self._doer, self._icon)
        self._menus = fill_menus(self.menuBar(), self.actions_by_key)
        self.file_menu = self._menus["File"]
        self.choices = Choices(self, self._menus["Panel"], self._menus["Scene"])
        self._fill_tools()
        self.transport.setKeys(
            {part: self.actions_by_key[key].shortcut().toString() for part, key in KEYED.items()}
        )
        self._enable(False)
        style.changed.connect(self._restyle)
        self.appearance.changed.connect(self._show_state)
        self._restyle()
        self.appearance.restore()
        self.installEventFilter(self)
        self._field_undo = FieldUndo(self)
        if isinstance(application := QApplication.instance(), QApplication):
            application.focusChanged.connect(self._field_undo.follow)

    # ---- what the workbench puts in --------------------------------------------------------

    def install(self, workbench: "Workbench") -> None:
        """Torch is there: from now on things can be done."""
        self._workbench = workbench
        self._enable(True)

    def showPanel(self, info: PanelInfo, panel: QWidget) -> None:
        """Put `panel` on the stage, in the place of what is there."""
        old = self.stage.currentWidget()
        self.stage.addWidget(panel)
        self.stage.setCurrentWidget(panel)
        self.stage.removeWidget(old)
        if old is not self._loading:
            old.deleteLater()
        self.stage.setAccessibleName(info.title)
        self.stage.setFocus()
        self.choices.show(info)
        self.setWindowTitle(f"{info.title} – Layerscope")

    def showLoading(self, text: str) -> None:
        """Say in the place of the panel why it is not there yet."""
        self._loading.setText(text)

    def tell(self, sentence: str) -> None:
        """Say something in passing: as much as has room, and in the tooltip all of it."""
        bar, room = self.statusBar(), self.status.x() - round(self._style.px(12))
        shown = bar.fontMetrics().elidedText(sentence, Qt.TextElideMode.ElideRight, room)
        bar.showMessage(shown, 6000)
        bar.setToolTip(sentence if shown != sentence else "")

    @Slot()
    def hush(self) -> None:
        """Take back what was said in passing: it was of another run."""
        self.tell("")

    def warn(self, sentence: str, details: str = "") -> None:
        """Say that something is not possible, until it is sent away."""
        self.banner.showMessage("error" if details else "warning", sentence, details=details)

    # ---- actions ---------------------------------------------------------------------------

    def _doer(self, key: str) -> Callable[[], None]:
        """What does the action `key`: this window, its appearance, or the workbench."""
        for owner in (self, self.appearance):
            if hasattr(owner, key):
                method: Callable[[], None] = getattr(owner, key)
                return method
        return partial(self._do_in_workbench, key)

    def _do_in_workbench(self, key: str, _checked: bool = False) -> None:
        if self._workbench is not None:
            self._workbench.do(key)

    def quit(self) -> None:
        self.close()

    def keys(self) -> None:
        from visualizer.window.help import KeysDialog

        of_table = set(self.actions_by_key.values())
        others = {
            title: [action for action in menu.actions() if action not in of_table]
            for title, menu in self._menus.items()
        }
        KeysDialog(self.actions_by_key, others, self).open()

    def doctor(self) -> None:
        from visualizer.window.help import DoctorDialog

        DoctorDialog(self).open()

    def about(self) -> None:
        from visualizer.window.help import show_about

        show_about(self)

    # ---- events ----------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._give_room()

    def closeEvent(self, event: QCloseEvent) -> None:
        self.appearance.remember()
        if self._workbench is not None:
            self._workbench.close()
        event.accept()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self._workbench is not None and any(
            url.isLocalFile() for url in event.mimeData().urls()
        ):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        names = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        if self._workbench is not None and names:
            self._workbench.files.open_paths([Path(name) for name in names])
        event.acceptProposedAction()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Leave a key to the control with the focus that does something of its own with it.

        This filters the window's own events. To override `event` instead would hold Python's lock
        while all of the window is painted, and keep the worker waiting.
        """
        is_question = event.type() == QEvent.Type.ShortcutOverride
        if is_question and isinstance(event, QKeyEvent) and keeps_key(self.focusWidget(), event):
            event.accept()
            return True
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if press_focused(self.focusWidget(), event):
            return
        if event.key() == Qt.Key.Key_Escape:
            self.stage.setFocus()  # away from a field, so that keys are those of the window again
        super().keyPressEvent(event)

    # ---- parts -----------------------------------------------------------------------------

    def _make_dock(self) -> QDockWidget:
        tabs = QTabWidget()
        tabs.setDocumentMode(True)
        tabs.setAccessibleName("Controls")
        tabs.addTab(self.parameter_form, "Parameters")
        tabs.addTab(self.view_form, "View")
        dock = QDockWidget("Controls")
        dock.setObjectName("controls")
        dock.setFeatures(QDockWidget.DockWidgetFeature.NoDockWidgetFeatures)
        dock.setTitleBarWidget(QWidget())
        dock.setWidget(tabs)
        self.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, dock)
        return dock

    def _fill_tools(self) -> None:
        self._tools.setObjectName("tools")
        self._tools.setMovable(False)
        self._tools.addWidget(self.choices.chooser)
        self._tools.addSeparator()
        for key in TOOLS:
            self._tools.addAction(self.actions_by_key[key])
        self.addToolBar(self._tools)

    def _icon(self, name: str) -> QIcon:
        return icon(name, self._style)

    def _enable(self, enabled: bool) -> None:
        """Whether what needs the workbench can be done."""
        for key, action in self.actions_by_key.items():
            if not hasattr(self, key) and not hasattr(self.appearance, key):
                action.setEnabled(enabled)
        for part in (self.transport, self._dock, self.choices):
            part.setEnabled(enabled)
        for key in ("undo", "redo"):  # what can be undone tells by signals, from nothing on
            self.actions_by_key[key].setEnabled(False)

    def _restyle(self) -> None:
        for info in ACTIONS:
            if info.icon:
                self.actions_by_key[info.key].setIcon(self._icon(info.icon))
        side = round(self._style.px(20))
        self._tools.setIconSize(QSize(side, side))
        # Without a font of its own it stays wide when letters become smaller again.
        self.choices.chooser.setFont(self._style.font("body"))
        self._rescale_dock()
        self._loading.setFont(self._style.font("title"))
        self._show_state()

    def _rescale_dock(self) -> None:
        """Let the width of the controls follow the size of the letters."""
        growth = self._style.factor() / self._factor
        self._factor = self._style.factor()
        width = round(min(self._dock.width() * growth, CONTROLS_SHARE * self.width()))
        self._give_room()
        if growth != 1:
            self.resizeDocks([self._dock], [width], Qt.Orientation.Horizontal)

    def _give_room(self) -> None:
        """Let the controls be as wide as their letters need, but for a share of the window."""
        wanted, most = self._style.px(CONTROLS), CONTROLS_SHARE * self.width()
        self._dock.setMinimumWidth(round(min(wanted, most)))

    @Slot()
    def _show_state(self) -> None:
        self.actions_by_key["toggle_theme"].setChecked(self.appearance.is_dark())
        self.actions_by_key["full_screen"].setChecked(self.isFullScreen())
        self.actions_by_key["leave_full_screen"].setEnabled(self.isFullScreen())
        self.actions_by_key["toggle_controls"].setChecked(self.appearance.are_controls_shown())


def _column(banner: QWidget, stage: QWidget, transport: QWidget) -> QWidget:
    center = QWidget()
    column = QVBoxLayout(center)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    column.addWidget(banner)
    column.addWidget(stage, 1)
    column.addWidget(transport)
    return center
