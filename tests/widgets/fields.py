"""Fields for a form, made by hand: the form must need nothing else."""

from dataclasses import dataclass, replace
from typing import Any


@dataclass(frozen=True)
class Choice:
    value: Any
    label: str


@dataclass(frozen=True, kw_only=True)
class Field:
    path: str
    kind: str
    value: Any = None
    default: Any = None
    name: str = ""
    label: str = ""
    help: str = "What it does."
    unit: str = ""
    scale: str = "linear"
    minimum: float | None = None
    maximum: float | None = None
    exclusive_minimum: bool = False
    exclusive_maximum: bool = False
    slider: tuple[float, float] | None = None
    choices: tuple[Choice, ...] = ()
    minimum_items: int = 0
    maximum_items: int | None = None
    live: bool = False
    optional: bool = False
    source: str = ""
    remark: str = ""
    children: tuple["Field", ...] = ()

    def __post_init__(self) -> None:
        name = self.path.rpartition(".")[2]
        object.__setattr__(self, "name", self.name or name)
        object.__setattr__(self, "label", self.label or name.replace("_", " ").capitalize())

    def but(self, **changes: Any) -> "Field":
        return replace(self, **changes)


RATE = Field(
    path="rate",
    kind="number",
    value=0.1,
    default=0.1,
    scale="log",
    minimum=0.0,
    maximum=10.0,
    exclusive_minimum=True,
    slider=(1e-4, 1.0),
    live=True,
)
COUNT = Field(path="count", kind="integer", value=5, default=5, minimum=1, maximum=50)
SEED = Field(path="seed", kind="integer", value=0, default=0, minimum=0)
FLAG = Field(path="flag", kind="boolean", value=False, default=False)
MODE = Field(
    path="mode",
    kind="choice",
    value="mean",
    default="mean",
    choices=(Choice("mean", "Mean"), Choice("sum", "Sum")),
)
ENGINE = Field(
    path="engine",
    kind="choice",
    value="a",
    default="a",
    choices=tuple(Choice(c, f"Engine of kind {c}") for c in "abcd"),
)
FORMULA = Field(path="formula", kind="text", value="x + y", default="x + y")
DATA = Field(
    path="data",
    kind="source",
    value="resource:points",
    default="resource:points",
    source="CSV (*.csv)",
)
DOMAIN = Field(
    path="domain",
    kind="vector",
    value=(-5.0, 5.0),
    default=(-5.0, 5.0),
    minimum_items=2,
    maximum_items=2,
)
LAYERS = Field(path="layers", kind="vector", value=(16, 8), default=(16, 8), minimum_items=1)
START = DOMAIN.but(
    path="start", name="start", label="Start", value=None, default=None, optional=True
)
CLIP = Field(
    path="clip", kind="number", value=None, default=None, optional=True, minimum=0.0, maximum=4.0
)
PLAIN = (RATE, COUNT, SEED, FLAG, MODE, ENGINE, FORMULA, DATA, DOMAIN, LAYERS, START, CLIP)

KINDS = (Choice("sgd", "SGD"), Choice("adam", "Adam"))


def row(index: int, kind: str = "sgd", **values: Any) -> Field:
    """A row of the list ``optimizers``."""
    path = f"optimizers.{index}"
    inside = [RATE.but(path=f"{path}.rate", name="rate", **values)]
    if kind == "adam":
        inside.append(FLAG.but(path=f"{path}.amsgrad", name="amsgrad", label="Amsgrad"))
    label = {choice.value: choice.label for choice in KINDS}[kind]
    children = tuple(inside)
    return Field(
        path=path, kind="variant", value=kind, label=label, choices=KINDS, children=children
    )


def optimizers(*rows: Field, least: int = 1, most: int = 4) -> Field:
    return Field(
        path="optimizers",
        kind="list",
        choices=KINDS,
        children=rows,
        minimum_items=least,
        maximum_items=most,
    )


def objective(kind: str = "line") -> Field:
    """A variant ``objective`` of which both kinds have a flag, and each one field of its own."""
    own = {"line": COUNT.but(path="objective.count"), "formula": FORMULA.but(path="objective.text")}
    return Field(
        path="objective",
        kind="variant",
        value=kind,
        default="line",
        choices=(Choice("line", "Line"), Choice("formula", "Formula")),
        children=(FLAG.but(path="objective.flag", name="flag"), own[kind]),
    )
