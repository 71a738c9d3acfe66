"""What was found last, kept for as long as it is asked of the same."""

from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Remembered(Generic[T]):
    """The last value that was found, and what it was found of."""

    def __init__(self) -> None:
        self._found: tuple[tuple[object, ...], T] | None = None

    def of(self, *subject: object, find: Callable[[], T]) -> T:
        """What `find` gives; it is not called again while `subject` equals the one before."""
        if self._found is None or self._found[0] != subject:
            self._found = subject, find()
        return self._found[1]
