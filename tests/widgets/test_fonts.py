"""Qt draws with the typefaces that ship, down to the signs that few typefaces have."""

import logging
from pathlib import Path

import pytest
from PySide6.QtGui import QFont, QFontInfo, QFontMetricsF, QTextLayout

from widgets.fonts import SYMBOL_FAMILY, load_fonts
from widgets.style import MONO_FAMILY, TEXT_FAMILY, Style

pytestmark = pytest.mark.usefixtures("qapp")

GREEK = "αβγδεζηθικλμνξπρστφχψωΓΔΘΛΣΦΨΩ"
SIGNS = "∂√²³⁰₀₁₂→≤≥≠±×÷·•∞−∑…–"
SYMBOLS = "∇∝≪≫⊙⌊⌋∛ℝ"


def families_drawing(text: str, font: QFont) -> set[str]:
    """The families whose glyphs draw `text`; "" for one that has no glyph for a sign."""
    layout = QTextLayout(text, font)
    layout.beginLayout()
    layout.createLine()
    layout.endLayout()
    return {
        run.rawFont().familyName() if all(run.glyphIndexes()) else "" for run in layout.glyphRuns()
    }


@pytest.mark.parametrize("family", [TEXT_FAMILY, MONO_FAMILY])
def test_qt_uses_the_family_that_was_asked_for(family: str) -> None:
    assert QFontInfo(QFont(family)).family() == family


@pytest.mark.parametrize(
    ("family", "weight", "style"),
    [
        (TEXT_FAMILY, QFont.Weight.Normal, "Regular"),
        (TEXT_FAMILY, QFont.Weight.DemiBold, "SemiBold"),
        (MONO_FAMILY, QFont.Weight.Normal, "Regular"),
        (MONO_FAMILY, QFont.Weight.Bold, "Bold"),
    ],
)
def test_each_weight_has_a_face_of_its_own(family: str, weight: QFont.Weight, style: str) -> None:
    info = QFontInfo(QFont(family, weight=weight))
    assert (info.weight(), info.styleName()) == (weight, style)


@pytest.mark.parametrize("family", [TEXT_FAMILY, MONO_FAMILY])
def test_greek_and_common_signs_are_in_the_family(family: str) -> None:
    assert families_drawing(GREEK + SIGNS, QFont(family)) == {family}


@pytest.mark.parametrize("family", [TEXT_FAMILY, MONO_FAMILY])
def test_other_signs_come_from_the_symbols_that_ship(family: str) -> None:
    assert families_drawing(SYMBOLS, QFont(family)) == {SYMBOL_FAMILY}


@pytest.mark.parametrize("role", ["body", "title", "mono"])
def test_digits_are_of_one_width(role: str) -> None:
    metrics = QFontMetricsF(Style().font(role))
    assert len({round(metrics.horizontalAdvance(digit * 10), 3) for digit in "0123456789"}) == 1


def test_a_broken_file_is_told_of_and_left_out(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    broken = tmp_path / "broken.ttf"
    broken.write_bytes(b"no typeface")
    with caplog.at_level(logging.WARNING):
        assert load_fonts([broken]) == ()
    assert f"{broken} cannot be loaded" in caplog.text
