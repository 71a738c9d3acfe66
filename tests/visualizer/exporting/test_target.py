"""An export is put where it was wanted whole or not at all."""

import os
from pathlib import Path

import pytest

from kernels.errors import ExportError
from visualizer.exporting.target import (
    NUMBERED,
    SINKS,
    file_name,
    hidden_folder,
    is_numbered,
    numbered,
    suffix_of,
    workplace,
)


def tree(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


@pytest.mark.parametrize("suffix", SINKS)
def test_the_suffix_says_what_is_made(suffix: str, tmp_path: Path) -> None:
    assert suffix_of(tmp_path / f"a.b{suffix.upper()}") == suffix
    assert file_name(tmp_path / f"a{suffix}") == f"a{suffix}"


def test_a_folder_is_for_numbered_pictures(tmp_path: Path) -> None:
    (tmp_path / "v1.0").mkdir()
    (tmp_path / "v1.0" / "frame-000007.png").touch()
    (tmp_path / "v1.0" / ".hidden").touch()
    for name in ("new", "v1.0", "v1.0/."):
        assert suffix_of(tmp_path / name) == ".png"
        assert is_numbered(file_name(tmp_path / name))


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("film.avi", r"'film.avi' ends in '.avi', which Layerscope cannot write; it writes .png,"),
        ("film.mp4", r"film.mp4 is a folder, not a file"),
        ("there", r"there is a file, and without a suffix the name of a folder is meant"),
        ("new.folder", r"ends in '.folder'"),
    ],
)
def test_a_target_that_means_nothing_is_told(name: str, told: str, tmp_path: Path) -> None:
    (tmp_path / "film.mp4").mkdir()
    (tmp_path / "there").touch()
    with pytest.raises(ExportError, match=told):
        suffix_of(tmp_path / name)


def test_a_folder_of_other_things_is_not_filled_with_pictures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "notes").touch()
    monkeypatch.chdir(tmp_path)
    told = "The folder '.' holds other things, such as 'notes', .* such as frames; .* frame-%04d.p"
    with pytest.raises(ExportError, match=told):
        suffix_of(Path())
    assert suffix_of(Path("frame-%04d.png")) == ".png"
    assert suffix_of(Path("frames")) == ".png"


@pytest.mark.parametrize(
    ("name", "there"),
    [
        ("film.mp4", "film.mp4"),
        ("frames", "frames/frame-000007.png"),
        ("frames/%03d.png", "frames/012.png"),
        ("frames/%3d.png", "frames/ 12.png"),
    ],
)
def test_what_is_read_only_is_not_replaced(name: str, there: str, tmp_path: Path) -> None:
    (tmp_path / "frames").mkdir()
    kept = tmp_path / there
    kept.write_text("old")
    assert suffix_of(tmp_path / name)
    kept.chmod(0o444)
    with pytest.raises(ExportError, match=r"(film.mp4|07.png|12.png) is read-only, .* another"):
        suffix_of(tmp_path / name)
    assert suffix_of(tmp_path / "other.mp4") == ".mp4"
    assert suffix_of(tmp_path / "frames" / "a%d.png") == ".png"


def test_of_several_files_none_is_replaced_if_one_is_read_only(tmp_path: Path) -> None:
    data = tmp_path / "run-data.npz"
    for path in (tmp_path / "run.py", data):
        path.write_text("old")
    data.chmod(0o444)
    with (
        pytest.raises(ExportError, match=r"run-data.npz is read-only"),
        workplace(tmp_path / "run.py") as folder,
    ):
        _write(folder, "run.py", "run-data.npz")
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {
        "run.py": "old",
        "run-data.npz": "old",
    }


def test_fewer_pictures_take_the_place_of_all_of_an_earlier_export(tmp_path: Path) -> None:
    for count in (3, 2):
        with workplace(tmp_path / "frames") as folder:
            for number in range(count):
                (folder / numbered(NUMBERED, number)).write_text(str(count))
    assert tree(tmp_path / "frames") == ["frame-000000.png", "frame-000001.png"]
    with pytest.raises(RuntimeError), workplace(tmp_path / "frames") as folder:
        _fail(folder, RuntimeError)
    assert [path.read_text() for path in (tmp_path / "frames").iterdir()] == ["2", "2"]


@pytest.mark.parametrize(
    ("pattern", "name"),
    [
        ("frame-%04d.png", "frame-0012.png"),
        ("%d.png", "12.png"),
        ("%12d.png", "          12.png"),
        ("a%03db.png", "a012b.png"),
    ],
)
def test_a_name_has_a_place_for_the_number(pattern: str, name: str) -> None:
    assert is_numbered(pattern)
    assert numbered(pattern, 12) == name


def test_a_name_without_a_place_or_with_two() -> None:
    for name in ("50%.png", "100%s.png", "%x.png", "a.png"):
        assert not is_numbered(name)
    with pytest.raises(ExportError, match=r"'%d-%d.png' has 2 places"):
        is_numbered("%d-%d.png")


def test_a_file_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    target = tmp_path / "film.mp4"
    target.write_text("old")
    with workplace(target) as folder:
        (folder / "film.mp4").write_text("new")
        assert target.read_text() == "old"
    assert target.read_text() == "new"
    assert tree(tmp_path) == ["film.mp4"]


def test_a_new_folder_comes_whole(tmp_path: Path) -> None:
    target = tmp_path / "frames"
    with workplace(target) as folder:
        (folder / "0.png").touch()
        assert not target.exists()
    assert tree(tmp_path) == ["frames", "frames/0.png"]
    (tmp_path / "usual").mkdir()
    assert target.stat().st_mode == (tmp_path / "usual").stat().st_mode


def test_the_folder_of_numbered_pictures_comes_whole_with_them(tmp_path: Path) -> None:
    target = tmp_path / "frames" / "%04d.png"
    with workplace(target) as folder:
        (folder / "0000.png").touch()
        assert tree(tmp_path) != []
        assert not target.parent.exists()
    assert tree(tmp_path) == ["frames", "frames/0000.png"]
    with workplace(target) as folder:
        (folder / "0001.png").touch()
    assert tree(tmp_path) == ["frames", "frames/0000.png", "frames/0001.png"]
    with pytest.raises(RuntimeError), workplace(tmp_path / "more" / "%04d.png") as folder:
        _fail(folder, RuntimeError)
    assert not (tmp_path / "more").exists()
    with (
        pytest.raises(ExportError, match=r"There is no folder '.*more/frames'. Make it"),
        workplace(tmp_path / "more" / "frames" / "%04d.png"),
    ):
        pass


def test_an_old_folder_keeps_what_else_is_in_it(tmp_path: Path) -> None:
    target = tmp_path / "frames.v2"
    target.mkdir()
    (target / "0.png").write_text("old")
    (target / "notes").touch()
    with workplace(target) as folder:
        (folder / "0.png").write_text("new")
        (folder / "1.png").touch()
    assert tree(target) == ["0.png", "1.png", "notes"]
    assert (target / "0.png").read_text() == "new"


@pytest.mark.parametrize("name", ["film.mp4", "new", "old"])
def test_a_hidden_folder_can_be_named_beforehand(name: str, tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    hidden = hidden_folder(tmp_path / name, "abc")
    with workplace(tmp_path / name, hidden) as folder:
        assert folder.parent == hidden
        assert hidden.name.startswith(".")
    assert not hidden.exists()


def _write(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).write_text("new")


def _fail(folder: Path, error: type[BaseException]) -> None:
    (folder / "0.png").write_text("half")
    raise error


@pytest.mark.parametrize("name", ["film.mp4", "frames", "old"])
@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_what_fails_leaves_nothing(name: str, error: type[BaseException], tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    with pytest.raises(error), workplace(tmp_path / name) as folder:
        _fail(folder, error)
    assert tree(tmp_path) == ["old"]


def test_a_folder_that_is_not_there_or_not_ours_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (
        pytest.raises(ExportError, match=r"There is no folder '.*no'. Make it"),
        workplace(tmp_path / "no" / "film.mp4"),
    ):
        pass
    monkeypatch.setattr(os, "mkdir", _refuse)  # to root, no folder says no
    with (
        pytest.raises(ExportError, match=r"film.mp4 cannot be written: Permission denied. Choose"),
        workplace(tmp_path / "film.mp4"),
    ):
        pass
    assert tree(tmp_path) == []


def _refuse(path: str, *_: object) -> None:
    raise PermissionError(13, "Permission denied", path)


def test_a_name_that_is_too_long_is_told(tmp_path: Path) -> None:
    target = tmp_path / ("x" * 300 + ".mp4")
    with (
        pytest.raises(ExportError, match="cannot be written: File name too long"),
        workplace(target) as folder,
    ):
        (folder / target.name).touch()
    assert tree(tmp_path) == []
