"""A run that branches off where a person has scrubbed to, beside the old one as it was."""

from typing import Any

import pytest

from kernels.training.actions import EditWeight
from kernels.training.comparison.frame import ComparisonFrame
from kernels.training.frame import TrainingFrame
from tests.kernels.experiments import same_frames
from tests.visualizer.windows import Bench
from visualizer.scenes.scene import Scene

RATE = "optimizer.learning_rate"
RUN = "experiment.runs.0"


def frame_at(bench: Bench, step: int) -> Any:
    bench.player.seek(step)
    bench.shows(step)
    bench.qtbot.waitUntil(lambda: bench.player.frames[0].step == step)
    return bench.player.frames[0]


def told(bench: Bench, entries: int) -> None:
    """Wait until the journal has so many entries."""
    bench.qtbot.waitUntil(lambda: len(bench.player.journal()) == entries)


@pytest.fixture
def trained(bench: Bench) -> tuple[Bench, TrainingFrame]:
    """A window at step 60 of a run with live changes at 40 and 90 and a weight set at 80.

    Beside it the frame that this run had at step 110.
    """
    bench.open(Scene(panel="training"))
    frame_at(bench, 40)
    bench.workbench.edits.set_value(RATE, 0.05)
    bench.session.end_gesture()
    told(bench, 1)
    frame_at(bench, 80)
    bench.workbench.edits.act(EditWeight(layer=0, target=0, source=1, value=3.0))
    told(bench, 2)
    frame_at(bench, 90)
    bench.workbench.edits.set_value("l2", 0.01)
    bench.session.end_gesture()
    told(bench, 3)
    last = frame_at(bench, 110)
    frame_at(bench, 60)
    return bench, last


def compared_at(bench: Bench, step: int) -> ComparisonFrame:
    frame = frame_at(bench, step)
    assert isinstance(frame, ComparisonFrame)
    return frame


def test_the_old_run_is_seen_as_it_was(trained: tuple[Bench, TrainingFrame]) -> None:
    bench, last = trained
    assert bench.window.actions_by_key["branch"].isEnabled()
    bench.do("branch")
    bench.qtbot.waitUntil(lambda: isinstance(bench.player.frames[0], ComparisonFrame))
    bench.shows(60)
    assert (bench.value(f"{RUN}.from_step"), bench.value(f"{RUN}.settings")) == (60, "")
    frame = compared_at(bench, 110)
    this, branch = frame.runs
    assert this is not None
    assert branch is not None
    assert (this.weights[0] == last.weights[0]).all()
    assert (this.validation_loss == last.validation_loss).all()
    assert same_frames(this, last)
    assert not same_frames(branch, last)  # nobody has set its weight
    assert [step for step, _ in bench.player.journal()] == [40, 80, 90]
    assert not bench.session.is_touched()  # so that it begins again with all that


def test_a_setting_of_the_branch_leaves_the_old_run_as_it_was(
    trained: tuple[Bench, TrainingFrame],
) -> None:
    bench, last = trained
    bench.do("branch")
    compared_at(bench, 70)
    bench.workbench.edits.set_value(f"{RUN}.settings", f"{RATE} = 0.001")
    bench.session.end_gesture()
    bench.shows(70)
    frame = compared_at(bench, 110)
    this, branch = frame.runs
    assert this is not None
    assert branch is not None
    assert same_frames(this, last)
    assert branch.learning_rate == 0.001
    assert [d.values for d in frame.differences] == [(0.05, 0.001)]
    assert [step for step, _ in bench.player.journal()] == [40, 80, 90]
    scene = bench.session.scene()
    assert scene.parameters["optimizer"]["learning_rate"] == 0.005
    assert [given.step for given in scene.inputs] == [40, 80, 90]
    bench.do("restart")
    bench.shows(0)
    again = compared_at(bench, 110)
    assert same_frames(again, frame)


def test_a_refused_setting_can_be_mended_and_the_past_stays(
    trained: tuple[Bench, TrainingFrame],
) -> None:
    bench, last = trained
    bench.do("branch")
    compared_at(bench, 70)
    with bench.qtbot.waitSignal(bench.session.refused) as refused:
        bench.workbench.edits.set_value(f"{RUN}.settings", "batch_size = 50")
    assert "batch_size cannot change there" in refused.args[0].sentence
    bench.session.end_gesture()
    bench.workbench.edits.set_value(f"{RUN}.settings", "l1 = 0.01")
    bench.session.end_gesture()
    bench.qtbot.waitUntil(lambda: bench.value(f"{RUN}.settings") == "l1 = 0.01")
    this = compared_at(bench, 110).runs[0]
    assert this is not None
    assert same_frames(this, last)


def test_a_second_branch_and_undo(trained: tuple[Bench, TrainingFrame]) -> None:
    bench, last = trained
    bench.do("branch")
    compared_at(bench, 50)
    bench.do("branch")
    bench.qtbot.waitUntil(lambda: len(bench.session.parameters.experiment.runs) == 2)
    frame = compared_at(bench, 110)
    assert frame.names == ("this run", "branch at 60", "branch at 50")
    bench.do("undo")
    bench.do("undo")
    bench.qtbot.waitUntil(lambda: isinstance(bench.player.frames[0], TrainingFrame))
    assert same_frames(frame_at(bench, 110), last)
    assert [step for step, _ in bench.player.journal()] == [40, 80, 90]


def test_where_nothing_can_branch_off(bench: Bench) -> None:
    bench.open(Scene(panel="gradient-descent"))
    assert not bench.window.actions_by_key["branch"].isEnabled()
    bench.workbench.branch()
    assert bench.session.info.key == "gradient-descent"
