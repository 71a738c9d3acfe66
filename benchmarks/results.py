"""What was measured, and the table of it."""

import os
import platform
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.metadata import version

HEADINGS = ("Measured", "Layerscope", "Peer", "Ratio", "Demand", "Met")
LIBRARIES = ("torch", "PySide6-Essentials", "pyqtgraph", "numpy", "numba", "matplotlib")


@dataclass(frozen=True, slots=True)
class Spread:
    """Repeats of one measurement: their median, the least and the most."""

    values: tuple[float, ...]

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    def text(self, unit: str, digits: int = 3) -> str:
        """The median with the range of the repeats, such as "1.2 s (1.1 to 1.4)"."""
        low, middle, high = (
            _rounded(value, digits) for value in (min(self.values), self.median, max(self.values))
        )
        return f"{middle} {unit} ({low} to {high})" if len(self.values) > 1 else f"{middle} {unit}"


def ratios(ours: Spread, peer: Spread) -> Spread:
    """Ours to the peer's, repeat by repeat, since what was measured in turn met the same load."""
    return Spread(tuple(a / b for a, b in zip(ours.values, peer.values, strict=True)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One row of the table; `met` is None where nothing is demanded."""

    measured: str
    ours: str
    peer: str = ""
    ratio: Spread | None = None
    demand: str = ""
    met: bool | None = None

    def cells(self) -> tuple[str, ...]:
        ratio = self.ratio.text("").replace(" (", "(").replace("(", " (") if self.ratio else ""
        met = "" if self.met is None else ("yes" if self.met else "**no**")
        return (self.measured, self.ours, self.peer, ratio.strip(), self.demand, met)


@dataclass(frozen=True, slots=True)
class Report:
    """The results of one benchmark, with what is to be known of how they came about."""

    title: str
    results: tuple[Result, ...]
    notes: tuple[str, ...] = field(default=())


def markdown(reports: Sequence[Report]) -> str:
    """All reports as one Markdown page."""
    parts = ["# Speeds", machine()]
    for report in reports:
        rows = [HEADINGS, ("---",) * len(HEADINGS), *(r.cells() for r in report.results)]
        table = "\n".join("| " + " | ".join(row) + " |" for row in rows)
        notes = "\n".join(f"- {note}" for note in report.notes)
        parts += [f"## {report.title}", table, notes]
    return "\n\n".join(part for part in parts if part) + "\n"


def machine() -> str:
    """What it was measured on, in a sentence or two."""
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    load = (
        f" Load average at the end: {os.getloadavg()[0]:.1f}." if hasattr(os, "getloadavg") else ""
    )
    return (
        f"{platform.system()} on {platform.machine()}, {os.cpu_count()} processors, Python "
        f"{platform.python_version()}; {libraries}. Medians, with the range of the repeats; ours "
        f"and the peer's are measured in turn, and a ratio is taken repeat by repeat.{load}"
    )


def _rounded(value: float, digits: int) -> str:
    return f"{value:,.0f}" if abs(value) >= 10 ** (digits - 1) else f"{value:.{digits}g}"
