"""Formulas in TeX, as textbooks set them."""

import pytest
from hypothesis import given, settings

from kernels.expressions.expression import parse
from tests.kernels.formula_trees import cases


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
    tex = parse(case[0].text, ("x", "y")).tex()
    depth = 0
    for i, sign in enumerate(tex):
        depth += (sign == "{") - (sign == "}")
        assert depth >= 0, (tex, i)
    assert depth == 0
    assert tex.count(r"\left") == tex.count(r"\right")
