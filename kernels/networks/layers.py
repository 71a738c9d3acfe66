"""The layers that a person puts together, each with the shapes that it takes and gives.

A new one is a model here and one line in `LayerSpec`.
"""

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field
from torch import nn

from kernels.annotations import variants_of
from kernels.errors import ParameterError
from kernels.networks.parts import Part, Shape, linear, numbers_in, size_of
from kernels.parameters import Parameters, setting

MOST_UNITS = 512
PLACE = "network.layers"  # where the list stands among the parameters of an experiment

ActivationName = Literal[
    "identity", "relu", "tanh", "sigmoid", "leaky-relu", "elu", "gelu", "silu", "softplus"
]

ACTIVATIONS: dict[ActivationName, type[nn.Module]] = {
    "identity": nn.Identity,
    "relu": nn.ReLU,
    "tanh": nn.Tanh,
    "sigmoid": nn.Sigmoid,
    "leaky-relu": nn.LeakyReLU,
    "elu": nn.ELU,
    "gelu": nn.GELU,
    "silu": nn.SiLU,
    "softplus": nn.Softplus,
}

ACTIVATION_LABELS: dict[str, str] = {
    "identity": "None",
    "relu": "ReLU",
    "tanh": "tanh",
    "sigmoid": "Sigmoid",
    "leaky-relu": "Leaky ReLU",
    "elu": "ELU",
    "gelu": "GELU",
    "silu": "SiLU",
    "softplus": "Softplus",
}

BOUNDED_ACTIVATIONS = frozenset({"tanh", "sigmoid"})  # what they give lies between -1 and 1


def _activation(default: ActivationName) -> Any:
    return setting(
        default, labels=ACTIVATION_LABELS, help="The function applied to each number it gives."
    )


class LayerParameters(Parameters):
    """One layer with its settings; a concrete one adds a `kind`, its settings and its parts.

    `title` is how it is called on the screen. Shapes are those of one sample, without N.
    """

    title: ClassVar[str]

    def out_shape(self, shape: Shape, index: int = 0) -> Shape:
        """The shape of what it gives where it gets `shape`, as row `index` of the list, from 0.

        Raises `ParameterError`, with the path of the row, if it cannot take that shape.
        """
        raise NotImplementedError

    def parts(self, shape: Shape) -> tuple[Part, ...]:
        """The modules that it becomes where it gets `shape`, which it can take."""
        return (*self.own_parts(shape), *self._activation_parts())

    def own_parts(self, shape: Shape) -> tuple[Part, ...]:
        """Its modules but for its activation."""
        raise NotImplementedError

    def _activation_parts(self) -> tuple[Part, ...]:
        name: ActivationName = getattr(self, "activation", "identity")
        if name == "identity":
            return ()
        return (Part(name.replace("-", "_"), ACTIVATIONS[name].__name__),)

    def mistake(self, index: int, what: str) -> ParameterError:
        """The error that says of row `index`, from 0, `what` is wrong with it."""
        return ParameterError(f"Layer {index + 1}, {self.title}, {what}", f"{PLACE}.{index}")

    def picture(self, shape: Shape, index: int) -> tuple[int, int, int]:
        """`shape` as (C, H, W). Raises `ParameterError` if it is none of a picture."""
        if len(shape) != 3:
            come = "comes" if shape == (1,) else "come"
            raise self.mistake(
                index,
                f"needs a picture; here {come} {size_of(shape)}. Put it before what makes a row "
                "of the picture; where the data are no pictures, take it out.",
            )
        channels, height, width = shape
        return channels, height, width


class LinearLayer(LayerParameters):
    """Every unit sees every input (torch.nn.Linear)."""

    title: ClassVar[str] = "Linear"

    kind: Literal["linear"] = "linear"
    units: int = setting(
        8, ge=1, le=MOST_UNITS, scale="log", help="How many numbers it gives: its neurons."
    )
    activation: ActivationName = _activation("relu")
    bias: bool = setting(True, help="Whether each unit adds a number of its own.")

    def out_shape(self, shape: Shape, index: int = 0) -> Shape:
        if len(shape) != 1:
            raise self.mistake(
                index,
                f"needs a row of numbers; here come {size_of(shape)}. Put Flatten or Global "
                "average pooling before it.",
            )
        return (self.units,)

    def own_parts(self, shape: Shape) -> tuple[Part, ...]:
        return (linear(shape[0], self.units, self.bias),)


class OutputLayer(LinearLayer):
    """The last layer, which is in no list: as many units as the task needs, no activation."""

    units: int = setting(ge=1, help="How many numbers the task needs.")
    activation: Literal["identity"] = "identity"

    def own_parts(self, shape: Shape) -> tuple[Part, ...]:
        return (linear(shape[0], self.units, self.bias, "output"),)

    def mistake(self, index: int, what: str) -> ParameterError:
        return ParameterError(f"The output layer, {self.title}, {what}", PLACE)


class ConvLayer(LayerParameters):
    """A small kernel slides over the picture, one for each pair of channels (torch.nn.Conv2d)."""

    title: ClassVar[str] = "Convolution"

    kind: Literal["conv"] = "conv"
    channels: int = setting(
        8, ge=1, le=MOST_UNITS, scale="log", help="How many pictures it gives: its feature maps."
    )
    kernel_size: int = setting(3, ge=1, le=11, unit="pixels", help="Height and width of a kernel.")
    stride: int = setting(1, ge=1, le=11, unit="pixels", help="How far a kernel moves each time.")
    padding: int = setting(
        0, ge=0, le=10, unit="pixels", help="How many zeros are put around each side."
    )
    activation: ActivationName = _activation("relu")

    def out_shape(self, shape: Shape, index: int = 0) -> Shape:
        """Dumoulin and Visin, A guide to convolution arithmetic, 2016, relationship 6."""
        _, height, width = self.picture(shape, index)
        kernel, added = self.kernel_size, 2 * self.padding
        if kernel > min(height, width) + added:
            padded = f", padded to {height + added} x {width + added}" if added else ""
            raise self.mistake(
                index,
                f"has a kernel of {kernel} x {kernel}, larger than the picture of {height} x "
                f"{width}{padded}. Give it a smaller kernel or more padding.",
            )
        return (self.channels, *((s + added - kernel) // self.stride + 1 for s in (height, width)))

    def own_parts(self, shape: Shape) -> tuple[Part, ...]:
        options = {"stride": self.stride} if self.stride != 1 else {}
        options |= {"padding": self.padding} if self.padding else {}
        size = self.channels * (shape[0] * self.kernel_size**2 + 1)
        given = (shape[0], self.channels, self.kernel_size)
        return (Part("conv", "Conv2d", given, options, size),)


class BatchNormLayer(LayerParameters):
    """Each unit or channel brought to mean 0 and variance 1 over the batch, then scaled anew.

    Ioffe and Szegedy (2015); torch.nn.BatchNorm1d and BatchNorm2d. While it trains, a batch must
    hold more than one number for each unit or channel.
    """

    title: ClassVar[str] = "Batch normalisation"

    kind: Literal["batch-norm"] = "batch-norm"
    activation: ActivationName = _activation("identity")

    def out_shape(self, shape: Shape, index: int = 0) -> Shape:
        return shape

    def own_parts(self, shape: Shape) -> tuple[Part, ...]:
        module = "BatchNorm2d" if len(shape) == 3 else "BatchNorm1d"
        return (Part("batch_norm", module, shape[:1], {}, 2 * shape[0]),)


class DropoutLayer(LayerParameters):
    """Puts random numbers to 0 while it trains, and scales up the others (torch.nn.Dropout)."""

    title: ClassVar[str] = "Dropout"

    kind: Literal["dropout"] = "dropout"
    rate: float = setting(0.5, ge=0, lt=1, help="The share of the numbers put to 0.")

    def out_shape(self, shape: Shape, index: int = 0) -> Shape:
        return shape

    def own_parts(self, shape: Shape) -> tuple[Part, ...]:
        return (Part("dropout", "Dropout", (self.rate,)),)


class PoolLayer(LayerParameters):
    """The picture cut into square windows that do not overlap, one number for each."""

    module: ClassVar[str]

    kind: str
    size: int = setting(2, ge=2, le=16, unit="pixels", help="Height and width of a window.")

    def out_shape(self, shape: Shape, index: int = 0) -> Shape:
        """Whole windows only: what is left at the right and below is not looked at."""
        channels, height, width = self.picture(shape, index)
        if self.size > min(height, width):
            raise self.mistake(
                index,
                f"has windows of {self.size} x {self.size}, larger than the picture of {height} x "
                f"{width}. Give it smaller windows, or take out what shrinks the picture before.",
            )
        return (channels, height // self.size, width // self.size)

    def own_parts(self, shape: Shape) -> tuple[Part, ...]:
        return (Part(self.kind.replace("-", "_"), self.module, (self.size,)),)


class MaxPoolLayer(PoolLayer):
    """The largest number of each window (torch.nn.MaxPool2d)."""

    title: ClassVar[str] = "Max pooling"
    module: ClassVar[str] = "MaxPool2d"

    kind: Literal["max-pool"] = "max-pool"


class AveragePoolLayer(PoolLayer):
    """The mean of each window (torch.nn.AvgPool2d)."""

    title: ClassVar[str] = "Average pooling"
    module: ClassVar[str] = "AvgPool2d"

    kind: Literal["average-pool"] = "average-pool"


class FlattenLayer(LayerParameters):
    """All numbers of a picture in one row (torch.nn.Flatten); a row stays as it is."""

    title: ClassVar[str] = "Flatten"

    kind: Literal["flatten"] = "flatten"

    def out_shape(self, shape: Shape, index: int = 0) -> Shape:
        return (numbers_in(shape),)

    def own_parts(self, shape: Shape) -> tuple[Part, ...]:
        return (Part("flatten", "Flatten"),)


class GlobalAveragePoolLayer(LayerParameters):
    """The mean of each channel, as a row (Lin et al., Network in Network, 2014, 3.2)."""

    title: ClassVar[str] = "Global average pooling"

    kind: Literal["global-average-pool"] = "global-average-pool"

    def out_shape(self, shape: Shape, index: int = 0) -> Shape:
        return (self.picture(shape, index)[0],)

    def own_parts(self, shape: Shape) -> tuple[Part, ...]:
        pool = Part("global_average_pool", "AdaptiveAvgPool2d", (1,))
        return (pool, Part("flatten", "Flatten"))


LayerSpec = Annotated[
    LinearLayer
    | ConvLayer
    | BatchNormLayer
    | DropoutLayer
    | MaxPoolLayer
    | AveragePoolLayer
    | FlattenLayer
    | GlobalAveragePoolLayer,
    Field(discriminator="kind"),
]

LAYERS: dict[str, type[LayerParameters]] = {
    kind: model
    for kind, model in variants_of(LayerSpec).items()
    if issubclass(model, LayerParameters)
}

LAYER_LABELS = {kind: model.title for kind, model in LAYERS.items()}
