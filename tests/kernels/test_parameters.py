"""Parameters are frozen and checked, and a field keeps what `setting` was told."""

import pytest
from pydantic import ValidationError

from kernels.parameters import Action, Parameters, View, setting
from tests.kernels.toy_parameters import SGD, Formula, Limits, Run


@pytest.mark.parametrize("model", [Parameters, Action, View])
def test_they_are_frozen_and_take_only_what_they_know(model):
    class Toy(model):
        speed: float = 1.0

    toy = Toy()
    with pytest.raises(ValidationError, match="frozen"):
        toy.speed = 2.0
    with pytest.raises(ValidationError, match="Extra inputs"):
        Toy(sped=2.0)
    with pytest.raises(ValidationError, match="finite"):
        Toy(speed=float("nan"))
    assert Toy() == Toy()
    assert hash(Toy()) == hash(Toy())


def test_a_name_may_begin_with_model():
    class Toy(Parameters):
        model_size: int = 3

    class Grow(Action):
        model_size: int = 3

    assert Toy().model_size == Grow().model_size == 3


def test_a_setting_keeps_what_it_was_told():
    class Toy(Parameters):
        rate: float = setting(
            0.1,
            help="How far.",
            label="Rate",
            unit="m",
            scale="log",
            slider=(0.01, 1),
            live=True,
            ge=0,
        )

    info = Toy.model_fields["rate"]
    assert info.description == "How far."
    assert info.default == 0.1
    assert info.json_schema_extra == {
        "label": "Rate",
        "unit": "m",
        "scale": "log",
        "slider": (0.01, 1),
        "live": True,
        "keeps_past": False,
        "labels": {},
        "source": "",
        "offers": None,
        "in_form": True,
        "resets": (),
        "requires": {},
    }
    with pytest.raises(ValidationError):
        Toy(rate=-1)


def test_a_setting_without_a_default_is_required():
    class Toy(Parameters):
        rate: float = setting(help="How far.")

    with pytest.raises(ValidationError, match="required"):
        Toy()


def test_the_word_none_is_none_in_optional_fields_that_are_no_texts():
    run = Run.model_validate({"clip": "none", "validation": "none", "note": "none", "stop": None})
    assert (run.clip, run.validation, run.note) == (None, None, "none")
    with pytest.raises(ValidationError):
        Run.model_validate({"seed": "none"})


def test_models_are_taken_as_they_are():
    sgd, limits = SGD(momentum=0.5), Limits(high=3.0)
    run = Run(optimizers=(sgd,), limits=limits)
    assert run.optimizers[0] is sgd
    assert run.limits is limits


def test_the_name_of_a_variant_stands_for_the_variant():
    run = Run.model_validate({"objective": "formula", "name": "ravine"})
    assert (run.objective, run.name) == (Formula(), "ravine")
    with pytest.raises(ValidationError, match="circle"):
        Run.model_validate({"objective": "circle"})
