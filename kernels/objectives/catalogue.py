"""Everything that can be descended: a union of parameters, and the objective of each."""

from typing import Annotated

import torch
from pydantic import Field

from kernels.objectives.base import Minimum, Objective
from kernels.objectives.formulas import (
    CurveObjective,
    CurveParameters,
    FormulaObjective,
    FormulaParameters,
)
from kernels.objectives.logistic import LogisticObjective, LogisticParameters
from kernels.objectives.regression import LineObjective, LineParameters
from kernels.objectives.surfaces import SurfaceObjective, SurfaceParameters

__all__ = [
    "OBJECTIVE_LABELS",
    "CurveParameters",
    "FormulaParameters",
    "LineParameters",
    "LogisticParameters",
    "Minimum",
    "Objective",
    "ObjectiveParameters",
    "SurfaceParameters",
    "make_objective",
]

ObjectiveParameters = Annotated[
    LineParameters | LogisticParameters | CurveParameters | SurfaceParameters | FormulaParameters,
    Field(discriminator="kind"),
]

OBJECTIVE_LABELS = {
    "line": "Line through data",
    "logistic": "Logistic curve through data",
    "curve": "Your own f(w)",
    "surface": "Test surface",
    "formula": "Your own f(x, y)",
}


def make_objective(
    spec: ObjectiveParameters, device: torch.device, dtype: torch.dtype
) -> Objective:
    """The objective that `spec` describes, its data on `device` in `dtype`.

    Raises `DataError` if a file cannot be used.
    """
    match spec:
        case LineParameters():
            return LineObjective(spec, device, dtype)
        case LogisticParameters():
            return LogisticObjective(spec, device, dtype)
        case CurveParameters():
            return CurveObjective(spec)
        case SurfaceParameters():
            return SurfaceObjective(spec)
        case FormulaParameters():
            return FormulaObjective(spec)
