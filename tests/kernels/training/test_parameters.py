"""What the parameters of the training lab do with each other."""

import pytest

from kernels.editing import with_value
from kernels.networks.network import rows
from kernels.samples.catalogue import DATASETS
from kernels.training.experiments import simulation_class
from kernels.training.parameters import PICTURES, Training


@pytest.mark.parametrize("kind", list(DATASETS))
@pytest.mark.parametrize("before", ["circle", "mnist"])
def test_any_data_can_be_chosen_from_any_other(before: str, kind: str) -> None:
    chosen = with_value(with_value(Training(), "dataset", before), "dataset", kind)
    shape = (1, 28, 28) if kind in PICTURES else (2,)
    assert not any(row.mistake for row in rows(chosen.network.layers, shape, 1))
    is_other = (before in PICTURES) != (kind in PICTURES)
    kept = {"circle": "2-4-2-1", "mnist": "cnn-25k"}
    assert (chosen.network.kind == kept[before]) is not is_other
    assert simulation_class(chosen)


def test_layers_that_fit_are_kept() -> None:
    flat = with_value(Training(), "network", "784-256-10")
    flat = with_value(flat, "network.layers.1.units", 33)
    assert with_value(flat, "dataset", "mnist").network == flat.network
    picture = with_value(with_value(Training(), "dataset", "mnist"), "network", "lenet-5")
    assert with_value(picture, "dataset", "pictures").network == picture.network
    deep = with_value(Training(), "network", "2-8-8-8-1")
    assert with_value(deep, "dataset", "spiral").network == deep.network


def test_the_order_of_two_choices_is_of_no_matter() -> None:
    def chosen(*paths: str) -> Training:
        parameters, values = Training(), {"dataset": "mnist", "network": "784-256-10"}
        for path in paths:
            parameters = with_value(parameters, path, values[path])
        return parameters

    assert chosen("dataset", "network") == chosen("network", "dataset")
