"""The rooms of the house are apart: imports run one way, and none brings in what it must not."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# Imports every module of a package where some libraries cannot be imported at all.
IMPORT_ALL = """
import importlib, json, pkgutil, sys
package, blocked = json.loads(sys.argv[1])
sys.modules |= dict.fromkeys(blocked)
root = importlib.import_module(package)
modules = list(pkgutil.walk_packages(root.__path__, package + "."))
for module in modules:
    importlib.import_module(module.name)
print(len(modules))
"""

QT = ["PySide6", "shiboken6", "pyqtgraph", "vispy"]


def run_python(code: str, *arguments: str) -> str:
    result = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_imports_run_one_way() -> None:
    code = "from importlinter.cli import lint_imports_command; lint_imports_command(['--no-cache'])"
    assert "0 broken" in run_python(code)


@pytest.mark.parametrize(
    ("package", "blocked"),
    [("kernels", [*QT, "widgets", "visualizer"]), ("widgets", ["torch", "kernels", "visualizer"])],
)
def test_every_module_is_imported_without(package: str, blocked: list[str]) -> None:
    assert int(run_python(IMPORT_ALL, json.dumps([package, blocked]))) > 3


@pytest.mark.parametrize(
    ("module", "absent"),
    [
        ("visualizer.api", ["PySide6", "vispy"]),
        ("visualizer.registry", ["PySide6", "torch"]),
        ("visualizer.cli", ["PySide6", "torch", "cv2", "av", "matplotlib"]),
        ("resources", ["PySide6", "torch", "numpy"]),
    ],
)
def test_importing_does_not_import(module: str, absent: list[str]) -> None:
    loaded = run_python(f"import json, sys, {module}; print(json.dumps(list(sys.modules)))")
    assert set(absent) & set(json.loads(loaded)) == set()
