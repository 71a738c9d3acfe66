"""Data of a person's own in the window: chosen, refused with what is needed to mend them, used."""

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from tests.visualizer.windows import Bench, opened
from widgets.forms.field_row import FieldRow

LAB = 'panel = "training"\n[parameters]\ndataset = "csv"\n'


def row(bench: Bench, path: str) -> FieldRow:
    view = bench.window.parameter_form.view(path)
    assert isinstance(view, FieldRow)
    return view


def targets(bench: Bench) -> list[str]:
    return [choice.label for choice in row(bench, "dataset.target").field.choices]


def editor(bench: Bench, path: str) -> Any:
    return row(bench, path).editor


def test_a_table_that_is_refused_offers_its_columns_until_one_of_them_can_be_learned(
    qtbot: QtBot, tmp_path: Path
) -> None:
    table = tmp_path / "own.csv"
    lines = [f"{i},{i * i % 5},{'ab'[i % 2]},same,{i if i else ''}" for i in range(12)]
    table.write_text("\n".join(["width,height,kind,year,remark", *lines]) + "\n")
    with opened(qtbot) as bench:
        bench.open(LAB)
        bench.show()
        before = bench.value("dataset.file")
        editor(bench, "dataset.file").line.offer(str(table))
        qtbot.waitUntil(lambda: "'remark' of own.csv has no value in row 2" in bench.told())
        own = ["Last column", "width", "height", "kind", "year", "remark"]
        assert targets(bench) == own
        assert bench.value("dataset.file") == before  # what learns goes on as it is
        editor(bench, "dataset.target").box.chosen.emit("year")
        qtbot.waitUntil(lambda: "'year' of own.csv is same in every row" in bench.told())
        assert targets(bench) == own
        assert editor(bench, "dataset.file").line.text() == f"file:{table}"
        editor(bench, "dataset.target").box.chosen.emit("kind")
        qtbot.waitUntil(lambda: "'remark'" in bench.told())  # it is one of the features, too
        assert targets(bench) == own
        features = editor(bench, "dataset.features").line
        features.setText("width, height")
        features.commit()
        qtbot.waitUntil(lambda: bench.told() == "")
        assert bench.value("dataset.file") == f"file:{table}"
        assert bench.value("dataset.target") == "kind"
        assert targets(bench) == own


def test_a_folder_of_pictures_is_chosen_by_a_button(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("cats", "dogs"):
        (tmp_path / name).mkdir()
        for i in range(3):
            pixels = np.random.default_rng(i).integers(0, 256, (9, 9, 3)).astype(np.uint8)
            assert cv2.imwrite(str(tmp_path / name / f"{i}.png"), pixels)
    with opened(qtbot) as bench:
        bench.open('panel = "training"\n[parameters]\nnetwork = "784-256-10"\n')
        bench.show()
        bench.workbench.edits.set_value("dataset", "pictures")
        qtbot.waitUntil(lambda: "No folder is named" in bench.told())
        monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path))
        qtbot.waitUntil(lambda: bench.window.parameter_form.view("dataset.folder") is not None)
        editor(bench, "dataset.folder").browse.click()
        qtbot.waitUntil(lambda: bench.told() == "")
        assert bench.value("dataset.folder") == f"file:{tmp_path}"
