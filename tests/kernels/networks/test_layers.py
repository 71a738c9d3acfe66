"""The sentences of layers whose shapes do not fit, and their fields."""

from typing import get_args

import pytest

from kernels.description import describe
from kernels.errors import ParameterError
from kernels.networks.layers import (
    ACTIVATION_LABELS,
    ACTIVATIONS,
    LAYER_LABELS,
    LAYERS,
    ActivationName,
    ConvLayer,
    GlobalAveragePoolLayer,
    LayerParameters,
    LinearLayer,
    MaxPoolLayer,
    OutputLayer,
)

IN_THE_WAY = (
    "Put it before what makes a row of the picture; where the data are no pictures, take it out."
)


@pytest.mark.parametrize(
    ("layer", "shape", "words"),
    [
        (
            LinearLayer(),
            (6, 12, 12),
            "Layer 3, Linear, needs a row of numbers; here come 6 x 12 x 12. Put Flatten or Global "
            "average pooling before it.",
        ),
        (
            ConvLayer(),
            (2,),
            f"Layer 3, Convolution, needs a picture; here come 2 numbers. {IN_THE_WAY}",
        ),
        (
            MaxPoolLayer(),
            (1,),
            f"Layer 3, Max pooling, needs a picture; here comes 1 number. {IN_THE_WAY}",
        ),
        (
            GlobalAveragePoolLayer(),
            (1176,),
            "Layer 3, Global average pooling, needs a picture; here come 1,176 numbers. "
            f"{IN_THE_WAY}",
        ),
        (
            ConvLayer(kernel_size=5),
            (6, 4, 7),
            "Layer 3, Convolution, has a kernel of 5 x 5, larger than the picture of 4 x 7. "
            "Give it a smaller kernel or more padding.",
        ),
        (
            ConvLayer(kernel_size=9, padding=2),
            (6, 4, 7),
            "Layer 3, Convolution, has a kernel of 9 x 9, larger than the picture of 4 x 7, "
            "padded to 8 x 11. Give it a smaller kernel or more padding.",
        ),
        (
            MaxPoolLayer(size=4),
            (6, 7, 3),
            "Layer 3, Max pooling, has windows of 4 x 4, larger than the picture of 7 x 3. Give it "
            "smaller windows, or take out what shrinks the picture before.",
        ),
    ],
)
def test_what_does_not_fit_is_told(
    layer: LayerParameters, shape: tuple[int, ...], words: str
) -> None:
    with pytest.raises(ParameterError) as caught:
        layer.out_shape(shape, 2)
    assert str(caught.value) == words
    assert caught.value.path == "network.layers.2"


def test_the_output_layer_is_in_no_row() -> None:
    with pytest.raises(ParameterError, match=r"^The output layer, Linear, needs a row") as caught:
        OutputLayer(units=10).out_shape((6, 5, 5), 4)
    assert caught.value.path == "network.layers"


def test_every_activation_has_its_words() -> None:
    assert set(ACTIVATIONS) == set(ACTIVATION_LABELS) == set(get_args(ActivationName))


@pytest.mark.parametrize("kind", sorted(LAYERS))
def test_a_form_can_show_every_layer(kind: str) -> None:
    layer = LAYERS[kind]()
    assert LAYER_LABELS[kind] == layer.title
    fields = [field for top in describe(layer) for field in top.walk()]
    assert all(field.help.endswith(".") for field in fields)
    assert hash(layer) == hash(LAYERS[kind]())
