"""How the whole window is dressed: Qt's Fusion style, with our palette and style sheet."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QDockWidget, QStyleFactory, QWidget

from widgets.style import Style
from widgets.style_sheet import style_sheet

_ROLE = QPalette.ColorRole
_PROPAGATE = Qt.ApplicationAttribute.AA_UseStyleSheetPropagationInWidgetStyles


def apply_theme(target: QApplication | QWidget, style: Style) -> None:
    """Dress `target`, the application or one widget, in the theme and size of `style`.

    It is called again when `style` has changed.
    """
    QApplication.setAttribute(_PROPAGATE)
    if isinstance(target, QApplication) and not target.styleSheet():
        target.setStyle(QStyleFactory.create("Fusion"))
    # Where one sheet takes the place of another, Qt dresses a widget once for each of its parents.
    target.setStyleSheet("")
    target.setPalette(palette(style))
    target.setFont(style.font("body"))
    target.setStyleSheet(style_sheet(style))
    windows = target.topLevelWidgets() if isinstance(target, QApplication) else [target]
    for window in windows:
        for dock in window.findChildren(QDockWidget):
            dock.setFont(style.font("body"))  # under a style sheet its title follows no other font


def palette(style: Style) -> QPalette:
    """Qt's palette in the colours of the theme of `style`."""
    theme = style.theme()
    colors = {
        _ROLE.Window: theme.window,
        _ROLE.WindowText: theme.text,
        _ROLE.Base: theme.base,
        _ROLE.AlternateBase: theme.window,
        _ROLE.Text: theme.text,
        _ROLE.Button: theme.window,
        _ROLE.ButtonText: theme.text,
        _ROLE.BrightText: theme.error,
        _ROLE.ToolTipBase: theme.base,
        _ROLE.ToolTipText: theme.text,
        _ROLE.PlaceholderText: theme.muted,
        _ROLE.Highlight: theme.accent,
        _ROLE.HighlightedText: theme.on_accent,
        _ROLE.Accent: theme.accent,
        _ROLE.Link: theme.accent,
        _ROLE.LinkVisited: theme.accent,
        _ROLE.Light: theme.base,
        _ROLE.Midlight: theme.line,
        _ROLE.Mid: theme.line,
        _ROLE.Dark: theme.edge,
        _ROLE.Shadow: theme.edge,
    }
    made = QPalette()
    for role, color in colors.items():
        made.setColor(role, QColor(color))
    for role in (_ROLE.WindowText, _ROLE.Text, _ROLE.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, role, QColor(theme.edge))
    return made
