"""Everything that can be done in the window: one table for menus, keys and the list of keys."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, repeat
from typing import TypeVar

from PySide6.QtGui import QAction, QIcon, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar, QWidget

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ActionInfo:
    """One thing to be done: where it stands, what it is called, which keys do it.

    `key` names the method that does it. Of several `shortcuts` the first is shown in the menu.
    """

    key: str
    menu: str
    text: str
    shortcuts: tuple[str, ...]
    icon: str = ""
    checkable: bool = False
    separated: bool = False  # a line above it in the menu


ACTIONS: tuple[ActionInfo, ...] = (
    ActionInfo("open_scene", "File", "Open…", ("Ctrl+O",), "open"),
    ActionInfo("reopen_scene", "File", "Open what was open last", ("Ctrl+Shift+O",)),
    ActionInfo("reopen_changed", "File", "Open what was changed last", ("Ctrl+Alt+O",)),
    ActionInfo("save_scene", "File", "Save scene", ("Ctrl+S",), "save"),
    ActionInfo("save_scene_as", "File", "Save scene as…", ("Ctrl+Shift+S",)),
    ActionInfo(
        "copy_scene", "File", "Copy scene as text", ("Ctrl+Shift+C",), "copy", separated=True
    ),
    ActionInfo("paste_scene", "File", "Open scene from clipboard", ("Ctrl+Shift+V",)),
    ActionInfo("export", "File", "Export…", ("Ctrl+E",), "export", separated=True),
    ActionInfo("quit", "File", "Quit", ("Ctrl+Q",), separated=True),
    ActionInfo("undo", "Edit", "Undo", ("Ctrl+Z",), "undo"),
    ActionInfo("redo", "Edit", "Redo", ("Ctrl+Shift+Z", "Ctrl+Y"), "redo"),
    ActionInfo(
        "reset", "Edit", "Reset all parameters", ("Ctrl+Backspace",), "reset", separated=True
    ),
    ActionInfo("toggle_play", "Run", "Play or pause", ("Space", "K"), "play"),
    ActionInfo("step", "Run", "One step", ("Right",), "step"),
    ActionInfo("step_back", "Run", "One step back", ("Left",), "step-back"),
    ActionInfo("step_many", "Run", "Ten steps", ("Shift+Right",)),
    ActionInfo("step_back_many", "Run", "Ten steps back", ("Shift+Left",)),
    ActionInfo("restart", "Run", "Start again", ("R", "Home"), "restart", separated=True),
    ActionInfo("branch", "Run", "Branch here", ("B",), "branch"),
    ActionInfo("faster", "Run", "Faster", ("]", "Up"), separated=True),
    ActionInfo("slower", "Run", "Slower", ("[", "Down")),
    ActionInfo("full_speed", "Run", "As fast as it can", ("M",)),
    ActionInfo("toggle_loop", "Run", "Start again at the end", ("L",), "loop", checkable=True),
    ActionInfo("full_screen", "View", "Full screen", ("F11", "F5"), "full-screen", checkable=True),
    ActionInfo("leave_full_screen", "View", "Leave full screen", ("Esc",)),
    ActionInfo("toggle_controls", "View", "Show the controls", ("F9",), checkable=True),
    ActionInfo("toggle_theme", "View", "Dark theme", ("Ctrl+T",), "theme", True, separated=True),
    ActionInfo("larger", "View", "Larger", ("Ctrl++", "Ctrl+="), separated=True),
    ActionInfo("smaller", "View", "Smaller", ("Ctrl+-",)),
    ActionInfo("normal_size", "View", "Normal size", ("Ctrl+0",)),
    ActionInfo("keys", "Help", "Keys", ("?", "F1"), "help"),
    ActionInfo("doctor", "Help", "Examine this machine", ("Ctrl+F1",)),
    ActionInfo("about", "Help", "About Layerscope", ("Shift+F1",)),
)
MENUS = ("File", "Edit", "Run", "View", "Panel", "Scene", "Help")

# Keys of the panels there are, of the scenes of the one that is open, and of its documents.
PANEL_KEYS = tuple(f"Ctrl+{digit}" for digit in "123456789")  # Ctrl+0 is the normal size
SCENE_KEYS = (*(f"Alt+{n}" for n in "1234567890"), *(f"Alt+Shift+{n}" for n in "1234567890"))
DOCUMENT_KEYS = ("F6", "F7", "F8", "Shift+F6", "Shift+F7", "Shift+F8")


def make_actions(
    parent: QWidget, do: Callable[[str], Callable[[], None]], icon: Callable[[str], QIcon]
) -> dict[str, QAction]:
    """The actions of the table, by key; `do` gives what each one does."""
    made = {}
    for info in ACTIONS:
        action = QAction(info.text, parent)
        action.setShortcuts([QKeySequence(keys) for keys in info.shortcuts])
        action.setCheckable(info.checkable)
        action.setToolTip(f"{info.text.rstrip('…')} ({info.shortcuts[0]})")
        if info.icon:
            action.setIcon(icon(info.icon))
        action.triggered.connect(do(info.key))
        parent.addAction(action)  # so that its keys work while menus are hidden
        made[info.key] = action
    return made


def fill_menus(bar: QMenuBar, actions: Mapping[str, QAction]) -> dict[str, QMenu]:
    """Put `actions` into the menus where the table has them; gives the menus by title."""
    menus = {title: bar.addMenu(f"&{title}") for title in MENUS}
    for info in ACTIONS:
        if info.separated:
            menus[info.menu].addSeparator()
        menus[info.menu].addAction(actions[info.key])
    return menus


def with_keys(entries: Iterable[T], keys: Sequence[str]) -> Iterator[tuple[T, str]]:
    """Each of the `entries` of a menu with one of the `keys`, or "" where there are too few."""
    return zip(entries, chain(keys, repeat("")), strict=False)
