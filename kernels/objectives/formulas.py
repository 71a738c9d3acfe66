"""Typed objectives: f(x, y) and f(w)."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, model_validator
from torch import Tensor

from kernels.errors import ParameterError
from kernels.expressions.expression import Expression, parse
from kernels.objectives.base import Bounds, FunctionObjective
from kernels.objectives.quadratics import known_of
from kernels.parameters import Parameters, setting

PLANE, LINE = ("x", "y"), ("w",)


def _ordered(low: float, high: float, axis: str) -> None:
    if not low < high:
        raise ParameterError(
            f"The axis of {axis} goes from {low:g} to {high:g}; it must end above where it begins. "
            f"Give a larger {axis}_max or a smaller {axis}_min.",
            f"{axis}_max",
        )


def _in_plane(text: str) -> str:
    parse(text, PLANE)
    return text


def _on_line(text: str) -> str:
    parse(text, LINE)
    return text


class FormulaParameters(Parameters):
    """Your own f(x, y), and the part of the plane that is drawn."""

    kind: Literal["formula"] = "formula"
    text: Annotated[str, AfterValidator(_in_plane)] = setting(
        "x**2 + 3*y**2",
        help="A formula of x and y, with numbers, + - * / ** and the usual functions.",
        label="f(x, y)",
    )
    x_min: float = setting(-3.0, help="Where the x axis begins.", label="x from", ge=-1e6, le=1e6)
    x_max: float = setting(3.0, help="Where the x axis ends.", label="x to", ge=-1e6, le=1e6)
    y_min: float = setting(-3.0, help="Where the y axis begins.", label="y from", ge=-1e6, le=1e6)
    y_max: float = setting(3.0, help="Where the y axis ends.", label="y to", ge=-1e6, le=1e6)

    @model_validator(mode="after")
    def _axes(self) -> "FormulaParameters":
        _ordered(self.x_min, self.x_max, "x")
        _ordered(self.y_min, self.y_max, "y")
        return self


class CurveParameters(Parameters):
    """Your own f(w), and the part of the axis that is drawn."""

    kind: Literal["curve"] = "curve"
    text: Annotated[str, AfterValidator(_on_line)] = setting(
        "3*w**2 - 4*w + 5",
        help="A formula of w, with numbers, + - * / ** and the usual functions.",
        label="f(w)",
    )
    w_min: float = setting(-3.0, help="Where the w axis begins.", label="w from", ge=-1e6, le=1e6)
    w_max: float = setting(4.0, help="Where the w axis ends.", label="w to", ge=-1e6, le=1e6)

    @model_validator(mode="after")
    def _axes(self) -> "CurveParameters":
        _ordered(self.w_min, self.w_max, "w")
        return self


SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


class TypedObjective(FunctionObjective):
    """A typed formula as an objective; it holds no tensors and runs anywhere."""

    def __init__(self, expression: Expression, domain: tuple[Bounds, ...]) -> None:
        self.expression = expression
        self.axes = expression.variables
        self.dimension = len(self.axes)
        self.title = pretty(expression.text)
        self.formula = f"f({', '.join(self.axes)}) = {expression.tex()}"
        self.domain = domain
        known = known_of(expression)
        self.is_quadratic, self.infimum = known.is_quadratic, known.infimum
        self.minima, self.saddles = known.minima, known.saddles

    def value(self, *coordinates: Tensor) -> Tensor:
        return self.expression(*coordinates)


class FormulaObjective(TypedObjective):
    """A typed f(x, y). A descent starts right of the middle and above it, off the diagonal."""

    def __init__(self, parameters: FormulaParameters) -> None:
        x, y = (parameters.x_min, parameters.x_max), (parameters.y_min, parameters.y_max)
        super().__init__(parse(parameters.text, PLANE), (x, y))
        self.start = (x[0] + 5 * (x[1] - x[0]) / 6, y[0] + 3 * (y[1] - y[0]) / 4)


class CurveObjective(TypedObjective):
    """A typed f(w). A descent starts six sevenths along the axis: at w = 3 of the default one."""

    def __init__(self, parameters: CurveParameters) -> None:
        low, high = parameters.w_min, parameters.w_max
        super().__init__(parse(parameters.text, LINE), ((low, high),))
        self.start = (low + 6 * (high - low) / 7,)


def pretty(text: str) -> str:
    """A typed formula as it is printed: 3*w**2 - 4*w as 3w² − 4w."""
    text = re.sub(r"\*\*\s*(\d+)(?![\d.eE*])", lambda m: m[1].translate(SUPERSCRIPTS), text)
    text = re.sub(r"(?<![\w.])([\d.]+)\s*\*(?!\*)\s*(?=[A-Za-z(])", r"\1", text)
    text = re.sub(r"(?<!\*)\s*\*(?!\*)\s*", "\u00b7", text)
    return re.sub(r"(?<!\d[eE])-", "\u2212", text)
