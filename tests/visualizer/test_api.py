"""Layerscope from Python: it starts no Qt until something is drawn."""

import doctest
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from kernels.errors import ParameterError
from visualizer import api
from visualizer.api import ExportSettings, Run, export, picture, scene

ROOT = Path(__file__).parents[2]

NUMBERS_WITHOUT_QT = """
import sys
from visualizer.api import Run, export, scene
first = scene("gradient-descent", {"play.frames": 3, "play.threads": 1})
export(first, sys.argv[1])
print(sorted({"PySide6", "shiboken6", "vispy", "pyqtgraph"} & set(sys.modules)))
"""


def test_numbers_are_exported_without_qt(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", NUMBERS_WITHOUT_QT, str(tmp_path / "run.npz")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "[]\n"
    assert (tmp_path / "run.npz").stat().st_size > 500


def test_the_examples_are_true() -> None:
    failed, tried = doctest.testmod(api)
    assert tried >= 4
    assert failed == 0


def test_all_that_is_offered_is_there() -> None:
    assert all(hasattr(api, name) for name in api.__all__)


@pytest.mark.usefixtures("toy", "qapp")
def test_a_run_is_drawn_where_it_is(tmp_path: Path) -> None:
    settings = ExportSettings(width=160, height=96)
    run = Run(scene("roll", {"play.frames": 4, "play.threads": 1, "view.log": True}))
    first = picture(run, settings)
    run.advance(3)
    export(run.scene, str(tmp_path / "end.png"), settings)
    assert picture(run, settings) == (tmp_path / "end.png").read_bytes() != first
    assert QImage.fromData(first).width() == 160


@pytest.mark.usefixtures("toy")
def test_a_wrong_value_is_told() -> None:
    with pytest.raises(ParameterError, match="seed is -1"):
        scene("roll", {"seed": -1})
