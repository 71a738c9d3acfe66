"""The numbers of a run, read back."""

import csv
import json
import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kernels.simulation import Array, Frame, Scalar
from tests.visualizer.toy_panel import RollFrame
from visualizer.exporting.export import export
from visualizer.exporting.numbers import NumbersSink
from visualizer.exporting.settings import ExportSettings
from visualizer.exporting.sink import Job
from visualizer.playing.run import Run
from visualizer.registry import PanelInfo
from visualizer.scenes.scene import Scene, scene_from_mapping

SCENE = Scene(panel="roll", parameters={"tolerance": "none"})
FIVE = ExportSettings(frames=5, steps_per_frame=3)


def expected() -> list[RollFrame]:
    frames = list(Run(SCENE).frames(range(0, 15, 3)))
    assert all(isinstance(frame, RollFrame) for frame in frames)
    return frames  # type: ignore[return-value]


@pytest.mark.usefixtures("toy")
def test_json_holds_scene_rows_and_summary(tmp_path: Path) -> None:
    summary = export(SCENE, tmp_path / "run.json", FIVE)
    text = (tmp_path / "run.json").read_text(encoding="utf-8")
    data = json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
    assert scene_from_mapping(data["scene"]) == SCENE
    assert data["rows"] == [frame.row() for frame in expected()]
    assert [row["rest"] for row in data["rows"]][:2] == [None, 1 / 3]
    assert data["summary"] == {"steps": 12, "ended": None, "worst": "inf"}
    assert summary == {"steps": 12, "ended": None, "worst": math.inf}


@pytest.mark.usefixtures("toy")
def test_csv_holds_the_rows_to_the_last_digit(tmp_path: Path) -> None:
    export(SCENE, tmp_path / "run.csv", FIVE)
    with (tmp_path / "run.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [int(row["step"]) for row in rows] == [0, 3, 6, 9, 12]
    assert [float(row["height"]) for row in rows] == [frame.height for frame in expected()]
    assert [row["rest"] for row in rows][:2] == ["", repr(1 / 3)]
    assert {row["first"] for row in rows} == {"ball"}


@pytest.mark.usefixtures("toy")
def test_npz_holds_arrays_too(tmp_path: Path) -> None:
    export(SCENE, tmp_path / "run.npz", FIVE)
    frames = expected()
    with np.load(tmp_path / "run.npz", allow_pickle=False) as data:
        assert data["step"].tolist() == [0, 3, 6, 9, 12]
        assert data["height"].tolist() == [frame.height for frame in frames]
        assert data["first"].tolist() == ["ball"] * 5
        assert np.isnan(data["rest"][0])
        for i, frame in enumerate(frames):
            assert np.array_equal(data[f"places.{i:06d}"], frame.places)
        assert len(data.files) == 4 + 5


# --- odd frames --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class OddFrame(Frame):
    values: dict[str, Scalar] = field(default_factory=dict)
    grids: dict[str, Array] = field(default_factory=dict)

    def row(self) -> dict[str, Scalar]:
        return {"step": self.step, **self.values}

    def arrays(self) -> dict[str, Array]:
        return self.grids


FRAMES = [
    OddFrame(step=0, values={"loss": 1.0}, grids={"same": np.zeros(2), "late": np.zeros(1)}),
    OddFrame(step=1, values={"loss": math.nan, "word": "a,\nb"}, grids={"same": np.ones(2)}),
    OddFrame(
        step=2,
        values={"loss": -math.inf, "flag": True, "small": np.float32(0.5), "none": None},  # type: ignore[dict-item]
        grids={"same": np.ones(2), "late": np.ones(3)},
    ),
]


def write(suffix: str, folder: Path) -> Path:
    job = Job(run=Run(SCENE), settings=FIVE, folder=folder, name=f"odd{suffix}", suffix=suffix)
    sink = NumbersSink(job)
    for frame in FRAMES:
        sink.add(frame)
    sink.finish(lambda: False)
    sink.close()
    return folder / job.name


def test_what_json_does_not_know_is_written_as_text(toy: PanelInfo, tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = json.loads(write(".json", tmp_path).read_text())["rows"]
    assert rows == [
        {"step": 0, "loss": 1.0},
        {"step": 1, "loss": "nan", "word": "a,\nb"},
        {"step": 2, "loss": "-inf", "flag": True, "small": 0.5, "none": None},
    ]
    assert float(rows[2]["loss"]) == -math.inf


def test_a_table_has_all_columns_and_gaps(toy: PanelInfo, tmp_path: Path) -> None:
    with write(".csv", tmp_path).open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["step", "loss", "word", "flag", "small", "none"]
    assert rows[1]["word"] == "a,\nb"
    assert [row["flag"] for row in rows] == ["", "", "True"]


def test_arrays_that_differ_stand_by_their_frames(toy: PanelInfo, tmp_path: Path) -> None:
    with np.load(write(".npz", tmp_path), allow_pickle=False) as data:
        assert np.array_equal(data["same"], [[0, 0], [1, 1], [1, 1]])
        assert {name for name in data.files if "late" in name} == {"late.000000", "late.000002"}
        assert data["late.000002"].shape == (3,)
        assert np.isnan(data["none"]).all()
        assert data["word"].tolist() == ["", "a,\nb", ""]
        assert data["loss"][2] == -math.inf
