"""Everything that can be done has a key, a place in a menu, and somebody who does it."""

from collections import Counter

from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMenu

from tests.visualizer.windows import Bench
from visualizer.window.actions import ACTIONS, MENUS
from widgets.forms.row_card import ROW_KEYS


def menus(bench: Bench) -> dict[str, list[str]]:
    found = bench.window.menuBar().findChildren(QMenu)
    return {
        menu.title().replace("&", ""): [action.text() for action in menu.actions()]
        for menu in found
        if menu.title()  # Qt's own is for what finds no room
    }


def test_every_action_has_a_key_and_a_place_in_a_menu(bench: Bench) -> None:
    shown = menus(bench)
    assert list(shown) == list(MENUS)
    for info in ACTIONS:
        assert info.shortcuts, info.key
        assert info.text in shown[info.menu]
        assert not any(QKeySequence(keys).isEmpty() for keys in info.shortcuts), info.key


def test_no_key_means_two_things(bench: Bench) -> None:
    actions = [*bench.window.actions_by_key.values()]
    for chosen in bench.window.choices.actions().values():
        actions += chosen
    keys = Counter(key.toString() for action in actions for key in action.shortcuts())
    keys.update(QKeySequence(key).toString() for _, key in ROW_KEYS.values())
    keys.pop("", None)
    assert {key: count for key, count in keys.items() if count > 1} == {}


def test_somebody_does_it(bench: Bench) -> None:
    window = bench.window
    owners = (window, window.appearance, bench.workbench.files, bench.workbench)
    for info in ACTIONS:
        assert any(callable(getattr(owner, info.key, None)) for owner in owners), info.key


def test_what_it_is_and_its_key_are_told_under_the_mouse(bench: Bench) -> None:
    assert bench.window.actions_by_key["export"].toolTip() == "Export (Ctrl+E)"


def test_keys_work_while_the_menus_are_hidden(bench: Bench) -> None:
    added = set(bench.window.actions())
    assert added >= set(bench.window.actions_by_key.values())
    for chosen in bench.window.choices.actions().values():
        assert added >= set(chosen)
