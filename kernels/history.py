"""Histories that stay small however long a run is: curves thinned by doubling their stride."""

import numpy as np
import torch
from torch import Tensor

from kernels.simulation import Array, State

CAPACITY = 2000  # points a curve: more than a screen has pixels to show


class Thinned:
    """Series of rows by step number, kept at every `stride`-th step, at most `capacity` of them.

    It is preallocated, and when it is full every other row goes and the stride doubles. What is
    kept depends on step numbers alone: each at which the stride is due is to be recorded. A row of
    a series is (R, ...): R curves with a point each.

    Parameters
    ----------
    rows
        The shape of a row of each series.
    capacity
        An even number.
    stride
        At which steps rows are kept at first.
    """

    def __init__(
        self,
        *rows: tuple[int, ...],
        device: torch.device,
        dtype: torch.dtype,
        capacity: int = CAPACITY,
        stride: int = 1,
    ) -> None:
        self.capacity = capacity
        self.stride = stride
        self.count = 0
        self._series = tuple(
            torch.zeros((row[0], capacity, *row[1:]), device=device, dtype=dtype) for row in rows
        )  # (R, capacity, ...) each: a curve is contiguous

    def record(self, step: int, *rows: Tensor) -> None:
        """Keep the `rows` of step number `step`, one per series, if its turn is due."""
        if step % self.stride:
            return
        if self.count == self.capacity:
            self._halve()
            if step % self.stride:
                return
        for series, row in zip(self._series, rows, strict=True):
            series[:, self.count] = row
        self.count += 1

    def record_all(self, first: int, *rows: Tensor) -> None:
        """Keep what is due of the steps from number `first` on: (R, n, ...) rows per series.

        The same as to `record` each of the n steps by itself.
        """
        at, end = 0, rows[0].shape[1]
        while (at := at - (first + at) % -self.stride) < end:
            if self.count == self.capacity:
                self._halve()
                continue
            taken = min(self.capacity - self.count, -(-(end - at) // self.stride))
            for series, row in zip(self._series, rows, strict=True):
                due = row[:, at :: self.stride][:, :taken]
                series[:, self.count : self.count + taken] = due
            self.count += taken
            at += taken * self.stride

    def _halve(self) -> None:
        half = self.capacity // 2
        for series in self._series:
            series[:, :half] = series[:, ::2].clone()
        self.count = half
        self.stride *= 2

    @property
    def steps(self) -> range:
        """The step numbers of the rows that are kept."""
        return range(0, self.count * self.stride, self.stride)

    def step_numbers(self) -> Array:
        """`steps` as an array, (count,)."""
        return np.arange(self.count) * self.stride

    def with_last(self, series: int, row: Tensor) -> Tensor:
        """All kept rows of a series, and `row` after them as the latest: (R, count + 1, ...)."""
        return torch.cat([self._series[series][:, : self.count], row.unsqueeze(1)], dim=1)

    def up_to(self, step: int, *rows: Tensor) -> tuple[Array, tuple[Tensor, ...]]:
        """All that is kept until `step`, the latest, whose `rows` come last, kept or not.

        Gives the step numbers, (T,), and each series, (R, T, ...).
        """
        steps = self.step_numbers()
        if len(steps) and steps[-1] == step:
            return steps, tuple(self.kept(series) for series in range(len(rows)))
        series = tuple(self.with_last(index, row) for index, row in enumerate(rows))
        return np.append(steps, step), series

    def kept(self, series: int) -> Tensor:
        """The kept rows of a series, (R, count, ...), sharing its memory."""
        return self._series[series][:, : self.count]

    def state(self) -> State:
        """What is kept, in memory of its own."""
        rows = [series[:, : self.count].clone() for series in self._series]
        return {"stride": self.stride, "count": self.count, "rows": rows}

    def restore(self, state: State) -> None:
        """Go back to what `state` kept."""
        self.stride, self.count = state["stride"], state["count"]
        for series, rows in zip(self._series, state["rows"], strict=True):
            series[:, : self.count] = rows
