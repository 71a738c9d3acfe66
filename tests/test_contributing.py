"""The panel that CONTRIBUTING.md adds, added: it runs as it is printed there."""

import re
import runpy
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

import kernels
import visualizer.panels
from kernels.simulation import advance
from visualizer.exporting.picture import PanelPicture, to_bgra
from visualizer.panel import Panel
from visualizer.registry import PanelInfo
from visualizer.scenes.store import panel_scene

ROOT = Path(__file__).parents[1]
IMPORT = "from visualizer.registry import PanelInfo\n\n"


@pytest.fixture
def blocks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """The files of the page by their names; its modules can be imported."""
    page = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    found = dict(re.findall(r"^```\w+\n# (\S+)\n(.*?)^```$", page, re.DOTALL | re.MULTILINE))
    for package, folder in ((kernels, "kernels"), (visualizer.panels, "visualizer/panels")):
        (tmp_path / folder).mkdir(parents=True)
        monkeypatch.setattr(package, "__path__", [*package.__path__, str(tmp_path / folder)])
        (tmp_path / folder / "random_walk.py").write_text(found[f"{folder}/random_walk.py"])
    yield found
    for module in ("kernels.random_walk", "visualizer.panels.random_walk"):
        sys.modules.pop(module, None)


def test_it_is_one_page() -> None:
    page = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    section = page.split("## Add a panel\n")[1].split("\n## ")[0]
    assert sum(1 for line in section.splitlines() if line.strip()) <= 70


@pytest.mark.usefixtures("qapp")
def test_the_panel_of_the_page_runs_and_draws(blocks: dict[str, str], tmp_path: Path) -> None:
    entry = tmp_path / "entry.py"
    entry.write_text(f"{IMPORT}INFO = {blocks['visualizer/registry.py']}")
    info: PanelInfo = runpy.run_path(str(entry))["INFO"]
    scene = panel_scene(info)
    assert (scene.panel, scene.play.steps_per_frame) == (info.key, 10)

    parameters = info.load_parameters()(scale=2.0)
    simulation = info.load_simulation()(parameters)(parameters, torch.device("cpu"))
    assert advance(simulation, 3000) == 2000
    frame = simulation.frame()
    spread = np.diff(frame.positions).std()
    assert spread == pytest.approx(2.0, rel=0.1)

    picture = PanelPicture(info, (640, 360))
    assert isinstance(picture.panel, Panel)
    assert picture.panel.description().endswith(".")  # as the tests of every panel want it
    picture.show(parameters, picture.panel.View())
    blank = to_bgra(picture.image())
    picture.draw(frame)
    drawn = to_bgra(picture.image())
    picture.close()
    assert (blank != drawn).any(axis=2).mean() > 0.005
