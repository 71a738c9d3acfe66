"""Typed objectives: the story of f(w), and what is claimed about quadratics and about others."""

import math
import time
from fractions import Fraction

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from kernels.expressions.expression import parse
from kernels.objectives.formulas import (
    CurveObjective,
    CurveParameters,
    FormulaObjective,
    FormulaParameters,
)
from kernels.objectives.quadratics import known_of, quadratic_of

XY = ("x", "y")


def curve(text: str) -> CurveObjective:
    return CurveObjective(CurveParameters(text=text))


def plane(text: str) -> FormulaObjective:
    return FormulaObjective(FormulaParameters(text=text))


class TestTheFirstCurve:
    objective = curve("3*w**2 - 4*w + 5")

    def test_starts_at_3_where_the_loss_is_20_and_the_slope_14(self) -> None:
        assert self.objective.start == (3.0,)
        at = torch.tensor([3.0], dtype=torch.float64)
        assert self.objective.loss(at).item() == 20
        assert self.objective.gradient(at).tolist() == [14]
        assert self.objective.hessian(at).tolist() == [[6]]

    def test_minimum_is_two_thirds(self) -> None:
        (minimum,) = self.objective.minima
        assert minimum.point == (2 / 3,)
        assert minimum.value == self.objective.infimum == 11 / 3
        assert self.objective.is_quadratic

    @pytest.mark.parametrize(("rate", "value"), [(0.1, 6.28), (1 / 6, 11 / 3), (1 / 3, 20.0)])
    def test_a_step(self, rate: float, value: float) -> None:
        at = torch.tensor([3.0], dtype=torch.float64)
        after = self.objective.loss(at - rate * self.objective.gradient(at)).item()
        assert after == pytest.approx(value, rel=1e-14)

    def test_a_bounce_at_one_third_stays_in_the_frame(self) -> None:
        ((low, high),) = self.objective.domain
        assert low < 3 - 14 / 3 < 3 < high


QUADRATIC = [
    ("x**2 + 3*y**2", (0.0, 0.0), 0.0),
    ("(x - 1)**2 + (x + 2*y)**2 / 2", (1.0, -0.5), 0.0),
    ("x*x - x*y + y*y - 3*x + 7", (2.0, 1.0), 4.0),
    ("-(2 - x)*(x - 2) + 2**3*(y**2)**1", (2.0, 0.0), 0.0),
]


@pytest.mark.parametrize(("text", "point", "value"), QUADRATIC)
def test_a_typed_bowl_is_known(text: str, point: tuple[float, ...], value: float) -> None:
    objective = plane(text)
    assert objective.is_quadratic
    assert [(m.point, m.value, m.kind) for m in objective.minima] == [(point, value, "global")]
    assert objective.infimum == value


@pytest.mark.parametrize(
    ("text", "infimum", "saddles"),
    [
        ("x*y", -math.inf, ((0, 0),)),
        ("(x - 1)**2 - (y + 2)**2", -math.inf, ((1, -2),)),
        ("-x**2 - y**2", -math.inf, ()),
        ("x + 2*y", -math.inf, ()),
        ("(x + y)**2", 0, ()),  # a level trough: quadratic, but no single minimum
        ("(x + y)**2 + 2*x + 2*y", -1, ()),  # (x + y + 1)**2 - 1
        ("(x - 2*y)**2 + 2*x - 4*y + 7", 6, ()),
        ("(x + y)**2 + x - y", -math.inf, ()),  # the slope has a part along the trough
        ("x**2 + y", -math.inf, ()),
        ("-(x + y)**2", -math.inf, ()),
        ("4 + 0*x", 4, ()),
    ],
)
def test_a_quadratic_without_a_minimum(
    text: str, infimum: float | None, saddles: tuple[tuple[float, float], ...]
) -> None:
    objective = plane(text)
    assert objective.is_quadratic
    assert (objective.minima, objective.infimum, objective.saddles) == ((), infimum, saddles)


@pytest.mark.parametrize(
    "text", ["x**3", "sin(x)", "abs(x)", "1/x", "x**y", "x**0.5", "2**x", "x*x*y", "x/0", "x**-1"]
)
def test_of_anything_else_nothing_is_claimed(text: str) -> None:
    objective = plane(text)
    assert not objective.is_quadratic
    assert (objective.minima, objective.saddles, objective.infimum) == ((), (), None)


@pytest.mark.parametrize(
    "text", ["1e300*1e300*x", "x**2*1e300*1e300", "-" * 90 + "x**2", "x" + "*1e308" * 100]
)
def test_huge_numbers_do_no_harm(text: str) -> None:
    begin = time.perf_counter()
    known_of(parse(text, XY))
    assert time.perf_counter() - begin < 1


numbers = st.integers(-9, 9)


@given(numbers, numbers, numbers, numbers, numbers, numbers)
def test_coefficients_of_any_quadratic(a: int, b: int, c: int, d: int, e: int, f: int) -> None:
    text = f"({a})*x**2 + ({b})*x*y + ({c})*y**2 + ({d})*x + ({e})*y + ({f})"
    expected = {(2, 0): a, (1, 1): b, (0, 2): c, (1, 0): d, (0, 1): e, (0, 0): f}
    expression = parse(text, XY)
    assert quadratic_of(expression) == {k: Fraction(v) for k, v in expected.items() if v}
    known = known_of(expression)
    hessian = np.array([[2 * a, b], [b, 2 * c]], dtype=float)
    low, high = np.linalg.eigvalsh(hessian)
    assert bool(known.minima) == (low > 1e-9)
    assert bool(known.saddles) == (low < -1e-9 and high > 1e-9)
    for point in [m.point for m in known.minima] + list(known.saddles):
        np.testing.assert_allclose(point, np.linalg.solve(hessian, [-d, -e]), atol=1e-9)
    for minimum in known.minima:
        at = torch.tensor(minimum.point, dtype=torch.float64)
        assert expression(*at).item() == pytest.approx(minimum.value, abs=1e-9)


def test_a_formula_without_a_variable_is_flat() -> None:
    objective = plane("y**2")
    at = torch.tensor([[1.0, 2.0], [3.0, 0.5]], dtype=torch.float64)
    assert objective.gradient(at).tolist() == [[0, 4], [0, 1]]
    assert objective.hessian(at)[0].tolist() == [[0, 0], [0, 2]]
    flat = plane("5")
    assert flat.loss(at).tolist() == [5, 5]
    assert flat.gradient(at).tolist() == [[0, 0], [0, 0]]
    assert not flat.hessian(at).any()
    slanted = plane("x - 2*y")
    assert slanted.gradient(at).tolist() == [[1, -2], [1, -2]]
    assert not slanted.hessian(at).any()


def test_title_and_formula_are_what_was_typed() -> None:
    objective = plane("x**2 + 3*y**2")
    assert objective.title == "x² + 3y²"
    assert objective.formula.startswith("f(x, y) = ")
    assert objective.axes == ("x", "y")
    assert curve("w**2").axes == ("w",)
