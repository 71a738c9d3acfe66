"""The style sheet at every size."""

import re

import numpy as np
import pytest

from widgets.style import Style
from widgets.style_sheet import style_sheet


def lengths(sheet: str, selector: str) -> dict[str, int]:
    block = re.search(re.escape(selector) + r" \{([^}]*)\}", sheet)
    assert block is not None
    pairs = re.findall(r"([\w-]+): (\d+)px", block[1])
    return {name: int(number) for name, number in pairs}


@pytest.mark.parametrize("factor", [1.0, 1.15, 1.3, 1.61, 1.75, 2.2, *np.arange(0.6, 3, 0.07)])
def test_handles_and_grooves_of_sliders_stay_round(factor: float) -> None:
    sheet = style_sheet(Style(factor=float(factor)))
    handle = lengths(sheet, "QSlider::handle:horizontal")
    side = handle["width"] + 2 * handle["border"]
    assert side - 3 <= 2 * handle["border-radius"] <= side  # Qt draws a larger one square
    for part in ("groove", "sub-page"):
        bar = lengths(sheet, f"QSlider::{part}:horizontal")
        assert 2 * bar["border-radius"] <= bar["height"]
