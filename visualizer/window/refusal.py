"""What was asked for and is not allowed, and where."""

from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from kernels.editing import differences, get_value, with_value
from kernels.errors import LayerscopeError
from kernels.parameters import Parameters


@dataclass(frozen=True, slots=True)
class Refusal:
    """What was asked for and is not allowed: where, why, which characters, and what it was.

    `value` is None where the person who asked still sees it; `in_view` tells whether `path` is one
    of the view or of the parameters.
    """

    path: str
    sentence: str
    span: tuple[int, int] | None = None
    value: Any = None
    in_view: bool = False

    @classmethod
    def of(
        cls, path: str, error: LayerscopeError, value: Any = None, *, in_view: bool = False
    ) -> "Refusal":
        """What `error` says of what was asked for at `path`, or where `error` itself says."""
        place = getattr(error, "path", "") or path
        asked = value if place == path else None
        return cls(place, str(error), getattr(error, "span", None), asked, in_view)


def what_differs(before: Parameters, after: Parameters) -> tuple[str, Any]:
    """The path, as deep as may be, at which all lies that `after` has otherwise, and what it has.

    A field that takes its default when another changes does not count beside that one. The path is
    empty if there is none.
    """
    if type(before) is not type(after):
        return "", None
    changes = differences(before, after)
    for path, (_, new) in changes.items():
        if _is_with(before, path, new, after):
            return path, new
    levels = zip(*(path.split(".") for path in changes), strict=False)
    path = ".".join(names[0] for names in takewhile(lambda names: len({*names}) == 1, levels))
    return path, get_value(after, path) if path else None


def _is_with(before: Parameters, path: str, value: Any, after: Parameters) -> bool:
    """Whether `before` with `value` at `path` is `after`."""
    try:
        return with_value(before, path, value) == after
    except LayerscopeError:
        return False
