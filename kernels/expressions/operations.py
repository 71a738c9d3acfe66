"""What typed formulas are made of: the operations, and the program that a formula becomes.

A program is in postfix order (Dijkstra, 1961): numbers and variables are put on a stack, an
operation takes its operands from there. So neither evaluating it nor writing it as TeX recurses,
however long the formula is.
"""

import functools
import math
import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import torch

Operand: TypeAlias = torch.Tensor | float  # at least one operand of an operation is a tensor


@dataclass(frozen=True, slots=True)
class Operation:
    """A function of `arity` operands, or of `arity` and more if it is `variadic`.

    `on_numbers` is the same function for plain numbers: overflow gives inf and what is undefined
    gives nan, never an exception. It is NumPy's, so that reading a formula needs no torch mode.
    """

    name: str
    on_tensors: Callable[..., torch.Tensor]
    on_numbers: Callable[..., Any]
    arity: int = 1
    variadic: bool = False


@dataclass(frozen=True, slots=True)
class Number:
    """A number as it was typed, or a constant with its name."""

    value: float
    text: str = ""


@dataclass(frozen=True, slots=True)
class Variable:
    """The variable that is given at `index` of the call."""

    index: int
    name: str


@dataclass(frozen=True, slots=True)
class Apply:
    """An operation on the last `count` entries of the stack."""

    operation: Operation
    count: int


Step: TypeAlias = Number | Variable | Apply
Program: TypeAlias = tuple[Step, ...]


def folded(program: Program) -> Program:
    """The same program with every part that holds no variable worked out, in 64-bit numbers."""
    steps: list[Step] = []
    for step in program:
        if isinstance(step, Apply):
            # If the last `count` steps are all numbers, they are the operands and nothing else.
            operands = [s.value for s in steps[-step.count :] if isinstance(s, Number)]
            if len(operands) == step.count:
                with np.errstate(all="ignore"):
                    value = step.operation.on_numbers(*map(np.float64, operands))
                steps[-step.count :] = [Number(float(value))]
                continue
        steps.append(step)
    return tuple(steps)


def run(program: Program, values: tuple[torch.Tensor, ...]) -> Operand:
    """The value of a `folded` program: a tensor of the broadcast shape of the variables it uses."""
    stack: list[Operand] = []
    for step in program:
        if isinstance(step, Apply):
            operands = stack[-step.count :]
            del stack[-step.count :]
            stack.append(step.operation.on_tensors(*operands))
        elif isinstance(step, Number):
            stack.append(step.value)
        else:
            stack.append(values[step.index])
    return stack[0]


def _tensors(*operands: Operand) -> list[torch.Tensor]:
    """`operands` all as tensors; a number takes dtype and device from the tensor beside it."""
    like = next(o for o in operands if isinstance(o, torch.Tensor))
    return [o if isinstance(o, torch.Tensor) else like.new_full((), o) for o in operands]


def _divide(a: Operand, b: Operand) -> torch.Tensor:
    if not isinstance(a, torch.Tensor):  # torch would give the rounded reciprocal of b times a
        a, b = _tensors(a, b)
    return torch.div(a, b)


def _power(base: Operand, exponent: Operand) -> torch.Tensor:
    if isinstance(exponent, float) and exponent.is_integer() and abs(exponent) < 2**31:
        exponent = int(exponent)  # torch multiplies for small whole exponents
    power: Callable[..., torch.Tensor] = torch.pow
    return power(base, exponent)


def _minimum(*operands: Operand) -> torch.Tensor:
    return functools.reduce(torch.minimum, _tensors(*operands))


def _maximum(*operands: Operand) -> torch.Tensor:
    return functools.reduce(torch.maximum, _tensors(*operands))


def _softplus(x: torch.Tensor) -> torch.Tensor:
    return torch.logaddexp(x, x.new_zeros(()))  # torch's own softplus is cut off at 20


ADD = Operation("+", operator.add, operator.add, 2)
SUBTRACT = Operation("-", operator.sub, operator.sub, 2)
MULTIPLY = Operation("*", operator.mul, operator.mul, 2)
DIVIDE = Operation("/", _divide, np.divide, 2)
POWER = Operation("**", _power, np.power, 2)
NEGATIVE = Operation("negative", operator.neg, operator.neg)
ABSOLUTE = Operation("abs", torch.abs, np.abs)

FUNCTIONS: dict[str, Operation] = {
    operation.name: operation
    for operation in (
        Operation("sin", torch.sin, np.sin),
        Operation("cos", torch.cos, np.cos),
        Operation("tan", torch.tan, np.tan),
        Operation("asin", torch.asin, np.arcsin),
        Operation("acos", torch.acos, np.arccos),
        Operation("atan", torch.atan, np.arctan),
        Operation("sinh", torch.sinh, np.sinh),
        Operation("cosh", torch.cosh, np.cosh),
        Operation("tanh", torch.tanh, np.tanh),
        Operation("exp", torch.exp, np.exp),
        Operation("log", torch.log, np.log),
        Operation("ln", torch.log, np.log),
        Operation("log2", torch.log2, np.log2),
        Operation("log10", torch.log10, np.log10),
        Operation("sqrt", torch.sqrt, np.sqrt),
        ABSOLUTE,
        Operation("sign", torch.sign, np.sign),
        Operation("floor", torch.floor, np.floor),
        Operation("ceil", torch.ceil, np.ceil),
        Operation("erf", torch.erf, math.erf),
        Operation("sigmoid", torch.sigmoid, lambda x: 1 / (1 + np.exp(-x))),
        Operation("relu", torch.relu, lambda x: np.maximum(x, 0.0)),
        Operation("softplus", _softplus, lambda x: np.logaddexp(x, 0.0)),
        Operation("min", _minimum, lambda *x: np.min(x), 2, variadic=True),
        Operation("max", _maximum, lambda *x: np.max(x), 2, variadic=True),
    )
} | {"pow": POWER}

CONSTANTS: dict[str, float] = {"pi": math.pi, "e": math.e}
