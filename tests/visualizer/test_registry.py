"""The registry: one table that everybody reads, and that loads nothing."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kernels.errors import SceneError
from kernels.parameters import Parameters, View
from kernels.simulation import Simulation
from visualizer import registry
from visualizer.panel import Panel
from visualizer.registry import PANELS, PanelInfo, find_panel, panels
from visualizer.scenes.store import panel_scene, shipped_scenes
from visualizer.window.choices import scene_title, scenes_of


@pytest.mark.parametrize("info", PANELS, ids=lambda info: info.key)
def test_what_the_table_says_is_there(info: PanelInfo) -> None:
    parameters = info.load_parameters()
    assert issubclass(parameters, Parameters)
    assert issubclass(info.load_simulation()(parameters()), Simulation)
    assert issubclass(info.load_panel(), Panel)
    assert issubclass(info.load_panel().View, View)
    assert panel_scene(info).panel == info.key
    assert info.summary.endswith(".")
    assert all((info.title, info.group))


def test_reading_the_table_loads_neither_qt_nor_torch() -> None:
    code = (
        "import sys; from visualizer.registry import panels; panels(); "
        "print([name for name in ('torch', 'PySide6', 'numpy') if name in sys.modules])"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=root, check=True
    )
    assert done.stdout.strip() == "[]"


class Point:
    """An entry point of another package."""

    def __init__(self, info: PanelInfo) -> None:
        self.load = lambda: info


@pytest.fixture
def brought(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Has another package bring panels."""

    def bring(*infos: PanelInfo) -> None:
        monkeypatch.setattr(registry, "entry_points", lambda group: [Point(i) for i in infos])
        panels.cache_clear()

    yield bring
    panels.cache_clear()


def test_a_panel_of_another_package_joins(brought: Any) -> None:
    theirs = replace(PANELS[0], key="theirs", title="Theirs")
    brought(theirs)
    assert panels() == (*PANELS, theirs)
    assert find_panel("theirs") is theirs


def test_two_panels_with_one_key_are_refused(brought: Any) -> None:
    brought(PANELS[0])
    with pytest.raises(SceneError, match=f"Two panels have the key '{PANELS[0].key}'"):
        panels()


def test_a_panel_that_is_not_there_is_told() -> None:
    with pytest.raises(SceneError, match=f"no panel 'x'; there are {PANELS[0].key}"):
        find_panel("x")


def test_every_scene_that_ships_belongs_to_a_panel_and_has_a_name() -> None:
    listed = [name for info in panels() for name in scenes_of(info)]
    assert sorted(listed) == sorted(shipped_scenes())
    info = PANELS[0]
    assert scene_title(info.scene, info) == "Opening scene"
    assert scene_title(f"{info.key}/two-losses", info) == "Two losses"
