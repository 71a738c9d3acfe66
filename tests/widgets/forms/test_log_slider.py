import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from widgets.bars.speed_slider import MAX_SPEED, SpeedSlider, speed_text
from widgets.forms.log_slider import LinearSlider, LogSlider, NumberSlider


@given(share=st.floats(0, 1))
def test_log_slider_goes_there_and_back(qapp: object, share: float) -> None:
    slider = LogSlider(1e-4, 1.0)
    number = 1e-4 ** (1 - share)
    assert slider.numberAt(slider.positionOf(number)) == pytest.approx(number, rel=0.02)


def test_log_slider_ends_exactly_and_begins_at_zero_where_it_may(qapp: object) -> None:
    slider = LogSlider(1e-4, 1.0, zero=True)
    assert slider.numberAt(0) == 0.0
    assert slider.numberAt(1) == 1e-4
    assert slider.numberAt(slider.maximum()) == 1.0
    assert slider.positionOf(0.0) == 0
    assert slider.positionOf(-1.0) == 0
    assert slider.positionOf(99.0) == slider.maximum()


def test_log_slider_wants_a_positive_range(qapp: object) -> None:
    with pytest.raises(ValueError, match="0 < low < high"):
        LogSlider(0.0, 1.0)


def test_equal_ways_are_equal_factors(qapp: object) -> None:
    slider = LogSlider(1e-3, 1.0)
    third = slider.maximum() // 3
    assert slider.numberAt(third) == pytest.approx(1e-2)
    assert slider.numberAt(2 * third) == pytest.approx(1e-1)


@pytest.mark.parametrize(("low", "high"), [(0.0, 1.0), (-5.0, 5.0), (0.0, 0.3)])
def test_linear_slider_stops_at_round_numbers(qapp: object, low: float, high: float) -> None:
    slider = LinearSlider(low, high)
    assert slider.numberAt(0) == low
    assert slider.numberAt(slider.maximum()) == high
    assert all(len(f"{abs(slider.numberAt(p)):g}") <= 5 for p in range(slider.maximum() + 1))


def test_whole_numbers_only(qapp: object) -> None:
    slider = LinearSlider(1, 50, integer=True)
    assert [slider.numberAt(p) for p in range(slider.maximum() + 1)] == list(range(1, 51))


def test_setting_is_silent_and_a_drag_ends_once(qtbot: QtBot) -> None:
    slider = LinearSlider(0.0, 1.0)
    qtbot.addWidget(slider)
    edits: list[float] = []
    ends: list[None] = []
    slider.numberEdited.connect(edits.append)
    slider.gestureFinished.connect(lambda: ends.append(None))
    slider.setNumber(0.4)
    assert (edits, ends) == ([], [])
    slider.setSliderDown(True)
    for position in (500, 600, 700):
        slider.setValue(position)
    slider.setNumber(0.1)  # what a run answers does not pull the handle away
    assert slider.number() == 0.7
    slider.setSliderDown(False)
    assert edits == [0.5, 0.6, 0.7]
    assert len(ends) == 1


def test_keys_end_when_they_are_let_go(qtbot: QtBot) -> None:
    slider = LinearSlider(0.0, 1.0)
    qtbot.addWidget(slider)
    ends: list[None] = []
    slider.gestureFinished.connect(lambda: ends.append(None))
    for _ in range(3):
        qtbot.keyPress(slider, Qt.Key.Key_Right)
    assert ends == []
    qtbot.keyRelease(slider, Qt.Key.Key_Right)
    assert len(ends) == 1


def test_speeds_are_round_up_to_max(qtbot: QtBot) -> None:
    slider = SpeedSlider()
    qtbot.addWidget(slider)
    speeds = [slider.numberAt(p) for p in range(slider.maximum() + 1)]
    assert speeds[:6] == [1, 2, 3, 5, 10, 20]
    assert speeds[-3:] == [5000, 10_000, MAX_SPEED]
    for speed in (1, 5, 10_000, MAX_SPEED):
        slider.setSpeed(speed)
        assert slider.number() == speed
    assert (speed_text(5), speed_text(1), speed_text(0)) == (
        "×5 steps/frame",
        "×1 step/frame",
        "Max",
    )


def test_the_wheel_is_left_to_the_form(qtbot: QtBot) -> None:
    slider: NumberSlider = LinearSlider(0.0, 1.0)
    qtbot.addWidget(slider)
    slider.setNumber(0.5)
    event = _wheel(QPoint(0, 120))
    slider.wheelEvent(event)
    assert not event.isAccepted()
    assert slider.number() == 0.5


def _wheel(turn: QPoint):  # type: ignore[no-untyped-def]
    from PySide6.QtCore import QPointF
    from PySide6.QtGui import QWheelEvent

    where = QPointF(5, 5)
    return QWheelEvent(
        where,
        where,
        QPoint(),
        turn,
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
