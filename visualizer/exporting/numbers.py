"""The numbers of a run: JSON with a summary, CSV rows, NumPy arrays.

JSON knows no infinite numbers; they are written as the texts "nan", "inf" and "-inf", which
Python's and NumPy's ``float`` read.
"""

import csv
import json
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from kernels.editing import dump
from kernels.simulation import Array, Frame, Scalar
from visualizer.exporting.sink import Job, Sink


class NumbersSink(Sink):
    """Collects what frames say, and writes it as JSON, CSV or NumPy arrays."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._rows: list[dict[str, Scalar]] = []
        self._arrays: list[dict[str, Array]] = []

    def add(self, frame: Frame) -> None:
        self._rows.append(frame.row())
        if self._job.suffix == ".npz":
            self._arrays.append(frame.arrays())

    def finish(self, cancelled: Callable[[], bool]) -> None:
        match self._job.suffix:
            case ".json":
                self._write_json()
            case ".csv":
                self._write_csv()
            case ".npz":
                self._write_npz()

    def close(self) -> None:
        """Nothing is open."""

    def _write_json(self) -> None:
        run = self._job.run
        data = {"scene": dump(run.scene), "summary": run.summary(), "rows": self._rows}
        text = json.dumps(json_ready(data), indent=1, allow_nan=False, ensure_ascii=False)
        (self._job.folder / self._job.name).write_text(text + "\n", encoding="utf-8", newline="\n")

    def _write_csv(self) -> None:
        path = self._job.folder / self._job.name
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, _names(self._rows), lineterminator="\n")
            writer.writeheader()
            writer.writerows(self._rows)

    def _write_npz(self) -> None:
        """Scalars as (frames,), arrays as (frames, ...); those whose shape changes, one by one."""
        columns = {name: _column([r.get(name) for r in self._rows]) for name in _names(self._rows)}
        for name in _names(self._arrays):
            values = [arrays.get(name) for arrays in self._arrays]
            if len({None if value is None else value.shape for value in values}) == 1:
                columns[name] = np.stack([value for value in values if value is not None])
            else:
                columns |= {f"{name}.{i:06d}": v for i, v in enumerate(values) if v is not None}
        np.savez_compressed(self._job.folder / self._job.name, **columns)  # type: ignore[arg-type]


def json_ready(value: Any) -> Any:
    """`value` with plain numbers only: those of NumPy and the infinite ones are none in JSON."""
    if isinstance(value, dict):
        return {key: json_ready(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [json_ready(item) for item in value]
    if isinstance(value, np.generic):
        return json_ready(value.item())
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value


def _column(values: Sequence[Scalar]) -> Array:
    """(frames,): numbers, with NaN where there is none; or texts, with an empty one there."""
    gap = "" if any(isinstance(value, str) for value in values) else math.nan
    return np.array([gap if value is None else value for value in values])


def _names(rows: Sequence[dict[str, Any]]) -> list[str]:
    """All keys, in the order in which they first come."""
    return list(dict.fromkeys(name for row in rows for name in row))
