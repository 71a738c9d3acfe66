"""Scene files: opened, saved whole or not at all, with the files that they name."""

import dataclasses
import errno
import os
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kernels.errors import SceneError
from visualizer.playing.run import Run
from visualizer.registry import PANELS, PanelInfo, panels
from visualizer.scenes.scene import LARGEST, Scene, changed_scene, scene_to_text
from visualizer.scenes.sources import changed_sources
from visualizer.scenes.store import find_scene, open_scene, panel_scene, save_scene, shipped_scenes

SCENE = Scene(panel="roll", parameters={"seed": 3})


def test_a_scene_is_saved_and_opened(tmp_path: Path) -> None:
    path = tmp_path / "talk.toml"
    save_scene(SCENE, path)
    assert open_scene(path) == SCENE
    assert [file.name for file in tmp_path.iterdir()] == ["talk.toml"]


def test_a_file_from_windows_is_opened(tmp_path: Path) -> None:
    path = tmp_path / "talk.toml"
    path.write_bytes(b"\xef\xbb\xbf" + scene_to_text(SCENE).replace("\n", "\r\n").encode())
    assert open_scene(path) == SCENE


def pipe(path: Path) -> None:
    os.mkfifo(path)


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (None, "There is no file"),
        (Path.mkdir, "is a folder or a device"),
        (pipe, "is a folder or a device"),
        (lambda path: path.write_bytes(b"\xff\xfe"), "is not a text in UTF-8"),
        (lambda path: path.write_bytes(b"\x00\x01"), "is not a TOML file"),
        (lambda path: path.write_bytes(b"#" * (LARGEST + 1)), "is longer than"),
        (lambda path: path.write_text("panel = 3"), "panel is 3"),
        (lambda path: path.symlink_to(path), "cannot be read: Too many levels"),
    ],
)
def test_what_cannot_be_opened_is_told(make: Any, told: str, tmp_path: Path) -> None:
    path = tmp_path / "talk.toml"
    if make is not None:
        make(path)
    with pytest.raises(SceneError, match=f"{re.escape(str(path))}.*{told}|{told}.*"):
        open_scene(path)


@pytest.mark.parametrize("name", ["a\0b.toml", "x" * 5000 + ".toml"])
def test_a_name_that_no_file_can_have_is_told(name: str) -> None:
    with pytest.raises(SceneError, match="cannot be"):
        open_scene(Path(name))
    with pytest.raises(SceneError):
        find_scene(name)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary() | st.binary().map(lambda data: scene_to_text(SCENE).encode() + data))
def test_any_file_is_a_scene_or_a_sentence(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "fuzz.toml"
    path.write_bytes(data)
    try:
        scene = open_scene(path)
    except SceneError:
        return
    save_scene(scene, path)
    assert open_scene(path) == scene


# --- saving ------------------------------------------------------------------------------------


def test_a_full_disk_leaves_the_old_scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "talk.toml"
    save_scene(SCENE, path)

    def fill(self: Path, text: str, **_: Any) -> int:
        self.write_bytes(text[:10].encode())
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_text", fill)
    with pytest.raises(SceneError, match="No space left on device"):
        save_scene(Scene(panel="other"), path)
    assert open_scene(path) == SCENE
    assert [file.name for file in tmp_path.iterdir()] == ["talk.toml"]


def test_a_file_that_may_not_be_written_stays_though_its_folder_may_be(tmp_path: Path) -> None:
    path = tmp_path / "talk.toml"
    save_scene(SCENE, path)
    path.chmod(0o444)  # root might write all the same
    with pytest.raises(SceneError, match=r"talk.toml cannot be written: Permission denied\. Cho"):
        save_scene(Scene(panel="other"), path)
    assert open_scene(path) == SCENE
    save_scene(SCENE, tmp_path / "new.toml")


@pytest.mark.parametrize("name", ["", "missing/talk.toml", "folder", "x" * 5000])
def test_where_nothing_can_be_saved_is_told(name: str, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(SceneError, match="cannot be written"):
        save_scene(SCENE, tmp_path / name)
    assert [file.name for file in tmp_path.iterdir()] == ["folder"]


# --- the files that a scene names --------------------------------------------------------------


def with_file(place: str, **more: Any) -> Scene:
    return Scene(panel="roll", parameters={"ground": {"kind": "table", "file": place}}, **more)


def file_of(scene: Scene) -> str:
    return str(scene.parameters["ground"]["file"])


def test_a_folder_with_a_scene_and_its_data_can_be_moved(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    (old / "data").mkdir(parents=True)
    data = old / "data" / "heights.csv"
    data.write_text("x,y\n1,2\n")
    save_scene(with_file(f"file:{data}"), old / "talk.toml")
    assert 'file = "file:data/heights.csv"' in (old / "talk.toml").read_text()
    old.rename(new)
    scene = open_scene(new / "talk.toml")
    assert file_of(scene) == f"file:{new / 'data' / 'heights.csv'}"
    assert changed_sources(scene) == ()
    save_scene(scene, tmp_path / "above.toml")
    assert 'file = "file:new/data/heights.csv"' in (tmp_path / "above.toml").read_text()


def test_a_folder_of_data_moves_with_its_scene(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    (old / "pictures" / "cats").mkdir(parents=True)
    data = {"kind": "pictures", "folder": f"file:{old / 'pictures'}"}
    save_scene(Scene(panel="training", parameters={"dataset": data}), old / "talk.toml")
    assert 'folder = "file:pictures"' in (old / "talk.toml").read_text()
    old.rename(new)
    scene = open_scene(new / "talk.toml")
    assert scene.parameters["dataset"]["folder"] == f"file:{new / 'pictures'}"
    assert changed_sources(scene) == ()


def test_a_file_elsewhere_is_named_in_full(tmp_path: Path) -> None:
    (tmp_path / "scenes").mkdir()
    data = tmp_path / "heights.csv"
    data.touch()
    path = tmp_path / "scenes" / "talk.toml"
    save_scene(with_file(f"file:{data}"), path)
    assert f'file = "file:{data}"' in path.read_text()
    path.write_text(scene_to_text(with_file("file:../heights.csv")))
    assert file_of(open_scene(path)) == f"file:{data}"


def test_a_relative_path_is_that_of_the_present_folder_when_a_scene_is_saved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "heights.csv").touch()
    monkeypatch.chdir(tmp_path)
    save_scene(with_file("file:heights.csv"), Path("talk.toml"))
    assert file_of(open_scene(Path("talk.toml"))) == f"file:{tmp_path / 'heights.csv'}"


def test_data_that_changed_since_is_noticed(tmp_path: Path) -> None:
    data, path = tmp_path / "heights.csv", tmp_path / "talk.toml"
    data.write_text("x,y\n1,2\n")
    save_scene(with_file(f"file:{data}"), path)
    # As `sha256sum` tells it.
    known = "81bf9fa83c6f7f151bd491a98cd7d933de3965289e3ebd77c6c425f7eaa16392"
    assert f'"heights.csv" = "{known}"' in path.read_text()
    data.write_text("x,y\n1,3\n")
    scene = open_scene(path)
    (sentence,) = changed_sources(scene)
    assert sentence.startswith(f"{data} has changed since the scene was saved")
    save_scene(scene, path)
    assert changed_sources(open_scene(path)) == ()


def test_data_that_is_gone_is_left_to_who_needs_it(tmp_path: Path) -> None:
    data, path = tmp_path / "heights.csv", tmp_path / "talk.toml"
    data.touch()
    save_scene(with_file(f"file:{data}"), path)
    data.unlink()
    scene = open_scene(path)
    assert scene.sources
    assert changed_sources(scene) == ()
    save_scene(scene, path)
    assert open_scene(path).sources == {}


@pytest.mark.parametrize(
    "place", ["resource:data/x.csv", "camera:0", "profile: a", "f(x) = file:x"]
)
def test_what_is_no_file_stays_as_it_is(place: str, tmp_path: Path) -> None:
    save_scene(with_file(place), tmp_path / "talk.toml")
    assert file_of(open_scene(tmp_path / "talk.toml")) == place


def test_a_place_that_no_file_can_have_does_no_harm(tmp_path: Path) -> None:
    scene = with_file("file:a\0b", sources={"c\0d": "0", "": ""})
    (tmp_path / "talk.toml").write_text(scene_to_text(scene))
    opened = open_scene(tmp_path / "talk.toml")
    assert changed_sources(opened) == ()
    save_scene(opened, tmp_path / "talk.toml")


# --- finding -----------------------------------------------------------------------------------


def test_a_scene_is_found_by_file_name_and_panel(
    toy: PanelInfo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    save_scene(SCENE, Path("talk.toml"))
    save_scene(SCENE, Path("talk"))
    assert find_scene("talk.toml") == find_scene("talk") == SCENE
    assert find_scene("roll") == panel_scene(toy)
    assert find_scene("roll").play.frames == 40
    Path("roll").write_text("a file that happens to have the name of a panel")
    assert find_scene("roll") == panel_scene(toy)


@pytest.mark.parametrize("name", ["", "rol", "no/such/file"])
@pytest.mark.usefixtures("toy")
def test_a_scene_that_is_nowhere_is_told(name: str, tmp_path: Path) -> None:
    with pytest.raises(SceneError, match=f"no scene, panel or file '{name}'.*roll") as raised:
        find_scene(name)
    assert all(info.key in str(raised.value) for info in PANELS)


def test_a_panel_without_its_scene_is_told(toy: PanelInfo) -> None:
    with pytest.raises(SceneError, match="'roll', with which the panel 'roll' opens, does not"):
        panel_scene(dataclasses.replace(toy, scene="roll"))


@pytest.mark.parametrize("info", PANELS, ids=lambda info: info.key)
def test_every_panel_opens_with_a_scene_of_its_own(info: PanelInfo) -> None:
    scene = panel_scene(info)
    assert scene.panel == info.key
    assert Run(scene).step == 0


@pytest.mark.parametrize("name", shipped_scenes())
def test_every_scene_that_ships_is_one_of_a_panel_and_says_what_it_means(name: str) -> None:
    scene = find_scene(name)
    assert scene.panel in {info.key for info in panels()}
    assert scene.panel == name.partition("/")[0]
    full = changed_scene(scene, {}).parameters
    for key, value in scene.parameters.items():
        if not isinstance(value, dict | list):
            found = full[key]  # a word stands for the variant of that name
            assert (found["kind"] if isinstance(found, dict) else found) == value
