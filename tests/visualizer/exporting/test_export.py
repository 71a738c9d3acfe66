"""An export is the loop without a clock: every kind, of any size, whole or not at all."""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QImage

from kernels.errors import ExportError, ParameterError, SceneError
from tests.visualizer import toy_panel
from visualizer.exporting import export as exporting
from visualizer.exporting.export import ExportCancelled, Progress, export, remaining_seconds
from visualizer.exporting.picture import to_bgra
from visualizer.exporting.settings import ExportSettings, frame_steps
from visualizer.exporting.target import SINKS, UNDRAWN
from visualizer.playing.run import Run
from visualizer.registry import PANELS
from visualizer.scenes.scene import Play, Scene
from visualizer.scenes.store import find_scene, shipped_scenes

pytestmark = pytest.mark.usefixtures("toy", "qapp")

ROOT = Path(__file__).parents[3]
SCENE = Scene(panel="roll", parameters={"tolerance": "none"}, play=Play(frames=4, threads=1))
SMALL = ExportSettings(width=160, height=96)
FILMS = [suffix for suffix in SINKS if suffix not in (*UNDRAWN, ".png", ".svg", ".pdf")]
TARGETS = [*(f"run{suffix}" for suffix in SINKS), "frame-%02d.png", "frames"]


def tree(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def made_of(name: str) -> list[str]:
    """The files that an export of four pictures to `name` leaves."""
    if name == "frames":
        return ["frames", *(f"frames/frame-{i:06d}.png" for i in range(4))]
    if name == "run.py":
        return ["run.py", "run-data.npz"]
    return [name % i for i in range(4)] if "%" in name else [name]


# --- what is made ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", TARGETS)
def test_every_kind_is_made(name: str, tmp_path: Path) -> None:
    told: list[Progress] = []
    summary = export(SCENE, str(tmp_path / name), SMALL, progress=told.append)
    assert tree(tmp_path) == sorted(made_of(name))
    assert all(path.stat().st_size > 100 for path in tmp_path.rglob("*.*"))
    assert told == [Progress(i, 4) for i in (1, 2, 3, 4)]
    assert summary["steps"] == 3


@pytest.mark.parametrize("suffix", FILMS)
def test_a_film_has_its_pictures_and_its_rate(suffix: str, tmp_path: Path) -> None:
    settings = SMALL.model_copy(update={"frames_per_second": 5.0})
    export(SCENE, tmp_path / f"run{suffix}", settings)
    if suffix == ".webp":  # PyAV decodes no animated WebP
        _, animation = cv2.imreadanimation(str(tmp_path / "run.webp"))
        assert [frame.shape for frame in animation.frames] == [(96, 160, 4)] * 4
        assert set(animation.durations) == {200}
        return
    with av.open(str(tmp_path / f"run{suffix}")) as film:
        stream = film.streams.video[0]
        assert (stream.width, stream.height) == (160, 96)
        assert len(list(film.decode(stream))) == 4
        if suffix != ".apng":
            assert stream.average_rate == 5


@pytest.mark.parametrize(("size", "film"), [((161, 97), (162, 98)), ((64, 64), (64, 64))])
def test_odd_sizes_can_be_filmed(
    size: tuple[int, int], film: tuple[int, int], tmp_path: Path
) -> None:
    settings = ExportSettings(width=size[0], height=size[1])
    export(SCENE, tmp_path / "run.mp4", settings)
    with av.open(str(tmp_path / "run.mp4")) as container:
        stream = container.streams.video[0]
        assert (stream.width, stream.height) == film
        assert stream.codec_context.pix_fmt == "yuv420p"


def test_the_largest_size_can_be_exported(tmp_path: Path) -> None:
    settings = ExportSettings(width=3840, height=2160, frames=2)
    export(SCENE, tmp_path / "run.png", settings)
    export(SCENE, tmp_path / "run.mp4", settings)
    assert QImage(str(tmp_path / "run.png")).width() == 3840
    with pytest.raises(ParameterError, match="width is 3841; it must be at most 3840"):
        _load(width=3841)


def _load(**settings: Any) -> ExportSettings:
    from kernels.editing import load

    return load(ExportSettings, settings)


def test_one_picture_is_that_of_the_end_and_numbered_ones_are_those_on_the_way(
    tmp_path: Path,
) -> None:
    for name in ("end.png", "frames"):
        export(SCENE, tmp_path / name, SMALL)
    pictures = [path.read_bytes() for path in sorted((tmp_path / "frames").iterdir())]
    assert len(set(pictures)) == 4
    assert pictures[-1] == (tmp_path / "end.png").read_bytes()


def test_a_transparent_film_has_alpha(tmp_path: Path) -> None:
    clear = SMALL.model_copy(update={"transparent": True})
    export(SCENE, tmp_path / "a.png", clear)
    assert (to_bgra(QImage(str(tmp_path / "a.png")))[..., 3] == 0).mean() > 0.5
    export(SCENE, tmp_path / "run.apng", clear)
    with av.open(str(tmp_path / "run.apng")) as film:
        frame = next(film.decode(video=0)).to_ndarray(format="rgba")
    assert (frame[..., 3] == 0).mean() > 0.5
    for suffix in (".mp4", ".gif"):
        with pytest.raises(ExportError, match=f"A {suffix} file has no transparency; .png, .svg"):
            export(SCENE, tmp_path / f"run{suffix}", clear)


def test_recorded_inputs_come_in_an_export(tmp_path: Path) -> None:
    inputs = [{"step": 2, "set": {"balls.0.learning_rate": 0.4, "balls.0.name": "fast"}}]
    with pytest.raises(SceneError, match="which cannot change while a run goes on"):
        export(Scene(panel="roll", inputs=inputs), tmp_path / "run.csv")
    inputs[0]["set"] = {"balls.0.learning_rate": 0.4}
    export(
        SCENE.model_copy(update={"inputs": Scene(panel="x", inputs=inputs).inputs}),
        tmp_path / "run.json",
    )
    rows = json.loads((tmp_path / "run.json").read_text())["rows"]
    heights = [row["height"] for row in rows]
    # With curvature 2 a step leaves 1 - 2 rate of the distance: 0.8 before step 2, 0.2 after.
    assert np.divide(heights[1:], heights[:-1]) == pytest.approx([0.8, 0.8, 0.2])


def test_a_run_that_ends_before_ends_the_export(tmp_path: Path) -> None:
    told: list[Progress] = []
    scene = Scene(panel="roll", parameters={"balls": [{"learning_rate": 0.25}]})
    export(scene, tmp_path / "frames", SMALL, progress=told.append)
    assert len(list((tmp_path / "frames").iterdir())) == 13
    assert told[-2:] == [Progress(12, 300), Progress(13, 13)]


# --- the steps ---------------------------------------------------------------------------------


@given(st.integers(1, 400), st.integers(2, 1000))
def test_log_spacing_keeps_count_ends_and_order(count: int, stride: int) -> None:
    linear = frame_steps(Play(frames=count, steps_per_frame=stride), ExportSettings())
    spread = frame_steps(Play(frames=count, steps_per_frame=stride), ExportSettings(spacing="log"))
    assert linear == list(range(0, count * stride, stride))
    assert len(spread) == count
    assert (spread[0], spread[-1]) == (0, linear[-1])
    gaps = np.diff(spread)
    assert (gaps >= 1).all()
    assert (np.diff(gaps) >= -1).all()  # ever further apart, but for rounding


def test_log_spacing_multiplies() -> None:
    play = Play(frames=8, steps_per_frame=1)
    spread = frame_steps(play, ExportSettings(spacing="log", steps_per_frame=1000))
    assert spread == [0, *(round(7000 ** (i / 6)) for i in range(7))]


def test_log_spacing_is_refused_where_it_would_change_nothing(tmp_path: Path) -> None:
    scene = SCENE.model_copy(update={"play": Play(frames=8, steps_per_frame=1)})
    with pytest.raises(ParameterError, match=r"at 1 step a picture .* Give more steps a picture"):
        export(scene, tmp_path / "run.csv", ExportSettings(spacing="log"))
    assert tree(tmp_path) == []
    two = ExportSettings(spacing="log", frames=2)  # a first and a last picture lie anyhow
    assert frame_steps(scene.play, two) == [0, 1]


def test_settings_overrule_the_scene_and_full_speed_goes_step_by_step() -> None:
    play = Play(frames=3, steps_per_frame=0)
    assert frame_steps(play, ExportSettings()) == [0, 1, 2]
    assert frame_steps(play, ExportSettings(frames=2, steps_per_frame=50)) == [0, 50]


def test_the_remaining_time() -> None:
    assert remaining_seconds(3.0, Progress(0, 10)) is None
    assert remaining_seconds(3.0, Progress(2, 10)) == 12.0


def test_a_document_is_of_the_run_as_it_is_in_the_end(tmp_path: Path) -> None:
    export(SCENE, tmp_path / "a.b.py", SMALL)
    run = Run(SCENE)
    run.advance(3)
    wanted = repr(run.simulation.places.tolist())
    for name in ("a.b.py", "a.b-data.npz"):
        assert (tmp_path / name).read_text().rstrip() == wanted


# --- what goes wrong ---------------------------------------------------------------------------


@pytest.fixture(params=TARGETS)
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A target where something was exported before."""
    target = tmp_path / str(request.param)
    if target.suffix:
        target.write_text("old")
    else:
        target.mkdir()
        (target / "frame-000000.png").write_text("old")
    return target


def untouched(target: Path) -> bool:
    """Whether only the old export is there."""
    if target.suffix:
        return tree(target.parent) == [target.name] and target.read_text() == "old"
    files = [target.name, f"{target.name}/frame-000000.png"]
    return tree(target.parent) == files and (target.parent / files[1]).read_text() == "old"


def test_a_run_without_that_document_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = "'Rolling balls' with these parameters has nothing to write as .py; it has"
    monkeypatch.setattr(toy_panel.Rolling, "documents", toy_panel.Rolling.documents[:1])
    with pytest.raises(ExportError, match=rf"{told} \.safetensors\. Choose"):
        export(SCENE, tmp_path / "run.py", SMALL)
    monkeypatch.setattr(toy_panel.Rolling, "documents", ())
    with pytest.raises(ExportError, match=f"{told} pictures and numbers"):
        export(SCENE, tmp_path / "run.py", SMALL)
    assert tree(tmp_path) == []


def test_a_cancelled_export_leaves_what_was_there(old: Path) -> None:
    told: list[Progress] = []
    with pytest.raises(ExportCancelled, match="was cancelled; nothing was written"):
        export(SCENE, old, SMALL, progress=told.append, cancelled=lambda: len(told) == 2)
    assert len(told) == 2
    assert untouched(old)


def test_an_export_cancelled_at_the_very_end_leaves_what_was_there(old: Path) -> None:
    told: list[Progress] = []
    with pytest.raises(ExportCancelled):
        export(SCENE, old, SMALL, progress=told.append, cancelled=lambda: len(told) == 4)
    assert untouched(old)


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_a_failure_in_the_run_leaves_what_was_there(
    old: Path, error: type[BaseException], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(self: toy_panel.Rolling) -> None:
        if self.step_count == 2:
            raise error("no such thing")

    monkeypatch.setattr(toy_panel.Rolling, "observe", fail)
    with pytest.raises(error):
        export(SCENE, old, SMALL)
    assert untouched(old)


def test_a_failure_to_draw_leaves_what_was_there(
    old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(self: toy_panel.RollPanel, frame: toy_panel.RollFrame) -> None:
        raise RuntimeError("cannot draw")

    monkeypatch.setattr(toy_panel.RollPanel, "draw", fail)
    if old.suffix in UNDRAWN:
        export(SCENE, old, SMALL)  # nothing is drawn
        return
    with pytest.raises(RuntimeError, match="cannot draw"):
        export(SCENE, old, SMALL)
    assert untouched(old)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has /dev/full")
def test_a_full_disk_leaves_what_was_there(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def full(*place: Any, workplace: Any = exporting.workplace) -> Iterator[Path]:
        with workplace(*place) as folder:
            names = [old.name, f"{old.name}.frames", "frame-000000.png", "frame-00.png"]
            for name in names:
                (folder / name).symlink_to("/dev/full")
            yield folder

    monkeypatch.setattr(exporting, "workplace", full)
    with pytest.raises(ExportError, match=r"The disk is full; .* was not written. Make room"):
        export(SCENE, old, SMALL)
    assert untouched(old)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("no/film.mp4", r"There is no folder '.*/no'\. Make it"),
        ("film.mov", r"'film.mov' ends in '.mov'"),
        ("folder.mp4", r"folder.mp4 is a folder, not a file"),
        ("%d-%d.png", r"has 2 places for the number"),
    ],
)
def test_a_target_that_cannot_be_is_told(name: str, told: str, tmp_path: Path) -> None:
    (tmp_path / "folder.mp4").mkdir()
    with pytest.raises(ExportError, match=told):
        export(SCENE, tmp_path / name, SMALL)
    assert tree(tmp_path) == ["folder.mp4"]


def test_a_view_that_cannot_be_is_told(tmp_path: Path) -> None:
    scene = SCENE.model_copy(update={"view": {"log": "maybe"}})
    with pytest.raises(ParameterError, match="log is 'maybe'"):
        export(scene, tmp_path / "run.mp4", SMALL)
    assert tree(tmp_path) == []


# --- the same twice ----------------------------------------------------------------------------

EXPORT_ALL = """
import sys
from pathlib import Path
from tests.visualizer.toy_panel import INFO
from visualizer import registry
registry.PANELS = (INFO,)
from visualizer.exporting.export import export
from visualizer.exporting.settings import ExportSettings
from visualizer.scenes.scene import Play, Scene
noisy = {"noise": {"low": -1.0, "high": 1.0}}
scene = Scene(panel="roll", parameters=noisy, play=Play(frames=8, steps_per_frame=3))
for name in sys.argv[2:]:
    export(scene, Path(sys.argv[1]) / name, ExportSettings(width=320, height=180))
"""


def test_two_processes_make_the_same_bytes(tmp_path: Path) -> None:
    environment = {k: v for k, v in os.environ.items() if "DISPLAY" not in k}
    environment.pop("QT_QPA_PLATFORM", None)
    environment.pop("EGL_PLATFORM", None)
    processes = []
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        command = [sys.executable, "-c", EXPORT_ALL, str(tmp_path / folder), *TARGETS]
        pipe = subprocess.PIPE
        processes.append(
            subprocess.Popen(command, cwd=ROOT, env=environment, stdout=pipe, stderr=pipe)
        )
    for process in processes:
        assert process.communicate(timeout=100) == (b"", b"")
        assert process.returncode == 0
    first, second = (_hashes(tmp_path / folder) for folder in ("a", "b"))
    assert len(first) == len(TARGETS) + 1 + 2 * 7
    assert first == second


def _hashes(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
    }


# --- what there is in the registry -------------------------------------------------------------


@pytest.mark.parametrize("name", sorted({*(info.key for info in PANELS), *shipped_scenes()}))
def test_every_scene_that_ships_is_exported(name: str, tmp_path: Path) -> None:
    scene = find_scene(name)
    scene = scene.model_copy(update={"play": scene.play.model_copy(update={"threads": 1})})
    settings = ExportSettings(width=640, height=360, frames=2)
    export(scene, tmp_path / "%d.png", settings)
    export(scene, tmp_path / "run.npz", settings)
    first, second = (to_bgra(QImage(str(tmp_path / f"{i}.png"))) for i in (0, 1))
    assert first.shape == second.shape == (360, 640, 4)
    assert len(np.unique(second.reshape(-1, 4), axis=0)) > 20
    with np.load(tmp_path / "run.npz", allow_pickle=False) as data:
        assert data["step"].shape == (2,)
