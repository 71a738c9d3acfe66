"""What losses over data have in common: where data are from, standardising, and mini-batches."""

from abc import abstractmethod
from collections.abc import Callable
from typing import Annotated, Any, Literal

import numpy as np
import torch
from pydantic import Field
from torch import Tensor

from kernels.datasets import Batches, column_names, read_table
from kernels.errors import DataError
from kernels.objectives.base import Objective, read_only
from kernels.parameters import Parameters, setting
from kernels.simulation import Array
from kernels.tables import Table

LARGEST = 1e100  # beyond it squares overflow


def data_seed() -> Any:
    """The field of built-in data for the seed that they are drawn from."""
    return setting(0, help="What the points are drawn from.", ge=0, le=2**32 - 1)


class TableData(Parameters):
    """Two columns of a table."""

    kind: Literal["csv"] = "csv"
    file: str = setting(
        "resource:data/study-hours.csv",
        help="The table; its first row names the columns.",
        source="CSV (*.csv *.tsv *.txt)",
        resets=("x_column", "y_column"),
    )
    x_column: str = setting(
        "",
        help="The column of x by its name; empty for the first that holds numbers.",
        label="Column x",
        labels={"": "Automatic"},
        offers=lambda data: data.columns(),
    )
    y_column: str = setting(
        "",
        help="The column of y by its name; empty for the next one that fits.",
        label="Column y",
        labels={"": "Automatic"},
        offers=lambda data: data.columns(),
    )

    def columns(self) -> tuple[str, ...]:
        """What a column may be: one of those of the file, or empty; nothing without a file."""
        names = column_names(self.file)
        return ("", *names) if names else ()


class FullBatch(Parameters):
    """Every step uses all samples."""

    kind: Literal["full"] = "full"


class MiniBatches(Parameters):
    """Every step uses a few samples; an epoch goes once through all of them."""

    kind: Literal["mini"] = "mini"
    size: int = setting(
        10,
        help="How many samples a step uses, if there are more.",
        unit="samples",
        ge=1,
        le=1_000_000,
        slider=(1, 64),
    )
    epochs: int = setting(
        0,
        help="After how many passes through the data a race stops; 0 leaves that to its horizon "
        "in steps.",
        unit="epochs",
        ge=0,
        le=1_000_000,
        slider=(0, 50),
        live=True,
    )
    shuffle: bool = setting(True, help="Whether each epoch takes the samples in a new order.")
    seed: int = setting(0, help="What that order is drawn from.", ge=0, le=2**32 - 1)

    def idle(self) -> frozenset[str]:
        return frozenset() if self.shuffle else frozenset({"seed"})


class DataParameters(Parameters):
    """Where data come from and how many of them a step uses."""

    data: Any
    standardise: bool = setting(
        False, help="Shift and scale x to mean 0 and standard deviation 1.", label="Standardise x"
    )
    batches: Annotated[FullBatch | MiniBatches, Field(discriminator="kind")] = setting(
        FullBatch(),
        help="Which samples a step uses: all of them, or a few after the others.",
        labels={"full": "Full batch", "mini": "Mini-batches"},
    )

    @property
    def batch_size(self) -> int:
        """How many samples a step uses; 0 for all of them."""
        return self.batches.size if isinstance(self.batches, MiniBatches) else 0


class DataObjective(Objective):
    """A loss that is the mean over data points (x_i, y_i).

    `x` and `y`, each (N,), are refused with a `DataError` where x is the same everywhere or a
    number is too large; with `standardise` x is taken in standard deviations from its mean.
    """

    data: tuple[Array, Array]

    def __init__(
        self,
        parameters: DataParameters,
        x: Array,
        y: Array,
        data_axes: tuple[str, str],
        device: torch.device,
        dtype: torch.dtype,
    ) -> None:
        for name, values in zip(data_axes, (x, y), strict=True):
            if np.abs(values).max() > LARGEST:
                raise DataError(
                    f"'{name}' holds numbers beyond {LARGEST:g}, whose squares cannot be computed. "
                    "Give it in another unit."
                )
        if np.ptp(x) == 0 or x.std() == 0:
            raise DataError(
                f"'{data_axes[0]}' is {x[0]:g} in every row, which determines no curve. "
                "Choose a column in which the values differ."
            )
        if parameters.standardise:
            x = (x - x.mean()) / x.std()
            data_axes = (f"{data_axes[0]} (standardised)", data_axes[1])
        self.data = (read_only(x), read_only(y))
        self.data_axes = data_axes
        self.samples = len(x)
        self.device = device
        self.like_units = parameters.standardise  # then slope and intercept are both in units of y
        self.x = torch.tensor(x, dtype=dtype, device=device)  # (N,)
        self.y = torch.tensor(y, dtype=dtype, device=device)  # (N,)
        self._batches: Batches | None = None
        batches = parameters.batches
        if isinstance(batches, MiniBatches) and batches.size < self.samples:
            self._batches = Batches(self.samples, batches.size, batches.seed, batches.shuffle)
        self._epoch = -1
        self._order: Tensor | None = None  # that of this epoch, on the device

    def batch(self, step: int) -> Tensor | None:
        if self._batches is None:
            return None
        epoch = self._batches.epoch_of(step)
        if self._order is None or self._epoch != epoch:
            order = self._batches.order(epoch)
            self._epoch, self._order = epoch, torch.tensor(order, device=self.x.device)
        return self._order[self._batches.part(step)]  # (B,)

    @property
    def steps_per_epoch(self) -> int:
        return 1 if self._batches is None else self._batches.per_epoch

    def _samples(self, batch: Tensor | None) -> tuple[Tensor, Tensor]:
        """All samples, or those in `batch`: their x and y, each (B,)."""
        return (self.x, self.y) if batch is None else (self.x[batch], self.y[batch])

    @abstractmethod
    def predict(self, point: tuple[float, ...], x: Array) -> Array:
        """What the model with its coordinates at `point` predicts for `x`, of the same shape."""


def read_columns(
    data: TableData, fits: Callable[[Array], bool] = lambda values: True, fitting: str = "numbers"
) -> tuple[Table, str, str]:
    """The table of `data` and the names of its columns of x and y, both of numbers.

    Columns that are not named are chosen: the first for x, and for y the next one that `fits`,
    which in words is one that holds `fitting`. Raises `DataError`.
    """
    table = read_table(data.file)
    if not table.columns:
        raise DataError(f"{table.name} has no column of numbers. {table.faults[table.names[0]]}")
    x, y = data.x_column, data.y_column
    x = x or next((name for name in table.columns if name != y), "")
    y = y or next((n for n, values in table.columns.items() if n != x and fits(values)), "")
    if not (x and y):
        why = next(iter(table.faults.values()), "Choose other columns, or another file.")
        taken, missing, needed = ("x", "y", fitting) if x else ("y", "x", "numbers")
        raise DataError(
            f"In {table.name}, column '{x or y}' is taken for {taken}, and there is none beside it "
            f"for {missing}, which must hold {needed}; the columns are {', '.join(table.names)}. "
            f"{why}"
        )
    table.column(x)
    table.column(y)
    return table, x, y
