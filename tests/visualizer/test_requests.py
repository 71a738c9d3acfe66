"""What was asked for on the command line, as scenes and settings."""

from typing import Any

import pytest

from kernels.device import available_devices
from kernels.errors import ParameterError
from visualizer.requests import check_request, requested_scene, requested_settings

pytestmark = pytest.mark.usefixtures("toy", "qapp")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a=3", 3),
        ("a = 3.5 ", 3.5),
        ("a=true", True),
        ("a=[1, 2]", [1, 2]),
        ("a='x'", "x"),
        ("a=sgd", "sgd"),
        ("a=x*y = 3", "x*y = 3"),
        ("a=", ""),
        ("a=3\nb=4", "3\nb=4"),
        ("a=1_0", 10),
    ],
)
def test_a_value_is_read_as_toml_or_as_a_text(
    text: str, value: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[Any] = []
    monkeypatch.setattr(
        "visualizer.requests.changed_scene", lambda scene, changes: given.append(changes) or scene
    )
    requested_scene("roll", [text], None)
    assert given == [{}, {"a": value}]  # what the scene holds is looked at by itself


def test_later_settings_overrule_earlier_ones_and_the_device_is_one_of_play() -> None:
    scene = requested_scene("roll", ["seed=1", "play.frames=3", "seed=2"], "cpu")
    assert (scene.parameters["seed"], scene.play.frames, scene.play.device) == (2, 3, "cpu")


def test_a_size_is_read() -> None:
    for text in ("1920x1080", " 1920X1080 ", "1920×1080"):
        settings = requested_settings({}, text)
        assert (settings.width, settings.height) == (1920, 1080)
    with pytest.raises(ParameterError):
        requested_settings({}, "1920x1080x3")


@pytest.mark.parametrize("device", ["auto", "cpu", "cuda", "mps", *available_devices(), "cuda:1"])
def test_every_device_that_could_be_there_can_be_asked_for(device: str) -> None:
    check_request("roll", ["seed=-3"], device)  # of values, torch must be asked
