"""Generated formulas with an oracle of their own: dual numbers over Python's math.

Every part of a formula is in brackets, so that the grammar plays no role.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

from hypothesis import assume
from hypothesis import strategies as st


@dataclass(frozen=True)
class Dual:
    """A value and its derivatives by x and y (forward-mode differentiation by textbook rules)."""

    v: float
    dx: float
    dy: float

    def chain(self, v: float, slope: float) -> "Dual":
        return Dual(v, slope * self.dx, slope * self.dy)

    def join(self, other: "Dual", v: float, slope: float, other_slope: float) -> "Dual":
        return Dual(
            v,
            slope * self.dx + other_slope * other.dx,
            slope * self.dy + other_slope * other.dy,
        )


def sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x))


ONE_OPERAND: dict[str, tuple[Callable[[float], float], Callable[[float], float]]] = {
    "sin": (math.sin, math.cos),
    "cos": (math.cos, lambda x: -math.sin(x)),
    "tan": (math.tan, lambda x: 1 / math.cos(x) ** 2),
    "asin": (math.asin, lambda x: 1 / math.sqrt(1 - x * x)),
    "acos": (math.acos, lambda x: -1 / math.sqrt(1 - x * x)),
    "atan": (math.atan, lambda x: 1 / (1 + x * x)),
    "sinh": (math.sinh, math.cosh),
    "cosh": (math.cosh, math.sinh),
    "tanh": (math.tanh, lambda x: 1 - math.tanh(x) ** 2),
    "exp": (math.exp, math.exp),
    "log": (math.log, lambda x: 1 / x),
    "ln": (math.log, lambda x: 1 / x),
    "log2": (math.log2, lambda x: 1 / (x * math.log(2))),
    "log10": (math.log10, lambda x: 1 / (x * math.log(10))),
    "sqrt": (math.sqrt, lambda x: 0.5 / math.sqrt(x)),
    "abs": (abs, lambda x: math.copysign(1, x)),
    "sign": (lambda x: math.copysign(1, x), lambda x: 0.0),
    "floor": (math.floor, lambda x: 0.0),
    "ceil": (math.ceil, lambda x: 0.0),
    "erf": (math.erf, lambda x: 2 / math.sqrt(math.pi) * math.exp(-x * x)),
    "sigmoid": (sigmoid, lambda x: sigmoid(x) * sigmoid(-x)),
    "relu": (lambda x: max(x, 0.0), lambda x: float(x > 0)),
    "softplus": (lambda x: math.log1p(math.exp(x)), sigmoid),
}
JUMPS = {"sign", "floor", "ceil", "abs", "relu"}


@dataclass(frozen=True)
class Tree:
    """A generated formula: how it is written, and what it is by the oracle."""

    text: str
    dual: Dual


def near_jump(name: str, x: float) -> bool:
    return name in JUMPS and abs(x - round(x)) < 1e-6


@st.composite
def trees(draw: st.DrawFn, x: float, y: float, depth: int = 4) -> Tree:
    """A formula of x and y."""
    space = draw(st.sampled_from(["", " ", "\t "]))
    kind = draw(
        st.sampled_from(["leaf"] if depth == 0 else ["leaf", "sign", "bar", *"+-*/^", *"fffmp"])
    )
    below = trees(x, y, depth - 1)
    if kind == "leaf":
        return draw(leaves(x, y))
    a = draw(below)
    if kind == "sign":
        return Tree(f"(-{space}{a.text})", a.dual.chain(-a.dual.v, -1))
    if kind == "bar":
        assume(not near_jump("abs", a.dual.v))
        return Tree(f"(|{a.text}|)", a.dual.chain(abs(a.dual.v), math.copysign(1, a.dual.v)))
    if kind == "f":
        name = draw(st.sampled_from(sorted(ONE_OPERAND)))
        function, slope = ONE_OPERAND[name]
        assume(not near_jump(name, a.dual.v))
        return Tree(
            f"{name}{space}({space}{a.text})", a.dual.chain(function(a.dual.v), slope(a.dual.v))
        )
    if kind == "p":
        exponent = draw(st.integers(-3, 5))
        sign = draw(st.sampled_from(["**", "^"]))
        slope = exponent * a.dual.v ** (exponent - 1) if exponent else 0.0
        return Tree(
            f"({a.text}{space}{sign}{space}{exponent})", a.dual.chain(a.dual.v**exponent, slope)
        )
    b = draw(below)
    return draw(joined(kind, a, b, space))


@st.composite
def leaves(draw: st.DrawFn, x: float, y: float) -> Tree:
    number = draw(st.floats(0, 8, allow_subnormal=False))
    written = draw(st.sampled_from([repr(number), f"{number:.3f}", f"{number:.4e}", f"{number:g}"]))
    return draw(
        st.sampled_from(
            [
                Tree("x", Dual(x, 1, 0)),
                Tree("y", Dual(y, 0, 1)),
                Tree("pi", Dual(math.pi, 0, 0)),
                Tree("e", Dual(math.e, 0, 0)),
                Tree(written, Dual(float(written), 0, 0)),
            ]
        )
    )


@st.composite
def joined(draw: st.DrawFn, kind: str, a: Tree, b: Tree, space: str) -> Tree:
    u, v = a.dual.v, b.dual.v
    if kind == "m":
        assume(abs(u - v) > 1e-6)
        name = draw(st.sampled_from(["min", "max"]))
        first = (u < v) == (name == "min")
        return Tree(f"{name}({a.text},{space}{b.text})", a.dual if first else b.dual)
    if kind == "^":
        assume(u > 1e-3)
        dual = a.dual.join(b.dual, u**v, v * u ** (v - 1), u**v * math.log(u))
        return Tree(f"pow({a.text},{space}{b.text})", dual)
    dual = {
        "+": lambda: a.dual.join(b.dual, u + v, 1, 1),
        "-": lambda: a.dual.join(b.dual, u - v, 1, -1),
        "*": lambda: a.dual.join(b.dual, u * v, v, u),
        "/": lambda: a.dual.join(b.dual, u / v, 1 / v, -u / v / v),
    }[kind]()
    return Tree(f"({a.text}{space}{kind}{space}{b.text})", dual)


POINTS = st.floats(-3, 3, allow_subnormal=False).map(lambda v: round(v, 3))


@st.composite
def cases(draw: st.DrawFn) -> tuple[Tree, float, float]:
    x, y = draw(POINTS), draw(POINTS)
    try:
        tree = draw(trees(x, y))
    except (ValueError, ZeroDivisionError, OverflowError):
        assume(False)
    d = tree.dual
    # Beyond this the two ways of rounding may differ by more than is asked for.
    assume(all(math.isfinite(p) and abs(p) < 1e6 for p in (d.v, d.dx, d.dy)))
    assume(isinstance(d.v, float | int) and len(tree.text) <= 1000)
    return tree, x, y
