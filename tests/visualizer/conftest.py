"""A toy panel in the registry."""

from collections.abc import Iterator

import pytest

from visualizer import registry
from visualizer.registry import PanelInfo


@pytest.fixture
def toy(monkeypatch: pytest.MonkeyPatch) -> Iterator[PanelInfo]:
    """The panel ``roll`` is in the registry."""
    from tests.visualizer.toy_panel import INFO

    monkeypatch.setattr(registry, "PANELS", (*registry.PANELS, INFO))
    registry.panels.cache_clear()
    yield INFO
    registry.panels.cache_clear()
