"""A toy panel in the registry, and a window on it."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from pytestqt.qtbot import QtBot

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
def bench(qtbot: QtBot, toy: PanelInfo) -> Iterator["Bench"]:
    """A window whose run of the toy panel rests at step 0."""
    from tests.visualizer.windows import opened

    with opened(qtbot) as bench:
        bench.open()
        bench.show()
        yield bench
