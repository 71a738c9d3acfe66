"""Every mistake is told by a sentence: the path, the value, what is allowed, what to do."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kernels.editing import get_value, load, with_value
from kernels.errors import ParameterError
from kernels.parameters import Parameters, View, setting
from tests.kernels.toy_parameters import Run

RUN = Run()


class Odd(Parameters):
    """Fields with rules that the toy parameters lack."""

    even: int = setting(0, multiple_of=2, help="An even number.")
    code: str = setting("ab", min_length=2, pattern="^[a-z]*$", help="Letters.")
    mixed: int | str = setting(0, help="One or the other.")
    table: dict[str, int] = setting({}, help="Words.")
    needed: float = setting(help="It has no default.")


WRONG: list[tuple[str, Any, str]] = [
    ("seed", -1, "seed is -1; it must be at least 0. Give a larger value."),
    ("seed", 10**7, "seed is 10000000; it must be at most 1000000. Give a smaller value."),
    ("seed", 1.5, "seed is 1.5; it must be a whole number. Write it without a decimal point."),
    ("seed", "many", "seed is 'many'; it must be a whole number."),
    ("seed", "none", "seed is 'none'; it must be a whole number."),
    ("seed", None, "seed is None; it must be a whole number."),
    ("clip", 0, "clip is 0; it must be greater than 0. Give a larger value."),
    ("clip", "soft", "clip is 'soft'; it must be a number. Write it with digits, such as 0.1."),
    ("clip", float("inf"), "clip is inf; it must be a finite number."),
    ("clip", "nan", "clip is 'nan'; it must be a finite number."),
    ("shuffle", "perhaps", "shuffle is 'perhaps'; it must be true or false."),
    ("shuffle", [], "shuffle is []; it must be true or false."),
    (
        "name",
        "bowel",
        "name is 'bowel'; it must be one of 'bowl' or 'ravine'. Did you mean 'bowl'?",
    ),
    ("name", "zzz", "name is 'zzz'; it must be one of 'bowl' or 'ravine'. Choose one of these."),
    ("size", 17, "size is 17; it must be one of 16 or 32. Choose one of these."),
    ("source", 3, "source is 3; it must be a text. Put it in quotation marks."),
    ("start", [1], "start.1 is missing and has no default. Give it a value."),
    ("start", [1, 2, 3], "start is [1, 2, 3]; it may have at most 2 entries. Take some away."),
    (
        "start",
        5,
        'start is 5; it must be a list. Write it in brackets, such as [1, 2] or [{kind = "sgd"}].',
    ),
    ("start.0", "left", "start.0 is 'left'; it must be a number."),
    ("grid.0", 3, "There is no row 0 in grid; it has no rows."),
    ("grid", [1, 2, 11], "grid.2 is 11; it must be at most 9."),
    ("limits", 3, "limits is 3; it must be a group of named values. Write it as a table."),
    (
        "objective",
        "lime",
        "objective cannot be 'lime'; it must be one of line, formula. Did you mean 'line'?",
    ),
    (
        "objective.kind",
        3,
        "objective cannot be 3; it must be one of line, formula. Choose one of these.",
    ),
    ("objective.kind", [], "objective cannot be []; it must be one of line, formula."),
    (
        "objective",
        {"noise": 1},
        "objective does not say which kind it is; it is one of line, formula. Write "
        "objective.kind, too.",
    ),
    (
        "objective",
        {"kind": "lime"},
        "objective cannot be 'lime'; it must be one of line, formula. Did you mean 'line'?",
    ),
    ("objective", {"kind": "line", "noise": 9}, "objective.noise is 9; it must be at most 5."),
    ("objective", 3, "objective is 3; it must be a group of named values."),
    ("objective.noise", 9, "objective.noise is 9; it must be at most 5."),
    ("objective.name", "x" * 21, "'; it may have at most 20 characters. Shorten it."),
    (
        "objective.nose",
        9,
        "There is no parameter 'nose' in objective; there are kind, noise, name. Did "
        "you mean 'noise'?",
    ),
    (
        "objective",
        {"kind": "line", "nose": 9},
        "There is no parameter 'nose' in objective; there are kind, noise, name. Did "
        "you mean 'noise'?",
    ),
    ("validation", {"kind": "line", "noise": 9}, "validation.noise is 9; it must be at most 5."),
    (
        "optimizers.1.momentum",
        1,
        "optimizers.1.momentum is 1; it must be less than 1. Give a smaller value.",
    ),
    (
        "optimizers.1.learning_rat",
        1,
        "There is no parameter 'learning_rat' in optimizers.1; there are kind, "
        "learning_rate, momentum, schedule. Did you mean 'learning_rate'?",
    ),
    (
        "optimizers.2.momentum",
        1,
        "There is no row 2 in optimizers; it has rows 0 to 1. Add one, or use another.",
    ),
    (
        "optimizers.1.schedule",
        {"kind": "step", "gamma": 2},
        "optimizers.1.schedule.gamma is 2; it must be less than 1.",
    ),
    (
        "optimizers",
        [{"kind": "adam", "betas": [1, "b"]}],
        "optimizers.0.betas.1 is 'b'; it must be a number.",
    ),
    ("optimizers", [], "optimizers is []; it must have at least 1 entries. Add some."),
    ("optimizers", {}, "optimizers is {}; it must be a list."),
    ("seed.x", 3, "seed is a single value and has no part 'x'. Leave out what follows seed."),
    ("stop.x", 3, "stop is not set and has no part 'x'. Leave out what follows stop."),
    ("sed", 3, "There is no parameter 'sed'; there are seed, shuffle,"),
    ("sed", 3, "Did you mean 'seed'?"),
    ("", 3, "There is no parameter ''; there are seed,"),
    ("..", 3, "There is no parameter ''; there are seed,"),
    ("zzzzz", 3, "Use one of these."),
    ("points.²", 3, "There is no row ² in points; it has only row 0."),
    ("points.-1.x", 3, "There is no row -1 in points"),
    ("points." + "9" * 5000, 3, "There is no row 999"),
]


@pytest.mark.parametrize(("path", "value", "says"), WRONG, ids=lambda part: str(part)[:40])
def test_mistakes(path, value, says):
    with pytest.raises(ParameterError) as caught:
        with_value(RUN, path, value)
    assert says in str(caught.value)
    assert str(caught.value).endswith((".", "?"))
    assert caught.value.span is None


@pytest.mark.parametrize(
    ("path", "value", "place"),
    [
        ("seed", -1, "seed"),
        ("start", [1], "start.1"),
        ("start", [1, "b"], "start.1"),
        ("objective", {"kind": "line", "noise": 9}, "objective.noise"),
        ("objective", {"kind": "line", "nose": 9}, "objective.nose"),
        ("objective", "lime", "objective"),
        ("validation", {"kind": "line", "noise": 9}, "validation.noise"),
        ("optimizers.1.momentum", 7, "optimizers.1.momentum"),
        (
            "optimizers.1",
            {"kind": "sgd", "schedule": {"kind": "step", "gamma": 2}},
            "optimizers.1.schedule.gamma",
        ),
        ("limits.low", 7, "limits.high"),  # the rule over two fields names the one to mend
        ("limits", {"low": 3}, "limits.high"),
        ("sed", 3, "sed"),
        ("objective.nose", 3, "objective.nose"),
    ],
)
def test_the_path_of_a_mistake(path, value, place):
    with pytest.raises(ParameterError) as caught:
        with_value(RUN, path, value)
    assert caught.value.path == place


def test_a_scene_with_a_mistake_deep_within():
    with pytest.raises(ParameterError) as caught:
        load(Run, {"optimizers": [{"kind": "sgd"}, {"kind": "sgd", "schedule": {"kind": "stop"}}]})
    assert caught.value.path == "optimizers.1.schedule"
    assert "it must be one of constant, step. Did you mean 'step'?" in str(caught.value)


def test_a_mistake_in_a_formula_has_its_place_in_the_text():
    formula = with_value(RUN, "objective", "formula")
    with pytest.raises(ParameterError) as caught:
        with_value(formula, "objective.text", "2*sun(x)")
    assert caught.value.path == "objective.text"
    assert caught.value.span == (2, 5)
    assert str(caught.value).startswith("objective.text: 'sun' is not known here. Did you mean")


def test_a_rule_of_a_model_speaks_for_itself():
    with pytest.raises(ParameterError) as caught:
        with_value(RUN, "limits.high", -1)
    assert str(caught.value) == "high is -1; it must be above low. Raise it."
    assert caught.value.span == (0, 1)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({"even": 3}, "even is 3; it must be a multiple of 2. Give such a value."),
        ({"code": "a"}, "code is 'a'; it must have at least 2 characters. Write more."),
        ({"code": "A1"}, "code is 'A1'; it must be of the form ^[a-z]*$. Correct it."),
        ({"mixed": []}, "mixed is []; it must be a whole number."),
        ({"table": 3}, "table is 3; it must be a group of named values."),
        ({"table": {"a": "b"}}, "table.a is 'b'; it must be a whole number."),
        ({}, "needed is missing and has no default. Give it a value."),
    ],
)
def test_other_rules(data, says):
    with pytest.raises(ParameterError) as caught:
        load(Odd, data if data == {} else {"needed": 1, **data})
    assert says in str(caught.value)


@pytest.mark.parametrize("data", [None, 3, "x", [], [("seed", 3)]])
def test_what_is_no_table_at_all(data):
    with pytest.raises(ParameterError, match=r"The whole is .* Write it as a table\."):
        load(Run, data)


def test_where_there_is_nothing_to_set():
    with pytest.raises(ParameterError) as caught:
        with_value(View(), "log", True)
    assert str(caught.value) == "There is no parameter 'log'; there is none at all. Leave it out."


def test_a_long_value_is_cut_off():
    with pytest.raises(ParameterError) as caught:
        with_value(RUN, "seed", "9" * 10_000)
    assert len(str(caught.value)) < 200
    with pytest.raises(ParameterError) as caught:
        with_value(RUN, "s" * 10_000, 3)
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize("rule", [ValueError("so it cannot be"), AssertionError("so it cannot be")])
def test_a_rule_that_raises_a_plain_error(rule):
    from pydantic import field_validator

    class Toy(Parameters):
        name: str = setting("", help="What.")

        @field_validator("name")
        @classmethod
        def _refuse(cls, name: str) -> str:
            raise rule

    with pytest.raises(ParameterError) as caught:
        load(Toy, {"name": "a"})
    assert str(caught.value) == "name is 'a': so it cannot be. Correct this value."


paths = st.lists(
    st.sampled_from([*Run.model_fields, "0", "1", "kind", "noise", "momentum", "", "x"])
    | st.text(),
    max_size=4,
).map(".".join)
leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9)
values = st.recursive(
    leaves,
    lambda below: (
        st.lists(below, max_size=4)
        | st.dictionaries(
            st.sampled_from(["kind", "noise", "x", "low"]) | st.text(), below, max_size=4
        )
    ),
    max_leaves=9,
)


def outcome(change: Callable[[], Run]) -> Run | str:
    """What a change gives, or the sentence that tells why it cannot be."""
    try:
        return change()
    except ParameterError as error:
        return str(error)


@settings(max_examples=60)
@given(paths, values)
def test_any_change_gives_parameters_or_a_sentence(path, value):
    changed = outcome(lambda: with_value(RUN, path, value))
    if isinstance(changed, Run):
        get_value(changed, path)
    else:
        assert changed.endswith((".", "?"))


@settings(max_examples=60)
@given(st.dictionaries(st.sampled_from(list(Run.model_fields)) | st.text(), values, max_size=4))
def test_any_data_gives_parameters_or_a_sentence(data):
    loaded = outcome(lambda: load(Run, data))
    assert isinstance(loaded, Run) or loaded.endswith((".", "?"))
