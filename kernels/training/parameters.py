"""What is trained on what, and how: the parameters of the training lab."""

from kernels.networks.initialization import INITIALIZATION_LABELS, Initialization
from kernels.networks.presets import NETWORK_LABELS, NetworkSpec, SmallNetwork
from kernels.optimizers.catalogue import OPTIMIZER_LABELS, AdamParameters, OptimizerSpec
from kernels.parameters import Parameters, setting
from kernels.samples.catalogue import DATASET_LABELS, DatasetSpec
from kernels.samples.planes import CircleData
from kernels.training.objective import LOSS_LABELS, LossName

MOST_EPOCHS = 100_000


class Training(Parameters):
    """A data set, a network, and how the network is trained on it."""

    dataset: DatasetSpec = setting(
        CircleData(), labels=DATASET_LABELS, label="Data", help="What the network learns."
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
    seed: int = setting(
        0, ge=0, le=2**32 - 1, help="What data, first weights and the order of samples come from."
    )
