"""The picture of basins, against each of its pixels coloured by itself."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from kernels.descent.attractors import Ending
from kernels.descent.basins import Basins
from kernels.descent.basins_parameters import BasinsParameters
from kernels.descent.gradient_descent import GradientDescent
from visualizer.panels.gradient_descent.basin_colors import (
    DARKEST,
    SHADES,
    basin_picture,
    ending_color,
)
from widgets.style import Style

SIDE = 24


@pytest.mark.parametrize("ends", [3, 30_000], ids=["few ends", "as many as labels can tell"])
@pytest.mark.parametrize("longest", [0, 7, 2000])
def test_a_pixel_has_the_colour_of_its_end_and_is_darker_the_longer_the_way(
    qapp: object, ends: int, longest: int
) -> None:
    random = np.random.default_rng(0)
    labels = random.integers(-3, ends, (SIDE, SIDE)).astype(np.int16)
    labels[0, : len(Ending)] = list(Ending)
    steps = random.integers(-1, longest + 1, (SIDE, SIDE)).astype(np.int16)
    steps[1, 0] = longest
    parameters = GradientDescent(experiment=BasinsParameters(resolution=8))
    frame = Basins(parameters, torch.device("cpu")).frame()
    colors = [f"#{number:06x}" for number in random.integers(0, 2**24, ends)]
    style = Style()

    picture = basin_picture(replace(frame, labels=labels, steps=steps), colors, style)

    assert picture.shape == (SIDE, SIDE, 3)
    for place in np.ndindex(SIDE, SIDE):
        label, step = int(labels[place]), max(0, int(steps[place]))
        if label >= 0:
            shade = int(math.sqrt(step / max(longest, 1)) * (SHADES - 1))
            color = colors[label]
        else:
            shade, color = 0, ending_color(Ending(label), style)
        brightness = np.linspace(1, DARKEST, SHADES)[shade]
        wanted = [round(int(color[i : i + 2], 16) * brightness) for i in (1, 3, 5)]
        assert picture[place].tolist() == wanted
