"""A formula in TeX, as textbooks set it: fractions, roots, powers, and brackets where needed."""

import re
from dataclasses import dataclass

from kernels.expressions.operations import Apply, Number, Program, Step, Variable

_SUM, _PRODUCT, _POWER, _ATOM = range(4)  # how strongly the parts of a piece hold together


@dataclass(frozen=True, slots=True)
class _Piece:
    tex: str
    strength: int

    def within(self, weakest: int) -> str:
        """The piece where at least `weakest` is needed."""
        return self.tex if self.strength >= weakest else rf"\left({self.tex}\right)"

    def after_operator(self, weakest: int) -> str:
        """The same right of an operator, where no minus sign may come first."""
        return self.within(_ATOM if self.tex.startswith("-") else weakest)


_FUNCTION_NAMES = {
    **{name: rf"\{name}" for name in ("sin", "cos", "tan", "sinh", "cosh", "tanh")},
    **{f"a{name}": rf"\arc{name}" for name in ("sin", "cos", "tan")},
    **{name: rf"\{name}" for name in ("log", "ln", "min", "max")},
    "log2": r"\log_{2}",
    "log10": r"\log_{10}",
}
_AROUND = {  # what stands before and after the only operand
    "sqrt": (r"\sqrt{", "}"),
    "abs": (r"\left|", r"\right|"),
    "floor": (r"\left\lfloor ", r"\right\rfloor"),
    "ceil": (r"\left\lceil ", r"\right\rceil"),
}


def tex_of(program: Program) -> str:
    """`program` in TeX, nothing simplified."""
    stack: list[_Piece] = []
    for step in program:
        if isinstance(step, Apply):
            operands = stack[-step.count :]
            stack[-step.count :] = [_applied(step.operation.name, operands)]
        else:
            stack.append(_operand(step))
    return stack[0].tex


def _operand(step: Step) -> _Piece:
    if isinstance(step, Number):
        return _number(step.text)
    assert isinstance(step, Variable)
    return _Piece(_name(step.name), _ATOM)


def _number(text: str) -> _Piece:
    if text.isalpha():
        return _Piece({"pi": r"\pi"}.get(text, text), _ATOM)
    digits, _, exponent = text.lower().partition("e")
    whole, _, decimals = digits.partition(".")
    plain = f"{whole or '0'}.{decimals}" if decimals else whole
    if not exponent:
        return _Piece(plain, _ATOM)
    return _Piece(rf"{plain} \times 10^{{{int(exponent)}}}", _PRODUCT)


def _name(name: str) -> str:
    if match := re.fullmatch(r"([A-Za-z])_?([0-9]+)", name):
        return f"{match[1]}_{{{match[2]}}}"
    return name if len(name) == 1 else rf"\mathrm{{{name.replace('_', chr(92) + '_')}}}"


def _applied(name: str, operands: list[_Piece]) -> _Piece:
    first, last = operands[0], operands[-1]
    match name:
        case "+" | "-":
            right = last.after_operator(_SUM if name == "+" else _PRODUCT)
            return _Piece(f"{first.tex} {name} {right}", _SUM)
        case "*":
            return _product(first, last)
        case "/":
            return _Piece(rf"\frac{{{first.tex}}}{{{last.tex}}}", _PRODUCT)
        case "**":
            return _Piece(f"{first.within(_ATOM)}^{{{last.tex}}}", _POWER)
        case "negative":
            return _Piece(f"-{first.after_operator(_PRODUCT)}", _PRODUCT)
        case "exp":
            return _Piece(f"e^{{{first.tex}}}", _POWER)
    if name in _AROUND:
        before, after = _AROUND[name]
        return _Piece(before + first.tex + after, _ATOM)
    values = ", ".join(operand.tex for operand in operands)
    head = _FUNCTION_NAMES.get(name, rf"\operatorname{{{name}}}")
    return _Piece(rf"{head}\left({values}\right)", _ATOM)


def _product(first: _Piece, last: _Piece) -> _Piece:
    left, right = first.within(_PRODUCT), last.after_operator(_PRODUCT)
    # Side by side, 2 and 3 would be 23, and 2 and a half two and a half.
    sign = r" \cdot " if right[0].isdigit() or right.startswith(r"\frac") else " "
    return _Piece(left + sign + right, _PRODUCT)
