"""A straight line through data by least squares: the loss surface over slope m and intercept b."""

import math
from typing import Annotated, Literal

import numpy as np
import torch
from pydantic import Field
from torch import Tensor

from kernels.objectives.base import Bounds, Minimum, framed
from kernels.objectives.data_objective import (
    DataObjective,
    DataParameters,
    TableData,
    data_seed,
    read_columns,
)
from kernels.parameters import Parameters, setting
from kernels.simulation import Array

Columns = tuple[Array, Array, tuple[str, str]]  # x (N,), y (N,), and their names


class TwoPoints(Parameters):
    """The points (1, 3) and (2, 5)."""

    kind: Literal["two points"] = "two points"


class NoisyLine(Parameters):
    """Points around y = 2 x + 1."""

    kind: Literal["noisy line"] = "noisy line"
    count: int = setting(
        200, help="How many points there are.", label="Points", ge=2, le=100_000, slider=(2, 500)
    )
    noise: float = setting(
        0.5,
        help="The standard deviation of the points from the line.",
        ge=0,
        le=1e6,
        slider=(0, 5),
    )
    seed: int = data_seed()


class LineParameters(DataParameters):
    """A line y = m x + b, fitted by the mean squared error."""

    kind: Literal["line"] = "line"
    data: Annotated[TwoPoints | NoisyLine | TableData, Field(discriminator="kind")] = setting(
        TwoPoints(),
        help="Two points (1, 3) and (2, 5), points around y = 2 x + 1, or a table of your own.",
        labels={"csv": "CSV file"},
    )


class LineObjective(DataObjective):
    """The mean squared error of y = m x + b, a quadratic whose minimum is known in closed form.

    Over all samples the loss is written around its minimum (m*, b*), where the residuals have mean
    zero and do not correlate with x: loss* + var(x) (m - m*)^2 + (mean(x) (m - m*) + b - b*)^2
    (Hastie, Tibshirani & Friedman 2009, The Elements of Statistical Learning, 3.2). That costs the
    same for two points and for a million, and cancels no digits near the minimum.
    """

    axes = ("m", "b")
    formula = r"L(m, b) = \frac{1}{N} \sum_i (m x_i + b - y_i)^2"
    source = "Least squares: Legendre 1805; Gauss 1809"
    is_quadratic = True

    def __init__(
        self, parameters: LineParameters, device: torch.device, dtype: torch.dtype
    ) -> None:
        x, y, data_axes = _points(parameters.data)
        super().__init__(parameters, x, y, data_axes, device, dtype)
        x, y = self.data
        self._mean, self._variance = float(x.mean()), float(x.var())
        self.slope = float(np.mean((x - self._mean) * (y - y.mean()))) / self._variance
        self.intercept = float(y.mean()) - self.slope * self._mean
        self._floor = float(np.mean((y - self.intercept - self.slope * x) ** 2))
        self.infimum = self._floor
        self.minima = (Minimum((self.slope, self.intercept), self._floor, "global"),)
        self.is_round = parameters.standardise  # the Hessian is then twice the identity
        self.title = _title(parameters, self.data_axes)
        self.start = (0.0, 0.0) if isinstance(parameters.data, TableData) else (-1.0, 5.0)
        self.domain = self._frame(0.5 * (float(y.std()) or 1.0))

    def _frame(self, scale: float) -> tuple[Bounds, Bounds]:
        m = framed(self.start[0], self.slope, scale / math.sqrt(self._variance))
        b = framed(self.start[1], self.intercept, scale)
        if self.is_round:  # the same scale on both axes, so that it looks round
            half = max(m[1] - self.slope, b[1] - self.intercept)
            m = (self.slope - half, self.slope + half)
            b = (self.intercept - half, self.intercept + half)
        return m, b

    def loss(self, points: Tensor, batch: Tensor | None = None) -> Tensor:
        if batch is None:
            m, b = points.unbind(-1)
            m, b = m - self.slope, b - self.intercept
            return self._floor + self._variance * m**2 + (self._mean * m + b) ** 2
        x, y = self._samples(batch)
        m, b = points.unsqueeze(-1).unbind(-2)  # (..., 1) each
        return ((m * x + b - y) ** 2).mean(-1)

    def predict(self, point: tuple[float, ...], x: Array) -> Array:
        return point[0] * x + point[1]


def _points(data: TwoPoints | NoisyLine | TableData) -> Columns:
    match data:
        case TwoPoints():
            return np.array([1.0, 2.0]), np.array([3.0, 5.0]), ("x", "y")
        case NoisyLine():
            generator = np.random.default_rng(data.seed)
            abscissas = generator.uniform(0.0, 4.0, data.count)
            errors = generator.normal(0.0, data.noise, data.count)
            return abscissas, 2 * abscissas + 1 + errors, ("x", "y")
        case TableData():
            table, x, y = read_columns(data)
            return table.column(x), table.column(y), (x, y)


def _title(parameters: LineParameters, data_axes: tuple[str, str]) -> str:
    match parameters.data:
        case TwoPoints():
            what = "A line through two points"
        case NoisyLine(count=count):
            what = f"A line through {count} noisy points"
        case TableData():
            what = f"{data_axes[1]} against {data_axes[0].removesuffix(' (standardised)')}"
    return f"{what}, x standardised" if parameters.standardise else what
