"""Where an axis begins, ends and carries numbers; and how it holds still while data grow."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Range = tuple[float, float]

SHARES: Range = (0.0, 1.06)  # of an axis of shares: what lies at 1 is seen whole
_LARGEST = 1e300  # beyond it differences overflow
_SHRINK_BELOW = 0.35  # a held range shrinks when the data take less of it than this


def have_logarithms(*values: NDArray[np.floating]) -> bool:
    """Whether all of `values` that are finite are above 0, as a logarithmic axis can show them."""
    return all(bool((part[np.isfinite(part)] > 0).all()) for part in values)


def nice_step(span: float, count: int) -> float:
    """The step of 1, 2 or 5 times a power of ten that cuts `span` into about `count` parts."""
    raw = span / max(count, 1)
    power = 10.0 ** math.floor(math.log10(raw))
    return next(m * power for m in (1.0, 2.0, 5.0, 10.0) if m * power >= raw * 0.999)


def linear_ticks(low: float, high: float, count: int) -> list[float]:
    """Round numbers within [low, high], about `count` of them; not one or two if more have room."""
    if not high > low:
        return []
    step = nice_step(high - low, count)
    ticks = _multiples(step, low, high)
    if count > 1 and len(ticks) < min(count, 3):
        finer = _multiples(nice_step(0.4 * step, 1), low, high)
        return finer if len(finer) <= 1.5 * count + 1 else ticks
    return ticks


def _multiples(step: float, low: float, high: float) -> list[float]:
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [i * step for i in range(first, last + 1)]


def decade_ticks(low: float, high: float, count: int) -> list[int]:
    """Whole exponents within [low, high] (log10), thinned to about `count`."""
    stride = max(1, math.ceil((high - low) / max(count, 1)))
    return [e for e in range(math.ceil(low - 1e-9), math.floor(high + 1e-9) + 1) if e % stride == 0]


def log_ticks(low: float, high: float, count: int) -> list[float]:
    """log10 of round numbers within [low, high] (log10), about `count` of them.

    Powers of ten; where there is room for more, twice and five times these too; over less than a
    decade evenly spaced numbers. A lone number would tell no scale: then the first and the last.
    """
    if not high > low:
        return []
    decades = decade_ticks(low, high, count)
    if len(decades) >= max(3, 0.6 * count):
        return [float(e) for e in decades]
    exponents = range(math.floor(low), math.ceil(high) + 1)
    ticks = [e + math.log10(m) for e in exponents for m in (1.0, 2.0, 5.0)]
    inside = [tick for tick in ticks if low - 1e-9 <= tick <= high + 1e-9]
    if len(inside) >= 3:
        if len(inside) <= 1.5 * count:
            return inside
        return [float(e) for e in decades] if len(decades) > 1 else [inside[0], inside[-1]]
    return [math.log10(v) for v in linear_ticks(10.0**low, 10.0**high, count) if v > 0]


def data_range(values: NDArray[np.floating], *, log: bool = False) -> Range | None:
    """The smallest and largest finite value (positive, if `log`); None if there is none."""
    values = values.astype(np.float64)  # _LARGEST is no number of float32
    keep = np.isfinite(values) & (np.abs(values) < _LARGEST)
    if log:
        keep &= values > 0
    kept = values[keep]
    return (float(kept.min()), float(kept.max())) if kept.size else None


def widen(low: float, high: float, by: float = 0.05) -> Range:
    """[low, high] with a margin of `by` of it on both sides; a single value gets room around it."""
    margin = (high - low) * by
    if margin <= 0:
        margin = abs(low) * 0.5 or 0.5
    return low - margin, high + margin


@dataclass(slots=True)
class HeldRange:
    """A range that follows live data without flicker.

    It grows in round steps as soon as data leave it, and shrinks only when they have come to fill
    little of it. On a log axis the numbers are exponents.
    """

    low: float = 0.0
    high: float = 1.0
    fresh: bool = True  # nothing was shown yet

    def fit(self, low: float, high: float) -> Range:
        """The range in which data from `low` to `high` are to be shown."""
        span, held = high - low, self.high - self.low
        inside = self.low <= low and high <= self.high
        if self.fresh or not inside or span < _SHRINK_BELOW * held:
            self.low, self.high = _rounded(low, high)
            self.fresh = False
        return self.low, self.high

    def reset(self) -> None:
        """Forget what was shown: the next data choose the range anew."""
        self.fresh = True


def _rounded(low: float, high: float) -> Range:
    if not high > low:
        low, high = widen(low, high)
    step = nice_step(high - low, 6)
    return math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step
