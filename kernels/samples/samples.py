"""Samples and data sets: read-only arrays of inputs and targets, and how they are divided."""

from abc import abstractmethod
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from kernels.parameters import Parameters
from kernels.samples.projection import Projection
from kernels.simulation import Array, Lasting

MOST_NUMBERS = 250_000_000  # in the inputs of a data set: a gigabyte of float32


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """Inputs and what is to be found for each.

    `inputs` is float32, (N, *shape); `targets` is int64, (N,), for classes, and float32, (N, K),
    for numbers. Both become read-only.
    """

    inputs: Array
    targets: Array

    def __post_init__(self) -> None:
        self.inputs.flags.writeable = False
        self.targets.flags.writeable = False

    def __len__(self) -> int:
        return len(self.targets)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Dataset(Lasting):
    """Samples to train on and samples to validate with, and what is known of them.

    `classes` are the names of the classes, empty where numbers are to be found; `target` is the
    name of these. `features` are the names of the inputs, empty for pictures. `domain` is the range
    of each axis that a drawing shows, of one or two features or of the plane of `projection`; empty
    for pictures, and where the features are too many. A picture is (channels, height, width), and
    its pixels are, from 0 to 1, ``inputs * std + mean``. `notes` are sentences on what was left
    out or repeated. `validation` is empty where no class has two samples. `recipe` are the
    parameters and the seed that it was loaded with, where it was.
    """

    title: str
    train: Samples
    validation: Samples
    test: Samples | None = None
    classes: tuple[str, ...] = ()
    features: tuple[str, ...] = ()
    target: str = "y"
    domain: tuple[tuple[float, float], ...] = ()
    projection: Projection | None = None
    mean: float = 0.0
    std: float = 1.0
    notes: tuple[str, ...] = ()
    recipe: "tuple[DatasetParameters, int] | None" = None

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of one input."""
        return self.train.inputs.shape[1:]

    @property
    def is_picture(self) -> bool:
        """Whether an input is a picture."""
        return len(self.shape) == 3

    @property
    def outputs(self) -> int:
        """How many classes there are, or how many numbers a target has."""
        return len(self.classes) or int(self.train.targets.shape[1])

    @property
    def axes(self) -> tuple[str, ...]:
        """The names of the axes of `domain`; of a component with its share of the variance."""
        if self.projection is None:
            return self.features
        shares = enumerate(self.projection.explained, start=1)
        return tuple(f"PC {i} ({100 * share:.0f}%)" for i, share in shares)

    def places(self, inputs: Array) -> Array:
        """Where a drawing shows `inputs`, (N, features): (N, axes)."""
        return inputs if self.projection is None else self.projection.projected(inputs)


class DatasetParameters(Parameters):
    """Where a data set comes from."""

    title: ClassVar[str]

    @abstractmethod
    def load(self, seed: int) -> Dataset:
        """The data set, with all that is random in it drawn from `seed`. Raises `DataError`."""

    def content(self) -> str:
        """What tells apart what these parameters name outside the program, at different times."""
        return ""


def split(targets: Array, train_share: float, rng: np.random.Generator) -> tuple[Array, Array]:
    """Which samples are for training and which for validation: two shuffled int64 arrays.

    Classes, int64 (N,), are divided alike, each by `train_share` to the next whole number; numbers,
    float32 (N, K), as a whole. Where there are two samples or more, each part gets one.
    """
    is_classes = targets.ndim == 1
    groups = (
        [np.flatnonzero(targets == label) for label in np.unique(targets)]
        if is_classes
        else [np.arange(len(targets))]
    )
    train, validation = [], []
    for group in groups:
        cut = max(1, min(round(train_share * len(group)), len(group) - 1))
        shuffled = rng.permutation(group)
        train.append(shuffled[:cut])
        validation.append(shuffled[cut:])
    return rng.permutation(np.concatenate(train)), rng.permutation(np.concatenate(validation))


def divided(
    inputs: Array, targets: Array, train_share: float, rng: np.random.Generator
) -> tuple[Samples, Samples]:
    """Samples for training and for validation, as `split` says."""
    train, validation = split(targets, train_share, rng)
    return Samples(inputs[train], targets[train]), Samples(inputs[validation], targets[validation])
