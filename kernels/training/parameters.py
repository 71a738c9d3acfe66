"""What is trained on what, and how: the parameters of the training lab."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from kernels.errors import ParameterError
from kernels.networks.initialization import INITIALIZATION_LABELS, Initialization
from kernels.networks.network import rows
from kernels.networks.presets import NETWORK_LABELS, NetworkSpec, SmallNetwork
from kernels.networks.weights import FILTER
from kernels.optimizers.catalogue import OPTIMIZER_LABELS, AdamParameters, OptimizerSpec
from kernels.parameters import Parameters, setting
from kernels.samples.catalogue import DATASET_LABELS, DatasetSpec
from kernels.samples.planes import CircleData
from kernels.training.comparison.parameters import ComparisonExperiment
from kernels.training.fan.parameters import FanExperiment
from kernels.training.landscape.parameters import LandscapeExperiment
from kernels.training.objective import LOSS_LABELS, LossName
from kernels.training.sampling.parameters import SamplingExperiment

MOST_EPOCHS = 100_000
PICTURES = frozenset({"mnist", "pictures", "pixels-csv"})  # data sets of pictures
SEEDS = 2**32  # how many there are

EngineName = Literal["torch", "compiled"]
ENGINE_LABELS = {"torch": "PyTorch", "compiled": "Compiled, for tiny networks"}
WITH_ENGINE = frozenset({"train", "comparison"})  # experiments; in the others torch takes the steps


class TrainExperiment(Parameters):
    """The network is trained, until its epochs are over or a stop rule says so."""

    kind: Literal["train"] = "train"


class FinderExperiment(Parameters):
    """The learning rate rises exponentially, and the loss against it shows which one to take.

    Source: Smith, Cyclical Learning Rates for Training Neural Networks (2017), section 3.3.
    """

    kind: Literal["finder"] = "finder"
    lowest: float = setting(
        1e-6, gt=0, le=1, scale="log", slider=(1e-8, 0.1), help="The first learning rate."
    )
    highest: float = setting(
        10.0, gt=0, le=1000, scale="log", slider=(1e-3, 100.0), help="The last learning rate."
    )
    steps: int = setting(
        400, ge=20, le=2000, slider=(50, 1000), help="Over how many steps it rises."
    )

    @model_validator(mode="after")
    def _rises(self) -> Self:
        if self.lowest >= self.highest:
            raise ParameterError(
                f"The learning rate would rise from {self.lowest:g} to {self.highest:g}; the last "
                "must be larger than the first. Choose a smaller first or a larger last one.",
                "highest",
            )
        return self


ExperimentSpec = Annotated[
    TrainExperiment
    | FinderExperiment
    | SamplingExperiment
    | ComparisonExperiment
    | FanExperiment
    | LandscapeExperiment,
    Field(discriminator="kind"),
]

EXPERIMENT_LABELS = {
    "train": "Train",
    "finder": "Learning-rate finder",
    "sampling": "Compare samplings",
    "comparison": "Compare runs",
    "fan": "Fan of seeds",
    "landscape": "Loss landscape",
}
STOP_RULES = frozenset({"target_loss", "target_accuracy", "patience"})
IDLE = {  # which fields have no effect in an experiment; stop rules have one in few
    "train": frozenset[str](),
    "comparison": frozenset[str](),
    "finder": STOP_RULES | {"epochs", "annealing", "optimizer.schedule", "optimizer.learning_rate"},
}


def _network_for(parameters: "Training") -> dict[str, str]:
    """Another network where the layers are for pictures and the data are none, or for no pictures.

    Else nobody could go from the ones to the others: data and layers would have to change at once.
    """
    is_picture = parameters.dataset.kind in PICTURES
    found = rows(parameters.network.layers, (1, 28, 28) if is_picture else (2,), 1)
    if not any(row.mistake for row in found):
        return {}
    return {"network": "cnn-25k" if is_picture else "2-4-2-1"}


class Training(Parameters):
    """A data set, a network, and how the network is trained on it."""

    experiment: ExperimentSpec = setting(
        TrainExperiment(), labels=EXPERIMENT_LABELS, help="What is done with the network."
    )
    dataset: DatasetSpec = setting(
        CircleData(),
        labels=DATASET_LABELS,
        label="Data",
        requires=_network_for,
        help="What the network learns.",
    )
    network: NetworkSpec = setting(
        SmallNetwork(),
        labels=NETWORK_LABELS,
        help="The layers; the output layer is added, as wide as the data need it.",
    )
    optimizer: OptimizerSpec = setting(
        AdamParameters(learning_rate=0.005),
        live=True,
        labels=OPTIMIZER_LABELS,
        help="How the weights follow their gradient.",
    )
    loss: LossName = setting(
        "auto",
        labels=LOSS_LABELS,
        help="What is made small; for classes the cross-entropy suits, for numbers the squares.",
    )
    batch_size: int | None = setting(
        None,
        ge=1,
        le=60_000,
        slider=(1, 1000),
        scale="log",
        help="Samples in a step; without a number 10, and 64 of pictures.",
    )
    epochs: int = setting(
        500,
        ge=1,
        le=MOST_EPOCHS,
        slider=(1, 5000),
        scale="log",
        live=True,
        help="How often all training data are gone through.",
    )
    annealing: Literal["auto", "cosine", "none"] = setting(
        "auto",
        labels={"auto": "Of pictures", "cosine": "Yes", "none": "No"},
        live=True,
        help="Whether the learning rate falls along half a cosine to 0 at the end of all epochs, "
        "unless a schedule is chosen.",
    )
    l1: float = setting(
        0.0,
        ge=0,
        le=10,
        slider=(0.0, 0.1),
        live=True,
        label="L1",
        help="Times the sum of all weights in size, added to the loss: makes weights zero.",
    )
    l2: float = setting(
        0.0,
        ge=0,
        le=10,
        slider=(0.0, 0.1),
        live=True,
        label="L2",
        help="Times half the sum of all squared weights, added to the loss: keeps them small.",
    )
    label_smoothing: float = setting(
        0.0,
        ge=0,
        lt=1,
        slider=(0.0, 0.5),
        help="The share of each label that is spread evenly over all classes.",
    )
    initialization: Initialization = setting(
        "default", labels=INITIALIZATION_LABELS, help="What the weights are drawn from."
    )
    weights: str = setting(
        "",
        source=FILTER,
        help="A file with the first weights, such as those saved of another run; empty to draw "
        "them.",
    )
    target_loss: float = setting(
        0.0,
        ge=0,
        le=1e6,
        slider=(0.0, 1.0),
        live=True,
        help="It stops when the loss on the validation data is at most this; 0 switches it off.",
    )
    target_accuracy: float = setting(
        0.0,
        ge=0,
        le=1,
        live=True,
        help="It stops when the validation accuracy is at least this; 0 switches it off.",
    )
    patience: int = setting(
        0,
        ge=0,
        le=MOST_EPOCHS,
        slider=(0, 100),
        unit="epochs",
        live=True,
        help="It stops when the validation loss was not lower for so long; 0 switches it off.",
    )
    engine: EngineName = setting(
        "torch",
        labels=ENGINE_LABELS,
        help="What takes the steps: PyTorch, or for tiny networks machine code, many times as fast "
        "and the same but for rounding; it takes some ten seconds to make, once on a machine.",
    )
    seed: int = setting(
        0,
        ge=0,
        le=SEEDS - 1,
        help="What data, first weights, the order of samples and dropout come from.",
    )
    data_seed: int | None = setting(
        None,
        ge=0,
        le=SEEDS - 1,
        label="Seed of the data",
        help="What the data alone come from; without a number the seed above.",
    )

    @property
    def dataset_seed(self) -> int:
        """The seed that the data are drawn from."""
        return self.seed if self.data_seed is None else self.data_seed

    def seed_after(self, places: int) -> int:
        """The seed so many places further: that of another run of the same."""
        return (self.seed + places) % SEEDS

    def idle(self) -> frozenset[str]:
        drawn = frozenset({"initialization"} if self.weights else ())
        if self.experiment.kind not in WITH_ENGINE:
            drawn |= {"engine"}
        return drawn | IDLE.get(self.experiment.kind, STOP_RULES)
