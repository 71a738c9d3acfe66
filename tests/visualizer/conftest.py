"""A toy panel in the registry, a window on it, and a package that brings it."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pytestqt.qtbot import QtBot

from tests.visualizer.terminal import ROOT
from visualizer import registry
from visualizer.registry import PanelInfo

if TYPE_CHECKING:
    from tests.visualizer.windows import Bench


@pytest.fixture
def toy(monkeypatch: pytest.MonkeyPatch) -> Iterator[PanelInfo]:
    """The panel ``roll`` is in the registry."""
    from tests.visualizer.toy_panel import INFO

    monkeypatch.setattr(registry, "PANELS", (*registry.PANELS, INFO))
    registry._table.cache_clear()
    yield INFO
    registry._table.cache_clear()


@pytest.fixture
def installed(tmp_path: Path) -> dict[str, str]:
    """The environment of a process that has no display, where a package brings the toy panel."""
    package = tmp_path / "site" / "toy_layerscope-1.0.dist-info"
    package.mkdir(parents=True)
    (package / "METADATA").write_text("Metadata-Version: 2.1\nName: toy-layerscope\nVersion: 1.0\n")
    (package / "entry_points.txt").write_text(
        "[layerscope.panels]\nroll = tests.visualizer.toy_panel:INFO\n"
    )
    kept = {name: value for name, value in os.environ.items() if "DISPLAY" not in name}
    for name in ("QT_QPA_PLATFORM", "EGL_PLATFORM"):
        kept.pop(name, None)
    return kept | {"PYTHONPATH": f"{package.parent}{os.pathsep}{ROOT}"}


@pytest.fixture
def bench(qtbot: QtBot, toy: PanelInfo) -> Iterator["Bench"]:
    """A window whose run of the toy panel rests at step 0."""
    from tests.visualizer.windows import opened

    with opened(qtbot) as bench:
        bench.open()
        bench.show()
        yield bench
