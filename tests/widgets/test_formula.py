import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.widgets.drawing import count_tags, laid_out, like, picture, svg_of
from widgets.formula import FormulaLabel, typeset
from widgets.style import Style

ADAM = r"\theta \leftarrow \theta - \eta \frac{\hat m}{\sqrt{\hat v} + \varepsilon}"
MATRIX = r"\begin{bmatrix} 2.5 & 1.5 \\ 1.5 & 1 \end{bmatrix}"


@pytest.fixture
def label(qtbot: QtBot) -> FormulaLabel:
    made = FormulaLabel(Style())
    qtbot.addWidget(made)
    return made


@pytest.mark.parametrize("tex", [ADAM, MATRIX, r"f(w) = 3w^2 - 4w + 5"])
def test_a_formula_leaves_ink(label: FormulaLabel, tex: str) -> None:
    label.setTex(tex)
    assert label.isFormula()
    assert label.accessibleName() == tex
    laid_out(label, label.sizeHint().width(), label.sizeHint().height())
    ink = like(picture(label), "#1b1d22", 100)
    assert 0.01 < ink.mean() < 0.4


def test_what_is_no_formula_is_shown_as_it_is(label: FormulaLabel) -> None:
    label.setTex(r"\frac{\broken")
    assert not label.isFormula()
    laid_out(label)
    assert r"\frac{\broken" in svg_of(label)


def test_it_is_drawn_as_shapes(label: FormulaLabel) -> None:
    label.setTex(ADAM)
    laid_out(label)
    svg = svg_of(label)
    assert count_tags(svg, "path") > 10
    assert count_tags(svg, "image") == 0


def test_it_follows_the_style(label: FormulaLabel) -> None:
    label.setTex(ADAM)
    before = label.sizeHint()
    label._style.setFactor(2.0)
    assert label.sizeHint().width() == pytest.approx(2 * before.width(), rel=0.03)
    label._style.setTheme("dark")
    laid_out(label, 600, 200)
    assert like(picture(label), "#eceef1", 60).mean() > 0.01


def test_a_wide_formula_shrinks_into_a_narrow_place(label: FormulaLabel) -> None:
    label.setTex(ADAM)
    laid_out(label, label.sizeHint().width() // 2, 60)
    ink = like(picture(label), "#1b1d22", 150)
    assert ink.any()
    assert not ink[:, [0, -1]].any()


def test_it_stands_where_it_is_told(label: FormulaLabel) -> None:
    label.setTex("x")
    laid_out(label, 300, 40)
    for side, half in ((Qt.AlignmentFlag.AlignLeft, 0), (Qt.AlignmentFlag.AlignRight, 1)):
        label.setAlignment(side)
        ink = like(picture(label), "#1b1d22", 150)
        halves = ink[:, :150].any(), ink[:, 150:].any()
        assert halves[half]
        assert not halves[1 - half]


def test_setting_the_same_formula_again_costs_nothing(label: FormulaLabel) -> None:
    label.setTex(ADAM)
    before, renderer = typeset.cache_info(), label._renderer
    label.setTex(ADAM)
    label._style.setFactor(1.5)
    assert typeset.cache_info() == before
    assert label._renderer is renderer  # it is drawn in any size
    label._style.setTheme("dark")
    assert typeset.cache_info().misses == before.misses
    assert label._renderer is not renderer


def test_on_a_screen_a_formula_is_set_between_the_pictures(
    label: FormulaLabel, qtbot: QtBot
) -> None:
    label.setTex("x = 1")
    label.show()
    before = label.sizeHint()
    label.setTex(rf"{ADAM} + 1")
    assert label.tex() == label.accessibleName() == rf"{ADAM} + 1"
    assert not label.isCaughtUp()
    assert label.sizeHint() == before  # the one before stays
    qtbot.waitUntil(label.isCaughtUp)
    caught_up = label.sizeHint()
    alone = FormulaLabel(label._style)
    qtbot.addWidget(alone)
    alone.setTex(rf"{ADAM} + 1")
    assert caught_up == alone.sizeHint() != before
    assert typeset.cache_info().currsize
    laid_out(alone, 300, 60)
    label.resize(300, 60)
    assert (picture(label) == picture(alone)).all()


def test_of_formulas_that_follow_each_other_fast_the_last_is_shown(
    label: FormulaLabel, qtbot: QtBot
) -> None:
    label.show()
    shown = []
    label.caughtUp.connect(lambda: shown.append(label._shown))
    for number in range(40):
        label.setTex(rf"rac{{{number}}}{{y}} + {number}")
    qtbot.waitUntil(label.isCaughtUp)
    assert shown == [r"rac{39}{y} + 39"]


def test_an_empty_formula_is_nothing(label: FormulaLabel) -> None:
    label.setTex("")
    laid_out(label)
    picture(label)
    assert not label.isFormula()
