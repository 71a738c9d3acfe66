import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.widgets.drawing import laid_out, like, move, picture, press, svg_of
from tests.widgets.networks.small import Heard, numbers, pixel
from widgets.networks.diagram import Link, Neuron
from widgets.networks.network_view import NetworkView

KEY = Qt.Key


def test_hovering_tells_what_is_under_the_cursor(view: NetworkView) -> None:
    heard, before = Heard(view), picture(view)
    link, neuron = pixel(view, Link(1, 0, 1)), pixel(view, Neuron(1, 2))
    for at in (link, link + QPoint(1, 0), neuron, QPoint(3, 3), QPoint(4, 3)):
        move(view, at)
    assert heard.all == [("linkHovered", 1, 0, 1), ("neuronHovered", 1, 2), ("left",)]
    np.testing.assert_array_equal(picture(view), before)
    move(view, link)
    assert "w = 0.250" in svg_of(view)
    move(view, neuron)
    assert "bias 0.120" in svg_of(view)
    QApplication.sendEvent(view, QEvent(QEvent.Type.Leave))
    assert heard.all[-1] == ("left",)


def test_what_was_under_the_cursor_may_go(view: NetworkView) -> None:
    heard = Heard(view)
    view.setNetwork([["x"] * 2, ["a"] * 20, ["out"]], ["in", "20 tanh", "out"])
    view.setValues([None] * 3, [np.ones((20, 2)), np.ones((1, 20))], [np.ones(20), np.ones(1)])
    laid_out(view, 700, 600)
    move(view, pixel(view, Link(0, 19, 1)))
    assert heard.all == [("linkHovered", 0, 19, 1)]
    view.setChosen(0, 19, 1)
    laid_out(view, 380, 200)
    picture(view)  # there is no room for it now
    view.setNetwork([["x"], ["y"]], ["in", "out"])
    assert heard.all[1:] == [("left",)]
    picture(view)


def test_a_neuron_without_a_map_has_its_name_written(view: NetworkView) -> None:
    maps, weights, biases = numbers()
    view.setValues([maps[0], None, maps[2]], weights, biases)
    assert ">b<" in svg_of(view)
    assert svg_of(view).count(">x<") == 1


def test_the_label_stays_within_the_view(view: NetworkView) -> None:
    laid_out(view, 380, 260)
    for item in (Neuron(0, 0), Neuron(2, 0), Neuron(1, 2)):
        before = picture(view)
        move(view, pixel(view, item))
        changed = np.argwhere((picture(view) != before).any(axis=-1))
        assert changed.min() >= 1
        assert (changed.max(axis=0) < (259, 379)).all()
        move(view, QPoint(3, 3))


def test_a_click_chooses(view: NetworkView) -> None:
    heard = Heard(view)
    press(view, pixel(view, Link(1, 0, 1)))
    press(view, pixel(view, Neuron(1, 2)))
    press(view, QPoint(3, 3))
    assert heard.all == [("linkChosen", 1, 0, 1), ("neuronChosen", 1, 2)]


def double_click(view: NetworkView, item: Neuron | Link) -> None:
    QTest.mouseDClick(view, Qt.MouseButton.LeftButton, pos=pixel(view, item))


def type_in(view: NetworkView, text: str) -> None:
    assert view._editor.isVisible()
    view._editor.clear()
    QTest.keyClicks(view._editor, text)
    QTest.keyClick(view._editor, KEY.Key_Return)


def test_a_double_click_and_a_number_edit_a_weight(view: NetworkView, qtbot: QtBot) -> None:
    double_click(view, Link(0, 2, 1))
    assert view._editor.text() == "0.25"
    assert view._editor.accessibleName() == "Weight y → c"
    with qtbot.waitSignal(view.weightEdited) as edited:
        type_in(view, "-3/4")
    assert edited.args == [0, 2, 1, -0.75]
    assert not view._editor.isVisible()


def test_a_double_click_and_a_number_edit_a_bias(view: NetworkView, qtbot: QtBot) -> None:
    double_click(view, Neuron(1, 2))
    assert view._editor.accessibleName() == "Bias of c"
    with qtbot.waitSignal(view.biasEdited) as edited:
        type_in(view, "1e-3")
    assert edited.args == [0, 2, 0.001]


def test_what_is_no_number_is_marked_and_not_told(view: NetworkView, qtbot: QtBot) -> None:
    double_click(view, Link(0, 2, 1))
    heard = Heard(view)
    type_in(view, "much")
    assert view._editor.isVisible()
    assert view._editor.isInvalid()
    assert "not a number" in view._editor.accessibleDescription()
    QTest.keyClick(view._editor, KEY.Key_Backspace)
    assert not view._editor.isInvalid()
    type_in(view, "nan")
    assert view._editor.isInvalid()
    type_in(view, "2")
    assert heard.all == [("weightEdited", 0, 2, 1, 2.0)]


def test_escape_leaves_the_number_as_it_is(view: NetworkView) -> None:
    double_click(view, Link(0, 2, 1))
    heard = Heard(view)
    QTest.keyClicks(view._editor, "7")
    QTest.keyClick(view._editor, KEY.Key_Escape)
    assert not view._editor.isVisible()
    assert heard.all == []


def test_inputs_have_no_bias_to_edit(view: NetworkView) -> None:
    double_click(view, Neuron(0, 1))
    assert not view._editor.isVisible()


def test_numbers_may_come_while_one_is_typed(view: NetworkView) -> None:
    double_click(view, Link(0, 2, 1))
    view._editor.setText("5")
    view.setValues(*numbers(0.9))
    assert view._editor.text() == "5"
    assert view._editor.isVisible()
    view.setNetwork([["x"], ["y"]], ["in", "out"])
    assert not view._editor.isVisible()


@pytest.mark.parametrize("factor", [0.6, 2.0])
def test_the_editor_lies_within_the_view(view: NetworkView, factor: float) -> None:
    view._style.setFactor(factor)
    laid_out(view, 380, 260)
    for item in (Neuron(2, 0), Neuron(1, 2), Link(0, 2, 1)):
        view._edit(item)
        assert view.rect().contains(QRect(view._editor.geometry()))


def test_arrow_keys_go_from_neuron_to_neuron_and_to_links(view: NetworkView) -> None:
    heard, shift = Heard(view), Qt.KeyboardModifier.ShiftModifier
    for key in (KEY.Key_Left, KEY.Key_Up, KEY.Key_Down, KEY.Key_Right, KEY.Key_Right):
        QTest.keyClick(view, key)
    assert heard.all == [("neuronChosen", *at) for at in ((0, 0), (0, 1), (1, 1), (2, 0))]
    heard.all.clear()
    QTest.keyClick(view, KEY.Key_Left, shift)
    for key in (KEY.Key_Down, KEY.Key_Down, KEY.Key_Down, KEY.Key_Left):
        QTest.keyClick(view, key)
    QTest.keyClick(view, KEY.Key_Right, shift)
    QTest.keyClick(view, KEY.Key_Right)
    links = [("linkChosen", 1, 0, source) for source in range(3)]
    assert heard.all == [
        *links,
        ("neuronChosen", 1, 2),
        ("linkChosen", 1, 0, 2),
        ("neuronChosen", 2, 0),
    ]


def test_enter_edits_what_is_chosen(view: NetworkView, qtbot: QtBot) -> None:
    view.setChosen(1, 0, 2)
    QTest.keyClick(view, KEY.Key_Return)
    with qtbot.waitSignal(view.weightEdited) as edited:
        type_in(view, "0.5")
    assert edited.args == [1, 0, 2, 0.5]
    QTest.keyClick(view, KEY.Key_Escape)
    assert "Arrow keys" in view.accessibleDescription()


def test_the_focus_is_seen(view: NetworkView, qtbot: QtBot) -> None:
    view.hide()
    view.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen, False)
    view.show()
    view.activateWindow()
    view.setFocus()
    qtbot.waitUntil(view.hasFocus)
    assert like(picture(view), view._style.theme().accent).sum() > 500
    view.setChosen(0, 2, 1)
    assert "w = 0.250" in svg_of(view)


def test_a_cursor_at_rest_reads_the_new_number(view: NetworkView) -> None:
    move(view, pixel(view, Link(1, 0, 1)))
    view.setValues(*numbers(-0.532))
    assert "w = −0.532" in svg_of(view)
    assert view._hovered == Link(1, 0, 1)
    assert view.diagram().at(QPointF(3, 3), 7) is None


def test_the_number_of_the_map_under_the_cursor_is_read_off(view: NetworkView) -> None:
    maps, weights, biases = numbers()
    told = [np.arange(50.0).reshape(2, 5, 5), 100 * maps[1], maps[2] + 0.75]
    told[2][0, 0] = np.nan
    view.setValues(maps, weights, biases, told)
    tile = view.diagram().tiles[0][1]
    move(view, QPoint(round(tile.left() + 0.7 * tile.width()), round(tile.bottom()) - 3))
    assert view._readOff() == ("28.0 here", "y")  # row 0 is at the bottom
    assert "28.0 here" in svg_of(view)
    tile = view.diagram().tiles[2][0]
    move(view, QPoint(round(tile.center().x()), round(tile.top()) + 3))
    assert view._readOff() == ("0.750 here, bias 0.120", "out")
    move(view, QPoint(round(tile.center().x()), round(tile.bottom()) - 3))
    assert view._readOff() is None  # nothing is told there but the bias
    assert "bias 0.120" in svg_of(view)
    view.setValues(maps, weights, biases)
    move(view, QPoint(round(tile.center().x()), round(tile.top()) + 3))
    assert view._readOff() is None
    with pytest.raises(ValueError, match=r"not of columns of \[2, 3, 1\]"):
        view.setValues(maps, weights, biases, told[:2])
