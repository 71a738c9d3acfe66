"""Numbers as people read them on a screen."""

import math
import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

MINUS = "\u2212"
INFINITY = "∞"
MISSING = "—"
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@lru_cache(maxsize=4096, typed=True)  # a live table asks for each number several times a frame
def format_number(x: float, digits: int = 4) -> str:
    """`x` with `digits` significant digits, zeros kept so that a live number does not jump.

    Written out between 0.001 and 999,999, otherwise as in ``1.235e-5``. An `int` in that range is
    exact. NaN is an em dash, infinity its sign, and minus a true minus.
    """
    if math.isnan(x):
        return MISSING
    if math.isinf(x):
        return INFINITY if x > 0 else MINUS + INFINITY
    if isinstance(x, int) and abs(x) < 1_000_000:
        text = str(x)
    elif x == 0:
        text = f"{0:.{digits - 1}f}"
    else:
        mantissa, exponent = f"{x:.{digits - 1}e}".split("e")
        power = int(exponent)
        written_out = f"{x:.{max(0, digits - 1 - power)}f}"
        text = written_out if -3 <= power < 6 else f"{mantissa}e{power}"
    return text.replace("-", MINUS)


@lru_cache(maxsize=4096, typed=True)
def format_within(x: float, characters: int) -> str:
    """`x` with as many significant digits, four at most and one at least, as have room."""
    told = (format_number(x, digits) for digits in (4, 3, 2))
    return next((text for text in told if len(text) <= characters), format_number(x, 1))


def format_share(share: float) -> str:
    """`share` in percent with one decimal; NaN is a dash.

    Without a decimal only where it is exactly 0% or 100%, else under 0.1% or over 99.9%.
    """
    if math.isnan(share):
        return MISSING
    if share in (0, 1):
        return f"{share:.0%}"
    if not 0.0005 <= share < 0.9995:
        return "< 0.1%" if share < 0.5 else "> 99.9%"
    return f"{share:.1%}"


def with_minus(text: str) -> str:
    """`text` with a true minus in its numbers; hyphens between words and digits stay."""
    return re.sub(r"(?<![\w.)\]-])-(?=\.?\d)|(?<=\de)-(?=\d)", MINUS, text)


def format_ticks(values: Sequence[float]) -> list[str]:
    """Evenly spaced numbers with as few decimals as tell them apart."""
    if not values:
        return []
    step = min((abs(b - a) for a, b in pairwise(values)), default=0.0)
    step = step or abs(values[0]) or 1.0
    largest = max(abs(v) for v in values)
    if largest >= 1e5 or largest < 1e-3:
        digits = max(0, math.floor(math.log10(largest or 1)) - _exponent(step))
        return [_scientific(v, digits) for v in values]
    decimals = max(0, -_exponent(step))
    return [_minus(f"{v:.{decimals}f}") for v in values]


def format_compact(x: float, digits: int = 2) -> str:
    """`x` in the fewest characters that show `digits` significant digits, for scales and labels."""
    if not math.isfinite(x):
        return format_number(x)
    if x != 0 and not 1e-3 <= abs(x) < 1e5:
        return _scientific(x, digits - 1)
    return _minus(f"{float(f'{x:.{digits}g}'):.10f}".rstrip("0").rstrip("."))


def format_power(exponent: int) -> str:
    """A power of ten: 0.01, 1, 100 near one, otherwise as in 10⁻⁵."""
    if -2 <= exponent <= 3:
        return f"{10.0**exponent:g}"
    return "10" + str(exponent).translate(_SUPERSCRIPTS)


def format_log_ticks(exponents: Sequence[float]) -> list[str]:
    """Numbers at evenly read places of a log axis, given as log10: powers of ten, or in full."""
    if all(float(e).is_integer() for e in exponents):
        return [format_power(int(e)) for e in exponents]
    return [format_compact(10.0**e, 3) for e in exponents]


def _exponent(step: float) -> int:
    """The power of ten of the last digit that tells multiples of `step` apart."""
    exponent = math.floor(math.log10(step) + 1e-9)
    for extra in range(3):
        scaled = step / 10.0 ** (exponent - extra)
        if math.isclose(scaled, round(scaled), rel_tol=1e-6):
            return exponent - extra
    return exponent - 2


def _scientific(x: float, decimals: int) -> str:
    if x == 0:
        return "0"
    mantissa, exponent = f"{x:.{decimals}e}".split("e")
    if "." in mantissa:
        mantissa = mantissa.rstrip("0").rstrip(".")
    return _minus(f"{mantissa}e{int(exponent)}")


def _minus(text: str) -> str:
    if text.startswith("-") and not text.strip("-0."):
        text = text[1:]
    return text.replace("-", MINUS)
