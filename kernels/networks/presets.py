"""Networks to begin with: choosing one fills the list of layers, which can then be edited.

A list holds the hidden layers; the output layer is added by what is built of it.
"""

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from kernels.annotations import variants_of
from kernels.networks.layers import (
    LAYER_LABELS,
    ActivationName,
    AveragePoolLayer,
    BatchNormLayer,
    ConvLayer,
    FlattenLayer,
    GlobalAveragePoolLayer,
    LayerSpec,
    LinearLayer,
    MaxPoolLayer,
)
from kernels.parameters import Parameters, setting

MOST_LAYERS = 12


def _kind(name: str) -> Any:
    return setting(name, help="Which network it began as.", resets=("layers",))


def _layers(*preset: LayerSpec) -> Any:
    return setting(
        preset,
        max_length=MOST_LAYERS,
        labels=LAYER_LABELS,
        help="The hidden layers, first to last; the output layer comes after them by itself.",
    )


def _linear(units: tuple[int, ...], activation: ActivationName) -> list[LinearLayer]:
    return [LinearLayer(units=n, activation=activation) for n in units]


class NetworkParameters(Parameters):
    """A network by its hidden layers; `title` is how the preset is called on the screen."""

    title: ClassVar[str]

    layers: tuple[LayerSpec, ...] = _layers()

    def remark(self) -> str:
        """Whether its layers are still those of the preset."""
        return "" if self.layers == type(self).model_fields["layers"].default else "edited"


class LinearNetwork(NetworkParameters):
    """No hidden layer: a line, a plane, or straight borders."""

    title: ClassVar[str] = "Linear, no hidden layer"

    kind: Literal["linear"] = _kind("linear")


class SmallNetwork(NetworkParameters):
    """The smallest that closes a ring around a class."""

    title: ClassVar[str] = "2-4-2-1, tanh"

    kind: Literal["2-4-2-1"] = _kind("2-4-2-1")
    layers: tuple[LayerSpec, ...] = _layers(*_linear((4, 2), "tanh"))


class DeepNetwork(NetworkParameters):
    """Three hidden layers of eight."""

    title: ClassVar[str] = "2-8-8-8-1, tanh"

    kind: Literal["2-8-8-8-1"] = _kind("2-8-8-8-1")
    layers: tuple[LayerSpec, ...] = _layers(*_linear((8, 8, 8), "tanh"))


class WideNetwork(NetworkParameters):
    """One wide hidden layer: enough to fit noise."""

    title: ClassVar[str] = "Wide: 50 tanh"

    kind: Literal["wide"] = _kind("wide")
    layers: tuple[LayerSpec, ...] = _layers(*_linear((50,), "tanh"))


class PerceptronNetwork(NetworkParameters):
    """The pixels of a digit in a row, and one hidden layer."""

    title: ClassVar[str] = "784-256-10, ReLU"

    kind: Literal["784-256-10"] = _kind("784-256-10")
    layers: tuple[LayerSpec, ...] = _layers(FlattenLayer(), *_linear((256,), "relu"))


class DeepPerceptronNetwork(NetworkParameters):
    """The pixels of a digit in a row, and two hidden layers."""

    title: ClassVar[str] = "784-512-512-10, ReLU"

    kind: Literal["784-512-512-10"] = _kind("784-512-512-10")
    layers: tuple[LayerSpec, ...] = _layers(FlattenLayer(), *_linear((512, 512), "relu"))


class LeNetNetwork(NetworkParameters):
    """LeNet-5 (LeCun et al. 1998) in its usual form of today.

    Every map of the second convolution sees all of the first, pooling has no weights, and the
    output layer is linear.
    """

    title: ClassVar[str] = "LeNet-5"

    kind: Literal["lenet-5"] = _kind("lenet-5")
    layers: tuple[LayerSpec, ...] = _layers(
        ConvLayer(channels=6, kernel_size=5, padding=2, activation="tanh"),
        AveragePoolLayer(size=2),
        ConvLayer(channels=16, kernel_size=5, activation="tanh"),
        AveragePoolLayer(size=2),
        FlattenLayer(),
        *_linear((120, 84), "tanh"),
    )


class SmallConvNetwork(NetworkParameters):
    """Four convolutions with fewer than 25,000 parameters in all, for MNIST."""

    title: ClassVar[str] = "CNN under 25,000"

    kind: Literal["cnn-25k"] = _kind("cnn-25k")
    layers: tuple[LayerSpec, ...] = _layers(
        ConvLayer(channels=8, kernel_size=5, activation="identity"),
        BatchNormLayer(activation="relu"),
        MaxPoolLayer(size=2),
        ConvLayer(channels=16, activation="identity"),
        BatchNormLayer(activation="relu"),
        ConvLayer(channels=32, activation="identity"),
        BatchNormLayer(activation="relu"),
        MaxPoolLayer(size=2),
        ConvLayer(channels=48, activation="identity"),
        BatchNormLayer(activation="relu"),
        GlobalAveragePoolLayer(),
    )


NetworkSpec = Annotated[
    LinearNetwork
    | SmallNetwork
    | DeepNetwork
    | WideNetwork
    | PerceptronNetwork
    | DeepPerceptronNetwork
    | LeNetNetwork
    | SmallConvNetwork,
    Field(discriminator="kind"),
]

NETWORKS: dict[str, type[NetworkParameters]] = {
    kind: model
    for kind, model in variants_of(NetworkSpec).items()
    if issubclass(model, NetworkParameters)
}

NETWORK_LABELS = {kind: model.title for kind, model in NETWORKS.items()}
