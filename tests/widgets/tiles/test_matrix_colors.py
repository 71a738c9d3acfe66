import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from widgets.colors import ThemeName, contrast
from widgets.tiles.matrix_colors import percent, shade, shades, shares_of, top_of


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("category", [0, 1])
def test_words_are_read_on_every_shade(theme: ThemeName, category: int) -> None:
    for each in shades(theme, category):
        assert contrast(each.ground.name(), each.words.name()) >= 3.5
    assert shade(theme, category, 2.0) == shades(theme, category)[-1]
    assert shade(theme, category, 0.0) == shades(theme, category)[0]


def test_shares_are_of_the_row():
    counts = np.array([[8, 2, 0], [0, 0, 0], [1, 1, 2]])
    assert shares_of(counts).tolist() == [[0.8, 0.2, 0], [0, 0, 0], [0.25, 0.25, 0.5]]


@given(st.floats(0, 1))
def test_the_scale_of_mistakes_ends_soon_after_the_largest(largest):
    shares = np.array([[1 - largest, largest], [0.0, 1.0]])
    top = top_of(shares)
    assert largest <= top * (1 + 1e-6)
    assert top <= max(2.5 * largest, 1e-3) * (1 + 1e-6)
    assert f"{top:.0e}"[0] in "125"


def test_without_mistakes_there_is_a_scale():
    assert top_of(np.eye(3)) == pytest.approx(0.001)
    assert top_of(np.zeros((0, 0))) == pytest.approx(0.001)


def test_nothing_and_all_are_exact():
    assert percent(0, 0) == "—"
    assert percent(0, 9) == "0%"
    assert percent(9, 9) == "100%"
    assert percent(9999, 10000) == "> 99.9%"
    assert percent(1, 10000) == "< 0.1%"
    assert percent(2, 3) == "66.7%"
