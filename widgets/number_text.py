"""Numbers as people write and read them: `1e-3`, `4/9`, and a short form for narrow fields."""

import math


def parse_number(text: str) -> float:
    """The finite number that `text` tells: digits, scientific notation, or a fraction such as 4/9.

    Raises `ValueError` if it tells none.
    """
    parts = text.replace("\N{MINUS SIGN}", "-").split("/")
    if len(parts) > 2:
        raise ValueError(f"'{text}' has more than one fraction bar")
    numbers = [float(part) for part in parts]
    if len(numbers) == 2 and numbers[1] == 0.0:
        raise ValueError(f"'{text}' divides by zero")
    value = numbers[0] / numbers[1] if len(numbers) == 2 else numbers[0]
    if not math.isfinite(value):
        raise ValueError(f"'{text}' is not finite")
    return value


def parse_integer(text: str) -> int:
    """The whole number that `text` tells, ``1e3`` and ``6/2`` too. Raises `ValueError`."""
    try:
        return int(text.replace("\N{MINUS SIGN}", "-"))
    except ValueError:
        value = parse_number(text)
    if value != int(value):
        raise ValueError(f"'{text}' is not a whole number")
    return int(value)


def short_number(value: float, digits: int = 4) -> str:
    """`value` in at most `digits` significant digits, whole numbers below a million in full."""
    if isinstance(value, int) or (value == int(value) and abs(value) < 1e6):
        return str(int(value))
    text = f"{value:.{digits}g}"
    mantissa, mark, exponent = text.partition("e")
    if "." in mantissa:
        mantissa = mantissa.rstrip("0").rstrip(".")
    return f"{mantissa}e{int(exponent)}" if mark else mantissa


def full_number(value: float) -> str:
    """`value` in as many digits as are needed to read the same number back."""
    if isinstance(value, int) or (value == int(value) and abs(value) < 1e15):
        return str(int(value))
    return repr(float(value))


def rounded(value: float) -> float:
    """`value` to three significant digits."""
    return float(f"{value:.3g}")


def nudged(value: float, steps: int) -> float:
    """`value` changed by `steps` in its second significant digit: 0.1 goes to 0.11, 20 to 21."""
    exponent = math.floor(math.log10(abs(value))) - 1 if value else -1
    unit = 10.0**exponent
    return float(f"{value + steps * unit:.12g}")
