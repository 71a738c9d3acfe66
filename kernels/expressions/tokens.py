"""Cutting a typed formula into numbers, names and signs."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, cast

from kernels.errors import ExpressionError

TokenKind = Literal["number", "name", "sign", "end"]


@dataclass(frozen=True, slots=True)
class Token:
    """A number, a name, a sign or the end, and where it stands in the text."""

    kind: TokenKind
    text: str
    start: int
    end: int

    @property
    def span(self) -> tuple[int, int]:
        return self.start, self.end

    def starts_operand(self) -> bool:
        return self.kind in ("number", "name") or self.text == "("


_TOKEN = re.compile(
    r"(?P<space>\s+)"
    r"|(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_]*)"
    r"|(?P<sign>\*\*|[-+*/^(),|])"
    r"|(?P<unknown>.)",
    re.DOTALL,
)

_INSTEAD = {  # what to write for a sign that is often typed or pasted
    **dict.fromkeys("×·⋅∙∗•", "'*'"),
    **dict.fromkeys("÷∕", "'/'"),  # noqa: RUF001
    **dict.fromkeys("−–—", "'-'"),
    **dict.fromkeys("[{", "'('"),
    **dict.fromkeys("]}", "')'"),
    **{"²": "'**2'", "³": "'**3'", "√": "'sqrt(...)'", "π": "'pi'"},
    "=": "only what stands to the right of '='",
    ".": "a digit beside the point, as in 0.5, or nothing,",
}


def tokens(text: str) -> Iterator[Token]:
    """The tokens of `text` and the end. Raises `ExpressionError` for a sign that is not known."""
    for match in _TOKEN.finditer(text):
        if match.lastgroup == "unknown":
            raise ExpressionError(_unknown_sign(match.group()), match.span())
        if match.lastgroup != "space":
            yield Token(cast("TokenKind", match.lastgroup), match.group(), *match.span())
    yield Token("end", "", len(text), len(text))


def _unknown_sign(sign: str) -> str:
    shown = repr(sign)
    if not sign.isascii() and (name := unicodedata.name(sign, "").lower()):
        shown += f" ({name})"  # it may look like a sign that is known
    if sign in _INSTEAD:
        return f"The sign {shown} means nothing here. Write {_INSTEAD[sign]} instead."
    return (
        f"The sign {shown} means nothing here; a formula is made of numbers, names, + - * / ** ( ) "
        "| and commas. Take it away."
    )
