"""The registry: one table that everybody reads, and that loads nothing."""

import re
import subprocess
import sys
from dataclasses import replace
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import pytest

from kernels.errors import SceneError
from kernels.parameters import Parameters, View
from kernels.simulation import Simulation
from visualizer import doctor, registry
from visualizer.cli import main
from visualizer.panel import Panel
from visualizer.registry import PANELS, PanelInfo, broken_panels, find_panel, panels
from visualizer.scenes.store import find_scene, panel_scene, shipped_scenes
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

    name, value = "theirs", "their_package:INFO"

    def __init__(self, info: object) -> None:
        self.load = lambda: info


class Theirs(Point):
    """One that names something in a package that is there."""

    def __init__(self, value: str) -> None:
        self.value = value
        self.load = EntryPoint(self.name, value, registry.ENTRY_POINTS).load


@pytest.fixture
def brought(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Has another package bring panels."""

    def bring(*brought: object) -> None:
        points = [b if isinstance(b, Point) else Point(b) for b in brought]
        monkeypatch.setattr(registry, "entry_points", lambda group: points)
        registry._table.cache_clear()

    yield bring
    registry._table.cache_clear()


def test_a_panel_of_another_package_joins(brought: Any) -> None:
    theirs = replace(PANELS[0], key="theirs", title="Theirs")
    brought(theirs)
    assert panels() == (*PANELS, theirs)
    assert find_panel("theirs") is theirs


def test_two_panels_with_one_key_are_refused(brought: Any) -> None:
    brought(PANELS[0])
    with pytest.raises(SceneError, match=f"Two panels have the key '{PANELS[0].key}'"):
        panels()


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("INFO = 1 / 0", r"ZeroDivisionError: division by zero \(.*mine.py, line 1\)"),
        ("import nothing_here", r"ModuleNotFoundError: .*'nothing_here' \(.*mine.py, line 1\)"),
        ("INFO = (", r"SyntaxError: '\(' was never closed \(mine.py, line 1\)"),
        ("INFO = 3", "TypeError: it is 3, which is no PanelInfo"),
        ("", "AttributeError: module 'mine' has no attribute 'INFO'"),
    ],
)
def test_a_broken_panel_of_another_package_is_left_out_and_told(
    code: str,
    says: str,
    brought: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "mine.py").write_text(code)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "mine", raising=False)
    brought(Theirs("mine:INFO"))
    assert panels() == PANELS
    sentence = broken_panels()["theirs"]
    assert re.fullmatch(
        rf"The panel 'theirs' cannot be loaded from mine:INFO: {says}\. "
        r"Mend it, or remove its package\.",
        sentence,
    )
    with pytest.raises(SceneError, match=re.escape(sentence)):
        find_scene("theirs")
    assert main(["panels"]) == 0
    assert sentence in capsys.readouterr().err
    assert tuple(doctor._panels()) == (doctor.Finding("panels", False, sentence),)


def test_a_panel_of_another_package_whose_mathematics_fails_is_told(
    brought: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sums.py").write_text("1 / 0")
    monkeypatch.syspath_prepend(tmp_path)
    theirs = replace(PANELS[0], key="theirs", simulation="sums:simulation_class")
    brought(theirs)
    with pytest.raises(SceneError, match=r"'theirs' cannot be loaded from sums:.*sums.py, line 1"):
        theirs.load_simulation()
    ours = replace(theirs, panel="gone:Panel")
    monkeypatch.setattr(registry, "PANELS", (ours,))
    with pytest.raises(ModuleNotFoundError):  # the command line words it
        ours.load_panel()


def test_a_panel_that_is_not_there_is_told() -> None:
    with pytest.raises(SceneError, match=f"no panel 'x'; there are {PANELS[0].key}"):
        find_panel("x")


def test_every_scene_that_ships_belongs_to_a_panel_and_has_a_name() -> None:
    listed = [name for info in panels() for name in scenes_of(info)]
    assert sorted(listed) == sorted(shipped_scenes())
    info = PANELS[0]
    assert scene_title(info.scene, info) == "Opening scene"
    assert scene_title(f"{info.key}/two-losses", info) == "Two losses"
