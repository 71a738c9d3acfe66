"""The gallery has a picture of every scene."""

from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from kernels.errors import ExportError
from visualizer import gallery
from visualizer.exporting.settings import ExportSettings
from visualizer.registry import PanelInfo
from visualizer.scenes.scene import Scene

pytestmark = pytest.mark.usefixtures("qapp")

SMALL = ExportSettings(width=160, height=96)


def test_every_scene_has_its_picture(
    toy: PanelInfo, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    scene = Scene(panel="roll", parameters={"balls": [{"learning_rate": 0.25}]})
    monkeypatch.setattr(gallery, "panels", lambda: (toy,))
    monkeypatch.setattr(gallery, "shipped_scenes", lambda: ("roll", "roll/fast"))
    monkeypatch.setattr(gallery, "find_scene", lambda name: scene)
    made = list(gallery.draw_gallery(tmp_path / "deep" / "gallery", SMALL))
    assert made == [tmp_path / "deep" / "gallery" / name for name in ("roll.png", "roll-fast.png")]
    assert all(QImage(str(path)).width() == 160 for path in made)


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ExportError, match="file cannot be made a folder: File exists"):
        list(gallery.draw_gallery(tmp_path / "file"))
