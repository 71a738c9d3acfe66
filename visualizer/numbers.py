"""The numbers of a run: JSON with a summary, CSV rows, NumPy arrays.

JSON knows no infinite numbers; they are written as the strings "nan", "inf" and "-inf", which
Python's and NumPy's ``float`` read.
"""

import csv
import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from kernels.editing import dump
from kernels.simulation import Array, Frame, Scalar
from visualizer.run import Run
from visualizer.sink import Sink


class NumbersSink(Sink):
    """Collects what frames say, and writes it as JSON, CSV or NumPy arrays."""

    def __init__(self, folder: Path, target: Path, suffix: str, run: Run, settings: object) -> None:
        self._path = folder / target.name
        self._suffix = suffix
        self._run = run
        self._rows: list[dict[str, Scalar]] = []
        self._arrays: list[dict[str, Array]] = []

    def add(self, frame: Frame) -> None:
        self._rows.append(frame.row())
        if self._suffix == ".npz":
            self._arrays.append(frame.arrays())

    def finish(self) -> None:
        match self._suffix:
            case ".json":
                self._write_json(self._path, self._run.simulation.summary())
            case ".csv":
                self._write_csv(self._path)
            case ".npz":
                self._write_npz(self._path)

    def abandon(self) -> None:
        self._rows.clear()

    def _write_json(self, path: Path, summary: dict[str, Scalar]) -> None:
        data = {"scene": dump(self._run.scene), "summary": summary, "rows": self._rows}
        path.write_text(
            json.dumps(_plain(data), indent=1, allow_nan=False) + "\n", encoding="utf-8"
        )

    def _write_csv(self, path: Path) -> None:
        names = _names(self._rows)
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, names, restval="")
            writer.writeheader()
            writer.writerows(self._rows)

    def _write_npz(self, path: Path) -> None:
        """Scalars as (frames,), arrays as (frames, ...); those whose shape changes, one by one."""
        columns: dict[str, Array] = {
            name: np.array([row.get(name, math.nan) for row in self._rows])
            for name in _names(self._rows)
            if all(isinstance(row.get(name, math.nan), int | float) for row in self._rows)
        }
        for name in _names(self._arrays):
            values = [arrays[name] for arrays in self._arrays if name in arrays]
            if len(values) == len(self._arrays) and len({v.shape for v in values}) == 1:
                columns[name] = np.stack(values)
            else:
                columns |= {f"{name}.{i:06d}": value for i, value in enumerate(values)}
        with path.open("wb") as file:
            np.savez_compressed(file, **columns)  # type: ignore[arg-type]


def _names(rows: Sequence[dict[str, Any]]) -> list[str]:
    """All keys, in the order in which they first come."""
    return list(dict.fromkeys(name for row in rows for name in row))


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value
