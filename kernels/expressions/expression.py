"""Formulas that a person types, such as ``3*w**2 - 4*w + 5``, as functions of tensors.

Nothing that is typed is ever run: `kernels.expressions.reader` turns the text into a program of
known operations, and this module gives what can be done with one.
"""

from dataclasses import dataclass, field

import torch

from kernels.expressions.operations import Program, Variable, folded, run
from kernels.expressions.reader import read
from kernels.expressions.tex import tex_of


@dataclass(frozen=True, slots=True)
class Expression:
    """A formula that was read: a function of as many tensors as it has variables."""

    text: str
    variables: tuple[str, ...]
    program: Program = field(repr=False)
    _folded: Program = field(init=False, repr=False, compare=False)
    _unused: tuple[int, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        program = folded(self.program)
        used = {step.index for step in program if isinstance(step, Variable)}
        unused = tuple(i for i in range(len(self.variables)) if i not in used)
        object.__setattr__(self, "_folded", program)
        object.__setattr__(self, "_unused", unused)

    def __call__(self, *values: torch.Tensor) -> torch.Tensor:
        """The formula at `values`, element by element: a tensor of their broadcast shape.

        The values are of any real dtype and on any device; whole numbers are taken in the default
        dtype. Outside its domain the formula gives nan, beyond the range of the dtype inf. The
        result depends on every value, also on one that the formula does not use: autograd gives
        zeros for it.
        """
        if len(values) != len(self.variables):
            raise TypeError(f"'{self.text}' takes {len(self.variables)} values, not {len(values)}")
        inputs = tuple(
            v if v.is_floating_point() else v.to(torch.get_default_dtype()) for v in values
        )
        result = run(self._folded, inputs)
        if not isinstance(result, torch.Tensor):
            result = inputs[0].new_full((), result) if inputs else torch.tensor(result)
        for index in self._unused:
            # A sum with 0 * value would do the same, but make nan of an infinite value.
            always = torch.ones((), dtype=torch.bool, device=result.device)
            result = torch.where(always, result, inputs[index])
        return result

    def tex(self) -> str:
        """The formula in TeX, as it was typed: nothing is simplified."""
        return tex_of(self.program)


def parse(text: str, variables: tuple[str, ...]) -> Expression:
    """The formula that `text` is, in `variables` (names of letters, digits and ``_``).

    Raises `ExpressionError`, a sentence with the place of the mistake, if it is no formula.
    """
    return Expression(text, variables, read(text, variables))
