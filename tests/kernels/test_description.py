"""What a form and a command line are told about parameters."""

import pytest
from hypothesis import given, settings

from kernels.description import Choice, FieldDescription, catalogue, describe
from kernels.editing import get_value, is_live_change, with_value
from kernels.parameters import Parameters, setting
from tests.kernels.strategies import runs
from tests.kernels.toy_parameters import SGD, Adam, Formula, Limits, Optimizer, Run, StepRate


def by_path(*fields: FieldDescription) -> dict[str, FieldDescription]:
    return {f.path: f for field in fields for f in field.walk()}


FIELDS = by_path(*describe(Run()))


def test_every_field_comes_in_order_but_what_a_form_does_not_show():
    names = [field.name for field in describe(Run())]
    assert names == [name for name in Run.model_fields if name != "hidden"]


@pytest.mark.parametrize(
    ("path", "kind", "value", "default"),
    [
        ("seed", "integer", 0, 0),
        ("shuffle", "boolean", False, False),
        ("name", "choice", "bowl", "bowl"),
        ("size", "choice", 16, 16),
        ("source", "source", "", ""),
        ("note", "text", None, None),
        ("start", "vector", (-1.0, 5.0), (-1.0, 5.0)),
        ("grid", "vector", (), ()),
        ("limits", "group", None, None),
        ("limits.high", "number", 2.0, 2.0),
        ("clip", "number", 2.0, 2.0),
        ("stop", "number", None, None),
        ("objective", "variant", "line", "line"),
        ("objective.noise", "number", 1.0, 1.0),
        ("validation", "variant", "formula", "formula"),
        ("validation.text", "text", "x**2", "x**2"),
        ("optimizers", "list", None, None),
        ("optimizers.1", "variant", "sgd", None),
        ("optimizers.1.momentum", "number", 0.9, 0.0),
        ("optimizers.1.schedule", "variant", "constant", "constant"),
        ("points", "list", None, None),
        ("points.0", "group", None, None),
        ("points.0.weight", "number", 1.0, 1.0),
    ],
)
def test_kinds_values_and_defaults(path, kind, value, default):
    field = FIELDS[path]
    assert (field.kind, field.value, field.default) == (kind, value, default)
    assert field.name == path.rpartition(".")[2]


def test_the_default_is_what_the_group_around_it_has_by_default():
    changed = Run(limits=Limits(low=-1, high=9), objective=Formula(noise=0.5))
    fields = by_path(*describe(changed))
    assert (fields["limits.high"].value, fields["limits.high"].default) == (9, 2.0)
    assert (fields["objective.noise"].value, fields["objective.noise"].default) == (0.5, 0.0)


def test_a_required_field_has_no_default():
    class Toy(Parameters):
        rate: float = setting(help="How far.")

    (field,) = describe(Toy(rate=3))
    assert (field.value, field.default) == (3, None)
    assert catalogue(Toy)[0].value is None


def test_ranges():
    seed, rate = FIELDS["seed"], FIELDS["optimizers.0.learning_rate"]
    assert (seed.minimum, seed.maximum) == (0, 10**6)
    assert not seed.exclusive_minimum
    assert not seed.exclusive_maximum
    assert (rate.minimum, rate.maximum) == (0, 10)
    assert rate.exclusive_minimum
    assert not rate.exclusive_maximum
    assert FIELDS["optimizers.0.momentum"].exclusive_maximum
    assert (FIELDS["grid"].minimum, FIELDS["grid"].maximum) == (0, 9)
    assert FIELDS["stop"].slider == (0.1, 1.0)
    assert FIELDS["limits.low"].minimum is None


def test_a_range_within_an_annotation_is_found():
    from typing import Annotated

    from pydantic import Field

    class Toy(Parameters):
        rate: Annotated[float, Field(ge=0, lt=3)] | None = setting(None, help="How far.")

    (field,) = describe(Toy())
    assert (field.minimum, field.maximum, field.exclusive_maximum) == (0, 3, True)


def test_counts_of_items():
    counts = {p: (f.minimum_items, f.maximum_items) for p, f in FIELDS.items()}
    assert counts["optimizers"] == (1, 4)
    assert counts["points"] == (0, None)
    assert counts["start"] == (2, 2)
    assert counts["grid"] == (0, 9)
    assert counts["source"] == (0, None)


def test_words():
    assert FIELDS["objective"].choices == (Choice("line", "A line"), Choice("formula", "Formula"))
    assert FIELDS["name"].choices == (Choice("bowl", "Round bowl"), Choice("ravine", "Ravine"))
    assert FIELDS["size"].choices == (Choice(16, "16"), Choice(32, "32"))
    assert FIELDS["optimizers"].choices == (Choice("sgd", "Sgd"), Choice("adam", "Adam"))
    assert FIELDS["optimizers.0"].choices == FIELDS["optimizers"].choices
    assert FIELDS["points"].choices == ()
    assert FIELDS["optimizers.0.learning_rate"].label == "Learning rate"
    assert FIELDS["optimizers.0.learning_rate"].scale == "log"
    assert FIELDS["objective.noise"].unit == "m"
    assert FIELDS["objective.noise"].help == "Scatter."
    assert FIELDS["source"].source == "CSV (*.csv)"


def test_other_variants_and_rows_act_at_once_only_where_all_does():
    class Toy(Parameters):
        racers: tuple[Optimizer, ...] = setting((SGD(),), help="Who races.", live=True)

    fields = by_path(*describe(Toy()))
    live = {path for path, field in fields.items() if field.live}
    assert live == {"racers.0.learning_rate", "racers.0.momentum"}
    assert all(field.live for field in by_path(*describe(Toy(), live=True)).values())
    for path in set(fields) - {"racers"}:
        now = get_value(Toy(), path)
        other = Adam() if path == "racers.0" else "step" if path.endswith("schedule") else now / 2
        after = with_value(Toy(), path, other)
        assert is_live_change(Toy(), after) == (path in live), path


def test_live_reaches_down_and_optional_is_told():
    class Toy(Parameters):
        limits: Limits = setting(Limits(), help="All of it.", live=True)

    assert all(field.live for field in by_path(*describe(Toy())).values())
    assert all(field.live for field in describe(Limits(), "a.b", live=True))
    assert {path for path, f in FIELDS.items() if f.optional} == {
        "clip",
        "stop",
        "note",
        "validation",
    }
    assert FIELDS["points.0.weight"].live
    assert not FIELDS["points.0.x"].live
    assert not FIELDS["points"].live


def test_a_prefix_stands_before_every_path():
    assert describe(Limits(), "play.limits")[0].path == "play.limits.low"


def test_an_optional_group_or_variant_that_is_not_set():
    class Toy(Parameters):
        limits: Limits | None = setting(None, help="All of it.")

    (field,) = describe(Toy())
    assert (field.kind, field.value, field.children, field.optional) == ("group", None, (), True)
    (variant,) = (f for f in describe(Run(validation=None)) if f.name == "validation")
    assert (variant.value, variant.default, variant.children) == (None, "formula", ())
    assert [f.path for f in catalogue(Toy)] == ["limits", "limits.low", "limits.high"]


def test_a_field_that_no_form_can_show_is_refused():
    class Toy(Parameters):
        table: dict[str, int] = setting({}, help="Words.")

    with pytest.raises(TypeError, match="table: a form cannot show"):
        describe(Toy())


@settings(max_examples=30)
@given(runs)
def test_values_are_what_stands_at_the_path(run):
    for path, field in by_path(*describe(run)).items():
        value = get_value(run, path)
        if field.kind == "variant":
            assert field.value == getattr(value, "kind", None)
        elif field.kind == "list":
            assert len(field.children) == len(value)
        elif field.kind != "group":
            assert field.value == value


@settings(max_examples=30)
@given(runs)
def test_what_is_described_can_be_set(run):
    for path, field in by_path(*describe(run)).items():
        if field.kind not in ("group", "list"):
            assert with_value(run, path, field.value) == run


def test_a_catalogue_lists_the_fields_of_all_variants():
    found = {(f.path, f.when) for f in catalogue(Run)}
    line, formula = "objective.kind=line", "objective.kind=formula"
    sgd, adam = "optimizers.N.kind=sgd", "optimizers.N.kind=adam"
    step = "optimizers.N.schedule.kind=step"
    assert found >= {
        ("seed", ""),
        ("hidden", ""),
        ("limits", ""),
        ("limits.low", ""),
        ("objective", ""),
        ("objective.noise", line),
        ("objective.name", line),
        ("objective.noise", formula),
        ("objective.text", formula),
        ("validation.text", "validation.kind=formula"),
        ("optimizers", ""),
        ("optimizers.N.learning_rate", sgd),
        ("optimizers.N.momentum", sgd),
        ("optimizers.N.schedule", sgd),
        ("optimizers.N.schedule.gamma", step),
        ("optimizers.N.learning_rate", adam),
        ("optimizers.N.betas", adam),
        ("points.N.weight", ""),
    }
    assert len(found) == len(catalogue(Run))
    assert all(f.children == () for f in catalogue(Run))


def test_a_catalogue_has_the_defaults_in_force():
    defaults = {(f.path, f.when): f.default for f in catalogue(Run)}
    assert defaults["objective.noise", "objective.kind=line"] == 1.0  # Line(noise=1.0) is default
    assert defaults["objective.noise", "objective.kind=formula"] == 0.0
    assert defaults["optimizers.N.momentum", "optimizers.N.kind=sgd"] == 0.0
    assert defaults["limits.high", ""] == 2.0
    learning_rate = SGD().learning_rate, Adam().learning_rate
    assert learning_rate == (
        defaults["optimizers.N.learning_rate", "optimizers.N.kind=sgd"],
        defaults["optimizers.N.learning_rate", "optimizers.N.kind=adam"],
    )
    assert defaults["optimizers.N.schedule.gamma", "optimizers.N.schedule.kind=step"] == (
        StepRate().gamma
    )


def test_what_has_no_effect_is_not_shown():
    class Inner(Parameters):
        shuffle: bool = setting(True, help="Whether.")
        seed: int = setting(0, help="From what.")

        def idle(self) -> frozenset[str]:
            return frozenset() if self.shuffle else frozenset({"seed"})

    class Toy(Parameters):
        inner: Inner = setting(Inner(), help="Below.")
        rows: tuple[Inner, ...] = setting((Inner(), Inner(shuffle=False)), help="Rows.")
        last: int = setting(0, help="Of use only where something is shuffled.")

        def idle(self) -> frozenset[str]:
            return frozenset() if self.inner.shuffle else frozenset({"last", "rows.0.shuffle"})

    every = {"inner", "inner.shuffle", "inner.seed", "last"}
    rows = {"rows", "rows.0", "rows.0.shuffle", "rows.0.seed", "rows.1", "rows.1.shuffle"}
    assert set(by_path(*describe(Toy()))) == every | rows
    shown = set(by_path(*describe(Toy(inner=Inner(shuffle=False)))))
    assert shown == {"inner", "inner.shuffle", *rows} - {"rows.0.shuffle"}
    assert set(by_path(*describe(Toy(inner=Inner(shuffle=False)), "a"))) == {
        f"a.{path}" for path in shown
    }
    assert "last" in {field.path for field in catalogue(Toy)}


def test_words_that_depend_on_other_fields_are_offered():
    class Toy(Parameters):
        count: int = setting(2, help="How many there are.")
        one: str = setting(
            "", help="Which.", labels={"": "Any"}, offers=lambda toy: ("", "a_b", "c")[: toy.count]
        )

    assert describe(Toy())[1].kind == "choice"
    assert describe(Toy())[1].choices == (Choice("", "Any"), Choice("a_b", "a_b"))
    assert describe(Toy(one="c"))[1].choices[-1] == Choice("c", "c")  # though it is not offered
    assert describe(Toy(count=0))[1].kind == catalogue(Toy)[1].kind == "text"
