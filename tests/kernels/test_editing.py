"""Changing parameters by path, writing them down, and what may change live."""

import tomllib
from typing import Annotated, Any, Literal

import pytest
import tomli_w
from hypothesis import given, settings
from pydantic import Field

from kernels.editing import (
    differences,
    dump,
    get_value,
    is_live_change,
    keeps_past,
    load,
    reset_by,
    with_item,
    with_value,
    without_item,
)
from kernels.errors import ParameterError
from kernels.parameters import Parameters, setting
from tests.kernels.strategies import runs
from tests.kernels.toy_parameters import SGD, Adam, Formula, Limits, Line, Point, Run, StepRate

RUN = Run()


# --- dump and load ------------------------------------------------------------------------------


@settings(max_examples=40)
@given(runs)
def test_what_is_dumped_is_loaded_the_same_through_toml(run):
    assert load(Run, dump(run)) == run
    assert load(Run, tomllib.loads(tomli_w.dumps(dump(run)))) == run


def test_none_is_left_out_where_it_is_the_default():
    data = dump(Run(clip=None, stop=None, validation=None))
    assert data["clip"] == data["validation"] == "none"
    assert not {"stop", "note"} & set(data)


def test_none_is_kept_where_there_is_no_default_and_within_tables():
    class Toy(Parameters):
        rate: float | None = setting(help="How far.")
        given: dict[str, Any] = setting({}, help="What was set.")

    toy = Toy(rate=None, given={"clip": None, "rows": [1, 2]})
    assert dump(toy) == {"rate": "none", "given": {"clip": "none", "rows": [1, 2]}}
    assert load(Toy, {"rate": "none"}) == Toy(rate=None)


# --- get_value and with_value -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("seed", 0),
        ("start.1", 5.0),
        ("limits", Limits(high=2.0)),
        ("objective.noise", 1.0),
        ("objective.kind", "line"),
        ("optimizers.1.momentum", 0.9),
        ("optimizers.0", SGD()),
    ],
)
def test_get_value(path, value):
    assert get_value(RUN, path) == value


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        ("seed", 7, {"seed": 7}),
        ("seed", "7", {"seed": 7}),  # as a command line has it
        ("shuffle", "true", {"shuffle": True}),
        ("start.0", 2.5, {"start": (2.5, 5.0)}),
        ("start", [1, 2], {"start": (1.0, 2.0)}),
        ("grid", [1, 2, 3], {"grid": (1, 2, 3)}),
        ("limits.low", -2, {"limits": Limits(low=-2, high=2)}),
        ("limits", {"low": 0, "high": 9}, {"limits": Limits(high=9)}),
        ("clip", None, {"clip": None}),
        ("clip", "none", {"clip": None}),
        ("note", "none", {"note": "none"}),
        ("objective", "line", {}),
        ("objective", Formula(), {"objective": Formula()}),
        ("objective", {"kind": "formula"}, {"objective": Formula()}),
        ("objective.noise", 3, {"objective": Line(noise=3)}),
        ("validation", None, {"validation": None}),
        ("validation", "none", {"validation": None}),
        ("optimizers.1", "adam", {"optimizers": (SGD(), Adam())}),
        (
            "optimizers.0.schedule",
            "step",
            {"optimizers": (SGD(schedule=StepRate()), RUN.optimizers[1])},
        ),
        ("optimizers", [{"kind": "adam"}], {"optimizers": (Adam(),)}),
        ("points.0.x", 4, {"points": (Point(x=4),)}),
    ],
)
def test_with_value(path, value, expected):
    assert with_value(RUN, path, value) == RUN.model_copy(update=expected)


def test_another_variant_takes_over_what_was_chosen_and_fits():
    chosen = with_value(RUN, "optimizers.0.learning_rate", 0.7)
    assert with_value(chosen, "optimizers.0", "adam").optimizers[0] == Adam(learning_rate=0.7)
    too_large = with_value(RUN, "optimizers.0.learning_rate", 7)  # Adam takes 1 at most
    assert with_value(too_large, "optimizers.0", "adam").optimizers[0] == Adam()


def test_another_variant_does_not_take_over_what_its_kind_resets():
    class Preset(Parameters):
        kind: Literal["small"] = setting("small", resets=("layers",), help="Where it began.")
        layers: tuple[int, ...] = setting((4, 2), help="Units.")
        rate: float = setting(0.1, help="How far.")

    class Large(Preset):
        kind: Literal["large"] = setting("large", resets=("layers",), help="Where it began.")
        layers: tuple[int, ...] = setting((8, 8, 8), help="Units.")

    class Net(Parameters):
        network: Annotated[Preset | Large, Field(discriminator="kind")] = setting(
            Preset(layers=(5,), rate=0.3), help="What learns."
        )

    assert with_value(Net(), "network", "large").network == Large(rate=0.3)


def test_what_is_not_touched_stays_the_same_object():
    changed = with_value(RUN, "optimizers.1.momentum", 0.5)
    assert changed.optimizers[0] is RUN.optimizers[0]
    assert changed.objective is RUN.objective
    assert RUN.optimizers[1].momentum == 0.9


@pytest.mark.parametrize("path", ["objective", "objective.kind"])
def test_a_switch_carries_over_what_fits(path):
    assert with_value(RUN, path, "formula").objective == Formula(noise=1.0)
    too_noisy = with_value(RUN, "objective.noise", 4.0)
    assert with_value(too_noisy, path, "formula").objective == Formula(noise=0.0)
    there_and_back = with_value(with_value(RUN, path, "formula"), path, "line")
    assert there_and_back == RUN


def test_a_variant_that_was_not_set_is_switched_on():
    off = with_value(RUN, "validation", None)
    assert with_value(off, "validation", "line").validation == Line()
    assert with_value(off, "validation.kind", "line").validation == Line()


def test_a_union_written_with_none_beside_its_variants():
    class Toy(Parameters):
        objective: Line | Formula | None = setting(None, help="What.", discriminator="kind")

    toy = with_value(Toy(), "objective", "line")
    assert toy.objective == Line()
    assert with_value(toy, "objective", "none") == Toy()


@settings(max_examples=40)
@given(runs, runs)
def test_all_differences_set_one_by_one_lead_from_one_to_the_other(old, new):
    between = differences(old, new)
    reached = old
    order = sorted(between, key=lambda path: path == "limits.low")
    for path in order:
        assert get_value(old, path) == between[path][0]
        reached = with_value(reached, path, between[path][1])
    assert reached == new
    assert (between == {}) == (old == new)


def test_differences_go_as_deep_as_the_shapes_are_the_same():
    new = Run(
        start=(-1.0, 6.0),
        grid=(1,),
        objective=Formula(),
        optimizers=(SGD(momentum=0.5), Adam()),
        points=(),
    )
    assert differences(RUN, new) == {
        "start.1": (5.0, 6.0),
        "grid": ((), (1,)),
        "objective": (RUN.objective, Formula()),
        "optimizers.0.momentum": (0.0, 0.5),
        "optimizers.1": (RUN.optimizers[1], Adam()),
        "points": ((Point(),), ()),
    }


# --- rows ---------------------------------------------------------------------------------------


def test_rows_come_and_go():
    longer = with_item(RUN, "optimizers", 1, "adam")
    assert longer.optimizers == (SGD(), Adam(), SGD(momentum=0.9))
    assert without_item(longer, "optimizers", 1) == RUN
    assert with_item(RUN, "optimizers", 2, SGD()).optimizers[2] == SGD()
    assert with_item(RUN, "optimizers", 0, {"kind": "adam"}).optimizers[0] == Adam()
    assert with_item(RUN, "points", 0, {"x": 3}).points == (Point(x=3), Point())
    assert with_item(with_item(RUN, "grid", 0, 5), "grid", 0, "4").grid == (4, 5)


@pytest.mark.parametrize(
    ("change", "path", "says"),
    [
        (lambda: with_item(RUN, "optimizers", 3, "adam"), "optimizers.3", "rows 0 to 1"),
        (lambda: with_item(RUN, "optimizers", -1, "adam"), "optimizers.-1", "rows 0 to 1"),
        (lambda: without_item(RUN, "optimizers", 2), "optimizers.2", "rows 0 to 1"),
        (lambda: without_item(RUN, "points", -1), "points.-1", "only row 0"),
        (lambda: without_item(RUN, "grid", 0), "grid.0", "no rows"),
        (lambda: without_item(RUN, "seed", 0), "seed", "no list"),
        (lambda: with_item(RUN, "objective", 0, "line"), "objective", "no list"),
        (lambda: with_item(RUN, "nowhere", 0, "line"), "nowhere", "no parameter 'nowhere'"),
        (lambda: with_item(RUN, "optimizers", 0, "adom"), "optimizers.0", "Did you mean 'adam'?"),
        (lambda: with_item(RUN, "points", 0, "adam"), "points.0", "group of named values"),
        (
            lambda: without_item(Run(optimizers=(SGD(),)), "optimizers", 0),
            "optimizers",
            "at least 1 entries",
        ),
        (
            lambda: with_item(Run(optimizers=(SGD(),) * 4), "optimizers", 0, "sgd"),
            "optimizers",
            "at most 4 entries",
        ),
    ],
)
def test_rows_that_cannot_be(change, path, says):
    with pytest.raises(ParameterError) as caught:
        change()
    assert caught.value.path == path
    assert says in str(caught.value)


# --- live changes -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "value", "live"),
    [
        ("start.0", 3.0, True),
        ("start", (3.0, 4.0), True),
        ("optimizers.1.momentum", 0.3, True),
        ("clip", None, True),
        ("points.0.weight", 2.0, True),
        ("limits.low", 0.5, True),
        ("limits.high", 5.0, False),
        ("seed", 1, False),
        ("objective", "formula", False),
        ("objective.noise", 2.0, False),
        ("optimizers.1", "adam", False),
        ("optimizers", (SGD(),), False),
        ("validation", None, False),
        ("stop", 1.0, False),
    ],
)
def test_only_live_fields_change_live(path, value, live):
    assert is_live_change(RUN, with_value(RUN, path, value)) is live


def test_a_change_below_a_field_that_keeps_the_past_keeps_it():
    class Branches(Parameters):
        runs: tuple[Point, ...] = setting((Point(),), help="Beside it.", keeps_past=True)
        seed: int = setting(0, help="Where it begins.")

    kept = [keeps_past(Branches(), path) for path in ("runs", "runs.0.x", "seed")]
    assert kept == [True, True, False]


def test_one_field_that_is_not_live_is_enough():
    assert not is_live_change(RUN, Run(start=(3.0, 4.0), seed=1))
    assert is_live_change(RUN, RUN)
    assert not is_live_change(RUN, SGD())


def test_below_a_live_field_all_values_are_live_but_no_row_and_no_variant():
    class Toy(Parameters):
        limits: Limits | None = setting(Limits(), help="All of it.", live=True)
        points: tuple[Point, ...] = setting((Point(),), help="Rows.", live=True)

    toy = Toy()
    assert is_live_change(toy, with_value(toy, "limits.high", 3))
    assert is_live_change(toy, with_value(toy, "points.0.x", 3))
    assert not is_live_change(toy, with_item(toy, "points", 0, {}))
    assert not is_live_change(toy, with_value(toy, "limits", None))
    assert not is_live_change(with_value(toy, "limits", None), toy)


def test_another_variant_resets_what_the_union_says() -> None:
    class Line(Parameters):
        kind: Literal["line"] = "line"

    class Curve(Parameters):
        kind: Literal["curve"] = "curve"

    class Descent(Parameters):
        objective: Line | Curve = setting(
            Line(), help="What is descended.", discriminator="kind", resets=("start",)
        )
        start: tuple[float, ...] | None = setting(None, help="Where it starts.")
        seed: int = setting(0, help="The seed.")

    placed = with_value(with_value(Descent(), "start", (3.0, 4.0)), "seed", 7)
    switched = with_value(placed, "objective", "curve")
    assert switched == Descent(objective=Curve(), seed=7)
    assert with_value(placed, "objective", "line") == placed
    assert with_value(placed, "objective", Line()) == placed


def test_another_value_resets_what_its_field_says() -> None:
    class Toy(Parameters):
        file: str = setting("a", help="From where.", resets=("column",))
        column: str = setting("", help="Which.")

    toy = Toy(column="price")
    assert with_value(toy, "file", "b") == Toy(file="b", column="")
    assert with_value(toy, "file", "a") == toy
    assert with_value(toy, "column", "mass").column == "mass"
    assert reset_by(toy, "file") == ("column",)
    assert reset_by(toy, "column") == ()
