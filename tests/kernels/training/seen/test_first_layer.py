"""The weights of the first layer as pictures: each lies where the pixel lies that it is for."""

import numpy as np
import pytest
import torch
from torch import nn

from kernels.networks.layers import (
    BatchNormLayer,
    ConvLayer,
    FlattenLayer,
    LinearLayer,
    MaxPoolLayer,
)
from kernels.networks.network import build
from kernels.training.seen.first_layer import FIRST_LAYER, first_layer

WATCHED = frozenset({FIRST_LAYER})


def model_of(*layers, shape=(1, 6, 4)):
    model = build(layers, shape, 3)
    with torch.no_grad():
        for number, parameter in enumerate(model.parameters()):
            parameter.copy_(torch.arange(parameter.numel()).reshape(parameter.shape) + number)
    return model


@pytest.mark.parametrize("shape", [(1, 6, 4), (3, 6, 4)])
def test_a_unit_answers_to_the_pixel_at_the_place_of_its_weight(shape):
    model = model_of(FlattenLayer(), LinearLayer(units=5), shape=shape)
    found = first_layer(model, torch.zeros(2, *shape), WATCHED)
    assert found is not None
    assert (found.name, found.is_kernel, found.units) == ("linear2", False, 5)
    assert found.pictures.shape == (5, *shape)
    pixel = torch.zeros(1, *shape)
    pixel[0, -1, 4, 1] = 1.0
    with torch.no_grad():
        linear = model[1]
        answers = linear(model[0](pixel)) - linear.bias
    assert found.pictures[:, -1, 4, 1] == pytest.approx(answers[0].numpy(), rel=1e-6)


def test_the_kernels_of_a_convolution():
    model = model_of(ConvLayer(channels=70, kernel_size=3), FlattenLayer(), shape=(3, 6, 4))
    found = first_layer(model, torch.zeros(1, 3, 6, 4), WATCHED)
    assert found is not None
    assert (found.name, found.is_kernel, found.units) == ("conv1", True, 70)
    assert np.array_equal(found.pictures, model[0].weight[:64].detach().numpy())
    assert not found.pictures.flags.writeable


def test_what_lies_before_it_may_make_the_picture_smaller():
    model = model_of(BatchNormLayer(), MaxPoolLayer(), FlattenLayer(), LinearLayer(units=2))
    found = first_layer(model, torch.zeros(1, 1, 6, 4), WATCHED)
    assert found is not None
    assert found.pictures.shape == (2, 1, 3, 2)
    output = first_layer(model_of(FlattenLayer()), torch.zeros(1, 1, 6, 4), WATCHED)
    assert output is not None
    assert (output.name, output.units) == ("output", 3)


def test_without_pictures_or_anybody_who_looks_there_is_nothing():
    flat = model_of(LinearLayer(units=2), shape=(4,))
    assert first_layer(flat, torch.zeros(1, 4), WATCHED) is None
    assert first_layer(nn.Sequential(nn.Tanh()), torch.zeros(1, 1, 2, 2), WATCHED) is None
    assert first_layer(model_of(FlattenLayer()), torch.zeros(1, 1, 6, 4), frozenset()) is None
