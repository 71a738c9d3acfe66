"""Scenes as text: what is written is read again exactly, and anything else is a sentence."""

import json
import re
import tomllib
from typing import Any

import pytest
import tomli_w
from hypothesis import given, settings
from hypothesis import strategies as st

from kernels.editing import dump
from kernels.errors import LayerscopeError, ParameterError, SceneError
from visualizer.playing.run import Run
from visualizer.registry import PanelInfo
from visualizer.scenes.scene import (
    DEEPEST,
    LARGEST,
    Input,
    Play,
    Scene,
    changed_scene,
    scene_from_mapping,
    scene_from_text,
    scene_to_text,
)

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
LEAVES = st.one_of(
    st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), TEXTS
)
PLAIN = st.recursive(
    LEAVES,
    lambda below: st.lists(below, max_size=3) | st.dictionaries(TEXTS, below, max_size=3),
    max_leaves=8,
)
TABLES = st.dictionaries(TEXTS, PLAIN, max_size=4)
PLAYS = st.builds(
    Play,
    steps_per_frame=st.integers(0, 1_000_000),
    frames_per_second=st.floats(0.1, 240),
    frames=st.integers(1, 1_000_000),
    loop=st.booleans(),
    threads=st.integers(0, 1024),
)
INPUTS = st.builds(
    Input, step=st.integers(0, 2**53), set=TABLES, action=st.none() | TABLES.filter(bool)
)
SCENES = st.builds(
    Scene,
    panel=TEXTS,
    parameters=TABLES,
    view=TABLES,
    play=PLAYS,
    sources=st.dictionaries(TEXTS, TEXTS, max_size=2),
    inputs=st.lists(INPUTS, max_size=3).map(tuple),
)


@given(SCENES)
def test_what_is_written_is_read_again_exactly(scene: Scene) -> None:
    again = scene_from_text(scene_to_text(scene))
    assert again == scene
    assert exactly(again) == exactly(scene)


def exactly(scene: Scene) -> str:
    """A text that tells 1, 1.0, True and -0.0 apart, which equality takes for the same."""
    return json.dumps(scene.model_dump(), sort_keys=True)


def test_a_scene_is_a_text_that_anyone_can_read() -> None:
    scene = Scene(panel="roll", parameters={"seed": 3, "balls": [{"name": "a"}]})
    assert tomllib.loads(scene_to_text(scene)) == {
        "layerscope": 1,
        "panel": "roll",
        "parameters": {"seed": 3, "balls": [{"name": "a"}]},
        "play": dump(Play()),
    }


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("layerscope = 2\npanel = 'x'", "newer version of Layerscope (format 2; this one reads"),
        ("layerscope = 1.5\npanel = 'x'", "newer version of Layerscope (format 1.5; this one"),
        ("layerscope = 0\npanel = 'x'", "its format, is 0, and there is only 1. Write layerscope"),
        ("layerscope = 'one'\npanel = 'x'", "its format, is 'one', and there is only 1."),
        ("panel = 'x'\n[play]\ndevice = 'banana'", "There is no device 'banana'; there are auto"),
        ("panel = ", "is not a TOML file"),
        ("panel = 'x'\npanel = 'y'", "is not a TOML file"),
        ("panel = '\x00'", "is not a TOML file"),
        ("", "panel is missing"),
        ("panel = 3", "panel is 3; it must be a text"),
        ("panel = 'x'\ncolour = 1", "no parameter 'colour'"),
        ("panel = 'x'\nparameters = 1", "parameters is 1; it must be a group"),
        ("panel = 'x'\n[play]\nframes = 0", "play.frames is 0; it must be at least 1"),
        ("panel = 'x'\n[play]\nframes_per_second = 'slow'", "play.frames_per_second is 'slow'"),
        ("panel = 'x'\ninputs = 3", "inputs is 3"),
        ("panel = 'x'\n[[inputs]]\nset = {}", "inputs.0.step is missing"),
        ("panel = 'x'\n[[inputs]]\nstep = -1", "inputs.0.step is -1; it must be at least 0"),
        ("panel = 'x'\n[sources]\n'a.csv' = 3", "sources.a.csv is 3; it must be a text"),
        ("panel = 'x'\n[parameters]\nx = inf", "parameters.x is inf; it must be a finite number"),
        ("panel = 'x'\n[parameters]\nx = [nan]", "parameters.x.0 is nan"),
        ("panel = 'x'\n[view]\nday = 2026-11-21", "view.day is datetime.date(2026, 11, 21)"),
        (f"panel = 'x'\n[parameters]\nx = {'9' * 5000}", "is not a TOML file: Exceeds the limit"),
        (f"panel = 'x'\n#{'x' * LARGEST}", "is longer than 4,000,000 characters"),
        ("panel = '\ud800'", "is not a TOML file"),
    ],
)
def test_what_is_no_scene_is_told_in_a_sentence(text: str, told: str) -> None:
    with pytest.raises(SceneError, match=re.escape(told)) as raised:
        scene_from_text(text, "talk.toml")
    sentence = str(raised.value)
    assert sentence.startswith("talk.toml ")
    assert sentence.endswith(".")


@pytest.mark.parametrize(
    "text",
    [
        "x = " + "[" * 50_000 + "]" * 50_000,
        "x = " + "{a=" * 50_000 + "1" + "}" * 50_000,
        ".".join("a" * 300_000) + " = 1",
        ". ".join(['"a b"'] * 300_000) + " = 1",
        "." * 300_000,
        "'" * 300_000,
        "x" * 1_000_000,
        "x = [" + "0.1, " * 100_000 + "]",
        "[" + ".".join("a" * (DEEPEST + 1)) + "]\nb = 1",
        "panel = 'x'\nview = " + "[" * DEEPEST + "]" * DEEPEST,
    ],
    ids=lambda text: text[:12],
)
def test_a_text_made_to_hang_a_reader_does_not(text: str) -> None:
    with pytest.raises(SceneError):
        scene_from_text(text)


def test_depth_that_can_be_read_can_be_written() -> None:
    text = "panel = 'x'\nview.x = " + "[" * (DEEPEST - 2) + "]" * (DEEPEST - 2)
    assert scene_from_text(scene_to_text(scene_from_text(text))).view["x"]


@given(st.text() | st.binary().map(lambda data: data.decode("latin-1")))
def test_any_text_is_a_scene_or_a_sentence(text: str) -> None:
    for wanted in (text, f"panel = 'roll'\n{text}", f"panel = 'roll'\n[parameters]\n{text}"):
        try:
            scene = scene_from_text(wanted)
        except SceneError:
            continue
        assert scene_from_text(scene_to_text(scene)) == scene


# --- valid scenes with something changed, as far as the run ------------------------------------

VALID: dict[str, Any] = {
    "layerscope": 1,
    "panel": "roll",
    "parameters": {
        "ground": {"kind": "bowl", "curvature": 1.0},
        "balls": [{"name": "a", "learning_rate": 0.1, "start": [1.0, 2.0]}],
        "noise": {"low": 0.0, "high": 0.1},
        "tolerance": "none",
    },
    "view": {"log": True},
    "play": {"frames": 5, "steps_per_frame": 2, "device": "cpu", "threads": 1},
    "inputs": [
        {"step": 2, "set": {"balls.0.learning_rate": 0.2}},
        {"step": 3, "action": {"kind": "kick", "by": 2.0}},
    ],
}
PLACES = [
    (),
    ("panel",),
    *[("parameters", *rest) for rest in [(), ("ground",), ("ground", "kind"), ("balls",)]],
    *[("parameters", "balls", 0, *rest) for rest in [(), ("start",), ("start", 1)]],
    *[("parameters", name) for name in ("noise", "tolerance", "seed", "unknown")],
    ("view",),
    ("view", "log"),
    *[("play", name) for name in ("frames", "steps_per_frame", "device", "threads")],
    ("inputs",),
    *[("inputs", i, *rest) for i in (0, 1) for rest in [(), ("step",), ("set",), ("action",)]],
    ("inputs", 0, "set", "balls.0.learning_rate"),
    ("inputs", 0, "set", "balls.0"),
    ("inputs", 0, "set", "balls"),
    ("inputs", 0, "set", "tolerance"),
    ("inputs", 1, "action", "kind"),
    ("inputs", 1, "action", "by"),
]
WORDS = st.sampled_from(
    ["roll", "bowl", "table", "kick", "none", "auto", "cuda", "balls.0.start.0", "balls.7", "."]
)
ODD = st.sampled_from([0, -1, 10**30, 1e308, 1e-300, 0.5, True, "", [], {}, [[]], {"kind": 3}])


@pytest.mark.usefixtures("toy")
@pytest.mark.parametrize("place", PLACES, ids=str)
def test_a_scene_with_something_wrong_is_a_run_or_a_sentence(place: tuple[Any, ...]) -> None:
    sentences: list[str] = []

    @settings(max_examples=25)
    @given(PLAIN | WORDS | ODD)
    def check(value: Any) -> None:
        data = _with(VALID, place, value)
        try:
            text = tomli_w.dumps(data)
        except (AttributeError, TypeError):  # the whole is no table
            return
        try:
            Run(changed_scene(scene_from_text(text), {}))
        except LayerscopeError as error:
            sentences.append(str(error))

    check()
    assert all(sentence.endswith((".", "?")) for sentence in sentences)


def _with(data: Any, place: tuple[Any, ...], value: Any) -> Any:
    if not place:
        return value
    copied = list(data) if isinstance(data, list) else dict(data)
    first, *rest = place
    below = copied.get(first, {}) if isinstance(copied, dict) else copied[first]
    copied[first] = _with(below, tuple(rest), value)
    return copied


def test_the_valid_scene_is_valid(toy: PanelInfo) -> None:
    run = Run(scene_from_mapping(VALID))
    assert run.advance(10) == 10


# --- changes by path ---------------------------------------------------------------------------


@pytest.mark.usefixtures("toy")
def test_values_are_changed_by_path() -> None:
    changes = {
        "balls.0.learning_rate": 0.3,
        "ground": "table",
        "play.frames": 7,
        "view.log": True,
        "seed": "3",
    }
    scene = changed_scene(Scene(panel="roll"), changes)
    assert scene.parameters["balls"][0]["learning_rate"] == 0.3
    assert scene.parameters["ground"]["kind"] == "table"
    assert (scene.play.frames, scene.view["log"], scene.parameters["seed"]) == (7, True, 3)


@pytest.mark.usefixtures("toy")
@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        ("sead", 3, "no parameter 'sead'.*Did you mean 'seed'"),
        ("seed", -1, "seed is -1; it must be at least 0"),
        ("balls.1.name", "b", "no row 1 in balls"),
        ("play.speed", 3, "no parameter 'speed'"),
        ("play", 3, "no parameter 'play'"),
        ("view.log", 3, "log is 3"),
        ("view.colour", 3, "no parameter 'colour'"),
        ("", 3, "no parameter ''"),
    ],
)
def test_a_change_that_cannot_be_is_told(path: str, value: Any, told: str) -> None:
    with pytest.raises(ParameterError, match=told):
        changed_scene(Scene(panel="roll"), {path: value})


def test_a_panel_that_does_not_exist_is_told() -> None:
    with pytest.raises(SceneError, match="no panel 'rol'"):
        changed_scene(Scene(panel="rol"), {})
