"""How the panel is looked at: what a person sees of it in the form, and what scenes may hold."""

import pytest

from kernels.description import describe
from kernels.editing import dump, load
from kernels.errors import ParameterError
from visualizer.panels.gradient_descent.view import GradientDescentView


def test_optimizers_are_counted_as_people_count() -> None:
    (field,) = (f for f in describe(GradientDescentView()) if f.label == "Chosen optimizer")
    assert (field.value, field.minimum, field.slider) == (1, 1, (1, 8))
    assert GradientDescentView(optimizer=3).chosen == 2


def test_a_scene_from_when_they_were_counted_from_0_shows_the_same() -> None:
    view = load(GradientDescentView, {"chosen": 2, "log_loss": False})
    assert view == GradientDescentView(optimizer=3, log_loss=False)
    assert "chosen" not in dump(view)
    assert load(GradientDescentView, dump(view)) == view
    with pytest.raises(ParameterError, match="There is no parameter 'chosen'"):
        load(GradientDescentView, {"chosen": "the first"})
