import pytest
from pytestqt.qtbot import QtBot

from tests.widgets.drawing import laid_out
from tests.widgets.networks.small import numbers
from widgets.networks.network_view import NetworkView
from widgets.style import Style


@pytest.fixture
def view(qtbot: QtBot) -> NetworkView:
    made = NetworkView(Style())
    qtbot.addWidget(made)
    made.setNetwork([["x", "y"], ["a", "b", "c"], ["out"]], ["inputs", "3 tanh", "output"])
    made.setValues(*numbers())
    laid_out(made, 700, 420)
    return made
