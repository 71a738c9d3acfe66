"""A run depends on its scene alone, and ends where it ends."""

from typing import Any

import pytest
import torch

from kernels.errors import DeviceError, ParameterError, SceneError
from tests.visualizer.toy_panel import LENGTH, RollFrame
from visualizer.playing.run import Run
from visualizer.scenes.scene import Play, Scene

pytestmark = pytest.mark.usefixtures("toy")

NOISY = {"noise": {"low": -1.0, "high": 1.0}, "tolerance": "none"}


def roll(parameters: dict[str, Any] | None = None, **play: Any) -> Scene:
    return Scene(panel="roll", parameters=parameters or {}, play=Play(threads=1, **play))


def places(run: Run) -> bytes:
    frame = run.frame()
    assert isinstance(frame, RollFrame)
    return frame.places.tobytes()


def test_looking_and_the_rest_of_the_process_change_nothing() -> None:
    plain, watched = Run(roll(NOISY)), Run(roll(NOISY))
    plain.advance(20)
    for _ in range(10):
        torch.rand(1)
        watched.advance(2)
        watched.frame(frozenset({"dear"}))
    assert places(watched) == places(plain)


def test_the_process_keeps_its_own_random_numbers() -> None:
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    Run(roll(NOISY)).advance(5)
    assert torch.equal(torch.rand(3), expected)


def test_frames_are_taken_at_the_steps_wanted_and_the_last_once() -> None:
    run = Run(roll({"balls": [{"learning_rate": 0.25}]}))
    # With rate 0.25 and curvature 2 the distance, sqrt(10), halves: below 1e-3 after 12 steps.
    steps = [frame.step for frame in run.frames(range(0, 100, 5))]
    assert steps == [0, 5, 10, 12]
    assert run.finished
    assert run.summary()["ended"] == "converged"


def test_a_run_ends_at_its_length() -> None:
    run = Run(roll({"tolerance": "none"}))
    assert [frame.step for frame in run.frames([0, LENGTH, LENGTH + 5])] == [0, LENGTH]
    assert run.finished
    assert run.advance(1) == 0


def test_a_run_that_ends_where_a_frame_is_wanted_gives_it_once() -> None:
    run = Run(roll({"balls": [{"learning_rate": 0.25}]}))
    assert [frame.step for frame in run.frames(range(0, 100, 6))] == [0, 6, 12]


def test_a_run_can_be_stopped_on_its_way() -> None:
    run = Run(roll({"tolerance": "none"}))
    asked = iter([False, False, True])
    assert 0 < run.advance(LENGTH, lambda: next(asked)) < LENGTH


@pytest.mark.parametrize(
    ("scene", "error", "told"),
    [
        (Scene(panel="rol"), SceneError, "no panel 'rol'"),
        (roll({"seed": -1}), ParameterError, "seed is -1"),
        (roll(device="cpu:7"), DeviceError, "'cpu:7' is not available"),
    ],
)
def test_a_scene_that_cannot_run_is_told(scene: Scene, error: type[Exception], told: str) -> None:
    with pytest.raises(error, match=told):
        Run(scene)


def test_the_thread_count_of_the_scene_is_used() -> None:
    run = Run(Scene(panel="roll", play=Play(threads=2)))
    run.advance(1)
    assert torch.get_num_threads() == 2
