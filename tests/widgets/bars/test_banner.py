import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from widgets.bars.banner import Banner, Severity
from widgets.bars.status import StatusReadout
from widgets.style import Style


@pytest.fixture
def banner(qtbot: QtBot) -> Banner:
    banner = Banner(Style())
    qtbot.addWidget(banner)
    return banner


@pytest.mark.parametrize("severity", ["info", "warning", "error"])
def test_it_is_hidden_until_it_has_something_to_say(banner: Banner, severity: Severity) -> None:
    assert banner.isHidden()
    banner.showMessage(severity, "It went <b>well</b>.")
    assert banner.isVisible()
    assert banner.severity() == severity
    assert banner.sentence.text() == "It went <b>well</b>."
    assert banner.details_button.isHidden()
    assert banner.action.isHidden()
    assert not banner.isModal()


def test_details_unfold_and_are_copied(banner: Banner) -> None:
    banner.showMessage("error", "It failed.", details="Traceback: x")
    assert not banner.details.isVisible()
    banner.details_button.toggle()
    assert banner.details.isVisible()
    banner.copy.click()
    assert QGuiApplication.clipboard().text() == "It failed.\n\nTraceback: x"
    banner.showMessage("info", "Well again.")
    assert not banner.details.isVisible()


def test_where_there_is_little_room_details_do_not_lie_under_their_button(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    banner = Banner(Style(), window)
    banner.resize(500, 200)
    window.show()
    banner.showMessage("info", "It failed.", details="Traceback: x\n" * 20)
    banner.details_button.toggle()
    QApplication.sendPostedEvents()
    assert 0 < banner.details.geometry().bottom() < banner.copy.geometry().top()
    assert banner.copy.mapTo(banner, banner.copy.rect().bottomLeft()).y() < 200


def test_the_action_and_the_dismissal(banner: Banner, qtbot: QtBot) -> None:
    banner.showMessage("warning", "It stopped.", action="Restart")
    with qtbot.waitSignal(banner.actionTriggered):
        banner.action.click()
    with qtbot.waitSignal(banner.dismissed):
        banner.close_button.click()
    assert banner.isHidden()


def test_places_hold_still_while_digits_change(qtbot: QtBot) -> None:
    status = StatusReadout(Style(), {"speed": "Steps/s", "seed": "Seed"})
    qtbot.addWidget(status)
    status.setValue("speed", "12,345")
    wide = status.sizeHint().width()
    status.setValue("speed", "9")
    assert status.sizeHint().width() == wide
    assert status.value("speed") == "9"
    with pytest.raises(KeyError):
        status.setValue("unknown", "1")
