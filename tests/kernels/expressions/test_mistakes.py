"""Mistakes in formulas are told with their place, and mischief runs nothing."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from kernels.errors import ExpressionError
from kernels.expressions.expression import parse

XY = ("x", "y")


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
        ("qqq(x)", "qqq", "'qqq' is not known here; use x, y, pi, e and sin,"),
        ("flor(x)", "flor", "'flor' is not known here. Did you mean 'floor'? There are x, y,"),
        ("1 + Sin(x)", "Sin", "'Sin' is not known here. Did you mean 'sin'? There are x, y,"),
        ("xy", "xy", "'xy' is not known here. Did you mean 'x*y'? There are x, y,"),
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
