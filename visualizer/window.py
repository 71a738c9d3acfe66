"""The window: the chooser, the controls, the panel, the transport bar and the status bar.

It is painted before torch is imported; `Workbench`, which holds all that computes, is put in when
torch is there.
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal, Slot
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QIcon, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDockWidget,
    QLabel,
    QMainWindow,
    QStackedWidget,
    QTabWidget,
    QToolBar,
    QVBoxLayout,
    QWidget,
)

from visualizer.actions import ACTIONS, fill_menus, make_actions
from visualizer.appearance import Appearance
from visualizer.registry import PanelInfo, panels
from widgets.banner import Banner
from widgets.form import ParameterForm
from widgets.icons import icon
from widgets.status import StatusReadout
from widgets.style import Style
from widgets.transport import TransportBar

if TYPE_CHECKING:
    from visualizer.workbench import Workbench

SIZE = QSize(1280, 800)
SMALLEST = QSize(640, 420)
TOOLS = (
    "open_scene",
    "save_scene",
    "export",
    "undo",
    "redo",
    "toggle_theme",
    "full_screen",
    "keys",
)
ARROWS = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down)
STATUS = {"device": "Device", "seed": "Seed", "steps": "Steps/s", "frames": "Frames/s"}


class MainWindow(QMainWindow):
    """The frame round a panel; what is done in it is asked of the workbench.

    Signals
    -------
    panelChosen(info)
        A person chose another panel.
    """

    panelChosen = Signal(object)

    def __init__(self, style: Style) -> None:
        super().__init__()
        self._style = style
        self._workbench: Workbench | None = None
        self.setWindowTitle("Layerscope")
        self.setMinimumSize(SMALLEST)
        self.resize(SIZE)
        self.setAcceptDrops(True)

        self.banner = Banner(style)
        self.stage = QStackedWidget()
        self._loading = QLabel("Loading…")
        self._loading.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._loading.setFont(style.font("title"))
        self.stage.addWidget(self._loading)
        self.transport = TransportBar(style)
        center = QWidget()
        column = QVBoxLayout(center)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.banner)
        column.addWidget(self.stage, 1)
        column.addWidget(self.transport)
        self.setCentralWidget(center)

        self.parameter_form = ParameterForm(style)
        self.view_form = ParameterForm(style)
        self.status = StatusReadout(style, STATUS)
        self.statusBar().addPermanentWidget(self.status)
        self._dock = self._make_dock()
        self._tools = QToolBar("Tools")
        self._chooser = self._make_chooser()
        self.appearance = Appearance(
            self, style, [self._dock, self._tools, self.transport, self.statusBar(), self.menuBar()]
        )
        self.actions_by_key = make_actions(self, self._doer, self._icon)
        self._fill_bars()
        self._enable(False)
        style.changed.connect(self._restyle)
        self.appearance.controlsShown.connect(self._show_state)
        self._restyle()
        self.appearance.restore()
        application = QApplication.instance()
        assert application is not None
        application.installEventFilter(self)

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
        self._chooser.setCurrentText(info.title)
        self.setWindowTitle(f"{info.title} – Layerscope")

    def tell(self, sentence: str) -> None:
        """Say something in passing."""
        self.statusBar().showMessage(sentence, 6000)

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
        from visualizer.help import KeysDialog

        KeysDialog(self.actions_by_key, self).exec()

    def doctor(self) -> None:
        from visualizer.help import DoctorDialog

        DoctorDialog(self).exec()

    def about(self) -> None:
        from visualizer.help import show_about

        show_about(self)

    # ---- events ----------------------------------------------------------------------------

    def closeEvent(self, event: QCloseEvent) -> None:
        self.appearance.remember()
        if self._workbench is not None:
            self._workbench.close()
        event.accept()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        if self._workbench is not None:
            for url in event.mimeData().urls()[:1]:
                self._workbench.open_path(Path(url.toLocalFile()))
        event.acceptProposedAction()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Leave the arrow keys to a slider, spin box or list that has the focus."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            controls = (QAbstractSlider, QAbstractSpinBox, QComboBox)
            if event.key() in ARROWS and isinstance(QApplication.focusWidget(), controls):
                event.accept()
                return True
        return super().eventFilter(watched, event)

    # ---- parts -----------------------------------------------------------------------------

    def _make_dock(self) -> QDockWidget:
        tabs = QTabWidget()
        tabs.setDocumentMode(True)
        tabs.addTab(self.parameter_form, "Parameters")
        tabs.addTab(self.view_form, "View")
        dock = QDockWidget("Controls")
        dock.setObjectName("controls")
        dock.setFeatures(
            QDockWidget.DockWidgetFeature.DockWidgetMovable
            | QDockWidget.DockWidgetFeature.DockWidgetFloatable
        )
        dock.setTitleBarWidget(QWidget())
        dock.setWidget(tabs)
        self.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, dock)
        return dock

    def _make_chooser(self) -> QComboBox:
        chooser = QComboBox()
        chooser.setAccessibleName("Panel")
        chooser.setToolTip("Choose a panel")
        for info in panels():
            chooser.addItem(info.title, info)
            chooser.setItemData(chooser.count() - 1, info.summary, Qt.ItemDataRole.ToolTipRole)
        chooser.activated.connect(self._choose)
        return chooser

    def _fill_bars(self) -> None:
        panel_menu = fill_menus(self.menuBar(), self.actions_by_key)["Panel"]
        for number, info in enumerate(panels(), start=1):
            action = panel_menu.addAction(info.title)
            action.setData(info)
            action.setShortcut(f"Ctrl+{number}" if number <= 9 else "")
            action.triggered.connect(self._choose_from_menu)
            self.addAction(action)
        self._tools.setObjectName("tools")
        self._tools.setMovable(False)
        self._tools.addWidget(self._chooser)
        self._tools.addSeparator()
        for key in TOOLS:
            self._tools.addAction(self.actions_by_key[key])
        self.addToolBar(self._tools)

    def _icon(self, name: str) -> QIcon:
        return icon(name, self._style)

    @Slot(int)
    def _choose(self, index: int) -> None:
        self.panelChosen.emit(self._chooser.itemData(index))

    @Slot()
    def _choose_from_menu(self) -> None:
        sender: Any = self.sender()
        self.panelChosen.emit(sender.data())

    def _enable(self, enabled: bool) -> None:
        """Whether what needs the workbench can be done."""
        for key, action in self.actions_by_key.items():
            if not hasattr(self, key) and not hasattr(self.appearance, key):
                action.setEnabled(enabled)
        for widget in (self.transport, self._dock, self._chooser):
            widget.setEnabled(enabled)
        for key in ("undo", "redo"):  # what can be undone tells by signals, from nothing on
            self.actions_by_key[key].setEnabled(False)

    def _restyle(self) -> None:
        for info in ACTIONS:
            if info.icon:
                self.actions_by_key[info.key].setIcon(self._icon(info.icon))
        side = round(self._style.px(20))
        self._tools.setIconSize(QSize(side, side))
        self._dock.setMinimumWidth(round(self._style.px(330)))
        self._show_state()

    @Slot()
    def _show_state(self) -> None:
        self.actions_by_key["toggle_theme"].setChecked(self.appearance.is_dark())
        self.actions_by_key["full_screen"].setChecked(self.isFullScreen())
        self.actions_by_key["toggle_controls"].setChecked(self.appearance.are_controls_shown())
