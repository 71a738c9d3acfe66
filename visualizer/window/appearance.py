"""How the window looks and is remembered: theme, size of letters, full screen, controls, place."""

from PySide6.QtCore import QByteArray, QObject, QSettings, Qt, Signal
from PySide6.QtWidgets import QApplication, QMainWindow, QWidget

from widgets.style import LARGEST, SMALLEST, Style
from widgets.theme import apply_theme

LARGER = 1.1  # how much one press of Ctrl + enlarges
LAYOUT_VERSION = 1  # raise it when docks change, so that an old layout is not restored
_FULL_SCREEN = Qt.WindowState.WindowFullScreen


class Appearance(QObject):
    """Switches what can be switched about the look of a window, and keeps it for the next time.

    `changed` is emitted when the controls come or go, or the whole screen is taken or given back.
    """

    changed = Signal()

    def __init__(self, window: QMainWindow, style: Style, controls: list[QWidget]) -> None:
        super().__init__(window)
        self._window = window
        self._style = style
        self._controls = controls
        self._settings = QSettings()
        self._had_controls = True  # before the whole screen was taken
        style.changed.connect(self._restyle)
        self._restyle()

    # ---- the actions of the menu "View" ----------------------------------------------------

    def toggle_theme(self) -> None:
        self._style.setTheme("light" if self.is_dark() else "dark")

    def larger(self) -> None:
        self._style.setFactor(self._style.factor() * LARGER)

    def smaller(self) -> None:
        self._style.setFactor(self._style.factor() / LARGER)

    def normal_size(self) -> None:
        self._style.setFactor(1.0)

    def full_screen(self) -> None:
        """Show nothing but the panel, on the whole screen; or leave that."""
        if self._window.isFullScreen():
            self.leave_full_screen()
            return
        self._had_controls = self.are_controls_shown()
        # Not showFullScreen, which forgets whether the window was as large as the screen allows.
        self._window.setWindowState(self._window.windowState() | _FULL_SCREEN)
        self._window.show()
        self._show_controls(False)

    def leave_full_screen(self) -> None:
        if self._window.isFullScreen():
            self._window.setWindowState(self._window.windowState() & ~_FULL_SCREEN)
            self._show_controls(self._had_controls)

    def toggle_controls(self) -> None:
        self._show_controls(not self.are_controls_shown())

    # ---- what is so ------------------------------------------------------------------------

    def is_dark(self) -> bool:
        return self._style.theme().name == "dark"

    def are_controls_shown(self) -> bool:
        return not self._controls[0].isHidden()

    def restore(self) -> None:
        """Put the window where it was the last time."""
        geometry, state = self._settings.value("geometry"), self._settings.value("state")
        if isinstance(geometry, QByteArray):
            self._window.restoreGeometry(geometry)
        if isinstance(state, QByteArray):
            self._window.restoreState(state, LAYOUT_VERSION)

    def remember(self) -> None:
        """Keep where the window is and how it looks."""
        self.leave_full_screen()
        self._show_controls(True)
        self._settings.setValue("geometry", self._window.saveGeometry())
        self._settings.setValue("state", self._window.saveState(LAYOUT_VERSION))

    def _restyle(self) -> None:
        application = QApplication.instance()
        if isinstance(application, QApplication):
            apply_theme(application, self._style)
        self._settings.setValue("theme", self._style.theme().name)
        self._settings.setValue("factor", self._style.factor())

    def _show_controls(self, shown: bool) -> None:
        for widget in self._controls:
            widget.setVisible(shown)
        self.changed.emit()


def remembered_style(parent: QObject | None = None) -> Style:
    """Theme and size as they were the last time; at first light and 1."""
    settings = QSettings()
    try:
        factor = float(str(settings.value("factor")))
    except ValueError:
        factor = 1.0
    if not SMALLEST <= factor <= LARGEST:
        factor = 1.0
    return Style("dark" if settings.value("theme") == "dark" else "light", factor, parent)
