"""What `make run` does: the window, or the demo as files where no window can be opened."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is a display")

RUN = Path(__file__).parents[1] / "tools" / "run.sh"
PROGRAM = """#!/bin/sh
echo "layerscope $*, display '${DISPLAY:-}'"
[ $# -gt 0 ] || exit %d
"""
DEMO = [
    f"layerscope export gradient-descent -o layerscope-demo.{suffix}, display ''"
    for suffix in ("mp4", "png")
]


def run(tmp_path: Path, display: str, code: int) -> tuple[int, list[str]]:
    """The exit code and the lines of `make run`, where the window ends with `code`."""
    program = tmp_path / ".venv" / "bin" / "layerscope"
    program.parent.mkdir(parents=True)
    program.write_text(PROGRAM % code)
    program.chmod(0o755)
    kept = {name: value for name, value in os.environ.items() if name != "WAYLAND_DISPLAY"}
    done = subprocess.run(
        ["sh", RUN], cwd=tmp_path, env=kept | {"DISPLAY": display}, capture_output=True, text=True
    )
    assert done.stderr == ""
    return done.returncode, done.stdout.splitlines()


@pytest.mark.parametrize("code", [0, 1, 139])
def test_the_window_is_opened_and_how_it_ends_is_told(tmp_path: Path, code: int) -> None:
    assert run(tmp_path, ":0", code) == (code, ["layerscope , display ':0'"])


def test_without_a_display_the_demo_is_rendered(tmp_path: Path) -> None:
    code, (told, *done) = run(tmp_path, "", 2)
    assert told.startswith("There is no display here: rendering gradient descent to layerscope-de")
    assert (code, done) == (0, DEMO)


def test_where_the_display_does_not_answer_the_demo_is_rendered(tmp_path: Path) -> None:
    code, (opened, told, *done) = run(tmp_path, ":0", 2)
    assert opened == "layerscope , display ':0'"
    assert told.startswith("Rendering gradient descent to layerscope-demo.mp4 and layerscope-demo.")
    assert (code, done) == (0, DEMO)
