import math

import pytest

from widgets.numbers import (
    format_compact,
    format_number,
    format_power,
    format_share,
    format_ticks,
    with_minus,
)


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0.0, "0%"),
        (1e-9, "< 0.1%"),
        (0.0005, "0.1%"),
        (0.9994, "99.9%"),
        (0.9875, "98.8%"),
        (0.9999, "> 99.9%"),
        (1.0, "100%"),
        (math.nan, "—"),
    ],
)
def test_only_nothing_and_all_are_told_as_such(share: float, text: str) -> None:
    assert format_share(share) == text


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("At (-2.805, -.5): -4.78e-10.", "At (−2.805, −.5): −4.78e−10."),
        ("784-256-10, cnn-25k, 2026-11-22, 3 - 4", "784-256-10, cnn-25k, 2026-11-22, 3 - 4"),
        ("f(w)-3, x[0]-1, half-a-step, --5", "f(w)-3, x[0]-1, half-a-step, --5"),
    ],
)
def test_numbers_in_a_sentence_have_a_true_minus(text: str, printed: str) -> None:
    assert with_minus(text) == printed


@pytest.mark.parametrize(
    ("x", "text"),
    [
        (3.14159265, "3.142"),
        (0.1, "0.1000"),
        (-2.0, "−2.000"),
        (0.0, "0.000"),
        (-0.0, "0.000"),
        (12, "12"),
        (-7, "−7"),
        (123456.7, "123457"),
        (999999.9, "1.000e6"),
        (1234567.0, "1.235e6"),
        (1234567, "1.235e6"),
        (0.0012345, "0.001234"),
        (0.00099999, "0.001000"),
        (9.5e-5, "9.500e−5"),
        (1e-300, "1.000e−300"),
        (math.nan, "—"),
        (math.inf, "∞"),
        (-math.inf, "−∞"),
    ],
)
def test_a_number_is_written_with_four_digits(x: float, text: str) -> None:
    assert format_number(x) == text


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        ([0, 0.5, 1.0], ["0.0", "0.5", "1.0"]),
        ([-0.2, 0.0, 0.2], ["−0.2", "0.0", "0.2"]),
        ([0, 500, 1000], ["0", "500", "1000"]),
        ([0, 2e5, 4e5], ["0", "2e5", "4e5"]),
        ([0, 2.5e-5, 5e-5], ["0", "2.5e−5", "5e−5"]),
        ([], []),
    ],
)
def test_ticks_have_as_few_decimals_as_tell_them_apart(
    values: list[float], texts: list[str]
) -> None:
    assert format_ticks(values) == texts


def test_powers_and_short_numbers() -> None:
    assert [format_power(e) for e in (-5, -2, 0, 3, 12)] == ["10⁻⁵", "0.01", "1", "1000", "10¹²"]
    assert [format_compact(x) for x in (0.0, 0.25, 1234.0, 2e5, -3e-7, math.inf)] == [
        "0",
        "0.25",
        "1200",
        "2e5",
        "−3e−7",
        "∞",
    ]
