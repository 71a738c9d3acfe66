"""Qt's style sheet of the program, written at factor 1 in pixels and scaled by the `Style`.

A widget asks for a tone with a dynamic property: ``tone`` (muted, error, warning) colours a label,
``flat`` makes a button one that shows its face under the mouse only, ``primary`` fills it with the
accent, ``card`` frames a group, ``invalid`` marks a field with a mistake.
"""

import re
from functools import partial
from string import Template

from resources import resource_path
from widgets.colors import Theme
from widgets.style import Style

_FIELDS = """
QLineEdit, QAbstractSpinBox, QComboBox, QPlainTextEdit, QTextEdit {
  background: $base; color: $text; border: 1px solid $edge; border-radius: 6px;
  selection-background-color: $accent; selection-color: $on_accent;
}
QLineEdit, QAbstractSpinBox, QComboBox { padding: 3px 7px; min-height: 20px; }
QAbstractSpinBox { padding-right: 4px; }
QComboBox { padding-right: 2px; combobox-popup: 0; }
QLineEdit:hover, QAbstractSpinBox:hover, QComboBox:hover { border-color: $muted; }
QLineEdit:focus, QAbstractSpinBox:focus, QComboBox:focus, QPlainTextEdit:focus {
  border: 2px solid $accent;
}
QLineEdit:focus, QComboBox:focus { padding: 2px 6px; }
QAbstractSpinBox:focus { padding: 2px 3px 2px 6px; }
QComboBox:focus { padding-right: 1px; }
QLineEdit:disabled, QAbstractSpinBox:disabled, QComboBox:disabled {
  background: $window; color: $edge; border-color: $line;
}
QLineEdit[invalid="true"], QAbstractSpinBox[invalid="true"], QComboBox[invalid="true"],
QCheckBox[invalid="true"], QToolButton[invalid="true"] { border-color: $error; }
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button {
  background: transparent; border: none; width: 16px;
}
QAbstractSpinBox::up-arrow { image: url($up); width: 9px; height: 9px; }
QAbstractSpinBox::down-arrow { image: url($down); width: 9px; height: 9px; }
QComboBox::drop-down { border: none; width: 20px; }
QComboBox::down-arrow { image: url($down); width: 11px; height: 11px; }
QComboBox QAbstractItemView {
  background: $base; color: $text; border: 1px solid $edge; padding: 3px; outline: none;
  selection-background-color: $accent; selection-color: $on_accent;
}
QComboBox QAbstractItemView::item { min-height: 24px; padding: 2px 6px; }
"""

_BUTTONS = """
QPushButton, QToolButton {
  background: $raised; color: $text; border: 1px solid $edge; border-radius: 6px; padding: 4px 10px;
}
QToolButton { padding: 3px; }
QPushButton:hover, QToolButton:hover { background: $hover; }
QPushButton:pressed, QToolButton:pressed, QToolButton:checked { background: $pressed; }
QPushButton:focus, QToolButton:focus { border: 2px solid $accent; padding: 3px 9px; }
QToolButton:focus { padding: 2px; }
QPushButton:disabled, QToolButton:disabled { color: $edge; border-color: $line; }
QPushButton:default, QToolButton[primary="true"] {
  background: $accent; color: $on_accent; border: 1px solid $accent;
}
QPushButton:default:hover, QToolButton[primary="true"]:hover { background: $accent_hover; }
QToolButton[primary="true"]:checked { background: $accent; }
QPushButton:default:disabled, QToolButton[primary="true"]:disabled {
  background: $line; color: $edge; border-color: $line;
}
QPushButton:default:focus, QToolButton[primary="true"]:focus { border: 2px solid $text; }
QPushButton[flat="true"], QToolButton[flat="true"] {
  background: transparent; border: 1px solid transparent;
}
QPushButton[flat="true"]:hover, QToolButton[flat="true"]:hover { background: $hover; }
QPushButton[flat="true"]:checked, QToolButton[flat="true"]:checked { background: transparent; }
QPushButton[flat="true"]:checked:hover, QToolButton[flat="true"]:checked:hover {
  background: $hover;
}
QPushButton[flat="true"]:focus, QToolButton[flat="true"]:focus { border: 2px solid $accent; }
QPushButton[flat="true"]:disabled, QToolButton[flat="true"]:disabled { border-color: transparent; }
QToolButton::menu-indicator { image: none; }
QPushButton[menuButton="true"]::menu-indicator { image: url($down); width: 11px; height: 11px; }
QPushButton[heading="true"] { text-align: left; padding: 5px 4px; }
QPushButton[heading="true"]:focus { padding: 4px 3px; }
QToolButton[segment="true"] { padding: 3px 8px; border-radius: 0; margin-left: -1px; }
QToolButton[segment="first"], QToolButton[segment="last"] { padding: 3px 8px; border-radius: 0; }
QToolButton[segment="first"] {
  border-top-left-radius: 6px; border-bottom-left-radius: 6px;
}
QToolButton[segment="last"] {
  border-top-right-radius: 6px; border-bottom-right-radius: 6px; margin-left: -1px;
}
QToolButton[segment]:checked { background: $accent; color: $on_accent; border-color: $accent; }
QToolButton[segment]:focus { padding: 2px 7px; }
QToolButton[segment]:checked:focus { border: 2px solid $text; }
QCheckBox { spacing: 6px; padding: 2px; border: 1px solid transparent; border-radius: 6px; }
QCheckBox:focus { border: 2px solid $accent; padding: 1px; }
QCheckBox::indicator {
  width: 15px; height: 15px; border: 1px solid $edge; border-radius: 4px; background: $base;
}
QCheckBox::indicator:hover { border-color: $accent; }
QCheckBox::indicator:checked { background: $accent; border-color: $accent; image: url($check); }
QCheckBox::indicator:disabled { border-color: $line; background: $window; }
"""

_SLIDERS = """
QSlider:horizontal { min-height: 24px; }
QSlider::groove:horizontal { height: 4px; border-radius: 2px; background: $track; }
QSlider::sub-page:horizontal { height: 4px; border-radius: 2px; background: $accent; }
QSlider::handle:horizontal {
  width: 12px; height: 12px; margin: -6px 0; border-radius: 8px;
  background: $base; border: 2px solid $accent;
}
QSlider::handle:horizontal:hover { background: $hover; }
QSlider:focus { border: 2px solid $accent; border-radius: 8px; }
QSlider::handle:horizontal:focus { background: $accent; }
QSlider::handle:horizontal:disabled { border-color: $edge; }
QSlider::sub-page:horizontal:disabled { background: $edge; }
QScrollBar { background: transparent; border: none; margin: 0; }
QScrollBar:vertical { width: 10px; }
QScrollBar:horizontal { height: 10px; }
QScrollBar::handle { background: $edge; border-radius: 3px; margin: 2px; }
QScrollBar::handle:vertical { min-height: 28px; }
QScrollBar::handle:horizontal { min-width: 28px; }
QScrollBar::handle:hover { background: $muted; }
QScrollBar::handle:focus { background: $accent; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QProgressBar {
  background: $track; border: none; border-radius: 5px; min-height: 10px; text-align: center;
}
QProgressBar::chunk { background: $accent; border-radius: 5px; }
"""

_WINDOW = """
QMainWindow, QDialog { background: $window; }
QDialogButtonBox { dialogbuttonbox-buttons-have-icons: 0; }
QMainWindow::separator { background: $line; width: 1px; height: 1px; }
QMainWindow::separator:hover { background: $accent; }
QSplitter::handle { background: $line; }
QDockWidget {
  titlebar-close-icon: url($close); titlebar-normal-icon: url($float);
}
QDockWidget::title { background: $window; padding: 7px 10px; }
QMenuBar { background: $window; border-bottom: 1px solid $line; padding: 2px; }
QMenuBar::item { background: transparent; padding: 4px 9px; border-radius: 5px; }
QMenuBar::item:selected { background: $hover; }
QMenu { background: $base; color: $text; border: 1px solid $edge; padding: 4px; }
QMenu::item { padding: 5px 26px 5px 12px; border-radius: 4px; }
QMenu::item:selected { background: $hover; }
QMenu::item:disabled { color: $edge; background: transparent; }
QMenu::icon { padding-left: 8px; }
QMenu::separator { height: 1px; background: $line; margin: 4px 8px; }
QStatusBar { background: $window; border-top: 1px solid $line; }
QStatusBar::item { border: none; }
QToolBar { background: $window; border: none; spacing: 4px; padding: 3px; }
QToolBar QToolButton, QToolBar QToolButton:disabled {
  background: transparent; border-color: transparent;
}
QToolBar QToolButton:hover { background: $hover; }
QToolBar QToolButton:checked { background: $pressed; }
QToolBar QToolButton:focus { border-color: $accent; }
QToolTip { background: $base; color: $text; border: 1px solid $edge; padding: 6px; }
QTabWidget::pane { border: none; border-top: 1px solid $line; }
QTabBar::tab { background: transparent; padding: 6px 12px; border-bottom: 2px solid transparent; }
QTabBar::tab:selected { border-bottom-color: $accent; }
QTabBar::tab:hover { background: $hover; }
QTabBar::tab:focus { color: $accent; }
QListView, QTreeView, QTableView {
  background: $base; color: $text; border: 1px solid $line; border-radius: 6px; outline: none;
}
QListView:focus, QTreeView:focus, QTableView:focus { border: 2px solid $accent; }
QHeaderView::section {
  background: $window; color: $muted; border: none; border-bottom: 1px solid $line;
  padding: 4px 8px;
}
QScrollArea { border: none; background: transparent; }
QScrollArea > QWidget > QWidget[page="true"] { background: $window; }
QScrollArea:focus { border: 2px solid $accent; }
QLabel[tone="muted"] { color: $muted; }
QLabel[tone="error"] { color: $error; }
QLabel[tone="warning"] { color: $warning; }
QFrame[card="true"] { background: $card; border: 1px solid $line; border-radius: 8px; }
QFrame[rule="true"] { background: $line; border: none; max-height: 1px; min-height: 1px; }
QFrame[guide="true"] { background: $line; border: none; max-width: 2px; min-width: 2px; }
QFrame[banner] { border: none; border-left: 4px solid $accent; background: $card; }
QFrame[banner] QLabel { color: $text; }
QFrame[banner="warning"] { border-left-color: $warning; }
QFrame[banner="error"] { border-left-color: $error; }
"""

_SHEET = Template(_WINDOW + _FIELDS + _BUTTONS + _SLIDERS)


def mix(first: str, second: str, share: float) -> str:
    """The colour that is `share` of the way from `first` to `second`, all #rrggbb."""
    pairs = ((int(first[i : i + 2], 16), int(second[i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{round(a + share * (b - a)):02x}" for a, b in pairs)


def style_sheet(style: Style) -> str:
    """The style sheet for the theme and the size of `style`."""
    text = _SHEET.substitute(_names(style.theme()))
    return re.sub(r"(radius: )?(\d+)px", partial(_scaled, style), text)


def _scaled(style: Style, found: re.Match[str]) -> str:
    """A length at the size of `style`; radii are rounded down: beyond half a side Qt draws none."""
    length = style.px(int(found[2]))
    return f"{found[1] or ''}{max(1, int(length) if found[1] else round(length))}px"


def _names(theme: Theme) -> dict[str, str]:
    names = ("window", "base", "text", "muted", "line", "edge", "accent", "on_accent")
    colors = {name: getattr(theme, name) for name in (*names, "warning", "error")}
    dark = theme.name == "dark"
    return colors | {
        "raised": mix(theme.window, theme.text, 0.08) if dark else theme.base,
        "hover": mix(theme.window, theme.accent, 0.16),
        "pressed": mix(theme.window, theme.accent, 0.28),
        "accent_hover": mix(theme.accent, theme.text, 0.15),
        "card": mix(theme.window, theme.text, 0.04) if dark else theme.base,
        "track": mix(theme.window, theme.edge, 0.55),
        "up": resource_path("icons/indicator-up.svg").as_posix(),
        "down": resource_path("icons/indicator-down.svg").as_posix(),
        "close": resource_path("icons/indicator-close.svg").as_posix(),
        "float": resource_path("icons/indicator-float.svg").as_posix(),
        "check": resource_path(f"icons/indicator-check-{theme.name}.svg").as_posix(),
    }
