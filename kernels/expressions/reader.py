"""Reading a typed formula: from text to a program of known operations.

The reader is an operator precedence parser (Pratt, "Top down operator precedence", 1973). It knows
numbers, the given variables, and the operators and functions of `kernels.expressions.operations`,
nothing else. Operators bind as in Python; ``^`` is a second way to write ``**``, ``|x|`` is
``abs(x)``, and the sign of a product may be left out where the formula can be read in one way only:
``3x``, ``2 sin(x)``, ``(x + 1)(x - 1)``.
"""

from math import isinf

from kernels.errors import ExpressionError
from kernels.expressions.operations import (
    ABSOLUTE,
    ADD,
    CONSTANTS,
    DIVIDE,
    FUNCTIONS,
    MULTIPLY,
    NEGATIVE,
    POWER,
    SUBTRACT,
    Apply,
    Number,
    Operation,
    Program,
    Step,
    Variable,
)
from kernels.expressions.tokens import Token, tokens
from kernels.sentences import similar

MAX_LENGTH = 1_000  # characters
MAX_DEPTH = 100  # brackets, signs and operands within each other; three Python frames each

# The operation of an operator, and how strongly it binds what stands left and right of it.
_OPERATORS: dict[str, tuple[Operation, int, int]] = {
    "+": (ADD, 10, 11),
    "-": (SUBTRACT, 10, 11),
    "*": (MULTIPLY, 20, 21),
    "/": (DIVIDE, 20, 21),
    "**": (POWER, 41, 40),
    "^": (POWER, 41, 40),
}
_PREFIX = 30  # of a plus or minus sign: -x**2 is -(x**2), -x*y is (-x)*y, 2**-1 is 0.5


def read(text: str, variables: tuple[str, ...]) -> Program:
    """The program of the formula `text`. Raises `ExpressionError` if it is none."""
    if len(text) > MAX_LENGTH:
        raise ExpressionError(
            f"The formula has {len(text)} characters; it may have at most {MAX_LENGTH}. "
            "Write a shorter one.",
            (MAX_LENGTH, len(text)),
        )
    return _Reader(text, variables).program()


class _Reader:
    """Reads one formula from left to right, and writes its program as it goes."""

    def __init__(self, text: str, variables: tuple[str, ...]) -> None:
        self._variables = variables
        self._tokens = tuple(tokens(text))
        self._position = 0
        self._depth = 0
        self._end_of_divisor = -1  # the position right after the last divisor or exponent
        self._steps: list[Step] = []

    def program(self) -> Program:
        """The steps that compute the formula. Raises `ExpressionError` where it is none."""
        if self._next.kind == "end":
            example = f"{self._variables[0]}**2" if self._variables else "2*pi"
            raise ExpressionError(
                f"The formula is empty. Write one, such as {example}.", (0, self._next.end)
            )
        self._expression(0)
        if self._position < len(self._tokens) - 1:
            raise _unexpected(self._next)
        return tuple(self._steps)

    @property
    def _next(self) -> Token:
        return self._tokens[self._position]

    @property
    def _last(self) -> Token:
        return self._tokens[self._position - 1]

    def _take(self) -> Token:
        self._position += 1
        return self._last

    def _expression(self, weakest: int) -> None:
        """Read operands joined by operators that bind at least as strongly as `weakest`."""
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise ExpressionError(
                f"The formula is nested more than {MAX_DEPTH} deep here. Write it with fewer "
                "brackets and signs within each other.",
                self._last.span,
            )
        self._operand()
        while sign := self._operator():
            operation, left, right = _OPERATORS[sign]
            if left < weakest:
                break
            if self._next.text == sign:  # a product may have none
                self._take()
            self._expression(right)
            self._steps.append(Apply(operation, 2))
            if operation in (DIVIDE, POWER):
                self._end_of_divisor = self._position
        self._depth -= 1

    def _operator(self) -> str:
        """The operator that comes next, be it written or left out; empty if an operand ends."""
        token, last = self._next, self._last
        if token.text in _OPERATORS:
            return token.text
        if not token.starts_operand():
            return ""
        if last.kind == "name" and token.text == "(":
            raise ExpressionError(
                f"'{last.text}' is a value, not a function. To multiply, write {last.text}*(...).",
                last.span,
            )
        if token.kind == "number":
            raise ExpressionError(
                f"An operator is missing before {_short(token.text)}. Write '*' to multiply.",
                token.span,
            )
        if self._position == self._end_of_divisor:
            raise ExpressionError(
                f"'{_short(token.text)}' can be read in two ways here: as a factor of the divisor "
                "or exponent, or of the whole. Write '*', and brackets where they are needed.",
                token.span,
            )
        return "*"

    def _operand(self) -> None:
        token = self._take()
        if token.kind == "number":
            self._number(token)
        elif token.kind == "name":
            self._name(token)
        elif token.text == "(":
            self._bracketed(token)
        elif token.text == "|":
            self._expression(0)
            self._close("|", token)
            self._steps.append(Apply(ABSOLUTE, 1))
        elif token.text in ("+", "-"):
            self._expression(_PREFIX)
            if token.text == "-":
                self._steps.append(Apply(NEGATIVE, 1))
        else:
            self._position -= 1
            raise self._missing_operand()

    def _number(self, token: Token) -> None:
        value = float(token.text)
        if isinf(value):
            raise ExpressionError(
                f"The number {_short(token.text)} is too large; at most 1.7e308 can be computed "
                "with. Write a smaller one.",
                token.span,
            )
        self._steps.append(Number(value, token.text))

    def _name(self, token: Token) -> None:
        name = token.text
        if name in self._variables:
            self._steps.append(Variable(self._variables.index(name), name))
        elif name in CONSTANTS:
            self._steps.append(Number(CONSTANTS[name], name))
        elif name in FUNCTIONS:
            self._call(token, FUNCTIONS[name])
        else:
            raise ExpressionError(_unknown_name(name, self._variables), token.span)

    def _bracketed(self, opening: Token) -> None:
        if self._next.text == ")":
            raise ExpressionError(
                "There is nothing between these brackets. Write a value there, or take them away.",
                (opening.start, self._next.end),
            )
        self._expression(0)
        self._close(")", opening)

    def _call(self, name: Token, operation: Operation) -> None:
        example = f"{name.text}({', '.join((*self._variables, '1', '2')[: operation.arity])})"
        if self._next.text != "(":
            raise ExpressionError(
                f"{name.text} is a function. Write what it is of in brackets, as in {example}.",
                name.span,
            )
        opening = self._take()
        count = 0
        while not (count == 0 and self._next.text == ")"):
            self._expression(0)
            count += 1
            if self._next.text != ",":
                break
            self._take()
        closing = self._close(")", opening)
        if count < operation.arity or (count > operation.arity and not operation.variadic):
            wanted = "1 value" if operation.arity == 1 else f"{operation.arity} values"
            raise ExpressionError(
                f"{name.text} takes {wanted}{' or more' if operation.variadic else ''}, "
                f"not {count}. Write it as in {example}.",
                (name.start, closing.end),
            )
        self._steps.append(Apply(operation, count))

    def _close(self, sign: str, opening: Token) -> Token:
        if self._next.text == sign:
            return self._take()
        if self._next.text == ",":
            raise _unexpected(self._next)
        what = "A bracket" if sign == ")" else "An absolute value"
        raise ExpressionError(
            f"{what} is opened here and never closed. Add '{sign}'.", opening.span
        )

    def _missing_operand(self) -> ExpressionError:
        token, place = self._next, "before"
        if token.text == ")" and self._position == 0:
            return _unexpected(token)
        if token.kind == "end" or token.text == ")":
            token, place = self._last, "after"
        return ExpressionError(
            f"A value is missing {place} '{token.text}'. Write a number, a name or brackets there.",
            token.span,
        )


def _unexpected(token: Token) -> ExpressionError:
    sentences = {
        ")": "A bracket is closed here that was never opened. Take it away, or add '(' before.",
        "|": "This | has no partner. Write an absolute value as |x| or abs(x), a product with '*'.",
        ",": "A comma only stands between the values of a function, as in max(x, 1). "
        "Write decimals with a point, as in 0.5.",
    }
    return ExpressionError(sentences[token.text], token.span)


def _unknown_name(name: str, variables: tuple[str, ...]) -> str:
    values = (*variables, *CONSTANTS)
    hint = similar(name.lower(), (*values, *FUNCTIONS))
    if all(letter in values for letter in name):
        hint = f" Did you mean '{'*'.join(name)}'?" if len(name) <= 4 else ""
    known = f"{', '.join(values)} and {', '.join(FUNCTIONS)}."
    if hint:
        return f"'{_short(name)}' is not known here.{hint} There are {known}"
    return f"'{_short(name)}' is not known here; use {known}"


def _short(text: str) -> str:
    return text if len(text) <= 30 else text[:27] + "..."
