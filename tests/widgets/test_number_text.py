import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from widgets.number_text import full_number, nudged, parse_integer, parse_number, short_number


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.1", 0.1),
        ("1e-3", 0.001),
        ("4/9", 4 / 9),
        ("-1/6", -1 / 6),
        (" 1.5e2 / 3 ", 50.0),
        ("\N{MINUS SIGN}2", -2.0),
    ],
)
def test_reads_numbers_and_fractions(text: str, value: float) -> None:
    assert parse_number(text) == value


@pytest.mark.parametrize(
    "text", ["", "x", "1/0", "1/2/3", "inf", "nan", "1e999", "__import__('os')"]
)
def test_refuses_what_is_no_finite_number(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the form words it
        parse_number(text)


def test_whole_numbers() -> None:
    assert parse_integer("1e3") == 1000
    assert parse_integer("9007199254740993") == 9007199254740993  # not exact as a float
    with pytest.raises(ValueError, match="whole"):
        parse_integer("1.5")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (4 / 9, "0.4444"),
        (0.1, "0.1"),
        (1e-5, "1e-5"),
        (10000.0, "10000"),
        (0, "0"),
        (2.5e7, "2.5e7"),
    ],
)
def test_short_form(value: float, text: str) -> None:
    assert short_number(value) == text


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_full_form_reads_back_to_the_same_bits(value: float) -> None:
    assert parse_number(full_number(value)) == value


@given(st.floats(1e-12, 1e12))
def test_a_nudge_changes_the_second_digit(value: float) -> None:
    up = nudged(value, 1)
    assert math.isclose((up - value) / 10 ** math.floor(math.log10(value)), 0.1, rel_tol=1e-3)
