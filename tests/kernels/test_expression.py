"""The formula reader against Python's `math`, dual numbers, Python's own grammar, and mischief."""

import ast
import math
import operator
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
import torch
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from kernels.errors import ExpressionError
from kernels.expression import Expression, parse
from kernels.expression_operations import FUNCTIONS

XY = ("x", "y")


def value(text: str, **at: float) -> float:
    """The value of a formula at one point, in 64-bit numbers."""
    inputs = [torch.tensor(v, dtype=torch.float64) for v in at.values()]
    return parse(text, tuple(at))(*inputs).item()


# --- Generated trees, with an oracle of their own: dual numbers over Python's math ---------------


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
    """A formula of x and y with brackets around every part, so that grammar plays no role."""
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


@given(cases())
def test_value_and_gradient_agree_with_dual_numbers_over_math(case):
    tree, x, y = case
    point = torch.tensor([x, y], dtype=torch.float64, requires_grad=True)
    result = parse(tree.text, XY)(point[0], point[1])
    (gradient,) = torch.autograd.grad(result, point)
    close = {"rel_tol": 1e-6, "abs_tol": 1e-6}
    assert math.isclose(result.item(), tree.dual.v, **close), tree.text
    assert math.isclose(gradient[0].item(), tree.dual.dx, **close), tree.text
    assert math.isclose(gradient[1].item(), tree.dual.dy, **close), tree.text


@pytest.mark.parametrize("name", sorted(ONE_OPERAND))
def test_every_function_is_as_exact_on_tensors_and_on_numbers_as_math(name):
    function, slope = ONE_OPERAND[name]
    for at in (0.1234, 0.75, 0.999):
        x = torch.tensor(at, dtype=torch.float64, requires_grad=True)
        result = parse(f"{name}(x)", ("x",))(x)
        assert result.item() == pytest.approx(function(at), rel=1e-14)
        assert torch.autograd.grad(result, x)[0].item() == pytest.approx(slope(at), rel=1e-13)
        assert value(f"{name}({at})", x=0) == pytest.approx(function(at), rel=1e-14)


def test_every_function_is_checked():
    assert {*ONE_OPERAND, "min", "max", "pow"} == set(FUNCTIONS)


# --- Grammar, against Python's ------------------------------------------------------------------

PYTHON = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: math.pow,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
}


def walked(node: ast.expr, names: dict[str, float]) -> float:
    match node:
        case ast.Constant(value=number):
            return float(number)
        case ast.Name(id=name):
            return names[name]
        case ast.UnaryOp(op=op, operand=operand):
            return PYTHON[type(op)](walked(operand, names))
        case ast.BinOp(left=left, op=op, right=right):
            return PYTHON[type(op)](walked(left, names), walked(right, names))
    raise AssertionError(node)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["+", "-", "*", "/", "**"]),
            st.sampled_from(["", "-", "+", "--"]),
            st.sampled_from(["x", "y", "2", "3", "(x - 1)", "(-y)"]),
        ),
        min_size=1,
        max_size=7,
    ),
    st.booleans(),
)
@example([("-", "", "x"), ("**", "-", "y"), ("**", "-", "2")], True)
def test_operators_bind_as_in_python(parts, caret):
    python = "-x" + "".join(f" {sign} {prefix}{operand}" for sign, prefix, operand in parts)
    names = {"x": 1.7, "y": 0.6}
    try:
        expected = walked(ast.parse(python, mode="eval").body, names)
    except (ValueError, ZeroDivisionError, OverflowError):
        assume(False)
    text = python.replace("**", "^") if caret else python
    assert value(text, **names) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("-x**2", -9),
        ("-x^2", -9),
        ("2**-1", 0.5),
        ("2^-1", 0.5),
        ("2**3**2", 512),
        ("2^3^2", 512),
        ("2*x^2", 18),
        ("2^x*5", 40),
        ("1 - x - 1", -3),
        ("12/x/2", 2),
        ("+x", 3),
        ("- -x", 3),
        ("3x", 9),
        ("3x^2", 27),
        ("2 sqrt(x + 1)", 4),
        ("(x + 1)(x - 1)", 8),
        ("2(x)", 6),
        ("x x", 9),
        ("|2 - x|", 1),
        ("||1 - x| - 5|", 3),
        ("2|x|", None),
        ("min(5, x, 4)", 3),
        ("max(x, -1)", 3),
        ("log(exp(x))", 3),
        ("1e-3 + .5 + 2. + 1E+1", 12.501),
    ],
)
def test_readings(text, expected):
    if expected is None:
        with pytest.raises(ExpressionError):
            parse(text, ("x",))
    else:
        assert value(text, x=3) == pytest.approx(expected, rel=1e-15)


def test_a_variable_hides_a_constant_and_a_function():
    assert value("e + sin", e=2, sin=3) == 5


# --- Numbers at the edges -----------------------------------------------------------------------


def gradient_at(text: str, at: float) -> float:
    x = torch.tensor(at, dtype=torch.float64, requires_grad=True)
    return torch.autograd.grad(parse(text, ("x",))(x), x)[0].item()


def test_whole_powers_are_exact_and_smooth_at_zero():
    x = torch.tensor([0.0, -1.3, 7.7], dtype=torch.float64)
    square, cube = parse("x**2", ("x",)), parse("x^3", ("x",))
    assert torch.equal(square(x), x * x)
    assert torch.equal(cube(x), x * x * x)
    assert gradient_at("x**2", 0) == 0
    assert gradient_at("x**1", 0) == 1
    assert gradient_at("x**0", 0) == 0
    assert gradient_at("(x - 1)**(1 + 1)", -1) == -4  # a constant part is worked out first
    assert value("x**-3", x=-2) == -0.125


def test_overflow_is_infinite_and_what_is_undefined_is_nan():
    assert value("9**9**9**9", x=0) == math.inf
    assert value("-x**(9**9**9)", x=10) == -math.inf
    assert value("exp(1000 x)", x=1) == math.inf
    assert value("1/0", x=0) == math.inf
    assert math.isnan(value("sqrt(-1)", x=0))
    assert math.isnan(value("log(x)", x=-1))


def test_a_quotient_of_a_number_is_rounded_once():
    x = torch.linspace(1, 200, 1000, dtype=torch.float64)
    assert parse("7/x", ("x",))(x).tolist() == [7 / v for v in x.tolist()]


def test_softplus_is_exact_far_out():
    assert value("softplus(x) - x", x=25) == pytest.approx(math.log1p(math.exp(-25)), rel=1e-3)


# --- Tensors ------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["3", "2*pi - 1", "x", "max(1, 2)", "x**2 + y"])
def test_the_result_has_the_broadcast_shape_and_depends_on_every_value(text):
    x = torch.zeros(4, 1, dtype=torch.float64).fill_(math.inf).requires_grad_()
    y = torch.randn(3, dtype=torch.float64, requires_grad=True)
    result = parse(text, XY)(x, y)
    assert result.shape == (4, 3)
    assert result.dtype == torch.float64
    gradients = torch.autograd.grad(result.sum(), (x, y))
    if "x" not in text.replace("max", ""):
        assert torch.equal(gradients[0], torch.zeros_like(x))
    if "y" not in text:
        assert torch.equal(gradients[1], torch.zeros_like(y))


def test_a_constant_has_its_value_everywhere():
    assert torch.equal(parse("7", ("x",))(torch.randn(5)), torch.full((5,), 7.0))


def test_a_formula_of_nothing_is_a_number():
    assert parse("2*pi", ())().item() == pytest.approx(2 * math.pi)


@pytest.mark.parametrize(
    "dtype", [torch.float64, torch.float32, torch.bfloat16, torch.float16], ids=str
)
def test_the_dtype_is_kept(dtype):
    x = torch.ones(2, dtype=dtype)
    text = "softplus(x)/3 + max(x, 2, 0.5) + 1/x + 2**x + x**0.5 - pi"
    assert parse(text, ("x",))(x).dtype == dtype


def test_whole_numbers_are_taken_as_real_ones():
    assert parse("x**-1", ("x",))(torch.tensor([2, 4])).tolist() == [0.5, 0.25]


@pytest.mark.filterwarnings("ignore:.torch.jit.script. is deprecated:DeprecationWarning")
def test_it_runs_on_meta_and_under_vmap_and_twice_differentiated():
    f = parse("x**3*y + max(x, 1, y) + 2/x + 5*pi", XY)
    meta = torch.empty(7, device="meta")
    assert f(meta, meta).shape == (7,)
    x, y = torch.rand(2, 7, dtype=torch.float64) + 2
    assert torch.allclose(torch.func.vmap(f)(x, y), f(x, y))
    hessian = torch.func.hessian(lambda p: parse("x**3*y", XY)(p[0], p[1]))
    found = hessian(torch.tensor([2.0, 5.0], dtype=torch.float64))
    assert torch.allclose(found, torch.tensor([[60, 12], [12, 0]], dtype=torch.float64))


def test_it_is_read_under_a_fake_mode():
    from torch._subclasses.fake_tensor import FakeTensorMode

    with FakeTensorMode():
        assert parse("sqrt(2) x + erf(1)", ("x",))(torch.empty(3)).shape == (3,)


def test_the_wrong_number_of_values_is_refused():
    with pytest.raises(TypeError, match="takes 2 values, not 1"):
        parse("x + y", XY)(torch.zeros(1))


def test_equal_formulas_are_equal_and_frozen():
    first, second = parse("x + 1", ("x",)), parse("x + 1", ("x",))
    assert isinstance(first, Expression)
    assert first == second
    assert hash(first) == hash(second)
    with pytest.raises(AttributeError):
        first.text = "x"


# --- TeX ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "tex"),
    [
        ("3*w**2 - 4*w + 5", "3 w^{2} - 4 w + 5"),
        ("(1 - w)^2", r"\left(1 - w\right)^{2}"),
        ("w/(1 + w)", r"\frac{w}{1 + w}"),
        ("sqrt(w) + sin(w)**2", r"\sqrt{w} + \sin\left(w\right)^{2}"),
        ("-w**2", "-w^{2}"),
        ("(-w)**2", r"\left(-w\right)^{2}"),
        ("w - (1 - w)", r"w - \left(1 - w\right)"),
        ("w + -2*w", r"w + \left(-2 w\right)"),
        ("2*3*w", r"2 \cdot 3 w"),
        ("2*(1/2)", r"2 \cdot \frac{1}{2}"),
        ("(w**2)**3", r"\left(w^{2}\right)^{3}"),
        ("w**2**3", "w^{2^{3}}"),
        ("exp(-w)", "e^{-w}"),
        ("|w| + floor(w)", r"\left|w\right| + \left\lfloor w\right\rfloor"),
        ("max(w, .5)", r"\max\left(w, 0.5\right)"),
        ("asin(w) + log10(w)", r"\arcsin\left(w\right) + \log_{10}\left(w\right)"),
        ("relu(pi*w)", r"\operatorname{relu}\left(\pi w\right)"),
        ("1e-3w", r"1 \times 10^{-3} w"),
        ("2.*w", "2 w"),
    ],
)
def test_tex(text, tex):
    assert parse(text, ("w",)).tex() == tex


def test_tex_of_names():
    text = "x1 + x_20 + learning_rate"
    tex = parse(text, ("x1", "x_20", "learning_rate")).tex()
    assert tex == r"x_{1} + x_{20} + \mathrm{learning\_rate}"


@settings(max_examples=40)
@given(cases())
def test_tex_has_its_brackets_in_pairs(case):
    tex = parse(case[0].text, XY).tex()
    depth = 0
    for i, sign in enumerate(tex):
        depth += (sign == "{") - (sign == "}")
        assert depth >= 0, (tex, i)
    assert depth == 0
    assert tex.count(r"\left") == tex.count(r"\right")


# --- Mistakes and mischief ----------------------------------------------------------------------


def mistake(text: str, variables: tuple[str, ...] = XY) -> ExpressionError:
    start = time.perf_counter()
    with pytest.raises(ExpressionError) as caught:
        parse(text, variables)
    assert time.perf_counter() - start < 1
    assert_sentence(caught.value, text)
    return caught.value


def assert_sentence(error: ExpressionError, text: str) -> None:
    start, end = error.span
    assert 0 <= start <= end <= len(text)
    message = str(error)
    assert message.endswith((".", "?"))
    assert len(message) < 500
    assert message.isprintable()


@pytest.mark.parametrize(
    ("text", "place", "says"),
    [
        ("", "", "The formula is empty. Write one, such as x**2."),
        ("   ", "   ", "The formula is empty"),
        ("foo(x)", "foo", "'foo' is not known here; use x, y, pi, e and sin,"),
        ("flor(x)", "flor", "Did you mean 'floor'?"),
        ("1 + Sin(x)", "Sin", "Did you mean 'sin'?"),
        ("xy", "xy", "Did you mean 'x*y'?"),
        ("2*(x + 1", "(", "A bracket is opened here and never closed. Add ')'."),
        ("sin(x", "(", "A bracket is opened here and never closed. Add ')'."),
        ("x + 1)", ")", "never opened"),
        (")", ")", "never opened"),
        ("x*()", "()", "nothing between"),
        ("|x + 1", "|", "never closed. Add '|'."),
        ("(|x)", "|", "never closed. Add '|'."),
        ("x|", "|", "no partner"),
        ("x +", "+", "A value is missing after '+'."),
        ("x * / y", "/", "A value is missing before '/'."),
        ("* x", "*", "A value is missing before '*'."),
        ("min(x,)", ",", "A value is missing after ','."),
        ("sin(x, y)", "sin(x, y)", "sin takes 1 value, not 2. Write it as in sin(x)."),
        ("1 + sin()", "sin()", "sin takes 1 value, not 0."),
        ("min(x)", "min(x)", "min takes 2 values or more, not 1."),
        ("pow(x, 1, 2)", "pow(x, 1, 2)", "pow takes 2 values, not 3."),
        ("sin x", "sin", "sin is a function. Write what it is of in brackets, as in sin(x)."),
        ("cos", "cos", "cos is a function"),
        ("sin^2(x)", "sin", "sin is a function"),
        ("x(y + 1)", "x", "To multiply, write x*(...)"),
        ("x 2", "2", "An operator is missing before 2. Write '*' to multiply."),
        ("1.2.3", ".3", "An operator is missing before .3."),
        ("1/2x", "x", "two ways"),
        ("e^2x", "x", "two ways"),
        ("1/2(x)", "(", "two ways"),
        ("1,5*x", ",", "Write decimals with a point"),
        ("x = 2", "=", "The sign '=' means nothing here."),
        ("x % 2", "%", "The sign '%' means nothing here"),
        ("[x]", "[", "Write '(' instead."),
        ("x²", "²", "Write '**2' instead."),
        ("2 × x", "×", "Write '*' instead."),
        ("x − 1", "−", "Write '-' instead."),
        ("2π", "π", "Write 'pi' instead."),
        ("х + 1", "х", "cyrillic small letter ha"),  # noqa: RUF001
        ("x + ٣", "٣", "arabic-indic digit three"),
        ("1e999", "1e999", "too large"),
        ("9" * 400, "9" * 400, "too large"),
        ("nan", "nan", "not known"),
        ("inf", "inf", "not known"),
        ("None", "None", "not known"),
        ("x\0", "\0", r"'\x00'"),
        ("\ud800", "\ud800", r"'\ud800'"),
    ],
)
def test_mistakes_are_told_with_their_place(text, place, says):
    error = mistake(text)
    assert says in str(error)
    assert text[slice(*error.span)] == place


_listeners: list[list[str]] = []
sys.addaudithook(lambda event, args: [seen.append(event) for seen in _listeners])


@contextmanager
def audited() -> Iterator[list[str]]:
    """What the interpreter reports meanwhile: imports, compiled and run code, opened files."""
    events: list[str] = []
    _listeners.append(events)
    try:
        yield events
    finally:
        _listeners.remove(events)


@pytest.mark.parametrize(
    "text",
    [
        "import os",
        "__import__('os').system('true')",
        "__import__",
        "x.__class__.__mro__",
        "().__class__",
        "lambda: x",
        "exec(x)",
        "eval(x)",
        "open(x)",
        "print(x)",
        "x if y else x",
        "[x for x in y]",
        "x; y",
        "x := 2",
        "{x}",
        "f'{x}'",
        '"x"',
        "x == y",
        "x and y",
        "x @ y",
        "x\\\n",
        "#x",
        "$x",
        "`x`",
        "(" * 10_000 + "x" + ")" * 10_000,
        "(" * 400 + "x" + ")" * 400,
        "(" * 1000,
        "|" * 1000,
        "-" * 999 + "x",
        "sin(" * 200 + "x" + ")" * 200,
        "x**" * 300 + "x",
        "x " * 500 + "(",
        "9" * 1_000_000,
        "x" * 1_000_000,
        "x+" * 500_000 + "x",
        "\0" * 1000,
        "1e" + "9" * 990,
    ],
    ids=lambda text: text[:24],
)
def test_mischief_gets_a_sentence_and_nothing_runs(text):
    with audited() as events, pytest.raises(ExpressionError) as caught:
        parse(text, XY)
    assert events == []
    assert_sentence(caught.value, text)


def test_the_watch_over_what_runs_sees_what_runs():
    with audited() as events:
        compile("1", "", "eval")
    assert "compile" in events


def test_mischief_is_refused_within_a_second():
    for text in ("(" * 10_000, "9" * 1_000_000, "x+" * 500_000, "-" * 1000, "é" * 1_000_000):
        mistake(text)


def test_the_longest_formulas_are_computed_without_recursion():
    long = "+".join(["x"] * 500)  # 999 characters, 499 operations one within the other
    deep = "(" * 99 + "x" + ")" * 99
    limit = sys.getrecursionlimit()
    frames = len(list(iter_frames()))
    sys.setrecursionlimit(frames + 400)
    try:
        expression, bracketed = parse(long, ("x",)), parse(deep, ("x",))
        assert expression(torch.ones(())).item() == 500
        assert bracketed(torch.ones(())).item() == 1
        assert expression.tex().count("x") == 500
    finally:
        sys.setrecursionlimit(limit)


def iter_frames():
    frame = sys._getframe()
    while frame is not None:
        yield frame
        frame = frame.f_back


FRAGMENTS = st.sampled_from(
    [*"xy0123456789.+-*/^()|,= \t", "**", "sin", "min(", "pi", "e", "1e5", "_", "é", "'", "\0"]
)


@given(st.text(max_size=60) | st.lists(FRAGMENTS, max_size=40).map("".join))
def test_any_text_is_a_formula_or_a_sentence(text):
    try:
        expression = parse(text, XY)
    except ExpressionError as error:
        assert_sentence(error, text)
    else:
        one = torch.ones(2, dtype=torch.float64)
        assert expression(one, one).shape == (2,)
        assert expression.tex()


@given(st.text())
def test_any_text_within_a_formula_is_placed_right(text):
    before, after = "sin(x) + ", " * y"
    try:
        parse(before + text + after, XY)
    except ExpressionError as error:
        assert_sentence(error, before + text + after)
