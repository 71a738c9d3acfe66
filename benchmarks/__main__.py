"""``python -m benchmarks``: measure the speeds and print them as a table in Markdown."""

import argparse
import importlib
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.results import Report, markdown

BENCHMARKS = (
    "start_up",
    "race_in_window",
    "mnist_in_window",
    "basins",
    "film",
    "waiting",
    "tiny_networks",
    "landscape",
    "memory",
)
WRITTEN = Path(__file__).parent / "RESULTS.md"


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what is asked for; gives 1 if a demand is not met."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(BENCHMARKS)}")
    parser.add_argument("--repeats", type=int, help="how often each is measured")
    parser.add_argument("--write", action="store_true", help=f"also write {WRITTEN.name}")
    options = parser.parse_args(arguments)
    if unknown := set(options.names) - set(BENCHMARKS):
        parser.error(f"there is no benchmark {min(unknown)}; there are {', '.join(BENCHMARKS)}")
    given = {} if options.repeats is None else {"repeats": options.repeats}
    reports = [measured(name, **given) for name in options.names or BENCHMARKS]
    page = markdown(reports)
    print(page)
    if options.write:
        WRITTEN.write_text(page, encoding="utf-8")
    return int(any(row.met is False for report in reports for row in report.results))


def measured(name: str, **given: Any) -> Report:
    """The results of one benchmark."""
    print(f"measuring {name} …", file=sys.stderr, flush=True)
    report: Report = importlib.import_module(f"benchmarks.{name}").measure(**given)
    return report


if __name__ == "__main__":
    sys.exit(main())
