"""A worked calculation in the making: terms with their numbers plugged in, as TeX."""

import math
from collections.abc import Mapping

import numpy as np

from kernels.simulation import Array, Term

DIGITS = 5
AGAINST_ZERO = "keeps the division from blowing up"
SHARES = {r"\beta_1": "β₁", r"\beta_2": "β₂", r"\beta_t": "βₜ", r"\rho": "ρ"}  # in the key


class Walk:
    """One update of one optimizer, written down term by term as it is computed.

    Attributes
    ----------
    step
        The number of the update, t, counted from 1.
    rate
        The learning rate of this update.
    point, gradient
        Where it starts, and the gradient as the rule gets it, (d,) each.
    rate_symbol, point_symbol
        What is written for the rate and for where it starts, TeX.
    memory
        What the optimizer remembers of the steps before, by torch's names; numbers and (d,) arrays.
    terms
        What was written down so far.
    meanings
        What the symbols in it mean that have no term of their own, in the order of their use.
    """

    def __init__(
        self, step: int, rate: float, point: Array, gradient: Array, memory: Mapping[str, Array]
    ) -> None:
        self.step = step
        self.rate = rate
        self.point = point
        self.gradient = gradient
        self.memory = memory
        self.rate_symbol = r"\eta"
        self.point_symbol = r"\theta_{t-1}"
        self.terms: list[Term] = []
        self.meanings: dict[str, str] = {"θ": "point"}

    def says(self, symbol: str, meaning: str) -> None:
        """Have the key say what `symbol` means."""
        self.meanings.setdefault(symbol, meaning)

    @property
    def key(self) -> str:
        """What its symbols mean."""
        return ", ".join(f"{symbol}: {meaning}" for symbol, meaning in self.meanings.items())

    def past(self, name: str, default: float = 0.0) -> Array:
        """What is remembered under `name`; before the first step, `default` for each coordinate."""
        kept = self.memory.get(name)
        return np.full_like(self.point, default) if kept is None else kept

    def write(self, name: str, symbol: str, formula: str, numbers: str, value: Array) -> Array:
        """Write a term down and give its value back."""
        self.terms.append(
            Term(
                name=name,
                symbol=symbol,
                formula=formula,
                numbers=numbers,
                value=tuple(float(v) for v in np.atleast_1d(value)),
            )
        )
        return value

    def mean(self, name: str, symbol: str, key: str, share: float, sign: str, new: str) -> Array:
        """A running mean: `share` of what is remembered, the rest of the gradient or its square.

        `sign` is the symbol of the share, `new` that of what comes in: ``g_t`` or ``g_t^2``.
        """
        square = "^2" if new.endswith("^2") else ""
        self.says(SHARES[sign], f"share kept of past {'squares' if square else 'gradients'}")
        old = self.past(key)
        fresh = self.gradient**2 if square else self.gradient
        return self.write(
            name,
            f"{symbol}_t",
            rf"{sign} {symbol}_{{t-1}} + (1 - {sign})\, {new}",
            rf"{tex(share)} \cdot {factor(old)} + "
            rf"{tex(1 - share)} \cdot {factor(self.gradient)}{square}",
            share * old + (1 - share) * fresh,
        )

    def corrected(
        self, name: str, hat: str, symbol: str, value: Array, beta: float, sign: str
    ) -> Array:
        """A running mean, `value`, freed of its start at zero."""
        return self.write(
            f"{name}, bias corrected",
            rf"\hat{{{hat}}}_t",
            rf"\frac{{{symbol}}}{{1 - {sign}^t}}",
            rf"\frac{{{tex(value)}}}{{1 - {tex(beta)}^{{{self.step}}}}}",
            value / (1 - beta**self.step),
        )

    def step_along(self, symbol: str, direction: Array) -> Array:
        """The step: the learning rate times `direction`, downhill."""
        self.says("η", "learning rate")
        return self.write(
            "step",
            r"\Delta_t",
            rf"-{self.rate_symbol}\, {symbol}",
            rf"-{tex(self.rate)} \cdot {factor(direction)}",
            -self.rate * direction,
        )

    def step_divided(
        self, symbol: str, direction: Array, square_symbol: str, squares: Array, eps: float
    ) -> Array:
        """The step: the learning rate times `direction` over the root of `squares`, downhill."""
        self.says("η", "learning rate")
        self.says("ε", AGAINST_ZERO)
        size = rf"\sqrt{{{tex(squares)}}} + {tex(eps)}"
        return self.write(
            "step",
            r"\Delta_t",
            rf"-{self.rate_symbol} \frac{{{symbol}}}{{\sqrt{{{square_symbol}}} + \epsilon}}",
            rf"-{tex(self.rate)} \cdot \frac{{{tex(direction)}}}{{{size}}}",
            -self.rate * direction / (np.sqrt(squares) + eps),
        )


def tex(value: float | Array) -> str:
    """A number, or the numbers of a vector in brackets, as TeX with five digits."""
    if np.ndim(value):
        entries = [tex(float(entry)) for entry in np.asarray(value)]
        if len(entries) == 1:
            return entries[0]
        return rf"\left( {', '.join(map(_signed, entries))} \right)"
    if not math.isfinite(value):
        return r"\text{undefined}" if math.isnan(value) else r"\infty" if value > 0 else r"-\infty"
    mantissa, _, exponent = f"{float(value):.{DIGITS}g}".partition("e")
    if not exponent:
        return "0" if mantissa == "-0" else mantissa
    return rf"{mantissa} \cdot 10^{{{int(exponent)}}}"


def factor(value: float | Array) -> str:
    """`tex` of a number, in brackets where it is negative and follows a sign of multiplication."""
    text = tex(value)
    return f"({_signed(text)})" if text.startswith("-") else text


def _signed(text: str) -> str:
    """A number in TeX whose sign, after a bracket or a comma, is set as one and not as a minus."""
    return f"{{{text}}}" if text.startswith("-") else text
