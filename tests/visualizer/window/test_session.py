"""What is open, and how it is changed, undone, refused and followed through time."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from kernels.descent.comparison import ComparisonFrame
from kernels.descent.race_frame import RaceFrame
from kernels.editing import get_value
from kernels.errors import DeviceError, LayerscopeError, ParameterError, SceneError
from tests.visualizer.toy_panel import Kick
from visualizer.playing.computing import warm_up
from visualizer.playing.player import Player
from visualizer.registry import PanelInfo
from visualizer.scenes.scene import Play, Scene
from visualizer.window.edits import Edits
from visualizer.window.session import Refusal, Session

RATE = "balls.0.learning_rate"  # live
ENDLESS = {"tolerance": "none"}


class Desk:
    """A session whose frames are painted at once, and what it told."""

    def __init__(self, qtbot: QtBot) -> None:
        self.qtbot = qtbot
        self.player = Player()
        self.session = Session(self.player)
        self.edits = Edits(self.session)
        self.frames: list[Any] = []
        self.refusals: list[Refusal] = []
        self.failures: list[str] = []
        self.panels: list[PanelInfo] = []
        self.player.frameReady.connect(self._paint)
        self.player.failed.connect(lambda sentence, _: self.failures.append(sentence))
        self.session.refused.connect(self.refusals.append)
        self.session.panelChanged.connect(self.panels.append)

    def _paint(self, frames: tuple[Any, ...]) -> None:
        self.frames.append(frames[0])
        self.player.painted()

    def open(self, panel: str = "roll", play: Play | None = None, **parameters: Any) -> None:
        self.session.open(Scene(panel=panel, parameters=parameters, play=play or Play()))
        self.shows(0)

    def shows(self, step: int) -> None:
        self.qtbot.waitUntil(lambda: self._step() == step)

    def _step(self) -> int | None:
        return self.player.position.step if self.player.position is not None else None

    def go(self, steps: int) -> None:
        """Do some steps and wait until the last is shown."""
        start = self._step() or 0
        self.player.step(steps)
        self.shows(start + steps)

    def seek(self, step: int) -> None:
        self.player.seek(step)
        self.shows(step)

    def value(self, path: str) -> Any:
        return get_value(self.session.parameters, path)

    def set(self, path: str, value: Any) -> None:
        """One gesture."""
        self.edits.set_value(path, value)
        self.session.end_gesture()

    def told(self, path: str, value: Any) -> None:
        """Wait until the journal has `value`."""
        self.qtbot.waitUntil(lambda: self._latest(path) == value)

    def _latest(self, path: str) -> Any:
        journal = self.player.journal()
        return get_value(journal[-1][1], path) if journal else None

    def undo(self) -> None:
        self.session.undo_stack.undo()

    def redo(self) -> None:
        self.session.undo_stack.redo()


@pytest.fixture
def desk(qtbot: QtBot, toy: PanelInfo) -> Iterator[Desk]:
    warm_up()
    desk = Desk(qtbot)
    yield desk
    desk.player.close()


def test_a_live_change_reaches_the_run_and_undo_takes_it_back(desk: Desk) -> None:
    desk.open(**ENDLESS)
    desk.go(3)
    desk.set(RATE, 0.2)
    desk.told(RATE, 0.2)
    assert [step for step, _ in desk.player.journal()] == [3]
    desk.go(2)
    desk.undo()
    desk.told(RATE, 0.1)
    assert desk.value(RATE) == 0.1
    assert [step for step, _ in desk.player.journal()] == [3, 5]  # it went on meanwhile


def test_of_changes_at_one_step_the_last_is_recorded_and_one_taken_back_is_not(desk: Desk) -> None:
    desk.open(**ENDLESS)
    desk.go(3)
    desk.set(RATE, 0.2)
    desk.told(RATE, 0.2)
    desk.set(RATE, 0.3)
    assert [given.set for given in desk.session.scene().inputs] == [{RATE: 0.3}]  # on its way
    desk.told(RATE, 0.3)
    assert [given.set for given in desk.session.scene().inputs] == [{RATE: 0.3}]
    desk.undo()
    desk.undo()
    assert not desk.session.is_touched()
    desk.qtbot.waitUntil(lambda: desk.player.journal() == ())
    assert desk.session.scene().inputs == ()
    desk.redo()
    desk.told(RATE, 0.2)
    assert [given.set for given in desk.session.scene().inputs] == [{RATE: 0.2}]


def test_any_other_change_begins_a_run_and_undo_brings_the_old_one_back(desk: Desk) -> None:
    desk.open(**ENDLESS)
    desk.go(7)
    old = desk.frames[-1].places
    desk.set("seed", 3)
    desk.shows(0)
    desk.go(4)
    new = desk.frames[-1].places
    desk.undo()
    desk.shows(7)
    assert desk.value("seed") == 0
    assert (desk.frames[-1].places == old).all()
    desk.redo()
    desk.shows(4)
    assert desk.value("seed") == 3
    assert (desk.frames[-1].places == new).all()


def test_a_gesture_is_one_entry(desk: Desk) -> None:
    desk.open(**ENDLESS)
    for rate in (0.2, 0.3, 0.4):
        desk.edits.set_value(RATE, rate)
    for seed in (1, 2, 3):
        desk.edits.set_value("seed", seed)
    desk.session.end_gesture()
    desk.set(RATE, 0.5)
    assert desk.session.undo_stack.count() == 2
    desk.undo()
    desk.undo()
    assert (desk.value(RATE), desk.value("seed")) == (0.1, 0)


def test_opening_a_scene_can_be_undone_and_is_an_entry_of_its_own(desk: Desk) -> None:
    desk.open(play=Play(steps_per_frame=3), **ENDLESS)
    desk.go(5)
    desk.edits.set_value(RATE, 0.2)  # a gesture that nobody ended
    desk.told(RATE, 0.2)
    desk.session.open(Scene(panel="roll", parameters={"seed": 9}, play=Play(steps_per_frame=8)))
    desk.shows(0)
    desk.edits.set_value(RATE, 0.3)
    assert desk.session.undo_stack.count() == 3
    desk.undo()
    desk.undo()
    desk.shows(5)
    assert (desk.value("seed"), desk.value(RATE)) == (0, 0.2)
    assert desk.session.play.steps_per_frame == 3
    assert desk.panels == [desk.session.info]  # the panel was never another


def test_the_same_scene_opened_again_begins_again(desk: Desk) -> None:
    desk.open(**ENDLESS)
    desk.go(5)
    desk.open(**ENDLESS)
    desk.undo()
    desk.shows(5)


def test_a_live_change_on_its_way_is_kept(desk: Desk) -> None:
    desk.open(**ENDLESS)
    desk.go(3)
    desk.set(RATE, 0.2)  # of which the run has not told yet
    (given,) = desk.session.scene().inputs
    assert (given.step, given.set) == (3, {RATE: 0.2})
    desk.set("seed", 1)
    desk.undo()
    desk.told(RATE, 0.2)
    desk.shows(3)
    assert desk.value(RATE) == 0.2


def test_how_it_is_played_is_no_matter_of_undo(desk: Desk) -> None:
    desk.open(**ENDLESS)
    desk.set("seed", 1)
    desk.session.set_play(steps_per_frame=50, loop=True)
    desk.undo()
    assert desk.value("seed") == 0
    assert (desk.session.play.steps_per_frame, desk.session.play.loop) == (50, True)
    with pytest.raises(ParameterError, match="steps_per_frame"):
        desk.session.set_play(steps_per_frame=-1)


def test_a_scene_shows_the_same_run_again(desk: Desk) -> None:
    desk.open(noise={"low": -0.1, "high": 0.1}, **ENDLESS)
    desk.go(4)
    desk.set(RATE, 0.2)
    desk.told(RATE, 0.2)
    desk.go(3)
    desk.edits.act(Kick(by=2))
    desk.qtbot.waitUntil(lambda: len(desk.player.journal()) == 2)
    desk.go(3)
    seen = desk.frames[-1].places
    scene = desk.session.scene()
    assert [given.step for given in scene.inputs] == [4, 7]
    desk.session.open(scene)
    desk.shows(0)
    assert desk.value(RATE) == 0.1
    assert not desk.session.is_touched()
    desk.go(10)
    assert (desk.frames[-1].places == seen).all()
    assert desk.value(RATE) == 0.2


def test_the_parameters_of_the_step_that_is_shown_are_shown(desk: Desk) -> None:
    desk.open(**ENDLESS)
    desk.go(6)
    desk.set(RATE, 0.2)
    desk.told(RATE, 0.2)
    desk.go(6)
    desk.seek(5)
    assert desk.value(RATE) == 0.1
    desk.seek(6)
    assert desk.value(RATE) == 0.2
    desk.seek(2)
    desk.edits.set_view("log", True)
    assert len(desk.player.journal()) == 1  # looking is no change of the run
    desk.set(RATE, 0.2)  # what comes later is what the journal says already; this comes now
    desk.qtbot.waitUntil(lambda: [step for step, _ in desk.player.journal()] == [2])


def test_a_change_is_undone_from_before_it_too(desk: Desk) -> None:
    desk.open(**ENDLESS)
    desk.go(6)
    desk.set(RATE, 0.2)
    desk.told(RATE, 0.2)
    desk.seek(2)
    desk.undo()
    desk.qtbot.waitUntil(lambda: desk.player.journal() == ())
    desk.go(8)
    assert desk.value(RATE) == 0.1


def test_an_action_can_be_undone_and_done_again(desk: Desk) -> None:
    desk.open(**ENDLESS)
    desk.go(2)
    before = desk.frames[-1].places
    desk.edits.act(Kick(by=5))
    desk.qtbot.waitUntil(lambda: len(desk.player.journal()) == 1)
    desk.go(3)
    kicked = desk.frames[-1].places
    desk.player.seek(2)
    desk.shows(2)
    desk.undo()
    desk.qtbot.waitUntil(lambda: desk.player.journal() == ())
    desk.qtbot.waitUntil(lambda: bool((desk.frames[-1].places == before).all()))
    desk.go(3)
    desk.redo()  # at the step at which it was done
    desk.qtbot.waitUntil(lambda: len(desk.player.journal()) == 1)
    assert [(step, given) for step, given in desk.player.journal()] == [(2, Kick(by=5))]
    desk.qtbot.waitUntil(lambda: bool((desk.frames[-1].places == kicked).all()))


def test_rows_come_go_and_move(desk: Desk) -> None:
    desk.open(balls=[{"name": "a"}], **ENDLESS)
    desk.edits.insert_row("balls", 1, {"name": "b"})
    desk.edits.insert_row("balls", 2, {"name": "c"})
    desk.edits.move_row("balls", 0, 2)
    assert [ball.name for ball in desk.value("balls")] == ["b", "c", "a"]
    desk.edits.remove_row("balls", 1)
    assert [ball.name for ball in desk.value("balls")] == ["b", "a"]
    desk.edits.remove_row("balls", 0)
    desk.edits.remove_row("balls", 0)
    assert "balls" in desk.refusals[-1].sentence
    assert [ball.name for ball in desk.value("balls")] == ["a"]


def test_the_comparison_of_losses_chooses_its_objective_in_one_entry(desk: Desk) -> None:
    desk.open("gradient-descent")
    before = desk.session.parameters
    desk.set("experiment", "comparison")
    desk.qtbot.waitUntil(lambda: isinstance(desk.frames[-1], ComparisonFrame))
    assert desk.value("objective.kind") == "logistic"
    assert not desk.refusals
    assert desk.session.undo_stack.count() == 1
    desk.undo()
    assert desk.session.parameters == before
    desk.qtbot.waitUntil(lambda: isinstance(desk.frames[-1], RaceFrame))


def test_all_parameters_are_reset_in_one_go(desk: Desk) -> None:
    desk.open(seed=5, balls=[{"learning_rate": 0.7}])
    desk.edits.reset()
    assert (desk.value("seed"), desk.value(RATE)) == (0, 0.1)
    desk.undo()
    assert (desk.value("seed"), desk.value(RATE)) == (5, 0.7)


def test_restart_goes_back_or_makes_room_for_a_new_run(desk: Desk) -> None:
    desk.open(**ENDLESS)
    desk.go(5)
    desk.edits.restart()
    desk.shows(0)
    assert desk.session.undo_stack.count() == 0
    desk.go(5)
    desk.set(RATE, 0.2)
    desk.told(RATE, 0.2)
    desk.go(1)
    desk.edits.restart()
    desk.shows(0)
    assert desk.value(RATE) == 0.2
    assert desk.player.journal() == ()
    desk.undo()
    desk.shows(6)
    assert [step for step, _ in desk.player.journal()] == [5]


def test_restart_takes_along_a_change_that_is_on_its_way_to_the_run(desk: Desk) -> None:
    desk.open(**ENDLESS)
    desk.go(5)
    desk.set(RATE, 0.2)
    desk.edits.restart()
    desk.shows(0)
    assert desk.value(RATE) == 0.2
    assert desk.player.journal() == ()
    desk.undo()
    desk.shows(5)
    assert desk.value(RATE) == 0.2


@pytest.mark.parametrize(
    ("path", "value", "at"),
    [
        ("seed", -1, "seed"),
        ("ground", {"kind": "bowl", "curvature": 1e9}, "ground.curvature"),
        ("nothing", 1, "nothing"),
        ("balls.7.learning_rate", 0.1, "balls.7"),
    ],
)
def test_what_is_not_allowed_is_refused(desk: Desk, path: str, value: Any, at: str) -> None:
    desk.open()
    before = desk.session.parameters
    desk.edits.set_value(path, value)
    (refusal,) = desk.refusals
    assert refusal.path == at
    assert refusal.sentence.endswith((".", "?"))
    assert desk.session.parameters == before
    assert desk.session.undo_stack.count() == 0
    assert desk.edits.mistake(path, value) == refusal
    assert len(desk.refusals) == 1  # a mistake is only looked for


def test_a_view_that_is_not_allowed_is_refused(desk: Desk) -> None:
    desk.open()
    desk.edits.set_view("log", "perhaps")
    assert desk.refusals[0].in_view
    assert desk.session.undo_stack.count() == 0


@pytest.mark.parametrize(
    ("scene", "error"),
    [
        (Scene(panel="nothing"), SceneError),
        (Scene(panel="roll", parameters={"seeds": 1}), ParameterError),
        (Scene(panel="roll", view={"log": 7}), ParameterError),
        (Scene(panel="roll", play=Play(device="cuda:99")), DeviceError),
        (Scene.model_validate({"panel": "roll", "inputs": [{"step": 3, "set": {"seed": 1}}]}),
         SceneError),
    ],
)  # fmt: skip
def test_a_bad_scene_leaves_everything_as_it_is(
    desk: Desk, scene: Scene, error: type[LayerscopeError]
) -> None:
    desk.open(seed=4)
    desk.go(2)
    with pytest.raises(error):
        desk.session.open(scene)
    assert desk.value("seed") == 4
    assert desk.session.undo_stack.count() == 0
    desk.go(1)


# ---- what only building a run can tell ----------------------------------------------------------


def table(folder: Path, name: str = "data.csv", text: str = "x,y\n1,2\n2,3\n3,5\n") -> str:
    path = folder / name
    path.write_text(text)
    return f"file:{path}"


def line_through(file: str) -> dict[str, Any]:
    return {"kind": "line", "data": {"kind": "csv", "file": file}}


def test_a_run_that_cannot_be_built_leaves_the_one_before(desk: Desk, tmp_path: Path) -> None:
    desk.open("gradient-descent", objective=line_through(table(tmp_path)), steps=100_000)
    desk.go(5)
    desk.player.play()
    desk.qtbot.waitUntil(lambda: desk.player.playing)
    kept = desk.session.parameters
    missing = f"file:{tmp_path / 'missing.csv'}"
    with desk.qtbot.waitSignal(desk.player.failed):
        desk.set("objective.data.file", missing)
    (refusal,) = desk.refusals
    assert (refusal.path, refusal.value) == ("objective.data.file", missing)
    assert desk.failures == [refusal.sentence]
    assert "missing.csv" in refusal.sentence
    assert desk.session.parameters == kept
    assert desk.session.undo_stack.count() == 0
    step = desk.frames[-1].step
    assert step >= 5
    desk.qtbot.waitUntil(lambda: desk.frames[-1].step > step)  # it goes on
    assert desk.player.playing


def test_of_two_changes_in_haste_the_good_one_stays(desk: Desk, tmp_path: Path) -> None:
    desk.open("gradient-descent", objective=line_through(table(tmp_path)))
    desk.go(3)
    desk.set("seed", 1)  # nobody waits until it is built
    with desk.qtbot.waitSignal(desk.player.failed):
        desk.set("objective.data.file", f"file:{tmp_path / 'missing.csv'}")
    assert desk.refusals[0].path == "objective.data.file"
    assert desk.value("seed") == 1
    assert [desk.session.undo_stack.text(i) for i in range(2)] == ["change of seed", ""]
    desk.shows(0)
    desk.undo()
    desk.shows(3)
    assert desk.value("seed") == 0


def test_a_drag_keeps_what_of_it_could_be_built(desk: Desk) -> None:
    desk.open("gradient-descent")
    desk.go(3)
    desk.edits.set_value("start", (0.5, 0.5))
    desk.shows(0)
    with desk.qtbot.waitSignal(desk.player.failed):
        desk.edits.set_value("start", (1e8, 0.0))
    desk.session.end_gesture()
    assert desk.value("start") == (0.5, 0.5)
    assert desk.refusals[0].path == "start"
    desk.undo()
    desk.shows(3)
    assert desk.value("start") is None
    assert not desk.session.undo_stack.canUndo()


def test_a_run_that_can_no_longer_be_built_is_not_gone_back_to(desk: Desk, tmp_path: Path) -> None:
    desk.open("gradient-descent", objective=line_through(table(tmp_path)))
    desk.set("objective", "surface")
    desk.shows(0)
    desk.go(2)
    (tmp_path / "data.csv").unlink()
    with desk.qtbot.waitSignal(desk.player.failed):
        desk.undo()
    assert desk.value("objective.kind") == "surface"
    assert desk.session.undo_stack.canUndo()
    desk.shows(2)


def test_the_first_run_that_cannot_be_built_can_be_corrected(desk: Desk, tmp_path: Path) -> None:
    missing = f"file:{tmp_path / 'data.csv'}"
    with desk.qtbot.waitSignal(desk.player.failed):
        desk.session.open(
            Scene(panel="gradient-descent", parameters={"objective": line_through(missing)})
        )
    assert desk.value("objective.data.file") == missing
    table(tmp_path)
    desk.set("seed", 1)
    desk.shows(0)
    assert len(desk.failures) == 1
