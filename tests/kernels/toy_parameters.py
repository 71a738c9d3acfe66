"""Parameters with one field of every sort, for the tests of the contract."""

from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from kernels.errors import ParameterError
from kernels.expressions.expression import parse
from kernels.parameters import Parameters, setting

Name = Literal["bowl", "ravine"]


class ConstantRate(Parameters):
    kind: Literal["constant"] = "constant"


class StepRate(Parameters):
    kind: Literal["step"] = "step"
    gamma: float = setting(0.5, gt=0, lt=1, help="The factor of a drop.")


Rate = Annotated[ConstantRate | StepRate, Field(discriminator="kind")]


class SGD(Parameters):
    kind: Literal["sgd"] = "sgd"
    learning_rate: float = setting(0.1, gt=0, le=10, scale="log", help="How far.", live=True)
    momentum: float = setting(0.0, ge=0, lt=1, help="How much is kept.", live=True)
    schedule: Rate = setting(ConstantRate(), help="How the rate changes.")


class Adam(Parameters):
    kind: Literal["adam"] = "adam"
    learning_rate: float = setting(0.001, gt=0, le=1, scale="log", help="How far.", live=True)
    betas: tuple[float, float] = setting((0.9, 0.999), help="How much is kept.")


Optimizer = Annotated[SGD | Adam, Field(discriminator="kind")]


class Line(Parameters):
    kind: Literal["line"] = "line"
    noise: float = setting(0.5, ge=0, le=5, help="Scatter.", unit="m")
    name: str = setting("", help="What it is called.", max_length=20)


class Formula(Parameters):
    kind: Literal["formula"] = "formula"
    text: str = setting("x**2", help="The formula.")
    noise: float = setting(0.0, ge=0, le=1, help="Scatter.")

    @field_validator("text")
    @classmethod
    def _is_formula(cls, text: str) -> str:
        parse(text, ("x",))
        return text


class Point(Parameters):
    x: float = setting(0.0, help="Where.")
    weight: float = setting(1.0, help="How much.", ge=0, live=True)


class Limits(Parameters):
    """A group with a rule over two fields."""

    low: float = setting(0.0, help="From where.", live=True)
    high: float = setting(1.0, help="To where.")

    @model_validator(mode="after")
    def _rising(self) -> "Limits":
        if self.low >= self.high:
            raise ParameterError(
                f"high is {self.high:g}; it must be above low. Raise it.", "high", (0, 1)
            )
        return self


class Run(Parameters):
    """Everything: groups, unions, lists, vectors, choices, optional fields."""

    seed: int = setting(0, ge=0, le=10**6, help="Where chance starts.")
    shuffle: bool = setting(False, help="Whether the order changes.")
    name: Name = setting("bowl", help="Which surface.", labels={"bowl": "Round bowl"})
    size: Literal[16, 32] = setting(16, help="How many.")
    source: str = setting("", help="From where.", source="CSV (*.csv)")
    start: tuple[float, float] = setting((-1.0, 5.0), help="Where it begins.", live=True)
    grid: tuple[Annotated[int, Field(ge=0, le=9)], ...] = setting((), help="Paint.", max_length=9)
    limits: Limits = setting(Limits(high=2.0), help="The axis.")
    clip: float | None = setting(2.0, gt=0, help="Cut.", live=True)
    stop: float | None = setting(None, gt=0, help="When.", slider=(0.1, 1.0))
    note: str | None = setting(None, help="A word.")
    objective: Annotated[Line | Formula, Field(discriminator="kind")] = setting(
        Line(noise=1.0), help="What is descended.", labels={"line": "A line"}
    )
    validation: Annotated[Line | Formula, Field(discriminator="kind")] | None = setting(
        Formula(), help="What is checked."
    )
    optimizers: tuple[Optimizer, ...] = setting(
        (SGD(), SGD(momentum=0.9)), help="Who races.", min_length=1, max_length=4
    )
    points: tuple[Point, ...] = setting((Point(),), help="Where it is looked at.")
    hidden: int = setting(3, help="Set by a gesture.", in_form=False)
