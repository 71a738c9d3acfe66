"""The program as it is started in a terminal, and what it said there."""

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROGRAM = [sys.executable, "-m", "visualizer"]
SMALL = ["--size", "160x96", "--frames", "4", "--set", "tolerance=none"]


def said(capsys: pytest.CaptureFixture[str]) -> str:
    """What was said on standard error, if nothing was printed."""
    out, err = capsys.readouterr()
    assert out == ""
    return err
