"""A list of layers as a network: the shapes and counts of its rows, and its modules."""

from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import nn

from kernels.errors import ParameterError
from kernels.networks.layers import LayerParameters, OutputLayer
from kernels.networks.parts import Part, Shape, numbers_in

MOST_PARAMETERS = 20_000_000  # with gradients and the two moments of Adam 320 MB
MOST_NUMBERS = 4_000_000  # that a layer may make of one sample


@dataclass(frozen=True, slots=True)
class Row:
    """What is shown beside a layer: how PyTorch is asked for it, and what comes of it.

    `shape` is that of one sample behind the layer and its activation. A row with a `mistake`, and
    those below it, have nothing else.
    """

    name: str = ""
    shape: Shape = ()
    parameters: int = 0
    mistake: str = ""


@dataclass(frozen=True, slots=True)
class Stage:
    """A layer in its place: the shape that it gives, and its modules by their unique names."""

    shape: Shape
    parts: Mapping[str, Part]

    @property
    def parameters(self) -> int:
        """How many numbers it learns."""
        return sum(part.parameters for part in self.parts.values())


def stages(layers: Sequence[LayerParameters], input_shape: Shape, outputs: int) -> Iterator[Stage]:
    """The layers one after the other, and last the output layer with its `outputs` numbers.

    A module is named for what it does and for the number of its layer, from 1: ``linear1``,
    ``tanh1``; the last is ``output``. Raises `ParameterError` at the first layer whose shapes do
    not fit, or which makes the network too large.
    """
    shape, total = input_shape, 0
    for index, layer in enumerate((*layers, OutputLayer(units=outputs))):
        given, shape = shape, layer.out_shape(shape, index)
        number = "" if index == len(layers) else str(index + 1)
        stage = Stage(shape, {f"{part.stem}{number}": part for part in layer.parts(given)})
        total += stage.parameters
        _check_size(layer, index, shape, total)
        yield stage


def _check_size(layer: LayerParameters, index: int, shape: Shape, total: int) -> None:
    if total > MOST_PARAMETERS:
        raise layer.mistake(
            index,
            f"brings the network to {total:,} parameters; {MOST_PARAMETERS:,} is the most. Give it "
            "fewer units or channels, or make the picture smaller before it.",
        )
    if numbers_in(shape) > MOST_NUMBERS:
        raise layer.mistake(
            index,
            f"makes {numbers_in(shape):,} numbers of each sample; {MOST_NUMBERS:,} is the most. "
            "Give it fewer channels, or make the picture smaller before it.",
        )


def rows(layers: Sequence[LayerParameters], input_shape: Shape, outputs: int) -> tuple[Row, ...]:
    """What is shown beside each of `layers` and, last, beside the output layer: L + 1 rows.

    Nothing is built. The first mistake stands in its row, and those below it are empty.
    """
    found = []
    try:
        for stage in stages(layers, input_shape, outputs):
            name = ", ".join(map(str, stage.parts.values()))
            found.append(Row(name, stage.shape, stage.parameters))
    except ParameterError as error:
        found.append(Row(mistake=str(error)))
    return (*found, *[Row()] * (len(layers) + 1 - len(found)))


def build(
    layers: Sequence[LayerParameters],
    input_shape: Shape,
    outputs: int,
    device: torch.device | None = None,
    dtype: torch.dtype = torch.float32,
) -> nn.Sequential:
    """The network as modules on `device`, by default the CPU: (N, *input_shape) -> (N, outputs).

    Activations are modules of their own. The memory of its parameters is not filled: that is what
    `kernels.networks.initialization.initialize_` does; no random number is drawn here. Raises
    `ParameterError` where shapes do not fit.
    """
    parts = [p for stage in stages(layers, input_shape, outputs) for p in stage.parts.items()]
    modules = OrderedDict((name, part.build_on_meta(dtype)) for name, part in parts)
    network = nn.Sequential(modules)
    device = device or torch.device("cpu")
    if device.type != "meta":  # torch's fake mode cannot exchange what is there already
        network.to_empty(device=device)
    return network
