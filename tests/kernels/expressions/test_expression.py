"""Formulas against Python's grammar and `math`, dual numbers and closed forms."""

import ast
import math
import operator

import pytest
import torch
from hypothesis import assume, example, given
from hypothesis import strategies as st

from kernels.errors import ExpressionError
from kernels.expressions.expression import Expression, parse
from kernels.expressions.operations import FUNCTIONS
from tests.kernels.formula_trees import ONE_OPERAND, cases

XY = ("x", "y")


def value(text: str, **at: float) -> float:
    """The value of a formula at one point, in 64-bit numbers."""
    inputs = [torch.tensor(v, dtype=torch.float64) for v in at.values()]
    return parse(text, tuple(at))(*inputs).item()


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
    anywhere = torch.tensor([0.0, -1.0, math.inf, math.nan])
    assert parse("7", ("x",))(anywhere).tolist() == [7, 7, 7, 7]


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
