"""Everything that can be done has a key, a place in a menu, and somebody who does it."""

from collections import Counter

import pytest
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QLabel, QMenu

from tests.visualizer.windows import Bench
from visualizer.registry import PANELS, PanelInfo
from visualizer.scenes.store import panel_scene
from visualizer.window.actions import ACTIONS, MENUS
from visualizer.window.help import NATIVE, KeysDialog
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


OF_EACH_PANEL = pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel.key)


@OF_EACH_PANEL
def test_every_entry_of_a_menu_has_a_key_that_is_listed(bench: Bench, panel: PanelInfo) -> None:
    bench.open(panel_scene(panel))
    found = bench.window.menuBar().findChildren(QMenu)
    entries = [action for menu in found if menu.title() for action in menu.actions()]
    keys = {entry.text(): entry.shortcut().toString(NATIVE) for entry in entries if entry.text()}
    assert [text for text, key in keys.items() if not key] == []
    bench.do("keys")
    (dialog,) = bench.window.findChildren(KeysDialog)
    listed = {key for label in dialog.findChildren(QLabel) for key in label.text().split(" or ")}
    assert listed >= set(keys.values())
    dialog.close()


@OF_EACH_PANEL
def test_no_key_means_two_things(bench: Bench, panel: PanelInfo) -> None:
    bench.open(panel_scene(panel))
    keys = Counter(key.toString() for each in bench.window.actions() for key in each.shortcuts())
    keys.update(QKeySequence(key).toString() for _, key in ROW_KEYS.values())
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
    assert added >= set(bench.workbench.documents.actions())
