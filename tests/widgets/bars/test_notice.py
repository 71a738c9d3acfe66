"""A word over a part of the window."""

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from widgets.bars.notice import Notice
from widgets.style import Style


def test_it_stands_in_the_middle_of_what_it_is_about(qtbot: QtBot) -> None:
    room, style = QWidget(), Style()
    qtbot.addWidget(room)
    room.resize(400, 300)
    notice = Notice(style, room)
    room.show()
    assert not notice.isVisible()
    notice.say("Loading…")
    for width, height, factor in ((400, 300, 1.0), (700, 500, 1.0), (700, 500, 1.5)):
        room.resize(width, height)
        style.setFactor(factor)
        apart = notice.geometry().center() - room.rect().center()
        assert notice.isVisible()
        assert apart.manhattanLength() <= 2
        assert room.rect().contains(notice.geometry())
    notice.say("")
    assert not notice.isVisible()


def test_it_keeps_no_click_to_itself(qtbot: QtBot) -> None:
    room = QWidget()
    qtbot.addWidget(room)
    room.resize(400, 300)
    room.show()
    notice = Notice(Style(), room)
    notice.say("Loading…")
    assert room.childAt(QPoint(200, 150)) is None
