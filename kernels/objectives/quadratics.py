"""What can be known about a typed formula: everything of a quadratic, worked out in fractions."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from kernels.expressions.expression import Expression
from kernels.expressions.operations import Apply, Number, Variable, folded
from kernels.objectives.base import Minimum

Exponents = tuple[int, ...]  # one for each variable
Polynomial = Mapping[Exponents, Fraction]


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known about a typed formula; the fields mean what they mean in `Objective`."""

    is_quadratic: bool = False
    minima: tuple[Minimum, ...] = ()
    saddles: tuple[tuple[float, ...], ...] = ()
    infimum: float | None = None


def known_of(expression: Expression) -> Known:
    """All about a quadratic whose Hessian can be inverted, little about others, else nothing."""
    polynomial = quadratic_of(expression)
    if polynomial is None:
        return Known()
    try:
        return _known(polynomial, len(expression.variables))
    except OverflowError:  # a coefficient that no float holds
        return Known(is_quadratic=True)


def quadratic_of(expression: Expression) -> Polynomial | None:
    """The coefficients of `expression` by the exponents of its variables; None if there are none.

    A polynomial of degree two at most has them, where it is written with + - * / and ``**`` alone.
    The numbers are those that a float64 holds, so that the answer is about the very function that
    is computed.
    """
    count = len(expression.variables)
    constant = (0,) * count
    stack: list[Polynomial] = []
    for step in folded(expression.program):
        if isinstance(step, Number):
            if not math.isfinite(step.value):
                return None
            stack.append({constant: Fraction(step.value)})
        elif isinstance(step, Variable):
            stack.append({_unit(step.index, count): Fraction(1)})
        else:
            result = _applied(step, stack[-step.count :], constant)
            if result is None or any(sum(exponents) > 2 for exponents in result):
                return None
            stack[-step.count :] = [result]
    return {e: c for e, c in stack[0].items() if c}


def _applied(step: Apply, operands: list[Polynomial], constant: Exponents) -> Polynomial | None:
    first, last = operands[0], operands[-1]
    number = last.get(constant, Fraction(0)) if set(last) <= {constant} else None
    match step.operation.name:
        case "negative":
            return _sum({}, first, -1)
        case "+":
            return _sum(first, last, 1)
        case "-":
            return _sum(first, last, -1)
        case "*":
            return _product(first, last)
        case "/" if number:
            return {e: c / number for e, c in first.items()}
        case "**" if number == 1:
            return first
        case "**" if number == 2:
            return _product(first, first)
        case _:
            return None


def _sum(a: Polynomial, b: Polynomial, sign: int) -> Polynomial:
    return {e: a.get(e, Fraction(0)) + sign * b.get(e, Fraction(0)) for e in {**a, **b}}


def _product(a: Polynomial, b: Polynomial) -> Polynomial:
    result: dict[Exponents, Fraction] = {}
    for e, c in a.items():
        for f, d in b.items():
            exponents = tuple(i + j for i, j in zip(e, f, strict=True))
            result[exponents] = result.get(exponents, Fraction(0)) + c * d
    return result


def _known(polynomial: Polynomial, count: int) -> Known:
    """Of f = 1/2 p' H p + g' p + c: where it is stationary, -H^-1 g, and what it is there."""
    constant = polynomial.get((0,) * count, Fraction(0))
    slope = [polynomial.get(_unit(i, count), Fraction(0)) for i in range(count)]  # g
    if count == 1:
        determinant = first = 2 * polynomial.get((2,), Fraction(0))
        adjugate = [[Fraction(1)]]
    else:
        first, last = (2 * polynomial.get(e, Fraction(0)) for e in ((2, 0), (0, 2)))
        mixed = polynomial.get((1, 1), Fraction(0))
        determinant = first * last - mixed * mixed
        adjugate = [[last, -mixed], [-mixed, first]]
    if not determinant:  # a constant, a plane, or a trough, level or sloping
        trace = first if count == 1 else first + last
        return Known(is_quadratic=True, infimum=_floor(adjugate, slope, constant, trace))
    solution = [-_dot(row, slope) / determinant for row in adjugate]
    point = tuple(map(float, solution))
    if first > 0 and determinant > 0:
        minimum = Minimum(point, float(constant + _dot(slope, solution) / 2), "global")
        return Known(is_quadratic=True, minima=(minimum,), infimum=minimum.value)
    saddles = (point,) if determinant < 0 and count == 2 else ()
    return Known(is_quadratic=True, saddles=saddles, infimum=-math.inf)


def _floor(
    adjugate: list[list[Fraction]], slope: list[Fraction], constant: Fraction, trace: Fraction
) -> float:
    """The infimum where H has no inverse: -inf where it bends down, or the slope runs along it.

    The one eigenvalue of H that may differ from zero is its trace t, and the rows of its adjugate
    lie in its null space: without a part of the slope g there, the floor is c - g'g / 2t.
    """
    runs_on = any(_dot(row, slope) for row in adjugate) if trace else any(slope)
    if trace < 0 or runs_on:
        return -math.inf
    return float(constant - _dot(slope, slope) / (2 * trace)) if trace else float(constant)


def _unit(index: int, count: int) -> Exponents:
    return tuple(int(i == index) for i in range(count))


def _dot(a: list[Fraction], b: list[Fraction]) -> Fraction:
    return sum((i * j for i, j in zip(a, b, strict=True)), Fraction(0))
