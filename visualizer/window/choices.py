"""What can be opened: the panels there are, and the scenes that ship with the one that is shown."""

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QComboBox, QMenu, QWidget

from visualizer.registry import PanelInfo, panels
from visualizer.scenes.store import shipped_scenes
from visualizer.window.actions import PANEL_KEYS, SCENE_KEYS, with_keys


class Choices(QObject):
    """The chooser of panels and the menus of panels and scenes, each with a key.

    Signals
    -------
    panelChosen(info)
        A person wants another panel.
    sceneChosen(name)
        A person wants a scene that ships with the program.
    """

    panelChosen = Signal(object)
    sceneChosen = Signal(str)

    def __init__(self, window: QWidget, panel_menu: QMenu, scene_menu: QMenu) -> None:
        super().__init__(window)
        self._window = window
        self._panel_menu, self._scene_menu = panel_menu, scene_menu
        self.chooser = QComboBox()
        self.chooser.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.chooser.setAccessibleName("Panel")
        self.chooser.setToolTip("Choose a panel")
        self.chooser.activated.connect(self._choose)
        for index, (info, key) in enumerate(with_keys(panels(), PANEL_KEYS)):
            self.chooser.addItem(info.title, info)
            self.chooser.setItemData(index, info.summary, Qt.ItemDataRole.ToolTipRole)
            action = self._add(panel_menu, info.title, key)
            action.setData(info)
            action.setToolTip(info.summary)
            action.triggered.connect(self._choose_panel)
        self.chooser.setCurrentIndex(-1)  # until one is open

    def show(self, info: PanelInfo) -> None:
        """Tell which panel is open, and offer its scenes."""
        self.chooser.setCurrentText(info.title)
        for action in self._scene_menu.actions():
            self._window.removeAction(action)
        self._scene_menu.clear()
        for name, key in with_keys(scenes_of(info), SCENE_KEYS):
            action = self._add(self._scene_menu, scene_title(name, info), key)
            action.setData(name)
            action.triggered.connect(self._choose_scene)

    def actions(self) -> dict[str, list[QAction]]:
        """The actions by the title of their menu."""
        return {"Panel": self._panel_menu.actions(), "Scene": self._scene_menu.actions()}

    def setEnabled(self, enabled: bool) -> None:
        self.chooser.setEnabled(enabled)
        for actions in self.actions().values():
            for action in actions:
                action.setEnabled(enabled)

    def _add(self, menu: QMenu, text: str, key: str) -> QAction:
        action = menu.addAction(text.replace("&", "&&"))
        action.setShortcut(key)
        self._window.addAction(action)  # so that its key works while menus are hidden
        return action

    @Slot(int)
    def _choose(self, index: int) -> None:
        self.panelChosen.emit(self.chooser.itemData(index))

    @Slot()
    def _choose_panel(self) -> None:
        self.panelChosen.emit(_sender(self).data())

    @Slot()
    def _choose_scene(self) -> None:
        self.sceneChosen.emit(_sender(self).data())


def scenes_of(info: PanelInfo) -> list[str]:
    """The names of the scenes that ship for a panel, the one with which it opens first."""
    names = shipped_scenes()
    own = [info.scene] if info.scene in names else []
    return own + sorted(name for name in names if name.startswith(f"{info.key}/"))


def scene_title(name: str, info: PanelInfo) -> str:
    """How a scene that ships is called on the screen."""
    if name == info.scene:
        return "Opening scene"
    return name.removeprefix(f"{info.key}/").replace("-", " ").capitalize()


def _sender(receiver: QObject) -> QAction:
    action = receiver.sender()
    assert isinstance(action, QAction)
    return action
