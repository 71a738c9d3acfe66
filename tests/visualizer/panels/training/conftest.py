"""The panel of training, with nothing drawn on it yet."""

import pytest
from pytestqt.qtbot import QtBot

from visualizer.panels.training.panel import TrainingPanel
from widgets.style import Style


@pytest.fixture
def panel(qtbot: QtBot) -> TrainingPanel:
    panel = TrainingPanel(Style())
    qtbot.addWidget(panel)
    return panel
