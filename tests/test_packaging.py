"""What is installed is what is meant: one OpenCV, our own kernels, a wheel with all its files."""

import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from importlib.metadata import distributions, packages_distributions
from pathlib import Path

import cv2
import pytest

import kernels

ROOT = Path(__file__).parents[1]
PACKAGES = ("kernels", "widgets", "visualizer", "resources")


def test_opencv_is_the_one_without_qt() -> None:
    names = {distribution.name.lower() for distribution in distributions()}
    assert {name for name in names if name.startswith("opencv-")} == {"opencv-python-headless"}
    gui = cv2.getBuildInformation().partition("GUI:")[2].partition("Media I/O:")[0]
    assert "NONE" in gui
    assert "QT" not in gui.upper()


def test_qt_is_the_one_without_web_engine() -> None:
    names = {distribution.name.lower().replace("_", "-") for distribution in distributions()}
    assert {name for name in names if name.startswith("pyside6")} == {"pyside6-essentials"}


def test_kernels_are_ours() -> None:
    assert Path(kernels.__file__).parent == ROOT / "kernels"
    assert set(packages_distributions().get("kernels", [])) <= {"layerscope"}


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what the wheel is built from: a build writes into its source."""
    folder = tmp_path_factory.mktemp("source")
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, folder)
    for package in PACKAGES:
        ignore = shutil.ignore_patterns("__pycache__", ".*")
        shutil.copytree(ROOT / package, folder / package, ignore=ignore)
        (folder / package / "__pycache__").mkdir()
        (folder / package / "__pycache__" / "left.pyc").touch()
    return folder


@pytest.fixture(scope="module")
def wheel(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    run(
        *(sys.executable, "-m", "pip", "wheel", source, "--wheel-dir", folder),
        *("--no-deps", "--no-build-isolation", "--no-index"),
    )
    (built,) = folder.glob("layerscope-*-py3-none-any.whl")
    return built


def run(*command: str | Path, cwd: Path | None = None) -> str:
    result = subprocess.run(
        command, cwd=cwd, capture_output=True, text=True, timeout=100, check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


@pytest.mark.slow
def test_the_wheel_holds_every_file_and_no_other(source: Path, wheel: Path) -> None:
    expected = {
        path.relative_to(source).as_posix()
        for package in PACKAGES
        for path in (source / package).rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
        licences = {n.rpartition("/")[2] for n in archive.namelist() if "/licenses/" in n}

    assert names == expected
    assert {"resources/fonts/Inter-Regular.ttf", "resources/images/cat.jpg"} <= names
    assert any(n.startswith("resources/scenes/") and n.endswith(".toml") for n in names)
    assert licences == {"LICENSE", *(p.name for p in (ROOT / "resources/fonts").glob("OFL-*.txt"))}


@pytest.mark.slow
def test_the_wheel_runs_and_finds_its_resources(wheel: Path, tmp_path: Path) -> None:
    environment = tmp_path / "environment"
    venv.create(environment)
    scripts = environment / ("Scripts" if sys.platform == "win32" else "bin")
    python = scripts / ("python.exe" if sys.platform == "win32" else "python")
    install = (sys.executable, "-m", "pip", "--python", python, "install", "--no-deps")
    run(*install, "--no-index", wheel)
    # Its dependencies are those of this environment: only the wheel itself is on trial.
    purelib = run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip()
    (Path(purelib) / "dependencies.pth").write_text(sysconfig.get_path("purelib"))

    where = run(python, "-P", "-c", "import resources; print(resources.__file__)", cwd=tmp_path)
    assert Path(where.strip()).is_relative_to(environment)
    for command in ((scripts / "layerscope",), (python, "-P", "-m", "visualizer")):
        assert "gradient-descent" in run(*command, "panels", cwd=tmp_path)
