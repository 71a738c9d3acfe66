"""What the window shows of a run: that one is loading, and what a board asks of it."""

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from kernels.simulation import Frame
from kernels.training.frame import TrainingFrame
from tests.visualizer.windows import Bench, opened
from visualizer.panels.training.panel import TrainingPanel
from visualizer.panels.training.step.step_board import StepBoard
from visualizer.scenes.scene import Play, Scene
from widgets.redraw_pace import RedrawPace


@pytest.fixture
def bench(qtbot: QtBot) -> Iterator[Bench]:
    with opened(qtbot) as bench:
        bench.open(Scene(panel="gradient-descent", play=Play(threads=1)))
        bench.show()
        yield bench


def test_a_run_that_is_long_in_coming_is_announced_until_it_is_seen(bench: Bench) -> None:
    notice, slow = bench.window.notice, bench.workbench.display._slow
    assert not notice.isVisible()
    assert not slow.isActive()
    bench.session.open(Scene(panel="training", play=Play(threads=1)))
    assert slow.isActive()
    slow.timeout.emit()  # its frame comes as an event, so that it is not there yet
    assert notice.text() == "Loading…"
    assert notice.isVisible()
    bench.qtbot.waitUntil(lambda: isinstance(bench.player.frames[0], TrainingFrame))
    assert not notice.isVisible()
    assert not slow.isActive()


def test_the_timeline_is_that_of_the_run_that_is_loading(bench: Bench) -> None:
    timeline = bench.window.transport.timeline
    bench.player.step(7)
    bench.shows(7)
    bench.session.open(Scene(panel="training", play=Play(threads=1)))
    bench.player.seek(3)
    bench.workbench.display._slow.timeout.emit()
    assert (timeline.step(), timeline.furthest()) == (3, 3)
    bench.shows(3)


def test_the_timeline_goes_back_with_a_run_that_cannot_be_built(bench: Bench) -> None:
    timeline = bench.window.transport.timeline
    bench.player.step(7)
    bench.shows(7)
    csv = {"dataset": {"kind": "csv", "file": "none.csv"}}
    bench.session.open(Scene(panel="training", parameters=csv))
    bench.workbench.display._slow.timeout.emit()
    assert timeline.step() == 0
    bench.qtbot.waitUntil(lambda: "no file or folder none.csv" in bench.told())
    bench.qtbot.waitUntil(lambda: timeline.step() == 7)


def test_what_cannot_be_built_is_not_announced_for_ever(bench: Bench) -> None:
    csv = {"dataset": {"kind": "csv", "file": "none.csv"}}
    bench.session.open(Scene(panel="training", parameters=csv))
    bench.workbench.display._slow.timeout.emit()
    assert bench.window.notice.isVisible()
    bench.qtbot.waitUntil(lambda: "no file or folder none.csv" in bench.told())
    assert not bench.window.notice.isVisible()
    assert not bench.workbench.display._slow.isActive()


def test_a_played_step_has_the_run_rest_and_is_taken(bench: Bench) -> None:
    bench.open(Scene(panel="training", view={"inside": True}, play=Play(threads=1)))
    panel = bench.workbench.display.panel
    assert isinstance(panel, TrainingPanel)
    board = panel._board()
    assert isinstance(board, StepBoard)
    bench.player.play()
    bench.plays()
    board._sheet._button.click()
    bench.plays(False)
    step = bench.step()
    assert step is not None
    for _ in range(5):
        board._sheet._timer.timeout.emit()
    bench.shows(step + 1)
    assert bench.session.view.phase == "batch"  # type: ignore[attr-defined]
    assert not bench.player.playing


@pytest.fixture
def drawn(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """How a part of the panel was drawn that shows the number of a step, and rests for minutes."""
    panel = bench.workbench.display.panel
    assert panel is not None
    done: list[bool] = []

    def redraw(fine: bool) -> Iterator[None]:
        done.append(fine)
        yield

    pace, draw = RedrawPace(panel, redraw, inStep=True), panel.draw
    pace.drew(10)

    def draw_with_it(frame: Frame) -> None:
        draw(frame)
        pace.news()

    monkeypatch.setattr(panel, "draw", draw_with_it)
    return done


def test_where_a_run_is_stopped_all_that_is_seen_is_of_that_step(
    bench: Bench, drawn: list[bool]
) -> None:
    bench.do("full_speed")
    bench.do("toggle_play")
    bench.qtbot.waitUntil(lambda: (bench.step() or 0) > 0)
    bench.do("toggle_play")
    bench.qtbot.waitUntil(lambda: drawn != [])


def test_a_step_while_it_rests_is_seen_at_once_and_whole(bench: Bench, drawn: list[bool]) -> None:
    bench.do("full_speed")
    bench.player.step(3)
    bench.shows(3)
    assert drawn[-1:] == [True]
